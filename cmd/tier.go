package cmd

import (
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/internal/config"
)

// enterTiers writes the tier of each repository that inventory.yaml lists
// without one: computed when it first enters, then kept, however much its audits
// change (spec/1-domain "Inventory"). What could not be read whole enters later.
func (a *app) enterTiers(l *look, fl config.Fleet) {
	d, err := a.dir()
	if err != nil || d.Writable() != nil {
		return
	}
	var edits []config.Edit
	var names []string
	for _, r := range fl.Repos {
		row, ok := l.fleet.Row(r.Ref)
		if !ok || r.Line == 0 || r.TierSet || row.Repo.Problem != nil {
			continue
		}
		edits = append(edits, config.EnterTier(r.Ref, row.Tier))
		word := "none"
		if row.Tier > 0 {
			word = fmt.Sprint(row.Tier)
		}
		names = append(names, a.repoName(l, r.Ref)+" "+word)
	}
	if len(edits) == 0 {
		return
	}
	changed, err := config.EditInventory(d, l.conf.Owner(), edits...)
	switch {
	case err != nil:
		a.notice("tiers could not be entered in inventory.yaml: %v", err)
	case changed && len(names) > 8:
		a.notice("tiers of %s entered in inventory.yaml", repositories(len(names)))
	case changed:
		a.notice("tiers entered in inventory.yaml: %s", strings.Join(names, ", "))
	}
}
