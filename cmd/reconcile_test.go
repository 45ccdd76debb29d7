package cmd

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// TestReconcileKeepsWhatPlansLeftOpenReserved: reservations.log is lost while a
// plan has a task reserved. As long as a process works on the plan nothing is
// rebuilt; once it was killed its task stays held, and can be settled.
func TestReconcileKeepsWhatPlansLeftOpenReserved(t *testing.T) {
	sampled(t)
	a, _ := onDemo(t, morning)
	l, err := a.look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var epic inventory.Ref
	for k := range l.fleet.Epics {
		if len(l.fleet.Epics[k].Ready()) > 0 {
			epic = l.fleet.Epics[k].Ref
			break
		}
	}
	p, err := a.planDispatch(l, dispatchOptions{epic: epic, max: 1})
	if err != nil {
		t.Fatal(err)
	}
	d, err := a.dir()
	if err != nil {
		t.Fatal(err)
	}
	var before []budget.Reservation
	killed := errors.New("killed")
	engine, err := a.applier(t.Context(), l, func(e orchestrator.Event) {
		if e.Step.Effect.Kind() != "reserve" {
			return
		}
		if before, err = a.files.Held(); err != nil || len(before) != 1 {
			t.Errorf("%v held, %v", before, err)
		}
		if err := os.WriteFile(d.File("reservations.log"), []byte("garbage\n"), 0o600); err != nil {
			t.Error(err)
		}
		var busy *orchestrator.Busy
		if _, err := a.rebuild(t.Context(), l); !errors.As(err, &busy) || !strings.Contains(p.ID, busy.Plan) && !strings.Contains(busy.Plan, p.ID) {
			t.Errorf("rebuilt while a process works on a plan: %v", err)
		}
		panic(killed)
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	func() {
		defer func() {
			if r := recover(); r != nil && r != killed { //nolint:errorlint // the very one
				panic(r)
			}
		}()
		_ = engine.Apply(ctx, p)
	}()
	// The process is gone, and its lock with it.
	ids, err := a.store.Unfinished()
	if err != nil || len(ids) != 1 {
		t.Fatalf("%v are open, %v", ids, err)
	}
	if err := a.store.Leave(ids[0], false); err != nil {
		t.Fatal(err)
	}
	if held, err := a.rebuild(t.Context(), l); held != 1 || err != nil {
		t.Fatalf("%d held, %v", held, err)
	}
	after, err := a.files.Held()
	if err != nil || len(after) != 1 || after[0].ID != before[0].ID || after[0].Entry != before[0].Entry || after[0].Lines != before[0].Lines {
		t.Fatalf("held before %+v, after %+v, %v", before, after, err)
	}
	if st := l.budget.Status(); st.Held != 1 {
		t.Errorf("the budget says %d held", st.Held)
	}
	if _, err := a.settle(t.Context(), func(orchestrator.Event) {}); err != nil {
		t.Fatal(err)
	}
	if held, err := a.files.Held(); len(held) != 0 || err != nil {
		t.Errorf("%v is held when the plan is settled, %v", held, err)
	}
}
