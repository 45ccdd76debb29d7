package graph

import (
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func addComment(x *execution, in args) (map[string]any, error) {
	issue, err := x.issueNode(in.text("subjectId"))
	if err != nil {
		return nil, err
	}
	c, err := x.tx.CreateComment(issue, in.text("body"))
	if err != nil {
		return nil, err
	}
	place := list{items: []any{c}}.cursor(0)
	edge := func(typ string) any { return record{typ, map[string]any{"node": c, "cursor": place}} }
	return map[string]any{
		"commentEdge": edge("IssueCommentEdge"), "timelineEdge": edge("IssueTimelineItemEdge"), "subject": x.tx.IssueByID(issue.ID),
	}, nil
}

func updateIssueComment(x *execution, in args) (map[string]any, error) {
	c, err := entity[*world.Comment](x, in.text("id"))
	if err != nil {
		return nil, err
	}
	c, err = x.tx.EditComment(c, in.text("body"))
	return one("issueComment", c, err)
}

func deleteIssueComment(x *execution, in args) (map[string]any, error) {
	c, err := entity[*world.Comment](x, in.text("id"))
	if err != nil {
		return nil, err
	}
	return nil, x.tx.DeleteComment(c)
}

func addReaction(x *execution, in args) (map[string]any, error) {
	content := restContent(in.text("content"))
	subject, err := x.node(in.text("subjectId"))
	if err != nil {
		return nil, err
	}
	var r *world.Reaction
	switch s := subject.(type) {
	case *world.Issue:
		r, _, err = x.tx.AddIssueReaction(s, content)
	case *world.Comment:
		r, _, err = x.tx.AddCommentReaction(s, content)
	default:
		return nil, noNode(in.text("subjectId"))
	}
	if err != nil {
		return nil, err
	}
	return x.reactionPayload(subject, r), nil
}

func removeReaction(x *execution, in args) (map[string]any, error) {
	subject, err := x.node(in.text("subjectId"))
	if err != nil {
		return nil, err
	}
	var all []*world.Reaction
	switch s := subject.(type) {
	case *world.Issue:
		all = x.tx.Reactions(s.ID)
	case *world.Comment:
		all = x.tx.Reactions(s.ID)
	default:
		return nil, noNode(in.text("subjectId"))
	}
	for _, r := range all {
		if x.actor.User != nil && r.UserID == x.actor.User.ID && graphContent(r.Content) == in.text("content") {
			if err := x.tx.RemoveReaction(r); err != nil {
				return nil, err
			}
			return x.reactionPayload(subject, r), nil
		}
	}
	return nil, &Error{Type: Unprocessable, Message: "Reaction does not exist."}
}

func (x *execution) reactionPayload(subject any, r *world.Reaction) map[string]any {
	var w written
	switch s := subject.(type) {
	case *world.Issue:
		if now := x.tx.IssueByID(s.ID); now != nil {
			subject = now
		}
		w = written{of: subject, id: s.ID, stored: true}
	case *world.Comment:
		w = written{of: s, id: s.ID, stored: true}
	}
	return map[string]any{"subject": subject, "reaction": r, "reactionGroups": x.reactionGroups(w)}
}
