package orchestrator_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// several are plans for as many more repositories, of so many issues each.
func (s *stage) several(repos, issues int) []flows.Plan {
	var plans []flows.Plan
	for r := range repos {
		ref := inventory.RepoRef{Owner: s.repo.Owner, Name: fmt.Sprint("side", r)}
		s.update(func(tx *world.Tx) error {
			_, err := tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin(ref.Owner), Name: ref.Name, DefaultBranch: "main"})
			return err
		})
		p := flows.Plan{Flow: "audit", Target: ref.String()}
		for n := range issues {
			mark := inventory.NewMark(inventory.MarkFinding, ref.Key(), fmt.Sprint(n))
			p.Add(flows.Step{Reason: "test", Effect: flows.MakeIssue{Repo: ref, Title: fmt.Sprint("issue ", n+1), Body: mark.String(), Mark: mark}})
		}
		plans = append(plans, p)
	}
	return plans
}

// titles are the issues of the repositories of several.
func (s *stage) titles(repos int) (out []string) {
	_ = s.sim.World().View(func(tx *world.Tx) error {
		for r := range repos {
			repo, _ := tx.Repo(s.repo.Owner, fmt.Sprint("side", r))
			var names []string
			for n := 1; tx.Issue(repo.ID, n) != nil; n++ {
				names = append(names, tx.Issue(repo.ID, n).Title)
			}
			out = append(out, strings.Join(names, ", "))
		}
		return nil
	})
	return out
}

func (s *stage) together(plans []flows.Plan) orchestrator.Proposal {
	p := s.proposal(flows.Plan{})
	p.Plans = plans
	return p
}

// TestPlansGoSideBySide: those of different repositories, each in its order, and
// what is told is told one at a time with how far all are together.
func TestPlansGoSideBySide(t *testing.T) {
	s := newStage(t)
	plans := s.several(5, 4)
	var telling, most atomic.Int32
	next, done := map[string]int{}, 0
	a := s.applier(func(e orchestrator.Event) {
		if telling.Add(1) > 1 {
			t.Error("two events at a time")
		}
		defer telling.Add(-1)
		next[e.Plan]++
		if e.Number != next[e.Plan] || e.Of != 4 {
			t.Errorf("plan %s: step %d of %d came as number %d", e.Plan, e.Number, e.Of, next[e.Plan])
		}
		if done++; e.Progress.Done != done || e.Progress.Of != 20 {
			t.Errorf("after %d steps: %+v", done, e.Progress)
		}
	})
	a.Hub = &crowded{Hub: s.hub, most: &most}
	a.Side = 3
	if err := a.Apply(t.Context(), s.together(plans)); err != nil {
		t.Fatal(err)
	}
	for k, got := range s.titles(5) {
		if got != "issue 1, issue 2, issue 3, issue 4" {
			t.Errorf("side%d has %s", k, got)
		}
	}
	if n := most.Load(); n < 2 || n > 3 {
		t.Errorf("%d at once, at the most", n)
	}
	s.wantNothingOpen()
}

// crowded counts how many look at once, and holds them until two do.
type crowded struct {
	orchestrator.Hub
	in   atomic.Int32
	most *atomic.Int32
}

func (c *crowded) Ground(ctx context.Context, repo inventory.RepoRef, above int, sources []inventory.Ref) (inventory.Ground, error) {
	n := c.in.Add(1)
	defer c.in.Add(-1)
	c.most.Store(max(c.most.Load(), n))
	for range 200 { // until somebody is beside it, or nobody is left
		if c.in.Load() > 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return c.Hub.Ground(ctx, repo, above, sources)
}

// TestPlansOfOneRepositoryGoInOrder, whatever else goes beside them.
func TestPlansOfOneRepositoryGoInOrder(t *testing.T) {
	s := newStage(t)
	plans := s.several(2, 6)
	first, second := plans[0], plans[0]
	first.Steps, second.Steps = plans[0].Steps[:3], plans[0].Steps[3:]
	if err := s.applier(nil).Apply(t.Context(), s.together([]flows.Plan{first, plans[1], second})); err != nil {
		t.Fatal(err)
	}
	for k, got := range s.titles(2) {
		if got != "issue 1, issue 2, issue 3, issue 4, issue 5, issue 6" {
			t.Errorf("side%d has %s", k, got)
		}
	}
}

// TestAStalePlanDoesNotStopTheOthers, and is reported.
func TestAStalePlanDoesNotStopTheOthers(t *testing.T) {
	s := newStage(t)
	plans := s.several(4, 2)
	for _, name := range []string{"side1", "side2"} {
		s.update(func(tx *world.Tx) error {
			repo, _ := tx.Repo(s.repo.Owner, name)
			_, err := tx.ArchiveRepo(repo, true)
			return err
		})
	}
	err := s.applier(nil).Apply(t.Context(), s.together(plans))
	var stale *orchestrator.Stale
	if !errors.As(err, &stale) || strings.Count(err.Error(), "archived meanwhile") != 2 {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%q", s.titles(4)); got != `["issue 1, issue 2" "" "" "issue 1, issue 2"]` {
		t.Error(got)
	}
	s.wantNothingOpen()
}

// TestWhatIsRefusedInOneRepositoryStopsItAlone, and says which plan it was.
func TestWhatIsRefusedInOneRepositoryStopsItAlone(t *testing.T) {
	s := newStage(t)
	plans := s.several(4, 2)
	bad := flows.Plan{Flow: "audit", Target: plans[1].Target}
	bad.Add(flows.Step{Reason: "test", Effect: flows.MakeLabel{Repo: inventory.RepoRef{Owner: s.repo.Owner, Name: "side1"}, Name: "x", Color: "no colour"}})
	for _, step := range plans[1].Steps {
		bad.Add(step)
	}
	plans[1] = bad
	err := s.applier(nil).Apply(t.Context(), s.together(plans))
	var failed *orchestrator.Failed
	if !errors.As(err, &failed) || failed.Target != plans[1].Target {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%q", s.titles(4)); got != `["issue 1, issue 2" "" "issue 1, issue 2" "issue 1, issue 2"]` {
		t.Error(got)
	}
}

// TestAnErrorStartsNothingMore: what is under way ends its step, the rest can be
// gone on with together.
func TestAnErrorStartsNothingMore(t *testing.T) {
	s := newStage(t)
	plans := s.several(6, 3)
	if err := s.sim.Faults().Replace("500@Ground#4+"); err != nil {
		t.Fatal(err)
	}
	a := s.applier(nil)
	a.Side = 2
	err := a.Apply(t.Context(), s.together(plans))
	if err == nil || strings.Contains(err.Error(), "another plan failed") {
		t.Fatal(err)
	}
	made := strings.Count(strings.Join(s.titles(6), " "), "issue")
	if made > 3 {
		t.Errorf("%d issues were made: %q", made, s.titles(6))
	}
	if err := s.sim.Faults().Replace(""); err != nil {
		t.Fatal(err)
	}
	left, err := a.Rest("")
	if err != nil || len(left) < 1 || len(left) > 3 {
		t.Fatalf("left: %+v, %v", left, err)
	}
	s.clock.at = s.clock.at.Add(time.Second)
	if err := s.again(a, true, plans...); err != nil {
		t.Fatal(err)
	}
	for k, got := range s.titles(6) {
		if got != "issue 1, issue 2, issue 3" {
			t.Errorf("side%d has %s", k, got)
		}
	}
	s.wantNothingOpen()
}

// TestCtrlCStopsAllPlans: each before its next step, told once, and one command
// goes on with them all.
func TestCtrlCStopsAllPlans(t *testing.T) {
	s := newStage(t)
	plans := s.several(3, 3)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told := 0
	a := s.applier(func(orchestrator.Event) {
		if told++; told == 3 {
			cancel()
		}
	})
	if err := a.Apply(ctx, s.together(plans)); !errors.Is(err, context.Canceled) || strings.Count(err.Error(), "canceled") != 1 {
		t.Fatal(err)
	}
	a = s.applier(nil)
	left, err := a.Rest("")
	if err != nil || len(left) == 0 {
		t.Fatal(left, err)
	}
	if err := a.Resume(t.Context(), idsOf(left)...); err != nil {
		t.Fatal(err)
	}
	s.clock.at = s.clock.at.Add(time.Second)
	if err := a.Apply(t.Context(), s.together(plans)); err != nil {
		t.Fatal(err)
	}
	for k, got := range s.titles(3) {
		if got != "issue 1, issue 2, issue 3" {
			t.Errorf("side%d has %s", k, got)
		}
	}
	s.wantNothingOpen()
}

// TestSideBySideAtWhatGitHubAllows: all plans share one client's pace, a second
// between writes, and lose nothing to each other.
func TestSideBySideAtWhatGitHubAllows(t *testing.T) {
	s := newStage(t)
	plans := s.several(6, 20)
	hub, err := github.New(github.Options{Endpoint: s.hub.Endpoint(), Token: github.NewToken(s.sim.Token(s.sim.Fleet().Owner), "test"), Clock: s.clock})
	if err != nil {
		t.Fatal(err)
	}
	a := s.applier(nil)
	a.Hub = hub
	if err := a.Apply(t.Context(), s.together(plans)); err != nil {
		t.Fatal(err)
	}
	least := time.Duration(6*20-1) * time.Second
	t.Logf("120 issues in 6 repositories: %v, GitHub allows %v: ratio %.3f", s.clock.slept, least, float64(s.clock.slept)/float64(least))
	if s.clock.slept < least || s.clock.slept > least+least/20 {
		t.Errorf("it took %v", s.clock.slept)
	}
}
