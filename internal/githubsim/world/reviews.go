package world

import (
	"slices"
	"strings"
)

// CreateReview reviews a pull request; Read. PENDING stays unsubmitted.
func (tx *Tx) CreateReview(pull *Issue, n NewReview) (*Review, error) {
	pull, _, err := tx.needPull(pull.ID, Read)
	if err != nil {
		return nil, err
	}
	if err := tx.checkReview(pull, n.State, n.Body, len(n.Threads)); err != nil {
		return nil, err
	}
	if n.State == "PENDING" && tx.pendingReview(pull) != nil {
		return nil, refused("User can only have one pending review per pull request")
	}
	for _, t := range n.Threads {
		if err := checkThread(t); err != nil {
			return nil, err
		}
	}
	if n.SHA == "" {
		n.SHA = pull.Pull.HeadSHA
	}
	r := tx.putReview(pull, n)
	for _, t := range n.Threads {
		tx.putThread(pull, r, t)
	}
	if n.State != "PENDING" {
		return r, tx.submitted(pull, r)
	}
	return r, nil
}

func (tx *Tx) checkReview(pull *Issue, state, body string, threads int) error {
	own := pull.AuthorID == tx.actorID()
	switch {
	case !slices.Contains([]string{"APPROVED", "CHANGES_REQUESTED", "COMMENTED", "PENDING"}, state):
		return invalid(FieldError{Resource: "PullRequestReview", Field: "event", Code: "invalid", Value: state})
	case own && state == "APPROVED":
		return refused("Can not approve your own pull request")
	case own && state == "CHANGES_REQUESTED":
		return refused("Can not request changes on your own pull request")
	case strings.TrimSpace(body) == "" && threads == 0 && (state == "COMMENTED" || state == "CHANGES_REQUESTED"):
		return invalid(coded("PullRequestReview", "body", "missing_field"))
	}
	return checkBody("PullRequestReview", body)
}

func (tx *Tx) putReview(pull *Issue, n NewReview) *Review {
	r := &Review{ID: tx.nextID(), IssueID: pull.ID, AuthorID: tx.actorID(), State: n.State, Body: n.Body, SHA: n.SHA, SubmittedAt: tx.Now()}
	tx.s.reviews.put(r.ID, r)
	return r
}

func (tx *Tx) submitted(pull *Issue, r *Review) error {
	tx.change(pull.ID, func(i *Issue) { i.Pull.RequestedReviewers = without(i.Pull.RequestedReviewers, r.AuthorID) })
	tx.record(pull.ID, Event{Kind: Reviewed, ReviewID: r.ID})
	_, err := tx.proceed(pull)
	return err
}

func (tx *Tx) pendingReview(pull *Issue) *Review {
	for _, r := range tx.s.reviewsOf[pull.ID] {
		if r.State == "PENDING" && r.AuthorID == tx.actorID() {
			return r
		}
	}
	return nil
}

// SubmitReview submits the actor's pending review.
func (tx *Tx) SubmitReview(r *Review, state, body string) (*Review, error) {
	if r = tx.s.reviews.rows[r.ID]; r == nil || r.AuthorID != tx.actorID() {
		return nil, notFound()
	}
	pull, _, err := tx.needPull(r.IssueID, Read)
	if err != nil {
		return nil, err
	}
	if r.State != "PENDING" || state == "PENDING" {
		return nil, refused("Can not submit a review that is not pending")
	}
	if body == "" {
		body = r.Body
	}
	threads := 0
	for _, t := range tx.s.threadsOf[pull.ID] {
		if t.ReviewID == r.ID {
			threads++
		}
	}
	if err := tx.checkReview(pull, state, body, threads); err != nil {
		return nil, err
	}
	r = tx.s.reviews.update(r.ID, func(r *Review) { r.State, r.Body, r.SubmittedAt = state, body, tx.Now() })
	return r, tx.submitted(pull, r)
}

// DismissReview takes the effect from an approval or a request for changes; Write.
func (tx *Tx) DismissReview(r *Review, message string) (*Review, error) {
	if r = tx.s.reviews.rows[r.ID]; r == nil {
		return nil, notFound()
	}
	pull, _, err := tx.needPull(r.IssueID, Write)
	if err != nil {
		return nil, err
	}
	if r.State != "APPROVED" && r.State != "CHANGES_REQUESTED" {
		return nil, refused("Can not dismiss a commented or pending pull request review")
	}
	if strings.TrimSpace(message) == "" {
		return nil, invalid(coded("PullRequestReview", "message", "missing_field"))
	}
	r = tx.s.reviews.update(r.ID, func(r *Review) { r.State = "DISMISSED" })
	tx.change(pull.ID, func(*Issue) {})
	tx.record(pull.ID, Event{Kind: ReviewDismissed, ReviewID: r.ID, Reason: message})
	_, err = tx.proceed(pull)
	return r, err
}

// opinions counts the reviewers with write access whose last word is an
// approval, or a request for changes.
func (tx *Tx) opinions(pull *Issue) (approvals, changes int) {
	last := map[int64]string{}
	for _, r := range tx.s.reviewsOf[pull.ID] {
		if r.State == "APPROVED" || r.State == "CHANGES_REQUESTED" {
			last[r.AuthorID] = r.State
		}
	}
	repo := tx.s.repos.rows[pull.RepoID]
	for id, state := range last {
		if u := tx.s.users.rows[id]; u == nil || tx.Permission(u, repo) < Write {
			continue
		}
		if state == "APPROVED" {
			approvals++
		} else {
			changes++
		}
	}
	return approvals, changes
}

// ReviewDecision is APPROVED, CHANGES_REQUESTED, REVIEW_REQUIRED, or "" where
// nobody with write access has said anything and nothing is demanded.
func (tx *Tx) ReviewDecision(pull *Issue) string {
	approvals, changes := tx.opinions(pull)
	needed := 0
	if rules := tx.RulesFor(tx.s.repos.rows[pull.RepoID], pull.Pull.BaseRef); rules != nil {
		needed = rules.Approvals
	}
	switch {
	case changes > 0:
		return "CHANGES_REQUESTED"
	case approvals > 0 && approvals >= needed:
		return "APPROVED"
	case needed > 0:
		return "REVIEW_REQUIRED"
	}
	return ""
}

func checkThread(n NewThread) error {
	switch {
	case strings.TrimSpace(n.Body) == "":
		return invalid(coded("PullRequestReviewComment", "body", "missing_field"))
	case n.Path == "":
		return invalid(coded("PullRequestReviewComment", "path", "missing_field"))
	case n.Line < 1:
		return invalid(coded("PullRequestReviewComment", "line", "invalid"))
	}
	return checkBody("PullRequestReviewComment", n.Body)
}

func (tx *Tx) putThread(pull *Issue, r *Review, n NewThread) *Thread {
	t := &Thread{ID: tx.nextID(), IssueID: pull.ID, ReviewID: r.ID, Path: n.Path, Line: n.Line}
	t.Comments = []ThreadComment{{ID: tx.nextID(), ThreadID: t.ID, AuthorID: tx.actorID(), Body: n.Body, CreatedAt: tx.Now()}}
	tx.s.threads.put(t.ID, t)
	return t
}

// CreateThread starts a review thread: in the actor's pending review, else in
// one of its own; Read.
func (tx *Tx) CreateThread(pull *Issue, n NewThread) (*Thread, error) {
	pull, _, err := tx.needPull(pull.ID, Read)
	if err != nil {
		return nil, err
	}
	if err := checkThread(n); err != nil {
		return nil, err
	}
	if r := tx.pendingReview(pull); r != nil {
		return tx.putThread(pull, r, n), nil
	}
	r := tx.putReview(pull, NewReview{State: "COMMENTED", SHA: pull.Pull.HeadSHA})
	t := tx.putThread(pull, r, n)
	return t, tx.submitted(pull, r)
}

// ReplyThread answers in a review thread; Read.
func (tx *Tx) ReplyThread(t *Thread, body string) (*ThreadComment, error) {
	if t = tx.s.threads.rows[t.ID]; t == nil {
		return nil, notFound()
	}
	pull, _, err := tx.needPull(t.IssueID, Read)
	if err != nil {
		return nil, err
	}
	if err := checkThread(NewThread{Path: t.Path, Line: t.Line, Body: body}); err != nil {
		return nil, err
	}
	c := ThreadComment{ID: tx.nextID(), ThreadID: t.ID, AuthorID: tx.actorID(), Body: body, CreatedAt: tx.Now()}
	tx.s.threads.update(t.ID, func(t *Thread) { t.Comments = append(t.Comments, c) })
	tx.change(pull.ID, func(*Issue) {})
	return &c, nil
}

// ResolveThread resolves a review thread or opens it again; the pull request's
// author or Write.
func (tx *Tx) ResolveThread(t *Thread, resolved bool) (*Thread, error) {
	if t = tx.s.threads.rows[t.ID]; t == nil {
		return nil, notFound()
	}
	pull, _, err := tx.authorOr(t.IssueID, Write)
	if err != nil {
		return nil, err
	}
	if t.Resolved == resolved {
		return t, nil
	}
	t = tx.s.threads.update(t.ID, func(t *Thread) {
		t.Resolved, t.ResolverID = resolved, 0
		if resolved {
			t.ResolverID = tx.actorID()
		}
	})
	_, err = tx.proceed(pull)
	return t, err
}
