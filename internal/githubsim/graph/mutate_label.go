package graph

import (
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func createLabel(x *execution, in args) (map[string]any, error) {
	repo, err := entity[*world.Repo](x, in.text("repositoryId"))
	if err != nil {
		return nil, err
	}
	l, err := x.tx.CreateLabel(repo, world.NewLabel{Name: in.text("name"), Color: in.text("color"), Description: in.text("description")})
	return one("label", l, err)
}

func updateLabel(x *execution, in args) (map[string]any, error) {
	l, err := entity[*world.Label](x, in.text("id"))
	if err != nil {
		return nil, err
	}
	text := func(name string) *string {
		if !in.given(name) {
			return nil
		}
		s := in.text(name)
		return &s
	}
	l, err = x.tx.EditLabel(l, world.LabelEdit{Name: text("name"), Color: text("color"), Description: text("description")})
	return one("label", l, err)
}

func deleteLabel(x *execution, in args) (map[string]any, error) {
	l, err := entity[*world.Label](x, in.text("id"))
	if err != nil {
		return nil, err
	}
	return nil, x.tx.DeleteLabel(l)
}

// relabel changes the labels of an issue or pull request.
func (x *execution) relabel(in args, change func(*world.Issue, []int64) (*world.Issue, error)) (map[string]any, error) {
	issue, err := x.issueNode(in.text("labelableId"))
	if err != nil {
		return nil, err
	}
	ids, err := x.labelIDs(in.texts("labelIds"))
	if err != nil {
		return nil, err
	}
	issue, err = change(issue, ids)
	return one("labelable", issue, err)
}

func addLabels(x *execution, in args) (map[string]any, error) { return x.relabel(in, x.tx.AddLabelIDs) }

func removeLabels(x *execution, in args) (map[string]any, error) {
	return x.relabel(in, x.tx.RemoveLabelIDs)
}

func clearLabels(x *execution, in args) (map[string]any, error) {
	return x.relabel(in, func(i *world.Issue, _ []int64) (*world.Issue, error) { return x.tx.SetLabels(i, []string{}) })
}
