package tui

import (
	"fmt"
	"io"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"
)

// crash is a panic of a command, and where it was.
type crash struct {
	value any
	stack []byte
}

// guarded keeps a panic of a command and has the screen end for it. Bubble Tea
// would print it from the command's goroutine while Run returns already, and a
// program that ends then says nothing.
func (e *edge) guarded(c tea.Cmd) tea.Cmd {
	if c == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			value := recover()
			if value == nil {
				return
			}
			c, known := value.(*crash)
			if !known {
				c = &crash{value, debug.Stack()}
			}
			e.mu.Lock()
			defer e.mu.Unlock()
			if e.crash == nil {
				e.crash = c
			}
			msg = broke{}
		}()
		return c()
	}
}

// crashed is the first panic of a command; nil when there was none.
func (e *edge) crashed() *crash {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.crash
}

// told writes where it was, once the terminal is what it was before, and
// returns what it was.
func (c *crash) told(out io.Writer, clean func(string) string) error {
	if out != nil {
		_, _ = fmt.Fprintf(out, "%s\n", c.stack) // the error says the rest anyhow
	}
	return fmt.Errorf("the screen broke, which is a mistake in the program: %s", clean(fmt.Sprint(c.value)))
}
