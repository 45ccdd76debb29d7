package people

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// dump is everything that can be seen in a world, with what its people remember.
func (pl *place) dump() string {
	var b strings.Builder
	put := func(v any) {
		text, err := json.Marshal(v)
		if err != nil {
			pl.t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", text)
	}
	pl.see(func(tx *world.Tx) {
		for _, u := range tx.Users() {
			put(u)
		}
		for _, r := range tx.Repos() {
			put(r)
			for _, i := range tx.Issues(r.ID) {
				if i.Pull != nil { // whether it merges is found when somebody looks
					c, p := *i, *i.Pull
					p.Mergeable, p.MergeableFor, p.MergeableAsked = "", "", time.Time{}
					c.Pull = &p
					i = &c
				}
				put(i)
				put(tx.LabelsOf(i))
				put(tx.Comments(i.ID))
				put(tx.Events(i.ID))
				put(tx.Edits(i.ID))
				put(tx.Reactions(i.ID))
				for _, c := range tx.Comments(i.ID) {
					put(tx.Reactions(c.ID))
				}
				put(tx.Reviews(i.ID))
				put(tx.Threads(i.ID))
				if i.Pull != nil {
					put(tx.Checks(i.RepoID, i.Pull.HeadSHA))
				}
			}
		}
		for _, m := range tx.Memos("people/") {
			put([]string{m.Key, m.Text})
		}
	})
	return b.String()
}

// firstDifference is where two dumps part.
func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for n := range min(len(as), len(bs)) {
		if as[n] != bs[n] {
			return fmt.Sprintf("line %d:\n%.600s\n%.600s", n, as[n], bs[n])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(as), len(bs))
}

// liven has eight calls and the answers to them happen in a village, with a look every step.
func liven(pl *place, step time.Duration, pause func(day int)) {
	s := pl.steward()
	rounds := 12
	if raced {
		rounds = 4
	}
	for day := range 2 {
		for range rounds {
			for at := time.Duration(0); at < 2*time.Hour; at += step {
				pl.pass(step)
			}
			s.round()
		}
		if pause != nil {
			pause(day)
		}
	}
}

func wildVillage() Manners {
	m := Wild()
	m.Agents[0].Ignore, m.Agents[0].GiveUp = 0.05, 0.05
	return m
}

// TestTheSameRequestsGiveTheSameWorld, however often anybody looks between them.
func TestTheSameRequestsGiveTheSameWorld(t *testing.T) {
	var dumps []string
	for _, step := range []time.Duration{2 * time.Hour, 2 * time.Hour, 7*time.Minute + 30*time.Second} {
		pl := village(t, "", wildVillage())
		liven(pl, step, nil)
		dumps = append(dumps, pl.dump())
	}
	for n, d := range dumps[1:] {
		if d != dumps[0] {
			t.Errorf("world %d differs from the first: %s", n+1, firstDifference(dumps[0], d))
		}
	}
	other := village(t, "", wildVillage())
	other.p.seed = 99
	liven(other, 2*time.Hour, nil)
	if other.dump() == dumps[0] {
		t.Error("another seed gives the same world")
	}
}

// TestAWorldOnDiskGoesOn: closed and opened again each day, it comes to the same.
func TestAWorldOnDiskGoesOn(t *testing.T) {
	whole := village(t, t.TempDir(), wildVillage())
	liven(whole, 2*time.Hour, nil)
	parts := village(t, t.TempDir(), wildVillage())
	liven(parts, 2*time.Hour, func(int) { parts.again() })
	if a, b := whole.dump(), parts.dump(); a != b {
		t.Errorf("it differs: %s", firstDifference(a, b))
	}
	if len(whole.count()) < 15 && !raced {
		t.Errorf("little happened: %v", whole.count())
	}
}

// TestAPushThatNobodySawIsNoticedAfterAKill: what the world has on disk is looked at when it is opened.
func TestAPushThatNobodySawIsNoticedAfterAKill(t *testing.T) {
	pl := village(t, t.TempDir(), agent(nil))
	pull := pl.pullAfter(pl.call("widgets", 2, epicBranch))
	pl.pass(time.Hour)
	pl.do("ann", func(tx *world.Tx) error {
		_, err := tx.PutFile(tx.RepoByID(pull.RepoID), world.NewFile{Path: "more.go", Content: []byte("package main\n"), Branch: pull.Pull.HeadRef})
		return err
	})
	pl.again() // without another look
	pl.pass(time.Hour)
	if got := pl.rollup(pull); got != "SUCCESS" {
		t.Errorf("checks %q of the new head", got)
	}
}

// sound checks what must hold of a world whatever happened in it.
func (pl *place) sound() {
	pl.t.Helper()
	repos := map[int64]map[string]string{}
	pl.see(func(tx *world.Tx) {
		for _, r := range tx.Repos() {
			repos[r.ID] = r.Refs
			for _, i := range tx.Issues(r.ID) {
				last := time.Time{}
				for _, e := range tx.Events(i.ID) {
					if e.CreatedAt.Before(last) {
						pl.t.Errorf("#%d: event %d (%s) at %s comes after %s", i.Number, e.ID, e.Kind, e.CreatedAt, last)
					}
					last = e.CreatedAt
				}
				p := i.Pull
				if p == nil {
					continue
				}
				if head := tx.RepoByID(p.HeadRepoID); !i.Closed && head.Refs["refs/heads/"+p.HeadRef] != p.HeadSHA {
					pl.t.Errorf("#%d: head %s, the branch has %s", i.Number, p.HeadSHA, head.Refs["refs/heads/"+p.HeadRef])
				}
				if p.Merged != !p.MergedAt.IsZero() || p.Merged && !i.Closed || i.Closed && p.Queued {
					pl.t.Errorf("#%d: %+v, closed %v", i.Number, p, i.Closed)
				}
			}
		}
	})
	for id, refs := range repos {
		dir, err := pl.w.GitDir(id)
		if err != nil {
			pl.t.Fatal(err)
		}
		cmd := exec.Command("git", "--git-dir="+dir, "fsck", "--strict", "--no-dangling", "--no-progress")
		cmd.Env = append(world.GitEnv(), "PATH="+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil {
			pl.t.Errorf("repository %d: git fsck: %v: %s", id, err, out)
		}
		out, err := exec.Command("git", "--git-dir="+dir, "for-each-ref", "--format=%(refname) %(objectname)").Output()
		if err != nil {
			pl.t.Fatal(err)
		}
		kept := map[string]string{}
		for line := range strings.Lines(string(out)) {
			name, sha, _ := strings.Cut(strings.TrimSpace(line), " ")
			kept[name] = sha
		}
		if len(kept) != len(refs) {
			pl.t.Errorf("repository %d: git has %d references, the world %d", id, len(kept), len(refs))
		}
		for name, sha := range refs {
			if kept[name] != sha {
				pl.t.Errorf("repository %d: %s is %s in git, %s in the world", id, name, kept[name], sha)
			}
		}
	}
	for what, n := range pl.count() {
		if strings.HasPrefix(what, "failed.") {
			pl.t.Errorf("%d times %s", n, what)
		}
	}
}

func TestAWeekInAVillageLeavesItSound(t *testing.T) {
	pl := village(t, "", Wild())
	s := pl.steward()
	if raced {
		s.days(2)
	} else {
		s.days(7)
	}
	pl.sound()
	for key := range pl.p.book.Busy {
		if !strings.HasPrefix(key, jules) {
			t.Errorf("busy %q", key)
		}
	}
}
