package world_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// Readers keep what they were given while others write, and many may be the
// first to need a git repository.
func TestReadersBesideWriters(t *testing.T) {
	s := set(t, t.TempDir())
	pull := s.pull("work", "main", map[string]string{"x.txt": "1\n"})
	issue := s.issue("counted", "")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				var held *world.Issue
				err := s.w.View(func(tx *world.Tx) error {
					held = tx.IssueByID(issue.ID)
					tx.Mergeable(pull)
					_, err := tx.PullFiles(pull)
					return err
				})
				if err != nil || held.Title != "counted" {
					t.Errorf("%v, %v", held, err)
				}
			}
		})
	}
	for w := range 2 {
		all.Go(func() {
			for n := range 10 {
				err := s.w.Update(as(s.bob), func(tx *world.Tx) error {
					_, err := tx.CreateComment(issue, fmt.Sprint(w, n))
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	s.view(func(tx *world.Tx) {
		if n := len(tx.Comments(issue.ID)); n != 20 {
			t.Errorf("%d comments, want 20", n)
		}
		if got := tx.Mergeable(pull); got != world.Mergeable {
			t.Errorf("mergeable: %s", got)
		}
	})
}
