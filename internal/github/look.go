package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// A look reads one thing afresh: the baseline of a write, and the answer to
// whether one landed (spec/2-flows "Writing to GitHub, exactly once"). An
// answer in part is an error, so that it cannot pass for "did not happen".

// Look reads the structure of an issue or pull request: state, labels, and every label event
// there is, oldest first. Its body is not read. KindNotFound: the issue or its
// repository is gone, or hidden from the token.
func (c *Client) Look(ctx context.Context, ref inventory.Ref) (inventory.Issue, error) {
	doing := "look at " + ref.String()
	vars := map[string]any{"owner": ref.Repo.Owner, "name": ref.Repo.Name, "number": ref.Number}
	var out inventory.Issue
	for first := true; ; first = false {
		var j struct {
			Issue *struct {
				issueJSON
				Events eventPageJSON `json:"timelineItems"`
			} `json:"issueOrPullRequest"`
		}
		if err := c.look(ctx, doing, "Look", vars, &j); err != nil {
			return inventory.Issue{}, err
		}
		if j.Issue == nil {
			return inventory.Issue{}, gone(doing)
		}
		if first {
			out = j.Issue.issue(ref.Repo)
		}
		older, renamed := j.Issue.Events.labelEvents()
		out.LabelEvents = append(older, out.LabelEvents...)
		if renamed.After(out.EditedAt) {
			out.EditedAt = renamed
		}
		if !j.Issue.Events.Page.Before {
			return out, nil
		}
		vars["before"] = j.Issue.Events.Page.Start
	}
}

// Comments lists the comments of an issue that are newer than the id since,
// oldest first; with since 0 only the newest hundred, whose last has the
// highest id.
func (c *Client) Comments(ctx context.Context, ref inventory.Ref, since int64) ([]inventory.Comment, error) {
	doing := "look at the comments of " + ref.String()
	vars := map[string]any{"owner": ref.Repo.Owner, "name": ref.Repo.Name, "number": ref.Number}
	var out []inventory.Comment
	for {
		var j struct {
			Issue *struct {
				Comments struct {
					Page  pageJSON `json:"pageInfo"`
					Nodes []struct {
						ID   databaseID `json:"fullDatabaseId"`
						Mine bool       `json:"viewerDidAuthor"`
						At   time.Time  `json:"createdAt"`
					} `json:"nodes"`
				} `json:"comments"`
			} `json:"issueOrPullRequest"`
		}
		if err := c.look(ctx, doing, "Comments", vars, &j); err != nil {
			return nil, err
		}
		if j.Issue == nil {
			return nil, gone(doing)
		}
		p := &j.Issue.Comments
		var older []inventory.Comment
		for _, n := range p.Nodes {
			if n.ID == 0 {
				return nil, noID(doing)
			}
			if id := int64(n.ID); id > since {
				older = append(older, inventory.Comment{ID: id, Mine: n.Mine, CreatedAt: n.At})
			}
		}
		out = append(older, out...)
		if since == 0 || !p.Page.Before || len(older) < len(p.Nodes) {
			return out, nil
		}
		vars["before"] = p.Page.Start
	}
}

// Head is the commit a branch points to; false when there is no such branch.
func (c *Client) Head(ctx context.Context, repo inventory.RepoRef, branch string) (sha string, ok bool, err error) {
	return c.Ref(ctx, repo, "refs/heads/"+branch)
}

// Ref is what a reference, by its full name, points to; false when there is none.
func (c *Client) Ref(ctx context.Context, repo inventory.RepoRef, name string) (sha string, ok bool, err error) {
	doing := "look at " + name + " of " + repo.String()
	var j struct {
		Ref *struct {
			Target targetJSON `json:"target"`
		} `json:"ref"`
	}
	vars := map[string]any{"owner": repo.Owner, "name": repo.Name, "ref": name}
	if err := c.look(ctx, doing, "Head", vars, &j); err != nil || j.Ref == nil {
		return "", false, err
	}
	return j.Ref.Target.OID, true, nil
}

// Claim is who made what a reference, by its full name, points to, and when; zero
// when there is no such reference.
func (c *Client) Claim(ctx context.Context, repo inventory.RepoRef, name string) (inventory.Claim, error) {
	var j struct {
		Ref *struct {
			Target struct {
				OID    string    `json:"oid"`
				At     time.Time `json:"committedDate"`
				Author struct {
					User *struct {
						Login string `json:"login"`
					} `json:"user"`
				} `json:"author"`
			} `json:"target"`
		} `json:"ref"`
	}
	vars := map[string]any{"owner": repo.Owner, "name": repo.Name, "ref": name}
	if err := c.look(ctx, "look at "+name+" of "+repo.String(), "ClaimedBy", vars, &j); err != nil || j.Ref == nil {
		return inventory.Claim{}, err
	}
	out := inventory.Claim{SHA: j.Ref.Target.OID, At: j.Ref.Target.At}
	if u := j.Ref.Target.Author.User; u != nil {
		out.By = u.Login
	}
	return out, nil
}

func (c *Client) look(ctx context.Context, doing, operation string, vars map[string]any, into any) error {
	return c.lookBy(ctx, doing, operation, document(operation), vars, into)
}

func (c *Client) lookBy(ctx context.Context, doing, operation, text string, vars map[string]any, into any) error {
	r, err := c.query(ctx, operation, text, vars)
	if err != nil {
		return explained(doing, err)
	}
	return r.repository(doing, into)
}

// repository reads the one repository that was asked about; an answer in part is
// an error.
func (r *result) repository(doing string, into any) error {
	if len(r.errors) > 0 {
		return explained(doing, r.errors[0].explain())
	}
	raw := r.data["repository"]
	if len(raw) == 0 || string(raw) == "null" {
		return gone(doing)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return &Error{Kind: KindServer, Doing: doing, Message: "an answer that cannot be read", Err: err}
	}
	return nil
}

func gone(doing string) *Error {
	return &Error{Kind: KindNotFound, Doing: doing, Message: "not found, or hidden from this token", Hint: "refresh"}
}

// databaseID is REST's id of something, which GraphQL writes as a BigInt, a number
// in quotation marks; databaseId beside it ends at 31 bits. Null, and whatever is
// no such number, cannot be read: an id of 0 would pass for "there is none".
type databaseID int64

func (id *databaseID) UnmarshalJSON(raw []byte) error {
	n, err := strconv.ParseInt(strings.Trim(string(raw), `"`), 10, 64)
	if err != nil || n <= 0 {
		return fmt.Errorf("%s is no database id", raw)
	}
	*id = databaseID(n)
	return nil
}

func noID(doing string) *Error {
	return &Error{Kind: KindServer, Doing: doing, Message: "an answer that lacks an id", Hint: "try again"}
}

// explained says what was being done when a query failed.
func explained(doing string, err error) error {
	var e *Error
	switch {
	case errors.Is(err, errTooMuch):
		return &Error{Kind: KindServer, Doing: doing, Message: "GitHub gave up on the query", Hint: "try again"}
	case errors.As(err, &e):
		out := *e
		out.Doing = doing
		return &out
	}
	return err
}
