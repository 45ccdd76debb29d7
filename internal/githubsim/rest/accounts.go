package rest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// index is GET /, which gh reads to learn a token's scopes.
func index(c *call) (*reply, error) {
	o := object{}
	for field, tail := range map[string]string{
		"current_user_url": "/user", "authorizations_url": "/authorizations", "emails_url": "/user/emails", "emojis_url": "/emojis", "events_url": "/events",
		"code_search_url":   "/search/code?q={query}{&page,per_page,sort,order}",
		"commit_search_url": "/search/commits?q={query}{&page,per_page,sort,order}", "feeds_url": "/feeds", "followers_url": "/user/followers",
		"following_url": "/user/following{/target}", "gists_url": "/gists{/gist_id}", "hub_url": "/hub",
		"issue_search_url": "/search/issues?q={query}{&page,per_page,sort,order}", "issues_url": "/issues", "keys_url": "/user/keys",
		"label_search_url":  "/search/labels?q={query}&repository_id={repository_id}{&page,per_page}",
		"notifications_url": "/notifications", "organization_url": "/orgs/{org}", "organization_repositories_url": "/orgs/{org}/repos{?type,page,per_page,sort}",
		"organization_teams_url": "/orgs/{org}/teams", "public_gists_url": "/gists/public", "rate_limit_url": "/rate_limit", "repository_url": "/repos/{owner}/{repo}",
		"repository_search_url":         "/search/repositories?q={query}{&page,per_page,sort,order}",
		"current_user_repositories_url": "/user/repos{?type,page,per_page,sort}", "starred_url": "/user/starred{/owner}{/repo}", "starred_gists_url": "/gists/starred",
		"topic_search_url": "/search/topics?q={query}{&page,per_page}", "user_url": "/users/{user}", "user_organizations_url": "/user/orgs",
		"user_repositories_url": "/users/{user}/repos{?type,page,per_page,sort}", "user_search_url": "/search/users?q={query}{&page,per_page,sort,order}",
	} {
		o[field] = c.Base + tail
	}
	o["current_user_authorizations_html_url"] = c.HTML + "/settings/connections/applications{/client_id}"
	return ok(o)
}

// meta answers as a server that is not github.com does; installed_version marks GitHub Enterprise Server.
func meta(c *call) (*reply, error) {
	o := object{"verifiable_password_authentication": false}
	if strings.HasSuffix(c.Base, "/api/v3") {
		o["installed_version"] = EnterpriseVersion
	}
	return ok(o)
}

// EnterpriseVersion is the release of GitHub Enterprise Server that /api/v3 says to be.
const EnterpriseVersion = "3.17.0"

func rateLimit(c *call) (*reply, error) { return ok(c.Limits()) }

func currentUser(c *call) (*reply, error) {
	if err := c.signedIn(); err != nil {
		return nil, err
	}
	u := c.tx.User(c.Actor.User.ID)
	return &reply{status: http.StatusOK, body: c.profile(u, true), modified: u.CreatedAt}, nil
}

func userByName(c *call) (*reply, error) {
	u := c.tx.UserByLogin(c.params["username"])
	if u == nil {
		return nil, errNotFound
	}
	own := c.Actor.User != nil && c.Actor.User.ID == u.ID
	return &reply{status: http.StatusOK, body: c.profile(u, own), modified: u.CreatedAt}, nil
}

func orgByName(c *call) (*reply, error) {
	u, err := c.org()
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, body: c.organization(u), modified: u.CreatedAt}, nil
}

func (c *call) org() (*world.User, error) {
	u := c.tx.UserByLogin(c.params["org"])
	if u == nil || u.Kind != world.Organization {
		return nil, errNotFound
	}
	return u, nil
}

func orgRepos(c *call) (*reply, error) {
	u, err := c.org()
	if err != nil {
		return nil, err
	}
	kind, err := c.choice("Repository", "type", "all", "public", "private", "forks", "sources", "member")
	if err != nil {
		return nil, err
	}
	return c.repoList(c.tx.ReposOf(u.ID), kind, "created")
}

func userRepos(c *call) (*reply, error) {
	u := c.tx.UserByLogin(c.params["username"])
	if u == nil {
		return nil, errNotFound
	}
	kind, err := c.choice("Repository", "type", "owner", "all", "member")
	if err != nil {
		return nil, err
	}
	return c.repoList(slices.DeleteFunc(c.tx.ReposOf(u.ID), func(r *world.Repo) bool { return r.Private }), kind, "full_name")
}

// ownRepos lists what the actor owns, collaborates on or sees as a member of its organisation.
func ownRepos(c *call) (*reply, error) {
	if err := c.signedIn(); err != nil {
		return nil, err
	}
	kind, err := c.choice("Repository", "type", "all", "owner", "public", "private", "member")
	if err != nil {
		return nil, err
	}
	if v := c.Query.Get("visibility"); v != "" && v != "all" {
		kind = v
	}
	var list []*world.Repo
	for _, r := range c.tx.Repos() {
		mine := r.OwnerID == c.Actor.User.ID
		switch kind {
		case "owner":
			if !mine {
				continue
			}
		case "member":
			if mine {
				continue
			}
		}
		if slices.ContainsFunc(c.tx.Collaborators(r), func(u *world.User) bool { return u.ID == c.Actor.User.ID }) {
			list = append(list, r)
		}
	}
	return c.repoList(list, kind, "full_name")
}

func (c *call) repoList(list []*world.Repo, kind, sortDefault string) (*reply, error) {
	by, err := c.choice("Repository", "sort", sortDefault, "created", "updated", "pushed", "full_name")
	if err != nil {
		return nil, err
	}
	fallback := "desc"
	if by == "full_name" {
		fallback = "asc"
	}
	direction, err := c.choice("Repository", "direction", fallback, "asc", "desc")
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(c.seen(list), func(r *world.Repo) bool {
		switch kind {
		case "public":
			return r.Private
		case "private":
			return !r.Private
		case "forks":
			return !r.Fork
		case "sources":
			return r.Fork
		}
		return false
	})
	slices.SortStableFunc(list, func(a, b *world.Repo) int {
		var n int
		switch by {
		case "created":
			n = a.CreatedAt.Compare(b.CreatedAt)
		case "updated":
			n = a.UpdatedAt.Compare(b.UpdatedAt)
		case "pushed":
			n = a.PushedAt.Compare(b.PushedAt)
		}
		if n == 0 {
			n = cmp.Compare(strings.ToLower(c.tx.FullName(a)), strings.ToLower(c.tx.FullName(b)))
		}
		if direction == "desc" {
			return -n
		}
		return n
	})
	return listed(c, list, func(r *world.Repo) any { return c.repoObject(r) })
}
