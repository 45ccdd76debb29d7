package world

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

var repoName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
})

// defaultLabels are what GitHub puts into every new repository.
var defaultLabels = []NewLabel{
	{Name: "bug", Color: "d73a4a", Description: "Something isn't working"},
	{Name: "documentation", Color: "0075ca", Description: "Improvements or additions to documentation"},
	{Name: "duplicate", Color: "cfd3d7", Description: "This issue or pull request already exists"},
	{Name: "enhancement", Color: "a2eeef", Description: "New feature or request"},
	{Name: "good first issue", Color: "7057ff", Description: "Good for newcomers"},
	{Name: "help wanted", Color: "008672", Description: "Extra attention is needed"},
	{Name: "invalid", Color: "e4e669", Description: "This doesn't seem right"},
	{Name: "question", Color: "d876e3", Description: "Further information is requested"},
	{Name: "wontfix", Color: "ffffff", Description: "This will not be worked on"},
}

// CreateRepo makes a repository for its owner, who must be the actor or an
// organisation the actor owns. A fork starts with its parent's branches.
func (tx *Tx) CreateRepo(n NewRepo) (*Repo, error) {
	if !tx.writing {
		return nil, errReadOnly
	}
	owner := n.Owner
	if owner == nil {
		owner = tx.Viewer()
	}
	if owner == nil || tx.s.users.rows[owner.ID] == nil {
		return nil, notFound()
	}
	owner = tx.s.users.rows[owner.ID]
	if v := tx.Viewer(); !tx.actor.system && (v == nil || v.ID != owner.ID && !slices.Contains(owner.Owners, v.ID)) {
		return nil, forbidden("You need admin access to the organization before adding a repository to it.")
	}
	if err := tx.checkRepoName(owner, n.Name); err != nil {
		return nil, err
	}
	if n.DefaultBranch == "" {
		n.DefaultBranch = "main"
	}
	if !gitstore.CheckRef("refs/heads/" + n.DefaultBranch) {
		return nil, invalid(coded("Repository", "default_branch", "invalid"))
	}
	repo := &Repo{
		ID: tx.nextID(), OwnerID: owner.ID, Name: n.Name, Description: n.Description, Private: n.Private,
		IssuesDisabled: n.IssuesDisabled, DefaultBranch: n.DefaultBranch, Language: n.Language, Settings: n.Settings,
		CreatedAt: tx.Now(), UpdatedAt: tx.Now(), PushedAt: tx.Now(), MemberAccess: n.MemberAccess, Refs: map[string]string{},
	}
	if n.Parent != nil {
		repo.Fork, repo.ParentID, repo.DefaultBranch = true, n.Parent.ID, n.Parent.DefaultBranch
	}
	if err := tx.w.git.Forget(repo.ID); err != nil { // of a server killed before it acknowledged this id
		return nil, fmt.Errorf("clear the git repository of %s: %w", n.Name, err)
	}
	tx.made = append(tx.made, repo.ID)
	tx.s.repos.put(repo.ID, repo)
	if !n.NoLabels {
		for _, l := range defaultLabels {
			tx.putLabel(repo, NewLabel{Name: l.Name, Color: l.Color, Description: l.Description, Default: true})
		}
	}
	if n.Parent != nil {
		if err := tx.fork(repo, n.Parent); err != nil {
			return nil, err
		}
	}
	if len(n.Commits) > 0 {
		if _, err := tx.AddCommits(repo, n.Commits...); err != nil {
			return nil, err
		}
	}
	return tx.s.repos.rows[repo.ID], nil
}

func (tx *Tx) fork(repo, parent *Repo) error {
	parent = tx.s.repos.rows[parent.ID]
	heads := map[string]string{}
	for name, sha := range parent.Refs {
		if strings.HasPrefix(name, "refs/heads/") || strings.HasPrefix(name, "refs/tags/") {
			heads[name] = sha
		}
	}
	if _, made := tx.w.git.Lookup(parent.ID); !made {
		if plan := tx.s.plans.rows[parent.ID]; plan != nil {
			tx.s.plans.put(repo.ID, &gitPlan{RepoID: repo.ID, Commits: slices.Clone(plan.Commits)})
		}
	} else {
		from, err := tx.git(parent)
		if err != nil {
			return err
		}
		git, err := tx.git(repo)
		if err != nil {
			return err
		}
		for _, sha := range heads {
			if err := git.Import(from, sha); err != nil {
				return err
			}
		}
	}
	tx.s.repos.update(repo.ID, func(r *Repo) { r.Refs = heads })
	return nil
}

func (tx *Tx) checkRepoName(owner *User, name string) error {
	if !repoName().MatchString(name) || name == "." || name == ".." || strings.HasSuffix(strings.ToLower(name), ".git") {
		return invalid(coded("Repository", "name", "invalid"))
	}
	if tx.s.repoByName[key(owner.ID, name)] != nil {
		e := invalid(custom("Repository", "name", "name already exists on this account"))
		e.Message = "Repository creation failed."
		return e
	}
	return nil
}

// EditRepo changes a repository's settings; Admin. Unarchiving is possible.
func (tx *Tx) EditRepo(repo *Repo, e RepoEdit) (*Repo, error) {
	current, err := tx.need(repo.ID, Admin)
	if refusal, ok := err.(*Error); ok && e.Archived != nil && !*e.Archived && refusal.Status == 403 {
		if current = tx.s.repos.rows[repo.ID]; current.Archived && tx.may(current, Admin) {
			err = nil
		}
	}
	if err != nil {
		return nil, err
	}
	if b := e.DefaultBranch; b != nil && current.Refs["refs/heads/"+*b] == "" {
		return nil, invalid(custom("Repository", "default_branch", fmt.Sprintf("The branch %s was not found. Please push that ref first or create it via the Git Data API.", *b)))
	}
	return tx.s.repos.update(repo.ID, func(r *Repo) {
		assign(&r.Description, e.Description)
		assign(&r.DefaultBranch, e.DefaultBranch)
		assign(&r.Language, e.Language)
		assign(&r.Private, e.Private)
		assign(&r.Archived, e.Archived)
		assign(&r.IssuesDisabled, e.IssuesDisabled)
		assign(&r.Settings, e.Settings)
		assign(&r.MemberAccess, e.MemberAccess)
		r.UpdatedAt = tx.Now()
	}), nil
}

func assign[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// RenameRepo gives a repository a new name; the old one redirects until
// another repository takes it. Admin.
func (tx *Tx) RenameRepo(repo *Repo, name string) (*Repo, error) {
	current, err := tx.need(repo.ID, Admin)
	if err != nil {
		return nil, err
	}
	if current.Name == name {
		return current, nil
	}
	if !strings.EqualFold(current.Name, name) {
		if err := tx.checkRepoName(tx.s.users.rows[current.OwnerID], name); err != nil {
			return nil, err
		}
	}
	return tx.s.repos.update(repo.ID, func(r *Repo) {
		r.OldNames = slices.DeleteFunc(append(r.OldNames, r.Name), func(old string) bool { return strings.EqualFold(old, name) })
		r.Name, r.UpdatedAt = name, tx.Now()
	}), nil
}

// ArchiveRepo makes a repository read-only, or writable again. Admin.
func (tx *Tx) ArchiveRepo(repo *Repo, archived bool) (*Repo, error) {
	return tx.EditRepo(repo, RepoEdit{Archived: &archived})
}

// AddCollaborator gives a user a permission in a repository. Admin.
func (tx *Tx) AddCollaborator(repo *Repo, user *User, p Permission) (*Repo, error) {
	if _, err := tx.need(repo.ID, Admin); err != nil {
		return nil, err
	}
	if user == nil || tx.s.users.rows[user.ID] == nil || user.Kind == Organization {
		return nil, notFound()
	}
	if p < Read || p > Admin {
		return nil, invalid(coded("Repository", "permission", "invalid"))
	}
	return tx.s.repos.update(repo.ID, func(r *Repo) {
		if r.Collaborators == nil {
			r.Collaborators = map[int64]Permission{}
		}
		r.Collaborators[user.ID] = p
	}), nil
}

// RemoveCollaborator takes what AddCollaborator gave. Admin.
func (tx *Tx) RemoveCollaborator(repo *Repo, user *User) (*Repo, error) {
	if _, err := tx.need(repo.ID, Admin); err != nil {
		return nil, err
	}
	return tx.s.repos.update(repo.ID, func(r *Repo) { delete(r.Collaborators, user.ID) }), nil
}

// Protect sets what the branches of a pattern (as of path.Match) demand before
// a merge; nil rules lift it. Admin.
func (tx *Tx) Protect(repo *Repo, pattern string, rules *Rules) (*Repo, error) {
	if _, err := tx.need(repo.ID, Admin); err != nil {
		return nil, err
	}
	if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
		return nil, invalid(coded("BranchProtectionRule", "pattern", "invalid"))
	}
	return tx.s.repos.update(repo.ID, func(r *Repo) {
		if rules == nil {
			delete(r.Protection, pattern)
			return
		}
		if r.Protection == nil {
			r.Protection = map[string]Rules{}
		}
		kept := *rules
		kept.RequiredChecks = slices.Clone(rules.RequiredChecks)
		r.Protection[pattern] = kept
	}), nil
}

// RulesFor are the rules of a branch, nil when it is not protected. Its own
// name wins over patterns, and among those the first in order of text.
func (tx *Tx) RulesFor(repo *Repo, branch string) *Rules {
	repo = tx.s.repos.rows[repo.ID]
	if r, ok := repo.Protection[branch]; ok {
		return &r
	}
	var best string
	for pattern := range repo.Protection {
		if ok, err := path.Match(pattern, branch); err == nil && ok && (best == "" || pattern < best) {
			best = pattern
		}
	}
	if best == "" {
		return nil
	}
	r := repo.Protection[best]
	return &r
}
