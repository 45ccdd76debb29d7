package people

import (
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func TestARepositoryWithoutWorkflowsHasNoChecks(t *testing.T) {
	pl := village(t, "", agent(func(a *Profile) { a.Broken = 1 }))
	pull := pl.pullAfter(pl.call("plain", 2, epicBranch))
	pl.pass(2 * time.Hour)
	if got := pl.rollup(pull); got != "" {
		t.Errorf("checks %s", got)
	}
}

// states are those that the checks of a new head go through, looked at every second.
func states(pl *place, pull *world.Issue) (list []string) {
	pl.do("ann", func(tx *world.Tx) error {
		_, err := tx.PutFile(tx.RepoByID(pull.RepoID), world.NewFile{Path: "more.go", Content: []byte("package main\n"), Branch: pull.Pull.HeadRef})
		return err
	})
	head := pl.now(pull).Pull.HeadSHA
	for range 900 {
		pl.pass(time.Second)
		pl.see(func(tx *world.Tx) {
			now := "none"
			if checks := tx.Checks(pull.RepoID, head); len(checks) > 0 {
				now = checks[0].State + checks[0].Conclusion
			}
			if len(list) == 0 || list[len(list)-1] != now {
				list = append(list, now)
			}
		})
	}
	return list
}

func TestChecksWaitThenRunThenEnd(t *testing.T) {
	pl := village(t, "", agent(nil))
	got := states(pl, pl.pullAfter(pl.call("widgets", 2, epicBranch)))
	want := []string{"none", "QUEUED", "IN_PROGRESS", "COMPLETEDSUCCESS"}
	if len(got) != len(want) {
		t.Fatalf("states %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("states %v, want %v", got, want)
		}
	}
}

func TestAnAbsentCheckNeverStarts(t *testing.T) {
	m := agent(nil)
	m.CI.Absent = 1
	pl := village(t, "", m)
	pull := pl.pullAfter(pl.call("widgets", 2, epicBranch))
	pl.pass(24 * time.Hour)
	if got := pl.rollup(pull); got != "" {
		t.Errorf("checks %s", got)
	}
	pl.counted("ci.absent")
}

func TestAFlakePassesWhenItRunsAgain(t *testing.T) {
	m := agent(func(a *Profile) { a.Repair = 0 })
	m.CI.Flake = 1
	pl := village(t, "", m)
	pull := pl.pullAfter(pl.call("widgets", 2, epicBranch))
	if got := pl.rollup(pull); got != "FAILURE" {
		t.Fatalf("checks %s", got)
	}
	pl.do("ann", func(tx *world.Tx) error {
		for _, c := range tx.Checks(pull.RepoID, pull.Pull.HeadSHA) {
			if _, err := tx.RerequestCheck(c); err != nil {
				return err
			}
		}
		return nil
	})
	if got := pl.rollup(pull); got != "PENDING" {
		t.Errorf("checks %s right after they were asked for again", got)
	}
	pl.pass(time.Hour)
	if got := pl.rollup(pull); got != "SUCCESS" {
		t.Errorf("checks %s", got)
	}
}

func TestAMatrixMakesAJobForEachValue(t *testing.T) {
	p := &People{}
	w := p.parsed("x", []byte("name: CI\non: [push, pull_request]\njobs:\n  pest:\n    strategy:\n      matrix:\n        php: [\"8.2\", 8.3]\n  pint:\n    name: Style\n"))
	var got []string
	for _, j := range w.jobs("") {
		got = append(got, j.Name+"/"+j.Base)
	}
	if len(got) != 3 || got[0] != "pest (8.2)/pest" || got[1] != "pest (8.3)/pest" || got[2] != "Style/pint" {
		t.Errorf("jobs %v", got)
	}
	for text, want := range map[string]int{"on: push\njobs: {a: {}}": 0, "on: {pull_request: {}}\njobs: {a: {}}": 1, "on:\n  pull_request:\njobs: {a: {}}": 1, "{": 0, "jobs: 3": 0} {
		if got := len(p.parsed(text, []byte(text)).jobs("")); got != want {
			t.Errorf("%q asks for %d checks, want %d", text, got, want)
		}
	}
}
