package orchestrator

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Applier applies plans, goes on with those that were left, and settles them.
type Applier struct {
	Hub     Hub
	Ledger  Ledger
	Journal Journal
	Brake   Brake
	// Judge says whether a child may still be dispatched, by what a fresh look
	// shows; word: a person gave theirs for it. Without it nothing is.
	Judge func(i inventory.Issue, word bool) (ok bool, why string)
	Clock Clock
	Host  string // whose GitHub it is, as the journal names it
	// Hand is who puts an agent's label on for a task of a member: a client with
	// that member's token, since the token says whose quota is spent. It fails
	// when there is none at hand. Nil: Hub is everybody's.
	Hand func(ctx context.Context, agent, member string) (Labeler, error)
	// Quiet is how long a write whose answer was lost may still land.
	Quiet time.Duration
	// Pace tells how fast GitHub lets us write now, for the time left; nil: as
	// it publishes. It holds nothing back: that is Hub's.
	Pace func() flows.Pace
	// Emit hears of every step carried out and of every wait, one at a time; nil:
	// nobody does.
	Emit func(Event)
	// Trust says whose issues count where one with our mark is looked for, and
	// whose epics are read and written.
	Trust inventory.Trust
	// Side is how many plans are carried out side by side; 0: eight.
	Side int

	telling sync.Mutex
}

const (
	// tries is how often a step is sent at the most, each time only after it
	// was found not to have happened.
	tries = 3
	// sendLimit bounds how long after its intent a write may leave: the wait
	// for GitHub's limits and the request itself.
	sendLimit = 5 * time.Minute
	// lookTime bounds the last looks of a run that was interrupted.
	lookTime = 10 * time.Second
)

func (a *Applier) apply(ctx context.Context, id string, p Proposal, plan flows.Plan, at *seat) error {
	r := &run{Applier: a, page: &page{id: id}, seat: at, open: map[string]*reservation{}, passed: map[string]bool{}, lists: map[string]list{}}
	if err := r.ready(ctx); err != nil {
		return err
	}
	s := sheet{Host: a.Host, Command: p.Command, Flow: plan.Flow, Target: plan.Target, MadeAt: p.MadeAt.UTC()}
	for _, step := range plan.Steps {
		w, err := flows.Record(step)
		if err != nil {
			return err
		}
		s.Steps = append(s.Steps, w)
		r.steps = append(r.steps, &state{Step: step})
	}
	raw, err := json.Marshal(record{Kind: kindPlan, At: a.now(), Plan: &s})
	if err != nil {
		return err
	}
	if err := a.Journal.Begin(id, raw); err != nil {
		return err
	}
	r.sheet = s
	return r.all(ctx)
}

// hand is who puts the label on for a task.
func (a *Applier) hand(ctx context.Context, agent, member string) (Labeler, error) {
	if a.Hand == nil {
		return a.Hub, nil
	}
	return a.Hand(ctx, agent, member)
}

func (a *Applier) now() time.Time { return a.Clock.Now().UTC() }

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
}

// reservation is a task taken and not yet settled.
type reservation struct {
	id     string
	step   int // of the Reserve, from 0
	label  string
	looked bool   // the child was looked at after the task was taken
	newest string // id of the label's newest LABELED event then
	events int    // how many there were
	// comment is the highest comment id then: the baseline of the first comment
	// that is sent after it; nil: used up, or nobody looked.
	comment *int64
	sent    bool // the label was sent, or may have been
}

// all carries out the steps that are not finished, and gives the plan up.
func (r *run) all(ctx context.Context) error {
	for k, s := range r.steps {
		if s.finished() || r.passed[s.Effect.Target()] {
			continue
		}
		err := r.ready(ctx)
		if err == nil {
			r.way = r.seat.begin(r.now(), s.Step)
			err = r.pass(ctx, k, r.one(ctx, k))
		}
		if err != nil {
			return r.abandon(ctx, err)
		}
	}
	return r.leave(Complete, "")
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
	paused, err := r.Brake.Paused()
	if err != nil {
		return err
	}
	if paused {
		return Paused{}
	}
	return nil
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
		base, found, err := d.look(ctx)
		if err != nil {
			return err
		}
		if found != nil {
			return r.close(k, found, nil)
		}
		if err := r.intent(k, base); err != nil {
			return err
		}
		done, err := d.send(ctx, base)
		if err == nil {
			return r.close(k, &done, nil)
		}
		if wait := retryIn(err); wait > 0 && try < tries {
			if err := r.outcome(k, result{outcome: Refused, detail: err.Error()}); err != nil {
				return err
			}
			if err := r.wait(ctx, k, r.now().Add(wait), err.Error()); err != nil {
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
	r.tell(k, Event{Outcome: res.outcome, Detail: res.detail})
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
		if !s.finished() && !r.passed[s.Effect.Target()] {
			rest = append(rest, s.Step)
		}
	}
	return rest
}

// resolve finds out what became of a step that was sent: what is seen counts at
// once, what is not seen counts as not done only after until.
func (r *run) resolve(ctx context.Context, k int, d deed, until time.Time) (*result, error) {
	s := r.steps[k]
	for {
		late := !r.now().Before(until)
		found, err := r.judge(ctx, d, *s.intent.Baseline)
		if err != nil || found != nil || late {
			return found, err
		}
		if err := r.wait(ctx, k, until, "its answer was lost: it may still land"); err != nil {
			return nil, err
		}
	}
}

// judge looks whether a step landed, an interrupted run's, too.
func (r *run) judge(ctx context.Context, d deed, base Baseline) (*result, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
	defer cancel()
	return d.judge(ctx, base)
}

func (r *run) wait(ctx context.Context, k int, until time.Time, why string) error {
	r.way.waited = true
	r.tell(k, Event{Outcome: Waiting, Until: until, Detail: why})
	return r.Clock.Sleep(ctx, until.Sub(r.now()))
}

// deadline is until when a write of a process that is gone may still land. When
// the process ended is not known: not after now, and it had sent what it meant
// to send a while after the intent.
func (r *run) deadline(s *state) time.Time {
	now := r.now()
	if !s.remote() {
		return now
	}
	if sent := s.intent.At.Add(sendLimit); sent.Before(now) {
		return sent.Add(r.Quiet)
	}
	return now.Add(r.Quiet)
}

// abandon ends a run that cannot go on. A task whose label was never sent is
// given back; one that was sent is settled when a look finds its event, and
// otherwise stays reserved and so counts as spent. A plan that was contradicted
// has ended; any other stays open, to be gone on with or settled.
func (r *run) abandon(ctx context.Context, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
	defer cancel()
	question := slices.ContainsFunc(r.steps, (*state).asked)
	for _, child := range slices.Sorted(maps.Keys(r.open)) {
		res := r.open[child]
		ref := r.steps[res.step].Effect.(flows.Reserve).Child
		if !res.sent {
			why = join(why, r.giveBack(ctx, child, "the run stopped before the label"))
			continue
		}
		event, at, err := r.spent(ctx, ref, res)
		if err == nil && event != "" {
			if err = r.settle(ctx, ref, res, event, at); err == nil {
				err = r.logged(ref, res.id, event, at)
			}
		}
		if err != nil || event == "" {
			question = true
			why = &Unsettled{Plan: r.id, Target: ref.String(), Err: join(why, err)}
		}
	}
	var stale *Stale
	if errors.As(why, &stale) && !question {
		return join(why, r.leave(Outdated, why.Error()))
	}
	return join(why, r.leave("", ""))
}

// giveBack releases the task of a child.
func (r *run) giveBack(ctx context.Context, child, why string) error {
	res := r.open[child]
	if err := r.Ledger.Release(ctx, res.id); err != nil {
		return err
	}
	delete(r.open, child)
	return r.outcome(res.step, result{outcome: Released, detail: why, evidence: Evidence{Reservation: res.id}})
}

// spent looks for the LABELED event of this dispatch: one that was not there
// before. Without one the id is empty.
func (r *run) spent(ctx context.Context, child inventory.Ref, res *reservation) (event string, at time.Time, err error) {
	i, err := r.Hub.Look(ctx, child)
	if err != nil {
		return "", time.Time{}, err
	}
	id, at, _ := lastAdded(i, res.label)
	if id == res.newest {
		return "", time.Time{}, nil
	}
	return id, at, nil
}

// settle writes down that a task was spent.
func (r *run) settle(ctx context.Context, child inventory.Ref, res *reservation, event string, at time.Time) error {
	if err := r.Journal.NoteDispatch(at, child, event); err != nil {
		return err
	}
	if err := r.Ledger.Settle(ctx, res.id, at); err != nil {
		return err
	}
	delete(r.open, child.Key())
	return nil
}

func join(why, more error) error {
	if more == nil {
		return why
	}
	return errors.Join(why, more)
}

func doubtful(err error) bool {
	var d Doubtful
	return errors.As(err, &d) && d.Doubtful()
}

func retryIn(err error) time.Duration {
	var l Limited
	if errors.As(err, &l) {
		return l.RetryIn()
	}
	return 0
}
