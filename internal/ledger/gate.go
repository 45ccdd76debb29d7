package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// retry is how often a lock that another process holds is tried again. What is
// done under it takes a few fsyncs.
const retry = 3 * time.Millisecond

// gate lets one writer in at a time: one goroutine of this process (flock lets
// all of them in that share a file) and one process.
type gate struct {
	turn chan struct{}
	path string
	lock *flock.Flock
}

func newGate(path string) *gate {
	return &gate{turn: make(chan struct{}, 1), path: path, lock: flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o644))}
}

// enter waits for the turn; leave ends it.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for %s: %w", g.path, context.Cause(ctx))
	}
	if ok, err := g.lock.TryLockContext(ctx, retry); !ok {
		<-g.turn
		return nil, fmt.Errorf("waiting for %s, which another process holds: %w", g.path, err)
	}
	return func() {
		g.lock.Unlock()
		<-g.turn
	}, nil
}

const noted = "reservations.log: %d bytes\n"

// note remembers how long reservations.log is at least. It need not reach the
// disk: an older note is smaller, and forbids less.
func (g *gate) note(size int64) error {
	f, err := os.OpenFile(g.path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	text := fmt.Appendf(nil, noted, size)
	_, err = f.WriteAt(text, 0)
	if err == nil {
		err = f.Truncate(int64(len(text)))
	}
	return errors.Join(err, f.Close())
}

// leastSize is what was noted, 0 where nothing was.
func (g *gate) leastSize() (size int64) {
	text, err := os.ReadFile(g.path)
	if err != nil {
		return 0
	}
	if n, err := fmt.Sscanf(string(text), noted, &size); n != 1 || err != nil {
		return 0
	}
	return size
}
