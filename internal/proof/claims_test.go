package proof

import (
	"fmt"
	"testing"
)

// Several folders have nothing in common but GitHub: the claims there
// (`claims: refs`) are all that keeps two of them from paying one child twice.
const claimedFolders = 4

// TestACrowdOnSeveralFolders: a share of the pool each, two processes on each.
// What one folder claimed is charged to it alone, so that all together spend
// exactly the pool, and each its share.
func TestACrowdOnSeveralFolders(t *testing.T) {
	t.Parallel()
	for seed := range seeds(1) {
		c := newCrowd(t, seed, crowdChildren, claimedFolders, crowdPool/claimedFolders, "claims: refs\npool: share\n")
		v, spent := c.run(seed)
		c.report(seed, v, spent)
		if spent != crowdPool {
			v.lost = append(v.lost, fmt.Sprintf("%d of %d tasks were spent", spent, crowdPool))
		}
		if !v.clean() {
			t.Errorf("seed %d:\n%s%s", seed, v, c.story())
		}
	}
}

// TestACrowdForEveryChild: shares that none of them uses up, and fewer children
// than all of them could pay for: each is dispatched once, by somebody.
func TestACrowdForEveryChild(t *testing.T) {
	t.Parallel()
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
