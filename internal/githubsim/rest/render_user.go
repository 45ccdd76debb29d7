package rest

import (
	"fmt"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// login is the name REST gives an account: a bot's has the suffix "[bot]".
func login(u *world.User) string {
	if u.Kind == world.Bot {
		return u.Login + "[bot]"
	}
	return u.Login
}

// stamp writes a time as GitHub does, to the second in UTC; the zero time is null.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// text is null for the empty string, as GitHub's nullable fields are.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (c *call) user(u *world.User) object {
	if u == nil {
		return nil
	}
	name := login(u)
	at := c.Base + "/users/" + name
	page := c.HTML + "/" + u.Login
	if u.Kind == world.Bot {
		page = c.HTML + "/apps/" + u.Login
	}
	return object{
		"login": name, "id": u.ID, "node_id": world.NodeID(u), "avatar_url": fmt.Sprintf("%s/avatars/u/%d?v=4", c.HTML, u.ID), "gravatar_id": "",
		"url": at, "html_url": page, "followers_url": at + "/followers", "following_url": at + "/following{/other_user}",
		"gists_url": at + "/gists{/gist_id}", "starred_url": at + "/starred{/owner}{/repo}", "subscriptions_url": at + "/subscriptions",
		"organizations_url": at + "/orgs", "repos_url": at + "/repos", "events_url": at + "/events{/privacy}",
		"received_events_url": at + "/received_events", "type": string(u.Kind), "user_view_type": "public", "site_admin": false,
	}
}

// userByID renders an account, or null when there is none.
func (c *call) userByID(id int64) any {
	if u := c.tx.User(id); u != nil {
		return c.user(u)
	}
	return nil
}

func (c *call) users(ids []int64) []any {
	out := []any{}
	for _, id := range ids {
		if u := c.tx.User(id); u != nil {
			out = append(out, c.user(u))
		}
	}
	return out
}

// first is the first of users, or null: GitHub's retired "assignee".
func first(users []any) any {
	if len(users) == 0 {
		return nil
	}
	return users[0]
}

// profile is the account itself, in full.
func (c *call) profile(u *world.User, own bool) object {
	o := c.user(u)
	public := 0
	private := 0
	for _, r := range c.tx.ReposOf(u.ID) {
		if r.Private {
			private++
		} else {
			public++
		}
	}
	for k, v := range (object{"name": text(u.Name), "company": nil, "blog": "", "location": nil, "email": nil, "hireable": nil, "bio": nil,
		"twitter_username": nil, "public_repos": public, "public_gists": 0, "followers": 0, "following": 0,
		"created_at": stamp(u.CreatedAt), "updated_at": stamp(u.CreatedAt)}) {
		o[k] = v
	}
	if own {
		for k, v := range (object{"private_gists": 0, "total_private_repos": private, "owned_private_repos": private, "disk_usage": 0,
			"collaborators": 0, "two_factor_authentication": true, "user_view_type": "private",
			"plan": object{"name": "free", "space": 976562499, "collaborators": 0, "private_repos": 10000}}) {
			o[k] = v
		}
	}
	return o
}

func (c *call) organization(u *world.User) object {
	at := c.Base + "/orgs/" + u.Login
	public := 0
	for _, r := range c.tx.ReposOf(u.ID) {
		if !r.Private {
			public++
		}
	}
	return object{
		"login": u.Login, "id": u.ID, "node_id": world.NodeID(u), "url": at, "repos_url": at + "/repos", "events_url": at + "/events",
		"hooks_url": at + "/hooks", "issues_url": at + "/issues", "members_url": at + "/members{/member}",
		"public_members_url": at + "/public_members{/member}", "avatar_url": fmt.Sprintf("%s/avatars/u/%d?v=4", c.HTML, u.ID), "description": text(u.Name),
		"name": u.Name, "has_organization_projects": true, "has_repository_projects": true, "public_repos": public, "public_gists": 0,
		"followers": 0, "following": 0, "html_url": c.HTML + "/" + u.Login, "type": "Organization",
		"created_at": stamp(u.CreatedAt), "updated_at": stamp(u.CreatedAt), "archived_at": nil,
	}
}
