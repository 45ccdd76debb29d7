package orchestrator

import (
	"context"

	"github.com/dappcore/core-dev/inventory"
)

// Making is the part of the Hub by which issues are made, closed, tied to each
// other and their checklists written.
type Making interface {
	// Label tells whether a label is there, without regard to case.
	Label(ctx context.Context, repo inventory.RepoRef, name string) (there, archived bool, err error)
	// Ground reads a repository an issue shall be made in: of the issues numbered
	// above above those that end with a mark of ours, and how the sources stand.
	Ground(ctx context.Context, repo inventory.RepoRef, above int, sources []inventory.Ref) (inventory.Ground, error)
	// Standing reads how one issue stands, Tie how two do, with their parents;
	// dependencies: and what blocks the first.
	Standing(ctx context.Context, ref inventory.Ref) (inventory.Standing, error)
	Tie(ctx context.Context, ref, to inventory.Ref, dependencies bool) (one, other inventory.Standing, err error)
	// Page reads an epic's body and which versions of it there are; texts: and
	// what stands in them.
	Page(ctx context.Context, ref inventory.Ref, texts bool) (inventory.Page, error)

	MakeLabel(ctx context.Context, repo inventory.RepoRef, name, color, about string) error
	MakeIssue(ctx context.Context, repo inventory.RepoRef, title, body string, labels []string) (number int, err error)
	CloseIssue(ctx context.Context, ref inventory.Ref, reason string) error
	ReopenIssue(ctx context.Context, ref inventory.Ref) error
	WritePage(ctx context.Context, ref inventory.Ref, body string) error
	// These name the other issue by REST's id of it (inventory.Standing.Database).
	LinkChild(ctx context.Context, parent inventory.Ref, child int64) error
	UnlinkChild(ctx context.Context, parent inventory.Ref, child int64) error
	Block(ctx context.Context, ref inventory.Ref, by int64) error
	Unblock(ctx context.Context, ref inventory.Ref, by int64) error
}
