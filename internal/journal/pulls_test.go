package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/inventory"
)

var noon = time.Date(2026, 2, 4, 12, 0, 0, 0, time.UTC)

func pull(n int) inventory.Ref {
	return inventory.Ref{Repo: inventory.RepoRef{Owner: "o", Name: "r"}, Number: n}
}

func pullFile(t testing.TB, s *Store) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.dir, pullsName))
	must(t, err)
	return raw
}

func TestPullsAreRememberedInOrder(t *testing.T) {
	dir := t.TempDir()
	s, other := Open(dir), Open(dir)
	if c, err := s.Course(pull(1)); err != nil || !reflect.DeepEqual(c, inventory.Course{}) {
		t.Fatal(c, err)
	}
	notes := []inventory.PullNote{
		{Kind: inventory.NoteHead, SHA: "a", Threads: []string{"T1"}, Child: "o/r#7"},
		{Kind: inventory.NoteRed, SHA: "a"},
		{Kind: inventory.NoteAsked, SHA: "a", Fix: inventory.FixReviews, Comment: 11},
		{Kind: inventory.NoteMade, New: "b"},
		{Kind: inventory.NoteUpdated, SHA: "a"},
		{Kind: inventory.NoteRefused, SHA: "b", What: "merge", Why: "says \"no\" sum=00000000\n torn"},
		{Kind: inventory.NoteAlert, SHA: "b", What: "\x1b[2J\u202e\xff"},
		{Kind: inventory.NoteEnded, Child: "o/r#7", What: string(inventory.PullClosed)},
	}
	for k, n := range notes {
		must(t, []*Store{s, other}[k%2].NotePull(noon.Add(time.Duration(k)*time.Second+time.Millisecond), pull(1), n))
	}
	lines := bytes.Count(pullFile(t, s), []byte("\n"))
	if lines != len(notes) {
		t.Errorf("%d lines", lines)
	}
	// A process that died writes its last notes again: nothing is added.
	for k, n := range notes {
		must(t, s.NotePull(noon.Add(time.Duration(k)*time.Second+time.Minute/60/2), pull(1), n))
	}
	if n := bytes.Count(pullFile(t, s), []byte("\n")); n != lines {
		t.Errorf("noted again: %d lines more", n-lines)
	}
	must(t, s.NotePull(noon, pull(2), inventory.PullNote{Kind: inventory.NoteEnded, Child: "O/R#7", What: string(inventory.PullClosed)}))
	must(t, s.NotePull(noon, pull(3), inventory.PullNote{Kind: inventory.NoteEnded, Child: "o/r#7"}))
	for _, each := range []*Store{s, other, Open(dir)} {
		c, err := each.Course(pull(1))
		if err != nil || len(c.Heads) != 2 || !c.Heads[0].Red || !c.Heads[1].Ours || len(c.Asks) != 1 || !c.Asks[0].At.Equal(noon.Add(2*time.Second)) ||
			c.Child.String() != "o/r#7" || c.Ended != inventory.PullClosed || len(c.Updated) != 1 || c.Refused[0].Why != notes[5].Why || !strings.HasPrefix(c.Alerts[0].What, "\x1b[2J") {
			t.Errorf("%+v, %v", c, err)
		}
		if all, err := each.Courses(); len(all) != 3 || err != nil {
			t.Errorf("%d courses, %v", len(all), err)
		}
	}
	if bytes.ContainsAny(pullFile(t, s), "\x1b") {
		t.Error("the file holds what steers a terminal")
	}
}

func TestANoteThatCannotBeKeptIsRefused(t *testing.T) {
	s := Open(t.TempDir())
	for _, n := range []inventory.PullNote{{}, {Kind: "unheard of"}} {
		if err := s.NotePull(noon, pull(1), n); err == nil {
			t.Errorf("taken: %+v", n)
		}
	}
	if err := s.NotePull(time.Time{}, pull(1), inventory.PullNote{Kind: inventory.NoteKnown}); err == nil {
		t.Error("a note without a time was taken")
	}
	if err := s.NotePull(noon, inventory.Ref{Number: 1}, inventory.PullNote{Kind: inventory.NoteKnown}); err == nil {
		t.Error("a note about no repository was taken")
	}
}

// TestATornPullsLog: cut anywhere in its last line, that line counts as not
// written, for ever, and all others stand.
func TestATornPullsLog(t *testing.T) {
	whole := Open(t.TempDir())
	must(t, whole.NotePull(noon, pull(1), inventory.PullNote{Kind: inventory.NoteHead, SHA: "a"}))
	first := len(pullFile(t, whole))
	must(t, whole.NotePull(noon, pull(1), inventory.PullNote{Kind: inventory.NoteHead, SHA: "b"}))
	raw := pullFile(t, whole)
	for cut := first; cut < len(raw); cut++ {
		s := Open(t.TempDir())
		must(t, os.WriteFile(filepath.Join(s.dir, pullsName), raw[:cut], 0o644))
		reader := Open(s.dir)
		if c, err := reader.Course(pull(1)); err != nil || len(c.Heads) != 1 {
			t.Fatalf("cut at %d: %+v, %v", cut, c, err)
		}
		must(t, s.NotePull(noon, pull(1), inventory.PullNote{Kind: inventory.NoteHead, SHA: "c"}))
		for _, each := range []*Store{s, reader, Open(s.dir)} {
			if c, err := each.Course(pull(1)); err != nil || len(c.Heads) != 2 || c.Heads[1].SHA != "c" {
				t.Fatalf("cut at %d: %+v, %v", cut, c, err)
			}
		}
	}
}

// TestADamagedPullsLog: a line that does not fit its sum is told every time, and
// nothing behind it counts.
func TestADamagedPullsLog(t *testing.T) {
	s := Open(t.TempDir())
	must(t, s.NotePull(noon, pull(1), inventory.PullNote{Kind: inventory.NoteHead, SHA: "abc"}))
	must(t, s.NotePull(noon, pull(1), inventory.PullNote{Kind: inventory.NoteHead, SHA: "def"}))
	raw := bytes.Replace(pullFile(t, s), []byte("abc"), []byte("abd"), 1)
	must(t, os.WriteFile(filepath.Join(s.dir, pullsName), raw, 0o644))
	again := Open(s.dir)
	for range 2 {
		if _, err := again.Course(pull(1)); !errors.Is(err, ErrDamaged) {
			t.Errorf("read all the same: %v", err)
		}
		if err := again.NotePull(noon, pull(1), inventory.PullNote{Kind: inventory.NoteHead, SHA: "x"}); !errors.Is(err, ErrDamaged) {
			t.Errorf("written to all the same: %v", err)
		}
	}
}

const noterVariable = "CORE_DEV_TEST_NOTER"

// TestTwoProcessesNoteOnce: processes that note the same leave each note once, and
// each its own.
func TestTwoProcessesNoteOnce(t *testing.T) {
	if dir := os.Getenv(noterVariable); dir != "" {
		s := Open(dir)
		for k := range 40 {
			must(t, s.NotePull(noon.Add(time.Duration(k)*time.Second), pull(1), inventory.PullNote{Kind: inventory.NoteHead, SHA: fmt.Sprint("h", k)}))
			must(t, s.NotePull(noon, pull(os.Getpid()), inventory.PullNote{Kind: inventory.NoteUpdated, SHA: fmt.Sprint("h", k)}))
		}
		return
	}
	dir := t.TempDir()
	var both []*exec.Cmd
	for range 2 {
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTwoProcessesNoteOnce$")
		c.Env = append(os.Environ(), noterVariable+"="+dir)
		must(t, c.Start())
		both = append(both, c)
	}
	for _, c := range both {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	s := Open(dir)
	if c, err := s.Course(pull(1)); err != nil || len(c.Heads) != 40 {
		t.Errorf("%d heads, %v", len(c.Heads), err)
	}
	for _, c := range both {
		if course, err := s.Course(pull(c.Process.Pid)); err != nil || len(course.Updated) != 40 {
			t.Errorf("%d updates, %v", len(course.Updated), err)
		}
	}
	if n := bytes.Count(pullFile(t, s), []byte("\n")); n != 120 {
		t.Errorf("%d lines", n)
	}
}

// TestCoursesFoldAsWritten: whatever is noted, by whichever of several stores, all
// of them remember the same: the fold of the notes in the order of writing.
func TestCoursesFoldAsWritten(t *testing.T) {
	kinds := []inventory.NoteKind{inventory.NoteHead, inventory.NoteRed, inventory.NoteGreen, inventory.NoteAsked, inventory.NoteUpdated, inventory.NoteMade,
		inventory.NoteAlert, inventory.NoteRefused, inventory.NoteMended, inventory.NoteUnknown, inventory.NoteKnown, inventory.NoteEnded}
	word := rapid.SampledFrom([]string{"", "a", "b", " ", "\n", " sum=", " torn", "größe"})
	dir := t.TempDir()
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		folder := filepath.Join(dir, fmt.Sprint(run))
		stores := []*Store{Open(folder), Open(folder)}
		want := map[string]inventory.Course{}
		for k := range rapid.IntRange(1, 12).Draw(rt, "notes") {
			n := inventory.PullNote{Kind: rapid.SampledFrom(kinds).Draw(rt, "kind"), SHA: word.Draw(rt, "sha"), New: word.Draw(rt, "new"), What: word.Draw(rt, "what"),
				Why: word.Draw(rt, "why"), Comment: int64(rapid.IntRange(0, 3).Draw(rt, "comment")), Ours: rapid.Bool().Draw(rt, "ours"),
				Child: rapid.SampledFrom([]string{"", "o/r#1", "not a reference"}).Draw(rt, "child")}
			at, ref := noon.Add(time.Duration(k)*time.Second), pull(rapid.IntRange(1, 2).Draw(rt, "pull"))
			if err := stores[rapid.IntRange(0, 1).Draw(rt, "by")].NotePull(at, ref, n); err != nil {
				rt.Fatal(err)
			}
			want[ref.Key()] = want[ref.Key()].With(at, n)
		}
		for _, s := range append(stores, Open(folder)) {
			for k := 1; k <= 2; k++ {
				if got, err := s.Course(pull(k)); err != nil || !reflect.DeepEqual(got, want[pull(k).Key()]) {
					rt.Fatalf("#%d: %+v, %v\nwant %+v", k, got, err, want[pull(k).Key()])
				}
			}
		}
	})
}

// FuzzParsePull: whatever a line holds, reading it ends, and what is taken reads
// the same when it is written again.
func FuzzParsePull(f *testing.F) {
	f.Add([]byte(`2026-02-04T10:00:12Z owner/repo#288 {"kind":"head","sha":"9f86d08","threads":["T"]}`))
	f.Add([]byte(`2026-02-04T10:00:12+09:00 o/r#1 {"kind":"asked","comment":-1} sum=`))
	f.Add([]byte(`2026-02-04T10:00:12Z https://github.com/o/r/pull/1 {"kind":"ended","what":"` + "\xff" + `"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		at, ref, n, ok := parsePull(line)
		if !ok {
			return
		}
		again, err := pullLine(at, ref, n)
		if err != nil || strings.Contains(again, "\n") {
			t.Fatalf("%q, %v", again, err)
		}
		note, whole := unseal(seal(again))
		at2, ref2, n2, ok := parsePull(note)
		if !whole || !ok || !at2.Equal(at.Truncate(time.Second)) || ref2 != ref || !reflect.DeepEqual(n2, n) {
			t.Errorf("%q became %q", line, again)
		}
	})
}
