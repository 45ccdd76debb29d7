package world_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func (s *stage) mergeable(i *world.Issue) (answer string) {
	s.Helper()
	s.view(func(tx *world.Tx) { answer = tx.Mergeable(i) })
	return answer
}

func (s *stage) merge(i *world.Issue, m world.Merge) error {
	return s.w.Update(as(s.bob), func(tx *world.Tx) error { _, err := tx.MergePull(i, m); return err })
}

func (s *stage) tip(branch string) (sha string) {
	s.Helper()
	s.view(func(tx *world.Tx) { sha = tx.RepoByID(s.widgets.ID).Refs["refs/heads/"+branch] })
	return sha
}

func TestMergeabilityIsUnknownAtTheFirstLook(t *testing.T) {
	s := set(t, "")
	clean := s.pull("clean", "main", map[string]string{"new.txt": "x\n"})
	clash := s.pull("clash", "main", map[string]string{"README.md": "theirs\n"})
	s.branch("main", map[string]string{"README.md": "ours\n"})
	for _, want := range []struct {
		pull *world.Issue
		then string
	}{{clean, world.Mergeable}, {clash, world.Conflicting}} {
		if got := s.mergeable(want.pull); got != world.Unknown {
			t.Errorf("first look: %s", got)
		}
		if got := s.mergeable(want.pull); got != want.then {
			t.Errorf("second look: %s, want %s", got, want.then)
		}
	}
	s.branch("main", map[string]string{"other.txt": "x\n"})
	if got := s.mergeable(clean); got != world.Unknown {
		t.Errorf("after the base moved: %s", got)
	}
	s.w.SetMergeableDelay(time.Minute)
	if got := s.mergeable(clean); got != world.Unknown {
		t.Errorf("before the delay is over: %s", got)
	}
	s.clock.Advance(time.Minute)
	if got := s.mergeable(clean); got != world.Mergeable {
		t.Errorf("after the delay: %s", got)
	}
}

func TestCreatePullRefusals(t *testing.T) {
	s := set(t, "")
	s.pull("work", "main", map[string]string{"x": "1"})
	s.must(as(s.bob), func(tx *world.Tx) error {
		_, err := tx.CreateRef(s.widgets, "refs/heads/same", s.tipIn(tx, "main"))
		return err
	})
	for _, c := range []struct {
		who        *world.User
		head, base string
		status     int
		want       string
	}{
		{s.bob, "same", "main", 422, "No commits between main and same"},
		{s.bob, "work", "main", 422, "A pull request already exists for acme:work."},
		{s.bob, "absent", "main", 422, "PullRequest head invalid"},
		{s.bob, "work", "absent", 422, "PullRequest base invalid"},
		{s.bob, "nobody:work", "main", 422, "PullRequest head invalid"},
		{s.cat, "work", "main", 403, "admin rights"},
	} {
		err := s.w.Update(as(c.who), func(tx *world.Tx) error {
			_, err := tx.CreatePull(s.widgets, world.NewPull{Title: "t", Head: c.head, Base: c.base})
			return err
		})
		s.refusedAs(err, c.status, c.want)
	}
}

func (s *stage) tipIn(tx *world.Tx, branch string) string {
	return tx.RepoByID(s.widgets.ID).Refs["refs/heads/"+branch]
}

func TestMergeMethods(t *testing.T) {
	for method, parents := range map[string]int{"merge": 2, "squash": 1, "rebase": 1} {
		t.Run(method, func(t *testing.T) {
			s := set(t, "")
			issue := s.issue("target", "")
			s.branch("work", map[string]string{"one.txt": "1\n"})
			pull := s.pull("work", "main", map[string]string{"two.txt": "2\n"})
			s.must(as(s.bob), func(tx *world.Tx) error {
				body := "Fixes #1"
				_, err := tx.EditIssue(pull, world.IssueEdit{Body: &body})
				return err
			})
			s.branch("main", map[string]string{"main.txt": "m\n"})
			base := s.tip("main")
			if err := s.merge(pull, world.Merge{Method: method, SHA: s.now(pull).Pull.HeadSHA}); err != nil {
				t.Fatal(err)
			}
			got := s.now(pull)
			if !got.Pull.Merged || !got.Closed || got.Pull.MergeSHA != s.tip("main") || got.Pull.MergedByID != s.bob.ID || got.Pull.BaseSHA != base {
				t.Errorf("merged pull: %+v", got.Pull)
			}
			s.wantKinds(pull, "merged", "closed")
			if i := s.now(issue); !i.Closed || i.Reason != "completed" {
				t.Errorf("the issue it fixes: closed %v, reason %q", i.Closed, i.Reason)
			}
			s.view(func(tx *world.Tx) {
				c, err := tx.Commit(s.widgets, "main")
				if err != nil || len(c.Parents) != parents {
					t.Fatalf("tip: %+v, %v", c, err)
				}
				files, err := tx.Tree(s.widgets, "main", "")
				var names []string
				for _, f := range files {
					names = append(names, f.Name)
				}
				if want := []string{"README.md", "main.txt", "one.txt", "src", "two.txt"}; err != nil || !slices.Equal(names, want) {
					t.Errorf("files on main: %v, %v", names, err)
				}
				if commits, _ := tx.PullCommits(got); len(commits) != 2 {
					t.Errorf("%d commits in the merged pull request, want 2", len(commits))
				}
			})
			s.refusedAs(s.merge(pull, world.Merge{}), 405, "not mergeable")
		})
	}
}

func TestMergeRefusals(t *testing.T) {
	s := set(t, "")
	pull := s.pull("work", "main", map[string]string{"README.md": "theirs\n"})
	s.refusedAs(s.merge(pull, world.Merge{SHA: strings.Repeat("0", 40)}), 409, "Head branch was modified")
	s.refusedAs(s.merge(pull, world.Merge{Method: "magic"}), 422, "merge_method")
	s.must(as(s.bob), func(tx *world.Tx) error { _, err := tx.SetDraft(pull, true); return err })
	s.refusedAs(s.merge(pull, world.Merge{}), 405, "draft")
	s.must(as(s.bob), func(tx *world.Tx) error { _, err := tx.SetDraft(pull, false); return err })
	s.must(as(s.ann), func(tx *world.Tx) error {
		_, err := tx.EditRepo(s.widgets, world.RepoEdit{Settings: &world.RepoSettings{NoSquash: true}})
		return err
	})
	s.refusedAs(s.merge(pull, world.Merge{Method: "squash"}), 405, "Squash merges are not allowed on this repository.")
	s.refusedAs(s.w.Update(as(s.cat), func(tx *world.Tx) error { _, err := tx.MergePull(pull, world.Merge{}); return err }), 403, "")
	s.branch("main", map[string]string{"README.md": "ours\n"})
	before := s.tip("main")
	s.refusedAs(s.merge(pull, world.Merge{}), 405, "not mergeable")
	if s.tip("main") != before || s.now(pull).Closed {
		t.Error("a refused merge changed something")
	}
	s.wantKinds(pull, "convert_to_draft", "ready_for_review")
}

func TestRulesGateAutoMerge(t *testing.T) {
	s := set(t, "")
	s.must(as(s.ann), func(tx *world.Tx) error {
		if _, err := tx.EditRepo(s.widgets, world.RepoEdit{Settings: &world.RepoSettings{AutoMerge: true, DeleteBranch: true}}); err != nil {
			return err
		}
		_, err := tx.Protect(s.widgets, "ma*", &world.Rules{Approvals: 1, RequiredChecks: []string{"ci"}, Resolved: true})
		return err
	})
	pull := s.pull("work", "main", map[string]string{"x.txt": "1\n"})
	s.refusedAs(s.merge(pull, world.Merge{}), 405, "At least 1 approving review")
	s.must(as(s.bob), func(tx *world.Tx) error { _, err := tx.EnableAutoMerge(pull, "squash"); return err })
	var check *world.Check
	s.must(as(s.ann), func(tx *world.Tx) (err error) {
		if _, err = tx.CreateReview(pull, world.NewReview{State: "APPROVED", Threads: []world.NewThread{{Path: "x.txt", Line: 1, Body: "why?"}}}); err != nil {
			return err
		}
		check, err = tx.CreateCheck(s.widgets, world.NewCheck{SHA: pull.Pull.HeadSHA, Name: "ci", State: "IN_PROGRESS"})
		return err
	})
	s.refusedAs(s.merge(pull, world.Merge{}), 405, "is in progress")
	done := "SUCCESS"
	s.must(as(s.bot), func(tx *world.Tx) error { return nil })
	s.must(as(s.bob), func(tx *world.Tx) error {
		_, err := tx.UpdateCheck(check, world.CheckEdit{Conclusion: &done})
		return err
	})
	if s.now(pull).Closed {
		t.Fatal("merged with an open thread")
	}
	s.view(func(tx *world.Tx) { tx.Mergeable(pull) })
	s.view(func(tx *world.Tx) {
		if got := tx.MergeState(pull); got != "BLOCKED" {
			t.Errorf("merge state %s, want BLOCKED", got)
		}
	})
	s.must(as(s.bob), func(tx *world.Tx) error {
		_, err := tx.ResolveThread(tx.Threads(pull.ID)[0], true)
		return err
	})
	got := s.now(pull)
	if !got.Pull.Merged || got.Pull.MergedByID != s.bob.ID {
		t.Errorf("not merged by itself: %+v", got.Pull)
	}
	if s.tip("work") != "" {
		t.Error("the head branch is still there")
	}
	s.wantKinds(pull, "auto_merge_enabled", "reviewed", "merged", "closed", "head_ref_deleted")
}

func TestHeadMoves(t *testing.T) {
	s := set(t, "")
	pull := s.pull("work", "main", map[string]string{"x.txt": "1\n", "y.txt": "1\n"})
	first := pull.Pull.HeadSHA
	s.must(as(s.ann), func(tx *world.Tx) error {
		for _, path := range []string{"x.txt", "y.txt"} {
			if _, err := tx.CreateThread(pull, world.NewThread{Path: path, Line: 1, Body: "hm"}); err != nil {
				return err
			}
		}
		return nil
	})
	second := s.branch("work", map[string]string{"x.txt": "2\n"})
	if got := s.now(pull).Pull.HeadSHA; got != second {
		t.Errorf("head %s, want %s", got, second)
	}
	s.view(func(tx *world.Tx) {
		threads := tx.Threads(pull.ID)
		if !threads[0].Outdated || threads[1].Outdated {
			t.Errorf("outdated: %v %v, want only that of the changed file", threads[0].Outdated, threads[1].Outdated)
		}
		if tx.RepoByID(s.widgets.ID).Refs["refs/pull/1/head"] != second {
			t.Error("refs/pull/1/head did not follow")
		}
	})
	s.refusedAs(s.w.Update(as(s.bob), func(tx *world.Tx) error {
		_, err := tx.UpdateRef(s.widgets, "refs/heads/work", first, false)
		return err
	}), 422, "Update is not a fast forward")
	s.must(as(s.bob), func(tx *world.Tx) error {
		_, err := tx.UpdateRef(s.widgets, "refs/heads/work", first, true)
		return err
	})
	s.wantKinds(pull, "reviewed", "reviewed", "head_ref_force_pushed")
	s.must(as(s.bob), func(tx *world.Tx) error { _, err := tx.DeleteRef(s.widgets, "refs/heads/work"); return err })
	if got := s.now(pull); !got.Closed || got.Pull.Merged {
		t.Error("deleting the head branch must close, not merge")
	}
	open := "open"
	s.refusedAs(s.w.Update(as(s.bob), func(tx *world.Tx) error {
		_, err := tx.EditIssue(pull, world.IssueEdit{State: &open})
		return err
	}), 422, "has been deleted")
}

func TestUpdateBranch(t *testing.T) {
	s := set(t, "")
	pull := s.pull("work", "main", map[string]string{"x.txt": "1\n"})
	update := func(expected string) error {
		return s.w.Update(as(s.bob), func(tx *world.Tx) error { _, err := tx.UpdateBranch(pull, expected); return err })
	}
	s.refusedAs(update(""), 422, "no new commits")
	s.branch("main", map[string]string{"m.txt": "1\n"})
	s.refusedAs(update(s.tip("main")), 422, "expected head sha")
	if err := update(pull.Pull.HeadSHA); err != nil {
		t.Fatal(err)
	}
	s.view(func(tx *world.Tx) {
		c, err := tx.Commit(s.widgets, "work")
		if err != nil || !slices.Equal(c.Parents, []string{pull.Pull.HeadSHA, s.tipIn(tx, "main")}) {
			t.Errorf("update commit: %+v, %v", c, err)
		}
		if tx.IssueByID(pull.ID).Pull.HeadSHA != c.SHA {
			t.Error("the pull request did not follow")
		}
	})
}

// A merged pull request's branch that goes away takes those stacked upon it to
// its base; any other closes them.
func TestBaseDeleted(t *testing.T) {
	s := set(t, "")
	lower := s.pull("lower", "main", map[string]string{"a.txt": "1\n"})
	s.must(as(s.bob), func(tx *world.Tx) error {
		_, err := tx.AddCommits(s.widgets, gitstore.Commit{Branch: "upper", Parents: []string{"lower"}, Message: "u", Files: map[string]string{"b.txt": "1\n"}})
		return err
	})
	upper := s.pull("upper", "lower", map[string]string{"c.txt": "1\n"})
	if err := s.merge(lower, world.Merge{}); err != nil {
		t.Fatal(err)
	}
	s.must(as(s.bob), func(tx *world.Tx) error { _, err := tx.DeleteRef(s.widgets, "refs/heads/lower"); return err })
	if got := s.now(upper); got.Closed || got.Pull.BaseRef != "main" {
		t.Errorf("stacked pull: closed %v, base %s", got.Closed, got.Pull.BaseRef)
	}
	s.wantKinds(upper, "base_ref_changed")
	other := s.branch("dev", map[string]string{"d.txt": "1\n"})
	on := s.pull("on-dev", "dev", map[string]string{"e.txt": other})
	s.must(as(s.bob), func(tx *world.Tx) error { _, err := tx.DeleteRef(s.widgets, "refs/heads/dev"); return err })
	if !s.now(on).Closed {
		t.Error("a pull request without a base is still open")
	}
}

// A push by the git program: branches made, moved, forced and deleted, a pull
// request merged by pushing, an issue closed by a commit.
func TestPushByGit(t *testing.T) {
	s := set(t, t.TempDir())
	issue := s.issue("closed by a commit", "")
	pull := s.pull("work", "main", map[string]string{"x.txt": "1\n"})
	bare, err := s.w.GitDir(s.widgets.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.git(bare, "fsck", "--strict")
	clone := filepath.Join(t.TempDir(), "clone")
	s.git(t.TempDir(), "clone", "-q", bare, clone)
	if log := s.git(clone, "log", "--format=%s %an"); log != "first GitHub" {
		t.Errorf("cloned history: %q", log)
	}
	s.git(clone, "merge", "-q", "--no-ff", "-m", "by hand, fixes #1", "origin/work")
	s.git(clone, "push", "-q", "origin", "HEAD:refs/heads/main", "HEAD:refs/heads/extra")
	if err := s.w.SyncRefs(as(s.bob), s.widgets.ID); err != nil {
		t.Fatal(err)
	}
	head := s.git(clone, "rev-parse", "HEAD")
	if s.tip("main") != head || s.tip("extra") != head {
		t.Error("the world did not take the pushed branches over")
	}
	if got := s.now(pull); !got.Pull.Merged || got.Pull.MergeSHA != head {
		t.Errorf("pushed merge: %+v", got.Pull)
	}
	if got := s.now(issue); !got.Closed || got.ClosedByID != s.bob.ID {
		t.Errorf("issue #1: %+v", got)
	}
	s.must(as(s.bob), func(tx *world.Tx) error {
		_, err := tx.PutFile(s.widgets, world.NewFile{Path: "docs/new.md", Content: []byte("hi\n"), Branch: "extra"})
		return err
	})
	s.git(clone, "fetch", "-q", "origin")
	if got := s.git(clone, "show", "origin/extra:docs/new.md"); got != "hi" {
		t.Errorf("file written by the API, seen by git: %q", got)
	}
	s.git(clone, "push", "-q", "origin", ":extra")
	if err := s.w.SyncRefs(as(s.bob), s.widgets.ID); err != nil {
		t.Fatal(err)
	}
	if s.tip("extra") != "" {
		t.Error("a branch deleted by a push is still there")
	}
	before := s.w.Dump()
	s.reopen()
	same(t, before, s.w.Dump())
}

func TestForkPull(t *testing.T) {
	for _, lazy := range []bool{true, false} {
		s := set(t, "")
		if !lazy {
			if _, err := s.w.GitDir(s.widgets.ID); err != nil {
				t.Fatal(err)
			}
		}
		var pull *world.Issue
		s.must(as(s.cat), func(tx *world.Tx) error {
			fork, err := tx.CreateRepo(world.NewRepo{Owner: s.cat, Name: "widgets", Parent: s.widgets})
			if err != nil {
				return err
			}
			if _, err := tx.AddCommits(fork, gitstore.Commit{Branch: "mine", Message: "m", Files: map[string]string{"f.txt": "1\n"}}); err != nil {
				return err
			}
			pull, err = tx.CreatePull(s.widgets, world.NewPull{Title: "from a fork", Head: "cat:mine", Base: "main"})
			return err
		})
		s.mergeable(pull)
		if got := s.mergeable(pull); got != world.Mergeable {
			t.Errorf("mergeable: %s", got)
		}
		s.view(func(tx *world.Tx) {
			if got := tx.AuthorAssociation(tx.IssueByID(pull.ID)); got != "FIRST_TIME_CONTRIBUTOR" {
				t.Errorf("association before: %s", got)
			}
		})
		if err := s.merge(pull, world.Merge{}); err != nil {
			t.Fatal(err)
		}
		s.view(func(tx *world.Tx) {
			if got := tx.AuthorAssociation(tx.IssueByID(pull.ID)); got != "CONTRIBUTOR" {
				t.Errorf("association after: %s", got)
			}
		})
	}
}
