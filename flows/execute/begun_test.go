package execute

import (
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// An epic is new as long as nothing of it is older than the day.
func TestBegunSince(t *testing.T) {
	from := time.Date(2026, 2, 4, 0, 0, 0, 0, time.UTC)
	ref := inventory.Ref{Repo: inventory.RepoRef{Owner: "acme", Name: "widgets"}, Number: 7}
	rules := inventory.Rules{Labels: map[string]string{"jules": "jules"}}
	child := func(code inventory.Code, labelled time.Time) inventory.Child {
		i := &inventory.Issue{Ref: ref, LabelEvents: []inventory.LabelEvent{{Label: "jules", Added: true, At: labelled}}}
		return inventory.Child{Ref: ref, Issue: i, Verdict: inventory.Verdict{Code: code}}
	}
	ready := child(inventory.CodeReady, time.Time{})
	for name, c := range map[string]struct {
		child  inventory.Child
		record inventory.Record
		lines  int
		want   bool
	}{
		"nothing":         {ready, inventory.Record{}, 0, false},
		"a line today":    {ready, inventory.Record{Lines: 1}, 1, true},
		"one before":      {ready, inventory.Record{Lines: 2}, 1, false},
		"reserved":        {ready, inventory.Record{Held: true}, 0, true},
		"by hand, today":  {child(inventory.CodeDispatched, from), inventory.Record{}, 0, true},
		"by hand, before": {child(inventory.CodeDispatched, from.Add(-time.Second)), inventory.Record{}, 0, false},
	} {
		w := flows.World{Rules: rules, Records: inventory.Records{ref.Key(): c.record}}
		e := &inventory.Epic{Children: []inventory.Child{c.child}}
		if got := BegunSince(w, e, from, func(inventory.Ref) int { return c.lines }); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
