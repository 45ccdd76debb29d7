package cmd

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// TestAProposalOnTheScreenSettlesNothing: what was left open is told with the
// plan, stays open when that is closed again, and is settled when it is sent.
func TestAProposalOnTheScreenSettlesNothing(t *testing.T) {
	sampled(t)
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	a.opt.demo, a.opt.dir = true, t.TempDir()
	t.Cleanup(a.close)
	s := newScreenEngine(a, config.Dir{})
	v, err := s.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var epics []inventory.Ref
	for k := range v.Fleet.Epics {
		if len(v.Fleet.Epics[k].Ready()) > 1 {
			epics = append(epics, v.Fleet.Epics[k].Ref)
		}
	}
	if len(epics) == 0 {
		t.Fatal("no epic has two READY children")
	}
	propose := func() orchestrator.Proposal {
		t.Helper()
		p, err := s.Propose(t.Context(), tui.Ask{Verb: tui.Dispatch, Epics: []inventory.Ref{epics[0]}})
		if err != nil || p.Empty() {
			t.Fatalf("%+v, %v", p, err)
		}
		return p
	}
	p := propose()
	if p.Note != "" {
		t.Errorf("nothing is open, and the plan says %q", p.Note)
	}
	ctx, stop := context.WithCancel(t.Context())
	err = s.Apply(ctx, p.ID, func(e orchestrator.Event) {
		if e.Step.Effect.Kind() == "label" && e.Outcome == orchestrator.Done {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for range 2 { // closed and asked for again
		p = propose()
		if want := "is open after "; !strings.Contains(p.Note, want) || !strings.Contains(p.Note, "core dev apply --resume --demo") {
			t.Errorf("the plan says %q", p.Note)
		}
		if n := len(a.leftOpen()); n != 1 {
			t.Fatalf("%d plans are open after a proposal", n)
		}
	}
	if err := s.Apply(t.Context(), p.ID, func(orchestrator.Event) {}); err != nil {
		t.Fatal(err)
	}
	if n := len(a.leftOpen()); n != 0 {
		t.Errorf("%d plans are open after another was sent", n)
	}
}

// TestTheScreenAsksForBlockersToo, as the command line does, where GitHub's
// GraphQL does not tell them: a request for each READY child of the epic.
func TestTheScreenAsksForBlockersToo(t *testing.T) {
	sampled(t)
	a, _ := onDemo(t, morning)
	s := newScreenEngine(a, config.Dir{})
	l, err := a.look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.snap.Dependencies = false
	var refs []inventory.RepoRef
	for _, r := range l.snap.Repos {
		refs = append(refs, r.Ref)
	}
	if err := a.db.SaveSnapshot(snapshotKey(a.host(), refs, l.conf.Trust(), l.conf.Labels()), l.snap); err != nil {
		t.Fatal(err)
	}
	for k := range l.fleet.Epics {
		e := &l.fleet.Epics[k]
		n := len(e.Ready())
		if n == 0 {
			continue
		}
		before := a.hub.Stats()
		if _, err := s.Propose(t.Context(), tui.Ask{Verb: tui.Dispatch, Epics: []inventory.Ref{e.Ref}}); err != nil {
			t.Fatal(err)
		}
		after := a.hub.Stats()
		if rest := (after.Requests - after.GraphQL) - (before.Requests - before.GraphQL); rest < n {
			t.Errorf("%d REST requests for %d READY children of %s", rest, n, e.Ref)
		}
		return
	}
	t.Fatal("no epic has a READY child")
}
