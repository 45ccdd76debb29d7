package orchestrator_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

const (
	epicBranch    = "epic/3-audit"
	guardedBranch = "guarded" // demands a check that nobody runs
	laggingBranch = "lagging"
	askReviews    = "Can you fix the code reviews?"
)

// The pull requests of newPulling, by what is done with them.
const (
	toRetarget = iota + 4
	toAsk
	toResolve
	toUpdate
	toLeave
	toMerge
	toClose
	toMend
	toQueue
	toNote
)

// pulling is a stage with a pull request for every step by which one is followed,
// and with a workshop and a recorder.
type pulling struct {
	*stage
	threads map[int]string // node ids
	shop    *shop
	kept    *recorder
}

func newPulling(t *testing.T) *pulling {
	t.Helper()
	p := &pulling{stage: newStage(t), threads: map[int]string{}, kept: &recorder{}}
	p.shop = &shop{stage: p.stage}
	p.update(func(tx *world.Tx) error {
		repo, _ := tx.Repo(p.repo.Owner, p.repo.Name)
		repo, err := tx.EditRepo(repo, world.RepoEdit{Settings: &world.RepoSettings{AutoMerge: true, MergeQueue: true}})
		if err != nil {
			return err
		}
		commit := func(branch, from string, files map[string]string) {
			if err == nil {
				repo, _ = tx.Repo(p.repo.Owner, p.repo.Name)
				_, err = tx.AddCommits(repo, gitstore.Commit{Branch: branch, Parents: []string{from}, Message: "work", Files: files})
			}
		}
		commit(epicBranch, "main", map[string]string{"clash.txt": "before\n"})
		commit(guardedBranch, "main", map[string]string{"guard.txt": "x\n"})
		commit(laggingBranch, "main", map[string]string{"lag.txt": "x\n"})
		commit("ahead", "main", map[string]string{"ahead.txt": "x\n"})
		for n := toRetarget; n <= toNote; n++ {
			base, files := epicBranch, map[string]string{fmt.Sprint("file", n, ".txt"): "x\n"}
			switch n {
			case toRetarget:
				base = "main"
			case toLeave, toQueue:
				base = guardedBranch
			case toMend:
				files["clash.txt"] = "theirs\n"
			}
			from := base
			if n == toRetarget {
				from = epicBranch
			}
			commit(fmt.Sprint("work-", n), from, files)
			if err != nil {
				return err
			}
			pull, err := tx.CreatePull(repo, world.NewPull{Title: fmt.Sprint("work ", n), Head: fmt.Sprint("work-", n), Base: base})
			if err != nil {
				return err
			}
			if n == toAsk || n == toResolve {
				thread, err := tx.CreateThread(pull, world.NewThread{Path: fmt.Sprint("file", n, ".txt"), Line: 1, Body: "why?"})
				if err != nil {
					return err
				}
				p.threads[n] = world.NodeID(thread)
			}
		}
		commit(epicBranch, epicBranch, map[string]string{"clash.txt": "ours\n"})
		if err != nil {
			return err
		}
		body, closed := epicBody, "closed"
		body = strings.Replace(body, "[x] #1", "[ ] #1", 1)
		_, a := tx.EditIssue(p.issue(tx, 3), world.IssueEdit{Body: &body})
		_, b := tx.EditIssue(p.issue(tx, 1), world.IssueEdit{State: &closed})
		_, c := tx.Protect(repo, guardedBranch, &world.Rules{RequiredChecks: []string{"ci"}})
		return errors.Join(a, b, c)
	})
	return p
}

// head is where a pull request stands; empty: it is not there.
func (p *pulling) head(n int) (sha string) {
	_ = p.sim.World().View(func(tx *world.Tx) error {
		if i := p.issue(tx, n); i != nil {
			sha = i.Pull.HeadSHA
		}
		return nil
	})
	return sha
}

// at is where a branch stands.
func (p *pulling) at(branch string) (sha string) {
	_ = p.sim.World().View(func(tx *world.Tx) error {
		repo, _ := tx.Repo(p.repo.Owner, p.repo.Name)
		sha, _ = tx.Resolve(repo, branch)
		return nil
	})
	return sha
}

func (p *pulling) effects() []flows.Effect {
	return []flows.Effect{
		flows.NotePull{Pull: p.ref(toNote), Note: inventory.PullNote{Kind: inventory.NoteAlert, SHA: p.head(toNote), What: "look"}},
		flows.Retarget{Pull: p.ref(toRetarget), From: "main", To: epicBranch},
		flows.Ask{Pull: p.ref(toAsk), Fix: inventory.FixReviews, Body: askReviews, Head: p.head(toAsk)},
		flows.ResolveThread{Pull: p.ref(toResolve), Thread: p.threads[toResolve]},
		flows.UpdateBranch{Pull: p.ref(toUpdate), Head: p.head(toUpdate)},
		flows.MergeUp{Repo: p.repo, Branch: laggingBranch, From: "ahead", Head: p.at(laggingBranch), Epic: p.ref(3)},
		flows.AutoMerge{Pull: p.ref(toLeave), Head: p.head(toLeave), Base: guardedBranch, Method: "squash"},
		flows.Enqueue{Pull: p.ref(toQueue), Head: p.head(toQueue), Base: guardedBranch},
		flows.ClosePull{Pull: p.ref(toClose), Head: p.head(toClose)},
		flows.Mend{Pull: p.ref(toMend), Branch: fmt.Sprint("work-", toMend), Base: epicBranch, Head: p.head(toMend)},
		flows.MergePull{Pull: p.ref(toMerge), Head: p.head(toMerge), Base: epicBranch, Method: "squash"},
		flows.OpenPull{Repo: p.repo, Head: epicBranch, Base: "main", Title: "Epic #3", Body: "All of it.", Epic: p.ref(3)},
		flows.Tick{Epic: p.ref(3), Child: p.ref(1)},
		flows.Capture{Epic: p.ref(3), Child: p.ref(1), Pull: p.ref(toMerge)},
	}
}

func (p *pulling) following() flows.Plan {
	plan := flows.Plan{Flow: "watch", Target: p.repo.String()}
	for _, e := range p.effects() {
		plan.Add(flows.Step{Reason: "test", Effect: e})
	}
	return plan
}

func (p *pulling) applier(emit func(orchestrator.Event)) *orchestrator.Applier {
	a := p.stage.applier(emit)
	a.Workshop, a.Recorder = p.shop, p.kept
	return a
}

func (p *pulling) apply(plan flows.Plan, emit func(orchestrator.Event)) error {
	return p.applier(emit).Apply(p.t.Context(), p.proposal(plan))
}

// pulls is all that GitHub and the journal hold of the pull requests.
func (p *pulling) pulls() string {
	p.t.Helper()
	var b strings.Builder
	_ = p.sim.World().View(func(tx *world.Tx) error {
		repo, _ := tx.Repo(p.repo.Owner, p.repo.Name)
		for n := toRetarget; ; n++ {
			i := tx.Issue(repo.ID, n)
			if i == nil {
				break
			}
			q := i.Pull
			commits, err := tx.PullCommits(i)
			if err != nil {
				return err
			}
			var kinds []string
			for _, e := range tx.Events(i.ID) {
				kinds = append(kinds, string(e.Kind))
			}
			slices.Sort(kinds) // the order of two of one second is nobody's
			resolved := 0
			for _, t := range tx.Threads(i.ID) {
				if t.Resolved {
					resolved++
				}
			}
			fmt.Fprintf(&b, "#%d %s -> %s, %d commits, closed %v merged %v auto %q queued %v, %d of %d threads resolved, %d comments, %v\n",
				n, q.HeadRef, q.BaseRef, len(commits), i.Closed, q.Merged, q.AutoMerge, q.Queued, resolved, len(tx.Threads(i.ID)), len(tx.Comments(i.ID)), kinds)
		}
		ahead, behind, err := tx.Counts(repo, laggingBranch, "ahead")
		if err != nil {
			return err
		}
		commits, err := tx.Commits(repo, laggingBranch, nil, 99)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s has %d commits, lacks %d of ahead, which lacks %d\n", laggingBranch, len(commits), ahead, behind)
		fmt.Fprintf(&b, "%q, %d edits\n", tx.Issue(repo.ID, 3).Body, len(tx.Edits(tx.Issue(repo.ID, 3).ID)))
		return nil
	})
	courses, err := p.log.Courses()
	if err != nil {
		p.t.Fatal(err)
	}
	for n := toRetarget; n <= toNote+1; n++ {
		c := courses[p.ref(n).Key()]
		mine := false
		if h, ok := c.Head(p.head(n)); ok {
			mine = h.Ours
		}
		mended := slices.ContainsFunc(c.Mended, func(m inventory.Mending) bool { return m.SHA == p.head(n) })
		fmt.Fprintf(&b, "#%d %d asked, %d alerts, %d refused, updated %v, head ours %v, mended %v of %d\n", n, len(c.Asks), len(c.Alerts), len(c.Refused), len(c.Updated), mine, mended, len(c.Mended))
	}
	p.kept.mu.Lock()
	defer p.kept.mu.Unlock()
	fmt.Fprintln(&b, "captured", p.kept.children)
	return b.String()
}

// followed is what an undisturbed apply leaves.
func followed(t *testing.T) string {
	t.Helper()
	p := newPulling(t)
	if err := p.apply(p.following(), nil); err != nil {
		t.Fatal(err)
	}
	return p.pulls()
}

// shop is a workshop whose merges settle every conflict; what it pushes is a push
// to GitHub. fails says why it cannot merge; lost loses the answers of so many
// pushes, after or before they landed.
type shop struct {
	*stage
	fails, refuses string
	lost           int
	landed         bool // those whose answer is lost
	pushes, left   int  // left: works that nobody discarded
	meanwhile      func()
}

func (s *shop) Merge(_ context.Context, repo inventory.RepoRef, _ int, branch, base, head string) (orchestrator.Work, error) {
	s.left++
	w := &work{shop: s, branch: branch, head: head}
	if s.fails != "" {
		return w, nil
	}
	s.update(func(tx *world.Tx) error {
		r, _ := tx.Repo(repo.Owner, repo.Name)
		made, err := tx.AddCommits(r, gitstore.Commit{Parents: []string{head, base}, Message: fmt.Sprint("merge ", s.left), Files: map[string]string{"clash.txt": "both\n"}})
		if err == nil {
			w.sha = made[0]
		}
		return err
	})
	if s.meanwhile != nil {
		s.meanwhile()
	}
	return w, nil
}

type work struct {
	*shop
	branch, head, sha string
	gone              bool
}

type lostPush struct{}

func (lostPush) Error() string  { return "the answer to the push was lost" }
func (lostPush) Doubtful() bool { return true }

type refusedPush string

func (e refusedPush) Error() string { return string(e) }
func (refusedPush) Local() bool     { return true }

func (w *work) SHA() string { return w.sha }

func (w *work) How() string {
	if w.fails != "" {
		return w.fails
	}
	return "by hand"
}

func (w *work) Push(context.Context) error {
	if w.refuses != "" {
		return refusedPush(w.refuses)
	}
	lost := w.lost > 0
	if w.lost--; lost && !w.landed {
		return lostPush{}
	}
	err := w.sim.World().Update(w.actor(), func(tx *world.Tx) error {
		r, _ := tx.Repo(w.repo.Owner, w.repo.Name)
		if r.Refs["refs/heads/"+w.branch] != w.head {
			return refusedPush("the branch stands elsewhere")
		}
		w.pushes++
		_, err := tx.UpdateRef(r, "refs/heads/"+w.branch, w.sha, false)
		return err
	})
	if err == nil && lost {
		return lostPush{}
	}
	return err
}

func (w *work) Discard() error {
	if !w.gone {
		w.gone = true
		w.left--
	}
	return nil
}

// actor is the account of the token.
func (s *stage) actor() (who world.Actor) {
	_ = s.sim.World().View(func(tx *world.Tx) error {
		who = world.Actor{User: tx.UserByLogin(s.sim.Fleet().Owner)}
		return nil
	})
	return who
}

// recorder keeps a training record once.
type recorder struct {
	mu       sync.Mutex
	children []string
}

func (r *recorder) Capture(_ context.Context, _, child, _ inventory.Ref) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.children, child.String()) {
		r.children = append(r.children, child.String())
	}
	return nil
}
