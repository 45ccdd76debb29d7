package world_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// crowd fills widgets with n labelled issues in one Update.
func (s *stage) crowd(n int) {
	s.Helper()
	body := strings.Repeat("Some text of an issue, as long as they often are.\n", 20)
	s.must(as(s.bob), func(tx *world.Tx) error {
		for i := range n {
			if _, err := tx.CreateIssue(s.widgets, world.NewIssue{Title: fmt.Sprint("issue ", i), Body: body, Labels: []string{"bug"}}); err != nil {
				return err
			}
		}
		return nil
	})
}

func BenchmarkLoad100kIssues(b *testing.B) {
	s := set(b, b.TempDir())
	s.crowd(100_000)
	for b.Loop() {
		s.reopen()
	}
}

func BenchmarkFill10kIssues(b *testing.B) {
	for b.Loop() {
		s := set(b, b.TempDir())
		s.crowd(10_000)
	}
}

func BenchmarkUpdateOfOneIssue(b *testing.B) {
	s := set(b, b.TempDir())
	s.crowd(10_000)
	i := s.issue("t", "")
	n := 0
	for b.Loop() {
		n++
		s.must(as(s.bob), func(tx *world.Tx) error { _, err := tx.CreateComment(i, fmt.Sprint("comment ", n)); return err })
	}
}

func BenchmarkListOpenIssuesOf10k(b *testing.B) {
	s := set(b, "")
	s.crowd(10_000)
	for b.Loop() {
		s.view(func(tx *world.Tx) {
			open := 0
			for _, i := range tx.Issues(s.widgets.ID) {
				if !i.Closed && i.Pull == nil {
					open++
				}
			}
			if open != 10_000 {
				b.Fatal(open)
			}
		})
	}
}
