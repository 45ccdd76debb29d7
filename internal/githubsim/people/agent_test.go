package people

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

const epicBranch = "epic/1-quality"

func TestALabelledIssueGetsEyesThenAPullRequestOntoItsTarget(t *testing.T) {
	pl := village(t, "", agent(nil))
	i := pl.call("widgets", 2, epicBranch)
	pl.pass(2 * time.Minute)
	pl.see(func(tx *world.Tx) {
		eyes := tx.Reactions(i.ID)
		if len(eyes) != 1 || eyes[0].Content != "eyes" || tx.User(eyes[0].UserID).Login != jules {
			t.Fatalf("reactions %+v, want the agent's eyes", eyes)
		}
		if at := eyes[0].CreatedAt; at.Before(day0.Add(10*time.Second)) || at.After(day0.Add(time.Minute)) {
			t.Errorf("eyes at %s", at)
		}
	})
	pl.pass(40 * time.Minute)
	pull := pl.pull(i)
	if p := pull.Pull; p.BaseRef != epicBranch || p.Draft || p.HeadRepoID != pull.RepoID || p.HeadRef == epicBranch {
		t.Errorf("pull request %+v", p)
	}
	pl.see(func(tx *world.Tx) {
		if author := tx.User(pull.AuthorID); author.Login != jules || author.Kind != world.Bot {
			t.Errorf("by %+v", author)
		}
		if files, err := tx.PullFiles(pull); err != nil || len(files) == 0 {
			t.Errorf("files %v, %v", files, err)
		}
		if len(tx.ClosingIssues(pull)) != 0 {
			t.Error("it closes issues, though not onto the default branch")
		}
		if mine := tx.LabelsOf(i); len(mine) != 0 {
			t.Errorf("labels %v of the issue before the call", mine)
		}
	})
	if pl.mergeable(pull) != world.Mergeable {
		t.Error("it does not merge")
	}
	pl.pass(20 * time.Minute)
	pl.see(func(tx *world.Tx) {
		var names []string
		for _, c := range tx.Checks(pull.RepoID, pull.Pull.HeadSHA) {
			names = append(names, c.Name+" "+c.Conclusion)
		}
		if want := []string{"test SUCCESS", "lint SUCCESS"}; !slices.Equal(names, want) {
			t.Errorf("checks %v, want %v", names, want)
		}
	})
}

func TestALabelThatABotSetCallsNobody(t *testing.T) {
	pl := village(t, "", agent(nil))
	i := pl.issue("widgets", 2)
	pl.do(jules, func(tx *world.Tx) error { _, err := tx.AddLabels(i, []string{"jules"}); return err })
	pl.pass(3 * time.Hour)
	if pl.eyes(i.ID) || len(pl.pullsOf(i)) > 0 {
		t.Error("the agent came")
	}
}

func TestALabelTakenOffAndAClosedIssueStopTheAgent(t *testing.T) {
	pl := village(t, "", agent(nil))
	off, closed, at := pl.call("widgets", 2, epicBranch), pl.call("widgets", 3, epicBranch), pl.call("widgets", 4, epicBranch)
	pl.do("ann", func(tx *world.Tx) error { _, err := tx.RemoveLabel(off, "jules"); return err })
	pl.pass(2 * time.Minute)
	pl.do("ann", func(tx *world.Tx) error { _, err := tx.EditIssue(closed, state("closed", "not_planned")); return err })
	pl.pass(2 * time.Hour)
	if pl.eyes(off.ID) || !pl.eyes(closed.ID) {
		t.Error("eyes on the issue whose label was off, or none on the other")
	}
	if len(pl.pullsOf(off))+len(pl.pullsOf(closed)) > 0 || len(pl.pullsOf(at)) != 1 {
		t.Errorf("pull requests: %v %v %v", pl.pullsOf(off), pl.pullsOf(closed), pl.pullsOf(at))
	}
	if pl.count()["agent.stopped"] != 2 {
		t.Errorf("%v", pl.count())
	}
	// One that does not notice goes on.
	pl = village(t, "", agent(func(a *Profile) { a.GoOn = 1 }))
	off = pl.call("widgets", 2, epicBranch)
	pl.do("ann", func(tx *world.Tx) error { _, err := tx.RemoveLabel(off, "jules"); return err })
	pl.pass(2 * time.Hour)
	pl.pull(off)
	pl.counted("agent.went-on")
}

func TestAtItsLimitTheAgentSaysSoAndTakesItsLabelOff(t *testing.T) {
	pl := village(t, "", agent(func(a *Profile) { a.AtOnce = 2 }))
	var issues []*world.Issue
	for n := range 3 {
		issues = append(issues, pl.call("widgets", 2+n, epicBranch))
		pl.pass(2 * time.Minute)
	}
	pl.see(func(tx *world.Tx) {
		third := tx.IssueByID(issues[2].ID)
		last := tx.Comments(third.ID)
		if body := last[len(last)-1].Body; !strings.HasPrefix(body, "You are currently at your concurrent task limit") {
			t.Errorf("it said %q", body)
		}
		if len(third.LabelIDs) != 0 {
			t.Error("the label is still on")
		}
	})
	if pl.eyes(issues[2].ID) {
		t.Error("it looked at what it refused")
	}
	pl.pass(time.Hour) // the two are done
	pl.call("widgets", 4, epicBranch)
	pl.pass(time.Hour)
	pl.pull(issues[2])
}

func TestAnAgentThatIsCalledAgainWorksAgain(t *testing.T) {
	pl := village(t, "", agent(nil))
	i := pl.call("widgets", 2, epicBranch)
	pl.pass(2 * time.Minute)
	for _, fn := range []func(*world.Tx) error{
		func(tx *world.Tx) error { _, err := tx.RemoveLabel(i, "jules"); return err },
		func(tx *world.Tx) error { _, err := tx.AddLabels(i, []string{"jules"}); return err },
	} {
		pl.do("ann", fn)
	}
	pl.pass(2 * time.Hour)
	pl.pull(i) // of the second call alone
	if busy := pl.p.book.Busy; len(busy) != 0 {
		t.Errorf("still busy: %v", busy)
	}
}

func TestWhatAnAgentMayDoWrongly(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Profile)
		want   func(*place, *world.Issue)
	}{
		"ignores": {func(a *Profile) { a.Ignore = 1 }, func(pl *place, i *world.Issue) {
			if pl.eyes(i.ID) || len(pl.pullsOf(i)) > 0 {
				t.Error("it did not ignore the call")
			}
			pl.counted("agent.ignored")
		}},
		"gives up": {func(a *Profile) { a.GiveUp = 1 }, func(pl *place, i *world.Issue) {
			if !pl.eyes(i.ID) || len(pl.pullsOf(i)) > 0 {
				t.Error("it did not give up")
			}
			pl.counted("agent.gave-up")
		}},
		"wrong base": {func(a *Profile) { a.WrongBase = 1 }, func(pl *place, i *world.Issue) {
			if p := pl.pull(i); p.Pull.BaseRef != "dev" {
				t.Errorf("onto %s", p.Pull.BaseRef)
			}
			pl.counted("agent.pull.wrong-base")
		}},
		"in the caller's name": {func(a *Profile) { a.AsCaller = 1 }, func(pl *place, i *world.Issue) {
			pl.see(func(tx *world.Tx) {
				if u := tx.User(pl.pull(i).AuthorID); u.Login != "ann" {
					t.Errorf("by %s", u.Login)
				}
			})
		}},
		"draft": {func(a *Profile) { a.Draft, a.Ready = 1, Delay{10 * hour, 10 * hour} }, func(pl *place, i *world.Issue) {
			p := pl.pull(i)
			if !p.Pull.Draft {
				t.Error("no draft")
			}
			pl.pass(12 * time.Hour)
			if pl.now(p).Pull.Draft {
				t.Error("still a draft")
			}
		}},
		"full": {func(a *Profile) { a.Full = 1 }, func(pl *place, i *world.Issue) {
			if len(pl.now(i).LabelIDs) != 0 {
				t.Error("the label is still on")
			}
			pl.counted("agent.at-limit")
		}},
	} {
		pl := village(t, "", agent(c.change))
		i := pl.call("widgets", 2, epicBranch)
		pl.pass(2 * time.Hour)
		c.want(pl, i)
		if t.Failed() {
			t.Fatalf("%s", name)
		}
	}
}

func TestAnAgentIsCalledByAssigningIt(t *testing.T) {
	m, err := Named("calm+copilot")
	if err != nil {
		t.Fatal(err)
	}
	pl := village(t, "", m)
	i := pl.issue("widgets", 2)
	pl.do("ann", func(tx *world.Tx) error { _, err := tx.AddAssignees(i, []string{"copilot-swe-agent"}); return err })
	pl.pass(2 * time.Hour)
	pull := pl.pull(i)
	pl.see(func(tx *world.Tx) {
		if u := tx.User(pull.AuthorID); u.Login != "copilot-swe-agent" || u.Kind != world.Bot {
			t.Errorf("by %+v", u)
		}
	})
	if pull.Pull.BaseRef != "dev" {
		t.Errorf("without a word about the target it went onto %s", pull.Pull.BaseRef)
	}
}
