package graph

import (
	"bytes"
	"encoding/base64"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// repositoryGit answers the fields of Repository that lead into its git repository, and the empty ones.
func (x *execution) repositoryGit(repo *world.Repo, f *selected) (any, error) {
	a := f.args
	switch f.def.Name {
	case "defaultBranchRef":
		return x.refNamed(repo, "refs/heads/"+repo.DefaultBranch), nil
	case "ref":
		name := a.text("qualifiedName")
		if v := x.refNamed(repo, name); v != nil {
			return v, nil
		}
		return x.refNamed(repo, "refs/heads/"+name), nil
	case "refs":
		var items []any
		for _, ref := range x.refs(repo, a.text("refPrefix")) {
			if contains(strings.TrimPrefix(ref.Name, a.text("refPrefix")), a.text("query")) {
				items = append(items, ref)
			}
		}
		_, desc := a.order("", a.text("direction") == "DESC")
		return x.connection(f, list{items: items, desc: desc, key: func(v any) string { return v.(*world.RefNode).Name }})
	case "object":
		return x.gitExpression(repo, a)
	case "branchProtectionRules":
		var rules []any
		for _, pattern := range slices.Sorted(maps.Keys(repo.Protection)) {
			rules = append(rules, x.rule(repo, pattern, repo.Protection[pattern]))
		}
		return x.connection(f, list{items: rules})
	case "languages":
		l := list{more: map[string]any{"totalSize": 0}, edge: func(any) map[string]any { return map[string]any{"size": 1} }}
		if v := language(repo); v != nil {
			l.items, l.more = []any{v}, map[string]any{"totalSize": 1}
		}
		return x.connection(f, l)
	case "forks":
		return x.connection(f, list{items: x.forks(repo), more: map[string]any{"totalDiskUsage": 0}})
	case "suggestedActors":
		return x.suggestedActors(repo, f)
	case "milestones", "projects", "projectsV2", "releases", "repositoryTopics", "watchers":
		return x.connection(f, list{})
	}
	return nil, unresolved("Repository", f)
}

// refNamed is the reference with that full name as a value: null where there is none.
func (x *execution) refNamed(repo *world.Repo, name string) any {
	if sha := repo.Refs[name]; sha != "" {
		return &world.RefNode{Repo: repo, Name: name, SHA: sha}
	}
	return nil
}

func (x *execution) refs(repo *world.Repo, prefix string) []*world.RefNode {
	var out []*world.RefNode
	for _, name := range slices.Sorted(maps.Keys(repo.Refs)) {
		if strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, "refs/pull/") {
			out = append(out, &world.RefNode{Repo: repo, Name: name, SHA: repo.Refs[name]})
		}
	}
	return out
}

func (x *execution) ref(r *world.RefNode, f *selected) (any, error) {
	prefix := "refs/heads/"
	if !strings.HasPrefix(r.Name, prefix) {
		prefix = "refs/tags/"
	}
	switch f.def.Name {
	case "id":
		return world.NodeID(r), nil
	case "name":
		return strings.TrimPrefix(r.Name, prefix), nil
	case "prefix":
		return prefix, nil
	case "repository":
		return r.Repo, nil
	case "target":
		return &world.CommitNode{Repo: r.Repo, SHA: r.SHA}, nil
	case "branchProtectionRule":
		branch := strings.TrimPrefix(r.Name, prefix)
		if rules := x.tx.RulesFor(r.Repo, branch); rules != nil {
			return x.rule(r.Repo, branch, *rules), nil
		}
		return nil, nil
	case "compare":
		return x.comparison(r, f.args.text("headRef"))
	case "associatedPullRequests":
		keep := x.filter(f.args, true)
		var items []any
		for _, i := range x.tx.Issues(r.Repo.ID) {
			if keep(i) && i.Pull.HeadRef == strings.TrimPrefix(r.Name, prefix) && i.Pull.HeadRepoID == r.Repo.ID {
				items = append(items, i)
			}
		}
		return x.connection(f, x.sorted(items, f.args))
	}
	return nil, unresolved("Ref", f)
}

// gitExpression is Repository.object: a commit, or with REV:PATH the folder or file there.
func (x *execution) gitExpression(repo *world.Repo, a args) (any, error) {
	expr := a.text("oid")
	if expr == "" {
		expr = a.text("expression")
	}
	rev, at, inTree := strings.Cut(expr, ":")
	if rev == "HEAD" {
		rev = repo.DefaultBranch
	}
	sha, ok := x.tx.Resolve(repo, rev)
	if !ok {
		return nil, nil
	}
	if !inTree {
		return &world.CommitNode{Repo: repo, SHA: sha}, nil
	}
	at = strings.Trim(at, "/")
	if entries, err := x.tx.Tree(repo, sha, at); err == nil {
		return x.tree(repo, x.treeID(repo, sha, at), sha, at, entries), nil
	}
	file, err := x.tx.File(repo, sha, at)
	if err != nil || file == nil {
		return nil, nil
	}
	return x.blob(repo, file.SHA, file.Content), nil
}

func (x *execution) gitObject(typ string, repo *world.Repo, sha string, more map[string]any) record {
	at := x.repoPath(repo) + "/commit/" + sha
	more["id"] = typ[:1] + "_" + encode64(x.tx.FullName(repo)+" "+sha)
	more["oid"], more["abbreviatedOid"], more["repository"] = sha, sha[:min(7, len(sha))], repo
	more["commitResourcePath"], more["commitUrl"] = at, x.web+at
	return record{typ, more}
}

func (x *execution) blob(repo *world.Repo, sha string, content []byte) record {
	binary := bytes.IndexByte(content, 0) >= 0 || !utf8.Valid(content)
	more := map[string]any{"byteSize": len(content), "isBinary": binary, "isTruncated": len(content) > 512_000, "text": nil}
	if !binary {
		more["text"] = string(content[:min(len(content), 512_000)])
	}
	return x.gitObject("Blob", repo, sha, more)
}

// treeID is the object id of a folder of a commit, "" when it is none.
func (x *execution) treeID(repo *world.Repo, commit, at string) string {
	if at == "" {
		if info, err := x.tx.Commit(repo, commit); err == nil {
			return info.Tree
		}
		return ""
	}
	above, err := x.tx.Tree(repo, commit, strings.TrimPrefix(path.Dir("/"+at), "/"))
	if err != nil {
		return ""
	}
	for _, e := range above {
		if e.Name == path.Base(at) {
			return e.SHA
		}
	}
	return ""
}

func (x *execution) tree(repo *world.Repo, oid, commit, at string, entries []gitstore.Entry) record {
	return x.gitObject("Tree", repo, oid, map[string]any{"entries": lazy(func() any {
		var out []any
		for _, e := range entries {
			below := strings.TrimPrefix(at+"/"+e.Name, "/")
			out = append(out, record{"TreeEntry", map[string]any{
				"name": e.Name, "path": below, "type": e.Type, "mode": mode(e.Mode), "oid": e.SHA,
				"object": try(func() (any, error) {
					switch e.Type {
					case "blob":
						content, err := x.tx.Blob(repo, e.SHA)
						return x.blob(repo, e.SHA, content), err
					case "tree":
						entries, err := x.tx.Tree(repo, commit, below)
						return x.tree(repo, e.SHA, commit, below, entries), err
					}
					return nil, nil
				}),
			}})
		}
		return out
	})})
}

// mode is a file mode as the number its octal digits stand for.
func mode(octal string) int {
	n := 0
	for _, r := range octal {
		n = n*8 + int(r-'0')
	}
	return n
}

// comparison is Ref.compare: how the ref named head, or the branch of that name, stands to r. null: there is none.
func (x *execution) comparison(r *world.RefNode, head string) (any, error) {
	owner, branch, qualified := strings.Cut(head, ":")
	if !qualified {
		branch = head
	}
	repo := r.Repo
	if qualified && !strings.EqualFold(x.tx.User(repo.OwnerID).Login, owner) {
		return nil, nil
	}
	sha := repo.Refs[branch]
	if sha == "" {
		sha = repo.Refs["refs/heads/"+branch]
	}
	if sha == "" {
		return nil, nil
	}
	ahead, behind, err := x.tx.Counts(repo, r.SHA, sha)
	if err != nil {
		return nil, err
	}
	status := "IDENTICAL"
	switch {
	case ahead > 0 && behind > 0:
		status = "DIVERGED"
	case ahead > 0:
		status = "AHEAD"
	case behind > 0:
		status = "BEHIND"
	}
	id := base64.StdEncoding.EncodeToString([]byte("Comparison:" + r.SHA + sha))
	return record{"Comparison", map[string]any{"id": id, "aheadBy": ahead, "behindBy": behind, "status": status}}, nil
}
