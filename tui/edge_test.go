package tui

import (
	"context"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui/tuitest"
)

// TestUpdateWaitsForNoBoard: while a look's answer is made ready to be drawn, a key
// that asks for a plan is taken at once.
func TestUpdateWaitsForNoBoard(t *testing.T) {
	clock := tuitest.NewClock(noon)
	h := newHub(clock)
	begun, on := make(chan struct{}, 1), make(chan struct{})
	e := &edge{ctx: t.Context(), engine: h, clock: clock, clean: func(s string) string {
		select {
		case begun <- struct{}{}:
		default:
		}
		<-on
		return terminal.Clean(s)
	}}
	made := make(chan struct{})
	go func() { e.board(h.view(), false); close(made) }()
	<-begun
	taken := make(chan struct{})
	go func() {
		e.planContext()
		e.begin(&e.feed, func(context.Context, func(orchestrator.Event)) error { return nil })
		close(taken)
	}()
	select {
	case <-taken:
	case <-time.After(10 * time.Second):
		t.Error("it waits for the board")
	}
	close(on)
	<-made
}
