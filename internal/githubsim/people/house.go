package people

import (
	"slices"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// House are the rules that an owner gives some repositories when people come to them. A repository that has rules of its
// own keeps those.
type House struct {
	Approval Chance `json:"approval"` // a merge needs an approval
	Checks   Chance `json:"checks"`   // a merge needs all checks green, and the head up to date
	Resolved Chance `json:"resolved"` // a merge needs every thread resolved
	Queue    Chance `json:"queue"`    // merges go through a queue
}

// furnish gives a repository the rules of the house.
func (t *turn) furnish(repo *world.Repo) error {
	h, dice := t.book.Manners.House, t.p.dice("house", repo.ID)
	if len(repo.Protection) > 0 || repo.Refs[branches+repo.DefaultBranch] == "" {
		return nil
	}
	var rules world.Rules
	ruled := false
	if h.Approval.hits(dice) {
		rules.Approvals, ruled = 1, true
		t.did("house.approval", "", nil)
	}
	if h.Checks.hits(dice) {
		jobs, err := t.jobs(repo, repo.Refs[branches+repo.DefaultBranch], "")
		if err != nil {
			return err
		}
		for _, j := range jobs {
			rules.RequiredChecks = append(rules.RequiredChecks, j.Name)
		}
		if len(jobs) > 0 {
			rules.UpToDate, ruled = true, true
			t.did("house.checks", "", nil)
		}
	}
	if h.Resolved.hits(dice) {
		rules.Resolved, ruled = true, true
		t.did("house.resolved", "", nil)
	}
	t.as(nil)
	if ruled {
		rules.Deletable = true
		slices.Sort(rules.RequiredChecks)
		for _, pattern := range []string{repo.DefaultBranch, "epic/*"} {
			if _, err := t.tx.Protect(repo, pattern, &rules); err != nil {
				return err
			}
		}
	}
	if h.Queue.hits(dice) {
		s := repo.Settings
		s.MergeQueue = true
		if _, err := t.tx.EditRepo(repo, world.RepoEdit{Settings: &s}); err != nil {
			return err
		}
		t.did("house.queue", "", nil)
	}
	return nil
}
