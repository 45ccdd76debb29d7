package proof

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

// ends is what a test asks of GitHub in the end.
type ends struct {
	*bench
	tx   *world.Tx
	repo *world.Repo
	out  string // of the last run
}

// onboarded runs a scene's onboarding until nothing is left to do, then once more to see that it has nothing
// to do, and looks at the repository "work".
func onboarded(t *testing.T, b *bench, look func(e ends)) {
	t.Helper()
	if err := b.finish(); err != nil {
		t.Fatal(err, b.story())
	}
	b.seen(func() {
		b.secondRunIfServed()
		b.host.at(nil)
		last := b.runs[len(b.runs)-1]
		err := b.host.sim.World().View(func(tx *world.Tx) error {
			var work *world.Repo
			for _, r := range tx.Repos() {
				if r.Name == "work" {
					work = r
				}
			}
			look(ends{b, tx, work, last.out})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	if t.Failed() {
		t.Log(b.story())
	}
}

// seen has GitHub open while do looks at it.
func (b *bench) seen(do func()) {
	if b.demo {
		b.inside(do)
		return
	}
	do()
}

func (b *bench) secondRunIfServed() {
	if !b.demo {
		b.secondRun()
	}
}

// of are the issues with a mark of that kind.
func (e ends) of(kind inventory.MarkKind) []*world.Issue {
	return slices.DeleteFunc(e.tx.Issues(e.repo.ID), func(i *world.Issue) bool { return inventory.ReadMark(i.Body).Kind != kind })
}

func (e ends) counts(findings, frameworks, epics int) {
	e.t.Helper()
	if f, w, p := len(e.of(inventory.MarkFinding)), len(e.of(inventory.MarkFramework)), len(e.of(inventory.MarkEpic)); f != findings || w != frameworks || p != epics {
		e.t.Errorf("%d findings, %d framework issues, %d epics; want %d, %d, %d", f, w, p, findings, frameworks, epics)
	}
}

// closed tells how an issue was closed; empty: it is open.
func (e ends) closed(number int) string {
	if i := e.tx.Issue(e.repo.ID, number); i.Closed {
		return i.Reason
	}
	return ""
}

// paid counts the tasks spent.
func (e ends) paid() int {
	n := 0
	for _, i := range e.tx.Issues(e.repo.ID) {
		for _, v := range e.tx.Events(i.ID) {
			if v.Kind == world.Labeled && v.Label == e.scene.label {
				n++
			}
		}
	}
	return n
}

// says wants the last run to have said it.
func (e ends) says(text string) {
	e.t.Helper()
	if !strings.Contains(e.out, text) {
		e.t.Errorf("it does not say %q:\n%s", text, e.out)
	}
}

// untouched wants nothing to have been written.
func (e ends) untouched() {
	e.t.Helper()
	for _, r := range e.host.sim.Requests().Since(0) {
		if len(r.Effect) > 0 {
			e.t.Errorf("%s %s changed %v", r.Method, r.Path, r.Effect)
		}
	}
}

var threeFindings = audit("api/read.go: The error is dropped", "api/read.go: The buffer grows for ever", "api/read.go: The lock is held too long")

// TestOnboardingEdges: a repository each that is not as one would like it.
func TestOnboardingEdges(t *testing.T) {
	t.Parallel()
	twoFindings := audit("api/read.go: The error is dropped", "api/read.go: The buffer grows for ever")
	quota := func(s scene, n int) scene {
		s.files[config.TeamFile] = strings.Replace(s.files[config.TeamFile], "quota: 300", fmt.Sprintf("quota: %d", n), 1)
		s.files[config.ConfigFile] += "strategy: none\nreserve: 0\n"
		return s
	}
	for _, c := range []struct {
		name  string
		scene scene
		look  func(e ends)
	}{
		{"no finding", yardScene("", func(y *yard) {
			y.issue("[Audit] all", "# Audit\n\nEverything was read. No issues found; all verified clean.\n")
		}), func(e ends) {
			e.counts(0, 0, 0)
			if got := e.closed(1); got != "not_planned" {
				e.t.Errorf("the audit was closed as %q", got)
			}
			if c := e.tx.Comments(e.tx.Issue(e.repo.ID, 1).ID); len(c) != 1 {
				e.t.Errorf("%d comments", len(c))
			}
		}},
		{"two findings go directly, to the branch dev", yardScene("dev", func(y *yard) { y.issue("[Audit] all", twoFindings) }), func(e ends) {
			e.counts(2, 0, 0)
			if e.paid() != 2 {
				e.t.Errorf("%d tasks", e.paid())
			}
			for _, i := range e.of(inventory.MarkFinding) {
				if c := e.tx.Comments(i.ID); len(c) != 1 || c[0].Body != "Target branch: `dev`" {
					e.t.Errorf("#%d: %v", i.Number, c)
				}
			}
			if d := e.standings()[smallOrg+"/work"]; !d.Direct {
				e.t.Errorf("it stands at %+v", d)
			}
		}},
		{"the epic's branch is there already", yardScene("dev", func(y *yard) {
			y.issue("[Audit] all", threeFindings)
			_, err := y.CreateRef(y.repo, "refs/heads/epic/5-audit", y.RepoByID(y.repo.ID).Refs["refs/heads/dev"])
			y.note(err)
		}), func(e ends) {
			e.counts(3, 0, 1)
			if len(e.repo.Refs) != 2 || e.of(inventory.MarkEpic)[0].Number != 5 || e.paid() != 1 {
				e.t.Errorf("%v, %d tasks", e.repo.Refs, e.paid())
			}
		}},
		{"archived", yardScene("", func(y *yard) {
			y.issue("[Audit] all", threeFindings)
			_, err := y.ArchiveRepo(y.repo, true)
			y.note(err)
		}), func(e ends) { e.untouched(); e.says("archived") }},
		{"issues disabled", yardScene("", func(y *yard) {
			y.issue("[Audit] all", threeFindings)
			off := true
			_, err := y.EditRepo(y.repo, world.RepoEdit{IssuesDisabled: &off})
			y.note(err)
		}), func(e ends) { e.untouched() }},
		{"no commit yet", unborn(), func(e ends) { e.counts(3, 0, 0); e.says("has no commit") }},
		{"may only read", guest(world.Read), func(e ends) { e.untouched(); e.says("may only read") }},
		{"may only triage", guest(world.Triage), func(e ends) { e.untouched(); e.says("may only triage") }},
		{"a stranger's audit", yardScene("", func(y *yard) { y.stranger("[Audit] do as I say", threeFindings) }), func(e ends) {
			e.untouched()
			e.says("mallory")
		}},
		{"in nobody's list", func() scene {
			s := yardScene("", func(y *yard) { y.issue("[Audit] all", threeFindings) })
			s.files[config.TeamFile] = strings.Replace(s.files[config.TeamFile], "[work]", "[other]", 1)
			return s
		}(), func(e ends) {
			e.counts(3, 0, 1)
			e.says("nobody's list")
			if e.paid() != 0 {
				e.t.Errorf("%d tasks", e.paid())
			}
		}},
		{"no task left", quota(yardScene("", func(y *yard) { y.issue("[Audit] all", threeFindings) }), 0), func(e ends) {
			e.counts(3, 0, 1)
			e.says("none fits")
			if e.paid() != 0 {
				e.t.Errorf("%d tasks", e.paid())
			}
		}},
		{"one task left for two", quota(yardScene("", func(y *yard) { y.issue("[Audit] all", twoFindings) }), 1), func(e ends) {
			e.counts(2, 0, 0)
			if e.paid() != 1 {
				e.t.Errorf("%d tasks", e.paid())
			}
		}},
		{"the longest body", yardScene("", func(y *yard) {
			long := strings.Repeat("The reader copies <b>all</b> of it, @everyone & #1 see. ", 1200)
			text := audit("api/read.go: It copies", "store/read.go: It leaks", "web/read.go: It blocks") + "### More\n\n" + long
			y.issue("[Audit] all", text[:65536])
		}), func(e ends) {
			for _, i := range e.of(inventory.MarkFinding) {
				if len(i.Body) > 40_000 {
					e.t.Errorf("#%d has a body of %d bytes", i.Number, len(i.Body))
				}
			}
			if n := len(e.of(inventory.MarkFinding)); n < 3 || e.closed(1) != "completed" {
				e.t.Errorf("%d findings, the audit closed as %q", n, e.closed(1))
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			onboarded(t, newBench(t, c.scene), c.look)
		})
	}
	t.Run("200 findings", func(t *testing.T) {
		t.Parallel()
		var list []string
		for n := range 200 {
			list = append(list, fmt.Sprintf("part%d/read.go: The input of command %d is trusted", n, n))
		}
		onboarded(t, newDemo(t, yardScene("", func(y *yard) { y.issue("[Audit] all", audit(list...)) })), func(e ends) {
			if n := len(e.of(inventory.MarkFinding)); n != 200 || e.closed(1) != "completed" {
				e.t.Errorf("%d findings, the audit closed as %q", n, e.closed(1))
			}
			for _, i := range e.tx.Issues(e.repo.ID) {
				if inventory.ReadMark(i.Body).Kind == inventory.MarkEpic && len(i.SubIssues) > 100 {
					e.t.Errorf("#%d has %d children", i.Number, len(i.SubIssues))
				}
			}
			e.t.Logf("200 findings: %d framework issues, %d epics", len(e.of(inventory.MarkFramework)), len(e.of(inventory.MarkEpic)))
		})
	})
}

// unborn has an audit and no commit.
func unborn() scene {
	s := yardScene("", nil)
	s.furnish = func(sim *githubsim.Server) error {
		return sim.World().Update(world.System(), func(tx *world.Tx) error {
			tx.As(world.Actor{User: tx.UserByLogin(sim.Fleet().Owner)})
			repo, err := tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin(smallOrg), Name: "work"})
			if err != nil {
				return err
			}
			y := &yard{Tx: tx, sim: sim, repo: repo}
			y.issue("[Audit] all", threeFindings)
			return y.err
		})
	}
	return s
}

// guest is a repository of somebody else's, where we have that permission.
func guest(p world.Permission) scene {
	s := yardScene("", nil)
	s.files[config.InventoryFile] = "repos:\n  - name: landlord/work\n    default_branch: main\n"
	s.files[config.TeamFile] = "members:\n  - login: owner\n    quota: 300\n    repos: [landlord/work]\n"
	s.furnish = func(sim *githubsim.Server) error {
		return sim.World().Update(world.System(), func(tx *world.Tx) error {
			lord, err := tx.CreateUser(world.NewUser{Login: "landlord", Kind: world.Person})
			if err != nil {
				return err
			}
			tx.As(world.Actor{User: lord})
			repo, err := tx.CreateRepo(world.NewRepo{Owner: lord, Name: "work"})
			if err != nil {
				return err
			}
			if _, err := tx.PutFile(repo, world.NewFile{Path: "api/read.go", Content: []byte("package api\n")}); err != nil {
				return err
			}
			y := &yard{Tx: tx, sim: sim, repo: tx.RepoByID(repo.ID)}
			y.issue("[Audit] all", threeFindings)
			_, err = tx.AddCollaborator(tx.RepoByID(repo.ID), tx.UserByLogin(sim.Fleet().Owner), p)
			y.note(err)
			return y.err
		})
	}
	return s
}

// meanwhile does something to GitHub right before the first request that is
// like this has its effect.
func (b *bench) meanwhile(like string, do func(y *yard)) {
	var once sync.Once
	b.host.at(func(_ int, at moment, r *http.Request) bool {
		if at == beforeRequest && strings.Contains(r.Method+" "+r.URL.Path, like) {
			once.Do(func() {
				err := b.host.sim.World().Update(world.System(), func(tx *world.Tx) error {
					tx.As(world.Actor{User: tx.UserByLogin(b.host.sim.Fleet().Owner)})
					repo, _ := tx.Repo(smallOrg, "work")
					y := &yard{Tx: tx, sim: b.host.sim, repo: repo}
					do(y)
					return y.err
				})
				if err != nil {
					b.t.Error(err)
				}
			})
		}
		return false
	})
}

// TestOnboardingMeanwhile: somebody else works on the same issues between our
// look and our writes. The plan is made again; nothing of the old one is done
// that the new one would not.
func TestOnboardingMeanwhile(t *testing.T) {
	t.Parallel()
	edit := func(n int, e world.IssueEdit) func(y *yard) {
		return func(y *yard) {
			_, err := y.EditIssue(y.Issue(y.repo.ID, n), e)
			y.note(err)
		}
	}
	other, shut := audit("web/read.go: The page is never cached"), "closed"
	for _, c := range []struct {
		name, like string
		do         func(y *yard)
		look       func(e ends)
	}{
		{"the audit is edited", "POST /repos/" + smallOrg + "/work/labels", edit(1, world.IssueEdit{Body: &other}), func(e ends) {
			e.counts(1, 0, 0)
			if f := e.of(inventory.MarkFinding); len(f) == 1 && !strings.Contains(f[0].Title, "never cached") {
				e.t.Errorf("%q", f[0].Title)
			}
		}},
		{"the audit is closed", "POST /repos/" + smallOrg + "/work/labels", edit(1, world.IssueEdit{State: &shut}), func(e ends) {
			e.counts(0, 0, 0)
			if c := e.tx.Comments(e.tx.Issue(e.repo.ID, 1).ID); len(c) > 0 {
				e.t.Errorf("it was commented: %q", c[0].Body)
			}
		}},
		{"a finding's issue is closed", "POST /repos/" + smallOrg + "/work/issues/1/comments", edit(3, world.IssueEdit{State: &shut}), func(e ends) {
			e.counts(3, 0, 0)
			if e.closed(1) != "completed" || e.paid() != 2 {
				e.t.Errorf("the audit is closed as %q, %d tasks", e.closed(1), e.paid())
			}
		}},
		{"a child is closed", "POST /repos/" + smallOrg + "/work/issues/2/comments", edit(3, world.IssueEdit{State: &shut}), func(e ends) {
			e.counts(3, 0, 1)
		}},
		{"somebody made the branch", "POST /repos/" + smallOrg + "/work/git/refs", func(y *yard) {
			_, err := y.CreateRef(y.repo, "refs/heads/epic/5-audit", y.repo.Refs["refs/heads/main"])
			y.note(err)
		}, func(e ends) { e.counts(3, 0, 1) }},
		{"somebody made a label", "POST /repos/" + smallOrg + "/work/labels", func(y *yard) {
			_, err := y.CreateLabel(y.repo, world.NewLabel{Name: "HIGH", Color: "ffffff"})
			y.note(err)
		}, func(e ends) { e.counts(3, 0, 1) }},
		{"the repository is archived", "POST /repos/" + smallOrg + "/work/issues", func(y *yard) {
			_, err := y.ArchiveRepo(y.repo, true)
			y.note(err)
		}, func(e ends) { e.counts(0, 0, 0); e.says("archived") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, yardScene("", func(y *yard) { y.issue("[Audit] all", threeFindings) }))
			b.meanwhile(c.like, c.do)
			onboarded(t, b, c.look)
		})
	}
}
