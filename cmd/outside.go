package cmd

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/state"
	"github.com/dappcore/core-dev/inventory"
)

// unlogged is what was dispatched without us. An event that came after a task
// was reserved for its issue and agent is that task's: it counts as held. What
// the log calls by a former name is the present repository's.
func unlogged(seen *state.Seen, lines []inventory.Line, held []budget.Reservation, owner string) []inventory.Dispatch {
	held = slices.Clone(held)
	lines = slices.Clone(lines)
	for k := range lines {
		lines[k].Ref.Repo = seen.Present(lines[k].Ref.Repo)
	}
	return slices.DeleteFunc(inventory.Outside(seen.Events, lines), func(d inventory.Dispatch) bool {
		k := slices.IndexFunc(held, func(h budget.Reservation) bool {
			ref := h.Ref(owner)
			ref.Repo = seen.Present(ref.Repo)
			return ref.Key() == d.Ref.Key() && h.Agent == d.Agent && !d.At.Before(h.Made.Truncate(time.Second))
		})
		if k >= 0 {
			held = slices.Delete(held, k, k+1)
		}
		return k >= 0
	})
}

// rename lets what our files say of an issue hold under the name its repository
// bears now. The lines are not added up: the ledger, which counts them again
// under its lock, knows them by the name they bear.
func rename(records inventory.Records, seen *state.Seen) {
	for key, was := range maps.Clone(records) {
		repo, number, _ := strings.Cut(key, "#")
		name, ok := seen.Former[repo]
		if !ok {
			continue
		}
		key = name.Key() + "#" + number
		now := records[key]
		now.Held = now.Held || was.Held
		if was.LastLine.After(now.LastLine) {
			now.LastLine, now.Epic = was.LastLine, was.Epic
		}
		if was.Recalled.After(now.Recalled) {
			now.Recalled = was.Recalled
		}
		records[key] = now
	}
}

// charge puts what was dispatched without us into the budget. Where the quotas
// are this folder's share of the pool, what another folder claimed is charged
// there. A dispatch without a claim was made by hand: nobody else counts it, so
// every folder does; and so one of which it is not known.
func (a *app) charge(s *budget.State, c *config.Config, seen *state.Seen, dispatches []inventory.Dispatch) error {
	s.Outside, s.Elsewhere = nil, nil
	var ours map[string]bool
	if c.Share() && len(seen.Claims) > 0 {
		d, err := a.dir()
		if err != nil {
			return err
		}
		if ours, err = a.plans(d.File(journalFolder)).Claims(); err != nil {
			return err
		}
	}
	for _, d := range dispatches {
		o := budget.Outside{Repo: d.Ref.Repo, Issue: d.Ref.Number, Agent: d.Agent, Actor: d.Actor, At: d.At.UTC()}
		if sha := seen.Claims[d.Event]; c.Share() && sha != "" && !ours[sha] {
			s.Elsewhere = append(s.Elsewhere, o)
		} else {
			s.Outside = append(s.Outside, o)
		}
	}
	return nil
}

// readClaims asks who claimed what was dispatched without us, where that
// decides who is charged: one request, and none for what is known already.
func (a *app) readClaims(ctx context.Context, hub *github.Client, l *look) error {
	if !l.conf.Share() {
		return nil
	}
	var wanted []github.Reference
	of := map[string]github.Reference{} // by event
	for _, d := range l.unlogged {
		if _, known := l.seen.Claims[d.Event]; !known {
			r := github.Reference{Repo: d.Ref.Repo, Name: flows.ClaimRef(d.Ref, d.Attempt)}
			of[d.Event] = r
			wanted = append(wanted, r)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	found, err := hub.References(ctx, wanted)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		a.notice("%v; what is not known to be another folder's counts here", err)
	}
	for event, r := range of {
		if sha, known := found[r]; known {
			l.seen.Claims[event] = sha
		}
	}
	return a.charge(&l.budget, l.conf, &l.seen, l.unlogged)
}
