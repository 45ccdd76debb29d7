package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// closedEpic is an epic that is done with. No look holds one: its checklist is read
// for whoever asks after it.
type closedEpic struct {
	inventory.Epic
	issue inventory.Issue
	pulls []string // that brought its branch home, by our journal: owner/name#n
}

// readClosedEpic reads it; nil: no closed epic of the fleet has this number.
func (a *app) readClosedEpic(ctx context.Context, l *look, ref inventory.Ref) (*closedEpic, error) {
	if i, ok := l.snap.Find(ref); ok && !i.Closed {
		return nil, nil
	}
	row, ok := l.fleet.Row(ref.Repo)
	if !ok {
		return nil, nil
	}
	ref.Repo = row.Repo.Ref
	hub, err := a.client(ctx)
	if err != nil {
		return nil, err
	}
	page, err := hub.Page(ctx, ref, false)
	var gone orchestrator.Gone
	if errors.As(err, &gone) && gone.Gone() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, ok := inventory.ClosedEpic(&l.snap, l.rules, &page.Issue)
	if !ok {
		return nil, nil
	}
	out := &closedEpic{Epic: e, issue: page.Issue}
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return out, err
	}
	courses, err := a.plans(d.File(journalFolder)).Courses()
	for pull, c := range courses {
		if c.Child.Key() == e.Ref.Key() && c.Ended == inventory.PullMerged {
			out.pulls = append(out.pulls, pull)
		}
	}
	slices.Sort(out.pulls)
	return out, err
}

// answer is what it is, in one sentence.
func (e *closedEpic) answer() string {
	text := "a closed epic"
	if why := e.issue.StateReason; why != "" {
		text += ", " + strings.ToLower(strings.ReplaceAll(why, "_", " "))
	}
	if at := e.issue.ClosedAt; !at.IsZero() {
		text += " at " + at.UTC().Format("2006-01-02 15:04Z")
	}
	ticked := 0
	for _, c := range e.Children {
		if c.Checked {
			ticked++
		}
	}
	return fmt.Sprintf("%s: %d of %s ticked", text, ticked, children(len(e.Children)))
}

// facts are its branch, how that came home, and its children.
func (e *closedEpic) facts() []string {
	var out []string
	if e.Branch.Head == "" {
		out = append(out, "its branch "+e.Branch.Name+" is gone")
	} else {
		out = append(out, "its branch "+e.Branch.Name+" is still there")
	}
	for _, p := range e.pulls {
		out = append(out, "its branch was brought home by "+p)
	}
	for _, c := range e.Children {
		box := "unticked"
		if c.Checked {
			box = "ticked"
		}
		out = append(out, "child "+c.Ref.From(e.Ref.Repo)+", "+box+": "+c.Title)
	}
	return out
}

// isClosedEpic says more of what was refused as no epic: that it was one.
func (a *app) isClosedEpic(ctx context.Context, l *look, ref inventory.Ref, refused error) error {
	var none *execute.NoEpic
	if !errors.As(refused, &none) {
		return refused
	}
	e, err := a.readClosedEpic(ctx, l, ref)
	if err != nil || e == nil {
		return errors.Join(refused, err)
	}
	text := e.Ref.String() + " is " + e.answer()
	for _, f := range e.facts()[:1+len(e.pulls)] {
		text += "; " + f
	}
	return hinted{notFound{terminal.Clean(text)}, "\"" + a.called("core dev why "+e.Ref.String()) + "\" lists its children"}
}
