package graph

import (
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/searchindex"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func (x *execution) queryField(f *selected) (any, error) {
	a := f.args
	switch f.def.Name {
	case "viewer":
		if x.actor.User == nil {
			return nil, &Error{Type: Forbidden, Message: "Resource not accessible without authentication"}
		}
		return x.user(x.actor.User.ID), nil
	case "user", "organization":
		return x.accountOf(f.def.Name, a.text("login"))
	case "repositoryOwner":
		u := x.tx.UserByLogin(a.text("login"))
		if u == nil || u.Kind == world.Bot {
			return nil, nil
		}
		return u, nil
	case "repository":
		return x.repositoryOf(a.text("owner"), a.text("name"), a.flag("followRenames"))
	case "node":
		return x.node(a.text("id"))
	case "nodes":
		return x.nodesOf(f)
	case "resource":
		return x.resource(a.text("url")), nil
	case "search":
		return x.search(f)
	case "rateLimit":
		return x.rateLimit(), nil
	case "id":
		return "MDQ6Um9vdA==", nil
	case "__type":
		return introspectNamed(a.text("name")), nil
	case "__schema":
		return introspectSchema(), nil
	}
	return nil, unresolved("Query", f)
}

func unknown(kind, how, name string) error {
	return &Error{Type: NotFound, Message: fmt.Sprintf("Could not resolve to %s with the %s of '%s'.", kind, how, name)}
}

func (x *execution) accountOf(field, login string) (any, error) {
	u := x.tx.UserByLogin(login)
	switch {
	case field == "user" && (u == nil || u.Kind != world.Person):
		return nil, unknown("a User", "login", login)
	case field == "organization" && (u == nil || u.Kind != world.Organization):
		return nil, unknown("an Organization", "login", login)
	}
	return u, nil
}

func (x *execution) repositoryOf(owner, name string, follow bool) (any, error) {
	repo, redirected := x.tx.Repo(owner, name)
	if repo == nil || !x.tx.CanSee(x.actor, repo) || redirected && !follow {
		return nil, &Error{Type: NotFound, Message: fmt.Sprintf("Could not resolve to a Repository with the name '%s/%s'.", owner, name)}
	}
	return repo, nil
}

// node finds what the actor may see by its node id.
func (x *execution) node(id string) (any, error) {
	v := x.tx.Node(id)
	if v == nil || typeOf(v) == "" || !x.visible(v) {
		return nil, &Error{Type: NotFound, Message: fmt.Sprintf("Could not resolve to a node with the global id of '%s'", id)}
	}
	return v, nil
}

func (x *execution) nodesOf(f *selected) (any, error) {
	ids := f.args.texts("ids")
	if len(ids) > pageLimit {
		return nil, &Error{Type: TooManyArguments, Message: fmt.Sprintf("You may not provide more than %d node ids; you provided %d.", pageLimit, len(ids))}
	}
	out := make([]any, len(ids))
	for i, id := range ids {
		v, err := x.node(id)
		if err != nil {
			x.fail(err, f, &fieldPath{&fieldPath{nil, f.key}, i})
			continue
		}
		out[i] = v
	}
	x.nodes += len(ids)
	return out, nil
}

// visible tells whether the actor may see the repository an entity belongs to.
func (x *execution) visible(v any) bool {
	repo := x.repoOf(v)
	return repo == nil || x.tx.CanSee(x.actor, repo)
}

// repoOf is the repository an entity belongs to, nil for an account.
func (x *execution) repoOf(v any) *world.Repo {
	issue := func(id int64) *world.Repo {
		if i := x.tx.IssueByID(id); i != nil {
			return x.tx.RepoByID(i.RepoID)
		}
		return nil
	}
	switch v := v.(type) {
	case *world.Repo:
		return v
	case *world.Issue:
		return x.tx.RepoByID(v.RepoID)
	case *world.Label:
		return x.tx.RepoByID(v.RepoID)
	case *world.Comment:
		return issue(v.IssueID)
	case *world.Event:
		return issue(v.IssueID)
	case *world.Edit:
		if c := x.tx.Comment(v.Subject); c != nil {
			return issue(c.IssueID)
		}
		return issue(v.Subject)
	case *world.Reaction:
		if c := x.tx.Comment(v.CommentID); c != nil {
			return issue(c.IssueID)
		}
		return issue(v.IssueID)
	case *world.Review:
		return issue(v.IssueID)
	case *world.Thread:
		return issue(v.IssueID)
	case *world.ThreadComment:
		if t := x.tx.Thread(v.ThreadID); t != nil {
			return issue(t.IssueID)
		}
	case *world.Check:
		return x.tx.RepoByID(v.RepoID)
	case *world.RefNode:
		return v.Repo
	case *world.CommitNode:
		return v.Repo
	}
	return nil
}

// resource finds what a web address shows: an account, a repository, an issue or a pull request.
func (x *execution) resource(url string) any {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return nil
	}
	parts := strings.Split(strings.Trim(rest, "/"), "/")[1:]
	switch {
	case len(parts) == 1:
		if u := x.tx.UserByLogin(parts[0]); u != nil {
			return u
		}
	case len(parts) == 2:
		if repo, _ := x.tx.Repo(parts[0], parts[1]); repo != nil && x.tx.CanSee(x.actor, repo) {
			return repo
		}
	case len(parts) == 4 && (parts[2] == "issues" || parts[2] == "pull"):
		n, err := atoi(parts[3])
		repo, _ := x.tx.Repo(parts[0], parts[1])
		if err != nil || repo == nil || !x.tx.CanSee(x.actor, repo) {
			return nil
		}
		if i := x.tx.Issue(repo.ID, n); i != nil {
			return i
		}
	}
	return nil
}

func (x *execution) search(f *selected) (any, error) {
	text, kind := f.args.text("query"), f.args.text("type")
	more := map[string]any{"issueCount": 0, "repositoryCount": 0, "userCount": 0, "codeCount": 0, "discussionCount": 0, "wikiCount": 0}
	var items []any
	total := ""
	switch kind {
	case "ISSUE", "ISSUE_ADVANCED":
		found := x.executor.opts.Search.Search(x.tx, x.actor, text)
		items, total = many(found.Issues[:min(len(found.Issues), searchindex.MostResults)]), "issueCount"
		delete(more, "issueCount")
		l := list{items: items, more: more, total: total, forward: true}
		v, err := x.connection(f, l)
		if r, ok := v.(record); ok {
			r.fields["issueCount"] = len(found.Issues)
		}
		return v, err
	case "REPOSITORY":
		total = "repositoryCount"
		for _, repo := range x.tx.Repos() {
			if x.tx.CanSee(x.actor, repo) && named(text, x.tx.FullName(repo), x.tx.FullName(repo)) {
				items = append(items, repo)
			}
		}
	case "USER":
		total = "userCount"
		for _, u := range x.tx.Users() {
			if u.Kind != world.Bot && named(text, u.Login, "") {
				items = append(items, u)
			}
		}
	default:
		total = "discussionCount"
	}
	delete(more, total)
	return x.connection(f, list{items: items, more: more, total: total, forward: true})
}

// named tells whether every free word of a search text is part of a name, and every org:, user: or
// repo: of it fits the full name.
func named(text, name, full string) bool {
	name, full = strings.ToLower(name), strings.ToLower(full)
	for _, word := range strings.Fields(strings.ToLower(text)) {
		key, value, qualified := strings.Cut(word, ":")
		switch {
		case !qualified && !strings.Contains(name, word):
			return false
		case (key == "org" || key == "user") && !strings.HasPrefix(full, value+"/"):
			return false
		case key == "repo" && full != value:
			return false
		}
	}
	return true
}

func (x *execution) rateLimit() any {
	r := Rate{Limit: 5000, Remaining: 5000 - x.plan.Cost, Used: x.plan.Cost, ResetAt: x.tx.Now()}
	if x.executor.opts.Rate != nil {
		r = x.executor.opts.Rate(x.actor)
	}
	return record{"RateLimit", map[string]any{
		"cost": x.plan.Cost, "nodeCount": x.plan.Nodes, "limit": r.Limit,
		"remaining": r.Remaining, "used": r.Used, "resetAt": r.ResetAt,
	}}
}
