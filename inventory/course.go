package inventory

import (
	"slices"
	"time"
)

// Course is what this folder's journal remembers of one pull request: what was
// seen of it and what was done, in the order it happened. Tries are counted here
// and never by what stands on GitHub (spec/2-flows "Stage 3: execute").
type Course struct {
	Child    Ref            // it belongs to, by our own record; zero: none is noted
	Heads    []Head         // as they were first seen, oldest first
	Asks     []Intervention // oldest first
	Alerts   []Alert
	Refused  []Refusal    // writes that GitHub refused
	Mended   []Mending    // of the stuck flow
	Sent     []Sending    // into the merge queue, and auto-merge: what GitHub may undo
	Resolved []Resolution // of review threads, by us
	Updated  []string     // heads at which we had GitHub merge the base into the branch
	Unknown  time.Time    // since when GitHub has not told whether its head can be merged; zero: it has
	Clean    time.Time    // when it was last seen without the conflict that we had asked about
	Ended    PullState    // how it ended, once what its end asks for was done; empty: not so far
	EndedAt  time.Time    // when that was done
}

// Head is a head commit as it was first seen.
type Head struct {
	SHA  string
	Seen time.Time
	Ours bool // we made it: by an update of the branch, or the stuck flow
	// Threads are the review threads that existed then: a later answer to a request
	// covers these and no newer ones. Commit dates are their authors', and count for
	// nothing.
	Threads []string
	Red     bool // its checks failed
	Green   bool // its checks passed
}

// Intervention is one request for a fix.
type Intervention struct {
	What    Fix
	Comment int64  // id
	Head    string // at which it was asked
	At      time.Time
}

// Fix is what is asked for; there are two fixed comments.
type Fix string

const (
	FixReviews  Fix = "reviews"
	FixConflict Fix = "conflict"
)

// Alert is something a person was told of.
type Alert struct {
	What string
	Head string // at which
	At   time.Time
}

// Refusal is a write that GitHub refused for sure, at a head.
type Refusal struct {
	Deed, Head, Why string // Deed is the step's kind
	At              time.Time
}

// Mending is one run of the stuck flow.
type Mending struct {
	Head string // it began with
	SHA  string // it pushed; empty: it could not
	How  string
	At   time.Time
}

// Sending is a write of ours that stands only as long as GitHub lets it.
type Sending struct {
	Deed, Head string // Deed is the step's kind
	At         time.Time
}

// Resolution is a review thread that we resolved.
type Resolution struct {
	Thread string
	At     time.Time
}

// PullNote is one line of the journal about a pull request.
type PullNote struct {
	Kind    NoteKind `json:"kind"`
	SHA     string   `json:"sha,omitempty"` // the head it is about
	Ours    bool     `json:"ours,omitempty"`
	Threads []string `json:"threads,omitempty"`
	Fix     Fix      `json:"fix,omitempty"`
	Comment int64    `json:"comment,omitempty"`
	Child   string   `json:"child,omitempty"` // owner/repo#n
	What    string   `json:"what,omitempty"`  // an alert's, a refused step's kind
	Why     string   `json:"why,omitempty"`
	New     string   `json:"new,omitempty"` // the head that was pushed
}

// NoteKind says what a note tells.
type NoteKind string

const (
	NoteHead     NoteKind = "head"     // a head was seen for the first time: SHA, Ours, Threads, and whose child it is
	NoteOpened   NoteKind = "opened"   // we opened it: whose it is
	NoteRed      NoteKind = "red"      // its checks failed: SHA
	NoteGreen    NoteKind = "green"    // its checks passed: SHA
	NoteAsked    NoteKind = "asked"    // Fix, Comment, SHA
	NoteUpdated  NoteKind = "updated"  // GitHub is to merge the base into it: SHA
	NoteMade     NoteKind = "made"     // we are about to push a head of our own: New, Threads
	NoteAlert    NoteKind = "alert"    // What, SHA
	NoteRefused  NoteKind = "refused"  // What, Why, SHA
	NoteMended   NoteKind = "mended"   // SHA, New where it was pushed, Why: how, or why not
	NoteUnknown  NoteKind = "unknown"  // whether it can be merged is not known
	NoteKnown    NoteKind = "known"    // it is
	NoteClean    NoteKind = "clean"    // the conflict that we asked about is gone
	NoteSent     NoteKind = "sent"     // a step that GitHub may undo was carried out: What, SHA
	NoteResolved NoteKind = "resolved" // Threads: review threads that we resolved
	NoteEnded    NoteKind = "ended"    // what its end asks for was done: What, the state
)

// Known tells whether this version knows a note of that kind.
func (k NoteKind) Known() bool {
	switch k {
	case NoteHead, NoteOpened, NoteRed, NoteGreen, NoteAsked, NoteUpdated, NoteMade, NoteAlert, NoteRefused, NoteMended, NoteUnknown, NoteKnown, NoteClean, NoteSent, NoteResolved, NoteEnded:
		return true
	}
	return false
}

// With is the course with one more note. Notes fold in the order they were
// written; one that says again what is known changes nothing.
func (c Course) With(at time.Time, n PullNote) Course {
	switch n.Kind {
	case NoteHead:
		c.belongs(n.Child)
		if k := c.head(n.SHA); k >= 0 {
			return c
		}
		c.Heads = append(slices.Clip(c.Heads), Head{SHA: n.SHA, Seen: at, Ours: n.Ours, Threads: n.Threads})
	case NoteOpened:
		c.belongs(n.Child)
	case NoteRed, NoteGreen:
		k := c.head(n.SHA)
		if k < 0 {
			return c
		}
		c.Heads = slices.Clone(c.Heads)
		if n.Kind == NoteRed {
			c.Heads[k].Red = true
		} else {
			c.Heads[k].Green = true
		}
	case NoteAsked:
		if !slices.ContainsFunc(c.Asks, func(a Intervention) bool { return a.Comment == n.Comment }) {
			c.Asks = append(slices.Clip(c.Asks), Intervention{What: n.Fix, Comment: n.Comment, Head: n.SHA, At: at})
		}
	case NoteMade:
		if c.head(n.New) < 0 {
			c.Heads = append(slices.Clip(c.Heads), Head{SHA: n.New, Seen: at, Ours: true, Threads: n.Threads})
		}
	case NoteUpdated:
		c.Updated = oncePerValue(c.Updated, n.SHA)
	case NoteAlert:
		c.Alerts = oncePerValue(c.Alerts, Alert{What: n.What, Head: n.SHA, At: at})
	case NoteRefused:
		c.Refused = oncePerValue(c.Refused, Refusal{Deed: n.What, Head: n.SHA, Why: n.Why, At: at})
	case NoteMended:
		c.Mended = oncePerValue(c.Mended, Mending{Head: n.SHA, SHA: n.New, How: n.Why, At: at})
	case NoteUnknown:
		if c.Unknown.IsZero() {
			c.Unknown = at
		}
	case NoteKnown:
		c.Unknown = time.Time{}
	case NoteClean:
		c.Clean = at
	case NoteSent:
		// A run that died writes it again within moments; a later one is another.
		if k := len(c.Sent) - 1; k < 0 || c.Sent[k].Deed != n.What || c.Sent[k].Head != n.SHA || at.Sub(c.Sent[k].At) > time.Minute {
			c.Sent = append(slices.Clip(c.Sent), Sending{n.What, n.SHA, at})
		}
	case NoteResolved:
		for _, id := range n.Threads {
			if !slices.ContainsFunc(c.Resolved, func(r Resolution) bool { return r.Thread == id }) {
				c.Resolved = append(slices.Clip(c.Resolved), Resolution{id, at})
			}
		}
	case NoteEnded:
		c.belongs(n.Child)
		if c.Ended != PullState(n.What) {
			c.EndedAt = at
		}
		c.Ended = PullState(n.What)
	}
	return c
}

// belongs takes in whose child's it is, where a note says so.
func (c *Course) belongs(child string) {
	if ref, err := ParseRef(child, RepoRef{}, ""); err == nil && !ref.Repo.IsZero() {
		c.Child = ref
	}
}

// oncePerValue is the list with one more of its kind, unless that is in it: a
// process that died may write the same note again.
func oncePerValue[T comparable](list []T, one T) []T {
	if slices.Contains(list, one) {
		return list
	}
	return append(slices.Clip(list), one)
}

func (c Course) head(sha string) int {
	return slices.IndexFunc(c.Heads, func(h Head) bool { return h.SHA == sha })
}

// Head is what is remembered of a head; false: it was never seen.
func (c Course) Head(sha string) (Head, bool) {
	if k := c.head(sha); k >= 0 {
		return c.Heads[k], true
	}
	return Head{}, false
}
