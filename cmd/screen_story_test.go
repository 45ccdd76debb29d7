package cmd

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// TestTheScreensStory goes by the engine the way that the screen's keys go: audit,
// epics of some issues, dispatch, a follow, and back again. Nothing is written
// before a proposal is applied.
func TestTheScreensStory(t *testing.T) {
	s := demoScreen(t)
	v, err := s.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var repo inventory.RepoRef // with the fewest audits, so that it is quick
	least := 0
	for _, r := range v.Fleet.Rows {
		if n := len(r.Audits); n > 0 && (least == 0 || n < least || n == least && r.Repo.OpenIssues > 3) {
			repo, least = r.Repo.Ref, n
		}
	}
	writes := func() int {
		n := 0
		for _, q := range s.a.sim.Requests().Since(0) {
			if len(q.Effect) > 0 {
				n++
			}
		}
		return n
	}
	propose := func(ask tui.Ask) orchestrator.Proposal {
		t.Helper()
		before := writes()
		p, err := s.Propose(t.Context(), ask)
		if err != nil {
			t.Fatalf("%+v: %v", ask, err)
		}
		if n := writes() - before; n != 0 {
			t.Fatalf("planning %s wrote %d times", ask.Verb, n)
		}
		return p
	}
	apply := func(p orchestrator.Proposal) (events []orchestrator.Event) {
		t.Helper()
		err := s.Apply(t.Context(), p.ID, func(e orchestrator.Event) { events = append(events, e) })
		if further := (*tui.Further)(nil); err != nil && !errors.As(err, &further) {
			t.Fatal(err)
		}
		return events
	}

	p := propose(tui.Ask{Verb: tui.Audit, Repos: []inventory.RepoRef{repo}})
	if p.Empty() || !strings.Contains(p.Later, "later rounds") || p.Command != "core dev audit "+repo.String() {
		t.Fatalf("%+v", p)
	}
	events := apply(p)
	last := events[len(events)-1].Progress
	if last.Done != last.Of || last.Of != len(events) {
		t.Errorf("all rounds together: %+v after %d events", last, len(events))
	}
	if v, err = s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	row, _ := v.Fleet.Row(repo)
	if len(row.Audits) != 0 {
		t.Errorf("audits %v are left", row.Audits)
	}

	if p = propose(tui.Ask{Verb: tui.Audit, Repos: []inventory.RepoRef{repo}}); !p.Empty() {
		t.Error("an audit that is done has steps")
	}
	var busy inventory.RepoRef // that has issues enough for an epic of some of them
	for _, r := range v.Fleet.Rows {
		if r.Stage == inventory.StageOrganise && r.Repo.OpenIssues > 8 {
			busy = r.Repo.Ref
		}
	}
	row, _ = v.Fleet.Row(busy)
	var some []inventory.Ref
	for _, i := range row.Repo.Issues {
		if !i.Closed && !i.IsPull && !inventory.IsAuditTitle(i.Title) && !inventory.IsFeature(i.Title) && len(some) < 4 {
			some = append(some, i.Ref)
		}
	}
	p = propose(tui.Ask{Verb: tui.Organise, Repos: []inventory.RepoRef{busy}, Issues: some})
	if p.Empty() || p.Command != "" {
		t.Fatalf("of %d issues: %+v", len(some), p)
	}
	apply(p)
	for range 3 { // what was not announced is shown first
		if p = propose(tui.Ask{Verb: tui.Organise, Repos: []inventory.RepoRef{busy}, Issues: some}); !p.Empty() {
			apply(p)
		}
	}
	if v, err = s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(v.Fleet.Of(busy)); n != 1 {
		t.Fatalf("%d epics", n)
	}
	made := v.Fleet.Of(busy)[0]
	for _, c := range made.Children { // one that is somebody's, or dispatched, is none
		if !slices.ContainsFunc(some, func(r inventory.Ref) bool { return r.Key() == c.Ref.Key() }) {
			t.Errorf("%s was not marked, and is a child", c.Ref)
		}
	}
	if n := len(made.Children); n < 3 {
		t.Errorf("%d children of %d issues that were marked", n, len(some))
	}

	var epics []inventory.Ref
	for k := range v.Fleet.Epics {
		if e := &v.Fleet.Epics[k]; len(e.Ready()) > 0 && !e.Ref.Repo.Same(busy) {
			epics = append(epics, e.Ref)
		}
	}
	p = propose(tui.Ask{Verb: tui.Dispatch, Epics: epics[:2], Max: 1})
	if p.Cost().Tasks != 2 || !strings.Contains(p.Command, " && ") {
		t.Fatalf("two epics, a child each: %+v", p)
	}
	apply(p)
	if days, err := s.Spent(); err != nil || len(days) != spentDays || days[spentDays-1].Used != 2 {
		t.Errorf("spent %+v, %v", days, err)
	}
	pulls, err := s.Pulls(t.Context())
	if err != nil || len(pulls) == 0 {
		t.Errorf("%d pull requests, %v", len(pulls), err)
	}

	if _, err := s.Follow(t.Context(), func(orchestrator.Event) {}); err == nil {
		t.Fatal("it follows what nobody approved")
	}
	p = propose(tui.Ask{Verb: tui.Follow})
	if !strings.Contains(p.Later, "without asking") {
		t.Errorf("a follow says %q of what comes later", p.Later)
	}
	apply(p)
	round, err := s.Follow(t.Context(), func(orchestrator.Event) {})
	if err != nil || round.View.Fleet == nil || len(round.Pulls) == 0 || round.Pause <= 0 {
		t.Errorf("%+v, %v", round, err)
	}

	before := writes()
	ahead, err := s.Ahead(t.Context())
	if err != nil || ahead.Tasks == 0 || len(ahead.Shares) == 0 || len(ahead.Epics) == 0 || len(ahead.Picture) == 0 {
		t.Errorf("ahead %+v, %v", ahead, err)
	}
	day, err := s.Sittings(t.Context())
	if err != nil || len(day) != 11 {
		t.Errorf("%d steps of the day, %v", len(day), err)
	}
	if n := writes() - before; n != 0 {
		t.Errorf("looking ahead wrote %d times", n)
	}
	for _, step := range day {
		if step.Problem != nil || step.Said == "" {
			t.Errorf("%+v", step)
		}
	}
	if p = propose(tui.Ask{Verb: tui.Plan}); p.Cost().Tasks != ahead.Tasks {
		t.Errorf("the day's plan costs %d tasks, %d were said", p.Cost().Tasks, ahead.Tasks)
	}
	for _, step := range day {
		if step.Sends && step.Session == "midday" {
			apply(propose(tui.Ask{Verb: tui.Sit, Step: step.Step}))
			if day, err = s.Sittings(t.Context()); err != nil || day[step.Step-1].State == "open" {
				t.Errorf("after step %d: %+v, %v", step.Step, day, err)
			}
			break
		}
	}

	p = propose(tui.Ask{Verb: tui.Tick, Epics: epics[:1]})
	if p.Cost().Tasks != 0 || !strings.HasSuffix(p.Command, "--sync") {
		t.Errorf("a tick: %+v", p)
	}
	p = propose(tui.Ask{Verb: tui.Undo})
	if p.Empty() || !strings.HasPrefix(p.Command, "core dev undo --run ") {
		t.Errorf("an undo: %+v", p)
	}
	if _, err := s.Propose(t.Context(), tui.Ask{Verb: "nonsense"}); err == nil {
		t.Error("nonsense was planned")
	}
	var stale *orchestrator.Stale
	if err := s.Apply(t.Context(), "none", func(orchestrator.Event) {}); !errors.As(err, &stale) {
		t.Errorf("%v", err)
	}
}
