package execute

import (
	"fmt"
	"slices"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// RowLag: the epic's branch is far behind the default branch.
const RowLag Row = "lag"

// mergeUp has the default branch merged into an epic's that has fallen far behind it
// (spec/2-flows "Failure modes"): what is merged there late conflicts. GitHub makes
// the merge; where the two conflict a person does. A branch that its own pull request
// brings home already is that one's.
func (x Watch) mergeUp(w flows.World, out *Watched, g gathered, e *inventory.Epic) {
	if x.Lag <= 0 || len(e.Rivals) > 0 {
		return
	}
	for _, s := range out.Plan.Steps { // what moves its branch comes first, and the next look sees
		switch s.Effect.(type) {
		case flows.MergePull, flows.Enqueue, flows.AutoMerge:
			return
		}
	}
	for _, repo := range branched(w, e) {
		if repo.Work == nil {
			continue
		}
		lag, known := repo.Work.Lag(e.Branch.Name)
		if !known || lag.Behind < x.Lag || slices.ContainsFunc(x.ownPulls(g, e, repo), func(p *inventory.PullWork) bool { return p.State == inventory.PullOpen }) {
			continue
		}
		b, _ := repo.Branch(e.Branch.Name)
		d := decider{Decision: Decision{About: e.Ref, Child: e.Ref, Row: RowLag}, Sight: Sight{
			Pull:   &inventory.PullWork{Pull: inventory.Pull{Ref: e.Ref, HeadSHA: b.Head}},
			Course: w.Courses.Of(e.Ref), Now: w.Now}}
		seen := fmt.Sprintf("its branch %s is %s behind %s", b.Name, count(lag.Behind, "commit"), repo.DefaultBranch)
		if n, last := d.refused(flows.MergeUp{}.Kind()); n > 0 {
			d.person(seen+", and GitHub refused to merge that into it: "+last.Why, "merge "+repo.DefaultBranch+" into "+b.Name+" by hand")
		} else {
			d.do(seen, repo.DefaultBranch+" is to be merged into it", flows.MergeUp{Repo: repo.Ref, Branch: b.Name, From: repo.DefaultBranch, Head: b.Head, Epic: e.Ref})
		}
		x.add(w, out, d.Decision)
	}
}
