package rest

import (
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// at is the API address of a repository.
func (c *call) at(r *world.Repo) string { return c.Base + "/repos/" + c.tx.FullName(r) }

// repoObject is the shape all lists and pull requests hold.
// What it returns is shared within the call and must not be changed.
func (c *call) repoObject(r *world.Repo) object {
	if o := c.repos[r.ID]; o != nil {
		return o
	}
	if c.repos == nil {
		c.repos = map[int64]object{}
	}
	o := c.renderRepo(r)
	c.repos[r.ID] = o
	return o
}

func (c *call) renderRepo(r *world.Repo) object {
	owner := c.tx.User(r.OwnerID)
	name := owner.Login + "/" + r.Name
	at, page := c.Base+"/repos/"+name, c.HTML+"/"+name
	host := strings.TrimPrefix(strings.TrimPrefix(c.HTML, "http://"), "https://")
	open := c.openIssues(r)
	visibility := "public"
	if r.Private {
		visibility = "private"
	}
	o := object{
		"id": r.ID, "node_id": world.NodeID(r), "name": r.Name, "full_name": name, "owner": c.user(owner), "private": r.Private,
		"html_url": page, "description": text(r.Description), "fork": r.Fork, "url": at,
		"git_url": "git://" + host + "/" + name + ".git", "ssh_url": "git@" + host + ":" + name + ".git", "clone_url": page + ".git", "svn_url": page,
		"mirror_url": nil, "homepage": nil, "language": text(r.Language), "forks_count": 0, "forks": 0, "stargazers_count": 0, "watchers_count": 0,
		"watchers": 0, "size": 100, "default_branch": r.DefaultBranch, "open_issues_count": open, "open_issues": open, "is_template": false,
		"topics": []string{}, "has_issues": !r.IssuesDisabled, "has_projects": true, "has_wiki": false, "has_pages": false, "has_downloads": true,
		"has_discussions": false, "archived": r.Archived, "disabled": false, "visibility": visibility, "pushed_at": stamp(r.PushedAt),
		"created_at": stamp(r.CreatedAt), "updated_at": stamp(r.UpdatedAt), "license": nil, "allow_forking": true, "web_commit_signoff_required": false,
	}
	for field, tail := range addresses {
		o[field] = at + tail
	}
	if c.Actor.User != nil {
		o["permissions"] = permissions(c.permission(r))
	}
	return o
}

// addresses are the URL templates of a repository below its own.
var addresses = map[string]string{
	"archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}", "branches_url": "/branches{/branch}",
	"collaborators_url": "/collaborators{/collaborator}", "comments_url": "/comments{/number}", "commits_url": "/commits{/sha}",
	"compare_url": "/compare/{base}...{head}", "contents_url": "/contents/{+path}", "contributors_url": "/contributors", "deployments_url": "/deployments",
	"downloads_url": "/downloads", "events_url": "/events", "forks_url": "/forks", "git_commits_url": "/git/commits{/sha}", "git_refs_url": "/git/refs{/sha}",
	"git_tags_url": "/git/tags{/sha}", "issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
	"issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}", "languages_url": "/languages", "merges_url": "/merges",
	"milestones_url": "/milestones{/number}", "notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}",
	"releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}", "subscribers_url": "/subscribers",
	"subscription_url": "/subscription", "tags_url": "/tags", "teams_url": "/teams", "trees_url": "/git/trees{/sha}", "hooks_url": "/hooks",
}

// fullRepo is the shape of GET /repos/{owner}/{repo}.
func (c *call) fullRepo(r *world.Repo) object {
	o := c.renderRepo(r)
	o["subscribers_count"], o["network_count"], o["temp_clone_token"] = 0, 0, nil
	if owner := c.tx.User(r.OwnerID); owner.Kind == world.Organization {
		o["organization"] = c.user(owner)
	}
	if parent := c.tx.RepoByID(r.ParentID); parent != nil {
		o["parent"], o["source"] = c.repoObject(parent), c.repoObject(parent)
	}
	if c.permission(r) >= world.Write {
		s := r.Settings
		for k, v := range (object{"allow_merge_commit": !s.NoMergeCommit, "allow_squash_merge": !s.NoSquash, "allow_rebase_merge": !s.NoRebase,
			"allow_auto_merge": s.AutoMerge, "delete_branch_on_merge": s.DeleteBranch, "allow_update_branch": false, "use_squash_pr_title_as_default": false,
			"squash_merge_commit_title": "COMMIT_OR_PR_TITLE", "squash_merge_commit_message": "COMMIT_MESSAGES",
			"merge_commit_title": "MERGE_MESSAGE", "merge_commit_message": "PR_TITLE"}) {
			o[k] = v
		}
	}
	return o
}

func permissions(p world.Permission) object {
	return object{"admin": p >= world.Admin, "maintain": p >= world.Maintain, "push": p >= world.Write, "triage": p >= world.Triage, "pull": p >= world.Read}
}

// openIssues counts open issues and pull requests together, as open_issues_count does.
func (c *call) openIssues(r *world.Repo) int {
	n := 0
	for _, i := range c.tx.Issues(r.ID) {
		if !i.Closed {
			n++
		}
	}
	return n
}

func (c *call) permission(r *world.Repo) world.Permission {
	return c.tx.Permission(c.Actor.User, r)
}
