package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// NeedsPerson tells that a thing is left to a person, and why.
type NeedsPerson struct{ Target, Why string }

func (e *NeedsPerson) Error() string { return e.Target + ": needs a person: " + e.Why }

// Local: work elsewhere goes on.
func (e *NeedsPerson) Local() bool { return true }

// rewrite changes an epic's body by the protocol of spec/1-domain "Checklists":
// GitHub takes no conditional write, so it is read right before, written, and
// then its versions are read. Where somebody else's version fell between, the
// change is made on that one, too.
type rewrite struct {
	*run
	epic inventory.Ref
	// change is what is wanted; of a body that is so already it makes the same.
	change func(body []byte) ([]byte, error)
	said   string
	next   string // what is to be written, since the look
	// merged are edits that our write went over and that were written again. Whoever
	// had the page open in between may still take them back, so they are told of.
	merged []inventory.Edit
}

func (r *run) adding(e flows.AddChildren) deed {
	return &rewrite{run: r, epic: e.Epic, said: e.Detail(), change: e.On}
}

func (d *rewrite) alone() string { return "page " + d.epic.Key() }

func (d *rewrite) look(ctx context.Context) (Baseline, *result, error) {
	p, err := d.Hub.Page(ctx, d.epic, false)
	if err != nil {
		return Baseline{}, nil, goneStale(d.epic.String(), err)
	}
	target := d.epic.String()
	switch {
	case p.Archived:
		return Baseline{}, nil, &Stale{target, "its repository was archived meanwhile"}
	case p.Closed:
		return Baseline{}, nil, &Stale{target, "it was closed meanwhile"}
	case !d.Trust.Author(p.Author, p.AuthorKind, p.Association):
		return Baseline{}, nil, &Stale{target, "its author is not trusted: nothing of it is read"}
	}
	next, err := d.made(p.Body)
	switch {
	case err != nil:
		return Baseline{}, nil, err
	case next == p.Body:
		return Baseline{}, &result{outcome: Skipped, detail: "is so already"}, nil
	}
	d.next = next
	base := Baseline{Sum: flows.Digest(next)}
	if len(p.Edits) > 0 {
		base.Edit = p.Edits[0].ID
	}
	return base, nil, nil
}

// made is a body with the change.
func (d *rewrite) made(body string) (string, error) {
	next, err := d.change([]byte(body))
	if err != nil {
		return "", &NeedsPerson{d.epic.String(), err.Error()}
	}
	if n := utf8.RuneCount(next); n > inventory.MostBody {
		return "", &NeedsPerson{d.epic.String(), fmt.Sprintf("with it the body has %d characters, and GitHub takes %d: begin a second epic, or shorten this one", n, inventory.MostBody)}
	}
	return string(next), nil
}

func (d *rewrite) send(ctx context.Context, base Baseline) (result, error) {
	if err := d.Hub.WritePage(ctx, d.epic, d.next); err != nil {
		return result{}, err
	}
	done := result{outcome: Done, detail: d.said}
	for round := 0; ; round++ {
		lost, err := d.lost(ctx, base)
		var person *NeedsPerson
		switch {
		case errors.As(err, &person):
			return done, err
		case err != nil:
			return done, unread{err}
		case lost == nil:
			done.detail += d.mergedAgain()
			return done, nil
		case round == tries:
			return done, &NeedsPerson{d.epic.String(), wentOver(lost...)}
		}
		mended, err := d.made(lost[len(lost)-1].Text)
		if err == nil {
			err = d.Hub.WritePage(ctx, d.epic, mended)
		}
		if err != nil {
			return done, unread{err}
		}
	}
}

// unread makes of a failure after the write a question: the write stands.
type unread struct{ error }

func (u unread) Doubtful() bool { return true }
func (u unread) Unwrap() error  { return u.error }

// wentOver says of somebody's edits that our write went over them.
func wentOver(edits ...inventory.Edit) string {
	return editedBy(edits) + ", and our write went over that: it stands in the issue's history of edits"
}

// mergedAgain says of which edits that is not so any more; empty: there are none.
func (d *rewrite) mergedAgain() string {
	if len(d.merged) == 0 {
		return ""
	}
	return "; " + editedBy(d.merged) + " at the same time: merged"
}

func editedBy(edits []inventory.Edit) string {
	who := make([]string, len(edits))
	for k, e := range edits {
		who[k] = fmt.Sprintf("@%s edited it at %s", e.By, e.At.UTC().Format(time.RFC3339))
	}
	return strings.Join(who, ", ")
}

// lost are the edits that fell between our reading and our writing and that no
// later version of ours holds, oldest first; nil: there are none. That ours is not listed yet
// is waited for, a while.
func (d *rewrite) lost(ctx context.Context, base Baseline) ([]inventory.Edit, error) {
	p, err := d.Hub.Page(ctx, d.epic, false)
	for pause := time.Second; err == nil && len(since(p, base)) < 2 && flows.Digest(p.Body) != base.Sum && pause <= 8*time.Second; pause *= 2 {
		if err := d.Clock.Sleep(ctx, pause); err != nil {
			return nil, err
		}
		p, err = d.Hub.Page(ctx, d.epic, false)
	}
	if err != nil || len(since(p, base)) < 2 {
		return nil, err
	}
	if p, err = d.Hub.Page(ctx, d.epic, true); err != nil {
		return nil, err
	}
	v, landed, err := d.overwritten(p, base)
	if err == nil && !landed {
		err = &NeedsPerson{d.epic.String(), wentOver(since(p, base)...) + "; our own is not among the newest any more"}
	}
	return v, err
}

// since are the versions newer than the baseline's, oldest first.
func since(p inventory.Page, base Baseline) []inventory.Edit {
	end := slices.IndexFunc(p.Edits, func(e inventory.Edit) bool { return e.ID == base.Edit })
	if end < 0 {
		end = len(p.Edits)
	}
	list := slices.Clone(p.Edits[:end])
	slices.Reverse(list)
	return list
}

// overwritten finds our write among the versions, by what was written, and the
// edits that it went over, if there are any that were not mended since: each may
// hold something of its own, and the last all that was kept of those before it.
// What a person has to mend is *NeedsPerson.
func (d *rewrite) overwritten(p inventory.Page, base Baseline) (lost []inventory.Edit, landed bool, err error) {
	list := since(p, base)
	// Another run may have written the very same: which of them is ours nobody can
	// tell, so that all of them are.
	ours, earlier := -1, false
	for k, e := range list {
		if flows.Digest(e.Text) != base.Sum {
			continue
		}
		if ours > 0 && !earlier {
			want, err := d.made(list[ours-1].Text)
			earlier = err != nil || want != list[ours].Text
		}
		ours = k
	}
	switch {
	case ours < 1:
		return nil, ours == 0, nil
	case earlier:
		return nil, true, &NeedsPerson{d.epic.String(), wentOver(list[:ours]...)}
	}
	over := list[:ours]
	if over[ours-1].Gone {
		return nil, true, &NeedsPerson{d.epic.String(), wentOver(over...) + ", its text deleted"}
	}
	want, err := d.made(over[ours-1].Text)
	if err != nil {
		return nil, true, &NeedsPerson{d.epic.String(), wentOver(over...) + ": " + err.Error()}
	}
	if want == list[ours].Text {
		return nil, true, nil
	}
	later := list[ours+1:]
	mended := -1
	for k, e := range later { // the last: another run may have mended it, too
		if e.Text == want {
			mended = k
		}
	}
	switch {
	case mended == 0:
		d.merged = over
		return nil, true, nil
	case mended > 0:
		return nil, true, &NeedsPerson{d.epic.String(), wentOver(slices.Concat(over, later[:mended])...)}
	case len(later) > 0:
		return nil, true, &NeedsPerson{d.epic.String(), wentOver(over...) + "; since then @" + later[0].By + " edited it, too"}
	}
	if by := list[ours].By; over[ours-1].By == by && drops(want, list[ours].Text) {
		// By another run of this account, which may have gone over an edit itself: what
		// ours kept would go with it.
		return nil, true, &NeedsPerson{d.epic.String(), wentOver(over...) + "; it lacks lines that stand there now"}
	}
	return over, true, nil
}

// drops tells whether a text lacks lines of another one, boxes apart.
func drops(text, other string) bool {
	lines := func(s string) []string {
		return strings.Split(strings.NewReplacer("\r", "", "[x]", "[ ]", "[X]", "[ ]").Replace(s), "\n")
	}
	left := map[string]int{}
	for _, l := range lines(text) {
		left[l]++
	}
	for _, l := range lines(other) {
		if left[l]--; left[l] < 0 {
			return true
		}
	}
	return false
}

// judge finds our write by what was written; where it went over another edit
// that is told, and the rest is a person's.
func (d *rewrite) judge(ctx context.Context, base Baseline) (*result, error) {
	p, err := d.Hub.Page(ctx, d.epic, false)
	if err != nil {
		return nil, err
	}
	done := result{outcome: Done, detail: d.said}
	switch n := len(since(p, base)); {
	case n == 1 && flows.Digest(p.Body) == base.Sum:
		return &done, nil
	case n > 1:
		if p, err = d.Hub.Page(ctx, d.epic, true); err != nil {
			return nil, err
		}
		v, landed, err := d.overwritten(p, base)
		if landed {
			if err != nil {
				done.detail += "; " + err.Error()
			} else if v != nil {
				done.detail += "; needs a person: " + wentOver(v...)
			} else {
				done.detail += d.mergedAgain()
			}
			return &done, nil
		}
	}
	if next, err := d.change([]byte(p.Body)); err == nil && string(next) == p.Body {
		return &result{outcome: Skipped, detail: "is so already"}, nil
	}
	return nil, nil
}
