package world_test

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/githubsim/worldtest"
)

func same(t interface {
	Helper()
	Fatalf(string, ...any)
}, want, got map[string]any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("state differs (- wanted, + is):\n%s", diff)
	}
}

// refsAgree demands that every git repository made so far has the references
// the world says, apart from those git does not have to know yet.
func (s *stage) refsAgree() {
	s.Helper()
	s.view(func(tx *world.Tx) {
		for _, r := range tx.Repos() {
			dir := fmt.Sprintf("%s/git/%d.git", s.dir, r.ID)
			if _, err := os.Stat(dir); err != nil {
				continue
			}
			got := map[string]string{}
			for line := range strings.Lines(s.git(dir, "for-each-ref", "--format=%(objectname) %(refname)")) {
				sha, name, _ := strings.Cut(strings.TrimSpace(line), " ")
				got[name] = sha
			}
			if diff := cmp.Diff(r.Refs, got); diff != "" {
				s.Errorf("references of %s (- world, + git):\n%s", r.Name, diff)
			}
		}
	})
}

func TestReopenedWorldIsEqual(t *testing.T) {
	s := set(t, t.TempDir())
	issue := s.issue("t", "see #1")
	pull := s.pull("work", "main", map[string]string{"x.txt": "1\n"})
	s.mergeable(pull)
	s.must(as(s.bob), func(tx *world.Tx) error {
		if _, err := tx.AddLabels(issue, []string{"jules"}); err != nil {
			return err
		}
		_, err := tx.CreateThread(pull, world.NewThread{Path: "x.txt", Line: 1, Body: "b"})
		return err
	})
	s.must(world.System(), func(tx *world.Tx) error { tx.SetSetting("fleet", "mission"); return nil })
	before := s.w.Dump()
	s.reopen()
	same(t, before, s.w.Dump())
	s.refsAgree()
	if err := s.merge(pull, world.Merge{}); err != nil {
		t.Fatal(err)
	}
	s.refsAgree()
	before = s.w.Dump()
	s.reopen()
	same(t, before, s.w.Dump())
	s.refsAgree()
}

// A commit whose references git refuses (a push was faster) must fail whole.
func TestPushWinsRaceAgainstUpdate(t *testing.T) {
	s := set(t, t.TempDir())
	bare, err := s.w.GitDir(s.widgets.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.branch("work", map[string]string{"x": "1"})
	old := s.tip("work")
	main := s.tip("main")
	s.git(bare, "update-ref", "refs/heads/work", main) // a push the world has not heard of
	before := s.w.Dump()
	err = s.w.Update(as(s.bob), func(tx *world.Tx) error {
		_, err := tx.AddCommits(s.widgets, gitstore.Commit{Branch: "work", Message: "m", Files: map[string]string{"y": "1"}})
		return err
	})
	s.refusedAs(err, 409, "Reference cannot be updated")
	same(t, before, s.w.Dump())
	if err := s.w.SyncRefs(as(s.bob), s.widgets.ID); err != nil {
		t.Fatal(err)
	}
	if got := s.tip("work"); got != main || got == old {
		t.Errorf("work is at %s, want what was pushed, %s", got, main)
	}
}

// A push that the world had not taken over when it was killed is taken over
// when it opens again.
func TestPushBeforeKillIsTakenOver(t *testing.T) {
	s := set(t, t.TempDir())
	bare, err := s.w.GitDir(s.widgets.ID)
	if err != nil {
		t.Fatal(err)
	}
	main := s.tip("main")
	s.git(bare, "update-ref", "refs/heads/pushed", main)
	if err := os.WriteFile(bare+"/refs/heads/main.lock", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s.reopen()
	if got := s.tip("pushed"); got != main {
		t.Errorf("pushed branch: %q", got)
	}
	s.branch("main", map[string]string{"x": "1"}) // the lock a killed process left is gone
	s.refsAgree()
}

const childDir = "GITHUBSIM_WORLD_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		writeUntilKilled(dir)
		return
	}
	// Some seconds' worth; the command line may ask for more.
	if err := flag.Set("rapid.checks", "40"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// writeUntilKilled makes one Update after another, each an issue with a label,
// a comment and a commit, and says each number once it is acknowledged.
func writeUntilKilled(dir string) {
	w, err := world.Open(dir, worldtest.NewManualClock(start))
	if err != nil {
		fmt.Println(err)
		return
	}
	var repo *world.Repo
	var bob *world.User
	_ = w.View(func(tx *world.Tx) error {
		repo, _ = tx.Repo("acme", "widgets")
		bob = tx.UserByLogin("bob")
		return nil
	})
	for n := 1; ; n++ {
		err := w.Update(world.Actor{User: bob}, func(tx *world.Tx) error {
			i, err := tx.CreateIssue(repo, world.NewIssue{Title: fmt.Sprint("issue ", n), Labels: []string{"bug"}})
			if err != nil {
				return err
			}
			if _, err := tx.CreateComment(i, "c"); err != nil {
				return err
			}
			_, err = tx.AddCommits(repo, gitstore.Commit{Branch: "log", Message: fmt.Sprint("commit ", n), Files: map[string]string{"n": fmt.Sprint(n)}})
			return err
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(n)
	}
}

func TestKilledWorldHasWhatItAcknowledged(t *testing.T) {
	for _, stop := range []int{1, 7, 23} {
		s := set(t, t.TempDir())
		if _, err := s.w.GitDir(s.widgets.ID); err != nil {
			t.Fatal(err)
		}
		s.close()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+s.dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		acknowledged := 0
		for lines := bufio.NewScanner(out); lines.Scan(); {
			acknowledged++
			if got := lines.Text(); got != fmt.Sprint(acknowledged) {
				t.Fatalf("child: %s", got)
			}
			if acknowledged == stop {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait()
		s.open()
		s.view(func(tx *world.Tx) {
			issues := tx.Issues(s.widgets.ID)
			if n := len(issues); n != acknowledged && n != acknowledged+1 {
				t.Errorf("killed after %d: %d issues", acknowledged, n)
			}
			for _, i := range issues {
				if len(i.LabelIDs) != 1 || len(tx.Comments(i.ID)) != 1 || len(tx.Events(i.ID)) != 2 {
					t.Errorf("#%d is there in part", i.Number)
				}
			}
			c, err := tx.Commit(s.widgets, "log")
			if want := fmt.Sprint("commit ", len(issues)); err != nil || c.Message != want {
				t.Errorf("branch log: %+v, %v, want %q", c, err, want)
			}
		})
		s.refsAgree()
		s.issue("life goes on", "")
		s.branch("log", map[string]string{"n": "after"})
	}
}

var errGiveUp = errors.New("the caller gives up")

// TestFailedUpdateLeavesNoTrace does random things, many of which fail, midway
// or at the end. After a failure the state is as before it; after any reopening
// it is as before closing.
func TestFailedUpdateLeavesNoTrace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "world-")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		s := set(t, dir)
		defer s.close()
		for range rapid.IntRange(1, 12).Draw(rt, "updates") {
			before := s.w.Dump()
			who := rapid.SampledFrom([]*world.User{s.ann, s.bob, s.bob, s.dan, s.cat}).Draw(rt, "who")
			err := s.w.Update(as(who), func(tx *world.Tx) error {
				for range rapid.IntRange(1, 6).Draw(rt, "operations") {
					if err := s.anything(rt, tx); err != nil && !rapid.Bool().Draw(rt, "keep going") {
						return err
					}
				}
				if rapid.IntRange(0, 3).Draw(rt, "give up") == 0 {
					return errGiveUp
				}
				return nil
			})
			if err != nil {
				same(rt, before, s.w.Dump())
			}
			if rapid.IntRange(0, 3).Draw(rt, "reopen") == 0 {
				before := s.w.Dump()
				s.reopen()
				same(rt, before, s.w.Dump())
			}
		}
		before := s.w.Dump()
		s.reopen()
		same(rt, before, s.w.Dump())
		s.refsAgree()
	})
}

// anything does one random thing in widgets, sensible or not.
func (s *stage) anything(rt *rapid.T, tx *world.Tx) error {
	repo := tx.RepoByID(s.widgets.ID)
	number := func() *world.Issue {
		if i := tx.Issue(repo.ID, rapid.IntRange(1, 8).Draw(rt, "number")); i != nil {
			return i
		}
		return &world.Issue{ID: -1}
	}
	name := rapid.SampledFrom([]string{"bug", "jules", "Jules", "question", strings.Repeat("x", 60)})
	branch := rapid.SampledFrom([]string{"main", "a", "b", "a/c"})
	text := rapid.SampledFrom([]string{"", "see #1", "fixes #2", "acme/widgets#3", strings.Repeat("y", 65537)})
	tip := func() string { return repo.Refs["refs/heads/"+branch.Draw(rt, "tip")] }
	var err error
	switch rapid.IntRange(0, 21).Draw(rt, "operation") {
	case 0, 1, 2:
		_, err = tx.CreateIssue(repo, world.NewIssue{Title: "t", Body: text.Draw(rt, "body"), Labels: []string{name.Draw(rt, "label")}})
	case 3:
		body := text.Draw(rt, "body")
		_, err = tx.EditIssue(number(), world.IssueEdit{Body: &body})
	case 4:
		state := rapid.SampledFrom([]string{"open", "closed", "odd"}).Draw(rt, "state")
		_, err = tx.EditIssue(number(), world.IssueEdit{State: &state})
	case 5:
		_, err = tx.AddLabels(number(), []string{name.Draw(rt, "label"), name.Draw(rt, "label")})
	case 6:
		_, err = tx.RemoveLabel(number(), name.Draw(rt, "label"))
	case 7:
		if l := tx.LabelByName(repo, name.Draw(rt, "label")); l != nil {
			to := name.Draw(rt, "to")
			_, err = tx.EditLabel(l, world.LabelEdit{Name: &to})
		}
	case 8:
		if l := tx.LabelByName(repo, name.Draw(rt, "label")); l != nil {
			err = tx.DeleteLabel(l)
		}
	case 9:
		_, err = tx.CreateComment(number(), text.Draw(rt, "comment"))
	case 10:
		_, _, err = tx.AddIssueReaction(number(), rapid.SampledFrom([]string{"eyes", "odd"}).Draw(rt, "reaction"))
	case 11:
		_, err = tx.AddSubIssue(number(), number(), rapid.Bool().Draw(rt, "replace"))
	case 12:
		_, err = tx.AddBlockedBy(number(), number())
	case 13:
		err = tx.DeleteIssue(number())
	case 14:
		_, err = tx.AddCommits(repo, gitstore.Commit{Branch: branch.Draw(rt, "branch"), Message: "fixes #1",
			Files: map[string]string{rapid.SampledFrom([]string{"f", "g/h", "../x"}).Draw(rt, "path"): rapid.StringMatching("[ab]{1,3}").Draw(rt, "content")}})
	case 15:
		_, err = tx.CreateRef(repo, "refs/heads/"+branch.Draw(rt, "branch"), tip())
	case 16:
		_, err = tx.UpdateRef(repo, "refs/heads/"+branch.Draw(rt, "branch"), tip(), rapid.Bool().Draw(rt, "force"))
	case 17:
		_, err = tx.DeleteRef(repo, "refs/heads/"+branch.Draw(rt, "branch"))
	case 18:
		_, err = tx.CreatePull(repo, world.NewPull{Title: "p", Head: branch.Draw(rt, "head"), Base: branch.Draw(rt, "base"), Body: text.Draw(rt, "body")})
	case 19:
		_, err = tx.MergePull(number(), world.Merge{Method: rapid.SampledFrom([]string{"merge", "squash"}).Draw(rt, "method")})
	case 20:
		_, err = tx.RenameRepo(repo, rapid.SampledFrom([]string{"widgets", "gadgets", "vault"}).Draw(rt, "name"))
	case 21:
		_, err = tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin("acme"), Name: rapid.SampledFrom([]string{"widgets", "new"}).Draw(rt, "name"), Parent: repo})
	}
	return err
}
