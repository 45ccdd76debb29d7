package journal

import (
	"testing"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// TestTakenBackUntilGivenAgain: each noted once, by every process that reads it.
func TestTakenBackUntilGivenAgain(t *testing.T) {
	dir := t.TempDir() + "/journal"
	ref, at := inventory.Ref{Repo: inventory.RepoRef{Owner: "Acme", Name: "widgets"}, Number: 7}, time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
	s := Open(dir)
	for _, step := range []struct {
		note func() error
		want time.Time
	}{
		{func() error { return s.NoteGivenAgain(at, ref) }, time.Time{}},
		{func() error { return s.NoteTakenBack(at, ref) }, at},
		{func() error { return s.NoteTakenBack(at, ref) }, at},
		{func() error { return s.NoteGivenAgain(at, ref) }, time.Time{}},
		{func() error { return s.NoteTakenBack(at.Add(time.Hour), ref) }, at.Add(time.Hour)},
	} {
		if err := step.note(); err != nil {
			t.Fatal(err)
		}
		for _, store := range []*Store{s, Open(dir)} {
			got, err := store.TakenBack()
			if err != nil || !got[ref.Key()].Equal(step.want) {
				t.Errorf("%v, %v, want %v", got, err, step.want)
			}
		}
	}
}
