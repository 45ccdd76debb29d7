// Package label is the hosted agents that begin when their label is put on an
// issue: jules, and whoever else works so. The dispatch of a plan goes the same
// way, step by step, under its reservation (spec/2-flows, rules 1 to 4).
package label

import (
	"context"
	"strings"

	"github.com/dappcore/core-dev/internal/agents"
	"github.com/dappcore/core-dev/inventory"
)

// Hub is GitHub as this needs it.
type Hub interface {
	Look(ctx context.Context, ref inventory.Ref) (inventory.Issue, error)
	AddLabel(ctx context.Context, ref inventory.Ref, label string) error
	RemoveLabel(ctx context.Context, ref inventory.Ref, label string) error
	PostComment(ctx context.Context, ref inventory.Ref, body string) (id int64, err error)
}

// Agent is one of them. What it was given is told by label events, never by the
// label's presence alone: an agent or a person may take it off.
type Agent struct {
	Name  string
	Label string
	Limit int // tasks at once; 0: none known. The agent itself tells what it has
	Hub   Hub
	// Open is how many tasks it works on; nil: nobody counts.
	Open func(ctx context.Context) (int, error)
}

// Start puts the label on, unless the child has it.
func (a *Agent) Start(ctx context.Context, t agents.Task) error {
	if has, err := a.Has(ctx, t.Child); err != nil || has {
		return err
	}
	if a.Limit > 0 && a.Open != nil {
		n, err := a.Open(ctx)
		if err != nil {
			return err
		}
		if n >= a.Limit {
			return &agents.Busy{Agent: a.Name, Limit: a.Limit}
		}
	}
	return a.Hub.AddLabel(ctx, t.Child, a.Label)
}

// Has tells whether its label's newest event put it on.
func (a *Agent) Has(ctx context.Context, child inventory.Ref) (bool, error) {
	i, err := a.Hub.Look(ctx, child)
	if err != nil {
		return false, err
	}
	has := false
	for _, e := range i.LabelEvents {
		if strings.EqualFold(e.Label, a.Label) {
			has = e.Added
		}
	}
	return has || i.HasLabel(a.Label), nil
}

// Stop takes the label off.
func (a *Agent) Stop(ctx context.Context, child inventory.Ref) error {
	i, err := a.Hub.Look(ctx, child)
	if err != nil || !i.HasLabel(a.Label) {
		return err
	}
	return a.Hub.RemoveLabel(ctx, child, a.Label)
}

// asks are the two fixed comments (spec/1-domain "intervention").
var asks = map[inventory.Fix]string{
	inventory.FixReviews:  "Can you fix the code reviews?",
	inventory.FixConflict: "Can you fix the merge conflict?",
}

// Ask posts one of the two fixed comments.
func (a *Agent) Ask(ctx context.Context, pull inventory.Ref, fix inventory.Fix) error {
	_, err := a.Hub.PostComment(ctx, pull, asks[fix])
	return err
}

var _ agents.Agent = (*Agent)(nil)
