package world

import (
	"slices"
	"strings"
	"time"
)

// CreateIssue opens an issue; Read. Labels and assignees count only from those
// who may triage. 410 where issues are disabled.
func (tx *Tx) CreateIssue(repo *Repo, n NewIssue) (*Issue, error) {
	repo, err := tx.need(repo.ID, Read)
	if err != nil {
		return nil, err
	}
	if repo.IssuesDisabled {
		return nil, status(410, "Issues has been disabled in this repository.")
	}
	n.Title = strings.TrimSpace(n.Title)
	if err := checkTitle("Issue", n.Title); err != nil {
		return nil, err
	}
	if err := checkBody("Issue", n.Body); err != nil {
		return nil, err
	}
	var labels, assignees []int64
	if tx.may(repo, Triage) {
		if err := tx.knownLabels(repo, n.LabelIDs); err != nil {
			return nil, err
		}
		if labels, err = tx.labelIDs(repo, n.Labels); err != nil {
			return nil, err
		}
		if err := tx.checkAssignees(repo, n.AssigneeIDs); err != nil {
			return nil, err
		}
		if assignees, err = tx.assigneeIDs(repo, n.Assignees, true); err != nil {
			return nil, err
		}
		labels, assignees = append(labels, n.LabelIDs...), append(assignees, n.AssigneeIDs...)
	}
	issue := tx.putIssue(repo, n.Title, n.Body, nil)
	if issue, err = tx.relabel(issue, labels); err != nil {
		return nil, err
	}
	issue = tx.reassign(issue, assignees)
	tx.crossReference(issue, n.Body)
	return issue, nil
}

// putIssue gives out the next number of the repository.
func (tx *Tx) putIssue(repo *Repo, title, body string, pull *Pull) *Issue {
	repo = tx.s.repos.update(repo.ID, func(r *Repo) { r.LastNumber++ })
	issue := &Issue{ID: tx.nextID(), RepoID: repo.ID, Number: repo.LastNumber, Title: title, Body: body,
		AuthorID: tx.actorID(), CreatedAt: tx.Now(), UpdatedAt: tx.Now(), Pull: pull}
	tx.s.issues.put(issue.ID, issue)
	return issue
}

// EditIssue changes an issue or pull request. Title and body: its author or
// Write; state: its author or Triage; labels and assignees: Triage, dropped
// silently from others. The body is overwritten whatever it was; every version
// is kept as an Edit.
func (tx *Tx) EditIssue(issue *Issue, e IssueEdit) (*Issue, error) {
	issue, repo, err := tx.needIssue(issue.ID, Read)
	if err != nil {
		return nil, err
	}
	if err := tx.checkEdit(issue, repo, &e); err != nil {
		return nil, err
	}
	if e.Title != nil && *e.Title != issue.Title {
		old := issue.Title
		issue = tx.change(issue.ID, func(i *Issue) { i.Title = *e.Title })
		tx.record(issue.ID, Event{Kind: Renamed, From: old, To: *e.Title})
	}
	if e.Body != nil {
		issue = tx.rewrite(issue, *e.Body)
	}
	if tx.may(repo, Triage) {
		if issue, err = tx.editSets(issue, repo, e); err != nil {
			return nil, err
		}
	}
	return tx.editState(issue, repo, e)
}

func (tx *Tx) checkEdit(issue *Issue, repo *Repo, e *IssueEdit) error {
	author := issue.AuthorID != 0 && issue.AuthorID == tx.actorID()
	if (e.Title != nil || e.Body != nil) && !author && !tx.may(repo, Write) ||
		e.State != nil && !author && !tx.may(repo, Triage) {
		return forbidden("Must have admin rights to Repository.")
	}
	if (e.Labels != nil || e.LabelIDs != nil || e.Assignees != nil || e.AssigneeIDs != nil) &&
		e.Title == nil && e.Body == nil && e.State == nil && !author && !tx.may(repo, Triage) {
		return forbidden("Must have admin rights to Repository.")
	}
	resource := "Issue"
	if issue.Pull != nil {
		resource = "PullRequest"
	}
	if e.Title != nil {
		title := strings.TrimSpace(*e.Title)
		e.Title = &title
		if err := checkTitle(resource, title); err != nil {
			return err
		}
	}
	if e.Body != nil {
		if err := checkBody(resource, *e.Body); err != nil {
			return err
		}
	}
	if e.State != nil && *e.State != "open" && *e.State != "closed" {
		return invalid(FieldError{Resource: resource, Field: "state", Code: "invalid", Value: *e.State})
	}
	if e.Reason != nil && !slices.Contains([]string{"", "completed", "not_planned", "duplicate", "reopened"}, *e.Reason) {
		return invalid(FieldError{Resource: resource, Field: "state_reason", Code: "invalid", Value: *e.Reason})
	}
	return nil
}

// editSets changes labels and assignees.
func (tx *Tx) editSets(issue *Issue, repo *Repo, e IssueEdit) (*Issue, error) {
	if e.Labels != nil {
		ids, err := tx.labelIDs(repo, *e.Labels)
		if err != nil {
			return nil, err
		}
		if issue, err = tx.relabel(issue, ids); err != nil {
			return nil, err
		}
	}
	if e.LabelIDs != nil {
		err := tx.knownLabels(repo, *e.LabelIDs)
		if err != nil {
			return nil, err
		}
		if issue, err = tx.relabel(issue, *e.LabelIDs); err != nil {
			return nil, err
		}
	}
	if e.Assignees != nil {
		ids, err := tx.assigneeIDs(repo, *e.Assignees, true)
		if err != nil {
			return nil, err
		}
		issue = tx.reassign(issue, ids)
	}
	if e.AssigneeIDs != nil {
		if err := tx.checkAssignees(repo, *e.AssigneeIDs); err != nil {
			return nil, err
		}
		issue = tx.reassign(issue, *e.AssigneeIDs)
	}
	return issue, nil
}

func (tx *Tx) editState(issue *Issue, repo *Repo, e IssueEdit) (*Issue, error) {
	if e.State == nil {
		return issue, nil
	}
	reason := ""
	if e.Reason != nil {
		reason = *e.Reason
	}
	if *e.State == "closed" {
		if issue.Closed {
			if reason != "" && reason != issue.Reason && issue.Pull == nil {
				issue = tx.change(issue.ID, func(i *Issue) { i.Reason = reason })
			}
			return issue, nil
		}
		return tx.closeIssue(issue, Event{Reason: reason}), nil
	}
	if !issue.Closed {
		return issue, nil
	}
	if p := issue.Pull; p != nil {
		head := tx.s.repos.rows[p.HeadRepoID]
		if p.Merged {
			return nil, invalid(custom("PullRequest", "state", "state cannot be changed. The pull request was merged."))
		}
		if head == nil || head.Refs["refs/heads/"+p.HeadRef] == "" {
			return nil, invalid(custom("PullRequest", "state", "state cannot be changed. The "+p.HeadRef+" branch has been deleted."))
		}
		if repo.Refs["refs/heads/"+p.BaseRef] == "" {
			return nil, invalid(custom("PullRequest", "state", "state cannot be changed. The "+p.BaseRef+" branch has been deleted."))
		}
		if other := tx.openPull(repo, head.ID, p.HeadRef, p.BaseRef); other != nil {
			return nil, invalid(custom("PullRequest", "state", "state cannot be changed. There is already an open pull request from "+p.HeadRef+" to "+p.BaseRef+"."))
		}
	}
	issue = tx.change(issue.ID, func(i *Issue) {
		i.Closed, i.ClosedByID, i.Reason = false, 0, "reopened"
		i.ClosedAt = time.Time{}
		if i.Pull != nil {
			i.Reason = ""
		}
	})
	tx.record(issue.ID, Event{Kind: Reopened})
	if issue.Pull != nil {
		return tx.syncPull(issue)
	}
	return issue, nil
}

// closeIssue closes an open issue or pull request; of e, Reason, SHA and
// SourceID tell why.
func (tx *Tx) closeIssue(issue *Issue, e Event) *Issue {
	if e.Reason == "" || e.Reason == "reopened" {
		e.Reason = "completed"
	}
	if issue.Pull != nil {
		e.Reason = ""
	}
	issue = tx.change(issue.ID, func(i *Issue) {
		i.Closed, i.ClosedAt, i.ClosedByID, i.Reason = true, tx.Now(), tx.actorID(), e.Reason
		if i.Pull != nil {
			i.Pull.AutoMerge, i.Pull.AutoMergeByID, i.Pull.Queued = "", 0, false
		}
	})
	e.Kind = ClosedEvent
	tx.record(issue.ID, e)
	return issue
}

// rewrite replaces the body and keeps the versions.
func (tx *Tx) rewrite(issue *Issue, body string) *Issue {
	if body == issue.Body {
		return issue
	}
	if len(tx.s.editsOf[issue.ID]) == 0 {
		tx.putEdit(Edit{Subject: issue.ID, OfIssue: true, EditorID: issue.AuthorID, EditedAt: issue.CreatedAt, Diff: issue.Body})
	}
	tx.putEdit(Edit{Subject: issue.ID, OfIssue: true, EditorID: tx.actorID(), EditedAt: tx.Now(), Diff: body})
	issue = tx.change(issue.ID, func(i *Issue) {
		i.Body, i.LastEditedAt, i.EditorID = body, tx.Now(), tx.actorID()
	})
	tx.crossReference(issue, body)
	return issue
}

func (tx *Tx) putEdit(e Edit) {
	e.ID = tx.nextID()
	tx.s.edits.put(e.ID, &e)
}

// LockIssue locks a conversation; Triage. Reason empty or one of GitHub's four.
func (tx *Tx) LockIssue(issue *Issue, reason string) (*Issue, error) {
	issue, _, err := tx.needIssue(issue.ID, Triage)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"", "off-topic", "too heated", "resolved", "spam"}, reason) {
		return nil, invalid(FieldError{Resource: "Issue", Field: "lock_reason", Code: "invalid", Value: reason})
	}
	if issue.Locked {
		return issue, nil
	}
	issue = tx.change(issue.ID, func(i *Issue) { i.Locked, i.LockReason = true, reason })
	tx.record(issue.ID, Event{Kind: Locked, Reason: reason})
	return issue, nil
}

// UnlockIssue opens a conversation again; Triage.
func (tx *Tx) UnlockIssue(issue *Issue) (*Issue, error) {
	issue, _, err := tx.needIssue(issue.ID, Triage)
	if err != nil || !issue.Locked {
		return issue, err
	}
	issue = tx.change(issue.ID, func(i *Issue) { i.Locked, i.LockReason = false, "" })
	tx.record(issue.ID, Event{Kind: Unlocked})
	return issue, nil
}
