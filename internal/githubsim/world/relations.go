package world

import "slices"

// Limits of GitHub's sub-issues and dependencies.
const (
	maxSubIssues    = 100
	maxSubLevels    = 8
	maxDependencies = 50
)

func subIssueError(message string) error {
	return refused("An error occurred while adding the sub-issue to the parent issue. %s", message)
}

// AddSubIssue makes child the last sub-issue of parent; Triage on the parent's
// repository. The child must belong to the same owner, and have no other
// parent unless replaceParent. It returns the parent.
func (tx *Tx) AddSubIssue(parent, child *Issue, replaceParent bool) (*Issue, error) {
	parent, repo, err := tx.needIssue(parent.ID, Triage)
	if err != nil {
		return nil, err
	}
	child = tx.IssueByID(child.ID)
	if child == nil || !tx.CanSee(tx.actor, tx.s.repos.rows[child.RepoID]) {
		return nil, notFound()
	}
	switch {
	case child.Pull != nil || parent.Pull != nil:
		return nil, subIssueError("Pull requests cannot be sub-issues or have them")
	case tx.s.repos.rows[child.RepoID].OwnerID != repo.OwnerID:
		return nil, subIssueError("Sub issue must belong to the same owner as the parent issue")
	case child.ParentID == parent.ID:
		return nil, subIssueError("Issue may not contain duplicate sub-issues")
	case child.ParentID != 0 && !replaceParent:
		return nil, subIssueError("Sub issue may only have one parent")
	case tx.descends(parent, child):
		return nil, subIssueError("Sub issue may not create a circular reference")
	case len(parent.SubIssues) >= maxSubIssues:
		return nil, subIssueError("Parent issue may not have more than 100 sub-issues")
	case tx.depth(parent)+1+tx.height(child) > maxSubLevels:
		return nil, subIssueError("Sub-issues may not be nested more than 8 levels deep")
	}
	if child.ParentID != 0 {
		if old := tx.IssueByID(child.ParentID); old != nil {
			tx.detach(old, child)
		}
	}
	parent = tx.change(parent.ID, func(i *Issue) { i.SubIssues = append(i.SubIssues, child.ID) })
	tx.change(child.ID, func(i *Issue) { i.ParentID = parent.ID })
	tx.record(parent.ID, Event{Kind: SubIssueAdded, SourceID: child.ID})
	tx.record(child.ID, Event{Kind: ParentAdded, SourceID: parent.ID})
	return parent, nil
}

// descends tells whether issue is other or lies below it.
func (tx *Tx) descends(issue, other *Issue) bool {
	for at := issue; at != nil; at = tx.IssueByID(at.ParentID) {
		if at.ID == other.ID {
			return true
		}
	}
	return false
}

// depth is the number of issues above.
func (tx *Tx) depth(issue *Issue) int {
	n := 0
	for at := tx.IssueByID(issue.ParentID); at != nil; at = tx.IssueByID(at.ParentID) {
		n++
	}
	return n
}

// height is the number of levels below.
func (tx *Tx) height(issue *Issue) int {
	n := 0
	for _, id := range issue.SubIssues {
		if sub := tx.IssueByID(id); sub != nil {
			n = max(n, 1+tx.height(sub))
		}
	}
	return n
}

// RemoveSubIssue takes child from parent; Triage. 404 when it is not its child.
func (tx *Tx) RemoveSubIssue(parent, child *Issue) (*Issue, error) {
	parent, _, err := tx.needIssue(parent.ID, Triage)
	if err != nil {
		return nil, err
	}
	child = tx.IssueByID(child.ID)
	if child == nil || child.ParentID != parent.ID {
		return nil, notFound()
	}
	return tx.detach(parent, child), nil
}

func (tx *Tx) detach(parent, child *Issue) *Issue {
	parent = tx.change(parent.ID, func(i *Issue) { i.SubIssues = without(i.SubIssues, child.ID) })
	tx.change(child.ID, func(i *Issue) { i.ParentID = 0 })
	tx.record(parent.ID, Event{Kind: SubIssueRemoved, SourceID: child.ID})
	tx.record(child.ID, Event{Kind: ParentRemoved, SourceID: parent.ID})
	return parent
}

func without(list []int64, id int64) []int64 {
	return slices.DeleteFunc(list, func(x int64) bool { return x == id })
}

// ReprioritizeSubIssue moves child right behind after, or right before before;
// exactly one of them is not nil. Triage.
func (tx *Tx) ReprioritizeSubIssue(parent, child, after, before *Issue) (*Issue, error) {
	parent, _, err := tx.needIssue(parent.ID, Triage)
	if err != nil {
		return nil, err
	}
	if (after == nil) == (before == nil) {
		return nil, refused("Provide either after_id or before_id")
	}
	mark := after
	if mark == nil {
		mark = before
	}
	if !slices.Contains(parent.SubIssues, child.ID) {
		return nil, notFound()
	}
	if !slices.Contains(parent.SubIssues, mark.ID) || mark.ID == child.ID {
		return nil, refused("The issue to place the sub-issue beside is not a sub-issue of the parent")
	}
	return tx.change(parent.ID, func(i *Issue) {
		i.SubIssues = without(i.SubIssues, child.ID)
		at := slices.Index(i.SubIssues, mark.ID)
		if after != nil {
			at++
		}
		i.SubIssues = slices.Insert(i.SubIssues, at, child.ID)
	}), nil
}

// AddBlockedBy says that issue waits for blocker; Triage.
func (tx *Tx) AddBlockedBy(issue, blocker *Issue) (*Issue, error) {
	issue, _, err := tx.needIssue(issue.ID, Triage)
	if err != nil {
		return nil, err
	}
	blocker = tx.IssueByID(blocker.ID)
	if blocker == nil || !tx.CanSee(tx.actor, tx.s.repos.rows[blocker.RepoID]) {
		return nil, notFound()
	}
	switch {
	case blocker.Pull != nil || issue.Pull != nil:
		return nil, refused("Pull requests cannot have dependencies")
	case slices.Contains(issue.BlockedBy, blocker.ID):
		return nil, refused("Validation failed: Target issue has already been taken")
	case tx.waits(blocker, issue.ID, map[int64]bool{}):
		return nil, refused("Validation failed: Dependency would create a circular reference")
	case len(issue.BlockedBy) >= maxDependencies || len(tx.s.blocking[blocker.ID]) >= maxDependencies:
		return nil, refused("Validation failed: Issues cannot have more than 50 dependencies of one kind")
	}
	issue = tx.change(issue.ID, func(i *Issue) { i.BlockedBy = append(i.BlockedBy, blocker.ID) })
	tx.record(issue.ID, Event{Kind: BlockedByAdded, SourceID: blocker.ID})
	tx.record(blocker.ID, Event{Kind: BlockingAdded, SourceID: issue.ID})
	return issue, nil
}

// waits tells whether issue is the one with that id, or waits for it.
func (tx *Tx) waits(issue *Issue, id int64, seen map[int64]bool) bool {
	if issue == nil || seen[issue.ID] {
		return false
	}
	seen[issue.ID] = true
	return issue.ID == id || slices.ContainsFunc(issue.BlockedBy, func(by int64) bool { return tx.waits(tx.IssueByID(by), id, seen) })
}

// RemoveBlockedBy takes a dependency back; Triage. 404 when there is none.
func (tx *Tx) RemoveBlockedBy(issue, blocker *Issue) (*Issue, error) {
	issue, _, err := tx.needIssue(issue.ID, Triage)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(issue.BlockedBy, blocker.ID) {
		return nil, notFound()
	}
	issue = tx.change(issue.ID, func(i *Issue) { i.BlockedBy = without(i.BlockedBy, blocker.ID) })
	tx.record(issue.ID, Event{Kind: BlockedByGone, SourceID: blocker.ID})
	tx.record(blocker.ID, Event{Kind: BlockingGone, SourceID: issue.ID})
	return issue, nil
}

// DeleteIssue deletes an issue with all that hangs on it; Admin. Its number
// stays taken (410).
func (tx *Tx) DeleteIssue(issue *Issue) error {
	issue, _, err := tx.needIssue(issue.ID, Admin)
	if err != nil {
		return err
	}
	if issue.Pull != nil {
		return refused("Pull requests cannot be deleted")
	}
	tx.release(issue)
	for _, c := range tx.Comments(issue.ID) {
		tx.dropComment(c.ID)
	}
	for _, e := range tx.Events(issue.ID) {
		tx.s.events.drop(e.ID)
	}
	tx.dropSubject(issue.ID)
	tx.change(issue.ID, func(i *Issue) {
		i.Deleted, i.Body, i.LabelIDs, i.AssigneeIDs = true, "", nil, nil
		i.ParentID, i.SubIssues, i.BlockedBy = 0, nil, nil
	})
	return nil
}

// release takes an issue out of all relations, without events.
func (tx *Tx) release(issue *Issue) {
	if parent := tx.IssueByID(issue.ParentID); parent != nil {
		tx.change(parent.ID, func(i *Issue) { i.SubIssues = without(i.SubIssues, issue.ID) })
	}
	for _, id := range issue.SubIssues {
		if sub := tx.IssueByID(id); sub != nil {
			tx.change(id, func(i *Issue) { i.ParentID = 0 })
		}
	}
	for _, blocked := range tx.Blocking(issue.ID) {
		tx.change(blocked.ID, func(i *Issue) { i.BlockedBy = without(i.BlockedBy, issue.ID) })
	}
}

// TransferIssue moves an issue to another repository of the same owner, where
// it gets a new number, id and URL; Write on both. Labels of the same name
// stay on it, others only with createLabels.
func (tx *Tx) TransferIssue(issue *Issue, to *Repo, createLabels bool) (*Issue, error) {
	issue, from, err := tx.needIssue(issue.ID, Write)
	if err != nil {
		return nil, err
	}
	if to, err = tx.need(to.ID, Write); err != nil {
		return nil, err
	}
	if issue.Pull != nil || to.ID == from.ID || to.OwnerID != from.OwnerID || to.IssuesDisabled || (from.Private && !to.Private) {
		return nil, refused("Issue cannot be transferred to that repository")
	}
	moved := tx.putIssue(to, issue.Title, issue.Body, nil)
	var labels, assignees []int64
	for _, l := range tx.LabelsOf(issue) {
		same := tx.LabelByName(to, l.Name)
		if same == nil && createLabels {
			same = tx.putLabel(to, NewLabel{Name: l.Name, Color: l.Color, Description: l.Description})
		}
		if same != nil {
			labels = append(labels, same.ID)
		}
	}
	for _, id := range issue.AssigneeIDs {
		if u := tx.s.users.rows[id]; u != nil && tx.Assignable(u, to) {
			assignees = append(assignees, id)
		}
	}
	moved = tx.s.issues.update(moved.ID, func(i *Issue) {
		kept := *cloneIssue(issue)
		kept.ID, kept.RepoID, kept.Number = i.ID, i.RepoID, i.Number
		kept.LabelIDs, kept.AssigneeIDs, kept.UpdatedAt = labels, assignees, tx.Now()
		*i = kept
	})
	tx.rehang(issue, moved)
	tx.change(issue.ID, func(i *Issue) {
		i.MovedTo, i.LabelIDs, i.AssigneeIDs = moved.ID, nil, nil
		i.ParentID, i.SubIssues, i.BlockedBy = 0, nil, nil
	})
	tx.record(moved.ID, Event{Kind: Transferred, From: tx.FullName(from), To: tx.FullName(to)})
	return tx.IssueByID(moved.ID), nil
}

// rehang gives all that hangs on one issue to another.
func (tx *Tx) rehang(from, to *Issue) {
	for _, c := range tx.Comments(from.ID) {
		tx.s.comments.update(c.ID, func(c *Comment) { c.IssueID = to.ID })
	}
	for _, e := range tx.Events(from.ID) {
		tx.s.events.update(e.ID, func(e *Event) { e.IssueID = to.ID })
	}
	for _, e := range tx.Edits(from.ID) {
		tx.s.edits.update(e.ID, func(e *Edit) { e.Subject = to.ID })
	}
	for _, r := range tx.Reactions(from.ID) {
		tx.s.reactions.update(r.ID, func(r *Reaction) { r.IssueID = to.ID })
	}
	swap := func(list []int64) {
		if at := slices.Index(list, from.ID); at >= 0 {
			list[at] = to.ID
		}
	}
	if parent := tx.IssueByID(from.ParentID); parent != nil {
		tx.s.issues.update(parent.ID, func(i *Issue) { swap(i.SubIssues) })
	}
	for _, id := range from.SubIssues {
		if tx.IssueByID(id) != nil {
			tx.s.issues.update(id, func(i *Issue) { i.ParentID = to.ID })
		}
	}
	for _, blocked := range tx.Blocking(from.ID) {
		tx.s.issues.update(blocked.ID, func(i *Issue) { swap(i.BlockedBy) })
	}
}
