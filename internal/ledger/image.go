package ledger

import (
	"cmp"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/dappcore/core-dev/budget"
)

// An image is a log summed up, as it lies in a cache file: a head with an index,
// then a block a day, one for the days that are kept line by line, and one for
// the unreadable lines. Every part has its own checksum, and only those that
// are asked for are read.
//
//	magic, checksum and length of the head | head | blocks
const magic = "core tally 1\n\x00\x00\x00"

const preamble = len(magic) + 8

var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

var errImage = errors.New("damaged tally")

// span is where a block lies.
type span struct {
	off, size int64
	sum       uint32
}

type dayBlock struct {
	day budget.Day
	span
}

type image struct {
	from    io.ReaderAt
	stamp   stamp
	watched int64      // change time that anything done to the log since would have at least
	exact   budget.Day // from this day on, lines are kept in their order
	lines   int
	dates   []dateCount
	days    []dayBlock // by day
	recent  span
	torn    span
}

type dateCount struct {
	day budget.Day
	n   int
}

// encode writes a fold as an image.
func encode(f *fold, of stamp, watched int64) []byte {
	var blocks []byte
	block := func(write func(b []byte) []byte) span {
		at := len(blocks)
		blocks = write(blocks)
		return span{int64(at), int64(len(blocks) - at), crc32.Checksum(blocks[at:], castagnoli())}
	}
	kinds := f.kinds.all

	perDay := map[budget.Day][]run{}
	f.days.each(func(d budget.Day, kind int32, n int) { perDay[d] = append(perDay[d], run{kind: kind, n: int32(n)}) })
	var days []dayBlock
	for _, d := range slices.Sorted(maps.Keys(perDay)) {
		runs := perDay[d]
		slices.SortFunc(runs, func(a, b run) int { return cmp.Compare(a.kind, b.kind) })
		days = append(days, dayBlock{d, block(func(b []byte) []byte {
			for _, r := range runs {
				b = putKind(b, kinds[r.kind])
				b = binary.AppendUvarint(b, uint64(r.n))
			}
			return b
		})})
	}
	recent := block(func(b []byte) []byte {
		if len(f.recent) == 0 {
			return b
		}
		used := make([]bool, len(kinds))
		for _, r := range f.recent {
			used[r.kind] = true
		}
		number, n := make([]uint64, len(kinds)), uint64(0)
		var names []byte
		for i, k := range kinds {
			if used[i] {
				number[i] = n
				n++
				names = putKind(names, k)
			}
		}
		b = append(binary.AppendUvarint(b, n), names...)
		last := budget.Minute(0)
		for _, r := range f.recent {
			b = binary.AppendVarint(b, int64(r.at-last))
			b = binary.AppendUvarint(b, number[r.kind])
			b = binary.AppendUvarint(b, uint64(r.n))
			last = r.at
		}
		return b
	})
	torn := block(func(b []byte) []byte {
		for _, u := range f.torn {
			b = binary.AppendUvarint(b, uint64(u.line))
			b = putText(b, u.text)
		}
		return b
	})

	var head []byte
	for _, v := range []int64{int64(of.Dev), int64(of.Ino), of.Size, of.Mtime, of.Ctime, watched, int64(f.exact), int64(f.lines)} {
		head = binary.AppendVarint(head, v)
	}
	head = binary.AppendUvarint(head, uint64(len(f.dates)))
	for _, d := range slices.Sorted(maps.Keys(f.dates)) {
		head = binary.AppendVarint(head, int64(d))
		head = binary.AppendUvarint(head, uint64(f.dates[d]))
	}
	head = putSpan(putSpan(head, recent), torn)
	head = binary.AppendUvarint(head, uint64(len(days)))
	for _, d := range days {
		head = putSpan(binary.AppendVarint(head, int64(d.day)), d.span)
	}

	out := make([]byte, 0, preamble+len(head)+len(blocks))
	out = append(out, magic...)
	out = binary.LittleEndian.AppendUint32(out, crc32.Checksum(head, castagnoli()))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(head)))
	return append(append(out, head...), blocks...)
}

// openImage reads the head.
func openImage(from io.ReaderAt, size int64) (*image, error) {
	var pre [preamble]byte
	if _, err := from.ReadAt(pre[:], 0); err != nil || string(pre[:len(magic)]) != magic {
		return nil, errImage
	}
	sum := binary.LittleEndian.Uint32(pre[len(magic):])
	headSize := int64(binary.LittleEndian.Uint32(pre[len(magic)+4:]))
	start := int64(preamble)
	if headSize > size-start {
		return nil, errImage
	}
	head, err := read(from, span{start, headSize, sum})
	if err != nil {
		return nil, err
	}
	start += headSize
	im, r := &image{from: from}, reader{b: head}
	im.stamp = stamp{uint64(r.int()), uint64(r.int()), r.int(), r.int(), r.int()}
	im.watched, im.exact, im.lines = r.int(), budget.Day(r.int()), int(r.int())
	for n := r.uint(); n > 0 && !r.bad; n-- {
		im.dates = append(im.dates, dateCount{budget.Day(r.int()), int(r.uint())})
	}
	im.recent, im.torn = r.span(start, size), r.span(start, size)
	for n := r.uint(); n > 0 && !r.bad; n-- {
		im.days = append(im.days, dayBlock{budget.Day(r.int()), r.span(start, size)})
	}
	if r.bad || len(r.b) > 0 {
		return nil, errImage
	}
	return im, nil
}

// spend adds the log's lines to a spending, from its first day on.
func (im *image) spend(sp *budget.Spending) error {
	at, _ := slices.BinarySearchFunc(im.days, sp.From, func(d dayBlock, from budget.Day) int { return cmp.Compare(d.day, from) })
	for _, d := range im.days[at:] {
		b, err := read(im.from, d.span)
		if err != nil {
			return err
		}
		r := reader{b: b}
		for len(r.b) > 0 && !r.bad {
			k := r.kind()
			sp.Count((d.day+1).Start()-1, k, int(r.uint()))
		}
		if r.bad {
			return errImage
		}
	}
	if err := im.spendRecent(sp); err != nil {
		return err
	}
	for _, d := range im.dates {
		sp.CountUnreadable(d.day, d.n)
	}
	return nil
}

// spendRecent adds the lines that were kept in their order. Days that are past
// by now are summed up as if they had not been kept, so that the answer does
// not tell when the cache was made.
func (im *image) spendRecent(sp *budget.Spending) error {
	b, err := read(im.from, im.recent)
	if err != nil || len(b) == 0 {
		return err
	}
	r := reader{b: b}
	var kinds []budget.Kind
	for n := r.uint(); n > 0 && !r.bad; n-- {
		kinds = append(kinds, r.kind())
	}
	sums := map[dayKind]int{}
	var runs []run
	last := budget.Minute(0)
	for len(r.b) > 0 && !r.bad {
		last += budget.Minute(r.int())
		kind, n := r.uint(), int32(r.uint())
		if kind >= uint64(len(kinds)) {
			return errImage
		}
		if day := last.Day(); day >= sp.Exact {
			runs = append(runs, run{last, int32(kind), n})
		} else if day >= sp.From {
			sums[dayKind{day, int32(kind)}] += int(n)
		}
	}
	if r.bad {
		return errImage
	}
	for _, k := range slices.SortedFunc(maps.Keys(sums), func(a, b dayKind) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.kind, b.kind))
	}) {
		sp.Count(k.day.Start(), kinds[k.kind], sums[k])
	}
	for _, run := range runs {
		sp.Count(run.at, kinds[run.kind], int(run.n))
	}
	return nil
}

// unreadable lists the log's unreadable lines.
func (im *image) unreadable(file string) ([]budget.Unreadable, error) {
	b, err := read(im.from, im.torn)
	if err != nil {
		return nil, err
	}
	var out []budget.Unreadable
	r := reader{b: b}
	for len(r.b) > 0 && !r.bad {
		out = append(out, budget.Unreadable{File: file, Line: int(r.uint()), Text: r.text()})
	}
	if r.bad {
		return nil, errImage
	}
	return out, nil
}

func read(from io.ReaderAt, s span) ([]byte, error) {
	b := make([]byte, s.size)
	if n, err := from.ReadAt(b, s.off); n < len(b) {
		return nil, errors.Join(errImage, err)
	}
	if crc32.Checksum(b, castagnoli()) != s.sum {
		return nil, errImage
	}
	return b, nil
}

func putSpan(b []byte, s span) []byte {
	b = binary.AppendUvarint(b, uint64(s.off))
	b = binary.AppendUvarint(b, uint64(s.size))
	return binary.AppendUvarint(b, uint64(s.sum))
}

func putText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func putKind(b []byte, k budget.Kind) []byte {
	return putText(putText(putText(b, k.Repo), k.Agent), k.Member)
}

// reader takes an image apart. Once bad it stays so and yields zeros.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	return take(r, v, n)
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	return take(r, v, n)
}

func take[T int64 | uint64](r *reader, v T, n int) T {
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) text() string {
	n := r.uint()
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *reader) kind() budget.Kind {
	return budget.Kind{Repo: r.text(), Agent: r.text(), Member: r.text()}
}

// span reads where a block lies, which must be inside the file.
func (r *reader) span(start, size int64) span {
	off, n, sum := r.uint(), r.uint(), r.uint()
	if off > uint64(size-start) || n > uint64(size-start)-off {
		r.bad = true
		return span{}
	}
	return span{start + int64(off), int64(n), uint32(sum)}
}
