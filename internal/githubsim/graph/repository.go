package graph

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// stamp is a time to the second as text that sorts like it.
func stamp(t time.Time) string { return fixed(max(0, t.Unix())) }

func (x *execution) repoPath(repo *world.Repo) string { return "/" + x.tx.FullName(repo) }

func (x *execution) repository(repo *world.Repo, f *selected) (any, error) {
	a := f.args
	switch f.def.Name {
	case "id":
		return world.NodeID(repo), nil
	case "databaseId":
		return repo.ID, nil
	case "name":
		return repo.Name, nil
	case "nameWithOwner":
		return x.tx.FullName(repo), nil
	case "owner":
		return x.user(repo.OwnerID), nil
	case "description":
		if repo.Description == "" {
			return nil, nil
		}
		return repo.Description, nil
	case "parent":
		if parent := x.tx.RepoByID(repo.ParentID); parent != nil && x.tx.CanSee(x.actor, parent) {
			return parent, nil
		}
		return nil, nil
	case "createdAt":
		return repo.CreatedAt, nil
	case "updatedAt":
		return repo.UpdatedAt, nil
	case "pushedAt":
		return repo.PushedAt, nil
	case "archivedAt":
		if repo.Archived {
			return repo.UpdatedAt, nil
		}
		return nil, nil
	case "url":
		return x.web + x.repoPath(repo), nil
	case "resourcePath":
		return x.repoPath(repo), nil
	case "sshUrl":
		return "git@" + host(x.web) + ":" + x.tx.FullName(repo) + ".git", nil
	case "issue", "issueOrPullRequest", "pullRequest":
		return x.numbered(repo, f)
	case "issues", "pullRequests":
		return x.connection(f, x.issues(repo, f))
	case "label":
		if l := x.tx.LabelByName(repo, a.text("name")); l != nil {
			return l, nil
		}
		return nil, nil
	case "labels":
		return x.connection(f, x.labels(x.tx.Labels(repo), a))
	case "collaborators":
		return x.collaborators(repo, f)
	case "assignableUsers", "mentionableUsers":
		var users []any
		for _, u := range x.tx.Collaborators(repo) {
			if contains(u.Login+" "+u.Name, a.text("query")) {
				users = append(users, u)
			}
		}
		return x.connection(f, list{items: users})
	case "viewerPermission":
		if x.actor.User == nil {
			return nil, nil
		}
		if p := x.tx.Permission(x.actor.User, repo); p > world.NoPermission {
			return strings.ToUpper(p.String()), nil
		}
		return nil, nil
	case "viewerCanAdminister":
		return x.may(repo, world.Admin), nil
	}
	if v, ok := x.repositorySetting(repo, f.def.Name); ok {
		return v, nil
	}
	return x.repositoryGit(repo, f)
}

// may tells whether the actor has at least that permission.
func (x *execution) may(repo *world.Repo, p world.Permission) bool {
	return x.actor.User != nil && x.tx.Permission(x.actor.User, repo) >= p
}

func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

func host(url string) string {
	_, h, _ := strings.Cut(url, "://")
	return h
}

// numbered is the issue or pull request with that number, of the kind the field is for.
func (x *execution) numbered(repo *world.Repo, f *selected) (any, error) {
	n := f.args.number("number")
	i := x.tx.Issue(repo.ID, n)
	switch f.def.Name {
	case "issue":
		if i == nil || i.Pull != nil {
			return nil, &Error{Type: NotFound, Message: fmt.Sprintf("Could not resolve to an Issue with the number of %d.", n)}
		}
	case "pullRequest":
		if i == nil || i.Pull == nil {
			return nil, &Error{Type: NotFound, Message: fmt.Sprintf("Could not resolve to a PullRequest with the number of %d.", n)}
		}
	default:
		if i == nil {
			return nil, &Error{Type: NotFound, Message: fmt.Sprintf("Could not resolve to an issue or pull request with the number of %d.", n)}
		}
	}
	return i, nil
}

func (x *execution) issues(repo *world.Repo, f *selected) list {
	keep := x.filter(f.args, f.def.Name == "pullRequests")
	var items []any
	for _, i := range x.tx.Issues(repo.ID) {
		if keep(i) && x.listed(i.CreatedAt) {
			items = append(items, i)
		}
	}
	return x.sorted(items, f.args)
}

// listed tells whether lists show what was made at a time already.
func (x *execution) listed(made time.Time) bool {
	if x.executor.opts.Lag == nil {
		return true
	}
	lag := x.executor.opts.Lag()
	return lag == 0 || !made.After(x.tx.Now().Add(-lag))
}

// sorted puts issues in the order asked for; unasked they come as they were made.
func (x *execution) sorted(items []any, a args) list {
	field, desc := a.order("CREATED_AT", false)
	return list{items: items, desc: desc, key: func(v any) string {
		i := v.(*world.Issue)
		switch field {
		case "UPDATED_AT":
			return stamp(i.UpdatedAt)
		case "COMMENTS":
			return fixed(int64(len(x.tx.Comments(i.ID))))
		}
		return stamp(i.CreatedAt)
	}}
}

// filter decides over issues (or pull requests) along states, labels, filterBy, baseRefName and headRefName.
func (x *execution) filter(a args, pulls bool) func(*world.Issue) bool {
	by := a.object("filterBy")
	states, labels := a.texts("states"), a.texts("labels")
	if by.given("states") {
		states = by.texts("states")
	}
	return func(i *world.Issue) bool {
		if (i.Pull != nil) != pulls {
			return false
		}
		if len(states) > 0 && !slices.Contains(states, state(i)) {
			return false
		}
		// labels of the field are alternatives, those of filterBy too.
		if len(labels) > 0 && !x.labelled(i, labels) || by.given("labels") && !x.labelled(i, by.texts("labels")) {
			return false
		}
		if pulls {
			return (!a.given("baseRefName") || i.Pull.BaseRef == a.text("baseRefName")) &&
				(!a.given("headRefName") || i.Pull.HeadRef == a.text("headRefName"))
		}
		return x.filterBy(i, by)
	}
}

func (x *execution) filterBy(i *world.Issue, by args) bool {
	is := func(id int64, login string) bool {
		u := x.tx.UserByLogin(login)
		return u != nil && u.ID == id
	}
	if v, asked := by["assignee"]; asked {
		login, _ := v.(string)
		switch {
		case v == nil && len(i.AssigneeIDs) > 0, login == "*" && len(i.AssigneeIDs) == 0:
			return false
		case v != nil && login != "*" && !slices.ContainsFunc(i.AssigneeIDs, func(id int64) bool { return is(id, login) }):
			return false
		}
	}
	if by.given("createdBy") && !is(i.AuthorID, by.text("createdBy")) {
		return false
	}
	if by.given("since") && i.UpdatedAt.Before(by.time("since")) {
		return false
	}
	if by.given("mentioned") && !x.mentioned(i, by.text("mentioned")) {
		return false
	}
	return !(by.given("milestone") && by.text("milestone") != "" || by.given("milestoneNumber"))
}

func (x *execution) mentioned(i *world.Issue, login string) bool {
	if contains(i.Body, "@"+login) {
		return true
	}
	return slices.ContainsFunc(x.tx.Comments(i.ID), func(c *world.Comment) bool { return contains(c.Body, "@"+login) })
}

func (x *execution) labelled(i *world.Issue, names []string) bool {
	return slices.ContainsFunc(x.tx.LabelsOf(i), func(l *world.Label) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, l.Name) })
	})
}

// state is IssueState or PullRequestState.
func state(i *world.Issue) string {
	switch {
	case i.Pull != nil && i.Pull.Merged:
		return "MERGED"
	case i.Closed:
		return "CLOSED"
	}
	return "OPEN"
}

func (x *execution) labels(labels []*world.Label, a args) list {
	query := a.text("query")
	labels = slices.DeleteFunc(slices.Clone(labels), func(l *world.Label) bool { return !contains(l.Name+" "+l.Description, query) })
	field, desc := a.order("CREATED_AT", false)
	return list{items: many(labels), desc: desc, key: func(v any) string {
		l := v.(*world.Label)
		switch field {
		case "NAME":
			return strings.ToLower(l.Name)
		case "ISSUE_COUNT":
			return fixed(int64(len(x.withLabel(l, false))))
		}
		return stamp(l.CreatedAt)
	}}
}

func (x *execution) withLabel(l *world.Label, pulls bool) []any {
	var items []any
	for _, i := range x.tx.Issues(l.RepoID) {
		if (i.Pull != nil) == pulls && slices.Contains(i.LabelIDs, l.ID) {
			items = append(items, i)
		}
	}
	return items
}

func (x *execution) collaborators(repo *world.Repo, f *selected) (any, error) {
	if !x.may(repo, world.Write) {
		return nil, &Error{Type: Forbidden, Message: "Must have push access to view repository collaborators."}
	}
	var users []any
	for _, u := range x.tx.Collaborators(repo) {
		if contains(u.Login+" "+u.Name, f.args.text("query")) && (!f.args.given("login") || strings.EqualFold(u.Login, f.args.text("login"))) {
			users = append(users, u)
		}
	}
	return x.connection(f, list{items: users, edge: func(v any) map[string]any {
		return map[string]any{"permission": strings.ToUpper(x.tx.Permission(v.(*world.User), repo).String())}
	}})
}
