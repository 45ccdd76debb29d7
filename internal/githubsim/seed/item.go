package seed

import (
	"cmp"
	"slices"
	"time"
)

// item is one issue or pull request of a repository and all that happened to it.
type item struct {
	number int // given: it will have this number; 0: found by age

	title, body, author string
	at                  time.Time // of creation
	labels              []string

	ticked    string // body after its one edit; empty: never edited
	tickedAt  time.Time
	closed    time.Time // zero: open
	reason    string    // of closing; empty: completed
	comments  []remark
	handed    *handover
	parent    int // number of the epic it is a child of
	blockedBy []int
	subIssues []int
	branch    string // of an epic: branch made with it
	locked    bool
	deleted   time.Time
	movedTo   string // name of the repository it was transferred to
	movedAt   time.Time

	pull *pull
}

// remark is a comment.
type remark struct {
	author, body string
	at           time.Time
}

// handover is a dispatch to an agent: target comment, label, acknowledgement.
type handover struct {
	at      time.Time
	target  string // branch
	refused string // the agent takes the label off again and says this
}

// pull is what a pull request has beyond an issue.
type pull struct {
	head, base string
	fromBranch string // head starts at its tip; empty: at base's
	files      map[string]string
	draft      bool
	fork       bool // from the author's fork
	checks     []check
	reviews    []review
	merged     time.Time // zero: open; merging closes what it solves
	solves     []*item   // issues it says it fixes
	mentions   int       // an issue it only mentions
	task       uint64    // the agent's number of the session; 0: a person's work
}

type check struct {
	name   string
	result string // a conclusion in lower case, or pending
}

type review struct {
	author, state, body string
	at                  time.Time
	threads             []thread
}

type thread struct {
	path, body string
	line       int
	resolved   bool
}

// arrange gives every item its number: those that have one keep it, the others
// take the free ones in order of age, and fill makes the items that are needed
// so that no number stays unused below the highest given one.
func arrange(items []*item, start time.Time, fill func(slots []slot) []*item) []*item {
	var pinned, free []*item
	for _, it := range items {
		if it.number > 0 {
			pinned = append(pinned, it)
		} else {
			free = append(free, it)
		}
	}
	slices.SortFunc(pinned, func(a, b *item) int { return cmp.Compare(a.number, b.number) })
	slices.SortStableFunc(free, func(a, b *item) int { return a.at.Compare(b.at) })
	var all []*item
	last := start
	for _, pin := range pinned {
		room := pin.number - len(all) - 1
		var gap []*item
		for len(gap) < room && len(free) > 0 && free[0].at.Before(pin.at) {
			gap = append(gap, free[0])
			free = free[1:]
		}
		if n := room - len(gap); n > 0 {
			gap = append(gap, fill(spread(n, last, pin.at))...)
			slices.SortStableFunc(gap, func(a, b *item) int { return a.at.Compare(b.at) })
		}
		all = append(append(all, gap...), pin)
		last = pin.at
	}
	all = append(all, free...)
	for i, it := range all {
		it.number = i + 1
		if i > 0 && !it.at.After(all[i-1].at) {
			it.at = all[i-1].at.Add(20 * time.Second) // numbers follow time
		}
	}
	return all
}

// slot is a time at which an item is wanted.
type slot struct{ at, next time.Time }

// spread divides the time between two moments evenly.
func spread(n int, from, to time.Time) []slot {
	step := to.Sub(from) / time.Duration(n+1)
	slots := make([]slot, n)
	for i := range slots {
		at := from.Add(time.Duration(i+1) * step)
		slots[i] = slot{at, at.Add(step)}
	}
	return slots
}
