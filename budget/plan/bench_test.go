package plan_test

import (
	"fmt"
	"testing"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/inventory"
)

// large is a fleet of 1,000 repositories with 10 epics of 10 children each, all
// READY, and 500 members who connected 20 repositories each.
func large(quota int) plan.Input {
	var members []budget.Member
	for m := range 500 {
		b := budget.Member{Login: fmt.Sprintf("m%d", m), Quota: quota}
		for n := range 20 {
			b.Repos = append(b.Repos, fmt.Sprintf("r%d", (m*7+n*53)%1000))
		}
		members = append(members, b)
	}
	in := plan.Input{Budget: state(members...), Settings: mostly}
	for k := range 1000 {
		r := plan.Repo{Ref: ref(fmt.Sprintf("r%d", k)), Agents: []string{"jules"}, Left: 100 + k%37, Passed: k % 11, Failed: k % 5}
		for e := range 10 {
			epic := inventory.Ref{Repo: r.Ref, Number: 1000 + e}
			for c := range 10 {
				r.Ready = append(r.Ready, plan.Child{Ref: inventory.Ref{Repo: r.Ref, Number: 10*e + c + 1}, Epic: epic,
					Severity: plan.Severity((k + c) % 3), Depends: c%4 == 0})
			}
		}
		in.Repos = append(in.Repos, r)
		in.Budget.Fleet = append(in.Budget.Fleet, r.Ref)
	}
	return in
}

// BenchmarkPlan plans 10,000 epics with 100,000 children for 500 members: with
// quota for all, for half, and for next to nothing.
func BenchmarkPlan(b *testing.B) {
	for _, quota := range []int{300, 100, 3} {
		in := large(quota)
		b.Run(fmt.Sprintf("quota=%d", quota), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				plan.Make(in)
			}
		})
	}
}
