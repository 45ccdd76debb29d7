package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/dappcore/core-dev/budget/forecast"
	"github.com/dappcore/core-dev/flows/day"
	"github.com/dappcore/core-dev/tui"
)

// aheadDays is how far the screen's forecast looks.
const aheadDays = 60

// Ahead is today's plan and the forecast.
func (s *screenEngine) Ahead(ctx context.Context) (tui.Ahead, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, p, err := s.a.lookToPlan(ctx, planOptions{})
	if err != nil {
		return tui.Ahead{}, err
	}
	out := tui.Ahead{Tasks: p.Tasks, Notes: p.Notes,
		Said: fmt.Sprintf("%s of %d today at the most, %s: %s", count(p.Tasks, "task"), p.Limit, p.Level, p.Why)}
	for _, r := range p.Repos {
		out.Shares = append(out.Shares, tui.Share{Repo: s.a.repoName(l, r.Ref), Tasks: r.Tasks, Ready: r.Ready})
	}
	in, notes, err := s.a.forecastInput(l, forecastOptions{days: aheadDays, seed: 1})
	if err != nil {
		return out, err
	}
	f := forecast.Make(in)
	out.Notes = append(out.Notes, notes...)
	if f.Open == 0 {
		return out, nil
	}
	finish := func(name string, open int, d forecast.Dates) {
		out.Epics = append(out.Epics, tui.Finish{Name: name, Open: open, Half: orLater(d.P50), Likely: orLater(d.P85), Sure: orLater(d.P95)})
	}
	for _, e := range f.Epics {
		finish(fmt.Sprintf("%s #%d", s.a.repoName(l, e.Epic.Repo), e.Epic.Number), e.Open, e.Dates)
	}
	finish("all", f.Open, f.All)
	out.Picture = f.Picture(72, 8, s.a.opt.ascii)
	return out, nil
}

// planDay hands out the day's plan, as "core dev budget --plan --apply" does.
func (s *screenEngine) planDay(ctx context.Context, _ tui.Ask) (shown, error) {
	l, p, err := s.a.lookToPlan(ctx, planOptions{})
	if err != nil {
		return shown{}, err
	}
	proposal, err := s.a.proposeDay(l, p, planOptions{})
	return shown{look: l, proposal: proposal}, err
}

// sitting is a session as the screen looks at it: nothing is sent by it.
func (s *screenEngine) sitting(session day.Session) (*sitting, error) {
	now := s.a.now().UTC().Truncate(time.Second)
	record, odd, err := s.a.dayRecord(now)
	o := sessionOptions{session: session}
	o.dryRun = true
	return &sitting{app: s.a, o: o, record: record, odd: odd}, err
}

// Sittings looks at every step of the day.
func (s *screenEngine) Sittings(ctx context.Context) ([]tui.Sitting, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []tui.Sitting
	for _, session := range day.Sessions {
		sit, err := s.sitting(session)
		if err != nil {
			return nil, err
		}
		for _, n := range session.Steps() {
			k, err := sit.look(ctx, n)
			if ctx.Err() != nil {
				return nil, err
			}
			out = append(out, tui.Sitting{Step: int(n), Session: string(session), Title: n.Title(), Count: k.fact.Count, Said: k.fact.Said,
				State: string(day.Judge(sit.record, k.fact)), Sends: k.fact.Digest != "", Problem: err})
		}
	}
	return out, nil
}

// planSitting is the plan of one step of the day. It is marked as done once that
// was applied.
func (s *screenEngine) planSitting(ctx context.Context, ask tui.Ask) (shown, error) {
	n := day.Step(ask.Step)
	if !n.Known() {
		return shown{}, fmt.Errorf("the day has no step %d", ask.Step)
	}
	sit, err := s.sitting(n.Session())
	if err != nil {
		return shown{}, err
	}
	k, err := sit.look(ctx, n)
	if err != nil {
		return shown{}, err
	}
	l, err := s.a.look(ctx)
	if err != nil {
		return shown{}, err
	}
	p := s.a.proposal("", withSteps(k.plans)...) // no command does one step alone
	p.Later = fmt.Sprintf("Step %d of the day, %s: %s", n, n.Title(), k.fact.Said)
	return shown{look: l, proposal: p, done: func(ctx context.Context) error {
		m := day.Mark{Step: n, At: s.a.now().UTC().Truncate(time.Second)}
		if n.Dispatches() { // what a merge makes possible is new, what the plan left out is not
			if m.Left, err = k.left(ctx); err != nil {
				return err
			}
		}
		return sit.mark(m)
	}}, nil
}
