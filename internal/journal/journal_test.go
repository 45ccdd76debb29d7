package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/inventory"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func texts(records [][]byte) []string {
	var out []string
	for _, r := range records {
		out = append(out, string(r))
	}
	return out
}

func TestAPlanFromBeginToEnd(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	s, other := Open(dir), Open(dir)
	if ids, err := s.Unfinished(); err != nil || len(ids) > 0 {
		t.Fatal(ids, err)
	}
	must(t, s.Begin("p1", []byte(`{"a":1}`)))
	must(t, s.Append("p1", []byte(`{"b":"}\" "}`)))
	if err := s.Append("p1", []byte("{\n}")); err == nil {
		t.Error("a record of two lines was taken")
	}
	if ok, err := other.Take("p1"); ok || err != nil {
		t.Errorf("taken although another holds it: %v, %v", ok, err)
	}
	if held, err := other.Held("p1"); !held || err != nil {
		t.Errorf("held %v, %v", held, err)
	}
	if err := other.Append("p1", []byte(`{}`)); err == nil {
		t.Error("appended to a plan that is not held")
	}
	if err := s.Begin("p1", []byte(`{}`)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("begun twice: %v", err)
	}
}

func TestALeftPlanIsTakenAndEnded(t *testing.T) {
	dir := t.TempDir()
	s, other := Open(dir), Open(dir)
	must(t, s.Begin("p1", []byte(`1`)))
	must(t, s.Leave("p1", false))
	if held, err := other.Held("p1"); held || err != nil {
		t.Fatal("left, and still held", err)
	}
	if ok, err := other.Take("p1"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	must(t, other.Append("p1", []byte(`2`)))
	must(t, other.Leave("p1", true))
	records, open, err := s.Read("p1")
	if err != nil || open || !slices.Equal(texts(records), []string{"1", "2"}) {
		t.Errorf("%q, open %v, %v", texts(records), open, err)
	}
	if ok, err := s.Take("p1"); ok || err != nil {
		t.Errorf("an ended plan was taken: %v, %v", ok, err)
	}
	ids, _ := s.IDs()
	open1, _ := s.Unfinished()
	if !slices.Equal(ids, []string{"p1"}) || len(open1) != 0 {
		t.Errorf("%v, %v", ids, open1)
	}
	var unknown *Unknown
	for _, id := range []string{"p2", "../p1", ""} {
		if _, _, err := s.Read(id); !errors.As(err, &unknown) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// TestPlansByAge: the plans of a proposal are in the order of their numbers.
func TestPlansByAge(t *testing.T) {
	s := Open(t.TempDir())
	want := []string{"20260101T000000.000Z-zz", "20260101T000000.500Z-aa", "20260101T000000.500Z-aa.2", "20260101T000000.500Z-aa.9", "20260101T000000.500Z-aa.10", "20260101T000000.500Z-aa.13", "20260101T000001.000Z-22"}
	for _, k := range []int{5, 2, 6, 0, 3, 1, 4} {
		must(t, s.Begin(want[k], []byte(`1`)))
	}
	ids, err := s.IDs()
	if err != nil || !slices.Equal(ids, want) {
		t.Errorf("%v, %v", ids, err)
	}
}

// TestATornPlan: whatever part of the last line reached the file, what stood
// before is read, the line counts only when it is whole, and one appended after
// it is read, too.
func TestATornPlan(t *testing.T) {
	whole := func(dir string) []byte {
		s := Open(dir)
		must(t, s.Begin("p1", []byte(`{"n":1}`)))
		must(t, s.Append("p1", []byte(`{"n":2}`)))
		must(t, s.Leave("p1", false))
		raw, err := os.ReadFile(filepath.Join(dir, "p1.open.jsonl"))
		must(t, err)
		return raw
	}
	raw := whole(t.TempDir())
	first := len(raw) / 2 // both lines are as long
	for cut := first; cut <= len(raw); cut++ {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "p1.open.jsonl"), raw[:cut], 0o644))
		s := Open(dir)
		if ok, err := s.Take("p1"); !ok || err != nil {
			t.Fatal(cut, ok, err)
		}
		want := []string{`{"n":1}`}
		if cut == len(raw) {
			want = append(want, `{"n":2}`)
		}
		if got, _, err := s.Read("p1"); err != nil || !slices.Equal(texts(got), want) {
			t.Fatalf("cut at %d: %q, %v", cut, texts(got), err)
		}
		must(t, s.Append("p1", []byte(`{"n":3}`)))
		if got, _, err := s.Read("p1"); err != nil || !slices.Equal(texts(got), append(want, `{"n":3}`)) {
			t.Fatalf("cut at %d, appended: %q, %v", cut, texts(got), err)
		}
	}
	// A byte that changed is damage wherever it is.
	for at := range raw[:len(raw)-1] {
		dir := t.TempDir()
		bad := slices.Clone(raw)
		bad[at] ^= 0x11
		must(t, os.WriteFile(filepath.Join(dir, "p1.open.jsonl"), bad, 0o644))
		if got, _, err := Open(dir).Read("p1"); !errors.Is(err, ErrDamaged) {
			t.Fatalf("byte %d changed: %q, %v", at, texts(got), err)
		}
	}
}

// TestAttempts holds attempts.log, cut anywhere and read by several stores,
// against the rule: a comment stands until a dispatch, a recall until the next.
func TestAttempts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "j")
		must(t, err)
		stores := []*Store{Open(dir), Open(dir)}
		type model struct {
			comment  int64
			event    string
			recalled bool
		}
		models := map[int]model{}
		claims := map[string]bool{}
		path := filepath.Join(dir, attemptsName)
		at := time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
		for n := range rapid.IntRange(1, 20).Draw(rt, "steps") {
			at = at.Add(time.Second)
			s := stores[rapid.IntRange(0, 1).Draw(rt, "store")]
			k := rapid.IntRange(1, 3).Draw(rt, "child")
			ref := inventory.Ref{Repo: inventory.RepoRef{Owner: "Org", Name: "a.b"}, Number: k}
			m := models[k]
			switch rapid.IntRange(0, 5).Draw(rt, "do") {
			case 0:
				m.comment = int64(n + 1)
				must(t, s.NoteComment(at, ref, m.comment, "d1"))
				must(t, s.NoteComment(at, ref, m.comment, "d1"))
			case 1:
				m = model{event: fmt.Sprint("LE_", n)}
				must(t, s.NoteDispatch(at, ref, m.event))
				must(t, s.NoteDispatch(at, ref, m.event))
			case 2:
				m.recalled = true
				must(t, s.NoteRecall(at, ref))
			case 3: // a crash cuts a line that nobody relied on
				f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
				must(t, err)
				_, err = f.WriteString("2026-02-04T10:00:00Z dispatched Org/a.b#1 LE_x sum="[:rapid.IntRange(1, 50).Draw(rt, "cut")])
				must(t, errors.Join(err, f.Close()))
			case 4: // a new process
				stores[0] = Open(dir)
			case 5: // ours for ever, whatever comes of it
				sha := fmt.Sprintf("%040x", n)
				must(t, s.NoteClaim(at, ref, sha))
				must(t, s.NoteClaim(at, ref, sha))
				claims[sha] = true
			}
			models[k] = m
			for _, s := range stores {
				recalls, err := s.Recalls()
				must(t, err)
				if ours, err := s.Claims(); err != nil || !maps.Equal(ours, claims) {
					rt.Fatalf("claims %v (%v), want %v", ours, err, claims)
				}
				for k, m := range models {
					ref.Number = k
					comment, _, err := s.Standing(ref)
					must(t, err)
					event, recalled, err := s.LastDispatch(ref)
					must(t, err)
					if comment != m.comment || event != m.event || recalled != m.recalled || recalls[ref.Key()].IsZero() == m.recalled {
						rt.Fatalf("#%d: comment %d, event %q, recalled %v, want %+v", k, comment, event, recalled, m)
					}
				}
			}
		}
	})
}

func TestADamagedAttemptsLog(t *testing.T) {
	dir := t.TempDir()
	ref := inventory.Ref{Repo: inventory.RepoRef{Owner: "o", Name: "r"}, Number: 1}
	must(t, Open(dir).NoteRecall(time.Now(), ref))
	path := filepath.Join(dir, attemptsName)
	raw, err := os.ReadFile(path)
	must(t, err)
	raw[len(raw)/2] ^= 1
	must(t, os.WriteFile(path, raw, 0o644))
	if _, err := Open(dir).Recalls(); !errors.Is(err, ErrDamaged) {
		t.Errorf("read although it is damaged: %v", err)
	}
	if err := Open(dir).NoteDispatch(time.Now(), ref, "two words"); err == nil {
		t.Error("a line that could not be read again was written")
	}
}

// TestWhoAsksIsNoWorker: a plan that nobody works on can be taken however many
// ask at that moment whether anybody does; and nobody is told that one does.
func TestWhoAsksIsNoWorker(t *testing.T) {
	dir := t.TempDir() + "/journal"
	s := Open(dir)
	if err := s.Begin("p1", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	if err := s.Leave("p1", false); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			other := Open(dir) // as another process has one
			for ctx.Err() == nil {
				if _, err := other.Held("p1"); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	missed := 0
	for range 500 {
		ok, err := s.Take("p1")
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			missed++
			continue
		}
		if held, err := Open(dir).Held("p1"); !held || err != nil {
			t.Fatalf("taken, and told to be held: %t, %v", held, err)
		}
		if err := s.Leave("p1", false); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	asking.Wait()
	if missed > 0 {
		t.Errorf("%d of 500 times an open plan could not be taken", missed)
	}
	one, two := Open(dir), Open(dir)
	for k := range 500 {
		var both sync.WaitGroup
		var wrong [2]bool
		for i, store := range []*Store{one, two} {
			both.Go(func() { wrong[i], _ = store.Held("p1") })
		}
		both.Wait()
		if wrong[0] || wrong[1] {
			t.Fatalf("question %d: nobody works on it: %v", k, wrong)
		}
	}
}
