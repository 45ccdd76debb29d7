package world

import (
	"slices"
	"strings"
	"unicode/utf8"
)

func checkComment(body string) error {
	message := ""
	if strings.TrimSpace(body) == "" {
		message = "Body cannot be blank"
	} else if utf8.RuneCountInString(body) > maxBody {
		message = "Body is too long (maximum is 65536 characters)"
	}
	if message == "" {
		return nil
	}
	return invalid(FieldError{Resource: "IssueComment", Code: "unprocessable", Field: "data", Message: message})
}

// CreateComment comments on an issue or pull request; Read, and Write where
// the conversation is locked.
func (tx *Tx) CreateComment(issue *Issue, body string) (*Comment, error) {
	issue, repo, err := tx.needIssue(issue.ID, Read)
	if err != nil {
		return nil, err
	}
	if issue.Locked && !tx.may(repo, Write) {
		return nil, forbidden("Unable to create comment because issue is locked.")
	}
	if err := checkComment(body); err != nil {
		return nil, err
	}
	c := &Comment{ID: tx.nextID(), IssueID: issue.ID, AuthorID: tx.actorID(), Body: body, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
	tx.s.comments.put(c.ID, c)
	issue = tx.change(issue.ID, func(*Issue) {})
	tx.record(issue.ID, Event{Kind: Commented, CommentID: c.ID})
	tx.crossReference(issue, body)
	return c, nil
}

// needComment is the gate of changes to a comment: its author, or Write.
func (tx *Tx) needComment(id int64) (*Comment, *Issue, error) {
	c := tx.s.comments.rows[id]
	if c == nil {
		return nil, nil, notFound()
	}
	issue, repo, err := tx.needIssue(c.IssueID, Read)
	if err == nil && (c.AuthorID == 0 || c.AuthorID != tx.actorID()) && !tx.may(repo, Write) {
		err = forbidden("Must have admin rights to Repository.")
	}
	return c, issue, err
}

// EditComment replaces a comment's body and keeps the versions.
func (tx *Tx) EditComment(c *Comment, body string) (*Comment, error) {
	c, issue, err := tx.needComment(c.ID)
	if err != nil {
		return nil, err
	}
	if err := checkComment(body); err != nil {
		return nil, err
	}
	if body == c.Body {
		return c, nil
	}
	if len(tx.s.editsOf[c.ID]) == 0 {
		tx.putEdit(Edit{Subject: c.ID, EditorID: c.AuthorID, EditedAt: c.CreatedAt, Diff: c.Body})
	}
	tx.putEdit(Edit{Subject: c.ID, EditorID: tx.actorID(), EditedAt: tx.Now(), Diff: body})
	c = tx.s.comments.update(c.ID, func(c *Comment) { c.Body, c.UpdatedAt, c.Edited = body, tx.Now(), true })
	issue = tx.change(issue.ID, func(*Issue) {})
	tx.crossReference(issue, body)
	return c, nil
}

// DeleteComment removes a comment with its reactions and versions.
func (tx *Tx) DeleteComment(c *Comment) error {
	c, issue, err := tx.needComment(c.ID)
	if err != nil {
		return err
	}
	tx.dropComment(c.ID)
	for _, e := range slices.Clone(tx.s.eventsOf[issue.ID]) {
		if e.CommentID == c.ID {
			tx.s.events.drop(e.ID)
		}
	}
	tx.change(issue.ID, func(*Issue) {})
	return nil
}

func (tx *Tx) dropComment(id int64) {
	tx.dropSubject(id)
	tx.s.comments.drop(id)
}

// dropSubject removes the reactions to and versions of an issue or comment.
func (tx *Tx) dropSubject(id int64) {
	for _, r := range slices.Clone(tx.s.reactionsOf[id]) {
		tx.s.reactions.drop(r.ID)
	}
	for _, e := range slices.Clone(tx.s.editsOf[id]) {
		tx.s.edits.drop(e.ID)
	}
}

var reactionContents = []string{"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"}

// AddIssueReaction reacts to an issue; content in REST's form. created is
// false when the actor had reacted so already.
func (tx *Tx) AddIssueReaction(issue *Issue, content string) (r *Reaction, created bool, err error) {
	if issue, _, err = tx.needIssue(issue.ID, Read); err != nil {
		return nil, false, err
	}
	return tx.react(issue.ID, content, Reaction{IssueID: issue.ID})
}

// AddCommentReaction reacts to a comment, as AddIssueReaction.
func (tx *Tx) AddCommentReaction(c *Comment, content string) (r *Reaction, created bool, err error) {
	if c = tx.s.comments.rows[c.ID]; c == nil {
		return nil, false, notFound()
	}
	if _, _, err = tx.needIssue(c.IssueID, Read); err != nil {
		return nil, false, err
	}
	return tx.react(c.ID, content, Reaction{CommentID: c.ID})
}

func (tx *Tx) react(subject int64, content string, r Reaction) (*Reaction, bool, error) {
	if !slices.Contains(reactionContents, content) {
		return nil, false, invalid(FieldError{Resource: "Reaction", Field: "content", Code: "invalid", Value: content})
	}
	for _, known := range tx.s.reactionsOf[subject] {
		if known.UserID == tx.actorID() && known.Content == content {
			return known, false, nil
		}
	}
	r.ID, r.UserID, r.Content, r.CreatedAt = tx.nextID(), tx.actorID(), content, tx.Now()
	tx.s.reactions.put(r.ID, &r)
	return &r, true, nil
}

// RemoveReaction takes a reaction back: its user, or Write.
func (tx *Tx) RemoveReaction(r *Reaction) error {
	if r = tx.s.reactions.rows[r.ID]; r == nil {
		return notFound()
	}
	on := r.IssueID
	if on == 0 {
		on = tx.s.comments.rows[r.CommentID].IssueID
	}
	_, repo, err := tx.needIssue(on, Read)
	if err != nil {
		return err
	}
	if r.UserID != tx.actorID() && !tx.may(repo, Write) {
		return forbidden("Must have admin rights to Repository.")
	}
	tx.s.reactions.drop(r.ID)
	return nil
}
