package graph

import (
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// reviewStates are the states that PullRequestReviewEvent leads to.
var reviewStates = map[string]string{"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED", "": "PENDING"}

func addReview(x *execution, in args) (map[string]any, error) {
	pull, err := x.pullNode(in.text("pullRequestId"))
	if err != nil {
		return nil, err
	}
	state, ok := reviewStates[in.text("event")]
	if !ok {
		return nil, &Error{Type: Unprocessable, Message: "Could not " + in.text("event") + " a new review."}
	}
	n := world.NewReview{State: state, Body: in.text("body"), SHA: in.text("commitOID")}
	for _, name := range []string{"threads", "comments"} {
		entries, _ := in[name].([]any)
		for _, v := range entries {
			t, _ := v.(map[string]any)
			if t == nil {
				continue
			}
			place := args(t).number("line") + args(t).number("position") // a comment has a position, a thread a line
			n.Threads = append(n.Threads, world.NewThread{Path: args(t).text("path"), Body: args(t).text("body"), Line: place})
		}
	}
	r, err := x.tx.CreateReview(pull, n)
	if err != nil {
		return nil, err
	}
	edge := record{"PullRequestReviewEdge", map[string]any{"node": r, "cursor": list{items: []any{r}}.cursor(0)}}
	return map[string]any{"pullRequestReview": r, "reviewEdge": edge}, nil
}

func submitReview(x *execution, in args) (map[string]any, error) {
	r, err := x.reviewNode(in)
	if err != nil {
		return nil, err
	}
	if in.text("event") == "DISMISS" {
		r, err = x.tx.DismissReview(r, in.text("body"))
	} else {
		r, err = x.tx.SubmitReview(r, reviewStates[in.text("event")], in.text("body"))
	}
	return one("pullRequestReview", r, err)
}

// reviewNode is the review an input names, or the actor's pending one of the pull request it names.
func (x *execution) reviewNode(in args) (*world.Review, error) {
	if in.given("pullRequestReviewId") {
		return entity[*world.Review](x, in.text("pullRequestReviewId"))
	}
	pull, err := x.pullNode(in.text("pullRequestId"))
	if err != nil {
		return nil, err
	}
	for _, r := range x.tx.Reviews(pull.ID) {
		if r.State == "PENDING" && x.actor.User != nil && r.AuthorID == x.actor.User.ID {
			return r, nil
		}
	}
	return nil, &Error{Type: NotFound, Message: "Could not resolve to a pending review of that pull request."}
}

func addThread(x *execution, in args) (map[string]any, error) {
	var pull *world.Issue
	var err error
	if in.given("pullRequestReviewId") {
		r, rerr := entity[*world.Review](x, in.text("pullRequestReviewId"))
		if rerr != nil {
			return nil, rerr
		}
		pull = x.tx.IssueByID(r.IssueID)
	} else if pull, err = x.pullNode(in.text("pullRequestId")); err != nil {
		return nil, err
	}
	t, err := x.tx.CreateThread(pull, world.NewThread{Path: in.text("path"), Body: in.text("body"), Line: in.number("line")})
	return one("thread", t, err)
}

func replyThread(x *execution, in args) (map[string]any, error) {
	t, err := entity[*world.Thread](x, in.text("pullRequestReviewThreadId"))
	if err != nil {
		return nil, err
	}
	c, err := x.tx.ReplyThread(t, in.text("body"))
	return one("comment", c, err)
}

func (x *execution) settle(in args, resolved bool) (map[string]any, error) {
	t, err := entity[*world.Thread](x, in.text("threadId"))
	if err != nil {
		return nil, err
	}
	t, err = x.tx.ResolveThread(t, resolved)
	return one("thread", t, err)
}

func resolveThread(x *execution, in args) (map[string]any, error) { return x.settle(in, true) }

func unresolveThread(x *execution, in args) (map[string]any, error) { return x.settle(in, false) }
