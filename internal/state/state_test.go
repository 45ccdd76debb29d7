package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dappcore/core-dev/budget"
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
	out := Outside{TakenAt: at, Viewer: "m", Dispatches: []budget.Outside{{Issue: 3, Agent: "jules", At: at}}}
	db, aside := open_(t, path)
	if _, ok := db.Snapshot("k"); ok || aside != "" {
		t.Fatal("a new file holds something")
	}
	if err := db.SaveSnapshot("k", snap); err != nil {
		t.Fatal(err)
	}
	if err := SaveOutside(filepath.Dir(path), out); err != nil {
		t.Fatal(err)
	}
	db.Put("url", []byte("answer"))
	db.Close()

	db, _ = open_(t, path)
	got, ok := db.Snapshot("k")
	if diff := cmp.Diff(snap, got); !ok || diff != "" {
		t.Errorf("snapshot (-kept +read):\n%s", diff)
	}
	seen, ok := ReadOutside(filepath.Dir(path))
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

func TestASeenFileThatNobodyCanReadIsNone(t *testing.T) {
	dir := t.TempDir()
	if _, ok := ReadOutside(dir); ok {
		t.Error("found in an empty folder")
	}
	if err := SaveOutside(dir, Outside{TakenAt: at}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(seen(dir), []byte(`{"taken_at":"2026-`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, ok := ReadOutside(dir); ok {
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
