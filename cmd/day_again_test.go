package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/day"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/state"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// On the screen each step is a sitting of its own: what step 4 begins is held off
// step 5 all the same, and a step that was done is not offered again.
func TestTheScreensMorningBeginsOneChildAnEpic(t *testing.T) {
	s := demoScreen(t)
	l, err := s.a.look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.a.config()
	if err != nil {
		t.Fatal(err)
	}
	c.Strategy = string(plan.None)
	var busy inventory.RepoRef
	least := 0
	for _, r := range l.fleet.Rows { // with no epic so far, and what makes some, but little
		if n := r.Repo.OpenIssues; l.team.Connected(r.Repo.Ref) && len(l.fleet.Of(r.Repo.Ref)) == 0 && n > 8 && (least == 0 || n < least) {
			busy, least = r.Repo.Ref, n
		}
	}
	send := func(ask tui.Ask) orchestrator.Proposal {
		t.Helper()
		p, err := s.Propose(t.Context(), ask)
		if err != nil {
			t.Fatalf("%+v: %v", ask, err)
		}
		if p.Empty() {
			return p
		}
		err = s.Apply(t.Context(), p.ID, func(orchestrator.Event) {})
		if further := (*tui.Further)(nil); err != nil && !errors.As(err, &further) {
			t.Fatal(err)
		}
		return p
	}
	send(tui.Ask{Verb: tui.Audit, Repos: []inventory.RepoRef{busy}})
	for range 3 {
		send(tui.Ask{Verb: tui.Organise, Repos: []inventory.RepoRef{busy}})
	}
	first := send(tui.Ask{Verb: tui.Sit, Step: int(day.Blockers)})
	began := map[string]bool{}
	for _, p := range first.Plans {
		began[p.Target] = true
		if p.Cost.Tasks != 1 {
			t.Errorf("%s begins with %d tasks", p.Target, p.Cost.Tasks)
		}
	}
	if len(began) == 0 {
		t.Fatalf("no epic of %s was begun: %s", busy, first.Later)
	}
	for _, p := range send(tui.Ask{Verb: tui.Sit, Step: int(day.Phases)}).Plans {
		if began[p.Target] {
			t.Errorf("step 5 goes on with %s, which step 4 has begun", p.Target)
		}
	}
	steps, err := s.Sittings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []day.Step{day.Blockers, day.Phases} {
		if got := steps[n-1]; got.State != string(day.Done) {
			t.Errorf("after it was done, step %d is %s: %s", n, got.State, got.Said)
		}
	}
}

// A child whose pull request is open has no place in the day's plan, however that is
// asked for.
func TestThePlanLeavesClaimedChildrenOut(t *testing.T) {
	s := demoScreen(t)
	l, p, err := s.a.lookToPlan(t.Context(), planOptions{})
	if err != nil || p.Tasks == 0 || l.courses == nil {
		t.Fatalf("%d tasks, courses read: %t, %v", p.Tasks, l.courses != nil, err)
	}
	child := p.Repos[0].Children[0].Child
	r, _ := l.snap.Repo(child.Repo)
	if r.Work == nil || len(r.Work.Pulls) == 0 {
		t.Fatalf("no pull request of %s was read", child.Repo)
	}
	pull := &r.Work.Pulls[0]
	pull.State = inventory.PullOpen
	l.courses[pull.Ref.Key()] = inventory.Course{Child: child}
	again, err := s.a.dayPlan(t.Context(), l, "")
	if err != nil {
		t.Fatal(err)
	}
	if again.Gauge.Ready != p.Gauge.Ready-1 {
		t.Errorf("%d READY, and %d with one of them claimed", p.Gauge.Ready, again.Gauge.Ready)
	}
	for _, r := range again.Repos {
		for _, c := range r.Children {
			if c.Child.Key() == child.Key() {
				t.Errorf("%s is planned, and its pull request %s is open", child, pull.Ref)
			}
		}
	}
}

// Tomorrow's "auto" is judged by today, too.
func TestTomorrowCountsToday(t *testing.T) {
	s := demoScreen(t)
	l, err := s.a.look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.conf.Strategy = string(plan.Auto)
	d, err := s.a.dir()
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	n := 0
	for k := range l.fleet.Epics {
		for _, c := range l.fleet.Epics[k].Children {
			if c.Issue != nil && c.Issue.Closed {
				n++
				fmt.Fprintf(&lines, "%s %s #%d jules #%d\n", s.a.now().UTC().Format("2006-01-02T15:04Z"), c.Ref.Repo.Name, c.Ref.Number, l.fleet.Epics[k].Ref.Number)
			}
		}
	}
	if n < 5 {
		t.Fatalf("%d children are closed", n)
	}
	f, err := os.OpenFile(d.File("dispatch.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(lines.String()); err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	p, err := s.a.tomorrowsPlan(t.Context(), l)
	if err != nil || p.Level != plan.Moderate || !strings.Contains(p.Why, budget.DayOf(s.a.now()).String()) {
		t.Errorf("tomorrow is %s, %s (%v)", p.Level, p.Why, err)
	}
}

// What stands in the day's file and is of no use stays beside it; the day that has
// begun meanwhile, in another process, is left alone.
func TestMarksKeepWhatTheyDoNotKnow(t *testing.T) {
	s := demoScreen(t)
	var errw bytes.Buffer
	s.a.errw = &errw
	d, err := s.a.dir()
	if err != nil {
		t.Fatal(err)
	}
	file := d.File(state.DayFile)
	later := day.NewRecord(s.a.now().AddDate(0, 0, 1)).With(day.Mark{Step: day.Results}).Bytes()
	for k, odd := range []string{`{"version": 9}`, "garbage", string(later)} {
		if err := os.WriteFile(file, []byte(odd), 0o644); err != nil {
			t.Fatal(err)
		}
		sit, err := s.sitting(day.Morning)
		if err != nil {
			t.Fatal(err)
		}
		if err := sit.mark(day.Mark{Step: day.Budget}); err != nil {
			t.Fatal(err)
		}
		if r, err := day.ParseRecord(read(t, file)); err != nil || r.Date != sit.record.Date || len(r.Marks) != 1 {
			t.Errorf("%q: %+v %v", odd, r, err)
		}
		name := fmt.Sprintf("%s.kept-%d", state.DayFile, k+1)
		if got := read(t, filepath.Join(d.Path, name)); string(got) != odd || !strings.Contains(errw.String(), "is kept in "+name) {
			t.Errorf("%q is kept as %q\n%s", odd, got, errw.String())
		}
	}
	sit, err := s.sitting(day.Morning)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, later, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := sit.mark(day.Mark{Step: day.Phases}); err != nil || !bytes.Equal(read(t, file), later) {
		t.Errorf("the next day's became %s (%v)", read(t, file), err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
	}
	return raw
}

// Of many steps what they came to is printed, and a line of each that did not go as
// it was to.
func TestBrief(t *testing.T) {
	var out bytes.Buffer
	a := newApp(nil, &out, &out)
	d := newDelivery()
	d.brief = &brief{of: 4}
	ref := inventory.Ref{Repo: inventory.RepoRef{Owner: "acme", Name: "widgets"}, Number: 7}
	for k, outcome := range []orchestrator.Outcome{orchestrator.Done, orchestrator.Done, orchestrator.Refused} {
		e := orchestrator.Event{Number: k + 1, Of: 4, Outcome: outcome, Detail: "locked", Step: flows.Step{Effect: flows.Tick{Epic: ref, Child: ref}}}
		if k == 1 {
			e.Step.Effect = flows.AddLabel{Issue: ref, Label: "jules", Spends: true}
		}
		a.tell(d, e)
	}
	a.tellBrief(d)
	a.flush()
	got := out.String()
	for _, want := range []string{"refused: locked", "2 of 4 steps done: 1 label, 1 tick", "dispatched: acme/widgets#7"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n"); n != 3 || len(d.shape.Results) != 3 {
		t.Errorf("%d lines and %d results:\n%s", n, len(d.shape.Results), got)
	}
}

// A member is added behind their repositories: broken off between, it can be run again.
func TestTeamAddBrokenOff(t *testing.T) {
	root := t.TempDir()
	folder := filepath.Join(root, config.DirName)
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	team := "members:\n  - login: owner\n    repos: [widgets]\n"
	put("config.yaml", "org: acme\n")
	put("inventory.yaml", "repos:\n  - name: widgets\n")
	put("team.yaml", team)
	a := newApp(nil, &bytes.Buffer{}, &bytes.Buffer{})
	t.Cleanup(a.close)
	a.opt.dir = root
	d, err := a.dir()
	if err != nil {
		t.Fatal(err)
	}
	m := budget.Member{Login: "newbie", Quota: 5, Repos: []string{"gadgets"}}
	change := func() (c teamChange) {
		file, err := config.AddMember(d, "acme", m)
		if err != nil {
			t.Fatal(err)
		}
		list, err := config.ChangeInventory(d, "acme", config.AddRepo(config.Repo{Ref: inventory.RepoRef{Owner: "acme", Name: "gadgets"}}))
		if err != nil {
			t.Fatal(err)
		}
		return teamChange{files: []config.Change{file, list}}
	}
	c := change()
	put("team.yaml", team+"# meanwhile\n")
	if _, err := a.changeTeam(t.Context(), d, c, sendOptions{yes: true}); err == nil {
		t.Fatal("a file that has changed was written over")
	}
	if !strings.Contains(string(read(t, d.File("inventory.yaml"))), "gadgets") {
		t.Error("the repositories did not come first")
	}
	if _, err := a.changeTeam(t.Context(), d, change(), sendOptions{yes: true}); err != nil || !strings.Contains(string(read(t, d.File("team.yaml"))), "newbie") {
		t.Errorf("run again: %v", err)
	}
	if n := strings.Count(string(read(t, d.File("inventory.yaml"))), "gadgets"); n != 1 {
		t.Errorf("gadgets is listed %d times", n)
	}
}
