package people

import (
	"fmt"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// three are pull requests in a repository with a merge queue; the last two conflict with the first when they overlap.
func three(t *testing.T, change func(*Profile)) (*place, []*world.Issue) {
	pl := village(t, "", agent(change))
	pl.do("ann", func(tx *world.Tx) error {
		repo, _ := tx.Repo("acme", "widgets")
		_, err := tx.EditRepo(repo, world.RepoEdit{Settings: &world.RepoSettings{MergeQueue: true}})
		return err
	})
	var pulls []*world.Issue
	for n := range 3 {
		pulls = append(pulls, pl.call("widgets", 2+n, epicBranch))
	}
	pl.pass(2 * time.Hour)
	for n, i := range pulls {
		pulls[n] = pl.pull(i)
	}
	return pl, pulls
}

func (pl *place) enqueue(pull *world.Issue) {
	pl.t.Helper()
	pl.do("ann", func(tx *world.Tx) error { _, err := tx.EnqueuePull(pull); return err })
}

func TestTheQueueMergesOneByOneInOrder(t *testing.T) {
	pl, pulls := three(t, nil)
	order := []int{2, 0, 1}
	for _, n := range order {
		pl.enqueue(pulls[n])
		if !pl.now(pulls[n]).Pull.Queued {
			t.Fatal("not in the queue")
		}
	}
	pl.pass(time.Hour)
	last := time.Time{}
	for _, n := range order {
		p := pl.now(pulls[n]).Pull
		if !p.Merged || p.Queued || !p.MergedAt.After(last) {
			t.Errorf("pull request %d: merged %v at %s, after %s", n, p.Merged, p.MergedAt, last)
		}
		last = p.MergedAt
	}
}

func TestTheQueueThrowsOutWhatConflicts(t *testing.T) {
	pl, pulls := three(t, func(a *Profile) { a.Overlap = 1 })
	for _, p := range pulls {
		pl.enqueue(p)
	}
	pl.pass(time.Hour)
	if p := pl.now(pulls[0]); !p.Pull.Merged {
		t.Error("the first is not merged")
	}
	for _, p := range pulls[1:] {
		if p = pl.now(p); p.Pull.Merged || p.Pull.Queued || p.Closed {
			t.Errorf("%+v", p.Pull)
		}
	}
	if n := pl.count()["queue.out.conflict"]; n != 2 {
		t.Errorf("%d thrown out", n)
	}
}

func TestTheQueueThrowsOutWhatIsRed(t *testing.T) {
	pl, pulls := three(t, func(a *Profile) { a.Broken, a.Repair = 1, 0 })
	pl.enqueue(pulls[0])
	pl.pass(time.Hour)
	if p := pl.now(pulls[0]); p.Pull.Merged || p.Pull.Queued {
		t.Errorf("%+v", p.Pull)
	}
	pl.counted("queue.out.red")
}

func TestAutoMergeMergesOnceItsRulesAreMet(t *testing.T) {
	pl := village(t, "", agent(nil))
	pl.do("ann", func(tx *world.Tx) error {
		repo, _ := tx.Repo("acme", "widgets")
		_, err := tx.Protect(repo, "epic/*", &world.Rules{RequiredChecks: []string{"test", "lint"}})
		return err
	})
	i := pl.call("widgets", 2, epicBranch)
	for range 90 {
		pl.pass(time.Minute)
		if len(pl.pullsOf(i)) > 0 {
			break
		}
	}
	pull := pl.pull(i)
	pl.do("ann", func(tx *world.Tx) error { _, err := tx.EnableAutoMerge(pull, "squash"); return err })
	pl.pass(time.Hour)
	if !pl.now(pull).Pull.Merged {
		t.Errorf("%+v, checks %s", pl.now(pull).Pull, pl.rollup(pull))
	}
}

func TestPeopleReview(t *testing.T) {
	only := func(r Reviews) Manners {
		m := agent(nil)
		m.Reviews = r
		m.Reviews.PersonAfter, m.Reviews.BotAfter = Delay{minute, minute}, Delay{minute, minute}
		return m
	}
	states := func(pl *place, pull *world.Issue) (list []string) {
		pl.see(func(tx *world.Tx) {
			for _, r := range tx.Reviews(pull.ID) {
				list = append(list, tx.User(r.AuthorID).Login+" "+r.State)
			}
		})
		return list
	}
	pl := village(t, "", only(Reviews{Bot: "coderabbitai", ByBot: 1, Threads: 3}))
	var threads int
	for n := range 4 {
		pull := pl.pullAfter(pl.call("widgets", 2+n, epicBranch))
		if got := fmt.Sprint(states(pl, pull)); got != "[coderabbitai COMMENTED]" {
			t.Errorf("reviews %s", got)
		}
		pl.see(func(tx *world.Tx) { threads += len(tx.Threads(pull.ID)) })
	}
	if threads == 0 {
		t.Error("the bot had nothing to say on four pull requests")
	}

	pl = village(t, "", only(Reviews{ByPerson: 1, Object: 1}))
	pull := pl.pullAfter(pl.call("widgets", 2, epicBranch))
	pl.see(func(tx *world.Tx) {
		if got := tx.ReviewDecision(pull); got != "CHANGES_REQUESTED" || len(tx.Threads(pull.ID)) == 0 {
			t.Errorf("decision %s", got)
		}
	})
	pl.say("ann", pull, askReviews)
	pl.pass(time.Hour)
	if got := len(states(pl, pull)); got != 2 {
		t.Errorf("%d reviews after the answer, want a second look", got)
	}
}

func TestARequiredApprovalComesOrAfterAReminder(t *testing.T) {
	for _, forget := range []Chance{0, 1} {
		m := agent(nil)
		m.Reviews = Reviews{Approve: 1, PersonAfter: Delay{minute, 5 * minute}, Forget: forget}
		pl := village(t, "", m)
		pl.do("ann", func(tx *world.Tx) error {
			repo, _ := tx.Repo("acme", "widgets")
			_, err := tx.Protect(repo, "epic/*", &world.Rules{Approvals: 1})
			return err
		})
		pull := pl.pullAfter(pl.call("widgets", 2, epicBranch))
		decision := func() (d string) { pl.see(func(tx *world.Tx) { d = tx.ReviewDecision(pull) }); return d }
		if forget == 1 {
			if decision() != "REVIEW_REQUIRED" {
				t.Fatalf("decision %s before the reminder", decision())
			}
			pl.say("ann", pull, "@bob, could you have a look?")
			pl.pass(time.Hour)
		}
		if decision() != "APPROVED" {
			t.Errorf("forget %v: decision %s; %v", forget, decision(), pl.count())
		}
	}
}
