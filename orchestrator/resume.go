package orchestrator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dappcore/core-dev/flows"
)

// NothingOpen tells that no plan was left that could be gone on with.
type NothingOpen struct{ Plan string }

func (e *NothingOpen) Error() string {
	if e.Plan == "" {
		return "no plan was left open: there is nothing to go on with"
	}
	return "plan " + e.Plan + " is not open, or another process works on it: there is nothing to go on with"
}

// Remainder is what is left to do of an open plan.
type Remainder struct {
	ID   string
	Plan flows.Plan // of the remaining steps, to be shown before Resume
	// Command is what the plan was made by, as it is written on the command line.
	Command string

	// What Onlook found out.
	Held  int     // tasks of it that are reserved
	Found []Found // the steps that were under way
}

// Rest is what is left to do of an open plan, as plans to be shown before
// Resume: of the one named, or, where id is empty, of all that are open of the
// newest proposal, in its order.
func (a *Applier) Rest(id string) ([]Remainder, error) {
	ids, err := a.open(id)
	if err != nil {
		return nil, err
	}
	var out []Remainder
	for _, id := range ids {
		p, _, err := a.read(id)
		if err != nil {
			return nil, err
		}
		plan := flows.Plan{Flow: p.sheet.Flow, Target: p.sheet.Target, Steps: []flows.Step{}, Skipped: []flows.Skip{}}
		for _, s := range p.steps {
			if !s.over() {
				plan.Add(s.Step)
			}
		}
		out = append(out, Remainder{ID: id, Plan: plan, Command: p.sheet.Command})
	}
	return out, nil
}

// Resume goes on with the remaining steps of open plans, side by side as Apply
// does, each step checked again; what others left open is settled first. What is
// contradicted is *Stale, as in Apply.
func (a *Applier) Resume(ctx context.Context, ids ...string) error {
	if _, err := a.settleBut(ctx, ids...); err != nil {
		return err
	}
	var jobs []job
	for _, id := range ids {
		p, _, err := a.read(id)
		if err != nil {
			return err
		}
		j := newJob(p.steps, func(ctx context.Context, at *seat) error { return a.resume(ctx, id, at) })
		if p.sheet.Flow == undoFlow {
			j.undoes = p.sheet.Target
		}
		jobs = append(jobs, j)
	}
	return a.beside(ctx, jobs)
}

func (a *Applier) resume(ctx context.Context, id string, at *seat) error {
	r, err := a.take(id)
	if err != nil {
		return err
	}
	if r == nil {
		return &NothingOpen{id}
	}
	r.seat = at
	if r.end != nil {
		return errors.Join(&NothingOpen{id}, r.Journal.Leave(id, true))
	}
	if err := r.reopen(ctx); err != nil {
		return errors.Join(err, r.leave("", ""))
	}
	for _, s := range r.steps {
		e, ok := s.Effect.(flows.Reserve)
		if !ok || !s.finished() || r.open[e.Child.Key()] != nil {
			continue
		}
		if _, label := r.dispatchOf(e.Child); label == nil || !label.finished() && !label.asked() {
			s.intent, s.outcome = nil, nil // given back: taken again
		}
	}
	return r.all(ctx)
}

// open are the plans to go on with.
func (a *Applier) open(id string) ([]string, error) {
	ids, err := a.Journal.Unfinished()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, each := range slices.Backward(ids) {
		if id != "" && each != id || len(out) > 0 && ProposalOf(each) != ProposalOf(out[0]) {
			continue
		}
		held, err := a.Journal.Held(each)
		if err != nil {
			return nil, err
		}
		if held {
			continue
		}
		p, _, err := a.read(each)
		if err != nil {
			return nil, err
		}
		if p.end == nil { // else only the renaming is lacking
			out = append(out, each)
		}
	}
	if len(out) == 0 {
		return nil, &NothingOpen{id}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return out, nil
}

// read reads a plan's journal as it is; open tells that it has not ended.
func (a *Applier) read(id string) (p *page, open bool, err error) {
	lines, open, err := a.Journal.Read(id)
	if err != nil {
		return nil, open, err
	}
	if len(lines) == 0 {
		return nil, open, fmt.Errorf("plan %s holds no record", id)
	}
	p, err = readPage(id, lines)
	return p, open, err
}
