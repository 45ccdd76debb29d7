package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Applier applies plans. Its switch over effects is the only one.
type Applier struct {
	Hub    Hub
	Ledger Ledger
	Brake  Brake
	// Emit hears of every step carried out; nil: nobody does.
	Emit func(Event)
}

// Apply carries out exactly the steps of a plan, in order, and stops at the
// first that contradicts what it meets. Each step reads before it writes:
// already true is skipped, contradicted is *Stale.
func (a *Applier) Apply(ctx context.Context, plan flows.Plan) error {
	run := &run{Applier: a, of: len(plan.Steps), open: map[string]*reservation{}}
	for k, step := range plan.Steps {
		if err := run.ready(ctx); err != nil {
			return run.abandon(ctx, err)
		}
		outcome, detail, err := run.step(ctx, step.Effect)
		if err != nil {
			return run.abandon(ctx, err)
		}
		if a.Emit != nil {
			a.Emit(Event{Step: step, Number: k + 1, Of: run.of, Outcome: outcome, Detail: detail})
		}
	}
	return nil
}

type run struct {
	*Applier
	of   int
	open map[string]*reservation // by child
}

// reservation is a task taken and not yet settled in this run.
type reservation struct {
	id     string
	child  inventory.Ref
	label  string
	newest string // id of the label's newest LABELED event before this run
	sent   bool   // the label was sent, or may have been
}

func (r *run) ready(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
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

func (r *run) step(ctx context.Context, effect flows.Effect) (Outcome, string, error) {
	switch e := effect.(type) {
	case flows.MakeBranch:
		return r.branch(ctx, e)
	case flows.Reserve:
		return r.reserve(ctx, e)
	case flows.Comment:
		return Done, e.Body, r.Hub.Comment(ctx, e.Issue, e.Body)
	case flows.AddLabel:
		return r.label(ctx, e)
	case flows.LogDispatch:
		return r.log(ctx, e)
	}
	return "", "", fmt.Errorf("no way is known to carry out a %q step", effect.Kind())
}

func (r *run) branch(ctx context.Context, e flows.MakeBranch) (Outcome, string, error) {
	if sha, ok, err := r.Hub.Head(ctx, e.Repo, e.Name); err != nil || ok {
		return Skipped, "is there already, at " + short(sha), err
	}
	sha, ok, err := r.Hub.Head(ctx, e.Repo, e.From)
	if err != nil {
		return "", "", err
	}
	if !ok {
		return "", "", &Stale{e.Repo.String(), "its branch " + e.From + " is gone"}
	}
	return Done, e.Name + " at " + short(sha), r.Hub.CreateBranch(ctx, e.Repo, e.Name, sha)
}

// reserve takes the task first and looks then: what the look finds cannot be
// spent by another process of this folder any more.
func (r *run) reserve(ctx context.Context, e flows.Reserve) (Outcome, string, error) {
	id, member, err := r.Ledger.Reserve(ctx, Task{Child: e.Child, Agent: e.Agent, Epic: e.Epic, Lines: e.Lines})
	if err != nil {
		return "", "", err
	}
	res := &reservation{id: id, child: e.Child, label: e.Label}
	r.open[e.Child.Key()] = res
	i, err := r.Hub.Look(ctx, e.Child)
	if err != nil {
		return "", "", err
	}
	res.newest, _ = lastAdded(i, e.Label)
	switch {
	case i.Closed:
		return "", "", &Stale{e.Child.String(), "it was closed meanwhile"}
	case i.Locked:
		return "", "", &Stale{e.Child.String(), "it was locked meanwhile"}
	case i.HasLabel(e.Label):
		return "", "", &Stale{e.Child.String(), "it bears the label " + e.Label + " meanwhile"}
	case res.newest != e.Newest:
		return "", "", &Stale{e.Child.String(), "somebody put the label " + e.Label + " on meanwhile"}
	}
	return Done, "1 task of @" + member, nil
}

func (r *run) label(ctx context.Context, e flows.AddLabel) (Outcome, string, error) {
	if !e.Spends {
		return Done, "+ " + e.Label, r.Hub.AddLabel(ctx, e.Issue, e.Label)
	}
	res := r.open[e.Issue.Key()]
	if res == nil {
		return "", "", fmt.Errorf("%s: a label that spends a task needs a reservation first", e.Issue)
	}
	err := r.Hub.AddLabel(ctx, e.Issue, e.Label)
	res.sent = err == nil || doubtful(err)
	return Done, "+ " + e.Label, err
}

// log settles the dispatch by the LABELED event it finds, never by the label.
func (r *run) log(ctx context.Context, e flows.LogDispatch) (Outcome, string, error) {
	res := r.open[e.Child.Key()]
	if res == nil {
		return "", "", fmt.Errorf("%s: nothing is reserved that could be settled", e.Child)
	}
	at, ok, err := r.spent(ctx, e.Child, res)
	if err != nil {
		return "", "", err
	}
	if !ok {
		return "", "", errNoEvent
	}
	return Done, at.UTC().Format("2006-01-02T15:04Z") + " " + e.Agent + " @" + e.Member, r.settle(ctx, e.Child, res, at)
}

var errNoEvent = errors.New("the label shows no event yet")

// spent looks for the LABELED event of this run: one that was not there before.
func (r *run) spent(ctx context.Context, child inventory.Ref, res *reservation) (time.Time, bool, error) {
	i, err := r.Hub.Look(ctx, child)
	if err != nil {
		return time.Time{}, false, err
	}
	id, at := lastAdded(i, res.label)
	return at, id != res.newest, nil
}

func (r *run) settle(ctx context.Context, child inventory.Ref, res *reservation, at time.Time) error {
	if err := r.Ledger.Settle(ctx, res.id, at); err != nil {
		return err
	}
	delete(r.open, child.Key())
	return nil
}

// abandon ends a run that cannot go on. A task whose label was never sent is
// given back; one that was sent, or may have been, is settled when a look
// finds its event, and otherwise stays reserved and so counts as spent.
func (r *run) abandon(ctx context.Context, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonTime)
	defer cancel()
	for _, child := range slices.Sorted(maps.Keys(r.open)) {
		res := r.open[child]
		if !res.sent {
			if err := r.Ledger.Release(ctx, res.id); err != nil {
				why = errors.Join(why, err)
			}
			continue
		}
		at, ok, err := r.spent(ctx, res.child, res)
		if err == nil && ok {
			if err = r.settle(ctx, res.child, res, at); err == nil {
				continue
			}
		}
		why = &Unsettled{Target: res.child.String(), Err: errors.Join(why, err)}
	}
	return why
}

// abandonTime bounds the last look of a run that was interrupted.
const abandonTime = 10 * time.Second

func lastAdded(i inventory.Issue, label string) (id string, at time.Time) {
	for _, e := range i.LabelEvents {
		if e.Added && strings.EqualFold(e.Label, label) {
			id, at = e.ID, e.At
		}
	}
	return id, at
}

func doubtful(err error) bool {
	var d Doubtful
	return errors.As(err, &d) && d.Doubtful()
}

func short(sha string) string {
	if len(sha) > 7 {
		return sha[:7]
	}
	return sha
}
