package graph

import (
	"fmt"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// record is an object that is no entity of its own: a page, a payload, a summary.
type record struct {
	typ    string
	fields map[string]any
}

// lazy is a record's value that is worth making only when it is selected.
type lazy func() any

// try is a lazy that may fail.
type try func() (any, error)

// rootObject is what the fields of Query are resolved on.
type rootObject struct{}

// typeOf is the schema's name for the type of a value.
func typeOf(v any) string {
	switch v := v.(type) {
	case record:
		return v.typ
	case *world.User:
		return string(v.Kind)
	case *world.Repo:
		return "Repository"
	case *world.Issue:
		if v.Pull != nil {
			return "PullRequest"
		}
		return "Issue"
	case *world.Label:
		return "Label"
	case *world.Comment:
		return "IssueComment"
	case *world.Event:
		return eventTypes[v.Kind]
	case *world.Edit:
		return "UserContentEdit"
	case *world.Reaction:
		return "Reaction"
	case *world.Review:
		return "PullRequestReview"
	case *world.Thread:
		return "PullRequestReviewThread"
	case *world.ThreadComment:
		return "PullRequestReviewComment"
	case *world.Check:
		if v.Status != "" {
			return "StatusContext"
		}
		return "CheckRun"
	case *world.RefNode:
		return "Ref"
	case *world.CommitNode:
		return "Commit"
	case pullCommit:
		return "PullRequestCommit"
	}
	return ""
}

// resolve is the value of one field of an object.
func (x *execution) resolve(typ string, obj any, f *selected) (any, error) {
	switch o := obj.(type) {
	case rootObject:
		return x.queryField(f)
	case record:
		switch v := o.fields[f.def.Name].(type) {
		case lazy:
			return v(), nil
		case try:
			return v()
		case introspectionList:
			return v(f.args.flag("includeDeprecated")), nil
		case connectionOf:
			return x.connection(f, v())
		default:
			return v, nil
		}
	case *world.User:
		return x.account(o, f)
	case *world.Repo:
		return x.repository(o, f)
	case *world.Issue:
		if o.Pull != nil {
			return x.pull(o, f)
		}
		return x.issue(o, f)
	case *world.Label:
		return x.label(o, f)
	case *world.Comment:
		return x.comment(o, f)
	case *world.Event:
		return x.event(o, f)
	case *world.Edit:
		return x.edit(o, f)
	case *world.Reaction:
		return x.reaction(o, f)
	case *world.Review:
		return x.review(o, f)
	case *world.Thread:
		return x.thread(o, f)
	case *world.ThreadComment:
		return x.threadComment(o, f)
	case *world.Check:
		if o.Status != "" {
			return x.statusContext(o, f)
		}
		return x.checkRun(o, f)
	case *world.RefNode:
		return x.ref(o, f)
	case *world.CommitNode:
		return x.commit(o, f)
	case pullCommit:
		return x.pullCommit(o, f)
	}
	return nil, fmt.Errorf("%s.%s has no resolver", typ, f.def.Name)
}

// unresolved is the error of a field that the schema offers and nothing answers: a test forbids it.
func unresolved(typ string, f *selected) error {
	return fmt.Errorf("%s.%s has no resolver", typ, f.def.Name)
}

// connectionOf is a record's value that is a connection.
type connectionOf func() list
