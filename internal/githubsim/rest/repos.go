package rest

import (
	"encoding/base64"
	"net/http"
	"slices"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func getRepo(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, body: c.fullRepo(r), modified: r.UpdatedAt}, nil
}

func patchRepo(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	if err := c.atLeast(r, world.Admin); err != nil {
		return nil, err
	}
	var in struct {
		Name, Description, Visibility *string
		DefaultBranch                 *string `json:"default_branch"`
		Private, Archived             *bool
		HasIssues                     *bool `json:"has_issues"`
		AllowMergeCommit              *bool `json:"allow_merge_commit"`
		AllowSquash                   *bool `json:"allow_squash_merge"`
		AllowRebase                   *bool `json:"allow_rebase_merge"`
		AllowAuto                     *bool `json:"allow_auto_merge"`
		DeleteBranch                  *bool `json:"delete_branch_on_merge"`
	}
	if err := c.decode(&in, false); err != nil {
		return nil, err
	}
	if in.Archived != nil && *in.Archived != r.Archived {
		if r, err = c.tx.ArchiveRepo(r, *in.Archived); err != nil {
			return nil, err
		}
	}
	if in.Name != nil && *in.Name != r.Name {
		if r, err = c.tx.RenameRepo(r, *in.Name); err != nil {
			return nil, err
		}
	}
	e := world.RepoEdit{Description: in.Description, DefaultBranch: in.DefaultBranch, Private: in.Private}
	if in.Visibility != nil {
		private := *in.Visibility == "private"
		e.Private = &private
	}
	if in.HasIssues != nil {
		off := !*in.HasIssues
		e.IssuesDisabled = &off
	}
	settings := r.Settings
	for _, f := range []struct {
		from   *bool
		to     *bool
		invert bool
	}{{in.AllowMergeCommit, &settings.NoMergeCommit, true}, {in.AllowSquash, &settings.NoSquash, true}, {in.AllowRebase, &settings.NoRebase, true},
		{in.AllowAuto, &settings.AutoMerge, false}, {in.DeleteBranch, &settings.DeleteBranch, false}} {
		if f.from != nil {
			*f.to = *f.from != f.invert
		}
	}
	if settings != r.Settings {
		e.Settings = &settings
	}
	if e != (world.RepoEdit{}) {
		if r, err = c.tx.EditRepo(r, e); err != nil {
			return nil, err
		}
	}
	return ok(c.fullRepo(r))
}

// refuseDeletion: deleting a repository takes the scope delete_repo, which no token here has.
func refuseDeletion(c *call) (*reply, error) {
	if _, err := c.repository(); err != nil {
		return nil, err
	}
	return nil, fail(http.StatusForbidden, "Must have admin rights to Repository.")
}

func topics(c *call) (*reply, error) {
	if _, err := c.repository(); err != nil {
		return nil, err
	}
	return ok(object{"names": []string{}})
}

func languages(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	o := object{}
	if r.Language != "" {
		o[r.Language] = 10_000
	}
	return ok(o)
}

func milestones(c *call) (*reply, error) {
	if _, err := c.repository(); err != nil {
		return nil, err
	}
	return ok([]any{})
}

// codeownersFiles are where GitHub looks, first found counts.
var codeownersFiles = []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

func codeownersErrors(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	ref := c.Query.Get("ref")
	if ref == "" {
		ref = r.DefaultBranch
	}
	for _, path := range codeownersFiles {
		if f, err := c.tx.File(r, ref, path); err == nil && f != nil {
			return ok(object{"errors": c.unknownOwners(path, string(f.Content))})
		}
	}
	return nil, errNotFound
}

func collaborators(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	if err := c.atLeast(r, world.Write); err != nil {
		return nil, fail(http.StatusForbidden, "Must have push access to view repository collaborators.")
	}
	return listed(c, c.tx.Collaborators(r), func(u *world.User) any {
		o := c.user(u)
		p := c.tx.Permission(u, r)
		o["permissions"], o["role_name"] = permissions(p), p.String()
		return o
	})
}

func isCollaborator(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	if err := c.atLeast(r, world.Write); err != nil {
		return nil, fail(http.StatusForbidden, "Must have push access to view repository collaborators.")
	}
	u := c.tx.UserByLogin(c.params["username"])
	if u == nil || !slices.ContainsFunc(c.tx.Collaborators(r), func(x *world.User) bool { return x.ID == u.ID }) {
		return nil, errNotFound
	}
	return noContent()
}

// legacy is the four-valued "permission" beside role_name.
var legacy = map[world.Permission]string{world.NoPermission: "none", world.Read: "read", world.Triage: "read", world.Write: "write", world.Maintain: "write", world.Admin: "admin"}

func permissionOf(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	u := c.tx.UserByLogin(c.params["username"])
	if u == nil {
		return nil, errNotFound
	}
	if err := c.atLeast(r, world.Write); err != nil && (c.Actor.User == nil || c.Actor.User.ID != u.ID) {
		return nil, fail(http.StatusForbidden, "Must have push access to view collaborator permission.")
	}
	p := c.tx.Permission(u, r)
	who := c.user(u)
	who["permissions"], who["role_name"] = permissions(p), p.String()
	return ok(object{"permission": legacy[p], "role_name": p.String(), "user": who})
}

func workflows(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	entries, err := c.tx.Tree(r, r.DefaultBranch, ".github/workflows")
	if err != nil {
		entries = nil
	}
	var found []any
	name := c.tx.FullName(r)
	for n, e := range entries {
		if e.Type != "blob" {
			continue
		}
		id := r.ID*100 + int64(n) + 1
		path := ".github/workflows/" + e.Name
		found = append(found, object{"id": id, "node_id": "W_" + base64.RawURLEncoding.EncodeToString([]byte(path)), "name": e.Name, "path": path, "state": "active",
			"created_at": stamp(r.CreatedAt), "updated_at": stamp(r.UpdatedAt), "url": c.at(r) + "/actions/workflows/" + e.Name,
			"html_url":  c.HTML + "/" + name + "/blob/" + r.DefaultBranch + "/" + path,
			"badge_url": c.HTML + "/" + name + "/workflows/" + e.Name + "/badge.svg"})
	}
	part, header := page(c, found)
	return &reply{status: http.StatusOK, header: header, body: object{"total_count": len(found), "workflows": append([]any{}, part...)}}, nil
}

func actionsPermissions(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	if err := c.atLeast(r, world.Admin); err != nil {
		return nil, err
	}
	return ok(object{"enabled": true, "allowed_actions": "all", "sha_pinning_required": false})
}
