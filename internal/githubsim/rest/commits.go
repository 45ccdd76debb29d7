package rest

import (
	"net/http"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

var unsigned = object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil}

func person(p gitstore.Person) object {
	return object{"name": p.Name, "email": p.Email, "date": stamp(p.When)}
}

// account is the user behind a commit's author: GitHub goes by the address, of which the no-reply form holds the login.
func (c *call) account(p gitstore.Person) any {
	local, _, _ := strings.Cut(p.Email, "@")
	if _, after, found := strings.Cut(local, "+"); found {
		local = after
	}
	for _, name := range []string{local, p.Name} {
		if u := c.tx.UserByLogin(name); u != nil {
			return c.user(u)
		}
	}
	return nil
}

// gitCommit is the shape of the git database operations.
func (c *call) gitCommit(r *world.Repo, m *gitstore.CommitInfo) object {
	page := c.HTML + "/" + c.tx.FullName(r)
	parents := []any{}
	for _, p := range m.Parents {
		parents = append(parents, object{"sha": p, "url": c.at(r) + "/git/commits/" + p, "html_url": page + "/commit/" + p})
	}
	committer := m.Committer
	if committer == (gitstore.Person{}) {
		committer = m.Author
	}
	return object{"sha": m.SHA, "node_id": world.NodeID(&world.CommitNode{Repo: r, SHA: m.SHA}), "url": c.at(r) + "/git/commits/" + m.SHA,
		"html_url": page + "/commit/" + m.SHA, "author": person(m.Author), "committer": person(committer), "message": m.Message,
		"tree": object{"sha": m.Tree, "url": c.at(r) + "/git/trees/" + m.Tree}, "parents": parents, "verification": unsigned}
}

// commit is the shape of the repository operations.
func (c *call) commit(r *world.Repo, m *gitstore.CommitInfo) object {
	inner := c.gitCommit(r, m)
	at, page := c.at(r)+"/commits/"+m.SHA, inner["html_url"]
	parents := []any{}
	for _, p := range m.Parents {
		parents = append(parents, object{"sha": p, "url": c.at(r) + "/commits/" + p, "html_url": c.HTML + "/" + c.tx.FullName(r) + "/commit/" + p})
	}
	id := inner["node_id"]
	for _, f := range []string{"sha", "node_id", "html_url", "parents"} {
		delete(inner, f)
	}
	inner["comment_count"] = 0
	committer := m.Committer
	if committer == (gitstore.Person{}) {
		committer = m.Author
	}
	return object{"sha": m.SHA, "node_id": id, "url": at, "html_url": page, "comments_url": at + "/comments", "commit": inner,
		"author": c.account(m.Author), "committer": c.account(committer), "parents": parents}
}

func (c *call) files(r *world.Repo, sha string, list []gitstore.FileChange) []any {
	out := []any{}
	for _, f := range list {
		o := object{"sha": text(f.SHA), "filename": f.Path, "status": f.Status, "additions": f.Additions, "deletions": f.Deletions, "changes": f.Additions + f.Deletions,
			"blob_url":     c.HTML + "/" + c.tx.FullName(r) + "/blob/" + sha + "/" + tailed(f.Path),
			"raw_url":      c.HTML + "/" + c.tx.FullName(r) + "/raw/" + sha + "/" + tailed(f.Path),
			"contents_url": c.at(r) + "/contents/" + tailed(f.Path) + "?ref=" + sha}
		if f.Patch != "" {
			o["patch"] = f.Patch
		}
		if f.OldPath != "" {
			o["previous_filename"] = f.OldPath
		}
		out = append(out, o)
	}
	return out
}

// listLimit bounds what one walk over a history reads.
const listLimit = 5_000

func listCommits(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	if len(r.Refs) == 0 {
		return nil, fail(http.StatusConflict, "Git Repository is empty.")
	}
	rev := c.Query.Get("sha")
	if rev == "" {
		rev = r.DefaultBranch
	}
	sha, found := c.tx.Resolve(r, rev)
	if !found {
		return nil, errNotFound
	}
	since, err := c.when("since")
	if err != nil {
		return nil, err
	}
	until, err := c.when("until")
	if err != nil {
		return nil, err
	}
	all, err := c.tx.Commits(r, sha, nil, listLimit)
	if err != nil {
		return nil, err
	}
	author := c.Query.Get("author")
	var list []*gitstore.CommitInfo
	for _, m := range all {
		if m.Author.When.Before(since) || (!until.IsZero() && m.Author.When.After(until)) {
			continue
		}
		if author != "" && !strings.EqualFold(author, m.Author.Email) && !strings.EqualFold(author, m.Author.Name) {
			continue
		}
		list = append(list, m)
	}
	return listed(c, list, func(m *gitstore.CommitInfo) any { return c.commit(r, m) })
}

func getCommit(c *call) (*reply, error) {
	r, sha, err := c.commitAt("ref")
	if err != nil {
		return nil, err
	}
	if c.media() == "sha" {
		return &reply{status: http.StatusOK, raw: []byte(sha), mime: "application/vnd.github.sha; charset=utf-8"}, nil
	}
	m, err := c.tx.Commit(r, sha)
	if err != nil {
		return nil, err
	}
	if len(m.Parents) > 0 {
		if text, err := c.patch(r, m.Parents[0], sha); text != nil || err != nil {
			return text, err
		}
	}
	o := c.commit(r, m)
	files := []gitstore.FileChange{}
	if len(m.Parents) > 0 {
		if d, err := c.tx.Compare(r, m.Parents[0], sha); err == nil {
			files = d.Files
		}
	}
	plus, minus := 0, 0
	for _, f := range files {
		plus, minus = plus+f.Additions, minus+f.Deletions
	}
	o["stats"], o["files"] = object{"additions": plus, "deletions": minus, "total": plus + minus}, c.files(r, sha, files)
	return ok(o)
}

// commitAt resolves the revision in the path.
func (c *call) commitAt(param string) (*world.Repo, string, error) {
	r, err := c.repository()
	if err != nil {
		return nil, "", err
	}
	if len(r.Refs) == 0 {
		return nil, "", fail(http.StatusConflict, "Git Repository is empty.")
	}
	rev := c.params[param]
	sha, found := c.tx.Resolve(r, rev)
	if !found {
		return nil, "", fail(http.StatusUnprocessableEntity, "No commit found for SHA: "+rev)
	}
	return r, sha, nil
}

func getGitCommit(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	m, err := c.tx.Commit(r, c.params["commit_sha"])
	if err != nil {
		return nil, errNotFound
	}
	return ok(c.gitCommit(r, m))
}

// compare answers BASE...HEAD, each a revision or owner:branch.
func compare(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	base, head, found := strings.Cut(c.params["basehead"], "...")
	if !found {
		return nil, errNotFound
	}
	resolve := func(rev string) (string, bool) {
		if owner, branch, hasOwner := strings.Cut(rev, ":"); hasOwner {
			if !strings.EqualFold(owner, c.tx.User(r.OwnerID).Login) {
				return "", false
			}
			rev = branch
		}
		return c.tx.Resolve(r, rev)
	}
	from, okFrom := resolve(base)
	to, okTo := resolve(head)
	if !okFrom || !okTo {
		return nil, errNotFound
	}
	if text, err := c.patch(r, from, to); text != nil || err != nil {
		return text, err
	}
	d, err := c.tx.Compare(r, from, to)
	if err != nil {
		return nil, err
	}
	if d.MergeBase == "" {
		return nil, fail(http.StatusNotFound, "No common ancestor between "+base+" and "+head+".")
	}
	first, err := c.tx.Commit(r, from)
	if err != nil {
		return nil, err
	}
	common, err := c.tx.Commit(r, d.MergeBase)
	if err != nil {
		return nil, err
	}
	status := map[[2]bool]string{{true, true}: "diverged", {true, false}: "ahead", {false, true}: "behind", {false, false}: "identical"}[[2]bool{d.Ahead > 0, d.Behind > 0}]
	part, header := page(c, d.Commits)
	commits := []any{}
	for _, m := range part {
		commits = append(commits, c.commit(r, m))
	}
	page := c.HTML + "/" + c.tx.FullName(r) + "/compare/" + tailed(c.params["basehead"])
	return &reply{status: http.StatusOK, header: header, body: object{
		"url": c.at(r) + "/compare/" + tailed(c.params["basehead"]), "html_url": page, "permalink_url": page, "diff_url": page + ".diff", "patch_url": page + ".patch",
		"base_commit": c.commit(r, first), "merge_base_commit": c.commit(r, common), "status": status, "ahead_by": d.Ahead, "behind_by": d.Behind,
		"total_commits": d.Ahead, "commits": commits, "files": c.files(r, to, d.Files)}}, nil
}

func mergeBranch(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	var in struct {
		Base    string `json:"base"`
		Head    string `json:"head"`
		Message string `json:"commit_message"`
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	sha, err := c.tx.MergeBranch(r, in.Base, in.Head, in.Message)
	if err != nil {
		return nil, err
	}
	if sha == "" {
		return noContent()
	}
	m, err := c.tx.Commit(r, sha)
	if err != nil {
		return nil, err
	}
	return created(c.commit(r, m))
}
