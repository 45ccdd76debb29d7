package graph

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// mutation changes the world along its input and returns the payload's fields.
type mutation func(x *execution, in args) (map[string]any, error)

// mutations are all fields of Mutation.
var mutations = map[string]mutation{
	"createIssue": createIssue, "updateIssue": updateIssue, "closeIssue": closeIssue, "reopenIssue": reopenIssue,
	"deleteIssue": deleteIssue, "transferIssue": transferIssue, "lockLockable": lockLockable, "unlockLockable": unlockLockable,
	"addComment": addComment, "updateIssueComment": updateIssueComment, "deleteIssueComment": deleteIssueComment,
	"addReaction": addReaction, "removeReaction": removeReaction,
	"createLabel": createLabel, "updateLabel": updateLabel, "deleteLabel": deleteLabel,
	"addLabelsToLabelable": addLabels, "removeLabelsFromLabelable": removeLabels, "clearLabelsFromLabelable": clearLabels,
	"addAssigneesToAssignable": addAssignees, "removeAssigneesFromAssignable": removeAssignees,
	"addBlockedBy": addBlockedBy, "removeBlockedBy": removeBlockedBy,
	"addSubIssue": addSubIssue, "removeSubIssue": removeSubIssue, "reprioritizeSubIssue": reprioritizeSubIssue,
	"createRef": createRef, "updateRef": updateRef, "deleteRef": deleteRef,
	"createPullRequest": createPull, "updatePullRequest": updatePull, "closePullRequest": closePull, "reopenPullRequest": reopenPull,
	"mergePullRequest": mergePull, "markPullRequestReadyForReview": readyPull, "convertPullRequestToDraft": draftPull,
	"updatePullRequestBranch": updateBranch, "enablePullRequestAutoMerge": enableAutoMerge, "disablePullRequestAutoMerge": disableAutoMerge,
	"enqueuePullRequest": enqueuePull, "dequeuePullRequest": dequeuePull,
	"requestReviews": requestReviews, "addPullRequestReview": addReview, "submitPullRequestReview": submitReview,
	"addPullRequestReviewThread": addThread, "addPullRequestReviewThreadReply": replyThread,
	"createRepository": createRepository, "archiveRepository": archive(true), "unarchiveRepository": archive(false),
	"replaceActorsForAssignable": replaceActors, "requestReviewsByLogin": requestReviewsByLogin,
	"resolveReviewThread": resolveThread, "unresolveReviewThread": unresolveThread,
}

// change executes one mutation field inside an Update.
func (x *execution) change(f *selected) (any, error) {
	m := mutations[f.def.Name]
	if m == nil {
		return nil, unresolved("Mutation", f)
	}
	in := f.args.object("input")
	for _, name := range []string{"milestoneId", "projectIds", "teamIds"} {
		if err := absent(in, name); err != nil {
			return nil, err
		}
	}
	out, err := m(x, in)
	if err != nil {
		return nil, x.refusal(err, f)
	}
	if out == nil {
		out = map[string]any{}
	}
	out["clientMutationId"] = in["clientMutationId"]
	if x.actor.User != nil {
		out["actor"] = x.user(x.actor.User.ID)
	}
	return record{f.def.Type.Name(), out}, nil
}

// absent refuses ids of what no repository here has: milestones, projects, teams.
func absent(in args, name string) error {
	ids := in.texts(name)
	if s := in.text(name); s != "" {
		ids = append(ids, s)
	}
	if len(ids) == 0 {
		return nil
	}
	return noNode(ids[0])
}

func noNode(id string) error {
	return &Error{Type: NotFound, Message: fmt.Sprintf("Could not resolve to a node with the global id of '%s'", id)}
}

// refusal words the world's refusal, which speaks as REST does, as GraphQL does.
func (x *execution) refusal(err error, f *selected) error {
	var e *world.Error
	if !errors.As(err, &e) {
		return err
	}
	name := strings.ToUpper(f.def.Name[:1]) + f.def.Name[1:]
	out := &Error{Type: e.Type, Message: e.Message}
	switch {
	case e.Type == InsufficientScopes:
		return x.scope(f, "public_repo")
	case e.Type == Forbidden && strings.HasPrefix(e.Message, "Must have "):
		login := ""
		if x.actor.User != nil {
			login = x.actor.User.Login
		}
		out.Message = fmt.Sprintf("%s does not have the correct permissions to execute `%s`", login, name)
	case len(e.Fields) > 0:
		var texts []string
		for _, field := range e.Fields {
			texts = append(texts, fieldText(field))
		}
		out.Message = strings.Join(texts, " and ")
	}
	return out
}

func fieldText(f world.FieldError) string {
	if f.Message != "" {
		return strings.ToUpper(f.Message[:1]) + f.Message[1:]
	}
	field := strings.ReplaceAll(f.Field, "_", " ")
	if field != "" {
		field = strings.ToUpper(field[:1]) + field[1:]
	}
	switch f.Code {
	case "already_exists":
		return field + " has already been taken"
	case "missing", "missing_field":
		return field + " can't be blank"
	}
	return field + " is invalid"
}

// entity is the node of kind T with that id, which the actor may see.
func entity[T any](x *execution, id string) (T, error) {
	var zero T
	v, ok := x.tx.Node(id).(T)
	if !ok || !x.visible(v) {
		return zero, noNode(id)
	}
	return v, nil
}

func (x *execution) issueNode(id string) (*world.Issue, error) { return entity[*world.Issue](x, id) }

// pullNode is a pull request; plainIssue is an issue that is none.
func (x *execution) pullNode(id string) (*world.Issue, error) {
	i, err := x.issueNode(id)
	if err == nil && i.Pull == nil {
		return nil, noNode(id)
	}
	return i, err
}

func (x *execution) plainIssue(id string) (*world.Issue, error) {
	i, err := x.issueNode(id)
	if err == nil && i.Pull != nil {
		return nil, noNode(id)
	}
	return i, err
}

// labelIDs are the database ids of label node ids, all of which must exist.
func (x *execution) labelIDs(nodes []string) ([]int64, error) {
	ids := make([]int64, 0, len(nodes))
	for _, n := range nodes {
		l, err := entity[*world.Label](x, n)
		if err != nil {
			return nil, err
		}
		ids = append(ids, l.ID)
	}
	return ids, nil
}

func (x *execution) accountNodes(nodes []string) (ids []int64, logins []string, err error) {
	for _, n := range nodes {
		u, err := entity[*world.User](x, n)
		if err != nil {
			return nil, nil, err
		}
		login := u.Login
		if u.Kind == world.Bot {
			login += "[bot]"
		}
		ids, logins = append(ids, u.ID), append(logins, login)
	}
	return ids, logins, nil
}

// one makes a payload of a single entity, or passes the error on.
func one[T any](name string, v T, err error) (map[string]any, error) {
	if err != nil {
		return nil, err
	}
	return map[string]any{name: v}, nil
}
