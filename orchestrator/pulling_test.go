package orchestrator_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

func TestFollowingDoesEachStepOnce(t *testing.T) {
	p := newPulling(t)
	plan := p.following()
	var told []string
	tell := func(e orchestrator.Event) {
		told = append(told, fmt.Sprint(e.Step.Effect.Kind(), " ", e.Outcome, " ", e.Detail))
	}
	if err := p.apply(plan, tell); err != nil {
		t.Fatal(err)
	}
	for k, line := range told {
		if want := plan.Steps[k].Effect.Kind() + " done "; !strings.HasPrefix(line, want) {
			t.Errorf("told %q, want %q", line, want)
		}
	}
	got := p.pulls()
	for _, part := range []string{
		"#4 work-4 -> epic/3-audit", "1 of 1 threads resolved, 0 comments", "0 of 1 threads resolved, 1 comments", `#8 work-8 -> guarded, 1 commits, closed false merged false auto "squash"`,
		"#9 work-9 -> epic/3-audit, 1 commits, closed true merged true", "#10 work-10 -> epic/3-audit, 1 commits, closed true merged false", "queued true", "#14 epic/3-audit -> main",
		"- [x] #1 - one", "#5 1 asked", "#13 0 asked, 1 alerts", "#7 0 asked, 0 alerts, 0 refused, updated 1, head ours true", "#11 0 asked, 0 alerts, 0 refused, updated 0, head ours true, mended true of 1",
		fmt.Sprint("captured [", p.ref(1), "]"), "lagging has 4 commits, lacks 0 of ahead",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("without %q:\n%s", part, got)
		}
	}
	if p.shop.left != 0 || p.shop.pushes != 1 {
		t.Errorf("%d works were left, %d pushes", p.shop.left, p.shop.pushes)
	}
	told = nil
	again := slices.DeleteFunc(slices.Clone(plan.Steps), func(s flows.Step) bool { // what was decided on a head that is no more
		switch s.Effect.(type) {
		case flows.Ask, flows.Mend, flows.Capture, flows.NotePull, flows.MergeUp:
			return true
		}
		return false
	})
	if err := p.apply(flows.Plan{Steps: again}, tell); err != nil {
		t.Fatal(err)
	}
	if p.pulls() != got {
		t.Errorf("applied again it became\n%s\nand was\n%s", p.pulls(), got)
	}
	for _, line := range told {
		if !strings.Contains(line, " skipped ") {
			t.Errorf("the second time: %s", line)
		}
	}
	p.wantNothingOpen()
}

// TestWhatFollowingCosts: as many requests and points as the server counted.
func TestWhatFollowingCosts(t *testing.T) {
	p := newPulling(t)
	for _, step := range p.following().Steps {
		if _, ok := step.Effect.(flows.Capture); ok { // a recorder's
			continue
		}
		var plan flows.Plan
		plan.Add(step)
		before := len(p.sim.Requests().Since(0))
		if err := p.apply(plan, nil); err != nil {
			t.Fatal(err)
		}
		var requests, points, content int
		for _, r := range p.sim.Requests().Since(0)[before:] {
			requests++
			if r.Resource == "graphql" {
				points += r.Points
			}
			if r.Content {
				content++
			}
		}
		if c := plan.Cost; c.Requests != requests || c.Points != points || c.Content < content {
			t.Errorf("%s costs %d requests, %d points, %d content; planned %+v", step.Effect.Kind(), requests, points, content, plan.Cost)
		}
	}
}

// TestFollowingKilledAtEveryChange: a process dies right after each of its calls
// that change something, or with GitHub's effect landing later; gone on with or
// settled and applied again, the end is that of an undisturbed apply.
func TestFollowingKilledAtEveryChange(t *testing.T) {
	tried := drawn(t)
	want := followed(t)
	whole := newPulling(t)
	m, a := whole.process(0, after)
	if err := a.Apply(t.Context(), whole.proposal(whole.following())); err != nil {
		t.Fatal(err)
	}
	points := 0
	for dies, remote := range m.remote {
		for when := after; when < deaths; when++ {
			if when == late && !remote {
				continue
			}
			if !tried() {
				continue
			}
			points++
			t.Run(fmt.Sprint(dies+1, "/", when), func(t *testing.T) {
				t.Parallel()
				p := newPulling(t)
				plan := p.following()
				m, a := p.process(dies+1, when)
				if err := a.Apply(t.Context(), p.proposal(plan)); !m.dead {
					t.Fatalf("it did not die: %v", err)
				}
				_, a = p.process(0, after)
				if err := p.goOn(a, (dies+int(when))%2 == 0, plan); err != nil {
					t.Fatalf("after it died at change %d (%v): %v", dies+1, when, err)
				}
				_ = p.clock.Sleep(t.Context(), time.Hour)
				if got := p.pulls(); got != want {
					t.Errorf("after it died at change %d (%v):\n%s\nwant\n%s", dies+1, when, got, want)
				}
				p.wantNothingOpen()
			})
		}
	}
	t.Logf("%d deaths", points)
}

// goOn goes on with what was left, or settles it, and has a new plan made of what
// is not so yet, as the next look's decision would.
func (p *pulling) goOn(a *orchestrator.Applier, resume bool, plan flows.Plan) error {
	ctx := p.t.Context()
	if left, err := a.Rest(""); resume && err == nil {
		if err := a.Resume(ctx, idsOf(left)...); err != nil {
			return err
		}
	}
	if _, err := a.Settle(ctx); err != nil {
		return err
	}
	return a.Apply(ctx, p.proposal(p.again(plan)))
}

// again are the steps of a plan that a look after it would plan once more: those
// whose effect the journal knows are none.
func (p *pulling) again(plan flows.Plan) flows.Plan {
	out := flows.Plan{Flow: plan.Flow, Target: plan.Target}
	for _, s := range plan.Steps {
		var known bool
		switch e := s.Effect.(type) {
		case flows.MergeUp:
			known = p.at(laggingBranch) != e.Head
		case flows.Mend:
			c, _ := p.log.Course(e.Pull)
			known = len(c.Mended) > 0
		case flows.NotePull:
			c, _ := p.log.Course(e.Pull)
			known = len(c.Alerts) > 0
		}
		if !known {
			out.Add(s)
		}
	}
	return out
}

// TestFollowingFailures: every kind of failure at every write and at every look
// leaves, in the end, what an undisturbed apply does.
func TestFollowingFailures(t *testing.T) {
	tried := drawn(t)
	want := followed(t)
	at := []string{"PATCH /repos/*/*/pulls/4#1", "POST /repos/*/*/issues/5/comments#1", "ResolveThread#1", "PUT /repos/*/*/pulls/7/update-branch#1", "POST /repos/*/*/merges#1", "AutoMerge#1", "Enqueue#1",
		"PUT /repos/*/*/pulls/9/merge#1", "PATCH /repos/*/*/pulls/10#1", "POST /repos/*/*/pulls#1", "PATCH /repos/*/*/issues/3#1", "PullNow#1", "PullNow#5", "PullNow#9", "OpenPulls#1", "Page#1", "Page#2"}
	for _, kind := range []string{"500@", "502@", "503@", "cut-before@", "cut-after@", "502-after@", "garbage@", "late=50s@", "timeout@", "secondary@", "partial@"} {
		for _, at := range at {
			write := strings.Contains(at, "/") || slices.Contains([]string{"ResolveThread#1", "AutoMerge#1", "Enqueue#1"}, at)
			if !write && kind == "late=50s@" || write && kind == "partial@" {
				continue
			}
			if !tried() {
				continue
			}
			t.Run(kind+at, func(t *testing.T) {
				t.Parallel()
				p := newPulling(t)
				plan := p.following()
				if err := p.sim.Faults().Replace(kind + at); err != nil {
					t.Fatal(err)
				}
				if err := p.apply(plan, nil); err != nil {
					// A look that failed for good stops the plan; nothing is in doubt.
					if err := p.goOn(p.applier(nil), true, plan); err != nil {
						t.Fatal(err)
					}
				}
				if got := p.pulls(); got != want {
					t.Errorf("\n%s\nwant\n%s", got, want)
				}
				p.wantNothingOpen()
			})
		}
	}
}

// TestAPushWhoseAnswerIsLost is looked for where the branch stands.
func TestAPushWhoseAnswerIsLost(t *testing.T) {
	want := followed(t)
	for _, landed := range []bool{false, true} {
		p := newPulling(t)
		p.shop.lost, p.shop.landed = 1, landed
		if err := p.apply(p.following(), nil); err != nil {
			t.Fatal(err)
		}
		if got := p.pulls(); got != want || p.shop.pushes != 1 || p.shop.left != 0 {
			t.Errorf("landed %v, %d pushes, %d left:\n%s\nwant\n%s", landed, p.shop.pushes, p.shop.left, got, want)
		}
	}
}

func TestUndoOfFollowing(t *testing.T) {
	p := newPulling(t)
	if err := p.apply(p.following(), nil); err != nil {
		t.Fatal(err)
	}
	a := p.applier(nil)
	undo, err := a.Undo("")
	if err != nil {
		t.Fatal(err)
	}
	p.clock.at = p.clock.at.Add(time.Second)
	if err := a.Apply(t.Context(), p.proposal(undo)); err != nil {
		t.Fatal(err)
	}
	got := p.pulls()
	for _, part := range []string{"#4 work-4 -> main", "0 of 1 threads resolved, 0 comments", "#5 1 asked", "#14 epic/3-audit -> main, 3 commits, closed true merged false"} {
		if !strings.Contains(got, part) {
			t.Errorf("without %q:\n%s", part, got)
		}
	}
	said := fmt.Sprint(undo.Skipped)
	for _, part := range []string{"stays resolved", "keeps the merge of its base", "disable auto-merge by hand", "take it out by hand", "a merge stays", "open it again by hand",
		"keeps the merge that was pushed", "keeps #1 ticked", "a training record is kept", "stays counted", "cannot be deleted: it is closed"} {
		if !strings.Contains(said, part) {
			t.Errorf("without %q: %s", part, said)
		}
	}
	// Newer plans of which nothing can be taken back are passed over, and said.
	q := newPulling(t)
	tick := flows.Tick{Epic: q.ref(3), Child: q.ref(1)}
	resolve := flows.ResolveThread{Pull: q.ref(toResolve), Thread: q.threads[toResolve]}
	var ids []string
	for _, e := range []flows.Effect{flows.Retarget{Pull: q.ref(toRetarget), From: "main", To: epicBranch}, tick, resolve} {
		all := q.proposal(q.one(e))
		ids = append(ids, all.PlanID(0))
		if err := q.applier(nil).Apply(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		q.clock.at = q.clock.at.Add(time.Second)
	}
	undo, err = q.applier(nil).Undo("")
	if err != nil || undo.Target != ids[0] || len(undo.Steps) != 1 || len(undo.Skipped) != 1 || undo.Skipped[0].Target != ids[2] || !strings.Contains(undo.Skipped[0].Reason, "and of 1 before it") {
		t.Fatalf("%+v, %v; made %v", undo, err, ids)
	}
	if err := q.apply(undo, nil); err != nil {
		t.Fatal(err)
	}
	var cannot *orchestrator.CannotUndo
	if undo, err = q.applier(nil).Undo(""); !errors.As(err, &cannot) {
		t.Errorf("nothing is left that can be taken back: %+v, %v", undo, err)
	}
	if undo, err = q.applier(nil).Undo(ids[2]); err != nil || len(undo.Steps) != 0 || len(undo.Skipped) != 1 {
		t.Errorf("named, it says why: %+v, %v", undo, err)
	}
	// What the undo did is taken back as far as that goes.
	list, err := a.History(1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	redo, err := a.Undo(list[0].ID)
	if err != nil || len(redo.Steps) != 1 || redo.Steps[0].Effect != (flows.Retarget{Pull: p.ref(toRetarget), From: "main", To: epicBranch}) {
		t.Errorf("%+v, %v", redo.Steps, err)
	}
	if said := fmt.Sprint(redo.Skipped); !strings.Contains(said, "its request stays counted as made") || !strings.Contains(said, "open it again by hand") {
		t.Error(said)
	}
	if entry, err := a.Recorded(list[0].ID); err != nil || entry.Done != 3 {
		t.Errorf("%d steps of the undo were done, %v", entry.Done, err)
	}
	if c, _ := p.log.Course(p.ref(toAsk)); len(c.Asks) != 1 || c.Asks[0].What != inventory.FixReviews {
		t.Errorf("%+v", c)
	}
}
