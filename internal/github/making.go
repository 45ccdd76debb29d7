package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// few is how many of the newest issues the first look takes; more are asked for
// only where it does not reach down to what is known.
const few = 10

// standingJSON is an issue before and after it is closed, opened or tied.
type standingJSON struct {
	issueJSON
	Database databaseID `json:"fullDatabaseId"`
	Turns    struct {
		Nodes []eventJSON `json:"nodes"`
	} `json:"turns"`
	Renames struct {
		Nodes []eventJSON `json:"nodes"`
	} `json:"renames"`
	Parent *struct {
		Number     int      `json:"number"`
		Repository slugJSON `json:"repository"`
	} `json:"parent"`
	Subs struct {
		Total int `json:"total"`
	} `json:"subIssuesSummary"`
	Blocked issuePageJSON `json:"blockedBy"`
}

func (j *standingJSON) standing(repo inventory.RepoRef, viewer string) inventory.Standing {
	s := inventory.Standing{Issue: j.issue(repo), Children: j.Subs.Total, Database: int64(j.Database)}
	for _, e := range j.Turns.Nodes {
		s.Turned, s.TurnedAt, s.Mine = e.ID, e.At, strings.EqualFold(e.Actor.login(), viewer)
	}
	for _, e := range j.Renames.Nodes {
		s.Renamed = e.At
	}
	if p := j.Parent; p != nil {
		s.Parent = inventory.Ref{Repo: p.Repository.ref(), Number: p.Number}
	}
	for _, b := range j.Blocked.Nodes {
		s.BlockedBy = append(s.BlockedBy, inventory.Dependency{Ref: inventory.Ref{Repo: b.Repository.ref(), Number: b.Number}, Closed: b.State != "OPEN"})
	}
	return s
}

// Label tells whether a repository has a label, by its name without regard to case.
func (c *Client) Label(ctx context.Context, repo inventory.RepoRef, name string) (there, archived bool, err error) {
	var j struct {
		Archived bool      `json:"isArchived"`
		Label    *struct{} `json:"label"`
	}
	err = c.look(ctx, "look at the labels of "+repo.String(), "Label", map[string]any{"owner": repo.Owner, "name": repo.Name, "label": name}, &j)
	return j.Label != nil, j.Archived, err
}

// Standing reads how an issue stands. KindNotFound: it is gone, or hidden.
func (c *Client) Standing(ctx context.Context, ref inventory.Ref) (inventory.Standing, error) {
	list, err := c.standings(ctx, "look at "+ref.String(), "Standing", document("Standing"), map[string]inventory.Ref{"repository": ref},
		map[string]any{"owner": ref.Repo.Owner, "name": ref.Repo.Name, "number": ref.Number})
	return list["repository"], err
}

// tieDocument asks for two issues that are to be tied; without the dependencies
// for a GitHub that does not know them.
func tieDocument(dependencies bool) string {
	text := document("Tie")
	if dependencies {
		return text
	}
	text = strings.ReplaceAll(text, "blockedBy(first: 50) { ...BlockedBy }", "")
	return strings.ReplaceAll(text, definitions()["BlockedBy"], "")
}

// Tie reads how two issues stand to each other, in one request: the parent, the
// number of sub-issues and what blocks them. dependencies: that is wanted, where
// it takes a second request by REST (an Enterprise Server), too.
func (c *Client) Tie(ctx context.Context, ref, to inventory.Ref, dependencies bool) (one, other inventory.Standing, err error) {
	doing := "look at " + ref.String() + " and " + to.String()
	vars := map[string]any{"owner": ref.Repo.Owner, "name": ref.Repo.Name, "number": ref.Number,
		"toOwner": to.Repo.Owner, "toName": to.Repo.Name, "toNumber": to.Number}
	refs := map[string]inventory.Ref{"repository": ref, "to": to}
	list, err := c.standings(ctx, doing, "Tie", tieDocument(dependencies), refs, vars)
	if dependencies && errors.Is(err, &Error{Kind: KindInvalid}) {
		if list, err = c.standings(ctx, doing, "Tie", tieDocument(false), refs, vars); err == nil {
			one = list["repository"]
			one.BlockedBy, err = c.blockers(ctx, ref)
			return one, list["to"], err
		}
	}
	return list["repository"], list["to"], err
}

// standings asks for issues, each below a name of the answer.
func (c *Client) standings(ctx context.Context, doing, operation, text string, refs map[string]inventory.Ref, vars map[string]any) (map[string]inventory.Standing, error) {
	r, err := c.query(ctx, operation, text, vars)
	if err != nil {
		return nil, explained(doing, err)
	}
	if len(r.errors) > 0 {
		return nil, explained(doing, r.errors[0].explain())
	}
	viewer, err := readViewer(r)
	if err != nil {
		return nil, explained(doing, err)
	}
	out := map[string]inventory.Standing{}
	for name, ref := range refs {
		var j *struct {
			Archived bool          `json:"isArchived"`
			Issue    *standingJSON `json:"issue"`
		}
		if err := json.Unmarshal(r.data[name], &j); err != nil {
			return nil, &Error{Kind: KindServer, Doing: doing, Message: "an answer that cannot be read", Err: err}
		}
		if j == nil || j.Issue == nil {
			return nil, gone("look at " + ref.String())
		}
		if j.Issue.Database == 0 {
			return nil, noID("look at " + ref.String())
		}
		s := j.Issue.standing(ref.Repo, viewer)
		s.Archived = j.Archived
		out[name] = s
	}
	return out, nil
}

func readViewer(r *result) (string, error) {
	var v struct {
		Login string `json:"login"`
	}
	if err := json.Unmarshal(r.data["viewer"], &v); err != nil {
		return "", &Error{Kind: KindServer, Message: "an answer that cannot be read", Err: err}
	}
	return v.Login, nil
}

// groundDocument asks for a repository an issue shall be made in, and for the
// sources it rests on.
func groundDocument(repo inventory.RepoRef, sources []inventory.Ref) (string, map[string]any) {
	vars := map[string]any{"owner": repo.Owner, "name": repo.Name}
	var params, body strings.Builder
	for k, s := range sources {
		fmt.Fprintf(&params, ", $o%d: String!, $n%d: String!", k, k)
		vars[fmt.Sprintf("o%d", k)], vars[fmt.Sprintf("n%d", k)] = s.Repo.Owner, s.Repo.Name
		fmt.Fprintf(&body, "  s%d: repository(owner: $o%d, name: $n%d) { issue(number: %d) { ...IssueStanding } }\n", k, k, k, s.Number)
	}
	return document("query Ground($owner: String!, $name: String!, $first: Int!, $after: String" + params.String() + ") {\n  viewer { login }\n  rateLimit { cost }\n" +
		"  repository(owner: $owner, name: $name) { ...GroundFacts }\n" + body.String() + "}"), vars
}

type groundJSON struct {
	Archived   bool   `json:"isArchived"`
	Issues     bool   `json:"hasIssuesEnabled"`
	Permission string `json:"viewerPermission"`
	Newest     struct {
		Page  pageJSON    `json:"pageInfo"`
		Nodes []issueJSON `json:"nodes"`
	} `json:"issues"`
	Pulls issuePageJSON `json:"pullRequests"`
}

// Ground reads a repository an issue shall be made in: one request, unless more
// than ten issues are newer than above. Of those bodies nothing is kept but a
// mark of ours.
func (c *Client) Ground(ctx context.Context, repo inventory.RepoRef, above int, sources []inventory.Ref) (inventory.Ground, error) {
	doing := "look at " + repo.String()
	var out inventory.Ground
	text, vars := groundDocument(repo, sources)
	vars["first"] = few
	for first := true; ; first = false {
		r, err := c.query(ctx, "Ground", text, vars)
		if err != nil {
			return out, explained(doing, err)
		}
		for _, e := range r.errors {
			if name := e.at(0); e.kind() != KindNotFound || name == "repository" || e.at(1) != "issue" && e.at(1) != "" {
				return out, explained(doing, e.explain())
			}
		}
		var j *groundJSON
		if err := json.Unmarshal(r.data["repository"], &j); err != nil {
			return out, &Error{Kind: KindServer, Doing: doing, Message: "an answer that cannot be read", Err: err}
		}
		if j == nil {
			return out, gone(doing)
		}
		if first {
			out.Archived, out.IssuesOff, out.Permission = j.Archived, !j.Issues, j.Permission
			if out.Sources, err = readSources(r, sources); err != nil {
				return out, explained(doing, err)
			}
			for _, p := range j.Pulls.Nodes {
				out.Newest = max(out.Newest, p.Number)
			}
		}
		done := !j.Newest.Page.Next
		for _, n := range j.Newest.Nodes {
			out.Newest = max(out.Newest, n.Number)
			if n.Number <= above {
				done = true
				continue
			}
			m := inventory.Made{Issue: n.issue(repo), Mark: inventory.ReadMark(n.Body)}
			if n.Own {
				m.Inside = inventory.MarksIn(n.Body)
			}
			if !m.Mark.IsZero() || len(m.Inside) > 0 {
				out.Made = append(out.Made, m)
			}
		}
		if done {
			return out, nil
		}
		if first {
			text, vars = groundDocument(repo, nil)
		}
		vars["first"], vars["after"] = 100, j.Newest.Page.End
	}
}

func readSources(r *result, refs []inventory.Ref) ([]inventory.Standing, error) {
	viewer, err := readViewer(r)
	if err != nil {
		return nil, err
	}
	out := make([]inventory.Standing, len(refs))
	for k, ref := range refs {
		var j *struct {
			Issue *standingJSON `json:"issue"`
		}
		if err := json.Unmarshal(r.data[fmt.Sprintf("s%d", k)], &j); err != nil {
			return nil, &Error{Kind: KindServer, Message: "an answer that cannot be read", Err: err}
		}
		if j == nil || j.Issue == nil {
			out[k].Ref, out[k].Missing = ref, true
			continue
		}
		out[k] = j.Issue.standing(ref.Repo, viewer)
	}
	return out, nil
}

// Page reads the body of an issue and which versions of it there are; texts: and
// their texts. KindNotFound: it is gone, or hidden.
func (c *Client) Page(ctx context.Context, ref inventory.Ref, texts bool) (inventory.Page, error) {
	doing, operation := "read "+ref.String(), "Page"
	if texts {
		operation = "PageEdits"
	}
	var j struct {
		Archived bool `json:"isArchived"`
		Issue    *struct {
			issueJSON
			Created bool `json:"includesCreatedEdit"`
			Edits   struct {
				Nodes []struct {
					ID      string     `json:"id"`
					At      time.Time  `json:"editedAt"`
					Deleted time.Time  `json:"deletedAt"`
					Editor  *actorJSON `json:"editor"`
					Text    *string    `json:"diff"`
				} `json:"nodes"`
			} `json:"userContentEdits"`
		} `json:"issue"`
	}
	if err := c.look(ctx, doing, operation, map[string]any{"owner": ref.Repo.Owner, "name": ref.Repo.Name, "number": ref.Number}, &j); err != nil {
		return inventory.Page{}, err
	}
	if j.Issue == nil {
		return inventory.Page{}, gone(doing)
	}
	p := inventory.Page{Issue: j.Issue.issue(ref.Repo), Archived: j.Archived}
	p.Body = j.Issue.Body
	for _, e := range j.Issue.Edits.Nodes {
		edit := inventory.Edit{ID: e.ID, At: e.At, By: e.Editor.login(), Gone: texts && (e.Text == nil || !e.Deleted.IsZero())}
		if e.Text != nil {
			edit.Text = *e.Text
		}
		p.Edits = append(p.Edits, edit)
	}
	if n := len(p.Edits); j.Issue.Created && n > 0 && n < mostEdits {
		p.Edits = p.Edits[:n-1] // GitHub lists the beginning, too, once there is an edit
	}
	return p, nil
}

const mostEdits = 20 // of a page
