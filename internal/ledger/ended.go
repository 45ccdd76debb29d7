package ledger

import (
	"context"

	"github.com/dappcore/core-dev/inventory"
)

// OpenIDs are the ids of the open reservations, in the order they were made.
// Where nobody knows, the error wraps ErrReservations.
func (b *Book) OpenIDs(context.Context) ([]string, error) {
	open, err := b.Held()
	ids := make([]string, 0, len(open))
	for _, res := range open {
		ids = append(ids, res.ID)
	}
	return ids, err
}

// WasSettled tells whether a reservation that is open no more ended with its task
// spent and in the log, rather than given back or lost in a rebuilding. lines are
// its child's in the log when it was made: by them one is known that was closed so
// long ago that reservations.log has dropped it.
func (b *Book) WasSettled(_ context.Context, id string, child inventory.Ref, lines int) (bool, error) {
	r, err := b.register()
	for try := 1; err != nil && try < attempts; try++ { // a writer may make the file shorter
		r, err = b.register()
	}
	if err != nil {
		return false, err
	}
	if how := r.closed[id]; how != "" {
		return how == settled, nil
	}
	now, err := b.Lines(child)
	return len(now) > lines, err
}
