package orchestrator

import (
	"context"
	"errors"
	"fmt"

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

// Rest is what is left to do of an open plan, newest first where id is empty:
// as a plan of the remaining steps, to be shown before Resume.
func (a *Applier) Rest(id string) (string, flows.Plan, error) {
	id, err := a.newestOpen(id)
	if err != nil {
		return "", flows.Plan{}, err
	}
	p, _, err := a.read(id)
	if err != nil {
		return "", flows.Plan{}, err
	}
	plan := flows.Plan{Flow: p.sheet.Flow, Target: p.sheet.Target, Steps: []flows.Step{}, Skipped: []flows.Skip{}}
	for _, s := range p.steps {
		if !s.finished() {
			plan.Add(s.Step)
		}
	}
	return id, plan, nil
}

// Resume goes on with the remaining steps of an open plan, each checked again;
// what the others left open is settled first. What is contradicted is *Stale,
// as in Apply.
func (a *Applier) Resume(ctx context.Context, id string) error {
	if _, err := a.settleBut(ctx, id); err != nil {
		return err
	}
	r, err := a.take(id)
	if err != nil {
		return err
	}
	if r == nil {
		return &NothingOpen{id}
	}
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
		if _, label := r.stepOf(e.Child, flows.AddLabel{}.Kind()); label == nil || !label.finished() && !label.asked() {
			s.intent, s.outcome = nil, nil // given back: taken again
		}
	}
	return r.all(ctx)
}

func (a *Applier) newestOpen(id string) (string, error) {
	ids, err := a.Journal.Unfinished()
	if err != nil {
		return "", err
	}
	for k := len(ids) - 1; k >= 0; k-- {
		if id != "" && ids[k] != id {
			continue
		}
		held, err := a.Journal.Held(ids[k])
		if err != nil {
			return "", err
		}
		if held {
			continue
		}
		p, _, err := a.read(ids[k])
		if err != nil {
			return "", err
		}
		if p.end == nil { // else only the renaming is lacking
			return ids[k], nil
		}
	}
	return "", &NothingOpen{id}
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
