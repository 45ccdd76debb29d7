package orchestrator

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/dappcore/core-dev/flows"
)

// run is one plan while this process works on it.
type run struct {
	*Applier
	*page
	open   map[string]*reservation // by child
	passed map[string]bool         // children another machine has, by their steps' target
	lists  map[string]list         // of epics that were edited meanwhile, by key
	seat   *seat                   // among the plans that are carried out side by side; nil: it is only settled
	way    underway                // of the step under way, for how far it is
	// grounds are the marks seen in repositories, by inventory.RepoRef.Key.
	grounds map[string]*marks
	missed  []error // of steps that were left out, with those behind them (leaveOut)
}

func newRun(a *Applier, p *page) *run {
	return &run{Applier: a, page: p, open: map[string]*reservation{}, passed: map[string]bool{}, lists: map[string]list{}}
}

// all carries out the steps that are not finished, and gives the plan up. What was
// left out is told at the end, which is a complete one.
func (r *run) all(ctx context.Context) error {
	for k, s := range r.steps {
		if s.over() || r.passed[s.Effect.Target()] {
			if s.ends() { // by a process that may have died before it noted the rest
				if err := r.leaveBehind(k); err != nil {
					return r.abandon(ctx, err)
				}
			}
			continue
		}
		err := r.ready(ctx)
		if err == nil {
			r.way = r.seat.begin(r.now(), s.Step)
			err = r.leaveOut(ctx, k, r.pass(ctx, k, r.one(ctx, k)))
		}
		if err != nil {
			return r.abandon(ctx, err)
		}
	}
	if err := r.leave(Complete, ""); err != nil {
		return err
	}
	if len(r.missed) == 1 {
		return r.missed[0]
	}
	return errors.Join(r.missed...)
}

// leave ends the plan's journal; without an ending it stays open.
func (r *run) leave(end Ending, why string) error {
	var err error
	if end != "" {
		err = r.append(record{Kind: kindEnd, End: end, Detail: why})
	}
	return errors.Join(err, r.Journal.Leave(r.id, end != "" && err == nil))
}

func (r *run) append(rec record) error {
	rec.At = r.now()
	raw, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	return r.Journal.Append(r.id, raw)
}

func (r *run) ready(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.seat.halted() {
		return errHalted
	}
	return r.unpaused()
}

// one carries out one step: look, intent, send, outcome.
func (r *run) one(ctx context.Context, k int) error {
	s := r.steps[k]
	d, err := r.deed(k)
	if err != nil {
		return err
	}
	if x, ok := d.(exclusive); ok && x.alone() != "" {
		unlock, err := r.Journal.Lock(ctx, x.alone())
		if err != nil {
			return err
		}
		defer unlock() //nolint:errcheck // it ends with the process at the latest
	}
	if s.asked() { // left by an earlier process
		found, err := r.resolve(ctx, k, d, r.deadline(s))
		if err != nil || found != nil {
			return r.close(k, found, err)
		}
		if err := r.outcome(k, result{outcome: NotDone}); err != nil {
			return err
		}
	}
	for try := 1; ; try++ {
		base, found, err := r.before(ctx, k, d)
		if err != nil {
			return err
		}
		if found != nil {
			return r.close(k, found, nil)
		}
		if err := r.intent(k, base); err != nil {
			return err
		}
		done, err := d.send(r.gated(ctx, k), base)
		if err == nil {
			return r.close(k, &done, nil)
		}
		if isLate(err) && !doubtful(err) { // a look and an intent of now, however often
			try--
			if err := r.outcome(k, result{outcome: Refused, detail: err.Error()}); err != nil {
				return err
			}
			r.forget()
			if err := r.ready(ctx); err != nil {
				return err
			}
			continue
		}
		if wait := retryIn(err); wait > 0 && try < tries {
			if err := r.outcome(k, result{outcome: Refused, detail: err.Error()}); err != nil {
				return err
			}
			if err := r.wait(ctx, k, r.now().Add(wait), err.Error()); err != nil {
				return err
			}
			if err := r.ready(ctx); err != nil {
				return err
			}
			continue
		}
		if !doubtful(err) {
			return errors.Join(err, r.outcome(k, result{outcome: Refused, detail: err.Error()}))
		}
		found, judged := r.resolve(ctx, k, d, r.now().Add(r.Quiet))
		if judged != nil {
			return errors.Join(err, judged) // it stays a question
		}
		if found != nil {
			return r.close(k, found, nil)
		}
		if noted := r.outcome(k, result{outcome: NotDone, detail: err.Error()}); noted != nil || try == tries {
			return errors.Join(err, noted)
		}
		if err := r.ready(ctx); err != nil {
			return err
		}
	}
}

// before is the look a write rests on. One that a limit refused is made again when
// that has passed, as the write itself would be: nothing is noted so far.
func (r *run) before(ctx context.Context, k int, d deed) (base Baseline, found *result, err error) {
	for try := 1; ; try++ {
		if err = r.fresh(ctx, k); err == nil {
			base, found, err = d.look(ctx)
		}
		wait := retryIn(err)
		if wait <= 0 || try == tries {
			return base, found, err
		}
		if err := r.wait(ctx, k, r.now().Add(wait), err.Error()); err != nil {
			return base, nil, err
		}
		if err := r.ready(ctx); err != nil {
			return base, nil, err
		}
	}
}

func (r *run) intent(k int, base Baseline) error {
	s := r.steps[k]
	rec := record{Kind: kindIntent, Step: k + 1, Baseline: &base, At: r.now()}
	if err := r.append(rec); err != nil {
		return err
	}
	s.intent, s.outcome = &rec, nil
	return nil
}

func (r *run) outcome(k int, res result) error {
	rec := record{Kind: kindOutcome, Step: k + 1, Outcome: res.outcome, Detail: res.detail, At: r.now()}
	if res.evidence != (Evidence{}) {
		rec.Evidence = &res.evidence
	}
	if err := r.append(rec); err != nil {
		return err
	}
	r.steps[k].outcome = &rec
	if e, ok := r.steps[k].Effect.(flows.AddLabel); ok && e.Spends && res.outcome == NotDone {
		if res := r.open[e.Issue.Key()]; res != nil {
			res.sent = false
		}
	}
	if e, ok := r.steps[k].Effect.(flows.Call); ok && res.outcome == NotDone {
		if res := r.open[e.Child.Key()]; res != nil {
			res.sent = false
		}
	}
	return nil
}

// close records what came of a step and tells it.
func (r *run) close(k int, res *result, err error) error {
	if err != nil {
		return err
	}
	if err := r.outcome(k, *res); err != nil {
		return err
	}
	r.seat.end(r.way, r.now(), r.steps[k].Cost(), res.outcome)
	r.tell(k, Event{Outcome: res.outcome, Detail: res.detail, Made: res.evidence.Number})
	return nil
}

func (r *run) tell(k int, e Event) {
	if r.Emit != nil {
		e.Plan, e.Step, e.Number, e.Of = r.id, r.steps[k].Step, k+1, len(r.steps)
		r.telling.Lock()
		defer r.telling.Unlock()
		e.Progress = r.seat.progress(r.now(), e.Until, r.rest())
		r.Emit(e)
	}
}

// rest is what is left to carry out.
func (r *run) rest() []flows.Step {
	var rest []flows.Step
	for _, s := range r.steps {
		if !s.over() && !r.passed[s.Effect.Target()] {
			rest = append(rest, s.Step)
		}
	}
	return rest
}
