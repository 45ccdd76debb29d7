package world

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

const heads = "refs/heads/"

// checkRef refuses names that git would not take, and those kept for pull requests.
func checkRef(name string) error {
	if !strings.HasPrefix(name, "refs/") || strings.Count(name, "/") < 2 {
		return refused("Reference name must start with 'refs/' and contain at least three slash-separated components.")
	}
	if !gitstore.CheckRef(name) {
		return refused("%s is not a valid ref name.", name)
	}
	if strings.HasPrefix(name, "refs/pull/") {
		return refused("Reference cannot be updated")
	}
	return nil
}

// vacant refuses a new reference where one is, or where a folder of references
// and a reference would have the same name.
func vacant(repo *Repo, name string) error {
	if repo.Refs[name] != "" {
		return refused("Reference already exists")
	}
	for other := range repo.Refs {
		if strings.HasPrefix(other, name+"/") || strings.HasPrefix(name, other+"/") {
			return refused("Reference update failed: %s is in the way", other)
		}
	}
	return nil
}

// CreateRef makes a reference, by its full name, to a commit; Write.
func (tx *Tx) CreateRef(repo *Repo, name, sha string) (*Repo, error) {
	repo, err := tx.need(repo.ID, Write)
	if err != nil {
		return nil, err
	}
	if err := checkRef(name); err != nil {
		return nil, err
	}
	if err := vacant(repo, name); err != nil {
		return nil, err
	}
	if err := tx.needCommit(repo, sha); err != nil {
		return nil, err
	}
	return tx.moveRef(repo, name, sha)
}

func (tx *Tx) needCommit(repo *Repo, sha string) error {
	has, err := tx.hasCommit(repo, sha)
	if err == nil && !has {
		err = refused("Object does not exist")
	}
	return err
}

// UpdateRef moves a reference; without force only forward; Write. A protected
// branch is never moved otherwise.
func (tx *Tx) UpdateRef(repo *Repo, name, sha string, force bool) (*Repo, error) {
	repo, err := tx.need(repo.ID, Write)
	if err != nil {
		return nil, err
	}
	if err := checkRef(name); err != nil {
		return nil, err
	}
	old := repo.Refs[name]
	if old == "" {
		return nil, refused("Reference does not exist")
	}
	if err := tx.needCommit(repo, sha); err != nil {
		return nil, err
	}
	forward, err := tx.isAncestor(repo, old, sha)
	if err != nil {
		return nil, err
	}
	if !forward && !force {
		return nil, refused("Update is not a fast forward")
	}
	if branch, isBranch := strings.CutPrefix(name, heads); !forward && isBranch && tx.RulesFor(repo, branch) != nil {
		return nil, refused("Reference cannot be updated")
	}
	if old == sha {
		return repo, nil
	}
	return tx.moveRef(repo, name, sha)
}

// DeleteRef removes a reference; Write. Never the default branch or a
// protected one.
func (tx *Tx) DeleteRef(repo *Repo, name string) (*Repo, error) {
	repo, err := tx.need(repo.ID, Write)
	if err != nil {
		return nil, err
	}
	if err := checkRef(name); err != nil {
		return nil, err
	}
	if repo.Refs[name] == "" {
		return nil, refused("Reference does not exist")
	}
	branch, isBranch := strings.CutPrefix(name, heads)
	rules := tx.RulesFor(repo, branch)
	if isBranch && (branch == repo.DefaultBranch || rules != nil && !rules.Deletable) {
		return nil, refused("Cannot delete this branch")
	}
	return tx.moveRef(repo, name, "")
}

// moveRef makes, moves or (sha empty) removes a reference, with all that a
// push of it does to pull requests and issues.
func (tx *Tx) moveRef(repo *Repo, name, sha string) (*Repo, error) {
	old := repo.Refs[name]
	tx.setRefs(repo.ID, map[string]string{name: sha})
	tx.touch(repo.ID)
	if branch, isBranch := strings.CutPrefix(name, heads); isBranch {
		if err := tx.pushed(repo.ID, branch, old, sha); err != nil {
			return nil, err
		}
	}
	return tx.s.repos.rows[repo.ID], nil
}

// setRefs changes references and nothing else.
func (tx *Tx) setRefs(repoID int64, refs map[string]string) {
	tx.s.repos.update(repoID, func(r *Repo) {
		if r.Refs == nil {
			r.Refs = map[string]string{}
		}
		for name, sha := range refs {
			if sha == "" {
				delete(r.Refs, name)
			} else {
				r.Refs[name] = sha
			}
		}
	})
}

func (tx *Tx) touch(repoID int64) {
	tx.s.repos.update(repoID, func(r *Repo) { r.PushedAt, r.UpdatedAt = tx.Now(), tx.Now() })
}

// SyncRefs takes over what a push, by the transaction's actor, did to the git
// repository.
func (tx *Tx) SyncRefs(repo *Repo) (*Repo, error) {
	if !tx.writing {
		return nil, errReadOnly
	}
	repo = tx.s.repos.rows[repo.ID]
	git, made := tx.w.git.Lookup(repo.ID)
	if !made {
		return repo, nil
	}
	refs, err := git.Refs()
	if err != nil {
		return nil, err
	}
	kept := maps.Clone(repo.Refs)
	changed := map[string]string{}
	for name, sha := range refs {
		if kept[name] != sha {
			changed[name] = sha
		}
	}
	for name := range kept {
		if refs[name] == "" {
			changed[name] = ""
		}
	}
	if len(changed) == 0 {
		return repo, nil
	}
	if tx.synced == nil {
		tx.synced = map[int64]map[string]string{}
	}
	tx.synced[repo.ID] = refs
	tx.setRefs(repo.ID, changed)
	tx.touch(repo.ID)
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		if branch, isBranch := strings.CutPrefix(name, heads); isBranch {
			if err := tx.pushed(repo.ID, branch, kept[name], changed[name]); err != nil {
				return nil, err
			}
		}
	}
	return tx.s.repos.rows[repo.ID], nil
}

// AddCommits makes commits, without the git program where the repository has
// not been needed yet, and moves their branches as a push would; Write. A
// parent is an object id or a branch, taken at its tip; none given: the
// Branch's tip, else the default branch's, else none. An author left out is
// the actor. It returns the commits' object ids in order.
func (tx *Tx) AddCommits(repo *Repo, commits ...gitstore.Commit) ([]string, error) {
	repo, err := tx.need(repo.ID, Write)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(commits))
	for _, c := range commits {
		if c.Branch != "" && !gitstore.CheckRef(heads+c.Branch) {
			return nil, refused("%s is not a valid ref name.", heads+c.Branch)
		}
		if c.Branch != "" && repo.Refs[heads+c.Branch] == "" {
			if err := vacant(repo, heads+c.Branch); err != nil {
				return nil, err
			}
		}
		if c.Parents, err = tx.parents(repo, c); err != nil {
			return nil, err
		}
		if c.Author.Name == "" {
			c.Author.Name, c.Author.Email = tx.signature().Name, tx.signature().Email
		}
		if c.Author.When.IsZero() {
			c.Author.When = tx.Now()
		}
		id, err := tx.addCommit(repo, c)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
		if c.Branch != "" {
			if repo, err = tx.moveRef(repo, heads+c.Branch, id); err != nil {
				return nil, err
			}
		}
	}
	return ids, nil
}

func (tx *Tx) parents(repo *Repo, c gitstore.Commit) ([]string, error) {
	if len(c.Parents) == 0 {
		for _, branch := range []string{c.Branch, repo.DefaultBranch} {
			if tip := repo.Refs[heads+branch]; branch != "" && tip != "" {
				return []string{tip}, nil
			}
		}
		return nil, nil
	}
	var ids []string
	for _, parent := range c.Parents {
		if tip := repo.Refs[heads+parent]; tip != "" {
			parent = tip
		}
		if err := tx.needCommit(repo, parent); err != nil {
			return nil, fmt.Errorf("parent %s: %w", parent, err)
		}
		ids = append(ids, parent)
	}
	return ids, nil
}

func (tx *Tx) addCommit(repo *Repo, c gitstore.Commit) (string, error) {
	draft, err := tx.drafted(repo)
	if err != nil {
		return "", err
	}
	if draft == nil {
		git, err := tx.git(repo)
		if err != nil {
			return "", err
		}
		return git.AddCommit(c)
	}
	return tx.planCommit(repo, draft, c)
}

// planCommit adds a commit to a repository's draft and plan, once.
func (tx *Tx) planCommit(repo *Repo, draft *gitstore.Draft, c gitstore.Commit) (string, error) {
	before := draft.Len()
	id, err := draft.Add(c)
	if err != nil || draft.Len() == before {
		return id, err
	}
	if tx.s.plans.rows[repo.ID] == nil {
		tx.s.plans.put(repo.ID, &gitPlan{RepoID: repo.ID})
	}
	tx.s.plans.update(repo.ID, func(p *gitPlan) { p.Commits = append(p.Commits, c) })
	return id, nil
}

// signature is the actor as an author of commits.
func (tx *Tx) signature() gitstore.Person {
	u := tx.Viewer()
	if u == nil {
		return tx.robot()
	}
	name := u.Name
	if name == "" {
		name = u.Login
	}
	return gitstore.Person{Name: name, Email: fmt.Sprintf("%d+%s@users.noreply.github.com", u.ID, u.Login), When: tx.Now()}
}

// robot is who GitHub commits as itself.
func (tx *Tx) robot() gitstore.Person {
	return gitstore.Person{Name: "GitHub", Email: "noreply@github.com", When: tx.Now()}
}
