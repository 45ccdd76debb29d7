package orchestrator

import (
	"context"
	"fmt"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// check looks at a child whose task is reserved, before anything is written to
// it, and again where that look grew old: newest is the LABELED event that the plan knew.
func (r *run) check(ctx context.Context, child inventory.Ref, newest string) error {
	res := r.open[child.Key()]
	e, ok := r.steps[res.step].Effect.(flows.Reserve)
	if !ok || r.Judge == nil {
		return fmt.Errorf("%s: nobody is there to judge whether it may be dispatched", child)
	}
	asked := r.now()
	now, err := r.Hub.Recheck(ctx, inventory.Question{Child: child, Acceptor: e.Acceptor, Apart: e.Apart, Epic: e.Epic})
	if err != nil {
		return err
	}
	i := now.Issue
	event, _, events := lastAdded(i, res.label)
	switch {
	case i.Closed:
		return &Stale{child.String(), "it was closed meanwhile"}
	case i.Locked:
		return &Stale{child.String(), "it was locked meanwhile"}
	case i.HasLabel(res.label):
		return &Stale{child.String(), "it bears the label " + res.label + " meanwhile"}
	case event != newest:
		return &Stale{child.String(), "somebody put the label " + res.label + " on meanwhile"}
	}
	if ok, why := r.Judge(i, e.Word); !ok {
		return &Stale{child.String(), why}
	}
	if err := r.checkEpic(ctx, e, now.Epic); err != nil {
		return err
	}
	res.newest, res.events, res.comment, res.checked = event, events, &now.Comment, asked
	return nil
}

// list is the body of an epic that was edited since its plan was made, as it was
// read then.
type list struct {
	at   time.Time
	epic inventory.Issue
}

// checkEpic holds the epic against what the plan knew. One that was edited is read
// once more for each edit, not for each child: a tick on another line, or a word
// of prose, contradicts nothing.
func (r *run) checkEpic(ctx context.Context, e flows.Reserve, now inventory.Issue) error {
	stale := func(why string) error {
		return &Stale{e.Child.String(), "its epic " + e.Epic.From(e.Child.Repo) + " " + why}
	}
	switch {
	case e.Epic.Number == 0:
		return nil
	case now.Missing:
		return stale("is gone")
	case now.Closed:
		return stale("was closed meanwhile")
	case !now.EditedAt.After(e.EpicEdited):
		return nil
	case e.Listing == "":
		return stale("was edited meanwhile")
	}
	l := r.lists[e.Epic.Key()]
	if now.EditedAt.After(l.at) {
		page, err := r.Hub.Page(ctx, e.Epic, false)
		switch {
		case gone(err):
			return stale("is gone")
		case err != nil:
			return err
		case !r.Trust.Author(page.Author, page.AuthorKind, page.Association):
			return stale("is by somebody who is not trusted any more")
		}
		l = list{now.EditedAt, page.Issue}
		r.lists[e.Epic.Key()] = l
	}
	digest, listed, ticked := inventory.Listing(l.epic, e.Child)
	switch {
	case !listed:
		return stale("does not name it any more")
	case ticked:
		return stale("has it ticked meanwhile")
	case digest != e.Listing:
		return stale("has another checklist meanwhile")
	}
	return nil
}
