package proof

import (
	"fmt"
	"testing"
)

// Several folders have nothing in common but GitHub: the claims there
// (`claims: refs`) are all that keeps two of them from paying one child twice.
const claimedFolders = 4

// TestACrowdOnSeveralFolders: a share of the pool each, two processes on each.
// What one folder dispatched counts in the others as seen outside, so that all
// together may stop before the pool is spent, and never after.
func TestACrowdOnSeveralFolders(t *testing.T) {
	for seed := range seeds(1) {
		c := newCrowd(t, seed, crowdChildren, claimedFolders, crowdPool/claimedFolders, "claims: refs\n")
		v, spent := c.run(seed)
		c.report(seed, v, spent)
		if spent == 0 {
			v.lost = append(v.lost, "nothing was dispatched at all")
		}
		if !v.clean() {
			t.Errorf("seed %d:\n%s%s", seed, v, c.story())
		}
	}
}

// TestACrowdForEveryChild: shares that none of them uses up, and fewer children
// than all of them could pay for: each is dispatched once, by somebody.
func TestACrowdForEveryChild(t *testing.T) {
	if !soak() {
		t.Skip("a long run: CORE_SOAK=1. On a busy machine the others' runs are used up while the last child's process waits out its quiet period")
	}
	const children = 40
	for seed := range seeds(1) {
		c := newCrowd(t, seed, children, claimedFolders, 300, "claims: refs\n")
		v, spent := c.run(seed)
		c.report(seed, v, spent)
		if spent != children {
			v.lost = append(v.lost, fmt.Sprintf("%d of %d children were dispatched", spent, children))
		}
		if !v.clean() {
			t.Errorf("seed %d:\n%s%s", seed, v, c.story())
		}
	}
}
