package orchestrator

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// deed is how one kind of effect is carried out, and how it is found out
// whether it was.
type deed interface {
	// look checks the precondition and takes the baseline; a result tells
	// that nothing needs to be sent.
	look(ctx context.Context) (Baseline, *result, error)
	// send does it, once.
	send(ctx context.Context, base Baseline) (result, error)
	// judge looks by structure whether what was sent on that baseline
	// happened; nil: it did not, so far.
	judge(ctx context.Context, base Baseline) (*result, error)
}

// result is what became of a step, and what shows it.
type result struct {
	outcome  Outcome
	detail   string
	evidence Evidence
}

// deed is the only switch over effects.
func (r *run) deed(k int) (deed, error) {
	switch e := r.steps[k].Effect.(type) {
	case flows.MakeBranch:
		return makeBranch{r, e}, nil
	case flows.Reserve:
		return reserve{r, e, k}, nil
	case flows.Comment:
		return comment{r, e}, nil
	case flows.AddLabel:
		return addLabel{r, e}, nil
	case flows.Call:
		return call{r, e}, nil
	case flows.LogDispatch:
		return logDispatch{r, e, k}, nil
	case flows.MakeMark:
		return makeMark{r, e}, nil
	case flows.Claim:
		return claim{r, e}, nil
	case flows.FreeClaim:
		return freeClaim{r, e}, nil
	case flows.RemoveLabel:
		return removeLabel{r, e}, nil
	case flows.NoteRecall:
		return noteRecall{r, e}, nil
	case flows.DeleteComment:
		return deleteComment{r, e}, nil
	case flows.DeleteBranch:
		return deleteBranch{r, e}, nil
	case flows.MakeLabel:
		return makeLabel{r, e}, nil
	case flows.MakeIssue:
		return makeIssue{r, e}, nil
	case flows.CloseIssue:
		return r.closing(e), nil
	case flows.ReopenIssue:
		return r.reopening(e), nil
	case flows.LinkChild:
		return r.linking(e.Child, e.Parent, true), nil
	case flows.UnlinkChild:
		return r.linking(e.Child, e.Parent, false), nil
	case flows.Block:
		return r.blocking(e.Issue, e.By, true), nil
	case flows.Unblock:
		return r.blocking(e.Issue, e.By, false), nil
	case flows.AddChildren:
		return r.adding(e), nil
	case flows.Retarget:
		return r.retargeting(e), nil
	case flows.Ask:
		return r.asking(e), nil
	case flows.ResolveThread:
		return r.resolving(e), nil
	case flows.UpdateBranch:
		return r.updating(e), nil
	case flows.MergeUp:
		return mergeUp{r, e}, nil
	case flows.AutoMerge:
		return r.leaving(e), nil
	case flows.AutoMergeOff:
		return r.keeping(e), nil
	case flows.Enqueue:
		return r.queuing(e), nil
	case flows.MergePull:
		return r.merging(e), nil
	case flows.ClosePull:
		return r.closingPull(e), nil
	case flows.OpenPull:
		return openPull{r, e}, nil
	case flows.Tick:
		return r.ticking(e), nil
	case flows.Mend:
		return &mend{r.onPull(e, e.Pull, e.Head), e, nil}, nil
	case flows.Capture:
		return capture{r, e}, nil
	case flows.NotePull:
		return notePull{r, e}, nil
	default:
		return nil, fmt.Errorf("no way is known to carry out a %q step", e.Kind())
	}
}

type makeBranch struct {
	*run
	flows.MakeBranch
}

func (d makeBranch) look(ctx context.Context) (Baseline, *result, error) {
	if sha, ok, err := d.Hub.Head(ctx, d.Repo, d.Name); err != nil || ok {
		return Baseline{}, &result{outcome: Skipped, detail: "is there already, at " + short(sha)}, err
	}
	if d.SHA != "" {
		return Baseline{SHA: d.SHA}, nil, nil
	}
	sha, ok, err := d.Hub.Head(ctx, d.Repo, d.From)
	if err == nil && !ok {
		err = &Stale{d.Repo.String(), "its branch " + d.From + " is gone"}
	}
	return Baseline{SHA: sha}, nil, err
}

func (d makeBranch) send(ctx context.Context, base Baseline) (result, error) {
	err := d.Hub.CreateBranch(ctx, d.Repo, d.Name, base.SHA)
	if err != nil && !doubtful(err) {
		if sha, ok, lookErr := d.Hub.Head(ctx, d.Repo, d.Name); lookErr == nil && ok { // another was faster
			return result{outcome: Skipped, detail: "is there already, at " + short(sha)}, nil
		}
	}
	return d.made(base.SHA), err
}

func (d makeBranch) judge(ctx context.Context, base Baseline) (*result, error) {
	sha, ok, err := d.Hub.Head(ctx, d.Repo, d.Name)
	if err != nil || !ok {
		return nil, err
	}
	if sha != base.SHA {
		return &result{outcome: Skipped, detail: "is there already, at " + short(sha)}, nil
	}
	made := d.made(sha)
	return &made, nil
}

func (d makeBranch) made(sha string) result {
	return result{outcome: Done, detail: d.Name + " at " + short(sha), evidence: Evidence{SHA: sha}}
}

// reserve takes the task first and looks then: what the look finds cannot be
// spent by another process of this folder any more.
type reserve struct {
	*run
	flows.Reserve
	step int
}

func (d reserve) look(context.Context) (Baseline, *result, error) {
	return Baseline{Reservation: d.id + "/" + fmt.Sprint(d.step+1) + "-" + newNonce(), Lines: d.Lines}, nil, nil
}

func (d reserve) send(ctx context.Context, base Baseline) (result, error) {
	if d.Label != "" {
		if _, err := d.hand(ctx, d.Agent, d.Member); err != nil {
			return result{}, err // nobody is charged whose token is not at hand
		}
	}
	member, err := d.Ledger.Reserve(ctx, Task{ID: base.Reservation, Child: d.Child, Agent: d.Agent, Member: d.Member, Epic: d.Epic, Lines: d.Lines})
	if err != nil {
		return result{}, err
	}
	d.open[d.Child.Key()] = &reservation{id: base.Reservation, step: d.step, label: d.Label, newest: d.Newest}
	if err := d.check(ctx, d.Child, d.Newest); err != nil {
		if retryIn(err) > 0 { // nobody else has to wait for the task meanwhile
			delete(d.open, d.Child.Key())
			if back := d.Ledger.Release(ctx, base.Reservation); back != nil {
				return result{}, back
			}
		}
		return result{}, err
	}
	return result{outcome: Done, detail: "1 task of @" + member, evidence: Evidence{Reservation: base.Reservation, Member: member}}, nil
}

func (d reserve) judge(ctx context.Context, base Baseline) (*result, error) {
	held, err := d.Ledger.IsHeld(ctx, base.Reservation)
	if err != nil || !held {
		return nil, err
	}
	d.open[d.Child.Key()] = &reservation{id: base.Reservation, step: d.step, label: d.Label, newest: d.Newest}
	return &result{outcome: Done, detail: "1 task, taken before", evidence: Evidence{Reservation: base.Reservation}}, nil
}

// addLabel puts a label on. One that spends is judged by its LABELED event
// alone: an agent or a person may have taken the label off.
type addLabel struct {
	*run
	flows.AddLabel
}

func (d addLabel) look(ctx context.Context) (Baseline, *result, error) {
	res := d.open[d.Issue.Key()]
	if !d.Spends {
		i, err := d.Hub.Look(ctx, d.Issue)
		if err == nil && i.HasLabel(d.Label) {
			return Baseline{}, &result{outcome: Skipped, detail: "bears it already"}, nil
		}
		event, _, events := lastAdded(i, d.Label)
		return Baseline{Event: event, Events: events}, nil, err
	}
	if res == nil {
		return Baseline{}, nil, fmt.Errorf("%s: a label that spends a task needs a reservation first", d.Issue)
	}
	base := Baseline{Event: res.newest, Events: res.events, Reservation: res.id}
	if d.Attempt > 0 {
		return base, nil, d.stands(ctx, d.Issue, d.Attempt)
	}
	return base, nil, nil
}

func (d addLabel) send(ctx context.Context, base Baseline) (result, error) {
	res := d.open[d.Issue.Key()]
	if !d.Spends || res == nil {
		return result{outcome: Done, detail: "+ " + d.Label}, d.Hub.AddLabel(ctx, d.Issue, d.Label)
	}
	task := d.steps[res.step].Effect.(flows.Reserve)
	hand, err := d.hand(ctx, task.Agent, task.Member)
	if err != nil {
		return result{}, err
	}
	err = hand.AddLabel(ctx, d.Issue, d.Label)
	res.sent = err == nil || doubtful(err)
	return result{outcome: Done, detail: "+ " + d.Label}, err
}

func (d addLabel) judge(ctx context.Context, base Baseline) (*result, error) {
	i, err := d.Hub.Look(ctx, d.Issue)
	if err != nil {
		return nil, err
	}
	event, at, _ := lastAdded(i, d.Label)
	res := d.open[d.Issue.Key()]
	if event == base.Event {
		return nil, nil
	}
	if res != nil && d.Spends {
		res.sent, res.newest = true, base.Event
	}
	return &result{outcome: Done, detail: "+ " + d.Label, evidence: Evidence{Event: event, At: at}}, nil
}

// logDispatch settles the dispatch by the LABELED event it finds.
type logDispatch struct {
	*run
	flows.LogDispatch
	step int
}

func (d logDispatch) look(ctx context.Context) (Baseline, *result, error) {
	if res := d.open[d.Child.Key()]; res != nil {
		return Baseline{Reservation: res.id, Event: res.newest}, nil, nil
	}
	if _, label := d.dispatchOf(d.Child); label != nil && label.finished() {
		found, err := d.notHeld(ctx, d.Child)
		if found != nil && found.outcome == Done {
			found.outcome = Skipped
		}
		return Baseline{}, found, err
	}
	return Baseline{}, nil, fmt.Errorf("%s: nothing is reserved that could be settled", d.Child)
}

// send looks again while a label that was put on shows no event yet: GitHub
// may be slow to list it.
func (d logDispatch) send(ctx context.Context, base Baseline) (result, error) {
	res := d.open[d.Child.Key()]
	until := d.now().Add(d.Quiet)
	for pause := time.Second; ; pause *= 2 {
		event, at, err := d.spent(ctx, d.Child, res)
		if err != nil {
			return result{}, err
		}
		if event != "" {
			return result{outcome: Done, detail: at.UTC().Format("2006-01-02T15:04Z") + " " + d.Agent + " @" + d.Member,
				evidence: Evidence{Reservation: res.id, Event: event, At: at}}, d.settle(ctx, d.Child, res, event, at)
		}
		now := d.now()
		if !now.Before(until) {
			return result{}, fmt.Errorf("%s: the label shows no event", d.Child)
		}
		again := now.Add(pause)
		if again.After(until) {
			again = until
		}
		if err := d.wait(ctx, d.step, again, "the label shows no event yet"); err != nil {
			return result{}, err
		}
	}
}

func (d logDispatch) judge(ctx context.Context, base Baseline) (*result, error) {
	held, err := d.Ledger.IsHeld(ctx, base.Reservation)
	if err != nil || held {
		return nil, err
	}
	return d.notHeld(ctx, d.Child)
}

// lastAdded is the newest LABELED event of a label, and how many there are.
func lastAdded(i inventory.Issue, label string) (id string, at time.Time, events int) {
	for _, e := range i.LabelEvents {
		if e.Added && strings.EqualFold(e.Label, label) {
			id, at = e.ID, e.At
			events++
		}
	}
	return id, at, events
}

func short(sha string) string {
	if len(sha) > 7 {
		return sha[:7]
	}
	return sha
}
