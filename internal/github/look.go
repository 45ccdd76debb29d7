package github

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Now is an issue and a branch as they are at this moment: the baseline of a
// write, and the answer to whether one landed (spec/2-flows "exactly once").
type Now struct {
	Repo          inventory.RepoRef // its present name
	ID            string
	Archived      bool
	Closed        bool
	Locked        bool
	UpdatedAt     time.Time
	Labels        []string
	LabelEvents   []inventory.LabelEvent // all there are, oldest first
	Comments      []OwnComment           // newer than what was asked for, oldest first; of any author
	CommentCount  int                    // of all
	BranchHead    string                 // sha of the branch asked for; empty: no such branch
	DefaultBranch string
	DefaultHead   string
}

// OwnComment is a comment by id: whose it is, not what it says.
type OwnComment struct {
	ID        int64
	Mine      bool // by the token's account
	CreatedAt time.Time
}

// HighestComment is the largest comment id seen, 0 without comments.
func (n Now) HighestComment() int64 {
	var top int64
	for _, c := range n.Comments {
		top = max(top, c.ID)
	}
	return top
}

type lookJSON struct {
	Slug     string             `json:"nameWithOwner"`
	Archived bool               `json:"isArchived"`
	Default  *defaultBranchJSON `json:"defaultBranchRef"`
	Ref      *struct {
		Target targetJSON `json:"target"`
	} `json:"ref"`
	Issue *struct {
		ID        string     `json:"id"`
		State     string     `json:"state"`
		Locked    bool       `json:"locked"`
		UpdatedAt time.Time  `json:"updatedAt"`
		Labels    *namesJSON `json:"labels"`
		Comments  struct {
			Total int      `json:"totalCount"`
			Page  pageJSON `json:"pageInfo"`
			Nodes []struct {
				ID   int64     `json:"databaseId"`
				Mine bool      `json:"viewerDidAuthor"`
				At   time.Time `json:"createdAt"`
			} `json:"nodes"`
		} `json:"comments"`
		Events eventPageJSON `json:"timelineItems"`
	} `json:"issue"`
}

// Look reads an issue again, with one branch of its repository (short name;
// empty: none) and every comment newer than the id sinceComment. KindNotFound:
// the issue or its repository is gone.
func (c *Client) Look(ctx context.Context, ref inventory.Ref, branch string, sinceComment int64) (Now, error) {
	doing := "look at " + ref.String()
	if branch == "" {
		branch = "HEAD"
	} else {
		branch = "refs/heads/" + branch
	}
	vars := map[string]any{"owner": ref.Repo.Owner, "name": ref.Repo.Name, "number": ref.Number, "ref": branch}
	var now Now
	events, comments := true, true
	for page := 0; events || comments; page++ {
		j, err := c.lookPage(ctx, doing, vars)
		if err != nil {
			return Now{}, err
		}
		i := j.Issue
		if page == 0 {
			now = Now{Repo: (slugJSON{j.Slug}).ref(), ID: i.ID, Archived: j.Archived, Closed: i.State != "OPEN", Locked: i.Locked,
				UpdatedAt: i.UpdatedAt, Labels: i.Labels.names(), CommentCount: i.Comments.Total}
			if j.Ref != nil && branch != "HEAD" {
				now.BranchHead = j.Ref.Target.OID
			}
			if j.Default != nil {
				now.DefaultBranch, now.DefaultHead = j.Default.Name, j.Default.Target.OID
			}
		}
		if events {
			older, _ := i.Events.labelEvents()
			now.LabelEvents = append(older, now.LabelEvents...)
		}
		if comments {
			var older []OwnComment
			reached := false
			for _, m := range i.Comments.Nodes {
				if m.ID > sinceComment {
					older = append(older, OwnComment{ID: m.ID, Mine: m.Mine, CreatedAt: m.At})
				} else {
					reached = true
				}
			}
			now.Comments = append(older, now.Comments...)
			// With nothing to compare with, the newest page holds the highest id.
			comments = i.Comments.Page.Before && !reached && sinceComment > 0
			vars["comments"] = i.Comments.Page.Start
		}
		events = events && i.Events.Page.Before
		vars["events"] = i.Events.Page.Start
	}
	return now, nil
}

func (c *Client) lookPage(ctx context.Context, doing string, vars map[string]any) (*lookJSON, error) {
	r, err := c.query(ctx, "Look", document("Look"), vars)
	if err != nil {
		return nil, explained(doing, err)
	}
	var j *lookJSON
	if err := json.Unmarshal(r.data["repository"], &j); err != nil {
		return nil, &Error{Kind: KindServer, Doing: doing, Message: "an answer that cannot be read", Err: err}
	}
	for _, g := range r.errors { // an answer in part must not pass for "did not happen"
		e := g.explain()
		e.Doing = doing
		return nil, e
	}
	if j == nil || j.Issue == nil {
		return nil, &Error{Kind: KindNotFound, Doing: doing, Message: "not found, or hidden from this token", Hint: "refresh"}
	}
	return j, nil
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
