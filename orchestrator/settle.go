package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Left is a plan that an earlier run left and that was settled.
type Left struct {
	Plan   string
	Flow   string
	Target string
	End    Ending // Stopped, Settled, Outdated or Complete
	Detail string
}

// Settle finds out what earlier runs of this folder left open and ends their
// plans: a step in doubt is looked for, after the quiet period; a task that
// was spent gets its line in dispatch.log, one that was not is given back.
// Nothing is written to GitHub. Plans that another process works on are left
// alone. Every command that writes settles first.
func (a *Applier) Settle(ctx context.Context) ([]Left, error) {
	return a.settleBut(ctx)
}

func (a *Applier) settleBut(ctx context.Context, but ...string) ([]Left, error) {
	ids, err := a.Journal.Unfinished()
	if err != nil {
		return nil, err
	}
	var out []Left
	for _, id := range ids {
		if slices.Contains(but, id) {
			continue
		}
		left, err := a.settleOne(ctx, id)
		if err != nil {
			return out, fmt.Errorf("settling what plan %s left open: %w", id, err)
		}
		if left != nil {
			out = append(out, *left)
		}
	}
	orphans, err := a.orphans(ctx)
	return append(out, orphans...), err
}

// take takes an open plan that nobody works on; nil: somebody does.
func (a *Applier) take(id string) (*run, error) {
	if ok, err := a.Journal.Take(id); err != nil || !ok {
		return nil, err
	}
	lines, _, err := a.Journal.Read(id)
	if err == nil {
		var p *page
		if p, err = readPage(id, lines); err == nil {
			return newRun(a, p), nil
		}
	}
	return nil, errors.Join(err, a.Journal.Leave(id, false))
}

func (a *Applier) settleOne(ctx context.Context, id string) (*Left, error) {
	r, err := a.take(id)
	if err != nil || r == nil {
		return nil, err
	}
	end, why, err := r.find(ctx)
	if err != nil {
		return nil, errors.Join(err, r.leave("", ""))
	}
	if end == "" {
		return nil, nil
	}
	return &Left{Plan: id, Flow: r.sheet.Flow, Target: r.sheet.Target, End: end, Detail: why}, r.leave(end, why)
}

// find answers every question of a plan that was left.
func (r *run) find(ctx context.Context) (Ending, string, error) {
	if r.end != nil { // only the renaming was lacking
		return "", "", r.Journal.Leave(r.id, true)
	}
	end, finished := Stopped, 0
	if err := r.reopen(ctx); err != nil {
		return "", "", err
	}
	for k, s := range r.steps {
		if s.asked() {
			end = Settled
			if err := r.answer(ctx, k); err != nil {
				return "", "", err
			}
		}
	}
	for _, child := range r.reserved() {
		end = Settled
		if err := r.account(ctx, child, r.open[child.Key()]); err != nil {
			return "", "", err
		}
	}
	if err := r.settledBefore(ctx); err != nil {
		return "", "", err
	}
	for _, s := range r.steps {
		if s.over() {
			finished++
		}
	}
	if finished == len(r.steps) {
		return Complete, "", nil
	}
	return end, fmt.Sprintf("left after %d of %s", finished, countSteps(len(r.steps))), nil
}

// reopen finds the reservations of the plan that are still open.
func (r *run) reopen(ctx context.Context) error {
	for k, s := range r.steps {
		e, ok := s.Effect.(flows.Reserve)
		if !ok || s.intent == nil {
			continue
		}
		id := s.intent.Baseline.Reservation
		held, err := r.Ledger.IsHeld(ctx, id)
		if err != nil {
			return err
		}
		if held {
			r.open[e.Child.Key()] = &reservation{id: id, step: k, label: e.Label, newest: e.Newest}
		}
	}
	for _, s := range r.steps {
		if e, ok := s.Effect.(flows.AddLabel); ok && e.Spends && s.intent != nil {
			if res := r.open[e.Issue.Key()]; res != nil && s.intent.Baseline.Reservation == res.id {
				res.newest = s.intent.Baseline.Event
				res.sent = s.asked() || s.finished()
			}
		}
	}
	for _, s := range r.steps {
		if e, ok := s.Effect.(flows.Call); ok && s.intent != nil {
			if res := r.open[e.Child.Key()]; res != nil && s.intent.Baseline.Reservation == res.id {
				res.sent = s.asked() || s.finished()
			}
		}
	}
	return nil
}

// answer closes a step that was sent and whose outcome is not known.
func (r *run) answer(ctx context.Context, k int) error {
	s := r.steps[k]
	d, err := r.deed(k)
	if err != nil {
		return err
	}
	if _, local := s.Effect.(flows.LogDispatch); local {
		return nil // its reservation says it: account
	}
	found, err := r.resolve(ctx, k, d, r.deadline(s))
	var taken *Taken
	switch {
	case errors.As(err, &taken):
		found = &result{outcome: Refused, detail: err.Error()}
	case gone(err):
		found = &result{outcome: Unknown, detail: err.Error()}
	case err != nil:
		return &Unsettled{Plan: r.id, Target: s.Effect.Target(), Err: err}
	case found == nil:
		found = &result{outcome: NotDone, detail: "found not to have happened"}
	}
	return r.close(k, found, nil)
}

// remote tells whether the step writes to GitHub what a late landing would
// change: a mark that nothing refers to is nothing, and a record or a note stays here.
func (s *state) remote() bool {
	switch s.Effect.(type) {
	case flows.Reserve, flows.LogDispatch, flows.NoteRecall, flows.MakeMark, flows.Capture, flows.NotePull, flows.Call:
		return false
	}
	return true
}

// account closes an open reservation: by the LABELED event when there is one;
// else the task is given back.
func (r *run) account(ctx context.Context, child inventory.Ref, res *reservation) error {
	if !res.sent {
		return r.giveBack(ctx, child.Key(), "its label was never sent")
	}
	k, _ := r.stepOf(child, flows.LogDispatch{}.Kind())
	event, at, err := r.spent(ctx, child, res)
	for until := r.now().Add(r.Quiet); err == nil && event == "" && r.now().Before(until); {
		if err = r.wait(ctx, k, until, "the label shows no event yet"); err == nil {
			event, at, err = r.spent(ctx, child, res)
		}
	}
	switch {
	case gone(err):
		// Its label may have been seen before the issue went: it counts.
		_, label := r.dispatchOf(child)
		event, at = "gone", label.intent.At
	case err != nil:
		return &Unsettled{Plan: r.id, Target: child.String(), Err: err}
	case event == "":
		return r.giveBack(ctx, child.Key(), "its label left no event")
	}
	if err := r.settle(ctx, child, res, event, at); err != nil {
		return err
	}
	return r.logged(child, res.id, event, at)
}

// logged closes the log step of a task that was settled before its turn came, so
// that the plan's own figures agree with dispatch.log.
func (r *run) logged(child inventory.Ref, reservation, event string, at time.Time) error {
	k, s := r.stepOf(child, flows.LogDispatch{}.Kind())
	if s == nil || s.finished() {
		return nil
	}
	return r.close(k, &result{outcome: Done, detail: "settled later", evidence: Evidence{Reservation: reservation, Event: event, At: at}}, nil)
}

// settledBefore closes the log steps of tasks whose label was put on and that
// nothing is held for any more: a process settled them and ended before it noted
// so, or they were given back or lost.
func (r *run) settledBefore(ctx context.Context) error {
	for k, s := range r.steps {
		e, ok := s.Effect.(flows.LogDispatch)
		if !ok || s.finished() || r.open[e.Child.Key()] != nil {
			continue
		}
		if _, label := r.dispatchOf(e.Child); label != nil && label.outcome != nil && label.outcome.Outcome == Done {
			found, err := r.notHeld(ctx, e.Child)
			if err != nil {
				return err
			}
			if err := r.close(k, found, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// notHeld is what became of the task of a child for which nothing is held any
// more: settled before, or not in the log at all.
func (r *run) notHeld(ctx context.Context, child inventory.Ref) (*result, error) {
	_, s := r.stepOf(child, flows.Reserve{}.Kind())
	if s == nil || s.intent == nil {
		return nil, fmt.Errorf("%s: nothing was reserved that could be settled", child)
	}
	base := s.intent.Baseline
	settled, err := r.Ledger.WasSettled(ctx, base.Reservation, child, base.Lines)
	switch {
	case err != nil:
		return nil, err
	case settled:
		return &result{outcome: Done, detail: "settled before", evidence: Evidence{Reservation: base.Reservation}}, nil
	}
	return &result{outcome: Unknown, detail: "not in dispatch.log: its reservation was lost or given back; what its label cost is counted as outside", evidence: Evidence{Reservation: base.Reservation}}, nil
}

// stepOf is the first step of a kind that acts on a child.
func (r *run) stepOf(child inventory.Ref, kind string) (int, *state) {
	for k, s := range r.steps {
		if s.Effect.Kind() == kind && s.Effect.Target() == child.String() {
			return k, s
		}
	}
	return 0, nil
}

func gone(err error) bool {
	var g Gone
	return errors.As(err, &g) && g.Gone()
}
