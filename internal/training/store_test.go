package training

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dappcore/core-dev/inventory"
)

func ref(name string, n int) inventory.Ref {
	return inventory.Ref{Repo: inventory.RepoRef{Owner: "o", Name: name}, Number: n}
}

func record(name string, pr int, outcome string) inventory.TrainingRecord {
	return inventory.TrainingRecord{Version: 1, Repo: "o/" + name, Child: ref(name, 12).String(), PR: ref(name, pr).String(), Outcome: outcome}
}

func TestARecordIsKeptOnceAndMendedInItsPlace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "training")
	s := Open(dir)
	if list, bad, err := s.Index(); len(list)+len(bad) != 0 || err != nil {
		t.Fatalf("%v %v", list, err)
	}
	var did []Kept
	for range 2 {
		for _, r := range []inventory.TrainingRecord{record("a", 50, "closed"), record("b", 50, "merged"), record("a", 51, "merged"), record("a", 50, "merged")} {
			how, file, err := Open(dir).Keep(ref("a", 100), ref(strings.TrimPrefix(r.Repo, "o/"), 12), r)
			if err != nil || file != "journals/epic-100-child-12.jsonl" {
				t.Fatal(file, err)
			}
			did = append(did, how)
		}
	}
	if want := []Kept{Written, Written, Written, Renewed, Renewed, Same, Same, Renewed}; !slices.Equal(did, want) {
		t.Errorf("%v, want %v", did, want)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "journals", "epic-100-child-12.jsonl"))
	if err != nil || strings.Count(string(raw), "\n") != 3 || strings.Contains(string(raw), `"closed"`) {
		t.Errorf("%s %v", raw, err)
	}
	list, _, err := s.Index()
	if err != nil || len(list) != 3 || list[0].PR != "o/a#50" || list[0].Outcome != "merged" || list[0].File != "journals/epic-100-child-12.jsonl" {
		t.Errorf("%+v %v", list, err)
	}
}

func TestARecordMovesToAnotherEpic(t *testing.T) {
	s := Open(t.TempDir())
	r, other := record("a", 50, "merged"), record("a", 51, "merged")
	for _, what := range []inventory.TrainingRecord{r, other} {
		if _, _, err := s.Keep(inventory.Ref{}, ref("a", 12), what); err != nil {
			t.Fatal(err)
		}
	}
	for k, what := range []inventory.TrainingRecord{r, other} {
		what.Epic = ref("a", 100).String()
		how, file, err := s.Keep(ref("a", 100), ref("a", 12), what)
		if err != nil || how != Renewed || file != "journals/epic-100-child-12.jsonl" {
			t.Error(how, file, err)
		}
		if list, faults, err := s.Check(); len(list) != 2 || len(faults) != 0 || err != nil {
			t.Errorf("after %d: %v %v %v", k+1, list, faults, err)
		}
	}
	if got, ok, err := s.Find(ref("A", 51)); !ok || err != nil || got.Epic != "o/a#100" {
		t.Errorf("%+v %v %v", got, ok, err)
	}
	if _, ok, _ := s.Find(ref("a", 52)); ok {
		t.Error("a record of a pull request that has none")
	}
}

func TestManyKeepAtOnce(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for k := range 12 {
		all.Go(func() {
			if _, _, err := Open(dir).Keep(ref("a", 100), ref("a", 12), record("a", k, "merged")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if list, bad, err := Open(dir).Index(); len(list) != 12 || len(bad) != 0 || err != nil {
		t.Errorf("%d %v %v", len(list), bad, err)
	}
}

func TestWhatCannotBeReadIsKept(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.jsonl"), []byte("somebody's note\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(dir).Keep(ref("a", 1), ref("a", 12), record("a", 3, "merged")); err != nil {
		t.Fatal(err)
	}
	if raw, _ := os.ReadFile(filepath.Join(dir, "index.jsonl")); !strings.HasPrefix(string(raw), "somebody's note\n{") {
		t.Errorf("%s", raw)
	}
	if list, bad, err := Open(dir).Index(); err != nil || len(list) != 1 || len(bad) != 1 || bad[0].At != "index.jsonl:1" {
		t.Errorf("%v %v %v", list, bad, err)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTheIndexIsHeldAgainstTheJournalsAndRebuilt(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir)
	if n, aside, err := Open(filepath.Join(dir, "none")).Rebuild(); n != 0 || aside != "" || err != nil {
		t.Errorf("without a folder: %d %q %v", n, aside, err)
	}
	var lines []string
	for k := range 3 {
		if _, _, err := s.Keep(inventory.Ref{}, ref("a", 12), record("a", 50+k, "merged")); err != nil {
			t.Fatal(err)
		}
	}
	if list, faults, err := s.Check(); len(list) != 3 || len(faults) != 0 || err != nil {
		t.Fatalf("%v %v %v", list, faults, err)
	}
	index, _ := os.ReadFile(filepath.Join(dir, "index.jsonl"))
	lines = strings.SplitAfter(string(index), "\n")
	write(t, dir, "index.jsonl", lines[0]+"torn {\n"+strings.Replace(lines[1], "merged", "closed", 1)+strings.ReplaceAll(lines[1], "o/a#51", "o/a#99"))
	write(t, dir, "journals/epic-0-child-13.jsonl", "\n{\"child\": \"o/a#12\"\n{}\n"+`{"version":1,"repo":"o/a","epic":"","child":"o/a#12","pr":"o/a#60","outcome":"merged"}`+"\n")
	_, faults, err := s.Check()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range faults {
		got = append(got, f.At+" "+f.Record+" "+f.What)
	}
	want := []string{
		"index.jsonl:2  damaged: it is no line of an index",
		"journals/epic-0-child-13.jsonl:2  damaged: unexpected end of JSON input",
		"journals/epic-0-child-13.jsonl:3  damaged: it names no child and pull request",
		"journals/epic-0-child-13.jsonl:4 o/a#60 its place is journals/epic-0-child-12.jsonl",
		"index.jsonl o/a#51 the index does not say what the record says",
		"index.jsonl o/a#99 missing: no record of it is in epic-0-child-12.jsonl",
		"journals/epic-0-child-12.jsonl:3 o/a#52 missing in the index",
		"journals/epic-0-child-13.jsonl:4 o/a#60 missing in the index",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	n, aside, err := s.Rebuild()
	if n != 4 || aside != "index.jsonl.damaged-1" || err != nil {
		t.Errorf("%d %q %v", n, aside, err)
	}
	if raw, err := os.ReadFile(filepath.Join(dir, aside)); err != nil || !strings.Contains(string(raw), "torn {") {
		t.Errorf("what stood there: %s %v", raw, err)
	}
	list, bad, err := s.Index()
	if len(list) != 4 || len(bad) != 0 || err != nil {
		t.Errorf("%v %v %v", list, bad, err)
	}
	if n, aside, err := s.Rebuild(); n != 4 || aside != "" || err != nil {
		t.Errorf("again: %d %q %v", n, aside, err)
	}
}

func TestTheKeyStays(t *testing.T) {
	dir := t.TempDir()
	one, err := Open(dir).Key()
	if err != nil || len(one) != 32 {
		t.Fatal(one, err)
	}
	if two, err := Open(dir).Key(); err != nil || !slices.Equal(one, two) {
		t.Errorf("another key: %v", err)
	}
	if at, err := os.Stat(filepath.Join(dir, keyFile)); err != nil || at.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", at, err)
	}
	write(t, dir, keyFile, "short")
	if _, err := Open(dir).Key(); err == nil || !strings.Contains(err.Error(), "5 bytes") {
		t.Errorf("%v", err)
	}
}
