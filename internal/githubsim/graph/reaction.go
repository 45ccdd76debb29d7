package graph

import (
	"net/url"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func escape(name string) string { return url.PathEscape(name) }

// contents are ReactionContent in GitHub's order, with REST's names.
var contents = []struct{ graph, rest string }{
	{"THUMBS_UP", "+1"}, {"THUMBS_DOWN", "-1"}, {"LAUGH", "laugh"}, {"HOORAY", "hooray"},
	{"CONFUSED", "confused"}, {"HEART", "heart"}, {"ROCKET", "rocket"}, {"EYES", "eyes"},
}

func graphContent(rest string) string {
	for _, c := range contents {
		if c.rest == rest {
			return c.graph
		}
	}
	return rest
}

func restContent(graph string) string {
	for _, c := range contents {
		if c.graph == graph {
			return c.rest
		}
	}
	return graph
}

func (x *execution) reacted(w written) []*world.Reaction {
	if !w.stored {
		return nil
	}
	return x.tx.Reactions(w.id)
}

func (x *execution) viewerReacted(rs []*world.Reaction) bool {
	for _, r := range rs {
		if x.actor.User != nil && r.UserID == x.actor.User.ID {
			return true
		}
	}
	return false
}

// reactionGroups are all eight kinds, also those nobody chose.
func (x *execution) reactionGroups(w written) any {
	by := map[string][]*world.Reaction{}
	for _, r := range x.reacted(w) {
		by[r.Content] = append(by[r.Content], r)
	}
	out := make([]any, 0, len(contents))
	for _, c := range contents {
		rs := by[c.rest]
		people := connectionOf(func() list {
			return list{
				items: many(rs),
				node:  func(v any) any { return x.user(v.(*world.Reaction).UserID) },
				edge:  func(v any) map[string]any { return map[string]any{"reactedAt": v.(*world.Reaction).CreatedAt} },
			}
		})
		var first any
		if len(rs) > 0 {
			first = rs[0].CreatedAt
		}
		out = append(out, record{"ReactionGroup", map[string]any{
			"content": c.graph, "createdAt": first, "subject": w.of, "users": people, "reactors": people,
			"viewerHasReacted": x.viewerReacted(rs),
		}})
	}
	return out
}

func (x *execution) reactions(w written, a args) list {
	all := x.reacted(w)
	var items []any
	for _, r := range all {
		if !a.given("content") || graphContent(r.Content) == a.text("content") {
			items = append(items, r)
		}
	}
	_, desc := a.order("", false)
	return list{
		items: items, desc: desc, key: func(v any) string { return stamp(v.(*world.Reaction).CreatedAt) },
		more: map[string]any{"viewerHasReacted": x.viewerReacted(all)},
	}
}

func (x *execution) reaction(r *world.Reaction, f *selected) (any, error) {
	switch f.def.Name {
	case "id":
		return world.NodeID(r), nil
	case "databaseId":
		return r.ID, nil
	case "content":
		return graphContent(r.Content), nil
	case "createdAt":
		return r.CreatedAt, nil
	case "user":
		if u := x.tx.User(r.UserID); u != nil && u.Kind == world.Person {
			return u, nil
		}
		return nil, nil
	case "reactable":
		if c := x.tx.Comment(r.CommentID); c != nil {
			return c, nil
		}
		return x.tx.IssueByID(r.IssueID), nil
	}
	return nil, unresolved("Reaction", f)
}
