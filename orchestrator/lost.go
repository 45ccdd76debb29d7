package orchestrator

import (
	"context"
	"errors"
	"time"
)

// resolve finds out what became of a step that was sent: what is seen counts at
// once, what is not seen counts as not done only after until.
func (r *run) resolve(ctx context.Context, k int, d deed, until time.Time) (*result, error) {
	s := r.steps[k]
	if !s.remote() {
		until = r.now()
	}
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
	r.forget()
	return r.Clock.Sleep(ctx, until.Sub(r.now()))
}

// deadline is until when a write of a process that is gone may still land. When
// that process ended is not known, only that it was before now: how old its
// intent is tells nothing, because it may have been stopped and woken since.
func (r *run) deadline(s *state) time.Time {
	now := r.now()
	if !s.remote() {
		return now
	}
	return now.Add(r.Quiet)
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
