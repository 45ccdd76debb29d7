package cmd

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

var gaugeStart = time.Date(2026, 2, 4, 6, 0, 0, 0, time.UTC)

// told is the event after so many of 60 steps, one a second.
func told(done int) orchestrator.Event {
	at := gaugeStart.Add(time.Duration(done) * time.Second)
	return orchestrator.Event{Outcome: orchestrator.Done, Progress: orchestrator.Progress{Done: done, Of: 60, Rate: 54, Left: time.Duration(60-done) * time.Second, At: at}}
}

// TestTheGaugeOfATerminal: one line, taken off before anything else is printed
// and gone in the end.
func TestTheGaugeOfATerminal(t *testing.T) {
	var out bytes.Buffer
	g := &gauge{to: &out, flush: func() {}, width: 60}
	for done := 1; done <= 60; done++ {
		g.clear()
		g.show(told(done))
	}
	g.clear()
	got := out.String()
	if strings.Contains(got, "\n") || strings.Count(got, "\r\x1b[K") != 2*59 {
		t.Errorf("it is not one line drawn and taken off 59 times: %q", got)
	}
	if !strings.HasPrefix(got, "\r\x1b[K1 of 60 steps, 54 writes a minute, about 60 s left\r") || !strings.HasSuffix(got, "\r\x1b[K59 of 60 steps, 54 writes a minute, about 1 s left\r\x1b[K") {
		t.Errorf("got %q", got)
	}
	out.Reset()
	g.width = 20
	g.show(told(10))
	if line := strings.TrimPrefix(out.String(), "\r\x1b[K"); line != "10 of 60 steps, 54…" {
		t.Errorf("on a narrow terminal: %q", line)
	}
}

// TestTheGaugeOfAPipe: a line now and then, none of what is over in a moment.
func TestTheGaugeOfAPipe(t *testing.T) {
	var out bytes.Buffer
	g := &gauge{to: &out, flush: func() {}, last: orchestrator.Progress{At: gaugeStart}}
	for done := 1; done <= 60; done++ {
		g.clear()
		g.show(told(done))
	}
	g.clear()
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 5 || lines[0] != "core: 10 of 60 steps, 54 writes a minute, about 50 s left" || strings.Contains(out.String(), "\x1b") {
		t.Errorf("got %q", lines)
	}
	out.Reset()
	// Nothing goes on for long: a line a minute, with until when.
	e := told(12)
	e.Outcome, e.Until = orchestrator.Waiting, gaugeStart.Add(53*time.Minute)
	e.Progress.At = gaugeStart.Add(3 * time.Minute)
	g.show(e)
	g.show(e)
	if got := out.String(); got != "core: 12 of 60 steps, 54 writes a minute, about 50 s left, waits until 06:53:00Z\n" {
		t.Errorf("got %q", got)
	}
	var none *gauge // with --json
	none.show(told(30))
	none.clear()
}

// TestAProposalSaysHowLongItTakes at what GitHub allows, before anything was sent.
func TestAProposalSaysHowLongItTakes(t *testing.T) {
	var plan flows.Plan
	for n := range 120 {
		plan.Add(flows.Step{Effect: flows.Comment{Issue: inventory.Ref{Number: n}}})
	}
	var out bytes.Buffer
	a := newApp(nil, &out, &bytes.Buffer{})
	p := a.proposal("core dev", plan)
	if p.Takes != 119*time.Second {
		t.Errorf("120 comments take %v", p.Takes)
	}
	d := newDelivery()
	if err := a.send(t.Context(), &look{}, p, sendOptions{dryRun: true}, d, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), "takes about 2 min at what GitHub allows\n") || d.shape.Seconds != 119 {
		t.Errorf("%d seconds, and printed\n%s", d.shape.Seconds, out.String())
	}
}
