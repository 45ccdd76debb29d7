package state

import (
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dappcore/core-dev/inventory"
)

func open_(t *testing.T, path string) (*DB, string) {
	t.Helper()
	db, aside, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, aside
}

var at = time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)

func TestWhatIsKeptComesBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	snap := inventory.Snapshot{Host: "h", Viewer: "m", TakenAt: at, Repos: []inventory.Repo{{
		Ref: inventory.RepoRef{Owner: "o", Name: "r"}, OpenIssues: 1,
		Issues: []inventory.Issue{{Ref: inventory.Ref{Repo: inventory.RepoRef{Owner: "o", Name: "r"}, Number: 1}, Title: "täg \x1b", Body: "- [ ] #2"}},
	}}}
	out := Seen{TakenAt: at, Viewer: "m", Events: []inventory.Dispatch{{Ref: inventory.Ref{Number: 3}, Agent: "jules", At: at}}}
	db, aside := open_(t, path)
	if _, ok := db.Snapshot("k"); ok || aside != "" {
		t.Fatal("a new file holds something")
	}
	if err := db.SaveSnapshot("k", snap); err != nil {
		t.Fatal(err)
	}
	if err := SaveSeen(filepath.Dir(path), out); err != nil {
		t.Fatal(err)
	}
	db.Put("url", []byte("answer"))
	db.Close()

	db, _ = open_(t, path)
	got, ok := db.Snapshot("k")
	if diff := cmp.Diff(snap, got); !ok || diff != "" {
		t.Errorf("snapshot (-kept +read):\n%s", diff)
	}
	seen, ok := ReadSeen(filepath.Dir(path))
	if diff := cmp.Diff(out, seen); !ok || diff != "" {
		t.Errorf("outside (-kept +read):\n%s", diff)
	}
	if body, ok := db.Get("url"); !ok || string(body) != "answer" {
		t.Errorf("request %q %v", body, ok)
	}
	if _, ok := db.Snapshot("another"); ok {
		t.Error("another fleet's key found it")
	}
}

func TestTheNewestAreKept(t *testing.T) {
	db, _ := open_(t, filepath.Join(t.TempDir(), "state.db"))
	key := func(n int) string { return strconv.Itoa(n) }
	for n := range 3 * mostSnapshots {
		if err := db.SaveSnapshot(key(n), inventory.Snapshot{TakenAt: at}); err != nil {
			t.Fatal(err)
		}
		if err := db.SaveSnapshot("always", inventory.Snapshot{TakenAt: at}); err != nil {
			t.Fatal(err)
		}
	}
	kept := 0
	for n := range 3 * mostSnapshots {
		if _, ok := db.Snapshot(key(n)); ok {
			kept++
		}
	}
	_, always := db.Snapshot("always")
	if _, last := db.Snapshot(key(3*mostSnapshots - 1)); kept != mostSnapshots-1 || !always || !last {
		t.Errorf("%d kept, the last %v, the one written again and again %v", kept, last, always)
	}
	for n := range mostRequests + 10 {
		db.Put(key(n), []byte("x"))
	}
	_, first := db.Get(key(9))
	if _, second := db.Get(key(10)); first || !second {
		t.Errorf("requests: the oldest %v, the next %v", first, second)
	}
}

func TestARenamedRepositoryIsFollowed(t *testing.T) {
	name := func(n string) inventory.RepoRef { return inventory.RepoRef{Owner: "o", Name: n} }
	fleet := func(names ...string) (out []inventory.Repo) {
		for k, n := range names {
			out = append(out, inventory.Repo{ID: strconv.Itoa(k), Ref: name(n)})
		}
		return out
	}
	var s Seen
	look := func(viewer string, names ...string) {
		next := Seen{Viewer: viewer}
		next.Follow(s, fleet(names...))
		s = next
	}
	look("m", "a", "b")
	look("m", "A", "b")
	look("m", "c", "b")
	look("m", "d", "b")
	for was, now := range map[string]string{"a": "d", "c": "d", "b": "b", "d": "d"} {
		if got := s.Present(name(was)); !got.Same(name(now)) {
			t.Errorf("%s is %s, want %s", was, got, now)
		}
	}
	look("m", "d", "a") // another takes the name
	if got := s.Present(name("a")); got != name("a") {
		t.Errorf("a is %s", got)
	}
	if s.SoleViewer() != "m" {
		t.Error("one account looked")
	}
	if look("n", "d"); s.SoleViewer() != "" {
		t.Error("two accounts looked")
	}
}

// TestClaimsThatWereFoundAreKnown: and that there was none holds for an old
// label, else as long as nothing newer was seen.
func TestClaimsThatWereFoundAreKnown(t *testing.T) {
	at := time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
	before := Seen{TakenAt: at, Claims: map[string]string{"claimed": "5ca1ab1e", "old": "", "unclaimed": "", "past": "c0ffee"}}
	events := []inventory.Dispatch{{Event: "claimed", At: at}, {Event: "old", At: at.Add(-time.Hour)}, {Event: "unclaimed", At: at}, {Event: "new", At: at}}
	for later, want := range map[time.Duration]map[string]string{
		0:           {"claimed": "5ca1ab1e", "old": "", "unclaimed": ""},
		time.Second: {"claimed": "5ca1ab1e", "old": ""},
	} {
		next := Seen{TakenAt: at.Add(later), Events: events}
		next.Follow(before, nil)
		if !maps.Equal(next.Claims, want) {
			t.Errorf("%s later: %v, want %v", later, next.Claims, want)
		}
	}
}

func TestASeenFileThatNobodyCanReadIsNone(t *testing.T) {
	dir := t.TempDir()
	if _, ok := ReadSeen(dir); ok {
		t.Error("found in an empty folder")
	}
	if err := SaveSeen(dir, Seen{TakenAt: at}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(seen(dir), []byte(`{"taken_at":"2026-`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, ok := ReadSeen(dir); ok {
		t.Error("half a file was taken for a whole one")
	}
}

func TestADamagedFileIsSetAside(t *testing.T) {
	for name, damage := range map[string]string{
		"garbage":         strings.Repeat("not a database ", 1000),
		"header only":     "SQLite format 3\x00",
		"another's table": "",
	} {
		path := filepath.Join(t.TempDir(), "state.db")
		if name == "another's table" { // a layout of a version to come
			db, _ := open_(t, path)
			if _, err := db.sql.Exec("pragma user_version=99"); err != nil {
				t.Fatal(err)
			}
			db.Close()
		} else if err := os.WriteFile(path, []byte(damage), 0o644); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(path)
		db, aside := open_(t, path)
		if aside == "" {
			t.Errorf("%s: not set aside", name)
			continue
		}
		if kept, err := os.ReadFile(aside); err != nil || string(kept) != string(before) {
			t.Errorf("%s: what was there was not kept: %v", name, err)
		}
		if err := db.SaveSnapshot("k", inventory.Snapshot{TakenAt: at}); err != nil {
			t.Errorf("%s: the new one does not work: %v", name, err)
		}
		db.Close()
		if _, aside := open_(t, path); aside != "" {
			t.Errorf("%s: the new one was set aside, too", name)
		}
	}
}

func TestAFileThatIsNotOursToOpenIsNoDamage(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := Open(filepath.Join(dir, "missing", "state.db")); err == nil {
		t.Error("opened in a folder that is not there")
	}
	path := filepath.Join(dir, "state.db")
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	_, aside, err := Open(path)
	if err == nil || aside != "" {
		t.Errorf("a folder of that name: aside %q, %v", aside, err)
	}
}

func TestWhatIsKeptIsNobodyElses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil { // of an earlier version
		t.Fatal(err)
	}
	db, _ := open_(t, path)
	db.Put("url", []byte("answer"))
	if err := SaveSeen(dir, Seen{}); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s may be read by others: %v", p, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
