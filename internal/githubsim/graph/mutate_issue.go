package graph

import (
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func createIssue(x *execution, in args) (map[string]any, error) {
	repo, err := entity[*world.Repo](x, in.text("repositoryId"))
	if err != nil {
		return nil, err
	}
	labels, err := x.labelIDs(in.texts("labelIds"))
	if err != nil {
		return nil, err
	}
	assignees, _, err := x.accountNodes(in.texts("assigneeIds"))
	if err != nil {
		return nil, err
	}
	issue, err := x.tx.CreateIssue(repo, world.NewIssue{Title: in.text("title"), Body: in.text("body"), LabelIDs: labels, AssigneeIDs: assignees})
	if err != nil {
		return nil, err
	}
	if in.given("parentIssueId") {
		parent, err := x.plainIssue(in.text("parentIssueId"))
		if err != nil {
			return nil, err
		}
		if _, err := x.tx.AddSubIssue(parent, issue, false); err != nil {
			return nil, err
		}
		issue = x.tx.IssueByID(issue.ID)
	}
	return map[string]any{"issue": issue}, nil
}

// edited are the changes that updateIssue and updatePullRequest share.
func (x *execution) edited(in args) (world.IssueEdit, error) {
	var e world.IssueEdit
	if in.given("title") {
		title := in.text("title")
		e.Title = &title
	}
	if in.given("body") {
		body := in.text("body")
		e.Body = &body
	}
	if in.given("state") {
		state := strings.ToLower(in.text("state"))
		e.State = &state
	}
	if in.given("labelIds") {
		ids, err := x.labelIDs(in.texts("labelIds"))
		if err != nil {
			return e, err
		}
		e.LabelIDs = &ids
	}
	if in.given("assigneeIds") {
		ids, _, err := x.accountNodes(in.texts("assigneeIds"))
		if err != nil {
			return e, err
		}
		if ids == nil {
			ids = []int64{}
		}
		e.AssigneeIDs = &ids
	}
	return e, nil
}

func updateIssue(x *execution, in args) (map[string]any, error) {
	issue, err := x.plainIssue(in.text("id"))
	if err != nil {
		return nil, err
	}
	e, err := x.edited(in)
	if err != nil {
		return nil, err
	}
	issue, err = x.tx.EditIssue(issue, e)
	return one("issue", issue, err)
}

func closeIssue(x *execution, in args) (map[string]any, error) {
	issue, err := x.plainIssue(in.text("issueId"))
	if err != nil {
		return nil, err
	}
	closed, why := "closed", "completed"
	if in.given("stateReason") {
		why = strings.ToLower(in.text("stateReason"))
	}
	if in.given("duplicateIssueId") {
		if _, err := x.plainIssue(in.text("duplicateIssueId")); err != nil {
			return nil, err
		}
		why = "duplicate"
	}
	issue, err = x.tx.EditIssue(issue, world.IssueEdit{State: &closed, Reason: &why})
	return one("issue", issue, err)
}

func reopenIssue(x *execution, in args) (map[string]any, error) {
	issue, err := x.plainIssue(in.text("issueId"))
	if err != nil {
		return nil, err
	}
	open := "open"
	issue, err = x.tx.EditIssue(issue, world.IssueEdit{State: &open})
	return one("issue", issue, err)
}

func deleteIssue(x *execution, in args) (map[string]any, error) {
	issue, err := x.plainIssue(in.text("issueId"))
	if err != nil {
		return nil, err
	}
	err = x.tx.DeleteIssue(issue)
	return one("repository", x.tx.RepoByID(issue.RepoID), err)
}

func transferIssue(x *execution, in args) (map[string]any, error) {
	issue, err := x.plainIssue(in.text("issueId"))
	if err != nil {
		return nil, err
	}
	repo, err := entity[*world.Repo](x, in.text("repositoryId"))
	if err != nil {
		return nil, err
	}
	issue, err = x.tx.TransferIssue(issue, repo, in.flag("createLabelsIfMissing"))
	return one("issue", issue, err)
}

func lockLockable(x *execution, in args) (map[string]any, error) {
	issue, err := x.issueNode(in.text("lockableId"))
	if err != nil {
		return nil, err
	}
	why := map[string]string{"OFF_TOPIC": "off-topic", "TOO_HEATED": "too heated", "RESOLVED": "resolved", "SPAM": "spam"}[in.text("lockReason")]
	issue, err = x.tx.LockIssue(issue, why)
	return one("lockedRecord", issue, err)
}

func unlockLockable(x *execution, in args) (map[string]any, error) {
	issue, err := x.issueNode(in.text("lockableId"))
	if err != nil {
		return nil, err
	}
	issue, err = x.tx.UnlockIssue(issue)
	return one("unlockedRecord", issue, err)
}

func addAssignees(x *execution, in args) (map[string]any, error) {
	issue, err := x.issueNode(in.text("assignableId"))
	if err != nil {
		return nil, err
	}
	_, logins, err := x.accountNodes(in.texts("assigneeIds"))
	if err != nil {
		return nil, err
	}
	issue, err = x.tx.AddAssignees(issue, logins)
	return one("assignable", issue, err)
}

func removeAssignees(x *execution, in args) (map[string]any, error) {
	issue, err := x.issueNode(in.text("assignableId"))
	if err != nil {
		return nil, err
	}
	_, logins, err := x.accountNodes(in.texts("assigneeIds"))
	if err != nil {
		return nil, err
	}
	issue, err = x.tx.RemoveAssignees(issue, logins)
	return one("assignable", issue, err)
}

func addSubIssue(x *execution, in args) (map[string]any, error) {
	parent, err := x.plainIssue(in.text("issueId"))
	if err != nil {
		return nil, err
	}
	var child *world.Issue
	if in.given("subIssueUrl") {
		found, ok := x.resource(in.text("subIssueUrl")).(*world.Issue)
		if !ok || found.Pull != nil {
			return nil, &Error{Type: NotFound, Message: "Could not resolve to an Issue with the URL of '" + in.text("subIssueUrl") + "'."}
		}
		child = found
	} else if child, err = x.plainIssue(in.text("subIssueId")); err != nil {
		return nil, err
	}
	if _, err := x.tx.AddSubIssue(parent, child, in.flag("replaceParent")); err != nil {
		return nil, err
	}
	return x.family(parent, child), nil
}

// family is a parent and its sub-issue as they are now.
func (x *execution) family(parent, child *world.Issue) map[string]any {
	return map[string]any{"issue": x.tx.IssueByID(parent.ID), "subIssue": x.tx.IssueByID(child.ID)}
}

func removeSubIssue(x *execution, in args) (map[string]any, error) {
	parent, err := x.plainIssue(in.text("issueId"))
	if err != nil {
		return nil, err
	}
	child, err := x.plainIssue(in.text("subIssueId"))
	if err != nil {
		return nil, err
	}
	if _, err := x.tx.RemoveSubIssue(parent, child); err != nil {
		return nil, err
	}
	return x.family(parent, child), nil
}

func reprioritizeSubIssue(x *execution, in args) (map[string]any, error) {
	parent, err := x.plainIssue(in.text("issueId"))
	if err != nil {
		return nil, err
	}
	child, err := x.plainIssue(in.text("subIssueId"))
	if err != nil {
		return nil, err
	}
	var beside [2]*world.Issue
	for i, name := range []string{"afterId", "beforeId"} {
		if in.given(name) {
			if beside[i], err = x.plainIssue(in.text(name)); err != nil {
				return nil, err
			}
		}
	}
	issue, err := x.tx.ReprioritizeSubIssue(parent, child, beside[0], beside[1])
	return one("issue", issue, err)
}
