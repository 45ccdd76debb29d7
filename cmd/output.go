package cmd

import (
	"fmt"
	"io"
)

// paperTrail passes on what is printed and remembers the first of it that was
// lost: most of what prints has nobody to tell.
type paperTrail struct {
	to   io.Writer
	lost error
}

func (p *paperTrail) Write(b []byte) (int, error) {
	n, err := p.to.Write(b)
	if err != nil && p.lost == nil {
		p.lost = err
	}
	return n, err
}

// printed is the error of a command whose output did not arrive.
func (a *app) printed() error {
	a.flush()
	if a.trail == nil || a.trail.lost == nil {
		return nil
	}
	return fmt.Errorf("what it printed is lost: %w", a.trail.lost)
}
