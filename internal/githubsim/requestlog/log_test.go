package requestlog

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheJournalSurvivesARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "with space & such", "..", "requests.db")
	l, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	want := []Record{
		{Seq: l.Begin(), Time: time.Unix(1_700_000_000, 0).UTC(), Method: "POST", Path: "/repos/o/r/issues", Status: 201, Resource: "core", Points: 1, Content: true,
			Effect: []Entity{{"issue", 7}}},
		{Seq: l.Begin(), Time: time.Unix(1_700_000_001, 0).UTC(), Method: "POST", Path: "/graphql", Operation: "Q", Fields: []string{"viewer"}, Status: 200, Resource: "graphql", Points: 3},
	}
	for i := len(want) - 1; i >= 0; i-- { // finished in the other order
		if err := l.Add(want[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l, err = Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if d := cmp.Diff(want, l.Since(0)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want[1:], l.Since(1)); d != "" {
		t.Error(d)
	}
	if n := l.Begin(); n != 3 {
		t.Errorf("numbers go on with %d, want 3", n)
	}
}

func TestChangedWakesWhoWaits(t *testing.T) {
	l, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	wake := l.Changed()
	select {
	case <-wake:
		t.Fatal("nothing was added yet")
	default:
	}
	if err := l.Add(Record{Seq: l.Begin(), Status: 304, Resource: "core"}); err != nil {
		t.Fatal(err)
	}
	<-wake
	if got := Sum(l.Since(0)); got.Requests != 1 || got.NotModif != 1 || got.Points["core"] != 0 {
		t.Errorf("%+v", got)
	}
}

func TestOldRecordsLeaveMemory(t *testing.T) {
	l, _ := Open("")
	for range 2*keep + 1 {
		if err := l.Add(Record{Seq: l.Begin()}); err != nil {
			t.Fatal(err)
		}
	}
	if got := l.Since(0); len(got) != keep || got[len(got)-1].Seq != 2*keep+1 {
		t.Errorf("%d records kept, want the newest %d", len(got), keep)
	}
}
