package people

import (
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// busy is a village with two red pull requests of the agent, a stranger's issue, and an issue just closed; then its
// maintainers or strangers do one act now and then.
func busy(t *testing.T, kind, act string) *place {
	pl := village(t, "", agent(func(a *Profile) { a.Broken, a.Repair, a.Strangers = 1, 0, 1 }))
	pl.call("widgets", 2, epicBranch)
	pl.call("widgets", 3, epicBranch)
	pl.do("eve", func(tx *world.Tx) error {
		repo, _ := tx.Repo("acme", "widgets")
		_, err := tx.CreateIssue(repo, world.NewIssue{Title: "please add a thing"})
		return err
	})
	pl.do("ann", func(tx *world.Tx) error {
		repo, _ := tx.Repo("acme", "widgets")
		_, err := tx.EditIssue(tx.Issue(repo.ID, 9), state("closed", "completed"))
		return err
	})
	pl.pass(2 * time.Hour)
	m := pl.p.Manners()
	r := Round{Every: Delay{10 * minute, 10 * minute}, Acts: map[string]int{act: 1}}
	if kind == "maintain" {
		m.Maintainers = r
	} else {
		m.Strangers = r
	}
	if err := pl.p.SetManners(m); err != nil {
		t.Fatal(err)
	}
	return pl
}

// TestEveryActOfMaintainersHappens: each act of the presets is one that can be done, and does something.
func TestEveryActOfMaintainersHappens(t *testing.T) {
	done := map[string]func(pl *place, tx *world.Tx, e *world.Event) bool{
		"close-pull": func(_ *place, tx *world.Tx, e *world.Event) bool {
			return e.Kind == world.ClosedEvent && tx.IssueByID(e.IssueID).Pull != nil && !tx.IssueByID(e.IssueID).Pull.Merged
		},
		"merge-pull": func(_ *place, tx *world.Tx, e *world.Event) bool { return e.Kind == world.Merged },
		"rename":     func(_ *place, tx *world.Tx, e *world.Event) bool { return e.Kind == world.Renamed },
		"edit-epic":  nil,
		"close-child": func(_ *place, tx *world.Tx, e *world.Event) bool {
			return e.Kind == world.ClosedEvent && tx.IssueByID(e.IssueID).Number <= 6
		},
		"accept": func(_ *place, tx *world.Tx, e *world.Event) bool {
			return e.Kind == world.Labeled && e.Label == "accepted" && tx.User(tx.IssueByID(e.IssueID).AuthorID).Login == "eve"
		},
		"reopen": func(_ *place, tx *world.Tx, e *world.Event) bool { return e.Kind == world.Reopened },
		"label-off": func(_ *place, tx *world.Tx, e *world.Event) bool {
			return e.Kind == world.Unlabeled && e.Label == "jules"
		},
		"label-on": func(_ *place, tx *world.Tx, e *world.Event) bool {
			return e.Kind == world.Labeled && e.Label == "jules"
		},
		"rerun": nil,
		"draft": func(_ *place, tx *world.Tx, e *world.Event) bool { return e.Kind == world.ConvertedDraft },
	}
	for act := range Lively().Maintainers.Acts {
		check, known := done[act]
		if !known {
			t.Errorf("nobody looks at %q", act)
			continue
		}
		pl := busy(t, "maintain", act)
		var last int64
		var body string
		pl.see(func(tx *world.Tx) {
			for _, e := range tx.EventsAfter(0) {
				last = e.ID
			}
			repo, _ := tx.Repo("acme", "widgets")
			body = tx.Issue(repo.ID, 1).Body
		})
		pl.pass(2 * time.Hour)
		found := check == nil
		pl.see(func(tx *world.Tx) {
			for _, e := range tx.EventsAfter(last) {
				found = found || check(pl, tx, e)
			}
			if repo, _ := tx.Repo("acme", "widgets"); act == "edit-epic" && tx.Issue(repo.ID, 1).Body == body {
				plain, _ := tx.Repo("acme", "plain")
				found = tx.Issue(plain.ID, 1).Body != body
			}
		})
		counted := 0
		for what, n := range pl.count() {
			if strings.HasPrefix(what, "maintain."+act) {
				counted += n
			}
			if strings.HasPrefix(what, "refused.") {
				t.Errorf("%s: %s", act, what)
			}
		}
		if !found || counted == 0 {
			t.Errorf("%s: done %v, counted %d: %v", act, found, counted, pl.count())
		}
	}
}

// TestStrangersOnlyDoWhatStrangersCan: each act happens, in the name of one without a say.
func TestStrangersOnlyDoWhatStrangersCan(t *testing.T) {
	for act := range Lively().Strangers.Acts {
		pl := busy(t, "stray", act)
		pl.pass(time.Hour)
		if pl.count()["stray."+act] == 0 {
			t.Errorf("%s never happened: %v", act, pl.count())
		}
		pl.see(func(tx *world.Tx) {
			for what := range pl.count() {
				if strings.HasPrefix(what, "refused.") {
					t.Errorf("%s: %s", act, what)
				}
			}
			repo, _ := tx.Repo("acme", "widgets")
			eve := tx.UserByLogin("eve")
			var last *world.Issue
			for _, i := range tx.Issues(repo.ID) {
				if i.AuthorID == eve.ID {
					last = i
				}
			}
			if got := tx.AuthorAssociation(last); got != "NONE" && got != "FIRST_TIME_CONTRIBUTOR" {
				t.Errorf("%s: by a %s", act, got)
			}
			if strings.HasSuffix(act, "pull") || act == "mention" {
				if last.Pull == nil || last.Pull.HeadRepoID == repo.ID {
					t.Errorf("%s: %+v is no pull request from a fork", act, last)
				}
			}
			if act == "many-pull" {
				named := 0
				for _, n := range []int{2, 3} {
					for _, e := range tx.Events(tx.Issue(repo.ID, n).ID) {
						if e.Kind == world.CrossReferenced && e.SourceID == last.ID {
							named++
						}
					}
				}
				if named != 2 {
					t.Errorf("many-pull names %d children", named)
				}
			}
		})
	}
}

func TestOtherMannersEndTheRoundsOfThoseBefore(t *testing.T) {
	pl := busy(t, "maintain", "rename")
	pl.pass(time.Hour)
	n := pl.count()["maintain.rename"]
	for range 3 {
		if err := pl.p.SetManners(agent(nil)); err != nil {
			t.Fatal(err)
		}
	}
	pl.pass(5 * time.Hour)
	if got := pl.count()["maintain.rename"]; got != n || n == 0 {
		t.Errorf("%d renames, then %d", n, got)
	}
}

func TestPeopleSentAwayRestAndComeBackWhereTheyStood(t *testing.T) {
	pl := village(t, "", agent(nil))
	i := pl.call("widgets", 2, epicBranch)
	pl.pass(2 * time.Minute)
	if err := pl.p.SetManners(None()); err != nil {
		t.Fatal(err)
	}
	pl.pass(5 * time.Hour)
	if len(pl.pullsOf(i)) != 0 {
		t.Fatal("somebody worked")
	}
	left := pl.w.Now()
	if err := pl.p.SetManners(agent(nil)); err != nil {
		t.Fatal(err)
	}
	pl.pass(time.Minute)
	if pull := pl.pull(i); pull.CreatedAt.Before(left) {
		t.Errorf("opened at %s, while everybody was away until %s", pull.CreatedAt, left)
	}
}
