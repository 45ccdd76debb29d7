// Package checklist reads the task lists of an issue body: how many items it
// has, which of them name child issues, in which phase each child stands, and
// where the one byte lies that ticks it.
//
// Task items are exactly those that GitHub's renderer (cmark-gfm) gives a
// checkbox, its peculiarities included: nothing inside a block quote has one,
// nor has "- - [ ] x" or "- [ ]" with no text behind it on the line, and an
// item is done when "[x]" stands anywhere on its line. The program cmark-gfm
// judges that in the tests tagged "conformance".
//
// A child is a task item whose own text starts or ends with a reference to an
// issue: #12, owner/repo#12, or the URL of an issue or pull request, whose
// host the reader of the list has to know.
// Own text is the paragraph behind the box, all its lines; nested items and
// further paragraphs are not part of it, and of more than 4,096 bytes only the
// start is read. At the end the reference may stand in parentheses of its own,
// or there with a closing keyword; one behind "blocked by", "depends on",
// "needs", "see", "PR" or "pull request" only mentions, and so does one with
// words of its own in parentheses. Code, escaped characters and images hold no
// references; a link counts by its text.
package checklist

import (
	"bytes"
	"encoding/json"
)

// List is what an issue body says of its task items. It marshals to the
// documented JSON of "core dev checklist": empty lists as [], the ordinal of a
// phase without one as null.
type List struct {
	Items    int     `json:"items"`   // task items, children or not
	Checked  int     `json:"checked"` // of them, those with a ticked box
	Children []Child `json:"children"`
	Phases   []Phase `json:"phases"` // those with children, in document order
}

// Child is a task item that names an issue. An issue that two items name is
// listed twice.
type Child struct {
	Owner, Repo string // empty for a reference of the form #12
	Number      int
	Host        string // of a URL, lower case: an issue of another host is none of ours
	Checked     bool
	Phase       string // the phase's name, empty for children above any heading
	PhaseIndex  int    // of the phase in List.Phases
	Line        int    // of the item, from 1
	Offset      int    // in the body, of the byte between the brackets
	Text        string // the item's own text without the reference, plain, on one line
}

// Ref is the reference in its short form: "#12", or "owner/repo#12" where the
// item names a repository.
func (c Child) Ref() string { return c.reference().String() }

func (c Child) reference() Reference {
	return Reference{Owner: c.Owner, Repo: c.Repo, Number: c.Number, Host: c.Host}
}

// Phase is a group of children below one heading.
type Phase struct {
	Name       string // the heading, plain; empty without one
	Ordinal    int
	HasOrdinal bool // without an ordinal a phase depends on no other
	Total      int  // children
	Done       int  // children whose box is ticked
}

// MarshalJSON writes the keys items, checked, children and phases.
func (l List) MarshalJSON() ([]byte, error) {
	type plain List
	if l.Children == nil {
		l.Children = []Child{}
	}
	if l.Phases == nil {
		l.Phases = []Phase{}
	}
	return json.Marshal(plain(l))
}

// MarshalJSON writes the keys ref, owner, repo, number, checked, phase, line
// and offset.
func (c Child) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Ref     string `json:"ref"`
		Owner   string `json:"owner"`
		Repo    string `json:"repo"`
		Number  int    `json:"number"`
		Checked bool   `json:"checked"`
		Phase   string `json:"phase"`
		Line    int    `json:"line"`
		Offset  int    `json:"offset"`
	}{c.Ref(), c.Owner, c.Repo, c.Number, c.Checked, c.Phase, c.Line, c.Offset})
}

// MarshalJSON writes the keys name, ordinal, total and done.
func (p Phase) MarshalJSON() ([]byte, error) {
	var ordinal *int
	if p.HasOrdinal {
		ordinal = &p.Ordinal
	}
	return json.Marshal(struct {
		Name    string `json:"name"`
		Ordinal *int   `json:"ordinal"`
		Total   int    `json:"total"`
		Done    int    `json:"done"`
	}{p.Name, ordinal, p.Total, p.Done})
}

// Parse reads the task items of an issue body. Any input is accepted.
func Parse(body []byte) List {
	var list List
	var heads headings
	for _, b := range outline(body) {
		if b.kind == heading {
			if b.parent.kind == document {
				heads.enter(b)
			}
			continue
		}
		if !b.task {
			continue
		}
		list.Items++
		if b.ticked {
			list.Checked++
		}
		ref, text, ok := childOf(b.ownText())
		if !ok {
			continue
		}
		i := heads.phase(&list)
		phase := &list.Phases[i]
		phase.Total++
		if b.ticked {
			phase.Done++
		}
		list.Children = append(list.Children, Child{
			Owner: ref.Owner, Repo: ref.Repo, Number: ref.Number, Host: ref.Host,
			Checked: b.ticked, Phase: phase.Name, PhaseIndex: i,
			Line: b.line, Offset: b.box, Text: text,
		})
	}
	return list
}

// ownText is the paragraph behind the box of a task item, empty where something
// else stands there.
func (b *block) ownText() []byte {
	if b.own == nil || b.own.kind != paragraph && b.own.kind != heading {
		return nil
	}
	return bytes.TrimSpace(b.own.text)
}
