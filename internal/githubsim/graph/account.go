package graph

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func atoi(s string) (int, error) { return strconv.Atoi(s) }

// user is the account with that id as a value: null where it is gone.
func (x *execution) user(id int64) any {
	if u := x.tx.User(id); u != nil {
		return u
	}
	return nil
}

// users are the accounts with these ids that still exist.
func (x *execution) users(ids []int64) []any {
	var out []any
	for _, id := range ids {
		if u := x.tx.User(id); u != nil {
			out = append(out, u)
		}
	}
	return out
}

func (x *execution) account(u *world.User, f *selected) (any, error) {
	switch f.def.Name {
	case "id":
		return world.NodeID(u), nil
	case "databaseId":
		return u.ID, nil
	case "login":
		return u.Login, nil
	case "name":
		if u.Name == "" {
			return nil, nil
		}
		return u.Name, nil
	case "avatarUrl":
		return x.avatar(u, f.args), nil
	case "resourcePath":
		return accountPath(u), nil
	case "url":
		return x.web + accountPath(u), nil
	case "createdAt", "updatedAt":
		return u.CreatedAt, nil
	case "isViewer":
		return x.actor.User != nil && x.actor.User.ID == u.ID, nil
	case "isSiteAdmin", "isVerified":
		return false, nil
	case "email":
		if u.Kind == world.Organization {
			return nil, nil
		}
		return "", x.scope(f, "user:email", "read:user")
	case "bio", "company", "location", "websiteUrl", "description":
		return nil, nil
	case "repositories":
		return x.connection(f, x.repositories(u, f.args))
	case "repository":
		return x.repositoryOf(u.Login, f.args.text("name"), f.args.flag("followRenames"))
	case "issues", "pullRequests":
		return x.connection(f, x.issuesBy(u, f))
	}
	return x.membership(u, f)
}

// membership answers what ties persons to organisations.
func (x *execution) membership(u *world.User, f *selected) (any, error) {
	viewer := int64(0)
	if x.actor.User != nil {
		viewer = x.actor.User.ID
	}
	switch f.def.Name {
	case "organizations":
		if err := x.scope(f, "read:org"); err != nil {
			return nil, err
		}
		var orgs []any
		for _, o := range x.tx.Users() {
			if o.Kind == world.Organization && slices.Contains(o.Members, u.ID) {
				orgs = append(orgs, o)
			}
		}
		return x.connection(f, list{items: orgs})
	case "organization":
		o := x.tx.UserByLogin(f.args.text("login"))
		if o == nil || o.Kind != world.Organization || !slices.Contains(o.Members, u.ID) {
			return nil, nil
		}
		return o, nil
	case "membersWithRole":
		if err := x.scope(f, "read:org"); err != nil {
			return nil, err
		}
		role := func(v any) map[string]any {
			r := "MEMBER"
			if slices.Contains(u.Owners, v.(*world.User).ID) {
				r = "ADMIN"
			}
			return map[string]any{"role": r, "hasTwoFactorEnabled": nil}
		}
		return x.connection(f, list{items: x.users(u.Members), edge: role})
	case "teams":
		if err := x.scope(f, "read:org"); err != nil {
			return nil, err
		}
		return x.connection(f, list{})
	case "team":
		return nil, nil
	case "viewerIsAMember":
		return slices.Contains(u.Members, viewer), nil
	case "viewerCanAdminister":
		return slices.Contains(u.Owners, viewer), nil
	case "viewerCanCreateRepositories":
		return slices.Contains(u.Members, viewer), nil
	}
	return nil, unresolved(string(u.Kind), f)
}

func (x *execution) avatar(u *world.User, a args) string {
	url := "https://avatars.githubusercontent.com/u/" + strconv.FormatInt(u.ID, 10) + "?v=4"
	if n := a.number("size"); n > 0 {
		url += "&s=" + strconv.Itoa(n)
	}
	return url
}

func accountPath(u *world.User) string {
	if u.Kind == world.Bot {
		return "/apps/" + u.Login
	}
	return "/" + u.Login
}

// scope is GitHub's refusal of a field to a classic token that has none of the scopes.
func (x *execution) scope(f *selected, scopes ...string) error {
	if slices.ContainsFunc(scopes, x.actor.HasScope) {
		return nil
	}
	have := []string{}
	if x.actor.Token != nil {
		have = x.actor.Token.Scopes
	}
	return &Error{Type: InsufficientScopes, Message: fmt.Sprintf(
		"Your token has not been granted the required scopes to execute this query. The '%s' field requires one of the following scopes: [%s], but your token has only been granted the: [%s] scopes. Please modify your token's scopes at: %s/settings/tokens.",
		f.def.Name, quoted(scopes), quoted(have), x.web)}
}

func quoted(names []string) string {
	if len(names) == 0 {
		return "''"
	}
	return "'" + strings.Join(names, "', '") + "'"
}

// repositories are those of an account that the actor may see.
func (x *execution) repositories(u *world.User, a args) list {
	tied := a.texts("ownerAffiliations")
	if len(tied) == 0 {
		tied = []string{"OWNER", "COLLABORATOR"}
	}
	var items []any
	for _, repo := range x.tx.Repos() {
		owner := x.tx.User(repo.OwnerID)
		ok := repo.OwnerID == u.ID && slices.Contains(tied, "OWNER") ||
			repo.Collaborators[u.ID] > world.NoPermission && slices.Contains(tied, "COLLABORATOR") ||
			owner != nil && slices.Contains(owner.Members, u.ID) && slices.Contains(tied, "ORGANIZATION_MEMBER")
		if ok && x.tx.CanSee(x.actor, repo) && repositoryFits(repo, a) {
			items = append(items, repo)
		}
	}
	field, desc := a.order("NAME", false)
	return list{items: items, desc: desc, key: func(v any) string { return repositoryKey(v.(*world.Repo), field) }, more: map[string]any{"totalDiskUsage": 0}}
}

func repositoryFits(repo *world.Repo, a args) bool {
	hidden := a.text("privacy") + a.text("visibility")
	flag := func(name string, is bool) bool { return !a.given(name) || a.flag(name) == is }
	return (hidden == "" || strings.Contains(hidden, "PRIVATE") == repo.Private) &&
		flag("isFork", repo.Fork) && flag("isArchived", repo.Archived) && flag("hasIssuesEnabled", !repo.IssuesDisabled) && flag("isLocked", false)
}

func repositoryKey(repo *world.Repo, field string) string {
	switch field {
	case "CREATED_AT":
		return stamp(repo.CreatedAt)
	case "UPDATED_AT":
		return stamp(repo.UpdatedAt)
	case "PUSHED_AT":
		return stamp(repo.PushedAt)
	case "STARGAZERS":
		return ""
	}
	return strings.ToLower(repo.Name)
}

// issuesBy are the issues or pull requests an account wrote, over all repositories the actor may see.
func (x *execution) issuesBy(u *world.User, f *selected) list {
	keep := x.filter(f.args, f.def.Name == "pullRequests")
	var items []any
	for _, repo := range x.tx.Repos() {
		if !x.tx.CanSee(x.actor, repo) {
			continue
		}
		for _, i := range x.tx.Issues(repo.ID) {
			if i.AuthorID == u.ID && keep(i) {
				items = append(items, i)
			}
		}
	}
	return x.sorted(items, f.args)
}
