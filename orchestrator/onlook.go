package orchestrator

import (
	"context"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Found is what a look shows of a step that was sent and whose answer nobody has.
type Found struct {
	Step   flows.Step
	Landed bool
	Detail string    // of one that landed
	Until  time.Time // when it has not: until when it still may
	Err    error     // it could not be looked for
}

// Onlook looks what became of the steps under way of open plans, and what is
// reserved for them: nothing is waited for, and nothing written. Steps that
// landed are taken out of the plans, unless nothing else is left of one.
func (a *Applier) Onlook(ctx context.Context, left []Remainder) ([]Remainder, error) {
	eyes := a.over(onlooker{a.Journal})
	var out []Remainder
	for _, each := range left {
		p, _, err := a.read(each.ID)
		if err != nil {
			return nil, err
		}
		r := newRun(eyes, p)
		if err := r.reopen(ctx); err != nil {
			return nil, err
		}
		each.Held = len(r.open)
		rest := flows.Plan{Flow: p.sheet.Flow, Target: p.sheet.Target, Steps: []flows.Step{}, Skipped: []flows.Skip{}}
		for k, s := range p.steps {
			if s.over() {
				continue
			}
			if s.asked() {
				f := r.onlook(ctx, k)
				if each.Found = append(each.Found, f); f.Landed {
					continue
				}
			}
			rest.Add(s.Step)
		}
		if len(rest.Steps) > 0 {
			each.Plan = rest
		}
		out = append(out, each)
	}
	return out, nil
}

// over is an Applier like this one, over another journal, that nobody hears.
func (a *Applier) over(j Journal) *Applier {
	return &Applier{Hub: a.Hub, Ledger: a.Ledger, Journal: j, Clock: a.Clock, Host: a.Host, Quiet: a.Quiet, Judge: a.Judge, Trust: a.Trust}
}

func (r *run) onlook(ctx context.Context, k int) Found {
	s := r.steps[k]
	f := Found{Step: s.Step}
	d, err := r.deed(k)
	if err == nil {
		var found *result
		if found, err = r.judge(ctx, d, *s.intent.Baseline); err == nil && found != nil {
			f.Landed, f.Detail = true, found.detail
			return f
		}
	}
	f.Err, f.Until = err, r.deadline(s)
	return f
}

// onlooker is a journal that is only read.
type onlooker struct{ Journal }

func (onlooker) Append(string, []byte) error                               { return nil }
func (onlooker) NoteComment(time.Time, inventory.Ref, int64, string) error { return nil }
func (onlooker) NotePosted(time.Time, inventory.Ref, int64, string) error  { return nil }
func (onlooker) NoteWithdrawn(time.Time, inventory.Ref, int64) error       { return nil }
func (onlooker) NoteTakenBack(time.Time, inventory.Ref) error              { return nil }
func (onlooker) NoteGivenAgain(time.Time, inventory.Ref) error             { return nil }
func (onlooker) NoteMade(time.Time, inventory.Ref, inventory.Mark) error   { return nil }
func (onlooker) NoteClaim(time.Time, inventory.Ref, string) error          { return nil }
func (onlooker) NoteDispatch(time.Time, inventory.Ref, string) error       { return nil }
func (onlooker) NoteRecall(time.Time, inventory.Ref) error                 { return nil }
func (onlooker) NotePull(time.Time, inventory.Ref, inventory.PullNote) error {
	return nil
}
