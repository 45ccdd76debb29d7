package github

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// WorksQuestion is what following pull requests asks of one repository.
type WorksQuestion struct {
	Repo     inventory.RepoRef
	Children []int    // dispatched children
	Pulls    []int    // pull requests that the journal knows, not ended
	Branches []string // short names of epics' branches: how far they are behind the default branch
}

// Nodes by GitHub's formula. A child is two requests of the formula, too, and a
// pull request nine; a hundred of those are a point.
const (
	mergeNodes   = 1
	childNodes   = 200 // reactors and events
	pullNodes    = 373 // labels 10, threads 50, head 2, its checks 1 and parents 10, opinions, reviews and comments 100 each
	behindNodes  = 1
	ackNodes     = 101
	commentsPage = "comments(last: 100%s) { ...CommentPage }"
	mentionsPage = "mentions: timelineItems(last: 100%s, itemTypes: [CROSS_REFERENCED_EVENT]) { ...Mentions }"
)

// works is one reading of Repo.Work: a round for all repositories, then as many
// as an answer leads to further pull requests, pages or reactions.
type works struct {
	c     *Client
	at    time.Time
	repos []*working
	next  []*ask
}

// working is a repository whose Work is being read.
type working struct {
	repo     *inventory.Repo
	rules    inventory.MergeRules
	children map[int]*inventory.ChildWork // nil: not to be found
	pulls    map[int]*pullReading
	lags     []inventory.Lag
	problem  *inventory.Problem
}

// pullReading is a pull request that is being read.
type pullReading struct {
	inventory.PullWork
	there  bool
	head   string // the branch that its base was asked to be compared with
	behind int
}

// Works reads what following pull requests needs to know (Repo.Work) of these
// repositories of the snapshot, afresh each time: what it held before is dropped.
// Work is whole or not there: a part that could not be read leaves it nil, with
// the repository's Problem saying why. A child or a pull request that is not to
// be found is not in it; how far a branch is behind, where GitHub does not say, is
// -1. A repository with a Problem from the look itself is not asked, unless it is
// that it was renamed. An error means that nothing more could be read.
//
// The pull requests that are known beforehand, those of the question and the open
// ones of the snapshot that name a child of it, take one request for all
// repositories together; another one reads those that only an event tells of, and
// who reacted to comments of ours. 50 pull requests and 50 children, in one
// repository or in sixteen, are 6 points (docs/figures.md).
func (c *Client) Works(ctx context.Context, s *inventory.Snapshot, questions []WorksQuestion) error {
	w := newWorks(c, s, questions)
	b := &batch{c: c, name: "Works"}
	for len(w.next) > 0 {
		asks := w.next
		w.next = nil
		if err := b.run(ctx, asks); err != nil {
			return explained("read what became of pull requests", err)
		}
	}
	for _, m := range w.repos {
		w.file(m)
	}
	return nil
}

func newWorks(c *Client, s *inventory.Snapshot, questions []WorksQuestion) *works {
	w := &works{c: c, at: c.clock.Now()}
	seen := map[string]bool{}
	for _, q := range questions {
		r, ok := s.Repo(q.Repo)
		if !ok || seen[q.Repo.Key()] {
			continue
		}
		seen[q.Repo.Key()] = true
		r.Work = nil
		if r.Problem != nil && r.Problem.Kind != "moved" {
			continue
		}
		w.ask(&working{repo: r, children: map[int]*inventory.ChildWork{}, pulls: map[int]*pullReading{}}, q)
	}
	return w
}

// ask asks for everything that is known to be wanted of a repository.
func (w *works) ask(m *working, q WorksQuestion) {
	w.repos = append(w.repos, m)
	w.next = append(w.next, &ask{repo: m.repo.Ref, selection: "...MergeFacts", nodes: mergeNodes,
		fill: func(raw json.RawMessage) error {
			var j struct {
				Squash *bool `json:"squashMergeAllowed"`
				Commit bool  `json:"mergeCommitAllowed"`
				Rebase bool  `json:"rebaseMergeAllowed"`
				Auto   bool  `json:"autoMergeAllowed"`
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			if j.Squash == nil {
				return errors.New("no merge settings")
			}
			m.rules = inventory.MergeRules{Squash: *j.Squash, Commit: j.Commit, Rebase: j.Rebase, AutoMerge: j.Auto}
			return nil
		},
		fail: m.fail("merge settings")})
	for _, n := range q.Children {
		w.child(m, n)
	}
	for _, n := range q.Pulls {
		w.pull(m, n)
	}
	for _, b := range q.Branches {
		w.lag(m, b)
	}
	for _, p := range m.repo.Pulls {
		if slices.ContainsFunc(p.Mentions, func(ref inventory.Ref) bool {
			return ref.Repo.Same(m.repo.Ref) && slices.Contains(q.Children, ref.Number)
		}) {
			w.pull(m, p.Ref.Number)
		}
	}
}

// fail notes why a repository's Work is not whole; the first reason stays.
func (m *working) fail(what string) func(*Error) {
	return func(e *Error) {
		if m.problem == nil {
			m.problem = &inventory.Problem{Kind: "partial", Message: what + " of " + m.repo.Ref.String() + ": " + e.Message, Hint: e.Hint}
		}
	}
}

// child asks for a dispatched child.
func (w *works) child(m *working, n int) {
	if _, asked := m.children[n]; asked {
		return
	}
	m.children[n] = nil
	fail := m.fail(fmt.Sprintf("what became of #%d", n))
	w.next = append(w.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("i%d", n), nodes: childNodes,
		selection: fmt.Sprintf("issue(number: %d) { ...ChildFacts }", n),
		fill: func(raw json.RawMessage) error {
			var j struct {
				Home     slugJSON       `json:"repository"`
				Groups   []reactionJSON `json:"reactionGroups"`
				Mentions *eventPageJSON `json:"mentions"`
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			if j.Groups == nil {
				return errors.New("no list of reactions")
			}
			m.children[n] = &inventory.ChildWork{Ref: inventory.Ref{Repo: m.repo.Ref, Number: n}, Acks: acks(j.Groups, 0)}
			return w.mentions(m, n, j.Home, j.Mentions)
		},
		none: func() {},
		fail: func(e *Error) {
			if e.Kind != KindNotFound {
				fail(e)
			}
		},
		warn: hidden(fail)})
}

// hidden is for the references to an issue: what GitHub hides from this token is
// in another repository, and the rest it shows.
func hidden(fail func(*Error)) func(*Error) {
	return func(e *Error) {
		if e.Kind != KindForbidden && e.Kind != KindNotFound && e.Kind != KindScope {
			fail(e)
		}
	}
}

// mentions files the pull requests of the child's own repository that name it.
func (w *works) mentions(m *working, child int, home slugJSON, p *eventPageJSON) error {
	if p == nil {
		return errors.New("no list of references")
	}
	for _, e := range p.Nodes {
		if e.Source.Number == 0 || !e.Source.Repository.ref().Same(home.ref()) {
			continue
		}
		ref := inventory.Ref{Repo: m.repo.Ref, Number: e.Source.Number}
		if c := m.children[child]; !slices.Contains(c.Pulls, ref) {
			c.Pulls = append(c.Pulls, ref)
			w.pull(m, ref.Number)
		}
	}
	if !p.Page.Before {
		return nil
	}
	fail := m.fail(fmt.Sprintf("what names #%d", child))
	w.next = append(w.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("m%d", child), text: p.Page.Start, nodes: 100,
		selection: fmt.Sprintf("issue(number: %d) { repository { nameWithOwner } "+mentionsPage+" }", child, ", before: $text"),
		fill: func(raw json.RawMessage) error {
			var j struct {
				Home     slugJSON       `json:"repository"`
				Mentions *eventPageJSON `json:"mentions"`
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			return w.mentions(m, child, j.Home, j.Mentions)
		},
		fail: fail, warn: hidden(fail)})
	return nil
}

// pull asks for a pull request, and, where its branch is known already, how far
// that is behind.
func (w *works) pull(m *working, n int) {
	if m.pulls[n] != nil {
		return
	}
	p := &pullReading{behind: -1}
	m.pulls[n] = p
	fail := m.fail(fmt.Sprintf("pull request #%d", n))
	w.next = append(w.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("p%d", n), nodes: pullNodes,
		selection: fmt.Sprintf("pullRequest(number: %d) { ...WorkFacts "+commentsPage+" }", n, ""),
		fill: func(raw json.RawMessage) error {
			var j struct {
				workJSON
				Comments *commentPageJSON `json:"comments"`
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			if j.Number != n {
				return errors.New("another pull request")
			}
			p.there, p.PullWork = true, j.work(m.repo.Ref)
			if p.State != inventory.PullOpen {
				w.rest(m, p, &j.workJSON)
				return nil
			}
			if p.head != p.Head && !p.CrossRepo {
				w.behind(m, p, p.Head)
			}
			w.rest(m, p, &j.workJSON)
			return w.comments(m, p, j.Comments)
		},
		none: func() {},
		fail: func(e *Error) {
			if e.Kind != KindNotFound {
				fail(e)
			}
		},
		warn: fail})
	if k := slices.IndexFunc(m.repo.Pulls, func(known inventory.Pull) bool { return known.Ref.Number == n }); k >= 0 && !m.repo.Pulls[k].CrossRepo {
		p.Ref.Number = n
		w.behind(m, p, m.repo.Pulls[k].Head)
	}
}

// behind asks how many commits of its base a branch lacks. GitHub may not be able
// to tell: the branch is gone, or shares nothing with its base.
func (w *works) behind(m *working, p *pullReading, head string) {
	p.head, p.behind = head, -1
	n := p.Ref.Number
	w.next = append(w.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("b%d", n), text: head, nodes: behindNodes,
		selection: fmt.Sprintf("pullRequest(number: %d) { baseRef { compare(headRef: $text) { behindBy } } }", n),
		fill: func(raw json.RawMessage) error {
			var j struct {
				Base *struct {
					Compare *struct {
						Behind int `json:"behindBy"`
					} `json:"compare"`
				} `json:"baseRef"`
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			if p.head == head && j.Base != nil && j.Base.Compare != nil {
				p.behind = j.Base.Compare.Behind
			}
			return nil
		},
		none: func() {},
		fail: func(*Error) {}})
}

// lag asks how a branch stands to the default branch. GitHub may not be
// able to tell, as of a pull request.
func (w *works) lag(m *working, branch string) {
	w.next = append(w.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("l%d", len(w.next)), text: branch, nodes: behindNodes,
		selection: "defaultBranchRef { compare(headRef: $text) { behindBy aheadBy } }",
		fill: func(raw json.RawMessage) error {
			var j struct {
				Compare *struct {
					Behind int `json:"behindBy"`
					Ahead  int `json:"aheadBy"`
				} `json:"compare"`
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			if j.Compare != nil {
				m.lags = append(m.lags, inventory.Lag{Branch: branch, Behind: j.Compare.Behind, Ahead: j.Compare.Ahead})
			}
			return nil
		},
		none: func() {},
		fail: func(*Error) {}})
}

// rest asks for what did not fit of a pull request: labels anew, threads by their
// next page.
func (w *works) rest(m *working, p *pullReading, j *workJSON) {
	labels, threads := j.rest()
	var fields []string
	cursor := ""
	if labels {
		fields = append(fields, "labels(first: 100) { ...Labels }")
	}
	if threads {
		cursor = j.Threads.Page.End
		fields = append(fields, "reviewThreads(first: 100, after: $text) { ...ThreadPage }")
	}
	if len(fields) == 0 {
		return
	}
	w.next = append(w.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("t%d", p.Ref.Number), text: cursor, nodes: 200,
		selection: fmt.Sprintf("pullRequest(number: %d) { %s }", p.Ref.Number, strings.Join(fields, " ")),
		fill: func(raw json.RawMessage) error {
			var more struct {
				Labels  *namesJSON      `json:"labels"`
				Threads *threadPageJSON `json:"reviewThreads"`
			}
			if err := json.Unmarshal(raw, &more); err != nil {
				return err
			}
			if labels {
				p.Labels = more.Labels.names()
			}
			if more.Threads == nil {
				return nil
			}
			p.Threads = append(p.Threads, more.Threads.threads()...)
			w.rest(m, p, &workJSON{pullJSON: pullJSON{Threads: threadPageJSON{Page: more.Threads.Page}}})
			return nil
		},
		fail: m.fail(fmt.Sprintf("labels or threads of #%d", p.Ref.Number))})
}

// file puts what was read of a repository into the snapshot.
func (w *works) file(m *working) {
	if m.problem != nil {
		m.repo.Problem = m.problem
		return
	}
	slices.SortFunc(m.lags, func(a, b inventory.Lag) int { return cmp.Compare(a.Branch, b.Branch) })
	out := &inventory.Work{Merge: m.rules, ReadAt: w.at, Lags: m.lags}
	for _, c := range m.children {
		if c == nil {
			continue
		}
		// Of another kind by now, or gone: what names it is no pull request to follow.
		c.Pulls = slices.DeleteFunc(c.Pulls, func(ref inventory.Ref) bool { return !m.pulls[ref.Number].there })
		slices.SortFunc(c.Pulls, inventory.Ref.Compare)
		for _, ref := range c.Pulls {
			p := m.pulls[ref.Number]
			p.Mentions = append(p.Mentions, c.Ref)
		}
		out.Children = append(out.Children, *c)
	}
	for _, p := range m.pulls {
		if !p.there {
			continue
		}
		if p.State == inventory.PullOpen && p.head == p.Head {
			p.Behind = p.behind
		}
		slices.SortFunc(p.Mentions, inventory.Ref.Compare)
		slices.SortFunc(p.Acks, func(a, b inventory.Ack) int { return cmp.Or(cmp.Compare(a.Comment, b.Comment), a.At.Compare(b.At)) })
		out.Pulls = append(out.Pulls, p.PullWork)
	}
	slices.SortFunc(out.Children, func(a, b inventory.ChildWork) int { return a.Ref.Compare(b.Ref) })
	slices.SortFunc(out.Pulls, func(a, b inventory.PullWork) int { return a.Ref.Compare(b.Ref) })
	m.repo.Work = out
}
