package graph

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func createPull(x *execution, in args) (map[string]any, error) {
	repo, err := entity[*world.Repo](x, in.text("repositoryId"))
	if err != nil {
		return nil, err
	}
	n := world.NewPull{
		Title: in.text("title"), Body: in.text("body"), Head: in.text("headRefName"), Base: in.text("baseRefName"), Draft: in.flag("draft"),
	}
	if in.given("headRepositoryId") {
		if n.HeadRepo, err = entity[*world.Repo](x, in.text("headRepositoryId")); err != nil {
			return nil, err
		}
	}
	pull, err := x.tx.CreatePull(repo, n)
	if missing := noBranch(err); len(missing) > 0 {
		return nil, &Error{Type: Unprocessable, Message: fmt.Sprintf("Head sha can't be blank, Base sha can't be blank, No commits between %s and %s, %s",
			n.Base, n.Head, strings.Join(missing, ", "))}
	}
	return one("pullRequest", pull, err)
}

// noBranch tells, as GraphQL words it, which of a new pull request's two refs is no branch.
func noBranch(err error) (missing []string) {
	var e *world.Error
	if !errors.As(err, &e) {
		return nil
	}
	for _, f := range e.Fields {
		if f.Resource == "PullRequest" && f.Code == "invalid" && (f.Field == "head" || f.Field == "base") {
			missing = append(missing, strings.ToUpper(f.Field[:1])+f.Field[1:]+" ref must be a branch")
		}
	}
	return missing
}

// onPull finds the pull request of an input and changes it.
func (x *execution) onPull(in args, change func(*world.Issue) (*world.Issue, error)) (map[string]any, error) {
	pull, err := x.pullNode(in.text("pullRequestId"))
	if err != nil {
		return nil, err
	}
	pull, err = change(pull)
	return one("pullRequest", pull, err)
}

func updatePull(x *execution, in args) (map[string]any, error) {
	return x.onPull(in, func(pull *world.Issue) (*world.Issue, error) {
		e, err := x.edited(in)
		if err != nil {
			return nil, err
		}
		if in.given("baseRefName") && in.text("baseRefName") != pull.Pull.BaseRef {
			if pull, err = x.tx.EditPullBase(pull, in.text("baseRefName")); err != nil {
				return nil, err
			}
		}
		if e == (world.IssueEdit{}) {
			return pull, nil
		}
		return x.tx.EditIssue(pull, e)
	})
}

func (x *execution) setState(in args, state string) (map[string]any, error) {
	return x.onPull(in, func(pull *world.Issue) (*world.Issue, error) {
		return x.tx.EditIssue(pull, world.IssueEdit{State: &state})
	})
}

func closePull(x *execution, in args) (map[string]any, error) { return x.setState(in, "closed") }

func reopenPull(x *execution, in args) (map[string]any, error) { return x.setState(in, "open") }

func mergePull(x *execution, in args) (map[string]any, error) {
	return x.onPull(in, func(pull *world.Issue) (*world.Issue, error) {
		return x.tx.MergePull(pull, world.Merge{
			Method: strings.ToLower(in.text("mergeMethod")), SHA: in.text("expectedHeadOid"),
			Title: in.text("commitHeadline"), Message: in.text("commitBody"),
		})
	})
}

func readyPull(x *execution, in args) (map[string]any, error) {
	return x.onPull(in, func(p *world.Issue) (*world.Issue, error) { return x.tx.SetDraft(p, false) })
}

func draftPull(x *execution, in args) (map[string]any, error) {
	return x.onPull(in, func(p *world.Issue) (*world.Issue, error) { return x.tx.SetDraft(p, true) })
}

func updateBranch(x *execution, in args) (map[string]any, error) {
	return x.onPull(in, func(p *world.Issue) (*world.Issue, error) { return x.tx.UpdateBranch(p, in.text("expectedHeadOid")) })
}

func enableAutoMerge(x *execution, in args) (map[string]any, error) {
	return x.onPull(in, func(p *world.Issue) (*world.Issue, error) {
		if head := in.text("expectedHeadOid"); head != "" && head != p.Pull.HeadSHA {
			return nil, &Error{Type: Unprocessable, Message: "Head branch was modified. Review and try the merge again."}
		}
		p, err := x.tx.EnableAutoMerge(p, strings.ToLower(in.text("mergeMethod")))
		var refused *world.Error
		if errors.As(err, &refused) && refused.Type == Unprocessable && len(refused.Fields) == 0 {
			// GitHub words it as a fault of the model's attribute: "Pull request Pull request is in clean status".
			return nil, &Error{Type: refused.Type, Message: "Pull request " + refused.Message}
		}
		return p, err
	})
}

func disableAutoMerge(x *execution, in args) (map[string]any, error) {
	return x.onPull(in, x.tx.DisableAutoMerge)
}

func requestReviews(x *execution, in args) (map[string]any, error) {
	var last *world.User
	out, err := x.onPull(in, func(p *world.Issue) (*world.Issue, error) {
		ids, logins, err := x.accountNodes(in.texts("userIds"))
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			last = x.tx.User(ids[len(ids)-1])
		}
		if !in.flag("union") {
			if p, err = x.dropReviewers(p, ids); err != nil {
				return nil, err
			}
		}
		return x.tx.RequestReviewers(p, logins)
	})
	if err == nil && last != nil {
		out["requestedReviewersEdge"] = record{"UserEdge", map[string]any{"node": last, "cursor": list{items: []any{last}}.cursor(0)}}
	}
	return out, err
}

// dropReviewers withdraws the requests to everybody but those to keep.
func (x *execution) dropReviewers(p *world.Issue, keep []int64) (*world.Issue, error) {
	kept := map[int64]bool{}
	for _, id := range keep {
		kept[id] = true
	}
	var gone []string
	for _, id := range p.Pull.RequestedReviewers {
		if u := x.tx.User(id); u != nil && !kept[id] {
			gone = append(gone, u.Login)
		}
	}
	if gone == nil {
		return p, nil
	}
	return x.tx.RemoveReviewers(p, gone)
}
