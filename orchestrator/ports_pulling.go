package orchestrator

import (
	"context"

	"github.com/dappcore/core-dev/inventory"
)

// Pulling is the part of the Hub by which pull requests are followed to their
// merge.
type Pulling interface {
	// PullNow reads one pull request afresh, by structure alone.
	PullNow(ctx context.Context, ref inventory.Ref) (inventory.PullNow, error)
	// OpenPulls are the open pull requests of one branch into another of the same
	// repository, by number.
	OpenPulls(ctx context.Context, repo inventory.RepoRef, head, base string) ([]inventory.PullNow, error)

	Retarget(ctx context.Context, ref inventory.Ref, base string) error
	// ResolveThread, AutoMerge and Enqueue name what they act on by node id. Enqueue
	// and MergePull are refused where the head is another; AutoMerge with an empty
	// method leaves it to the merge queue.
	ResolveThread(ctx context.Context, ref inventory.Ref, thread string) error
	AutoMerge(ctx context.Context, ref inventory.Ref, id, method, head string) error
	AutoMergeOff(ctx context.Context, ref inventory.Ref, id string) error
	Enqueue(ctx context.Context, ref inventory.Ref, id, head string) error
	MergePull(ctx context.Context, ref inventory.Ref, method, head string) (sha string, err error)
	UpdateBranch(ctx context.Context, ref inventory.Ref, head string) error
	// MergeUp merges a branch into another, both short names; sha is the merge, empty
	// where there was nothing to merge.
	MergeUp(ctx context.Context, repo inventory.RepoRef, into, from string) (sha string, err error)
	ClosePull(ctx context.Context, ref inventory.Ref) error
	OpenPull(ctx context.Context, repo inventory.RepoRef, head, base, title, body string) (number int, err error)
}

// Workshop makes merges that GitHub cannot, in worktrees of its own. Whatever it
// makes is gone afterwards; what a process that died left is swept away when the
// next one begins.
type Workshop interface {
	// Merge merges base into branch, which stands at head, and returns the commit,
	// not pushed yet, and how it came about. sha is empty where nothing helped: how
	// says why. Work keeps the commit until Push or Discard.
	Merge(ctx context.Context, repo inventory.RepoRef, pull int, branch, base, head string) (work Work, err error)
}

// Work is a merge that was made and not pushed.
type Work interface {
	SHA() string // empty: it could not be made
	How() string // in a few words: clean, rerere, the command; or why not
	// Push pushes it, if the branch still stands where it began; an error that is
	// not Doubtful means that it did not.
	Push(ctx context.Context) error
	// Discard takes the worktree away; twice is fine.
	Discard() error
}

// Recorder keeps training records (spec/2-flows "Training journal").
type Recorder interface {
	// Capture writes the record of a child that is done, once; again is fine.
	Capture(ctx context.Context, epic, child, pull inventory.Ref) error
}
