package cmd

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/orchestrator"
)

// TestTheLooksOfAWatchAreOneRun: what a watch did look by look, "undo --run" takes
// back together.
func TestTheLooksOfAWatchAreOneRun(t *testing.T) {
	var out, errw bytes.Buffer
	a := newApp(strings.NewReader(""), &out, &errw)
	a.opt.demo, a.opt.dir = true, t.TempDir()
	t.Cleanup(a.close)
	o := watchOptions{scope: execute.All, verb: "watch", sendOptions: sendOptions{yes: true}}
	if err := a.ready(t.Context(), o.sendOptions); err != nil {
		t.Fatal(err)
	}
	told := newTelling(a, true)
	tell, err := a.notifier()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		seen, err := a.watchOnce(t.Context(), &o, told, tell)
		if err != nil || !seen.moved {
			t.Fatalf("%+v, %v\n%s%s", seen, err, out.String(), errw.String())
		}
	}
	l, err := a.look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := a.applier(t.Context(), l, nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := engine.History(0)
	if err != nil {
		t.Fatal(err)
	}
	looks := map[string]bool{}
	for _, e := range list {
		looks[orchestrator.ProposalOf(e.ID)] = true
		if e.Run != o.run {
			t.Errorf("plan %s is of run %s, the watch is %s", e.ID, e.Run, o.run)
		}
	}
	run, plans, err := engine.UndoRun("")
	if err != nil || run != o.run {
		t.Fatalf("run %s, %v", run, err)
	}
	back := map[string]bool{}
	for _, p := range plans {
		back[orchestrator.ProposalOf(p.Target)] = true
	}
	if len(looks) != 2 || len(back) != 2 {
		t.Errorf("%d looks were sent, and plans of %d are taken back", len(looks), len(back))
	}
}
