package rest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func listIssues(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	if r.IssuesDisabled {
		return nil, errDisabled
	}
	keep, err := c.issueFilter(r)
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(c.tx.Issues(r.ID), func(i *world.Issue) bool { return !keep(i) || !c.listed(i.CreatedAt) })
	if err := c.sortIssues(list); err != nil {
		return nil, err
	}
	return listed(c, list, func(i *world.Issue) any { return c.issue(i) })
}

// issueFilter reads state, labels, assignee, creator, mentioned, milestone and since.
func (c *call) issueFilter(r *world.Repo) (func(*world.Issue) bool, error) {
	which, err := c.choice("Issue", "state", "open", "closed", "all")
	if err != nil {
		return nil, err
	}
	since, err := c.when("since")
	if err != nil {
		return nil, err
	}
	var labels []int64
	for _, name := range strings.Split(c.Query.Get("labels"), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		l := c.tx.LabelByName(r, name)
		if l == nil {
			return func(*world.Issue) bool { return false }, nil
		}
		labels = append(labels, l.ID)
	}
	user := func(name, resource string) (id int64, any, none bool, err error) {
		text := c.Query.Get(name)
		switch text {
		case "":
			return 0, false, false, nil
		case "*":
			return 0, true, false, nil
		case "none":
			return 0, false, true, nil
		}
		u := c.tx.UserByLogin(text)
		if u == nil {
			return 0, false, false, invalid(resource, name, "invalid")
		}
		return u.ID, false, false, nil
	}
	assignee, anyone, noone, err := user("assignee", "Issue")
	if err != nil {
		return nil, err
	}
	creator, _, _, err := user("creator", "Issue")
	if err != nil {
		return nil, err
	}
	mentioned := c.Query.Get("mentioned")
	milestone := c.Query.Get("milestone")
	return func(i *world.Issue) bool {
		switch {
		case which != "all" && state(i) != which, creator != 0 && i.AuthorID != creator, i.UpdatedAt.Before(since),
			assignee != 0 && !slices.Contains(i.AssigneeIDs, assignee), anyone && len(i.AssigneeIDs) == 0, noone && len(i.AssigneeIDs) > 0,
			mentioned != "" && !strings.Contains(strings.ToLower(i.Body), "@"+strings.ToLower(mentioned)), milestone != "" && milestone != "none":
			return false
		}
		for _, id := range labels {
			if !slices.Contains(i.LabelIDs, id) {
				return false
			}
		}
		return true
	}, nil
}

func (c *call) sortIssues(list []*world.Issue) error {
	by, err := c.choice("Issue", "sort", "created", "updated", "comments")
	if err != nil {
		return err
	}
	direction, err := c.choice("Issue", "direction", "desc", "asc")
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b *world.Issue) int {
		n := 0
		switch by {
		case "created":
			n = a.CreatedAt.Compare(b.CreatedAt)
		case "updated":
			n = a.UpdatedAt.Compare(b.UpdatedAt)
		case "comments":
			n = cmp.Compare(len(c.tx.Comments(a.ID)), len(c.tx.Comments(b.ID)))
		}
		if n == 0 {
			n = cmp.Compare(a.Number, b.Number)
		}
		if direction == "desc" {
			return -n
		}
		return n
	})
	return nil
}

// name is a label or login in a body: a string, or an object that holds it.
type name string

func (n *name) UnmarshalJSON(text []byte) error {
	var plain string
	if json.Unmarshal(text, &plain) == nil {
		*n = name(plain)
		return nil
	}
	var o struct{ Name, Login string }
	if err := json.Unmarshal(text, &o); err != nil {
		return err
	}
	*n = name(o.Name + o.Login)
	return nil
}

func plain(list []name) []string {
	out := make([]string, 0, len(list))
	for _, n := range list {
		out = append(out, string(n))
	}
	return out
}

// title is a string or, as GitHub also takes it, a number.
type title string

func (t *title) UnmarshalJSON(text []byte) error {
	var s string
	if json.Unmarshal(text, &s) == nil {
		*t = title(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(text, &n); err != nil {
		return err
	}
	*t = title(n.String())
	return nil
}

func createIssue(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	if r.IssuesDisabled {
		return nil, errDisabled
	}
	var in struct {
		Title     *title
		Body      *string
		Assignee  *string
		Assignees []name
		Labels    []name
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	if in.Title == nil {
		return nil, malformed(`"title" wasn't supplied.`)
	}
	n := world.NewIssue{Title: string(*in.Title), Labels: plain(in.Labels), Assignees: plain(in.Assignees)}
	if in.Body != nil {
		n.Body = *in.Body
	}
	if in.Assignee != nil && *in.Assignee != "" {
		n.Assignees = append(n.Assignees, *in.Assignee)
	}
	i, err := c.tx.CreateIssue(r, n)
	if err != nil {
		return nil, err
	}
	return created(c.issue(i))
}

func getIssue(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, body: c.issue(i), modified: i.UpdatedAt}, nil
}

func patchIssue(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	if c.Header.Get("If-Match") != "" || c.Header.Get("If-None-Match") != "" || c.Header.Get("If-Unmodified-Since") != "" {
		return nil, fail(http.StatusBadRequest, "Conditional request headers are not allowed in unsafe requests unless supported by the endpoint")
	}
	var in struct {
		Title       *title
		Body        json.RawMessage
		State       *string
		StateReason *string `json:"state_reason"`
		Labels      *[]name
		Assignees   *[]name
		Assignee    json.RawMessage
	}
	if err := c.decode(&in, false); err != nil {
		return nil, err
	}
	e := world.IssueEdit{State: in.State, Reason: in.StateReason}
	if in.Title != nil {
		t := string(*in.Title)
		e.Title = &t
	}
	if len(in.Body) > 0 {
		var body *string
		if err := json.Unmarshal(in.Body, &body); err != nil {
			return nil, malformed("For 'properties/body', it is not a string.")
		}
		if body == nil {
			body = new(string)
		}
		e.Body = body
	}
	if in.State != nil && *in.State != "open" && *in.State != "closed" {
		return nil, invalid("Issue", "state", "invalid")
	}
	if in.Labels != nil {
		l := plain(*in.Labels)
		e.Labels = &l
	}
	if in.Assignees != nil {
		l := plain(*in.Assignees)
		e.Assignees = &l
	} else if len(in.Assignee) > 0 {
		var one string
		if err := json.Unmarshal(in.Assignee, &one); err != nil {
			return nil, malformed("For 'properties/assignee', it is not a string.")
		}
		l := []string{}
		if one != "" {
			l = append(l, one)
		}
		e.Assignees = &l
	}
	if i, err = c.tx.EditIssue(i, e); err != nil {
		return nil, err
	}
	return ok(c.issue(i))
}

func lockIssue(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	var in struct {
		Reason string `json:"lock_reason"`
	}
	if err := c.decode(&in, false); err != nil {
		return nil, err
	}
	if in.Reason != "" && !slices.Contains([]string{"off-topic", "too heated", "resolved", "spam"}, in.Reason) {
		return nil, invalid("Issue", "lock_reason", "invalid")
	}
	if _, err := c.tx.LockIssue(i, in.Reason); err != nil {
		return nil, err
	}
	return noContent()
}

func unlockIssue(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	if _, err := c.tx.UnlockIssue(i); err != nil {
		return nil, err
	}
	return noContent()
}
