package people

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// Care is how somebody who may write looks after what waits for a person: pull requests, and issues that an agent was
// given, on which nothing has happened for a while.
type Care struct {
	Every Delay `json:"every"`
	Rest  Delay `json:"rest"` // how long a thing has to have rested, drawn for each
	Most  int   `json:"most"` // things in one visit; 0: nobody comes
}

// careFrom plans the next visit.
func (t *turn) careFrom(n int) {
	if c := t.book.Manners.Care; c.Most > 0 {
		t.later(c.Every.from(t.p.dice("care round", int64(n))), errand{Kind: "care", N: n})
	}
}

// care has somebody look for what rests, and take it up one after the other.
func (t *turn) care(e errand) error {
	if e.N != t.book.Next[e.Kind] {
		return nil // of other manners
	}
	t.book.Next[e.Kind]++
	t.careFrom(t.book.Next[e.Kind])
	c, dice, n := t.book.Manners.Care, t.p.dice("care", int64(e.N)), 0
	for _, repo := range t.fleet(dice) {
		ticked := t.tickedOpen(repo)
		for _, i := range t.tx.Issues(repo.ID) {
			rest := c.Rest.from(t.p.dice("rests", i.ID, i.UpdatedAt.Unix()))
			if i.Closed || i.Locked || t.at.Sub(i.UpdatedAt) < rest {
				continue
			}
			kind := "care.issue"
			if i.Pull != nil {
				kind = "care.pull"
			}
			if i.Pull != nil && !t.ours(i) || i.Pull == nil && !t.given(i) && !ticked[i.ID] {
				continue
			}
			n++
			t.later(time.Duration(n)*Delay{minute, 6 * minute}.from(dice), errand{Kind: kind, Issue: i.ID, N: e.N})
			if n >= c.Most {
				return nil
			}
		}
	}
	return nil
}

// tickedOpen are the open issues whose lines on an epic's list are ticked, by id.
func (t *turn) tickedOpen(repo *world.Repo) map[int64]bool {
	out := map[int64]bool{}
	for _, epic := range t.open(repo, false, t.isEpic) {
		for _, m := range boxForm().FindAllStringSubmatch(epic.Body, -1) {
			n := numberForm().FindStringSubmatch(m[2])
			if n == nil || m[1] == " " {
				continue
			}
			if number, err := strconv.Atoi(n[1]); err == nil {
				if i := t.tx.Issue(repo.ID, number); i != nil && i.Pull == nil && !i.Closed && !t.atWork(i) {
					out[i.ID] = true
				}
			}
		}
	}
	return out
}

// ours tells whether a pull request is some agent's, or brings an epic's branch home.
func (t *turn) ours(pull *world.Issue) bool {
	return pull.Pull.HeadRepoID == pull.RepoID && (t.byAgent(pull) || strings.HasPrefix(pull.Pull.HeadRef, "epic/"))
}

// given tells whether an agent was called for an issue, is not at work on it, and has
// no pull request open that is looked after.
func (t *turn) given(i *world.Issue) bool {
	var k task
	if !t.recall(taskKey(i.ID), &k) || k.State == called || k.State == working {
		return false
	}
	pull := t.tx.IssueByID(k.Pull)
	return pull == nil || pull.Closed
}

// carePull does what keeps a pull request from its merge, one thing a visit.
func (t *turn) carePull(e errand) error {
	pull := t.tx.IssueByID(e.Issue)
	if pull == nil || pull.Closed {
		return nil
	}
	repo, dice := t.tx.RepoByID(pull.RepoID), t.p.dice("care pull", pull.ID, int64(e.N))
	u := t.hand(repo, dice, pull.AuthorID)
	if u == nil {
		return nil
	}
	t.as(u)
	did := func(what string) { t.did("care."+what, u.Login, pull) }
	if pull.Pull.Draft {
		did("ready")
		_, err := t.tx.SetDraft(pull, false)
		return err
	}
	if t.outdone(pull) {
		did("rival-closed")
		_, err := t.tx.EditIssue(pull, state("closed", ""))
		return err
	}
	k, mine := t.taskOf(pull)
	if issue := t.tx.IssueByID(k.Issue); mine && issue != nil && !issue.Closed {
		if base := t.target(issue, repo); base != pull.Pull.BaseRef {
			did("retargeted")
			_, err := t.tx.EditPullBase(pull, base)
			return err
		}
	}
	clean, err := t.tx.Merges(pull)
	if err != nil {
		return err
	}
	if !clean {
		did("conflict-resolved")
		_, err := t.tx.MergeBothSides(pull)
		return err
	}
	for _, l := range t.tx.LabelsOf(pull) {
		if l.Name == "needs-intervention" {
			did("label-off")
			_, err := t.tx.RemoveLabelIDs(pull, []int64{l.ID})
			return err
		}
	}
	jobs, err := t.jobs(repo, pull.Pull.HeadSHA, "")
	if err != nil {
		return err
	}
	switch rollup := t.tx.Rollup(repo.ID, pull.Pull.HeadSHA); {
	case rollup == "" && len(jobs) > 0:
		did("checks-started")
		t.later(t.book.Manners.CI.Queue.from(dice), errand{Kind: "ci.queue", Repo: repo.ID, Issue: pull.ID, SHA: pull.Pull.HeadSHA, N: 1})
		return nil
	case rollup == "FAILURE" || rollup == "ERROR":
		return t.careRed(k, mine, pull, dice, did)
	}
	open := 0
	for _, th := range t.tx.Threads(pull.ID) {
		if !th.Resolved {
			open++
			if _, err := t.tx.ResolveThread(th, true); err != nil {
				return err
			}
			if pull = t.tx.IssueByID(pull.ID); pull.Closed { // that was what its merge waited for
				break
			}
		}
	}
	if open > 0 {
		did("threads-settled")
		return nil
	}
	if objector := t.objector(pull); objector != nil {
		e.Who = objector.Login
		return t.approve(e)
	}
	if approved := t.approvedBy(pull); !approved && u.ID != pull.AuthorID {
		e.Who = u.Login
		return t.approve(e)
	}
	if t.tx.Unmet(pull) != "" || pull.Pull.Queued {
		return nil
	}
	method := "squash"
	if repo.Settings.NoSquash {
		method = "merge"
	}
	did("merged")
	_, err = t.tx.MergePull(pull, world.Merge{Method: method})
	return err
}

// careRed has a failed check run again, mended, or the pull request given up.
func (t *turn) careRed(k task, mine bool, pull *world.Issue, dice *rand.Rand, did func(string)) error {
	repo, issue := t.tx.RepoByID(pull.RepoID), t.tx.IssueByID(k.Issue)
	flawed := false
	for _, c := range t.tx.Checks(repo.ID, pull.Pull.HeadSHA) {
		job, _, _ := strings.Cut(c.Name, " (")
		bad, err := t.flawed(repo, pull.Pull.HeadSHA, job)
		if err != nil {
			return err
		}
		flawed = flawed || bad
		if !bad && c.Status == "" && c.State == "COMPLETED" && c.Conclusion == "FAILURE" {
			did("run-again")
			_, err := t.tx.RerequestCheck(c)
			return err
		}
	}
	switch {
	case !flawed:
		return nil // of a status that nobody here gives
	case mine && issue != nil && dice.IntN(3) > 0:
		files := t.better(&k, pull, issue)
		t.keepTask(k)
		did("mended")
		_, err := t.push(pull, "Mend the failing check", files)
		return err
	case mine:
		did("given-up")
		_, err := t.tx.EditIssue(pull, state("closed", ""))
		return err
	}
	return t.mendBase(pull, did)
}

// mendBase mends, on a branch that brings many changes home, every file that fails a check.
func (t *turn) mendBase(pull *world.Issue, did func(string)) error {
	var all []defect
	t.recall(defectKey(pull.RepoID), &all)
	files := map[string]string{}
	for _, d := range all {
		file, err := t.tx.File(t.tx.RepoByID(pull.RepoID), pull.Pull.HeadSHA, d.Path)
		if err == nil && file.SHA == d.Blob {
			files[d.Path] = strings.TrimRight(string(file.Content), "\n") + fmt.Sprintf("\n%s mended in #%d\n", commentMark(d.Path), pull.Number)
		}
	}
	did("mended")
	_, err := t.push(pull, "Mend the failing check", files)
	return err
}

// outdone tells whether a newer open pull request is for the same issue.
func (t *turn) outdone(pull *world.Issue) bool {
	var issue int64
	if !t.recall(fmt.Sprintf("pull/%d", pull.ID), &issue) {
		return false
	}
	for _, other := range t.tx.PullsOf(pull.RepoID) {
		var same int64
		if !other.Closed && other.Number > pull.Number && t.recall(fmt.Sprintf("pull/%d", other.ID), &same) && same == issue {
			return true
		}
	}
	return false
}

// approvedBy tells whether a person approved a pull request at its present head.
func (t *turn) approvedBy(pull *world.Issue) bool {
	for _, r := range t.tx.Reviews(pull.ID) {
		if r.State == "APPROVED" && r.SHA == pull.Pull.HeadSHA {
			return true
		}
	}
	return false
}

// careIssue settles an issue that an agent was given and that rests without an open pull request.
func (t *turn) careIssue(e errand) error {
	issue := t.tx.IssueByID(e.Issue)
	var k task
	if issue == nil || issue.Closed {
		return nil
	}
	t.recall(taskKey(issue.ID), &k)
	pull := t.tx.IssueByID(k.Pull)
	if pull != nil && !pull.Closed {
		return nil // that is what is looked after
	}
	repo, dice := t.tx.RepoByID(issue.RepoID), t.p.dice("care issue", issue.ID, int64(e.N))
	u := t.hand(repo, dice, 0)
	if u == nil {
		return nil
	}
	t.as(u)
	reason := "not_planned"
	if k.Pull == 0 || pull != nil && pull.Pull.Merged || dice.IntN(2) == 0 {
		reason = "completed" // done, as the tick says, by that or by hand
	}
	t.did("care.closed."+reason, u.Login, issue)
	_, err := t.tx.EditIssue(issue, state("closed", reason))
	return err
}
