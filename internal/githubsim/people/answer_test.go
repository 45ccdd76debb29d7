package people

import (
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// rivals are two pull requests that conflict, of which the first was merged.
func rivals(t *testing.T, change func(*Profile)) (*place, *world.Issue) {
	pl := village(t, "", agent(func(a *Profile) {
		a.Overlap = 1
		if change != nil {
			change(a)
		}
	}))
	a, b := pl.call("widgets", 2, epicBranch), pl.call("widgets", 3, epicBranch)
	pl.pass(90 * time.Minute)
	first, second := pl.pull(a), pl.pull(b)
	if pl.mergeable(first) != world.Mergeable || pl.mergeable(second) != world.Mergeable {
		t.Fatal("one does not merge to begin with")
	}
	pl.do("ann", func(tx *world.Tx) error { _, err := tx.MergePull(first, world.Merge{Method: "squash"}); return err })
	if got := pl.mergeable(second); got != world.Conflicting {
		t.Fatalf("the second is %s: they touch nothing in common", got)
	}
	return pl, second
}

func TestAskedToFixAConflictTheAgentMergesForReal(t *testing.T) {
	pl, pull := rivals(t, nil)
	head := pull.Pull.HeadSHA
	c := pl.say("ann", pull, askConflict)
	pl.pass(2 * time.Minute)
	if !pl.eyes(c.ID) {
		t.Error("no eyes on the comment")
	}
	pl.pass(time.Hour)
	pull = pl.now(pull)
	if pull.Pull.HeadSHA == head || pl.mergeable(pull) != world.Mergeable {
		t.Fatalf("head %s, %s", pull.Pull.HeadSHA, pl.mergeable(pull))
	}
	pl.see(func(tx *world.Tx) {
		repo := tx.RepoByID(pull.RepoID)
		m, err := tx.Commit(repo, pull.Pull.HeadSHA)
		if err != nil || len(m.Parents) != 2 || m.Parents[0] != head {
			t.Errorf("the head is %+v, %v", m, err)
		}
		log, err := tx.File(repo, pull.Pull.HeadSHA, changelog)
		want := changelogHead + "- fix(part3): mend it (#3)\n- fix(part2): mend it (#2)\n"
		if err != nil || string(log.Content) != want {
			t.Errorf("change log %q, want %q", log.Content, want)
		}
	})
	pl.do("ann", func(tx *world.Tx) error { _, err := tx.MergePull(pull, world.Merge{Method: "squash"}); return err })
}

func TestABadAnswerLeavesTheConflict(t *testing.T) {
	pl, pull := rivals(t, func(a *Profile) { a.Badly = 1 })
	pl.say("ann", pull, askConflict)
	pl.pass(2 * time.Hour)
	if now := pl.now(pull); now.Pull.HeadSHA == pull.Pull.HeadSHA || pl.mergeable(now) != world.Conflicting {
		t.Errorf("a new head: %v; %s", now.Pull.HeadSHA != pull.Pull.HeadSHA, pl.mergeable(now))
	}
	pl.counted("agent.fixed-conflict.badly")
}

func TestASilentAgentPushesNothing(t *testing.T) {
	pl, pull := rivals(t, func(a *Profile) { a.Silent = 1 })
	pl.say("ann", pull, askConflict)
	pl.pass(48 * time.Hour)
	if pl.now(pull).Pull.HeadSHA != pull.Pull.HeadSHA {
		t.Error("it answered")
	}
	pl.counted("agent.silent")
}

func TestOnlyTheExactWordsAreAnIntervention(t *testing.T) {
	pl, pull := rivals(t, nil)
	pl.say("ann", pull, "Can you fix the merge conflicts?")
	pl.say("eve", pull, askConflict) // a stranger, whom calm agents do not obey
	pl.say(jules, pull, askConflict)
	pl.pass(5 * time.Hour)
	if pl.now(pull).Pull.HeadSHA != pull.Pull.HeadSHA {
		t.Error("it answered")
	}
	pl.counted("agent.stranger-ignored")
}

func TestAskedToFixReviewsTheAgentTouchesWhatWasRemarkedOn(t *testing.T) {
	for _, bad := range []Chance{0, 1} {
		pl := village(t, "", agent(func(a *Profile) { a.Badly = bad }))
		pull := pl.pullAfter(pl.call("widgets", 2, epicBranch))
		pl.do("bob", func(tx *world.Tx) error {
			files, err := tx.PullFiles(pull)
			if err != nil {
				return err
			}
			_, err = tx.CreateReview(pull, world.NewReview{State: "CHANGES_REQUESTED", Body: "No.", Threads: []world.NewThread{
				{Path: files[0].Path, Line: 1, Body: "Why?"}, {Path: "main.go", Line: 1, Body: "And this?"}}})
			return err
		})
		c := pl.say("ann", pull, askReviews)
		pl.pass(time.Hour)
		now := pl.now(pull)
		if !pl.eyes(c.ID) || now.Pull.HeadSHA == pull.Pull.HeadSHA {
			t.Fatalf("badly %v: eyes %v, head %s", bad, pl.eyes(c.ID), now.Pull.HeadSHA)
		}
		pl.see(func(tx *world.Tx) {
			for _, th := range tx.Threads(pull.ID) {
				if th.Outdated == (bad == 1) || th.Resolved {
					t.Errorf("badly %v: thread on %s outdated %v, resolved %v", bad, th.Path, th.Outdated, th.Resolved)
				}
			}
		})
	}
}

// pullAfter is the pull request that an agent opens for an issue it was called for.
func (pl *place) pullAfter(i *world.Issue) *world.Issue {
	pl.t.Helper()
	pl.pass(90 * time.Minute)
	return pl.pull(i)
}

func TestAFailedCheckIsRepaired(t *testing.T) {
	pl := village(t, "", agent(func(a *Profile) { a.Broken, a.RepairAfter = 1, Delay{3 * hour, 3 * hour} }))
	pull := pl.pullAfter(pl.call("widgets", 2, epicBranch))
	if pl.rollup(pull) != "FAILURE" {
		t.Fatalf("checks %s, want a failure", pl.rollup(pull))
	}
	pl.pass(4 * time.Hour)
	if now := pl.now(pull); now.Pull.HeadSHA == pull.Pull.HeadSHA || pl.rollup(now) != "SUCCESS" {
		t.Errorf("new head %v, checks %s", now.Pull.HeadSHA != pull.Pull.HeadSHA, pl.rollup(now))
	}
	pl.counted("agent.repaired")
}

func TestAHopelessTaskStaysRed(t *testing.T) {
	pl := village(t, "", agent(func(a *Profile) { a.Hopeless = 1 }))
	pull := pl.pullAfter(pl.call("widgets", 2, epicBranch))
	pl.pass(5 * time.Hour)
	heads := pl.count()["agent.repaired"]
	if pl.now(pull).Pull.HeadSHA == pull.Pull.HeadSHA || heads < 3 {
		t.Errorf("%d heads", heads)
	}
	pl.see(func(tx *world.Tx) {
		commits, err := tx.PullCommits(tx.IssueByID(pull.ID))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range commits {
			if tx.Rollup(pull.RepoID, c.SHA) == "SUCCESS" {
				t.Errorf("%s is green", c.SHA)
			}
		}
	})
}

func TestADefectTravelsWithAMergeAndEndsWithItsFile(t *testing.T) {
	pl := village(t, "", agent(func(a *Profile) { a.Broken, a.Repair = 1, 0 }))
	pull := pl.pullAfter(pl.call("widgets", 2, epicBranch))
	pl.do("ann", func(tx *world.Tx) error { _, err := tx.MergePull(pull, world.Merge{Method: "squash"}); return err })
	pl.pass(time.Hour)
	tip := func() (sha, state string) {
		pl.see(func(tx *world.Tx) {
			sha = tx.RepoByID(pull.RepoID).Refs["refs/heads/"+epicBranch]
			state = tx.Rollup(pull.RepoID, sha)
		})
		return sha, state
	}
	sha, red := tip()
	if red != "FAILURE" {
		t.Fatalf("the epic branch is %s after the merge", red)
	}
	pl.do("ann", func(tx *world.Tx) error {
		repo := tx.RepoByID(pull.RepoID)
		files, err := tx.Compare(repo, "dev", sha)
		if err != nil {
			return err
		}
		path := files.Files[0].Path
		old, err := tx.File(repo, sha, path)
		if err != nil {
			return err
		}
		_, err = tx.PutFile(repo, world.NewFile{Path: path, Branch: epicBranch, SHA: old.SHA, Content: []byte("package solved\n")})
		return err
	})
	pl.pass(time.Hour)
	if _, state := tip(); state != "SUCCESS" {
		t.Errorf("the epic branch is %s after the file was mended", state)
	}
}
