package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const aDigest = "00112233445566778899aabbccddeeff"

func TestAReadingIsKeptForGood(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	s := Open(dir)
	if rec, path, err := s.Reading(aDigest); rec != nil || path == "" || err != nil {
		t.Fatalf("%q %q %v", rec, path, err)
	}
	// What a process left that died while it wrote counts for nothing.
	must(t, os.MkdirAll(filepath.Join(dir, readingsFolder), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, readingsFolder, aDigest+".json"+newSuffix), []byte(`{"sum":"00`), 0o644))
	kept, path, err := s.KeepReading(t.Context(), aDigest, []byte(`{"a":1}`))
	if string(kept) != `{"a":1}` || err != nil {
		t.Fatalf("%s %v", kept, err)
	}
	// Another process that asked meanwhile hears what counts.
	if kept, _, err := Open(dir).KeepReading(t.Context(), aDigest, []byte(`{"a":2}`)); string(kept) != `{"a":1}` || err != nil {
		t.Errorf("%s %v", kept, err)
	}
	if rec, _, err := Open(dir).Reading(aDigest); string(rec) != `{"a":1}` || err != nil {
		t.Errorf("%s %v", rec, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, readingsFolder, "*")); len(left) != 1 || left[0] != path {
		t.Errorf("the folder holds %v", left)
	}
	if ids, err := s.IDs(); len(ids) != 0 || err != nil {
		t.Errorf("plans %v, %v", ids, err)
	}
	if ids, err := s.Unfinished(); len(ids) != 0 || err != nil {
		t.Errorf("open plans %v, %v", ids, err)
	}
}

func TestADamagedReadingIsNotReplaced(t *testing.T) {
	s := Open(filepath.Join(t.TempDir(), "journal"))
	_, path, err := s.KeepReading(t.Context(), aDigest, []byte(`{"a":1}`))
	must(t, err)
	whole, err := os.ReadFile(path)
	must(t, err)
	for _, broken := range []string{"", string(whole[:len(whole)-1]), strings.Replace(string(whole), "1}", "2}", 1), string(whole) + "x\n"} {
		must(t, os.WriteFile(path, []byte(broken), 0o644))
		if rec, _, err := s.Reading(aDigest); !errors.Is(err, ErrDamaged) || rec != nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q read as %q, %v", broken, rec, err)
		}
		if kept, _, err := s.KeepReading(t.Context(), aDigest, []byte(`{"a":3}`)); !errors.Is(err, ErrDamaged) || kept != nil {
			t.Errorf("over %q was kept %q, %v", broken, kept, err)
		}
		if now, _ := os.ReadFile(path); string(now) != broken {
			t.Errorf("%q became %q", broken, now)
		}
	}
}

func TestNamesOfReadings(t *testing.T) {
	s := Open(t.TempDir())
	for _, bad := range []string{"", "../x", "AABBCCDDEEFF00112233", "0011", aDigest + ".json"} {
		if _, _, err := s.Reading(bad); err == nil {
			t.Errorf("%q names a reading", bad)
		}
		if _, _, err := s.KeepReading(t.Context(), bad, []byte(`{}`)); err == nil {
			t.Errorf("kept under %q", bad)
		}
	}
	if _, _, err := s.KeepReading(t.Context(), aDigest, []byte("{\n}")); err == nil {
		t.Error("a record of two lines was kept")
	}
}
