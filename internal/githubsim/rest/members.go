package rest

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// members are the people of an organisation by id, administrators too.
func (c *call) members(org *world.User) []*world.User {
	ids := slices.Concat(org.Members, org.Owners)
	slices.Sort(ids)
	var list []*world.User
	for _, id := range slices.Compact(ids) {
		if u := c.tx.User(id); u != nil {
			list = append(list, u)
		}
	}
	return list
}

// orgMembers are told to members; membership is public for nobody here.
func orgMembers(c *call) (*reply, error) {
	org, err := c.org()
	if err != nil {
		return nil, err
	}
	list := c.members(org)
	if c.Actor.User == nil || !slices.ContainsFunc(list, func(u *world.User) bool { return u.ID == c.Actor.User.ID }) {
		list = nil
	}
	return listed(c, list, func(u *world.User) any { return c.user(u) })
}

func ownOrgs(c *call) (*reply, error) {
	if c.Actor.User == nil {
		return nil, fail(http.StatusUnauthorized, "Requires authentication")
	}
	return c.orgsOf(c.Actor.User)
}

// userOrgs are those where membership is public: none, but to oneself.
func userOrgs(c *call) (*reply, error) {
	u := c.tx.UserByLogin(c.params["username"])
	if u == nil {
		return nil, errNotFound
	}
	if c.Actor.User == nil || c.Actor.User.ID != u.ID {
		return ok([]any{})
	}
	return c.orgsOf(u)
}

func (c *call) orgsOf(u *world.User) (*reply, error) {
	list := slices.DeleteFunc(c.tx.Users(), func(org *world.User) bool {
		return org.Kind != world.Organization || !slices.Contains(org.Members, u.ID) && !slices.Contains(org.Owners, u.ID)
	})
	return listed(c, list, func(org *world.User) any {
		o := c.organization(org)
		maps.DeleteFunc(o, func(k string, _ any) bool { return !briefOrg[k] })
		return o
	})
}

// briefOrg are the keys of an organisation in a list.
var briefOrg = map[string]bool{"login": true, "id": true, "node_id": true, "url": true, "repos_url": true, "events_url": true, "hooks_url": true,
	"issues_url": true, "members_url": true, "public_members_url": true, "avatar_url": true, "description": true}

func tags(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range r.Refs {
		if tag, isTag := strings.CutPrefix(name, "refs/tags/"); isTag {
			names = append(names, tag)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) })
	return listed(c, names, func(tag string) any {
		sha := r.Refs["refs/tags/"+tag]
		return object{"name": tag, "zipball_url": c.at(r) + "/zipball/refs/tags/" + tag, "tarball_url": c.at(r) + "/tarball/refs/tags/" + tag,
			"commit": object{"sha": sha, "url": c.at(r) + "/commits/" + sha}, "node_id": world.NodeID(&world.RefNode{Repo: r, Name: "refs/tags/" + tag, SHA: sha})}
	})
}
