package training

import (
	"os"
	"path/filepath"
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
	if list, err := s.Index(); len(list) != 0 || err != nil {
		t.Fatalf("%v %v", list, err)
	}
	for range 2 {
		for _, r := range []inventory.TrainingRecord{record("a", 50, "closed"), record("b", 50, "merged"), record("a", 51, "merged"), record("a", 50, "merged")} {
			if err := Open(dir).Keep(ref("a", 100), ref(strings.TrimPrefix(r.Repo, "o/"), 12), r); err != nil {
				t.Fatal(err)
			}
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "journals", "epic-100-child-12.jsonl"))
	if err != nil || strings.Count(string(raw), "\n") != 3 || strings.Contains(string(raw), `"closed"`) {
		t.Errorf("%s %v", raw, err)
	}
	list, err := s.Index()
	if err != nil || len(list) != 3 || list[0].PR != "o/a#50" || list[0].Outcome != "merged" || list[0].File != "journals/epic-100-child-12.jsonl" {
		t.Errorf("%+v %v", list, err)
	}
}

func TestManyKeepAtOnce(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for k := range 12 {
		all.Go(func() {
			if err := Open(dir).Keep(ref("a", 100), ref("a", 12), record("a", k, "merged")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if list, err := Open(dir).Index(); len(list) != 12 || err != nil {
		t.Errorf("%d %v", len(list), err)
	}
}

func TestWhatCannotBeReadIsKept(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.jsonl"), []byte("somebody's note\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Open(dir).Keep(ref("a", 1), ref("a", 12), record("a", 3, "merged")); err != nil {
		t.Fatal(err)
	}
	if raw, _ := os.ReadFile(filepath.Join(dir, "index.jsonl")); !strings.HasPrefix(string(raw), "somebody's note\n{") {
		t.Errorf("%s", raw)
	}
	if _, err := Open(dir).Index(); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("%v", err)
	}
}
