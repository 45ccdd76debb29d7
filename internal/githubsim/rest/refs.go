package rest

import (
	"net/http"
	"net/url"
	"sort"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// tailed writes a name with slashes into an address.
func tailed(name string) string {
	parts := strings.Split(name, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

func (c *call) ref(r *world.Repo, full string) object {
	sha := r.Refs[full]
	return object{"ref": full, "node_id": world.NodeID(&world.RefNode{Repo: r, Name: full, SHA: sha}),
		"url":    c.at(r) + "/git/" + tailed(full),
		"object": object{"sha": sha, "type": "commit", "url": c.at(r) + "/git/commits/" + sha}}
}

// matching are the full names that begin with prefix, sorted.
func matching(r *world.Repo, prefix string) []string {
	var names []string
	for full := range r.Refs {
		if strings.HasPrefix(full, prefix) {
			names = append(names, full)
		}
	}
	sort.Strings(names)
	return names
}

func getRef(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	full := "refs/" + c.params["ref"]
	if r.Refs[full] == "" {
		return nil, errNotFound
	}
	return ok(c.ref(r, full))
}

// getRefs is GET git/refs/{ref}, which GitHub answers but no longer describes: the ref, else those below it.
func getRefs(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	full := "refs/" + c.params["ref"]
	if r.Refs[full] != "" {
		return ok(c.ref(r, full))
	}
	names := matching(r, full)
	if len(names) == 0 {
		return nil, errNotFound
	}
	return listed(c, names, func(n string) any { return c.ref(r, n) })
}

func matchingRefs(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	return listed(c, matching(r, "refs/"+c.params["ref"]), func(n string) any { return c.ref(r, n) })
}

func createRef(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	var in struct{ Ref, SHA string }
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	if in.Ref == "" {
		return nil, malformed(`"ref" wasn't supplied.`)
	}
	if in.SHA == "" {
		return nil, malformed(`"sha" wasn't supplied.`)
	}
	if r, err = c.tx.CreateRef(r, in.Ref, in.SHA); err != nil {
		return nil, err
	}
	return created(c.ref(r, in.Ref))
}

func updateRef(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	var in struct {
		SHA   string
		Force bool
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	full := "refs/" + c.params["ref"]
	if r, err = c.tx.UpdateRef(r, full, in.SHA, in.Force); err != nil {
		return nil, err
	}
	return ok(c.ref(r, full))
}

func deleteRef(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	if _, err := c.tx.DeleteRef(r, "refs/"+c.params["ref"]); err != nil {
		return nil, err
	}
	return noContent()
}

// branches in the order of their names.
func branches(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, full := range matching(r, "refs/heads/") {
		short := strings.TrimPrefix(full, "refs/heads/")
		protected := c.tx.RulesFor(r, short) != nil
		if want := c.Query.Get("protected"); want != "" && (want == "true") != protected {
			continue
		}
		names = append(names, short)
	}
	return listed(c, names, func(short string) any { return c.branch(r, short) })
}

func (c *call) branch(r *world.Repo, short string) object {
	sha := r.Refs["refs/heads/"+short]
	at := c.at(r) + "/branches/" + tailed(short)
	return object{"name": short, "commit": object{"sha": sha, "url": c.at(r) + "/commits/" + sha}, "protected": c.tx.RulesFor(r, short) != nil,
		"protection": c.protectionSummary(r, short), "protection_url": at + "/protection"}
}

func (c *call) protectionSummary(r *world.Repo, short string) object {
	rules := c.tx.RulesFor(r, short)
	checks, level := []string{}, "off"
	if rules != nil && len(rules.RequiredChecks) > 0 {
		checks, level = rules.RequiredChecks, "non_admins"
	}
	return object{"enabled": rules != nil, "required_status_checks": object{"enforcement_level": level, "contexts": checks, "checks": checkObjects(checks)}}
}

func checkObjects(contexts []string) []any {
	out := []any{}
	for _, name := range contexts {
		out = append(out, object{"context": name, "app_id": nil})
	}
	return out
}

func getBranch(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	short := c.params["branch"]
	sha := r.Refs["refs/heads/"+short]
	if sha == "" {
		return nil, fail(http.StatusNotFound, "Branch not found")
	}
	head, err := c.tx.Commit(r, sha)
	if err != nil {
		return nil, err
	}
	o := c.branch(r, short)
	o["commit"] = c.commit(r, head)
	o["_links"] = object{"self": c.at(r) + "/branches/" + tailed(short), "html": c.HTML + "/" + c.tx.FullName(r) + "/tree/" + tailed(short)}
	return ok(o)
}

func branchProtection(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	if err := c.atLeast(r, world.Admin); err != nil {
		return nil, errNotFound
	}
	short := c.params["branch"]
	if r.Refs["refs/heads/"+short] == "" {
		return nil, fail(http.StatusNotFound, "Branch not found")
	}
	rules := c.tx.RulesFor(r, short)
	if rules == nil {
		return nil, fail(http.StatusNotFound, "Branch not protected")
	}
	at := c.at(r) + "/branches/" + tailed(short) + "/protection"
	off := object{"enabled": false}
	o := object{"url": at, "enforce_admins": object{"url": at + "/enforce_admins", "enabled": false}, "required_linear_history": off, "allow_force_pushes": off,
		"allow_deletions": object{"enabled": rules.Deletable}, "block_creations": off, "required_conversation_resolution": object{"enabled": rules.Resolved}, "lock_branch": off,
		"allow_fork_syncing": off, "required_signatures": object{"url": at + "/required_signatures", "enabled": false}}
	if len(rules.RequiredChecks) > 0 || rules.UpToDate {
		checks := append([]string{}, rules.RequiredChecks...)
		o["required_status_checks"] = object{"url": at + "/required_status_checks", "strict": rules.UpToDate, "contexts": checks,
			"contexts_url": at + "/required_status_checks/contexts", "checks": checkObjects(checks)}
	}
	if rules.Approvals > 0 {
		o["required_pull_request_reviews"] = object{"url": at + "/required_pull_request_reviews", "dismiss_stale_reviews": false,
			"require_code_owner_reviews": false, "require_last_push_approval": false, "required_approving_review_count": rules.Approvals}
	}
	return ok(o)
}
