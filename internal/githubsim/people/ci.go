package people

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// A defect makes every commit fail a check whose tree holds this blob at this path: it is a property of the content, and
// nobody can see it. A merge takes it along, a commit that changes the file ends it.
type defect struct{ Path, Blob, Job string }

func defectKey(repo int64) string { return fmt.Sprintf("defects/%d", repo) }

// spoil makes a file of a commit the cause of a failing check; of none where the repository has no checks.
func (t *turn) spoil(repoID int64, sha, path string, dice *rand.Rand) error {
	repo := t.tx.RepoByID(repoID)
	jobs, err := t.jobs(repo, sha, "")
	if err != nil || len(jobs) == 0 {
		return err
	}
	file, err := t.tx.File(repo, sha, path)
	if err != nil {
		return err
	}
	var all []defect
	t.recall(defectKey(repoID), &all)
	all = slices.DeleteFunc(all, func(d defect) bool { return d.Path == path }) // nobody brings an older version back
	t.remember(defectKey(repoID), append(all, defect{path, file.SHA, pick(dice, jobs).Base}))
	return nil
}

// flawed tells whether a commit has a defect that fails a job.
func (t *turn) flawed(repo *world.Repo, sha, job string) (bool, error) {
	var all []defect
	t.recall(defectKey(repo.ID), &all)
	for _, d := range all {
		if d.Job != job {
			continue
		}
		file, err := t.tx.File(repo, sha, d.Path)
		if err == nil && file.SHA == d.Blob {
			return true, nil
		}
		if err != nil && !isNotFound(err) {
			return false, err
		}
	}
	return false, nil
}

// check has the machines hear of a new head, of a pull request or of a branch. Every commit is checked once.
func (t *turn) check(repoID int64, pull *world.Issue, branch, sha string) {
	key := fmt.Sprintf("checked/%d/%s", repoID, sha)
	var done bool
	if t.recall(key, &done) {
		return
	}
	var issue int64
	if pull != nil {
		issue = pull.ID
	}
	ci := t.book.Manners.CI
	dice := t.dice("ci", sha)
	t.later(ci.Queue.from(dice), errand{Kind: "ci.queue", Repo: repoID, Issue: issue, SHA: sha, Text: branch})
	t.remember(key, true)
}

// dice draws for a commit.
func (t *turn) dice(purpose, sha string) *rand.Rand { return t.p.dice(purpose + " " + sha) }

// queueChecks makes the checks of a commit, all waiting.
func (t *turn) queueChecks(e errand) error {
	repo := t.tx.RepoByID(e.Repo)
	if repo == nil || len(t.tx.Checks(e.Repo, e.SHA)) > 0 {
		return nil
	}
	jobs, err := t.jobs(repo, e.SHA, e.Text)
	if err != nil || len(jobs) == 0 {
		return err
	}
	ci, dice := t.book.Manners.CI, t.dice("ci queue", e.SHA)
	on := t.tx.IssueByID(e.Issue)
	if e.N == 0 && ci.Absent.hits(dice) {
		t.did("ci.absent", "", on)
		return nil
	}
	t.as(nil)
	for _, j := range jobs {
		c, err := t.tx.CreateCheck(repo, world.NewCheck{SHA: e.SHA, Name: j.Name, Workflow: j.Workflow, State: "QUEUED"})
		if err != nil {
			return err
		}
		t.later(ci.Start.from(dice), errand{Kind: "ci.start", Repo: e.Repo, Issue: e.Issue, Subject: c.ID, SHA: e.SHA, Text: j.Base})
	}
	t.did("ci.queued", "", on)
	return nil
}

// startCheck has a check begin.
func (t *turn) startCheck(e errand) error {
	c := t.tx.Check(e.Subject)
	if c == nil || c.State == "COMPLETED" {
		return nil
	}
	t.as(nil)
	state := "IN_PROGRESS"
	if _, err := t.tx.UpdateCheck(c, world.CheckEdit{State: &state}); err != nil {
		return err
	}
	ci, dice := t.book.Manners.CI, t.p.dice("ci run", e.Subject, int64(e.N))
	d, slow := within(dice, ci.Run, ci.Slow, ci.Long)
	if slow {
		t.did("ci.slow", "", t.tx.IssueByID(e.Issue))
	}
	e.Kind = "ci.finish"
	t.later(d, e)
	return nil
}

// finishCheck has a check end as the commit deserves, or by bad luck the first time.
func (t *turn) finishCheck(e errand) error {
	c, repo := t.tx.Check(e.Subject), t.tx.RepoByID(e.Repo)
	if c == nil || repo == nil || c.State == "COMPLETED" {
		return nil
	}
	bad, err := t.flawed(repo, c.SHA, e.Text)
	if err != nil {
		return err
	}
	pull := t.tx.IssueByID(e.Issue)
	conclusion := "SUCCESS"
	switch {
	case bad:
		conclusion = "FAILURE"
	case e.N == 0 && t.book.Manners.CI.Flake.hits(t.p.dice("ci flake", c.ID)):
		conclusion = "FAILURE"
		t.did("ci.flake", "", pull)
	}
	t.as(nil)
	if _, err := t.tx.UpdateCheck(c, world.CheckEdit{Conclusion: &conclusion}); err != nil {
		return err
	}
	if conclusion == "SUCCESS" {
		t.did("ci.success", "", pull)
		return nil
	}
	t.did("ci.failure", "", pull)
	if pull != nil {
		t.failed(pull, c)
	}
	return nil
}

// failed has the agent of a pull request hear of a failed check of its head, once a head.
func (t *turn) failed(pull *world.Issue, c *world.Check) {
	k, mine := t.taskOf(pull)
	a := t.profile(k.Agent)
	key := fmt.Sprintf("failed/%d/%s", pull.ID, c.SHA)
	var told bool
	if !mine || a == nil || pull.Closed || pull.Pull.HeadSHA != c.SHA || t.recall(key, &told) {
		return
	}
	t.remember(key, true)
	dice := t.dice(a.Login+" hears of failure", c.SHA)
	if !a.Repair.hits(dice) {
		t.did("agent.leaves-red", a.Login, pull)
		return
	}
	t.later(a.RepairAfter.from(dice), errand{Kind: "agent.repair", Who: a.Login, Issue: pull.ID, SHA: c.SHA})
}

// finishChecks ends the checks of a pull request's head that were left pending before the machines came.
func (t *turn) finishChecks(repo *world.Repo, pull *world.Issue) {
	for _, c := range t.tx.Checks(repo.ID, pull.Pull.HeadSHA) {
		if c.Status == "" && c.State != "COMPLETED" {
			t.later(t.book.Manners.CI.Run.from(t.p.dice("ci run", c.ID)),
				errand{Kind: "ci.finish", Repo: repo.ID, Issue: pull.ID, Subject: c.ID, SHA: c.SHA, Text: c.Name})
		}
	}
}

// noticeCheck has the machines run a check again that somebody asked for.
func (t *turn) noticeCheck(c *world.Check) {
	key := fmt.Sprintf("again/%d", c.ID)
	var known bool
	if c.Again == 0 || c.State != "QUEUED" || t.recall(key, &known) {
		return
	}
	t.remember(key, true)
	t.set(c.StartedAt)
	e := errand{Kind: "ci.start", Repo: c.RepoID, Subject: c.ID, SHA: c.SHA, N: c.Again}
	e.Text, _, _ = strings.Cut(c.Name, " (")
	for _, pull := range t.tx.PullsOf(c.RepoID) {
		if pull.Pull.HeadSHA == c.SHA {
			e.Issue = pull.ID
		}
	}
	t.did("ci.again", "", t.tx.IssueByID(e.Issue))
	t.later(t.book.Manners.CI.Start.from(t.p.dice("ci again", c.ID)), e)
}
