package ledger

import (
	"bytes"

	"github.com/dappcore/core-dev/budget"
)

// textLimit is how much of an unreadable line is kept to be shown, in bytes.
const textLimit = 1024

// fold sums up a stretch of a log, line by line.
type fold struct {
	exact  budget.Day // from this day on, lines are kept in their order
	lines  int        // lines seen
	kinds  kindTable
	days   dayTable
	recent []run
	torn   []unreadable
	dates  map[budget.Day]int // unreadable lines by the dates they hold
	line   budget.Line
	last   date
}

// run is lines of one kind and one minute that follow each other.
type run struct {
	at   budget.Minute
	kind int32
	n    int32
}

type unreadable struct {
	line int // from 1, within the stretch
	text string
}

func newFold(exact budget.Day) *fold {
	return &fold{exact: exact, dates: map[budget.Day]int{}}
}

// block takes whole lines, each with its newline.
func (f *fold) block(b []byte) {
	for len(b) > 0 {
		if n := f.known(b); n > 0 {
			b = b[n:]
			continue
		}
		end := bytes.IndexByte(b, '\n')
		f.add(b[:end], true)
		b = b[end+1:]
	}
}

// add takes one line. One that has no newline yet and ends where a torn write
// could have cut it short is unreadable until somebody ends it.
func (f *fold) add(line []byte, ended bool) {
	f.lines++
	l := &f.line
	if !l.Parse(line) || l.Open && !ended {
		f.unreadable(line)
		return
	}
	kind := f.kinds.id(l.Repo, l.Agent, l.Member)
	if day := l.At.Day(); day < f.exact {
		f.days.count(day, kind, 1)
		return
	}
	f.keep(l.At, kind)
}

// keep takes a line whose place in the order counts.
func (f *fold) keep(at budget.Minute, kind int32) {
	if last := len(f.recent) - 1; last >= 0 && f.recent[last].at == at && f.recent[last].kind == kind {
		f.recent[last].n++
		return
	}
	f.recent = append(f.recent, run{at, kind, 1})
}

func (f *fold) unreadable(line []byte) {
	budget.EachDate(line, func(d budget.Day) { f.dates[d]++ })
	text := string(line[:min(len(line), textLimit)])
	if len(text) < len(line) {
		text += "…"
	}
	f.torn = append(f.torn, unreadable{f.lines, text})
}

// join appends the stretch that follows f in the log.
func (f *fold) join(next *fold) {
	for i := range next.torn {
		next.torn[i].line += f.lines
	}
	f.torn = append(f.torn, next.torn...)
	f.lines += next.lines
	for d, n := range next.dates {
		f.dates[d] += n
	}
	kinds := make([]int32, len(next.kinds.all))
	for i, k := range next.kinds.all {
		kinds[i] = f.kinds.id([]byte(k.Repo), []byte(k.Agent), []byte(k.Member))
	}
	next.days.each(func(d budget.Day, kind int32, n int) { f.days.count(d, kinds[kind], n) })
	for _, r := range next.recent {
		r.kind = kinds[r.kind]
		f.recent = append(f.recent, r)
	}
}
