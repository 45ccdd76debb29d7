package execute

import (
	_ "embed"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

//go:embed target-default.txt
var targetDefaultText string

// Direct plans the dispatch of issues that belong to no epic, each with the
// default branch as its target (spec/2-flows "Stage 2": fewer than three). What
// is not dispatched is named with its reason; beyond the budget it is refused
// whole. d's Epic is not looked at.
func (d Dispatch) Direct(w flows.World, repo inventory.RepoRef, issues []*inventory.Issue) (flows.Plan, error) {
	plan := flows.Plan{Flow: "dispatch", Target: repo.String(), Steps: []flows.Step{}, Skipped: []flows.Skip{}}
	var chosen []candidate
	if r, ok := w.Snapshot.Repo(repo); ok && !inventory.PlainBranch(r.DefaultBranch) {
		plan.Skip(repo.String(), "its default branch has a name that no comment can hold as it is: rename it")
		return plan, nil
	}
	for _, i := range issues {
		chosen = d.take(&plan, w, inventory.Alone(w.Snapshot, w.Fleet, w.Rules, w.Records, i), chosen)
	}
	members, err := d.admit(w, inventory.Ref{}, chosen)
	if err != nil {
		return plan, err
	}
	for k, c := range chosen {
		target := strings.ReplaceAll(strings.TrimSpace(targetDefaultText), "{branch}", c.repo.DefaultBranch)
		d.child(&plan, w, inventory.Ref{}, listing{}, c, members[k], "READY: "+c.Verdict.Reason, target)
	}
	return plan, nil
}
