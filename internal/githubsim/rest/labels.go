package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func repoLabels(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	list := c.tx.Labels(r)
	slices.SortStableFunc(list, func(a, b *world.Label) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return listed(c, list, func(l *world.Label) any { return c.label(l) })
}

func (c *call) labelAt() (*world.Label, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	l := c.tx.LabelByName(r, c.params["name"])
	if l == nil {
		return nil, errNotFound
	}
	return l, nil
}

func getLabel(c *call) (*reply, error) {
	l, err := c.labelAt()
	if err != nil {
		return nil, err
	}
	return ok(c.label(l))
}

func createLabel(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	var in struct {
		Name, Color *string
		Description *string
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	if in.Name == nil {
		return nil, invalid("Label", "name", "missing_field")
	}
	n := world.NewLabel{Name: *in.Name, Color: "ededed"}
	if in.Color != nil && *in.Color != "" {
		n.Color = *in.Color
	}
	if in.Description != nil {
		n.Description = *in.Description
	}
	l, err := c.tx.CreateLabel(r, n)
	if err != nil {
		return nil, err
	}
	return created(c.label(l))
}

func patchLabel(c *call) (*reply, error) {
	l, err := c.labelAt()
	if err != nil {
		return nil, err
	}
	var in struct {
		NewName     *string `json:"new_name"`
		Name        *string
		Color       *string
		Description *string
	}
	if err := c.decode(&in, false); err != nil {
		return nil, err
	}
	e := world.LabelEdit{Name: in.NewName, Color: in.Color, Description: in.Description}
	if e.Name == nil {
		e.Name = in.Name
	}
	if l, err = c.tx.EditLabel(l, e); err != nil {
		return nil, err
	}
	return ok(c.label(l))
}

func deleteLabel(c *call) (*reply, error) {
	l, err := c.labelAt()
	if err != nil {
		return nil, err
	}
	if err := c.tx.DeleteLabel(l); err != nil {
		return nil, err
	}
	return noContent()
}

func issueLabels(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	return listed(c, c.tx.LabelsOf(i), func(l *world.Label) any { return c.label(l) })
}

// labelNames reads {"labels": [...]} or, as GitHub also takes it, the bare list.
func (c *call) labelNames() ([]string, error) {
	var bare []name
	if json.Unmarshal(c.Body, &bare) == nil {
		return plain(bare), nil
	}
	var in struct{ Labels []name }
	if err := c.decode(&in, false); err != nil {
		return nil, err
	}
	return plain(in.Labels), nil
}

func (c *call) labelsAnswer(i *world.Issue) (*reply, error) {
	return ok(c.labels(i.LabelIDs))
}

func addLabels(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	names, err := c.labelNames()
	if err != nil {
		return nil, err
	}
	if i, err = c.tx.AddLabels(i, names); err != nil {
		return nil, err
	}
	return c.labelsAnswer(i)
}

func setLabels(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	names, err := c.labelNames()
	if err != nil {
		return nil, err
	}
	if i, err = c.tx.SetLabels(i, names); err != nil {
		return nil, err
	}
	return c.labelsAnswer(i)
}

func clearLabels(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	if _, err := c.tx.SetLabels(i, nil); err != nil {
		return nil, err
	}
	return noContent()
}

func removeLabel(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	after, err := c.tx.RemoveLabel(i, c.params["name"])
	var none *world.Error
	if errors.As(err, &none) && none.Status == http.StatusNotFound {
		return nil, fail(http.StatusNotFound, "Label does not exist")
	}
	if err != nil {
		return nil, err
	}
	return c.labelsAnswer(after)
}

func assignees(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(c.tx.Users(), func(u *world.User) bool { return !c.tx.Assignable(u, r) })
	return listed(c, list, func(u *world.User) any { return c.user(u) })
}

func isAssignable(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	if u := c.tx.UserByLogin(c.params["assignee"]); u == nil || !c.tx.Assignable(u, r) {
		return nil, errNotFound
	}
	return noContent()
}

func changeAssignees(c *call, change func(*world.Issue, []string) (*world.Issue, error), status int) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	var in struct{ Assignees []name }
	if err := c.decode(&in, false); err != nil {
		return nil, err
	}
	if i, err = change(i, plain(in.Assignees)); err != nil {
		return nil, err
	}
	return &reply{status: status, body: c.issue(i)}, nil
}

func addAssignees(c *call) (*reply, error) {
	return changeAssignees(c, c.tx.AddAssignees, http.StatusCreated)
}

func removeAssignees(c *call) (*reply, error) {
	return changeAssignees(c, c.tx.RemoveAssignees, http.StatusOK)
}
