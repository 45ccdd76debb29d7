package world

import "slices"

const maxAssignees = 10

// assigneeIDs finds users by login. Where strict, one who cannot be assigned is
// a 422, as when an issue is made or edited; else they are left out silently,
// as when assignees are added.
func (tx *Tx) assigneeIDs(repo *Repo, logins []string, strict bool) ([]int64, error) {
	var ids []int64
	for _, login := range logins {
		u := tx.UserByLogin(login)
		if u == nil || !tx.Assignable(u, repo) {
			if strict {
				return nil, invalid(FieldError{Resource: "Issue", Field: "assignees", Code: "invalid", Value: login})
			}
			continue
		}
		ids = append(ids, u.ID)
	}
	return ids, nil
}

// reassign gives an issue exactly these assignees (the first ten), with events.
func (tx *Tx) reassign(issue *Issue, want []int64) *Issue {
	var set []int64
	for _, id := range want {
		if !slices.Contains(set, id) && len(set) < maxAssignees {
			set = append(set, id)
		}
	}
	old := issue.AssigneeIDs
	if slices.Equal(old, set) {
		return issue
	}
	issue = tx.change(issue.ID, func(i *Issue) { i.AssigneeIDs = set })
	for _, id := range set {
		if !slices.Contains(old, id) {
			tx.record(issue.ID, Event{Kind: Assigned, UserID: id})
		}
	}
	for _, id := range old {
		if !slices.Contains(set, id) {
			tx.record(issue.ID, Event{Kind: Unassigned, UserID: id})
		}
	}
	return issue
}

// AddAssignees assigns users, leaving out those who cannot be; Triage.
func (tx *Tx) AddAssignees(issue *Issue, logins []string) (*Issue, error) {
	issue, repo, err := tx.needIssue(issue.ID, Triage)
	if err != nil {
		return nil, err
	}
	ids, err := tx.assigneeIDs(repo, logins, false)
	if err != nil {
		return nil, err
	}
	return tx.reassign(issue, append(slices.Clone(issue.AssigneeIDs), ids...)), nil
}

// RemoveAssignees takes assignees off, those that are on; Triage.
func (tx *Tx) RemoveAssignees(issue *Issue, logins []string) (*Issue, error) {
	issue, _, err := tx.needIssue(issue.ID, Triage)
	if err != nil {
		return nil, err
	}
	keep := slices.DeleteFunc(slices.Clone(issue.AssigneeIDs), func(id int64) bool {
		return slices.ContainsFunc(logins, func(login string) bool { u := tx.UserByLogin(login); return u != nil && u.ID == id })
	})
	return tx.reassign(issue, keep), nil
}

// SetAssigneeIDs gives an issue exactly these assignees; Triage. 422 for one
// who cannot be assigned.
func (tx *Tx) SetAssigneeIDs(issue *Issue, ids []int64) (*Issue, error) {
	issue, repo, err := tx.needIssue(issue.ID, Triage)
	if err != nil {
		return nil, err
	}
	if err := tx.checkAssignees(repo, ids); err != nil {
		return nil, err
	}
	return tx.reassign(issue, ids), nil
}

func (tx *Tx) checkAssignees(repo *Repo, ids []int64) error {
	for _, id := range ids {
		u := tx.s.users.rows[id]
		if u == nil {
			return notFound()
		}
		if !tx.Assignable(u, repo) {
			return invalid(FieldError{Resource: "Issue", Field: "assignees", Code: "invalid", Value: u.Login})
		}
	}
	return nil
}
