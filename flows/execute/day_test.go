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
