package world

import (
	"fmt"
	"slices"
	"time"
)

var (
	checkStates      = []string{"QUEUED", "IN_PROGRESS", "COMPLETED", "WAITING", "REQUESTED", "PENDING"}
	checkConclusions = []string{"SUCCESS", "FAILURE", "NEUTRAL", "CANCELLED", "TIMED_OUT", "ACTION_REQUIRED", "SKIPPED", "STALE"}
	statusStates     = []string{"SUCCESS", "FAILURE", "PENDING", "ERROR"}
)

// CreateCheck records a check run of a commit; Write. A conclusion completes it.
func (tx *Tx) CreateCheck(repo *Repo, n NewCheck) (*Check, error) {
	repo, err := tx.need(repo.ID, Write)
	if err != nil {
		return nil, err
	}
	if n.Name == "" {
		return nil, invalid(coded("CheckRun", "name", "missing_field"))
	}
	if err := tx.needChecked(repo, n.SHA); err != nil {
		return nil, err
	}
	c := &Check{ID: tx.nextID(), RepoID: repo.ID, SHA: n.SHA, Name: n.Name, State: n.State, Conclusion: n.Conclusion,
		Workflow: n.Workflow, StartedAt: n.StartedAt, CompletedAt: n.CompletedAt, CreatorID: tx.actorID()}
	if c.StartedAt.IsZero() {
		c.StartedAt = tx.Now()
	}
	if err := tx.complete(c); err != nil {
		return nil, err
	}
	tx.s.checks.put(c.ID, c)
	return c, tx.proceedAll(repo.ID, c.SHA)
}

func (tx *Tx) needChecked(repo *Repo, sha string) error {
	has, err := tx.hasCommit(repo, sha)
	if err == nil && !has {
		err = refused("No commit found for SHA: %s", sha)
	}
	return err
}

// complete checks a run's state and conclusion and makes them agree.
func (tx *Tx) complete(c *Check) error {
	if c.Conclusion != "" {
		c.State = "COMPLETED"
	}
	if c.State == "" {
		c.State = "QUEUED"
	}
	switch {
	case !slices.Contains(checkStates, c.State):
		return invalid(FieldError{Resource: "CheckRun", Field: "status", Code: "invalid", Value: c.State})
	case c.Conclusion != "" && !slices.Contains(checkConclusions, c.Conclusion):
		return invalid(FieldError{Resource: "CheckRun", Field: "conclusion", Code: "invalid", Value: c.Conclusion})
	case c.State == "COMPLETED" && c.Conclusion == "":
		return invalid(coded("CheckRun", "conclusion", "missing_field"))
	}
	if c.State == "COMPLETED" && c.CompletedAt.IsZero() {
		c.CompletedAt = tx.Now()
	}
	return nil
}

// UpdateCheck changes a check run; Write.
func (tx *Tx) UpdateCheck(c *Check, e CheckEdit) (*Check, error) {
	if c = tx.s.checks.rows[c.ID]; c == nil || c.Status != "" {
		return nil, notFound()
	}
	if _, err := tx.need(c.RepoID, Write); err != nil {
		return nil, err
	}
	want := *c
	if e.State != nil && *e.State != "COMPLETED" { // a run that starts again
		want.Conclusion, want.CompletedAt = "", time.Time{}
	}
	assign(&want.Name, e.Name)
	assign(&want.State, e.State)
	assign(&want.Conclusion, e.Conclusion)
	assign(&want.CompletedAt, e.CompletedAt)
	if err := tx.complete(&want); err != nil {
		return nil, err
	}
	c = tx.s.checks.update(c.ID, func(row *Check) { *row = want })
	return c, tx.proceedAll(c.RepoID, c.SHA)
}

// RerequestCheck has a check run of a commit run again: a new one of its name
// waits in its stead; Write.
func (tx *Tx) RerequestCheck(c *Check) (*Check, error) {
	if c = tx.s.checks.rows[c.ID]; c == nil || c.Status != "" {
		return nil, notFound()
	}
	if _, err := tx.need(c.RepoID, Write); err != nil {
		return nil, err
	}
	if c.State != "COMPLETED" {
		return nil, refused("This check run is not rerequestable")
	}
	again := &Check{ID: tx.nextID(), RepoID: c.RepoID, SHA: c.SHA, Name: c.Name, Workflow: c.Workflow, State: "QUEUED",
		StartedAt: tx.Now(), CreatorID: c.CreatorID, Again: c.Again + 1}
	tx.s.checks.put(again.ID, again)
	return again, nil
}

// CreateStatus sets the state of a commit for a context ("" is "default");
// Write. State is SUCCESS, FAILURE, PENDING or ERROR.
func (tx *Tx) CreateStatus(repo *Repo, sha, context, state string) (*Check, error) {
	repo, err := tx.need(repo.ID, Write)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(statusStates, state) {
		return nil, invalid(custom("Status", "state", fmt.Sprintf("state %q is not included in the list", state)))
	}
	if err := tx.needChecked(repo, sha); err != nil {
		return nil, err
	}
	if context == "" {
		context = "default"
	}
	c := &Check{ID: tx.nextID(), RepoID: repo.ID, SHA: sha, Name: context, Status: state,
		StartedAt: tx.Now(), CompletedAt: tx.Now(), CreatorID: tx.actorID()}
	tx.s.checks.put(c.ID, c)
	return c, tx.proceedAll(repo.ID, sha)
}

// verdict is what a check says of its commit: SUCCESS, FAILURE or PENDING.
func verdict(c *Check) string {
	state := c.Conclusion
	if c.Status != "" {
		state = c.Status
	} else if c.State != "COMPLETED" {
		return "PENDING"
	}
	switch state {
	case "SUCCESS", "NEUTRAL", "SKIPPED":
		return "SUCCESS"
	case "PENDING", "STALE":
		return "PENDING"
	}
	return "FAILURE"
}

// checkState is the verdict of one named check, "" when there is none.
func (tx *Tx) checkState(repoID int64, sha, name string) string {
	state := ""
	for _, c := range tx.Checks(repoID, sha) {
		if c.Name == name {
			state = verdict(c)
		}
	}
	return state
}

// Rollup is the combined state of a commit's checks and statuses: FAILURE when
// any failed, else PENDING when any is unfinished, else SUCCESS; "" when there
// are none.
func (tx *Tx) Rollup(repoID int64, sha string) string {
	worst := ""
	for _, c := range tx.Checks(repoID, sha) {
		switch state := verdict(c); {
		case state == "FAILURE":
			return state
		case worst != "PENDING":
			worst = state
		}
	}
	return worst
}
