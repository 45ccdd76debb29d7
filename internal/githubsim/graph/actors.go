package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// suggested are the accounts, people before bots, that can be assigned in repo and whose login or name holds query.
func (x *execution) suggested(repo *world.Repo, query string) []any {
	var people, bots []any
	for _, u := range x.tx.Collaborators(repo) {
		switch {
		case !contains(u.Login+" "+u.Name, query) || !x.tx.Assignable(u, repo):
		case u.Kind == world.Bot:
			bots = append(bots, u)
		default:
			people = append(people, u)
		}
	}
	return append(people, bots...)
}

// suggestedActors answers the field of Repository: only who has write access is told.
func (x *execution) suggestedActors(repo *world.Repo, f *selected) (any, error) {
	if !x.may(repo, world.Triage) {
		return x.connection(f, list{})
	}
	items := x.suggested(repo, f.args.text("query"))
	if names := f.args.text("loginNames"); names != "" {
		wanted := strings.FieldsFunc(names, func(r rune) bool { return r == ',' || r == ' ' })
		items = slices.DeleteFunc(items, func(v any) bool {
			return !slices.ContainsFunc(wanted, func(n string) bool { return strings.EqualFold(n, v.(*world.User).Login) })
		})
	}
	return x.connection(f, list{items: items})
}

// byLogin finds accounts by login, where a bot is called with its suffix.
func (x *execution) byLogin(logins []string) ([]int64, error) {
	ids := []int64{}
	for _, login := range logins {
		u := x.tx.UserByLogin(login)
		if u == nil || u.Kind == world.Organization {
			return nil, &Error{Type: NotFound, Message: fmt.Sprintf("Could not resolve to a User with the login of '%s'.", login)}
		}
		ids = append(ids, u.ID)
	}
	return ids, nil
}

func replaceActors(x *execution, in args) (map[string]any, error) {
	issue, err := x.issueNode(in.text("assignableId"))
	if err != nil {
		return nil, err
	}
	ids, _, err := x.accountNodes(in.texts("actorIds"))
	if err != nil {
		return nil, err
	}
	named, err := x.byLogin(in.texts("actorLogins"))
	if err != nil {
		return nil, err
	}
	issue, err = x.tx.SetAssigneeIDs(issue, append(ids, named...))
	return one("assignable", issue, err)
}

func requestReviewsByLogin(x *execution, in args) (map[string]any, error) {
	if teams := in.texts("teamSlugs"); len(teams) > 0 {
		return nil, &Error{Type: NotFound, Message: fmt.Sprintf("Could not resolve to a Team with the slug of '%s'.", teams[0])}
	}
	logins := append(slices.Clone(in.texts("userLogins")), in.texts("botLogins")...)
	ids, err := x.byLogin(logins)
	if err != nil {
		return nil, err
	}
	return x.onPull(in, func(p *world.Issue) (*world.Issue, error) {
		if !in.flag("union") {
			if p, err = x.dropReviewers(p, ids); err != nil {
				return nil, err
			}
		}
		return x.tx.RequestReviewers(p, logins)
	})
}
