package orchestrator

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dappcore/core-dev/flows"
)

// sideBySide is how many plans are carried out at once by default: enough that
// one's looks fall into the pauses GitHub wants between the others' writes.
const sideBySide = 8

// Apply carries out exactly the steps of a proposal, each plan's in order; it
// stops a plan at the first step that contradicts what it meets. Each step reads
// before it writes: already true is skipped, contradicted is *Stale. Before a
// step is sent its intent is on disk, and after it what came of it.
//
// Plans that touch different repositories are carried out side by side; those
// of one repository in the proposal's order. One that is *Stale does not stop
// the others, nor does one whose error is Local: that is a *Failed. A step that
// follows one pull request, or sees to one child's end, stops its target alone: the
// plan is carried out to its end, and the error told then (leaveOut). An undo, though, waits for those of
// newer plans that share a repository, and is *Stale where one of them failed.
// Any other error lets those under way finish their step and starts
// nothing more: what is left stays open. All errors are joined.
func (a *Applier) Apply(ctx context.Context, p Proposal) error {
	var jobs []job
	for k, plan := range p.Plans {
		if len(plan.Steps) == 0 {
			continue
		}
		id := p.PlanID(k)
		steps := make([]*state, len(plan.Steps))
		for k, s := range plan.Steps {
			steps[k] = &state{Step: s}
		}
		j := newJob(steps, func(ctx context.Context, at *seat) error {
			err := a.apply(ctx, id, p, plan, at)
			if local(err) {
				return &Failed{plan.Target, err}
			}
			return err
		})
		if plan.Flow == undoFlow {
			j.undoes = plan.Target
		}
		jobs = append(jobs, j)
	}
	return a.beside(ctx, jobs)
}

// ProposalOf is the proposal that a plan of this id belongs to: Apply numbers
// the plans of one.
func ProposalOf(id string) string {
	at, name, ok := strings.Cut(id, "-")
	if !ok {
		return id
	}
	name, _, _ = strings.Cut(name, ".")
	return at + "-" + name
}

// job is one plan to be carried out.
type job struct {
	repos []string     // it touches
	of    int          // steps in all
	rest  []flows.Step // of them, those not finished
	do    func(context.Context, *seat) error
	// undoes is the plan that it takes back, and rests on those that came after
	// that one in the same repository being taken back; empty: it is no undo.
	undoes string
}

func newJob(steps []*state, do func(context.Context, *seat) error) job {
	j := job{repos: repos(steps), of: len(steps), do: do}
	for _, s := range steps {
		if !s.over() {
			j.rest = append(j.rest, s.Step)
		}
	}
	return j
}

// table is what plans that are carried out side by side share: whether they
// shall stop before their next step, and how far they are all together.
type table struct {
	halt  atomic.Bool
	mu    sync.Mutex
	meter meter
	rests [][]flows.Step // what is left of each plan
}

// seat is one plan's place at it. A nil one has nobody beside it and measures
// nothing.
type seat struct {
	*table
	at int
}

func (s *seat) halted() bool { return s != nil && s.halt.Load() }

func (s *seat) begin(now time.Time, step flows.Step) underway {
	if s == nil {
		return underway{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meter.begin(now, step)
	return s.meter.underway
}

// end measures a step. How long an answer takes is not to be had where others
// write in between.
func (s *seat) end(way underway, now time.Time, c flows.Cost, o Outcome) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	way.waited = way.waited || len(s.rests) > 1
	s.meter.underway = way
	s.meter.end(now, c, o)
}

func (s *seat) progress(now, until time.Time, rest []flows.Step) Progress {
	if s == nil {
		return Progress{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rests[s.at], s.meter.later = rest, nil
	for k, r := range s.rests {
		if k != s.at {
			s.meter.later = append(s.meter.later, r...)
		}
	}
	return s.meter.read(now, until, slices.Clone(rest))
}

// errHalted stops a plan because of another one's error.
var errHalted = errors.New("another plan failed")

// beside carries out jobs, those that share a repository one after the other.
func (a *Applier) beside(ctx context.Context, jobs []job) error {
	t := &table{meter: meter{pace: a.Pace}}
	for _, j := range jobs {
		t.meter.of += j.of
		t.rests = append(t.rests, j.rest)
	}
	if len(jobs) == 1 {
		return jobs[0].do(ctx, &seat{t, 0})
	}
	most := a.Side
	if most <= 0 {
		most = sideBySide
	}
	var (
		mu      sync.Mutex
		freed   = sync.NewCond(&mu)
		errs    = make([]error, len(jobs))
		ended   = make([]bool, len(jobs))
		begun   = make([]bool, len(jobs))
		running int
		all     sync.WaitGroup
	)
	// next is the first job that may begin; -1: none for now.
	next := func() int {
		for k, j := range jobs {
			if begun[k] {
				continue
			}
			free := true
			for e := range k {
				free = free && (ended[e] || !share(j, jobs[e]))
			}
			if free {
				return k
			}
		}
		return -1
	}
	mu.Lock()
	for left := len(jobs); left > 0 && !t.halt.Load() && ctx.Err() == nil; {
		k := next()
		if k < 0 || running == most {
			freed.Wait()
			continue
		}
		begun[k] = true
		running, left = running+1, left-1
		var rests error
		for e := range k {
			if jobs[k].undoes != "" && jobs[e].undoes != "" && errs[e] != nil && share(jobs[k], jobs[e]) {
				rests = &Stale{"plan " + jobs[k].undoes, "it is not taken back before plan " + jobs[e].undoes + " is"}
			}
		}
		all.Go(func() {
			err := rests
			if err == nil {
				err = jobs[k].do(ctx, &seat{t, k})
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil && !onlyStale(err) && !local(err) {
				t.halt.Store(true)
			}
			errs[k], ended[k] = err, true
			running--
			freed.Signal()
		})
	}
	for k := range jobs {
		if !begun[k] {
			errs[k] = ctx.Err()
		}
	}
	mu.Unlock()
	all.Wait()
	return gather(ctx, errs)
}

// share tells whether two jobs touch one repository.
func share(a, b job) bool {
	return slices.ContainsFunc(a.repos, func(r string) bool { return slices.Contains(b.repos, r) })
}

// onlyStale tells whether an error stops its own plan alone.
func onlyStale(err error) bool {
	var stale *Stale
	var unsettled *Unsettled
	return errors.As(err, &stale) && !errors.As(err, &unsettled)
}

// local tells whether an error concerns its own plan's target alone, and leaves
// no question behind.
func local(err error) bool {
	var l Local
	var unsettled *Unsettled
	return errors.As(err, &l) && l.Local() && !doubtful(err) && !errors.As(err, &unsettled)
}

// gather joins the plans' errors in their order, each kind of stopping once.
func gather(ctx context.Context, errs []error) error {
	var out []error
	stopped := false
	for _, err := range errs {
		var paused Paused
		switch {
		case err == nil, errors.Is(err, errHalted) && !onlyStale(err):
			continue
		case errors.As(err, &paused), ctx.Err() != nil && errors.Is(err, ctx.Err()):
			if stopped {
				continue
			}
			stopped = true
		}
		out = append(out, err)
	}
	if len(out) == 1 {
		return out[0]
	}
	return errors.Join(out...)
}

// repos are the repositories that steps write to, in lower case.
func repos(steps []*state) []string {
	var out []string
	add := func(target string) {
		name, _, _ := strings.Cut(strings.ToLower(target), "#")
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, s := range steps {
		add(s.Effect.Target())
		switch e := s.Effect.(type) {
		case flows.LinkChild:
			add(e.Parent.String())
		case flows.UnlinkChild:
			add(e.Parent.String())
		}
	}
	return out
}
