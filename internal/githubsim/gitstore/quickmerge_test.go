package gitstore

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestTheQuickMergeIsGits: histories with additions, edits, deletions, renames, folders where files were and criss-cross
// merges merge to the tree git finds, or are left to git; and two of their commits count each other's as git does.
func TestTheQuickMergeIsGits(t *testing.T) {
	quick := 0
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 1))
		root := Commit{Branch: "main", Message: "root", Author: who(0), Files: map[string]string{}}
		for n := range 6 {
			root.Files[fmt.Sprintf("d%d/f%d", n%3, n)] = fmt.Sprintf("file %d\nline\nline\nline\n", n)
		}
		d, err := NewDraft([]Commit{root})
		if err != nil {
			t.Fatal(err)
		}
		tips := []string{slices.Collect(maps.Keys(d.commits))[0]}
		repo, err := New(t.TempDir()).Make(1, func() (*Draft, error) { return d, nil }, "main", map[string]string{"refs/heads/main": tips[0]})
		if err != nil {
			t.Fatal(err)
		}
		for n := range 14 {
			on := tips[random.IntN(len(tips))]
			parents := []string{on}
			if other := tips[random.IntN(len(tips))]; random.IntN(4) == 0 && other != on {
				parents = append(parents, other)
			}
			c := Commit{Message: fmt.Sprint(n), Author: who(n + 1), Parents: parents, Files: map[string]string{}}
			path := fmt.Sprintf("d%d/f%d", random.IntN(3), random.IntN(6))
			old, missing := repo.File(on, path)
			switch random.IntN(5) {
			case 0:
				c.Files[fmt.Sprintf("d%d/new%d", random.IntN(3), random.IntN(4))] = fmt.Sprint(random.IntN(3))
			case 1:
				if missing == nil {
					c.Remove = []string{path}
				}
			case 2:
				if missing == nil {
					c.Remove, c.Files["moved/"+path] = []string{path}, string(old.Content)
				}
			case 3:
				c.Files[fmt.Sprintf("top%d/x", random.IntN(2))] = "x"
			default:
				if missing == nil {
					c.Files[path] = string(old.Content) + fmt.Sprint(n)
				}
			}
			id, err := repo.AddCommit(c)
			if errors.Is(err, ErrFolder) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			tips = append(tips, id)
		}
		for range 25 {
			a, b := tips[random.IntN(len(tips))], tips[random.IntN(len(tips))]
			got, err := repo.count(a, b)
			if want, gitErr := repo.countByGit(a, b); err != nil || gitErr != nil || got != want {
				t.Errorf("seed %d: %s to %s counts %+v, git has %+v, %v %v", seed, a, b, got, want, err, gitErr)
			}
			tree, ok, err := repo.quickMerge(a, b)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				continue
			}
			quick++
			if want, err := repo.slowMerge(a, b); err != nil || tree != want {
				t.Errorf("seed %d: %s and %s merge to %s, git has %s, %v", seed, a, b, tree, want, err)
			}
		}
	}
	if quick < 20 {
		t.Errorf("only %d quick merges", quick)
	}
}

func who(n int) Person {
	return Person{Name: "a", Email: "a@example.com", When: time.Unix(1_700_000_000+int64(n), 0).UTC()}
}
