package orchestrator

import (
	"context"
	"reflect"
	"time"

	"github.com/dappcore/core-dev/flows"
)

// notePull writes a note of the time of its intent: noted again by a process that
// goes on with the plan, it is the same note.
type notePull struct {
	*run
	flows.NotePull
}

func (d notePull) look(context.Context) (Baseline, *result, error) {
	base := Baseline{At: d.now().Truncate(time.Second)}
	known, err := d.known(base)
	return base, known, err
}

func (d notePull) send(_ context.Context, base Baseline) (result, error) {
	return result{outcome: Done, detail: d.Detail()}, d.Journal.NotePull(base.At, d.Pull, d.Note)
}

func (d notePull) judge(_ context.Context, base Baseline) (*result, error) {
	known, err := d.known(base)
	if known != nil {
		known.outcome, known.detail = Done, d.Detail()
	}
	return known, err
}

// known tells that the note would change nothing.
func (d notePull) known(base Baseline) (*result, error) {
	c, err := d.Journal.Course(d.Pull)
	if err != nil || !reflect.DeepEqual(c, c.With(base.At, d.Note)) {
		return nil, err
	}
	return skipped("is noted already"), nil
}
