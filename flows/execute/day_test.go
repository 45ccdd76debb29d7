package execute

import (
	"strings"
	"testing"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// A day's dispatches keep to what was decided for all epics at once: which children,
// who implements them, and who is charged.
func TestADayKeepsToWhatWasDecided(t *testing.T) {
	w := world("- [ ] #1\n- [ ] #2\n- [ ] #3\n", 2, issue(home, 1, "one", ""), issue(home, 2, "two", ""), issue(home, 3, "three", ""),
		issue(away, 50, "epic(quality): more", "- [ ] #51\n"), issue(away, 51, "more", ""))
	w.Rules.Labels["codex"] = "codex"
	w.Budget.Team.Members = []budget.Member{{Login: "m", Quota: 1, Every: true}, {Login: "n", Quota: 2, Repos: []string{"a"}}}
	d := Day{Dispatch: dispatch(0)}
	d.Dispatch.Labels["codex"] = "codex"
	child := func(repo inventory.RepoRef, n, epic int, agent, member string) {
		d.Children = append(d.Children, Given{inventory.Ref{Repo: repo, Number: n}, inventory.Ref{Repo: repo, Number: epic}, agent, member})
	}
	child(home, 3, 100, "jules", "n")
	child(home, 1, 100, "codex", "n")
	child(away, 51, 50, "jules", "m")
	plans, err := d.Plans(w)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range plans {
		if len(p.Skipped) > 0 {
			t.Errorf("%s leaves out %v", p.Target, p.Skipped)
		}
		for _, s := range p.Steps {
			if s.Effect.Kind() == "reserve" || s.Effect.Kind() == "label" {
				got = append(got, s.Effect.Kind()+" "+s.Effect.Target()+" "+s.Effect.Detail())
			}
		}
	}
	want := "reserve org/a#1 codex @n, label org/a#1 codex, reserve org/a#3 jules @n, label org/a#3 jules, reserve org/b#51 jules @m, label org/b#51 jules"
	if strings.Join(got, ", ") != want {
		t.Errorf("%s\nwant\n%s", strings.Join(got, ", "), want)
	}
	w.Budget.Team.Members[1].Quota = 1 // meanwhile
	if _, err := d.Plans(w); err == nil {
		t.Error("the plan passes a quota")
	}
}

// Nobody pays for a child whose pull request is open, and what stayed red goes to the
// other agent, as with a watch.
func TestADayMindsWhatIsRemembered(t *testing.T) {
	w := world("- [ ] #1\n- [ ] #2\n", 2, issue(home, 1, "one", ""), issue(home, 2, "two", ""))
	w.Rules.Labels["codex"] = "codex"
	one, two := inventory.Ref{Repo: home, Number: 1}, inventory.Ref{Repo: home, Number: 2}
	open, red := inventory.Ref{Repo: home, Number: 11}, inventory.Ref{Repo: home, Number: 12}
	repo, _ := w.Snapshot.Repo(home)
	repo.Work = &inventory.Work{Pulls: []inventory.PullWork{{Pull: inventory.Pull{Ref: open}, State: inventory.PullOpen}}}
	failed := inventory.Course{Child: two, Ended: inventory.PullClosed}
	for _, sha := range []string{"a", "b", "c"} {
		failed.Heads = append(failed.Heads, inventory.Head{SHA: sha, Red: true})
	}
	w.Courses = map[string]inventory.Course{open.Key(): {Child: one}, red.Key(): failed}
	d := Day{Dispatch: dispatch(0), Reassign: "codex"}
	d.Dispatch.Labels["codex"] = "codex"
	epic := inventory.Ref{Repo: home, Number: 100}
	d.Children = []Given{{one, epic, "jules", "m"}, {two, epic, "jules", "m"}}
	plans, err := d.Plans(w)
	if err != nil || len(plans) != 1 {
		t.Fatalf("%v %v", plans, err)
	}
	if got := plans[0].Skipped; len(got) != 1 || got[0].Target != one.String() || !strings.Contains(got[0].Reason, "#11 is open") {
		t.Errorf("left out: %v", got)
	}
	labels := ""
	for _, s := range plans[0].Steps {
		if s.Effect.Kind() == "label" {
			labels += s.Effect.Target() + " " + s.Effect.Detail()
		}
	}
	if labels != two.String()+" codex" {
		t.Errorf("dispatched: %s", labels)
	}
}
