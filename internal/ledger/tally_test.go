package ledger

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
)

func clockAt(t time.Time) func() time.Time { return func() time.Time { return t } }

var noon = time.Date(2026, 2, 4, 12, 0, 0, 0, time.UTC)

func openBook(t interface {
	Helper()
	Fatal(...any)
}, dir string, now func() time.Time) *Book {
	t.Helper()
	b, err := Open(dir, "dappcore", now)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tick waits until the file system's clock has moved on from a file's change
// time, by asking it.
func tick(t *rapid.T, path string) {
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	of, err := stampOf(info)
	if err != nil {
		t.Fatal(err)
	}
	probe := path + ".probe"
	defer os.Remove(probe)
	for {
		os.Remove(probe)
		if err := os.WriteFile(probe, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(probe)
		if err != nil {
			t.Fatal(err)
		}
		if now, _ := stampOf(info); now.Ctime > of.Ctime {
			return
		}
	}
}

// Whatever is done to the logs, at once after a look or later, with times put
// back or not: the answer is that of reading every line, and of a book that
// never saw a cache.
func TestEveryLookIsExact(t *testing.T) {
	served := 0
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "ledger")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		now := noon
		book := openBook(t, dir, func() time.Time { return now })
		for range rapid.IntRange(1, 8).Draw(t, "operations") {
			name := rapid.SampledFrom([]string{LogName, LogName, "dispatch-2026-01.log"}).Draw(t, "log")
			operate(t, filepath.Join(dir, name))
			switch rapid.IntRange(0, 3).Draw(t, "then") {
			case 0:
				now = now.Add(time.Duration(rapid.IntRange(-40, 40).Draw(t, "hours")) * time.Hour)
			case 1, 2:
				tick(t, filepath.Join(dir, name))
			}
			if rapid.Bool().Draw(t, "another process") {
				book = openBook(t, dir, func() time.Time { return now })
			}
			for range rapid.IntRange(0, 2).Draw(t, "looks") {
				look(t, book, dir, now)
			}
			if f, err := os.Open(filepath.Join(dir, name)); err == nil {
				of, err := stampFile(f)
				f.Close()
				if im, done := book.cached(name, of, budget.DayOf(now)-1); err == nil && im != nil {
					done()
					served++
				}
			}
		}
	})
	if served == 0 {
		t.Error("no look was ever served from a cache")
	}
}

func look(t *rapid.T, book *Book, dir string, now time.Time) {
	logs := map[string]string{}
	for _, name := range []string{"dispatch-2026-01.log", LogName} {
		if data, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			logs[name] = string(data)
		}
	}
	from := budget.DayOf(now) - budget.Day(rapid.SampledFrom([]int{1, 7, 40}).Draw(t, "back"))
	want, torn := naive(logs, from, budget.DayOf(now)-1)
	got, err := book.Spending(from)
	if err != nil {
		t.Fatal(err)
	}
	differ(t, "spending", plain(want), plain(got))
	lines, err := book.Unreadable()
	if err != nil {
		t.Fatal(err)
	}
	differ(t, "unreadable", torn, lines)
}

// operate changes a log in one of the ways that people and programs do.
func operate(t *rapid.T, path string) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	old, _ := os.ReadFile(path)
	info, statErr := os.Stat(path)
	putBack := func() {
		if statErr == nil && rapid.Bool().Draw(t, "put the time back") {
			must(os.Chtimes(path, info.ModTime(), info.ModTime()))
		}
	}
	switch rapid.SampledFrom([]string{"append", "write", "edit", "truncate", "replace", "remove", "rotate", "harm the cache", "touch"}).Draw(t, "operation") {
	case "append":
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		must(err)
		_, err = f.WriteString(drawLog(t))
		must(err)
		must(f.Close())
	case "write":
		must(os.WriteFile(path, []byte(drawLog(t)), 0o600))
		putBack()
	case "edit":
		if len(old) == 0 {
			return
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		must(err)
		_, err = f.WriteAt([]byte(rapid.SampledFrom([]string{"1", "5", " ", "\n", "#"}).Draw(t, "byte")), int64(rapid.IntRange(0, len(old)-1).Draw(t, "at")))
		must(err)
		must(f.Close())
		putBack()
	case "truncate":
		if len(old) > 0 {
			must(os.Truncate(path, int64(rapid.IntRange(0, len(old)).Draw(t, "to"))))
		}
	case "replace":
		must(os.WriteFile(path+".new", []byte(strings.ReplaceAll(string(old), "#1 ", "#2 ")), 0o600))
		must(os.Rename(path+".new", path))
		putBack()
	case "remove":
		os.Remove(path)
	case "rotate":
		os.Rename(path, filepath.Join(filepath.Dir(path), "dispatch-2026-01.log"))
	case "touch":
		if statErr == nil {
			must(os.Chtimes(path, noon, noon))
		}
	case "harm the cache":
		cache := filepath.Join(filepath.Dir(path), cacheFolder, filepath.Base(path)+".tally")
		if data, err := os.ReadFile(cache); err == nil && len(data) > 0 {
			data[rapid.IntRange(0, len(data)-1).Draw(t, "at")] ^= 4
			must(os.WriteFile(cache, data, 0o600))
		}
	}
}

// An edit that leaves the size, with the modification time put back, is seen.
func TestHiddenEdit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "ledger")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		path := filepath.Join(dir, LogName)
		if err := os.WriteFile(path, []byte("2026-02-04T10:00Z core #1 jules - @Snider\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "later") {
			tick(t, path)
		}
		for _, day := range []string{"4", "3", "4", "3"} {
			old, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.WriteAt([]byte(day), 9)
			f.Close()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, old.ModTime(), old.ModTime()); err != nil {
				t.Fatal(err)
			}
			sp, err := openBook(t, dir, clockAt(noon)).Spending(0)
			if err != nil {
				t.Fatal(err)
			}
			if got := sp.Spends[0].At.Day().String(); got != "2026-02-0"+day {
				t.Fatalf("the line of 2026-02-0%s is counted under %s", day, got)
			}
			if rapid.Bool().Draw(t, "tick") {
				tick(t, path)
				openBook(t, dir, clockAt(noon)).Spending(0)
			}
		}
	})
}

// A file changed within one tick of its clock may change again unnoticed, so
// its cache is neither kept nor trusted.
func TestNoTrustWithinATick(t *testing.T) {
	dir := t.TempDir()
	b := openBook(t, dir, clockAt(noon))
	spare := b.watch(LogName)
	defer spare.discard()
	for change, want := range map[int64]bool{spare.watched - 1: true, spare.watched: false, spare.watched + 1: false} {
		of := stamp{Dev: spare.dev, Ctime: change}
		if got := spare.trusts(of); got != want {
			t.Errorf("changed %d before the watch: kept %v", spare.watched-change, got)
		}
		if err := os.WriteFile(b.cachePath(LogName), encode(newFold(0), of, spare.watched), 0o600); err != nil {
			t.Fatal(err)
		}
		im, done := b.cached(LogName, of, 0)
		if got := im != nil; got != want {
			t.Errorf("changed %d before the watch: trusted %v", spare.watched-change, got)
		}
		if im != nil {
			done()
		}
	}
	if spare.trusts(stamp{Dev: spare.dev + 1}) {
		t.Error("a log on another device, with another clock, is trusted")
	}
}

// Where no cache can be written the answer is the same.
func TestNoPlaceForACache(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, cacheFolder), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, LogName), []byte("2026-02-04T10:00Z core #1 jules - @Snider\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sp, err := openBook(t, dir, clockAt(noon)).Spending(budget.DayOf(noon))
	if err != nil || len(sp.Spends) != 1 {
		t.Errorf("%+v %v", sp, err)
	}
}

func TestNoLog(t *testing.T) {
	sp, err := openBook(t, t.TempDir(), clockAt(noon)).Spending(0)
	if err != nil || len(sp.Spends) != 0 {
		t.Errorf("%+v %v", sp, err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none"), "", clockAt(noon)); err == nil || !strings.Contains(err.Error(), "core dev init") {
		t.Errorf("no folder: %v", err)
	}
}
