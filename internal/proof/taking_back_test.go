package proof

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// follow is a command that comes after a dispatch, killed at every request
// boundary of its own.
type follow struct {
	name    string
	prepare func(b *bench) // what was before it
	command []string
	// again are the commands run after the death, one after the other; one that
	// finds nothing to do may fail.
	again [][]string
	judge func(b *bench) *verdict
}

var (
	resumeArgs = []string{"apply", "--resume", "--yes", "--json"}
	undoArgs   = []string{"undo", "--yes", "--json"}
	recallArgs = []string{"recall", "work#1", "--yes", "--json"}
)

func follows(sent []string) []follow {
	dispatch := func(b *bench) {
		if e := b.run(dispatchArgs(b.scene.epic, 0)...); e.status != 0 {
			b.t.Fatalf("the dispatch failed: %s", e)
		}
	}
	// A run is killed as the first child's label is on: of every step something
	// is done and something left.
	leave := func(b *bench) {
		for n, what := range sent {
			if strings.HasSuffix(what, "/issues/1/labels") {
				b.die(boundary{n + 1, afterEffect, what})
				return
			}
		}
		b.t.Fatalf("no label was put on: %v", sent)
	}
	return []follow{
		{"resume", leave, resumeArgs, [][]string{resumeArgs, dispatchArgs(pairScene().epic, 0)}, (*bench).judge},
		{"undo", dispatch, undoArgs, [][]string{undoArgs, undoArgs}, (*bench).judgeUndone},
		{"undo, gone on with", dispatch, undoArgs, [][]string{resumeArgs, undoArgs}, (*bench).judgeUndone},
		{"recall", dispatch, recallArgs, [][]string{recallArgs}, (*bench).judgeRecalled},
		{"recall, gone on with", dispatch, recallArgs, [][]string{resumeArgs, recallArgs}, (*bench).judgeRecalled},
	}
}

// TestKilledWhileGoingOnOrTakingBack: `apply --resume`, `undo` and `recall` are
// killed at every boundary of their requests and run again, or gone on with: what
// they were for is so in the end, and no task was paid or lost by it.
func TestKilledWhileGoingOnOrTakingBack(t *testing.T) {
	t.Parallel()
	s := pairScene()
	for _, f := range follows(record(t, s)) {
		whole := newBench(t, s)
		f.prepare(whole)
		whole.host.at(nil)
		e := whole.run(f.command...)
		sent := whole.host.requests()
		if v := f.judge(whole); e.status != 0 || !v.clean() {
			t.Fatalf("undisturbed, %s: %s%s", f.name, e, v)
		}
		points := boundaries(t, sent)
		if len(f.again) > 1 && strings.HasSuffix(f.name, "gone on with") {
			points = sample(t, points, drawn)
		}
		sum := each(t, busy, points, func(t *testing.T, p boundary) *verdict {
			b := newBench(t, s)
			f.prepare(b)
			b.scene.command = f.command
			b.die(p)
			b.scene.command = nil
			for _, args := range f.again {
				b.runs = append(b.runs, b.run(args...))
			}
			v := f.judge(b)
			if !v.clean() {
				t.Errorf("\n%s%s", v, b.story())
			}
			return v
		})
		t.Logf("%s: %d requests, %d boundaries: %s", f.name, len(sent), len(points), sum)
		if len(sent) == 0 || sum.points != len(points) {
			t.Errorf("%s: %d of %d points were tried", f.name, sum.points, len(points))
		}
	}
}

// paidOnce tells of all children that each was paid once and is in the log once.
func (b *bench) paidOnce(v *verdict) {
	for n, s := range b.children() {
		if n <= b.scene.want && (s.events != 1 || s.lines != 1) {
			v.other = append(v.other, fmt.Sprintf("#%d has %d payments and %d lines, one of each was made", n, s.events, s.lines))
		}
	}
}

// bears tells whether a child bears the agent's label, and how many comments of
// ours it has.
func (b *bench) bears(n int) (label bool, comments int) {
	_ = b.host.sim.World().View(func(tx *world.Tx) error {
		repo, _ := tx.Repo(b.scene.epic.Repo.Owner, b.scene.epic.Repo.Name)
		i := tx.Issue(repo.ID, n)
		for _, l := range tx.LabelsOf(i) {
			label = label || strings.EqualFold(l.Name, b.scene.label)
		}
		comments = len(tx.Comments(i.ID))
		return nil
	})
	return label, comments
}

func (b *bench) judgeUndone() *verdict {
	v := &verdict{}
	b.paidOnce(v)
	for n := 1; n <= b.scene.want; n++ {
		if label, comments := b.bears(n); label || comments != 0 {
			v.other = append(v.other, fmt.Sprintf("#%d was not taken back: label %v, %d comments", n, label, comments))
		}
	}
	b.judgeFolder(v, 0)
	return v
}

func (b *bench) judgeRecalled() *verdict {
	v := &verdict{}
	b.paidOnce(v)
	if label, comments := b.bears(1); label || comments < 2 { // the target's and the recall's
		v.other = append(v.other, fmt.Sprintf("#1 was not taken back: label %v, %d comments", label, comments))
	}
	if label, comments := b.bears(2); !label || comments != 1 {
		v.other = append(v.other, fmt.Sprintf("#2 was taken back, too: label %v, %d comments", label, comments))
	}
	b.judgeFolder(v, 0)
	return v
}
