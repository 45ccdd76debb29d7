package orchestrator_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// TestARefusalIsRememberedAndStopsNothing: what GitHub refuses for sure at a head
// stands in the journal once, the steps behind it are carried out, and the plan is
// through.
func TestARefusalIsRememberedAndStopsNothing(t *testing.T) {
	for name, effect := range map[string]func(*pulling) flows.Effect{
		"merge": func(p *pulling) flows.Effect {
			return flows.MergePull{Pull: p.ref(toLeave), Head: p.head(toLeave), Method: "squash"}
		},
		"auto-merge": func(p *pulling) flows.Effect {
			return flows.AutoMerge{Pull: p.ref(toMerge), Head: p.head(toMerge), Method: "squash"} // nothing stands in the way of merging it
		},
		"update-branch": func(p *pulling) flows.Effect {
			return flows.UpdateBranch{Pull: p.ref(toMend), Head: p.head(toMend)}
		},
		"merge-up": func(p *pulling) flows.Effect {
			return flows.MergeUp{Repo: p.repo, Branch: epicBranch, From: "work-11", Head: p.at(epicBranch), Epic: p.ref(3)}
		},
		"retarget": func(p *pulling) flows.Effect {
			return flows.Retarget{Pull: p.ref(toMerge), From: epicBranch, To: "nowhere"}
		},
		"new-pull": func(p *pulling) flows.Effect {
			return flows.OpenPull{Repo: p.repo, Head: "main", Base: epicBranch, Title: "nothing", Epic: p.ref(3)}
		},
		"mend": func(p *pulling) flows.Effect {
			p.shop.refuses = "protected"
			return flows.Mend{Pull: p.ref(toMend), Branch: "work-11", Base: epicBranch, Head: p.head(toMend)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPulling(t)
			e := effect(p)
			plan := p.one(e)
			plan.Add(flows.Step{Reason: "test", Effect: flows.Tick{Epic: p.ref(3), Child: p.ref(1)}})
			var told []orchestrator.Outcome
			if err := p.apply(plan, func(e orchestrator.Event) { told = append(told, e.Outcome) }); err != nil {
				t.Fatal(err)
			}
			want := orchestrator.Refused
			if name == "auto-merge" { // the next look merges it
				want = orchestrator.Skipped
			}
			if len(told) != 2 || told[0] != want || told[1] != orchestrator.Done {
				t.Errorf("told %v", told)
			}
			courses, err := p.log.Courses()
			refused := 0
			for _, c := range courses {
				for _, r := range c.Refused {
					if refused++; r.Deed != name || r.Head == "" || r.Why == "" || (r.Why == flows.RipeAtOnce) != (name == "auto-merge") {
						t.Errorf("%+v", r)
					}
				}
			}
			if err != nil || refused != 1 || p.shop.left != 0 {
				t.Errorf("%d refusals are remembered, %v; %d works left", refused, err, p.shop.left)
			}
			history, err := p.applier(nil).History(1)
			if err != nil || len(history) != 1 || history[0].State != orchestrator.State(orchestrator.Complete) || (history[0].Refused == 1) != (want == orchestrator.Refused) {
				t.Errorf("the history: %+v, %v", history, err)
			}
			p.wantNothingOpen()
		})
	}
}

// TestAPullMovedSinceThePlan: what contradicts the plan stops it before anything is
// sent, and no other plan; what is so already is skipped.
func TestAPullMovedSinceThePlan(t *testing.T) {
	shut := func(p *pulling, tx *world.Tx, n int) error {
		closed := "closed"
		_, err := tx.EditIssue(p.issue(tx, n), world.IssueEdit{State: &closed})
		return err
	}
	push := func(p *pulling, tx *world.Tx, n int) error {
		i := p.issue(tx, n)
		_, err := tx.AddCommits(tx.RepoByID(i.RepoID), gitstore.Commit{Branch: i.Pull.HeadRef, Message: "more", Files: map[string]string{"more.txt": "x\n"}})
		return err
	}
	merge := func(p *pulling, tx *world.Tx, n int) error {
		_, err := tx.MergePull(p.issue(tx, n), world.Merge{})
		return err
	}
	base := func(p *pulling, tx *world.Tx, n int) error {
		_, err := tx.EditPullBase(p.issue(tx, n), guardedBranch)
		return err
	}
	resolve := func(p *pulling, tx *world.Tx, n int) error {
		_, err := tx.ResolveThread(tx.Threads(p.issue(tx, n).ID)[0], true)
		return err
	}
	elsewhere := func(p *pulling, tx *world.Tx, n int) error {
		_, err := tx.EditPullBase(p.issue(tx, n), "main")
		return err
	}
	draft := func(p *pulling, tx *world.Tx, n int) error {
		_, err := tx.SetDraft(p.issue(tx, n), true)
		return err
	}
	label := func(p *pulling, tx *world.Tx, n int) error {
		_, err := tx.AddLabels(p.issue(tx, n), []string{"Needs-Intervention"})
		return err
	}
	thread := func(p *pulling, tx *world.Tx, n int) error {
		_, err := tx.CreateThread(p.issue(tx, n), world.NewThread{Path: fmt.Sprint("file", n, ".txt"), Line: 1, Body: "why?"})
		return err
	}
	object := func(p *pulling, tx *world.Tx, n int) error {
		i := p.issue(tx, n)
		tx.As(world.System())
		who, err := tx.CreateUser(world.NewUser{Login: "reviewer"})
		if err == nil {
			_, err = tx.AddCollaborator(tx.RepoByID(i.RepoID), who, world.Write)
		}
		if err != nil {
			return err
		}
		tx.As(world.Actor{User: who})
		_, err = tx.CreateReview(i, world.NewReview{State: "CHANGES_REQUESTED", Body: "not yet"})
		return err
	}
	require := func(p *pulling, tx *world.Tx, n int) error {
		i := p.issue(tx, n)
		_, err := tx.Protect(tx.RepoByID(i.RepoID), i.Pull.BaseRef, &world.Rules{Approvals: 1})
		return err
	}
	red := func(p *pulling, tx *world.Tx, n int) error {
		i := p.issue(tx, n)
		_, err := tx.CreateStatus(tx.RepoByID(i.RepoID), i.Pull.HeadSHA, "lint", "FAILURE")
		return err
	}
	type moved struct {
		kind string
		n    int
		move func(*pulling, *world.Tx, int) error
		want string // of *Stale; "skipped": it was so already
	}
	var unripe []moved // whatever merges
	for _, m := range []moved{{kind: "merge", n: toMerge}, {kind: "auto-merge", n: toLeave}, {kind: "enqueue", n: toQueue}} {
		kind, n := m.kind, m.n
		unripe = append(unripe, moved{kind, n, elsewhere, "its base is main meanwhile"}, moved{kind, n, draft, "it became a draft meanwhile"},
			moved{kind, n, label, "it was labelled needs-intervention meanwhile"}, moved{kind, n, thread, "a review thread is unresolved meanwhile"},
			moved{kind, n, object, "changes are requested meanwhile"}, moved{kind, n, require, "a review is required meanwhile"}, moved{kind, n, red, "a check failed meanwhile"})
	}
	tried := drawn(t)
	for _, c := range append(unripe, []moved{
		{"retarget", toRetarget, base, "its base is " + guardedBranch + " meanwhile"},
		{"retarget", toRetarget, shut, "it was closed meanwhile"},
		{"ask", toAsk, push, "its head is"},
		{"ask", toAsk, shut, "it was closed meanwhile"},
		{"ask", toAsk, resolve, "skipped"},
		{"resolve", toResolve, resolve, "skipped"},
		{"resolve", toResolve, shut, "it was closed meanwhile"},
		{"update-branch", toUpdate, push, "its head is"},
		{"auto-merge", toLeave, push, "its head is"},
		{"enqueue", toQueue, shut, "it was closed meanwhile"},
		{"merge", toMerge, push, "its head is"},
		{"merge", toMerge, merge, "skipped"},
		{"merge", toMerge, shut, "it was closed meanwhile"},
		{"close-pull", toClose, merge, "it was merged meanwhile"},
		{"close-pull", toClose, shut, "skipped"},
		{"mend", toMend, base, "its base is " + guardedBranch + " meanwhile"},
		{"mend", toMend, push, "its head is"},
	}...) {
		if !tried() {
			continue
		}
		t.Run(c.kind+"/"+c.want, func(t *testing.T) {
			p := newPulling(t)
			var plan flows.Plan
			for _, s := range p.following().Steps {
				if s.Effect.Kind() == c.kind {
					plan.Add(s)
				}
			}
			other := p.one(flows.Tick{Epic: p.ref(3), Child: p.ref(1)})
			p.update(func(tx *world.Tx) error { return c.move(p, tx, c.n) })
			before := p.pulls()
			var told []string
			all := p.proposal(plan)
			all.Plans = append(all.Plans, other)
			err := p.applier(func(e orchestrator.Event) { told = append(told, e.Step.Effect.Kind()+" "+string(e.Outcome)) }).Apply(t.Context(), all)
			var stale *orchestrator.Stale
			if c.want == "skipped" {
				if err != nil || told[0] != c.kind+" skipped" {
					t.Errorf("%q, %v", told, err)
				}
			} else if !errors.As(err, &stale) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q, %v", told, err)
			}
			after := strings.Replace(p.pulls(), "[x] #1", "[ ] #1", 1)
			if !strings.Contains(strings.Join(told, ","), "tick done") || strings.Split(after, "\"## Child")[0] != strings.Split(before, "\"## Child")[0] {
				t.Errorf("told %q\n%s\nwas\n%s", told, after, before)
			}
			p.wantNothingOpen()
		})
	}
}

// TestTwoRunsAskOnce: another run asked since the plan was made.
func TestTwoRunsAskOnce(t *testing.T) {
	p := newPulling(t)
	e := flows.Ask{Pull: p.ref(toAsk), Fix: inventory.FixReviews, Body: askReviews, Head: p.head(toAsk)}
	for range 2 {
		if err := p.apply(p.one(e), nil); err != nil {
			t.Fatal(err)
		}
	}
	c, err := p.log.Course(e.Pull)
	if err != nil || len(c.Asks) != 1 || !strings.Contains(p.pulls(), "1 threads resolved, 1 comments") {
		t.Errorf("%+v, %v\n%s", c.Asks, err, p.pulls())
	}
	e.After = c.Asks[0].Comment // a plan that knows of it asks again
	if err := p.apply(p.one(e), nil); err != nil {
		t.Fatal(err)
	}
	if c, _ := p.log.Course(e.Pull); len(c.Asks) != 2 {
		t.Errorf("%+v", c.Asks)
	}
}

// TestARefusedLabelIsRemembered: a pull request that GitHub will not label keeps
// nobody from the rest, and the next decision knows.
func TestARefusedLabelIsRemembered(t *testing.T) {
	p := newPulling(t)
	plan := p.one(flows.NotePull{Pull: p.ref(toMend), Note: inventory.PullNote{Kind: inventory.NoteAlert, SHA: p.head(toMend), What: "look"}})
	plan.Add(flows.Step{Reason: "test", Effect: flows.AddLabel{Issue: p.ref(toMend), Label: strings.Repeat("x", 60)}}) // longer than any label
	plan.Add(flows.Step{Reason: "test", Effect: flows.Tick{Epic: p.ref(3), Child: p.ref(1)}})
	told := map[string]orchestrator.Outcome{}
	err := p.apply(plan, func(e orchestrator.Event) { told[e.Step.Effect.Kind()] = e.Outcome })
	if err == nil || told["label"] != orchestrator.Refused || told["tick"] != orchestrator.Done {
		t.Errorf("%v, %v", told, err)
	}
	c, err := p.log.Course(p.ref(toMend))
	if err != nil || len(c.Refused) != 1 || c.Refused[0].Deed != "label" || c.Refused[0].Head != p.head(toMend) || c.Refused[0].Why == "" {
		t.Errorf("%+v, %v", c.Refused, err)
	}
}

// TestUndoLeavesADoneChildClosed: where the merge stays, its child does.
func TestUndoLeavesADoneChildClosed(t *testing.T) {
	p := newPulling(t)
	plan := p.one(flows.CloseIssue{Issue: p.ref(2), Reason: "completed"})
	plan.Add(flows.Step{Reason: "test", Effect: flows.NotePull{Pull: p.ref(toMerge), Note: inventory.PullNote{Kind: inventory.NoteEnded, What: string(inventory.PullMerged), Child: p.ref(2).String()}}})
	if err := p.apply(plan, nil); err != nil {
		t.Fatal(err)
	}
	back, err := p.applier(nil).Undo("")
	if err != nil && len(back.Steps) == 0 {
		t.Log(err) // nothing can be taken back
	}
	for _, s := range back.Steps {
		t.Errorf("%s %s", s.Effect.Kind(), s.Effect.Detail())
	}
}
