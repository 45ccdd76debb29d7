package github

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

const jules = "google-labs-jules"

// pulled is acme with work on its children: #9 names #2 and is open, #10 names
// #3 and was closed, #11 is a stranger's of no child, #12 names #2 and #8 and
// was merged.
func pulled(t *testing.T) *lab {
	l := acme(t)
	l.branch("closed", "c.txt", "c\n")
	l.branch("merged", "d.txt", "d\n")
	l.branch("stray", "e.txt", "e\n")
	l.as("wendy", func(tx *world.Tx) {
		r, _ := tx.Repo("acme", "main")
		must(tx.CreatePull(r, world.NewPull{Title: "second", Body: "secret, for #3", Head: "closed", Base: "dev"}))
		must(tx.CreatePull(r, world.NewPull{Title: "stray", Body: "secret", Head: "stray", Base: "dev"}))
		must(tx.CreatePull(r, world.NewPull{Title: "third", Body: "secret, for #2 and #8", Head: "merged", Base: "dev"}))
		closeIssue(tx, l.issue(tx, "main", 10))
		must(tx.MergePull(l.issue(tx, "main", 12), world.Merge{Method: "squash"}))
	})
	return l
}

// branch makes a branch of main's head with one file more.
func (l *lab) branch(name, path, text string) {
	l.Helper()
	l.as("ada", func(tx *world.Tx) {
		r, _ := tx.Repo("acme", "main")
		head, _ := tx.Resolve(r, "dev")
		must(tx.CreateRef(r, "refs/heads/"+name, head))
		must(tx.PutFile(r, world.NewFile{Path: path, Content: []byte(text), Message: "secret " + name, Branch: name}))
	})
}

// works reads what following pull requests needs of main.
func (l *lab) works(c *Client, children, pulls []int) *inventory.Work {
	l.Helper()
	s := l.survey(c)
	if err := c.Works(l.Context(), &s, []WorksQuestion{{Repo: mainRepo, Children: children, Pulls: pulls}}); err != nil {
		l.Fatal(err)
	}
	r, _ := s.Repo(mainRepo)
	if r.Work == nil {
		l.Fatalf("%+v", r.Problem)
	}
	return r.Work
}

func numbers(refs []inventory.Ref) (out []int) {
	for _, r := range refs {
		out = append(out, r.Number)
	}
	return out
}

func TestWorks(t *testing.T) {
	l := pulled(t)
	c := l.client("ada")
	var ours, theirs int64
	l.as("", func(tx *world.Tx) {
		must(tx.AddCollaborator(must2(tx.Repo("acme", "main")), tx.UserByLogin(jules), world.Write))
	})
	l.as("ada", func(tx *world.Tx) {
		ours = must(tx.CreateComment(l.issue(tx, "main", 9), "secret question")).ID
		settings := must2(tx.Repo("acme", "main")).Settings
		settings.AutoMerge, settings.NoMergeCommit = true, true
		must(tx.EditRepo(must2(tx.Repo("acme", "main")), world.RepoEdit{Settings: &settings}))
		must(tx.PutFile(must2(tx.Repo("acme", "main")), world.NewFile{Path: "x.txt", Content: []byte("x\n"), Message: "on", Branch: "epic/1-all"}))
		head := l.issue(tx, "main", 9).Pull.HeadSHA
		must(tx.CreateCheck(must2(tx.Repo("acme", "main")), world.NewCheck{SHA: head, Name: "test", State: "COMPLETED", Conclusion: "FAILURE"}))
		for k := range 12 {
			must(tx.AddLabels(l.issue(tx, "main", 9), []string{fmt.Sprintf("label %02d", k)}))
		}
	})
	l.as("mallory", func(tx *world.Tx) {
		theirs = must(tx.CreateComment(l.issue(tx, "main", 9), "evil")).ID
		must(tx.CreateReview(l.issue(tx, "main", 9), world.NewReview{State: "CHANGES_REQUESTED", Body: "evil"}))
	})
	l.as("wendy", func(tx *world.Tx) {
		must(tx.CreateReview(l.issue(tx, "main", 9), world.NewReview{State: "CHANGES_REQUESTED", Body: "secret"}))
		must(tx.CreateReview(l.issue(tx, "main", 9), world.NewReview{State: "APPROVED"}))
	})
	l.as("ada", func(tx *world.Tx) { // the author's own
		must(tx.CreateReview(l.issue(tx, "main", 9), world.NewReview{State: "COMMENTED", Body: "secret"}))
		other := must2(tx.Repo("acme", "other")) // whose numbers mean something else
		head, _ := tx.Resolve(other, "dev")
		must(tx.CreateRef(other, "refs/heads/work", head))
		must(tx.PutFile(other, world.NewFile{Path: "b.txt", Content: []byte("b\n"), Message: "secret", Branch: "work"}))
		must(tx.CreatePull(other, world.NewPull{Title: "elsewhere", Body: "for acme/main#3", Head: "work", Base: "dev"}))
	})
	l.as(jules, func(tx *world.Tx) {
		for _, id := range []int64{ours, theirs} {
			_, _, err := tx.AddCommentReaction(tx.Comment(id), "eyes")
			must(0, err)
		}
		_, _, err := tx.AddIssueReaction(l.issue(tx, "main", 2), "eyes")
		must(0, err)
		_, _, err = tx.AddIssueReaction(l.issue(tx, "main", 3), "rocket")
		must(0, err)
	})
	l.works(c, nil, []int{9}) // GitHub finds out what merges
	mark := l.sim.Requests().Last()
	w := l.works(c, []int{2, 3, 8, 999}, []int{9, 11, 777})
	if n := len(l.since(mark)); n != 4 { // half of them the survey's
		t.Errorf("%d requests", n)
	}
	if w.Merge != (inventory.MergeRules{Squash: true, Rebase: true, AutoMerge: true}) || w.ReadAt.IsZero() {
		t.Errorf("%+v", w)
	}
	if len(w.Children) != 3 {
		t.Fatalf("%+v", w.Children)
	}
	two, _ := w.Child(2)
	three, _ := w.Child(3)
	eight, _ := w.Child(8)
	if diff := cmp.Diff([][]int{{9, 12}, {10}, {12}}, [][]int{numbers(two.Pulls), numbers(three.Pulls), numbers(eight.Pulls)}); diff != "" {
		t.Error(diff)
	}
	if len(two.Acks) != 1 || two.Acks[0].Login != jules || two.Acks[0].Kind != "Bot" || two.Acks[0].Comment != 0 || two.Acks[0].At.IsZero() || len(three.Acks) != 0 {
		t.Errorf("%+v %+v", two.Acks, three.Acks)
	}
	p, ok := w.Pull(9)
	if !ok {
		t.Fatal(w.Pulls)
	}
	if len(p.Acks) != 1 || p.Acks[0].Comment != ours || p.Acks[0].Login != jules || p.Acks[0].Kind != "Bot" {
		t.Errorf("%+v", p.Acks)
	}
	if p.State != inventory.PullOpen || p.Behind != 1 || len(p.Parents) != 1 || p.Mergeable != "MERGEABLE" || len(p.Labels) != 12 ||
		p.Reviews != 2 || // not the stranger's
		p.Approved != 1 || p.Objected != 0 || p.Checks.Failed != 1 || p.QueueOn || !slices.Equal(numbers(p.Mentions), []int{2}) {
		t.Errorf("%+v", p)
	}
	closed, _ := w.Pull(10)
	if closed.State != inventory.PullClosed || closed.EndedAt.IsZero() || closed.MergeSHA != "" || closed.Behind != -1 {
		t.Errorf("%+v", closed)
	}
	merged, _ := w.Pull(12)
	if merged.State != inventory.PullMerged || merged.EndedAt.IsZero() || len(merged.MergeSHA) != 40 || !slices.Equal(numbers(merged.Mentions), []int{2, 8}) {
		t.Errorf("%+v", merged)
	}
	if stray, ok := w.Pull(11); !ok || stray.Behind != 1 || len(stray.Mentions) != 0 {
		t.Errorf("%+v", stray)
	}
	if _, ok := w.Pull(777); ok || len(w.Pulls) != 4 {
		t.Errorf("%+v", w.Pulls)
	}
	l.nothingSecret()
}

func must2[T any](v T, _ bool) T { return v }

// Everything beyond the first pages is there, however much of it there is.
func TestWorksReadsEveryPage(t *testing.T) {
	l := pulled(t)
	var ours []int64
	l.as("ada", func(tx *world.Tx) {
		for k := range 130 { // ours are the first, one of the middle, the last
			c := must(tx.CreateComment(l.issue(tx, "main", 9), "secret"))
			if k%43 == 0 {
				ours = append(ours, c.ID)
			}
		}
		for range 160 {
			must(tx.CreateThread(l.issue(tx, "main", 9), world.NewThread{Path: "b.txt", Line: 1, Body: "secret"}))
		}
		for range 110 {
			must(tx.CreateIssue(must2(tx.Repo("acme", "main")), world.NewIssue{Title: "naming", Body: "see #3"}))
		}
	})
	l.as(jules, func(tx *world.Tx) {
		for _, id := range ours {
			_, _, err := tx.AddCommentReaction(tx.Comment(id), "eyes")
			must(0, err)
		}
	})
	w := l.works(l.client("ada"), []int{2, 3}, nil)
	p, _ := w.Pull(9)
	if len(p.Threads) != 160 || len(p.Unresolved()) != 160 {
		t.Errorf("%d threads", len(p.Threads))
	}
	var got []int64
	for _, a := range p.Acks {
		got = append(got, a.Comment)
	}
	if !slices.Equal(got, ours) || len(ours) != 4 {
		t.Errorf("acknowledged %v, want %v", got, ours)
	}
	if three, _ := w.Child(3); !slices.Equal(numbers(three.Pulls), []int{10}) {
		t.Errorf("%+v", three)
	}
	l.nothingSecret()
}

// A renamed repository is read under the name it was asked for.
func TestWorksOfARenamedRepository(t *testing.T) {
	l := pulled(t)
	l.as("ada", func(tx *world.Tx) { must(tx.RenameRepo(must2(tx.Repo("acme", "main")), "core")) })
	w := l.works(l.client("ada"), []int{2}, nil)
	if two, ok := w.Child(2); !ok || two.Ref.Repo != mainRepo || !slices.Equal(numbers(two.Pulls), []int{9, 12}) {
		t.Errorf("%+v", w.Children)
	}
	if p, ok := w.Pull(9); !ok || p.Ref.Repo != mainRepo || p.Behind != 0 {
		t.Errorf("%+v", p)
	}
	for _, err := range []error{l.client("ada").ClosePull(t.Context(), inventory.Ref{Repo: mainRepo, Number: 9}),
		l.client("ada").UpdateBranch(t.Context(), inventory.Ref{Repo: mainRepo, Number: 9}, w.Pulls[0].HeadSHA)} {
		if kindOf(err) != KindMoved || !errorOf(err).Local() {
			t.Errorf("%v", err)
		}
	}
	if err := l.client("ada").AutoMerge(t.Context(), inventory.Ref{Repo: mainRepo, Number: 9}, w.Pulls[0].ID, "", w.Pulls[0].HeadSHA); kindOf(err) != KindInvalid {
		t.Errorf("a node id outlives a name: %v", err)
	}
	l.nothingSecret()
}

func errorOf(err error) *Error {
	var e *Error
	asError(err, &e)
	return e
}

// Whatever goes wrong, Work is what it is without that, or not there and said so.
func TestWorksUnderFaults(t *testing.T) {
	l := pulled(t)
	l.as("ada", func(tx *world.Tx) { must(tx.CreateComment(l.issue(tx, "main", 9), "secret")) })
	l.as(jules, func(tx *world.Tx) {
		_, _, err := tx.AddCommentReaction(tx.Comments(l.issue(tx, "main", 9).ID)[0], "eyes")
		must(0, err)
	})
	l.works(l.client("ada"), []int{2, 3}, []int{9})
	want := l.works(l.client("ada"), []int{2, 3}, []int{9})
	for _, fault := range []string{"500", "502", "503", "cut-before", "cut-after", "timeout", "partial", "secondary", "garbage"} {
		for _, where := range []string{"Works#1", "Works#2", "Works%40"} {
			c := l.client("ada")
			s := l.survey(c)
			if err := l.sim.Faults().Replace(fault + "@" + where); err != nil {
				t.Fatal(err)
			}
			err := c.Works(t.Context(), &s, []WorksQuestion{{Repo: mainRepo, Children: []int{2, 3}, Pulls: []int{9}}})
			if err := l.sim.Faults().Replace(""); err != nil {
				t.Fatal(err)
			}
			r, _ := s.Repo(mainRepo)
			chance := strings.Contains(where, "%")
			switch {
			case err != nil || r.Work == nil:
				if !chance || err == nil && r.Problem == nil {
					t.Errorf("%s at %s: %v, %+v", fault, where, err, r.Problem)
				}
			default:
				r.Work.ReadAt = want.ReadAt
				if diff := cmp.Diff(want, r.Work); diff != "" {
					t.Errorf("%s at %s:\n%s", fault, where, diff)
				}
				if n := c.Stats(); !chance && n.Retries+n.Splits+n.Waits == 0 {
					t.Errorf("%s at %s: was not met", fault, where)
				}
			}
		}
	}
	l.nothingSecret()
}

// A gap in the answer is no pull request that is gone.
func TestWorksSaysWhatItCouldNotRead(t *testing.T) {
	for name, c := range map[string]struct {
		answer, errors string
		whole          bool
	}{
		"gone":              {`"p9":null`, `{"type":"NOT_FOUND","message":"m","path":["r0","p9"]}`, true},
		"hidden":            {`"p9":null`, `{"type":"FORBIDDEN","message":"m","path":["r0","p9"]}`, false},
		"a part":            {`"p9":{"number":9,"state":"CLOSED"}`, `{"type":"NOT_FOUND","message":"m","path":["r0","p9","author"]}`, false},
		"another":           {`"p9":{"number":8,"state":"CLOSED"}`, ``, false},
		"no comments":       {`"p9":{"number":9,"state":"OPEN","isCrossRepository":true}`, ``, false},
		"no ids":            {`"p9":{"number":9,"state":"OPEN","isCrossRepository":true,"comments":{"edges":[{"node":{"fullDatabaseId":null}}]}}`, ``, false},
		"behind not to say": {`"b9":{"baseRef":{"compare":null}},"p9":{"number":9,"state":"OPEN","headRefName":"w","comments":{"edges":[]}}`, `{"type":"X","message":"m","path":["r0","b9","baseRef","compare"]}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
				errs := ""
				if c.errors != "" {
					errs = `,"errors":[` + c.errors + `]`
				}
				reply(w, 200, `{"data":{"r0":{"id":"R","nameWithOwner":"o/r","squashMergeAllowed":true,`+c.answer+`}}`+errs+`}`)
			})
			client, _ := clientOf(t, url)
			s := inventory.Snapshot{Repos: []inventory.Repo{{Ref: home, Pulls: []inventory.Pull{{Ref: inventory.Ref{Repo: home, Number: 9}, Head: "w"}}}}}
			if err := client.Works(t.Context(), &s, []WorksQuestion{{Repo: home, Pulls: []int{9}}}); err != nil {
				t.Fatal(err)
			}
			if r := s.Repos[0]; c.whole != (r.Work != nil) || c.whole == (r.Problem != nil) {
				t.Errorf("%+v, %+v", r.Work, r.Problem)
			} else if p, ok := r.Work.Pull(9); ok && p.Behind != -1 {
				t.Errorf("%+v", p)
			}
		})
	}
}

// TestWorksOfAFleetTakeFewRequests: the figure of docs/figures.md, by the
// server's journal.
func TestWorksOfAFleetTakeFewRequests(t *testing.T) {
	for _, f := range []struct {
		fleet            string
		requests, points int
	}{{"mission", 2, 6}, {"scale:16x40", 2, 8}} {
		l := openLab(t, f.fleet)
		c := l.client(l.sim.Fleet().Owner)
		s, err := c.Survey(t.Context(), l.fleet(), SurveyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var questions []WorksQuestion
		pulls, children := 0, 0
		for _, r := range s.Repos {
			q := WorksQuestion{Repo: r.Ref}
			for _, p := range r.Pulls {
				q.Pulls = append(q.Pulls, p.Ref.Number)
			}
			for _, i := range r.Issues[:min(4, len(r.Issues))] {
				q.Children = append(q.Children, i.Ref.Number)
			}
			pulls, children = pulls+len(q.Pulls), children+len(q.Children)
			questions = append(questions, q)
		}
		mark := l.sim.Requests().Last()
		if err := c.Works(t.Context(), &s, questions); err != nil {
			t.Fatal(err)
		}
		points, nodes := 0, 0
		var wall time.Duration
		for _, r := range l.since(mark) {
			points, nodes, wall = points+r.Points, max(nodes, r.Nodes), wall+r.Wall
		}
		n := len(l.since(mark))
		t.Logf("works of %s: %d pull requests, %d children: %d requests, %d points, %d nodes at most, %v", f.fleet, pulls, children, n, points, nodes, wall)
		if n > f.requests || points > f.points || nodes > 500_000 {
			t.Errorf("%s: %d requests, %d points, %d nodes", f.fleet, n, points, nodes)
		}
		for _, r := range s.Repos {
			if r.Work == nil {
				t.Errorf("%s: %+v", r.Ref, r.Problem)
			}
		}
	}
}

// Fifty pull requests and fifty children are a request, and as many points as the
// formula says.
func TestWorksOfFiftyPulls(t *testing.T) {
	l := acme(t)
	var q WorksQuestion
	q.Repo = mainRepo
	l.as("ada", func(tx *world.Tx) {
		r := must2(tx.Repo("acme", "main"))
		head, _ := tx.Resolve(r, "dev")
		must(tx.CreateRef(r, "refs/heads/more", head))
		must(tx.PutFile(r, world.NewFile{Path: "m.txt", Content: []byte("m\n"), Message: "secret", Branch: "more"}))
		more, _ := tx.Resolve(r, "more")
		for k := range 50 {
			child := must(tx.CreateIssue(must2(tx.Repo("acme", "main")), world.NewIssue{Title: "child"}))
			name := fmt.Sprintf("of-%d", k)
			must(tx.CreateRef(must2(tx.Repo("acme", "main")), "refs/heads/"+name, more))
			p := must(tx.CreatePull(must2(tx.Repo("acme", "main")), world.NewPull{Title: name, Body: fmt.Sprintf("for #%d", child.Number), Head: name, Base: "dev"}))
			q.Children, q.Pulls = append(q.Children, child.Number), append(q.Pulls, p.Number)
		}
	})
	c := l.client("ada")
	for name, f := range map[string]struct {
		pulls    []int
		requests int
	}{"known": {q.Pulls, 1}, "by events alone": {nil, 2}} {
		s := l.survey(c)
		mark := l.sim.Requests().Last()
		if err := c.Works(t.Context(), &s, []WorksQuestion{{Repo: mainRepo, Children: q.Children, Pulls: f.pulls}}); err != nil {
			t.Fatal(err)
		}
		sent, points, nodes := l.since(mark), 0, 0
		for _, r := range sent {
			points, nodes = points+r.Points, nodes+r.Nodes
		}
		t.Logf("%s: %d requests, %d points, %d nodes", name, len(sent), points, nodes)
		if len(sent) != f.requests || points > 6 {
			t.Errorf("%s: %d requests, %d points", name, len(sent), points)
		}
		r, _ := s.Repo(mainRepo)
		if r.Work == nil || len(r.Work.Pulls) != 50 || len(r.Work.Children) != 50 || r.Work.Pulls[49].Behind != 0 {
			t.Errorf("%s: %+v", name, r.Problem)
		}
	}
}

// Whose branch is another than the snapshot has is compared by that; checks of
// another commit than the head are none.
func TestWorksOfWhatMovedOn(t *testing.T) {
	url, count := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		behind := fmt.Sprintf(`"b9":{"baseRef":{"compare":{"behindBy":%d}}}`, n)
		if n > 1 {
			reply(w, 200, `{"data":{"r0":{"id":"R","nameWithOwner":"o/r",`+behind+`}}}`)
			return
		}
		reply(w, 200, `{"data":{"r0":{"id":"R","nameWithOwner":"o/r","squashMergeAllowed":true,`+behind+`,"p9":{"number":9,"state":"OPEN","headRefName":"new","headRefOid":"h",
			"comments":{"edges":[]},"commits":{"nodes":[{"commit":{"oid":"before","parents":{"nodes":[{"oid":"p"}]},"statusCheckRollup":{"state":"SUCCESS","contexts":{"checkRunCountsByState":[{"state":"SUCCESS","count":3}]}}}}]}}}}}`)
	})
	c, _ := clientOf(t, url)
	s := inventory.Snapshot{Repos: []inventory.Repo{{Ref: home, Pulls: []inventory.Pull{{Ref: inventory.Ref{Repo: home, Number: 9}, Head: "old"}}}}}
	if err := c.Works(t.Context(), &s, []WorksQuestion{{Repo: home, Pulls: []int{9}}}); err != nil {
		t.Fatal(err)
	}
	p, ok := s.Repos[0].Work.Pull(9)
	if !ok || p.Behind != 2 || count() != 2 || p.Checks != (inventory.Checks{}) || len(p.Parents) != 0 {
		t.Errorf("%+v, %d requests", p, count())
	}
}
