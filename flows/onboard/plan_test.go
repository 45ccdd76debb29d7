package onboard

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/epic"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/finding"
)

var (
	home = inventory.RepoRef{Owner: "acme", Name: "app"}
	now  = time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
)

func onboarding() Onboard {
	known := map[string][]finding.Finding{}
	return Onboard{
		Repo: home,
		Read: func(i inventory.Issue) []finding.Finding {
			if known[i.Body] == nil {
				known[i.Body] = finding.Read(i.Title, i.Body)
			}
			return known[i.Body]
		},
		Themes:   []epic.Theme{{Name: "security", Words: []string{"security"}}, {Name: "quality", Words: []string{"quality"}}, {Name: "testing", Words: []string{"testing"}}, {Name: "docs", Words: []string{"docs"}}, {Name: "performance", Words: []string{"performance"}}},
		Dispatch: execute.Dispatch{Max: 1, Agent: "jules", Labels: map[string]string{"jules": "jules"}},
		Stages:   Stages{Audit: true, Organise: true, Dispatch: true, Direct: true},
	}
}

// world is a repository whose audits hold so many findings each, with so many
// other issues.
func world(quota int, audits []int, others int) flows.World {
	r := inventory.Repo{Ref: home, DefaultBranch: "dev", DefaultHead: "abc", Permission: "ADMIN", Details: &inventory.Details{SubIssues: true}}
	add := func(title, body string) {
		r.Details.Newest++
		r.OpenIssues++
		r.Issues = append(r.Issues, inventory.Issue{Ref: inventory.Ref{Repo: home, Number: r.Details.Newest}, Title: title, Body: body, Author: "owner", Association: "OWNER"})
	}
	for _, n := range audits {
		var b strings.Builder
		for k := range n {
			fmt.Fprintf(&b, "## %d. The number %d is never checked in part %c\n\n**Severity:** High\n\n`pkg%d/file.go:%d` does not check it.\n\n", k+1, k+1, 'a'+rune(k%26), k%5, k+1)
		}
		add("[Audit] everything", b.String())
	}
	for k := range others {
		add(fmt.Sprintf("fix(part): thing %d", k), "")
	}
	s := &inventory.Snapshot{Host: "github.com", Viewer: "owner", Dependencies: true, Repos: []inventory.Repo{r}}
	rules := inventory.Rules{Labels: map[string]string{"jules": "jules"}}
	f := inventory.Assess(s, rules, nil)
	team := budget.Team{Owner: "acme", Members: []budget.Member{{Login: "owner", Quota: quota, Every: true}}}
	return flows.World{Snapshot: s, Fleet: &f, Rules: rules, Records: inventory.Records{}, Now: now, Budget: budget.State{Now: now, Team: team, Agents: []budget.Agent{{Name: "jules"}}}}
}

func TestACourseGoesFromAuditToDispatch(t *testing.T) {
	plans, err := onboarding().Course(world(300, []int{4, 2}, 1))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range plans {
		got = append(got, fmt.Sprintf("%s %d tasks %d", p.Flow, len(p.Steps), p.Cost.Tasks))
	}
	t.Log(got)
	last := plans[len(plans)-1]
	if last.Flow != "dispatch" || last.Cost.Tasks != 1 {
		t.Errorf("%v", got)
	}
}

// TestEveryCourseEnds: whatever the repository, its course ends, and on the
// world it leaves nothing is left to do.
func TestEveryCourseEnds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		quota := rapid.IntRange(0, 4).Draw(rt, "quota")
		audits := rapid.SliceOfN(rapid.IntRange(0, 9), 0, 12).Draw(rt, "audits")
		w := world(quota, audits, rapid.IntRange(0, 20).Draw(rt, "others"))
		o := onboarding()
		plans, err := o.Course(w)
		if err != nil {
			for _, p := range plans {
				rt.Logf("%s %+v", p.Flow, p.Steps)
			}
			rt.Fatal(err)
		}
		tasks := 0
		for _, p := range plans {
			w = flows.Imagine(w, p)
			tasks += p.Cost.Tasks
		}
		if p := o.Plan(w); len(p.Steps) > 0 {
			rt.Fatalf("%+v", p)
		}
		if tasks > quota {
			rt.Fatalf("%d tasks of %d", tasks, quota)
		}
		row, _ := w.Fleet.Row(home)
		if len(row.Audits) > 0 {
			rt.Fatalf("audits are open: %v", row.Audits)
		}
	})
}

// TestWhatWasTakenBackIsImaginedOpen: the course of an onboarding that was taken
// back opens what it closed, once each, and makes nothing a second time.
func TestWhatWasTakenBackIsImaginedOpen(t *testing.T) {
	w := world(300, []int{4, 2}, 1)
	o := onboarding()
	plans, err := o.Course(w)
	if err != nil {
		t.Fatal(err)
	}
	first := w.Snapshot.Repos[0].Details.Newest
	for _, p := range plans {
		w = flows.Imagine(w, p)
	}
	r := &w.Snapshot.Repos[0]
	back, open := map[string]bool{}, r.Issues[:0:0]
	for _, i := range r.Issues {
		i.Labels, i.LabelEvents, i.BlockedBy = nil, nil, nil
		switch {
		case i.Ref.Number > first:
			back[i.Ref.Key()] = true
			i.Closed, i.StateReason, i.ClosedAt = true, "NOT_PLANNED", now
			r.Details.Made = append(r.Details.Made, i)
			r.OpenIssues--
			if i.Ref.Number%2 == 0 { // a child of an epic that was read without its text
				i.Body = ""
				open = append(open, i)
			}
			continue
		case i.Closed:
			i.Closed, i.StateReason = false, "REOPENED"
			r.OpenIssues++
		}
		open = append(open, i)
	}
	r.Issues = open
	f := inventory.Assess(w.Snapshot, w.Rules, nil)
	w.Fleet, w.Records = &f, inventory.Records{}
	w.TakenBack = func(i inventory.Ref) time.Time {
		if back[i.Key()] {
			return now
		}
		return time.Time{}
	}
	plans, err = o.Course(w)
	if err != nil {
		t.Error(err)
	}
	opened := map[string]int{}
	for _, p := range plans {
		for _, s := range p.Steps {
			switch e := s.Effect.(type) {
			case flows.MakeIssue:
				t.Errorf("%s makes %q anew", p.Flow, e.Title)
			case flows.ReopenIssue:
				opened[e.Issue.Key()]++
			}
		}
	}
	for key := range back {
		if opened[key] != 1 {
			t.Errorf("%s is opened %d times", key, opened[key])
		}
	}
}
