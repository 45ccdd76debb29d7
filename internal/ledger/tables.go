package ledger

import (
	"encoding/binary"
	"math/bits"

	"github.com/dappcore/core-dev/budget"
)

// kindTable numbers kinds in the order they appear. A million look-ups are the
// first look at a log, hence a table of its own instead of a map: nothing is
// copied to be looked up, and one hash serves three fields.
type kindTable struct {
	all    []budget.Kind
	hashes []uint64
	slots  []int32 // number + 1, by hash
}

func (t *kindTable) id(repo, agent, member []byte) int32 {
	h := hashOf(hash(repo), hash(agent), hash(member))
	if id := t.find(h, repo, agent, member); id >= 0 {
		return id
	}
	if len(t.all)*2 >= len(t.slots) {
		t.grow()
	}
	t.all = append(t.all, budget.Kind{Repo: string(repo), Agent: string(agent), Member: string(member)})
	t.hashes = append(t.hashes, h)
	t.place(h, int32(len(t.all)))
	return int32(len(t.all) - 1)
}

// find is a kind's number, or -1.
func (t *kindTable) find(h uint64, repo, agent, member []byte) int32 {
	if len(t.slots) == 0 {
		return -1
	}
	mask := uint64(len(t.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		slot := t.slots[i]
		if slot == 0 {
			return -1
		}
		if t.hashes[slot-1] != h {
			continue
		}
		if k := &t.all[slot-1]; k.Repo == string(repo) && k.Agent == string(agent) && k.Member == string(member) {
			return slot - 1
		}
	}
}

func (t *kindTable) grow() {
	t.slots = make([]int32, max(64, 2*len(t.slots)))
	for n, h := range t.hashes {
		t.place(h, int32(n+1))
	}
}

func (t *kindTable) place(h uint64, slot int32) {
	mask := uint64(len(t.slots) - 1)
	i := h & mask
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = slot
}

// hash mixes eight bytes at a time, and last what is left with its length; of
// nothing it is 0. Equal bytes are compared afterwards, so it need only be quick
// and spread well.
func hash(b []byte) (h uint64) {
	if len(b) == 0 {
		return 0
	}
	for ; len(b) >= 8; b = b[8:] {
		h = mix(h ^ binary.LittleEndian.Uint64(b))
	}
	var last [8]byte
	copy(last[:], b)
	return hashEnd(h, binary.LittleEndian.Uint64(last[:]), len(b))
}

func hashEnd(h, last uint64, n int) uint64 { return mix(h ^ last ^ uint64(n)<<56) }

func hashOf(repo, agent, member uint64) uint64 {
	return repo ^ bits.RotateLeft64(agent, 21) ^ bits.RotateLeft64(member, 42)
}

func mix(v uint64) uint64 {
	hi, lo := bits.Mul64(v^0x2d358dccaa6c78a5, 0x9e3779b97f4a7c15)
	return hi ^ lo
}

// dayTable counts by day and kind: the first kinds of a few thousand days in
// arrays, whatever else a log may hold in a map.
type dayTable struct {
	dense map[budget.Day]*denseDay
	last  *denseDay
	rest  map[dayKind]int
}

const (
	denseKinds = 128
	denseDays  = 4096
)

type denseDay struct {
	day    budget.Day
	counts [denseKinds]uint32
}

type dayKind struct {
	day  budget.Day
	kind int32
}

func (t *dayTable) count(d budget.Day, kind int32, n int) {
	if kind < denseKinds {
		if t.last != nil && t.last.day == d || t.turn(d) {
			t.last.counts[kind] += uint32(n)
			return
		}
	}
	if t.rest == nil {
		t.rest = map[dayKind]int{}
	}
	t.rest[dayKind{d, kind}] += n
}

// turn makes another day the last one, if it has an array.
func (t *dayTable) turn(d budget.Day) bool {
	if dense := t.dense[d]; dense != nil {
		t.last = dense
		return true
	}
	if len(t.dense) == denseDays {
		return false
	}
	if t.dense == nil {
		t.dense = map[budget.Day]*denseDay{}
	}
	t.last = &denseDay{day: d}
	t.dense[d] = t.last
	return true
}

// each calls once for every day and kind that was counted, in no order.
func (t *dayTable) each(found func(d budget.Day, kind int32, n int)) {
	for d, dense := range t.dense {
		for kind, n := range dense.counts {
			if n > 0 {
				found(d, int32(kind), int(n))
			}
		}
	}
	for k, n := range t.rest {
		found(k.day, k.kind, n)
	}
}
