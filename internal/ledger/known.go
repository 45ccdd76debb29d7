package ledger

import (
	"encoding/binary"
	"math/bits"

	"github.com/dappcore/core-dev/budget"
)

// known takes the line at the beginning of b if it is one more of a kind that
// was read before, and returns its length with the newline; else 0, and the
// line is for budget.Line to judge. It decides nothing on its own: names that
// are equal to names once parsed need not be looked at byte by byte again, and
// that is most of what reading a line costs. What it does check itself is the
// timestamp and the numbers.
func (f *fold) known(b []byte) int {
	if len(b) < 64 {
		return 0
	}
	minute, ok := f.last.stamp(b)
	if !ok {
		return 0
	}
	var w words
	if string(b[stampLen:stampLen+len(" dispatched #")]) == " dispatched #" {
		w = words{b: b, at: stampLen + len(" dispatched ")}
		w.number()
		w.skip(" to ")
		agent, inAgent := w.until(' ')
		w.skip(" in ")
		repo, inRepo := w.until('\n')
		return f.oneMore(&w, minute, repo, agent, nil, hashOf(inRepo, inAgent, 0))
	}
	w = words{b: b, at: stampLen + 1}
	repo, inRepo := w.until(' ')
	w.skip(" ")
	w.number()
	w.skip(" ")
	agent, inAgent := w.until(' ')
	w.skip(" ")
	if w.next() == '-' {
		w.at++
	} else {
		w.number()
	}
	if w.next() == '\n' {
		return f.oneMore(&w, minute, repo, agent, nil, hashOf(inRepo, inAgent, 0))
	}
	w.skip(" @")
	member, inMember := w.until('\n')
	if len(member) == 0 {
		return 0
	}
	return f.oneMore(&w, minute, repo, agent, member, hashOf(inRepo, inAgent, inMember))
}

func (f *fold) oneMore(w *words, minute int, repo, agent, member []byte, hash uint64) int {
	if w.lost {
		return 0
	}
	kind := f.kinds.find(hash, repo, agent, member)
	if kind < 0 {
		return 0
	}
	f.lines++
	if f.last.day < f.exact {
		f.days.count(f.last.day, kind, 1)
	} else {
		f.keep(f.last.day.Start()+budget.Minute(minute), kind)
	}
	return w.at + 1
}

const stampLen = len("2006-01-02T15:04Z")

// date remembers the day that the last line began with: the next line's is
// mostly the same.
type date struct {
	month uint64 // the bytes "2006-01-"
	dd    uint16 // the bytes "02"
	day   budget.Day
	read  bool
}

// stamp reads the timestamp and returns the minute of the day.
func (d *date) stamp(b []byte) (minute int, ok bool) {
	month, rest := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	if month != d.month || uint16(rest) != d.dd || !d.read {
		day, ok := budget.ParseDay(b)
		if !ok {
			return 0, false
		}
		*d = date{month, uint16(rest), day, true}
	}
	const shape, room, upper = 0x30303a303054, 0x06060f06060f, 0xf0f0f0f0f0f0 // T00:00
	v := rest>>16 ^ shape
	hour, minute := int(v>>8&15*10+v>>16&15), int(v>>32&15*10+v>>40&15)
	return hour*60 + minute, (v|(v+room))&upper == 0 && hour < 24 && minute < 60 && b[stampLen-1] == 'Z' && b[stampLen] == ' '
}

// words takes a line apart eight bytes at a time. Once lost it stays so.
type words struct {
	b    []byte
	at   int
	lost bool
}

const ones, tops = 0x0101010101010101, 0x8080808080808080

// until is what stands before the next c, and its hash.
func (w *words) until(c byte) (text []byte, h uint64) {
	for at := w.at; at+8 <= len(w.b); at += 8 {
		word := binary.LittleEndian.Uint64(w.b[at:])
		v := word ^ ones*uint64(c)
		if found := (v - ones) &^ v & tops; found != 0 {
			n := bits.TrailingZeros64(found) >> 3
			begin := w.at
			w.at = at + n
			return w.b[begin:w.at], hashEnd(h, word&(1<<(8*n)-1), n)
		}
		h = mix(h ^ word)
	}
	w.lost = true
	return nil, 0
}

// number passes "#" and one to seven digits, the first not zero.
func (w *words) number() {
	if w.lost || w.at+9 > len(w.b) || w.b[w.at] != '#' || w.b[w.at+1] == '0' {
		w.lost = true
		return
	}
	v := binary.LittleEndian.Uint64(w.b[w.at+1:]) ^ ones*'0'
	n := bits.TrailingZeros64((v+ones*0x76|v)&tops) >> 3
	if n == 0 || n == 8 {
		w.lost = true
		return
	}
	w.at += 1 + n
}

// skip passes a text that must be there.
func (w *words) skip(text string) {
	if w.lost || w.at+len(text) > len(w.b) || string(w.b[w.at:w.at+len(text)]) != text {
		w.lost = true
		return
	}
	w.at += len(text)
}

// next is the byte that follows, or 0.
func (w *words) next() byte {
	if w.lost || w.at >= len(w.b) {
		return 0
	}
	return w.b[w.at]
}
