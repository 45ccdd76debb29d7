package cmd

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows/day"
)

// A whole working day goes by on the demo in three commands, with agents, machines
// and people at work between them; and another day after that.
func TestAWorkingDayOnTheDemo(t *testing.T) {
	dir := t.TempDir()
	clock := newVirtualClock("", time.Until(morning.Add(4*time.Hour)).String())
	run := func(args ...string) sessionShape {
		t.Helper()
		var out, errw bytes.Buffer
		a := newApp(strings.NewReader(""), &out, &errw)
		a.clock = clock
		if status := a.run(append([]string{"dev"}, append(args, "--demo", "--yes", "--json", "--dir", dir)...)); status != exitOK {
			t.Fatalf("%v: exit %d\n%s", args, status, errw.Bytes())
		}
		if err := validate("session", out.Bytes()); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		var s sessionShape
		if err := json.Unmarshal(out.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		for _, x := range s.Steps {
			if x.State != string(day.Done) || x.Error != "" {
				t.Errorf("%v: step %d is %s: %s", args, x.Number, x.State, x.Error)
			}
		}
		return s
	}
	did := func(s sessionShape, kind string) int {
		n := 0
		for _, x := range s.Steps {
			for _, r := range x.Results {
				if r.Kind == kind && r.Outcome == "done" {
					n++
				}
			}
		}
		return n
	}
	page := filepath.Join(dir, "report.html")
	first, noon, last := run("morning"), run("midday"), run("evening", "--html", page)
	if want := morning.AddDate(0, 0, 1).Format(time.DateOnly); first.Date != want || noon.Date != want || last.Date != want {
		t.Errorf("the sessions are of %s, %s and %s, not of %s", first.Date, noon.Date, last.Date, want)
	}
	if h := [3]int{first.At.Hour(), noon.At.Hour(), last.At.Hour()}; h != [3]int{8, 12, 18} {
		t.Errorf("they are held at %v", h)
	}
	if did(first, "label") == 0 || did(first, "tick") == 0 {
		t.Errorf("the morning ticked %d and dispatched %d", did(first, "tick"), did(first, "label"))
	}
	if did(noon, "merge") == 0 || did(noon, "ask") == 0 {
		t.Errorf("midday merged %d and asked %d times: nobody worked meanwhile", did(noon, "merge"), did(noon, "ask"))
	}
	r := last.Report
	if r == nil || r.Dispatched != did(first, "label")+did(noon, "label") || r.Merged == 0 || r.Tomorrow.Tasks == 0 || did(last, "new-issue") == 0 {
		t.Errorf("the evening says %+v", r)
	}
	if text, err := os.ReadFile(page); err != nil || !bytes.Contains(text, []byte("<svg")) {
		t.Errorf("the page: %v", err)
	}
	if raced { // the same sessions again
		return
	}
	if again := run("evening"); did(again, "new-issue") != 0 || again.Date != last.Date {
		t.Errorf("the evening refills twice")
	}
	if next := run("morning"); next.Date != morning.AddDate(0, 0, 2).Format(time.DateOnly) || next.Steps[3].Count == 0 {
		t.Errorf("the next morning is of %s and begins %d epics", next.Date, next.Steps[3].Count)
	}
}

func TestSessionHour(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2026, 2, 4, hour, minute, 0, 0, time.UTC) }
	marked := func(steps ...day.Step) day.Record {
		r := day.NewRecord(at(0, 0))
		for _, s := range steps {
			r = r.With(day.Mark{Step: s})
		}
		return r
	}
	tomorrow := at(8, 0).AddDate(0, 0, 1)
	for _, c := range []struct {
		session day.Session
		record  day.Record
		now     time.Time
		want    time.Time
	}{
		{day.Morning, marked(), at(3, 0), at(8, 0)},
		{day.Morning, marked(), at(8, 5), at(8, 0)}, // that is past: it stays
		{day.Morning, marked(), at(14, 0), tomorrow},
		{day.Morning, marked(day.Results), at(10, 0), at(10, 0)}, // broken off
		{day.Morning, marked(day.Results, day.Review), at(18, 0), tomorrow},
		{day.Morning, marked(day.Review), at(7, 0), tomorrow},
		{day.Midday, marked(), at(9, 0), at(12, 0)},
		{day.Evening, marked(), at(9, 0), at(18, 0)},
	} {
		if got := sessionHour(c.session, c.record, c.now); !got.Equal(c.want) {
			t.Errorf("%s at %s: %s, want %s", c.session, c.now, got, c.want)
		}
	}
}
