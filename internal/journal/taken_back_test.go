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

// TestWhatWasMadeStaysMade: whatever becomes of it, by every process that reads it;
// of several of one mark the newest counts.
func TestWhatWasMadeStaysMade(t *testing.T) {
	dir := t.TempDir() + "/journal"
	repo, at := inventory.RepoRef{Owner: "Acme", Name: "widgets"}, time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
	ref := func(n int) inventory.Ref { return inventory.Ref{Repo: repo, Number: n} }
	mark, other := inventory.NewMark(inventory.MarkFinding, "a"), inventory.NewMark(inventory.MarkEpic, "a")
	s := Open(dir)
	if n, err := s.MadeAs(repo, mark); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for _, err := range []error{
		s.NoteMade(at, ref(9), mark), s.NoteMade(at.Add(time.Hour), ref(9), mark), s.NoteMade(at, ref(7), mark), s.NoteMade(at, ref(8), other),
		s.NoteTakenBack(at, ref(9)), s.NoteDispatch(at, ref(9), "LE_1"), s.NoteGivenAgain(at, ref(9)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, store := range []*Store{s, Open(dir)} {
		got, err := store.Made()
		if list := got[repo.Key()]; err != nil || len(got) != 1 || len(list) != 3 || list[9] != (inventory.Provenance{Mark: mark, At: at}) || list[8].Mark != other {
			t.Errorf("%v, %v", got, err)
		}
		for m, want := range map[inventory.Mark]int{mark: 9, other: 8, inventory.NewMark(inventory.MarkEpic, "b"): 0} {
			if n, err := store.MadeAs(repo, m); n != want || err != nil {
				t.Errorf("%v: %d, %v, want %d", m, n, err, want)
			}
		}
	}
	for _, bad := range []inventory.Mark{{}, {Kind: "finding", Key: "short"}, {Kind: "nothing", Key: mark.Key}} {
		if s.NoteMade(at, ref(5), bad) == nil {
			t.Errorf("%v is noted", bad)
		}
	}
}
