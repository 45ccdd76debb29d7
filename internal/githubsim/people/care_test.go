package people

import (
	"slices"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// TestNothingRestsForEver: where somebody looks after what waits for a person, an
// agent that was called leaves nothing open, whatever becomes of its work, and
// though nobody else asks for anything.
func TestNothingRestsForEver(t *testing.T) {
	m := Wild()
	m.Maintainers, m.Strangers, m.Regret = Round{}, Round{}, 0
	m.Care = Care{Every: Delay{hour, 2 * hour}, Rest: Delay{2 * hour, 4 * hour}, Most: 6}
	pl := settle(t, "", "scale:2x10", 5, m)
	s := pl.steward()
	var given []*world.Issue
	most := 12
	if raced {
		most = 6
	}
	pl.see(func(tx *world.Tx) {
		for _, r := range tx.ReposOf(tx.UserByLogin(pl.info.Org).ID) {
			for _, i := range tx.Issues(r.ID) {
				if i.Pull == nil && !i.Closed && len(given) < most && len(tx.LabelsOf(i)) > 0 && !hasLabel(tx, i, s.label(), "agentic") {
					given = append(given, i)
				}
			}
		}
	})
	for _, i := range given {
		s.call(i)
	}
	given = slices.DeleteFunc(given, func(i *world.Issue) bool { // some repository takes no labels
		called := false
		pl.see(func(tx *world.Tx) { called = hasLabel(tx, tx.IssueByID(i.ID), s.label()) })
		return !called
	})
	pl.pass(10 * 24 * time.Hour)
	pulls := 0
	for _, i := range given {
		if now := pl.now(i); now == nil || !now.Closed && pl.pullsOf(i) == nil {
			t.Errorf("%s #%d is open, and nothing of an agent's is there", now.Title, i.Number)
		}
		for _, p := range pl.pullsOf(i) {
			if pulls++; !p.Closed {
				t.Errorf("pull request #%d of #%d is open: draft %v, merges %s, checks %s", p.Number, i.Number, p.Pull.Draft, pl.mergeable(p), pl.rollup(p))
			}
		}
	}
	counts := pl.count()
	if len(given) < 5 || pulls == 0 || counts["care.merged"] == 0 || counts["review.approved"] == 0 {
		t.Errorf("%d pull requests, %v", pulls, counts)
	}
	for what, n := range counts {
		t.Logf("%5d %s", n, what)
	}
	pl.sound()
}
