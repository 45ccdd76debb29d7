package world

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

var colorForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[0-9a-fA-F]{6}$`)
})

// defaultColor is that of a label made by naming it on an issue.
const defaultColor = "ededed"

func checkLabelName(name string) error {
	if strings.TrimSpace(name) == "" {
		return invalid(coded("Label", "name", "missing_field"))
	}
	if utf8.RuneCountInString(name) > maxLabel {
		return invalid(custom("Label", "name", "name is too long (maximum is 50 characters)"))
	}
	return nil
}

func checkLabelLook(color, description string) error {
	if !colorForm().MatchString(color) {
		return invalid(coded("Label", "color", "invalid"))
	}
	if utf8.RuneCountInString(description) > 100 {
		return invalid(custom("Label", "description", "description is too long (maximum is 100 characters)"))
	}
	return nil
}

func (tx *Tx) putLabel(repo *Repo, n NewLabel) *Label {
	l := &Label{ID: tx.nextID(), RepoID: repo.ID, Name: n.Name, Color: strings.ToLower(n.Color),
		Description: n.Description, Default: n.Default, CreatedAt: tx.Now()}
	tx.s.labels.put(l.ID, l)
	return l
}

// CreateLabel makes a label; Write. 422 already_exists without regard to case.
func (tx *Tx) CreateLabel(repo *Repo, n NewLabel) (*Label, error) {
	repo, err := tx.need(repo.ID, Write)
	if err != nil {
		return nil, err
	}
	if n.Color == "" {
		n.Color = defaultColor
	}
	if err := checkLabelName(n.Name); err != nil {
		return nil, err
	}
	if err := checkLabelLook(n.Color, n.Description); err != nil {
		return nil, err
	}
	if tx.LabelByName(repo, n.Name) != nil {
		return nil, invalid(coded("Label", "name", "already_exists"))
	}
	return tx.putLabel(repo, n), nil
}

// EditLabel changes a label; Write. Issues keep it under its new name, their
// past events keep the old one.
func (tx *Tx) EditLabel(l *Label, e LabelEdit) (*Label, error) {
	if l = tx.s.labels.rows[l.ID]; l == nil {
		return nil, notFound()
	}
	repo, err := tx.need(l.RepoID, Write)
	if err != nil {
		return nil, err
	}
	want := *l
	assign(&want.Name, e.Name)
	assign(&want.Color, e.Color)
	assign(&want.Description, e.Description)
	if err := checkLabelName(want.Name); err != nil {
		return nil, err
	}
	if err := checkLabelLook(want.Color, want.Description); err != nil {
		return nil, err
	}
	if other := tx.LabelByName(repo, want.Name); other != nil && other.ID != l.ID {
		return nil, invalid(coded("Label", "name", "already_exists"))
	}
	want.Color = strings.ToLower(want.Color)
	return tx.s.labels.update(l.ID, func(row *Label) { *row = want }), nil
}

// DeleteLabel removes a label, from every issue too, without events; Write.
func (tx *Tx) DeleteLabel(l *Label) error {
	if l = tx.s.labels.rows[l.ID]; l == nil {
		return notFound()
	}
	if _, err := tx.need(l.RepoID, Write); err != nil {
		return err
	}
	for _, i := range slices.Clone(tx.s.issuesOf[l.RepoID]) {
		if slices.Contains(i.LabelIDs, l.ID) {
			tx.s.issues.update(i.ID, func(i *Issue) {
				i.LabelIDs = slices.DeleteFunc(i.LabelIDs, func(id int64) bool { return id == l.ID })
			})
		}
	}
	tx.s.labels.drop(l.ID)
	return nil
}

// labelIDs finds labels by name, making the missing ones as REST does.
func (tx *Tx) labelIDs(repo *Repo, names []string) ([]int64, error) {
	ids := make([]int64, 0, len(names))
	for _, name := range names {
		l := tx.LabelByName(repo, name)
		if l == nil {
			if err := checkLabelName(name); err != nil {
				return nil, err
			}
			if !tx.may(repo, Write) {
				return nil, forbidden("You do not have permission to create labels on this repository.")
			}
			l = tx.putLabel(repo, NewLabel{Name: name, Color: defaultColor})
		}
		ids = append(ids, l.ID)
	}
	return ids, nil
}

// knownLabels refuses ids that are no labels of the repository.
func (tx *Tx) knownLabels(repo *Repo, ids []int64) error {
	for _, id := range ids {
		if l := tx.s.labels.rows[id]; l == nil || l.RepoID != repo.ID {
			return notFound()
		}
	}
	return nil
}

// relabel gives an issue exactly these labels, with the events that tell it.
func (tx *Tx) relabel(issue *Issue, want []int64) (*Issue, error) {
	var set []int64
	for _, id := range want {
		if !slices.Contains(set, id) {
			set = append(set, id)
		}
	}
	if len(set) > 100 {
		return nil, invalid(custom("Issue", "labels", "Issues cannot have more than 100 labels"))
	}
	var added, removed []int64
	for _, id := range set {
		if !slices.Contains(issue.LabelIDs, id) {
			added = append(added, id)
		}
	}
	for _, id := range issue.LabelIDs {
		if !slices.Contains(set, id) {
			removed = append(removed, id)
		}
	}
	if len(added)+len(removed) == 0 {
		return issue, nil
	}
	issue = tx.change(issue.ID, func(i *Issue) {
		i.LabelIDs = slices.DeleteFunc(i.LabelIDs, func(id int64) bool { return slices.Contains(removed, id) })
		i.LabelIDs = append(i.LabelIDs, added...)
	})
	for _, id := range added {
		l := tx.s.labels.rows[id]
		tx.record(issue.ID, Event{Kind: Labeled, Label: l.Name, Color: l.Color})
	}
	for _, id := range removed {
		l := tx.s.labels.rows[id]
		tx.record(issue.ID, Event{Kind: Unlabeled, Label: l.Name, Color: l.Color})
	}
	return issue, nil
}

// AddLabels adds labels by name, making missing ones as REST does; Triage.
func (tx *Tx) AddLabels(issue *Issue, names []string) (*Issue, error) {
	issue, repo, err := tx.needIssue(issue.ID, Triage)
	if err != nil {
		return nil, err
	}
	ids, err := tx.labelIDs(repo, names)
	if err != nil {
		return nil, err
	}
	return tx.relabel(issue, append(slices.Clone(issue.LabelIDs), ids...))
}

// AddLabelIDs adds labels by id as GraphQL does; Triage.
func (tx *Tx) AddLabelIDs(issue *Issue, ids []int64) (*Issue, error) {
	issue, repo, err := tx.needIssue(issue.ID, Triage)
	if err != nil {
		return nil, err
	}
	if err := tx.knownLabels(repo, ids); err != nil {
		return nil, err
	}
	return tx.relabel(issue, append(slices.Clone(issue.LabelIDs), ids...))
}

// RemoveLabel takes a label off by name; Triage. 404 when it is not on the issue.
func (tx *Tx) RemoveLabel(issue *Issue, name string) (*Issue, error) {
	issue, repo, err := tx.needIssue(issue.ID, Triage)
	if err != nil {
		return nil, err
	}
	l := tx.LabelByName(repo, name)
	if l == nil || !slices.Contains(issue.LabelIDs, l.ID) {
		return nil, &Error{Status: 404, Type: "NOT_FOUND", Message: "Label does not exist"}
	}
	return tx.RemoveLabelIDs(issue, []int64{l.ID})
}

// RemoveLabelIDs takes labels off by id, those that are on; Triage.
func (tx *Tx) RemoveLabelIDs(issue *Issue, ids []int64) (*Issue, error) {
	issue, repo, err := tx.needIssue(issue.ID, Triage)
	if err != nil {
		return nil, err
	}
	if err := tx.knownLabels(repo, ids); err != nil {
		return nil, err
	}
	return tx.relabel(issue, slices.DeleteFunc(slices.Clone(issue.LabelIDs), func(id int64) bool { return slices.Contains(ids, id) }))
}

// SetLabels gives an issue exactly the named labels, making missing ones; Triage.
func (tx *Tx) SetLabels(issue *Issue, names []string) (*Issue, error) {
	issue, repo, err := tx.needIssue(issue.ID, Triage)
	if err != nil {
		return nil, err
	}
	ids, err := tx.labelIDs(repo, names)
	if err != nil {
		return nil, err
	}
	return tx.relabel(issue, ids)
}
