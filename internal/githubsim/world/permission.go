package world

import "slices"

// String is REST's name of a permission.
func (p Permission) String() string {
	return [...]string{"none", "read", "triage", "write", "maintain", "admin"}[p]
}

// Permission is what a user may do in a repository, whatever token; a nil user
// is anonymous.
func (tx *Tx) Permission(user *User, repo *Repo) Permission {
	p := NoPermission
	if !repo.Private {
		p = Read
	}
	if user == nil {
		return p
	}
	return max(p, tx.granted(user, repo))
}

// granted is what a user was given in a repository beyond what everybody has.
func (tx *Tx) granted(user *User, repo *Repo) Permission {
	if user.ID == repo.OwnerID {
		return Admin
	}
	p := repo.Collaborators[user.ID]
	if owner := tx.s.users.rows[repo.OwnerID]; owner != nil && owner.Kind == Organization {
		if slices.Contains(owner.Owners, user.ID) {
			return Admin
		}
		if slices.Contains(owner.Members, user.ID) {
			p = max(p, repo.MemberAccess)
		}
	}
	return p
}

// CanSee tells whether an actor is told that a repository exists: for a
// private one its user needs Read and a classic token the scope repo; a
// fine-grained token sees only its own repositories.
func (tx *Tx) CanSee(actor Actor, repo *Repo) bool {
	if actor.system {
		return true
	}
	if t := actor.Token; t != nil && len(t.Repos) > 0 && !slices.Contains(t.Repos, repo.ID) {
		return false
	}
	if !repo.Private {
		return true
	}
	if tx.Permission(actor.User, repo) < Read {
		return false
	}
	return actor.HasScope("repo")
}

// HasScope tells whether the actor's token carries a classic scope, or one that
// includes it. Actors without a token and fine-grained tokens have every scope.
func (a Actor) HasScope(scope string) bool {
	if a.Token == nil || len(a.Token.Repos) > 0 {
		return true
	}
	for _, s := range a.Token.Scopes {
		if s == scope || slices.Contains(scopeIncludes[s], scope) {
			return true
		}
	}
	return false
}

var scopeIncludes = map[string][]string{
	"repo":            {"public_repo", "repo:status", "repo_deployment", "repo:invite", "security_events"},
	"admin:org":       {"write:org", "read:org"},
	"write:org":       {"read:org"},
	"user":            {"read:user", "user:email", "user:follow"},
	"admin:repo_hook": {"write:repo_hook", "read:repo_hook"},
	"write:repo_hook": {"read:repo_hook"},
	"project":         {"read:project"},
}

// Association is a user's relation to a repository as GitHub words it: OWNER,
// MEMBER, COLLABORATOR, CONTRIBUTOR (has a merged pull request) or NONE.
func (tx *Tx) Association(user *User, repo *Repo) string {
	if user == nil {
		return "NONE"
	}
	if user.ID == repo.OwnerID {
		return "OWNER"
	}
	if owner := tx.s.users.rows[repo.OwnerID]; owner != nil && owner.Kind == Organization && slices.Contains(owner.Members, user.ID) && !slices.Contains(owner.Concealed, user.ID) {
		return "MEMBER"
	}
	// An app's bot has its access from the app's installation: GitHub names it no collaborator.
	if repo.Collaborators[user.ID] > NoPermission && user.Kind != Bot {
		return "COLLABORATOR"
	}
	if tx.s.mergedBy[repo.ID][user.ID] > 0 {
		return "CONTRIBUTOR"
	}
	return "NONE"
}

// AuthorAssociation is the association shown on an issue or pull request: as
// Association, but a pull request of somebody with nothing merged yet says
// FIRST_TIME_CONTRIBUTOR.
func (tx *Tx) AuthorAssociation(issue *Issue) string {
	a := tx.Association(tx.s.users.rows[issue.AuthorID], tx.s.repos.rows[issue.RepoID])
	if a == "NONE" && issue.Pull != nil {
		return "FIRST_TIME_CONTRIBUTOR"
	}
	return a
}

// Assignable tells whether a user can be assigned in a repository.
func (tx *Tx) Assignable(user *User, repo *Repo) bool {
	return user.Kind != Organization && tx.granted(user, repo) >= Read
}

// Collaborators are the users with more than everybody's access, by id: owner,
// organisation members with access, collaborators.
func (tx *Tx) Collaborators(repo *Repo) []*User {
	ids := map[int64]bool{}
	owner := tx.s.users.rows[repo.OwnerID]
	if owner.Kind == Organization {
		for _, id := range append(slices.Clone(owner.Members), owner.Owners...) {
			ids[id] = true
		}
	} else {
		ids[owner.ID] = true
	}
	for id := range repo.Collaborators {
		ids[id] = true
	}
	var list []*User
	for id := range ids {
		if u := tx.s.users.rows[id]; u != nil && tx.granted(u, repo) > NoPermission {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(a, b *User) int { return int(a.ID - b.ID) })
	return list
}
