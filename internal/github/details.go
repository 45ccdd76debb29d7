package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dappcore/core-dev/inventory"
)

// DetailsOptions say whose text is kept and which files are asked after.
type DetailsOptions struct {
	Trust inventory.Trust
	// Paths are the files whose absence is asked after, from the root, with /;
	// by RepoRef.Key.
	Paths map[string][]string
	// Known are numbers of issues of ours that are read beside those tied to an
	// audit, closed ones too; by RepoRef.Key. An open one that the snapshot lacks,
	// since GitHub's lists were slow to show it, takes its place there.
	Known map[string][]int
}

// What one request may ask of a repository's details.
const (
	madeFirst  = 30  // cross-references of an audit at first
	mostPaths  = 400 // files in one request: each is a look into git
	mostPath   = 4096
	madeField  = "timelineItems(%s, itemTypes: [CROSS_REFERENCED_EVENT]) { ...Made }"
	parentPage = "issues(first: 100%s, states: OPEN, orderBy: {field: CREATED_AT, direction: ASC}) { ...Parents }"
)

// details is one reading of what making issues needs: a round for all
// repositories, then as many as the longest connection has further pages.
type details struct {
	c     *Client
	snap  *inventory.Snapshot
	o     DetailsOptions
	edge  func() time.Time
	repos []*making
	names map[string]inventory.RepoRef // present names, by RepoRef.Key, to those of the snapshot
	next  []*ask
}

// making is a repository whose details are being read.
type making struct {
	d       inventory.Details
	repo    *inventory.Repo
	made    map[int]inventory.Issue
	known   []int // numbers that were asked for, and read
	parents map[int]inventory.Ref
	subs    map[int]int // native sub-issues an open issue has
	absent  map[string]bool
	earlier int // highest number that was there before the snapshot was taken
	later   int // lowest number since; 0: none
	problem *inventory.Problem
}

// Details reads what the flows that make issues need to know (Repo.Details, and
// Issue.Parent and SubIssues of open issues) of these repositories of the snapshot, afresh
// each time: what it held before of either is dropped. Details are whole or not
// there: a part that could not be read leaves them nil, with the repository's
// Problem saying why, so that nothing is made twice for want of having been
// seen. A repository with a Problem from the look itself is not asked, unless
// it is that it was renamed. An error means that nothing more could be read.
//
// Of issues tied to an audit only those by trusted authors come out, and
// nothing of anybody else's. A GitHub that does not know sub-issues
// (Snapshot.SubIssues) is not asked for parents.
//
// 24 repositories cost one request where no connection overflows its first page.
func (c *Client) Details(ctx context.Context, s *inventory.Snapshot, repos []inventory.RepoRef, o DetailsOptions) error {
	d := newDetails(c, s, repos, o)
	b := &batch{c: c, name: "Details"}
	for len(d.next) > 0 {
		asks := d.next
		d.next = nil
		if err := b.run(ctx, asks); err != nil {
			return explained("read what is there already", err)
		}
	}
	for _, m := range d.repos {
		d.file(m)
	}
	return nil
}

func newDetails(c *Client, s *inventory.Snapshot, repos []inventory.RepoRef, o DetailsOptions) *details {
	d := &details{c: c, snap: s, o: o, names: map[string]inventory.RepoRef{}}
	d.edge = func() time.Time { // by GitHub's own clock
		ahead, _ := c.wire.count.clockSkew()
		return s.TakenAt.Add(ahead - sameSecond)
	}
	seen := map[string]bool{}
	for _, ref := range repos {
		r, ok := s.Repo(ref)
		if !ok || seen[ref.Key()] {
			continue
		}
		seen[ref.Key()] = true
		r.Details = nil
		for k := range r.Issues {
			r.Issues[k].Parent, r.Issues[k].SubIssues = inventory.Ref{}, 0
		}
		if r.Problem != nil && r.Problem.Kind != "moved" {
			continue
		}
		d.ask(&making{repo: r, made: map[int]inventory.Issue{}, parents: map[int]inventory.Ref{}, subs: map[int]int{}, absent: map[string]bool{}})
	}
	return d
}

// ask asks for everything of a repository.
func (d *details) ask(m *making) {
	d.repos = append(d.repos, m)
	// 100 labels, 20 newest and 100 issues
	selection, nodes := "...MakingFacts", 120
	if d.snap.SubIssues {
		selection, nodes = selection+" parents: "+fmt.Sprintf(parentPage, ""), 220
	}
	d.next = append(d.next, &ask{repo: m.repo.Ref, selection: selection, nodes: nodes,
		fill: func(raw json.RawMessage) error { return d.facts(m, raw) },
		fail: m.fail("labels and numbers")})
	for k := range m.repo.Issues {
		i := &m.repo.Issues[k]
		if ok, _ := d.o.Trust.Issue(*i); ok && !i.Closed && !i.IsPull && inventory.IsAuditTitle(i.Title) {
			d.madeOf(m, i.Ref.Number, fmt.Sprintf("first: %d", madeFirst), "", madeFirst*21)
		}
	}
	for _, n := range d.o.Known[m.repo.Ref.Key()] {
		d.known(m, n)
	}
	d.files(m)
}

// fail notes why a repository's details are not whole; the first reason stays.
func (m *making) fail(what string) func(*Error) {
	return func(e *Error) {
		if m.problem != nil {
			return
		}
		m.problem = &inventory.Problem{Kind: "partial", Message: what + " of " + m.repo.Ref.String() + ": " + e.Message, Hint: e.Hint}
	}
}

type numbersJSON struct {
	Nodes []struct {
		Number    int       `json:"number"`
		CreatedAt time.Time `json:"createdAt"`
	} `json:"nodes"`
}

type parentsJSON struct {
	Page  pageJSON `json:"pageInfo"`
	Nodes []struct {
		Number int         `json:"number"`
		Parent *parentJSON `json:"parent"`
		Subs   struct {
			Total int `json:"total"`
		} `json:"subIssuesSummary"`
	} `json:"nodes"`
}

func (d *details) facts(m *making, raw json.RawMessage) error {
	var j struct {
		Slug    string       `json:"nameWithOwner"`
		Labels  namesJSON    `json:"labels"`
		Issues  numbersJSON  `json:"newestIssues"`
		Pulls   numbersJSON  `json:"newestPulls"`
		Parents *parentsJSON `json:"parents"`
	}
	if err := json.Unmarshal(raw, &j); err != nil {
		return err
	}
	d.names[(slugJSON{j.Slug}).ref().Key()] = m.repo.Ref
	edge := d.edge()
	for _, n := range slices.Concat(j.Issues.Nodes, j.Pulls.Nodes) {
		switch {
		case n.CreatedAt.Before(edge):
			m.earlier = max(m.earlier, n.Number)
		case m.later == 0 || n.Number < m.later:
			m.later = n.Number
		}
	}
	d.labels(m, &j.Labels)
	if j.Parents != nil {
		d.parents(m, j.Parents)
	}
	return nil
}

func (d *details) labels(m *making, p *namesJSON) {
	m.d.Labels = append(m.d.Labels, p.names()...)
	if !p.Page.Next {
		return
	}
	further(d, m, "moreLabels", "labels(first: 100, after: $text) { ...Labels }", p.Page.End, 100, d.labels)
}

func (d *details) parents(m *making, p *parentsJSON) {
	for _, n := range p.Nodes {
		if n.Parent != nil {
			m.parents[n.Number] = inventory.Ref{Repo: n.Parent.Repository.ref(), Number: n.Parent.Number}
		}
		m.subs[n.Number] = n.Subs.Total
	}
	if !p.Page.Next {
		return
	}
	further(d, m, "moreParents", fmt.Sprintf(parentPage, ", after: $text"), p.Page.End, 100, d.parents)
}

// further asks for the next page of a connection of the repository's.
func further[T any](d *details, m *making, key, selection, cursor string, nodes int, take func(*making, *T)) {
	d.next = append(d.next, &ask{repo: m.repo.Ref, key: key, text: cursor, nodes: nodes, selection: selection,
		fill: func(raw json.RawMessage) error {
			var j T
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			take(m, &j)
			return nil
		},
		fail: m.fail("further labels or parents")})
}

// madeOf asks for the issues that name an audit. What GitHub hides from this
// token is in another repository: this one it shows.
func (d *details) madeOf(m *making, audit int, page, cursor string, nodes int) {
	fail := m.fail(fmt.Sprintf("what was made from #%d", audit))
	d.next = append(d.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("x%d", audit), text: cursor, nodes: nodes,
		selection: fmt.Sprintf("issue(number: %d) { repository { nameWithOwner } made: "+madeField+" }", audit, page),
		fill: func(raw json.RawMessage) error {
			var j struct {
				Home slugJSON `json:"repository"`
				Made *struct {
					Page  pageJSON `json:"pageInfo"`
					Nodes []struct {
						Source issueJSON `json:"source"`
					} `json:"nodes"`
				} `json:"made"`
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			if j.Made == nil {
				return errors.New("no list of references")
			}
			home := j.Home
			for k := range j.Made.Nodes {
				j := &j.Made.Nodes[k].Source
				if i := j.issue(m.repo.Ref); d.o.Trust.Keeps(i, j.Body) {
					d.keep(m, home, j, i)
				}
			}
			if j.Made.Page.Next {
				d.madeOf(m, audit, "first: 100, after: $text", j.Made.Page.End, 2_100)
			}
			return nil
		},
		fail: fail,
		warn: func(e *Error) {
			if e.Kind != KindForbidden && e.Kind != KindNotFound && e.Kind != KindScope {
				fail(e)
			}
		}})
}

// keep takes an issue of its own repository that names an audit, or that we know,
// if its author's text is kept (Trust.Keeps); of the others nothing goes further
// than here. Of a pull request not even the number was asked for.
func (d *details) keep(m *making, home slugJSON, j *issueJSON, i inventory.Issue) {
	if i.Ref.Number == 0 || !j.Repository.ref().Same(home.ref()) {
		return
	}
	i.Body = j.Body
	m.made[i.Ref.Number] = i
	if j.Labels != nil && j.Labels.Page.Next {
		d.labelsOf(m, i.Ref.Number)
	}
}

// labelsOf asks for all labels of an issue that has more than a page of them.
func (d *details) labelsOf(m *making, number int) {
	d.next = append(d.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("t%d", number), nodes: 100,
		selection: fmt.Sprintf("issue(number: %d) { labels(first: 100) { ...Labels } }", number),
		fill: func(raw json.RawMessage) error {
			var j struct {
				Labels *namesJSON `json:"labels"`
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			i := m.made[number]
			i.Labels = j.Labels.names()
			m.made[number] = i
			return nil
		},
		fail: m.fail(fmt.Sprintf("labels of #%d", number))})
}

// files asks which paths the head of the default branch has, each in a variable
// of its own. What git cannot have is absent without asking, and so is
// everything where there is no head.
func (d *details) files(m *making) {
	for k, p := range d.o.Paths[m.repo.Ref.Key()] {
		if _, asked := m.absent[p]; asked {
			continue
		}
		m.absent[p] = m.repo.DefaultHead == "" || !inGit(p)
		if m.absent[p] {
			continue
		}
		d.next = append(d.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("f%d", k), text: m.repo.DefaultHead + ":" + p, nodes: maxNodes / mostPaths,
			selection: "object(expression: $text) { __typename }",
			fill:      func(json.RawMessage) error { return nil },
			none:      func() { m.absent[p] = true },
			fail:      m.fail("whether " + fmt.Sprintf("%.200q", p) + " is there")})
	}
}

// inGit tells whether git can have a file of that path. It can have one with
// control characters too; nobody means one.
func inGit(p string) bool {
	if p == "" || len(p) > mostPath || !utf8.ValidString(p) || strings.ContainsFunc(p, unicode.IsControl) {
		return false
	}
	for part := range strings.SplitSeq(p, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") {
			return false
		}
	}
	return true
}

// home is the name the snapshot knows a repository by.
func (d *details) home(ref inventory.RepoRef) inventory.RepoRef {
	if known, ok := d.names[ref.Key()]; ok {
		return known
	}
	return ref
}

// file puts what was read of a repository into the snapshot.
func (d *details) file(m *making) {
	if m.problem != nil {
		m.repo.Problem = m.problem
		return
	}
	m.d.SubIssues = d.snap.SubIssues
	m.d.Newest = m.earlier
	if m.later > 0 {
		m.d.Newest = m.later - 1
	}
	for _, p := range d.o.Paths[m.repo.Ref.Key()] {
		if m.absent[p] {
			m.d.Absent = append(m.d.Absent, p)
			delete(m.absent, p) // each once
		}
	}
	for _, i := range m.made {
		m.d.Made = append(m.d.Made, i)
	}
	slices.SortFunc(m.d.Made, func(a, b inventory.Issue) int { return a.Ref.Compare(b.Ref) })
	for _, n := range m.known {
		if i, kept := m.made[n]; kept && !i.Closed && !i.IsPull {
			m.list(i)
		}
	}
	for k := range m.repo.Issues {
		i := &m.repo.Issues[k]
		if i.Closed || i.IsPull {
			continue
		}
		i.SubIssues = m.subs[i.Ref.Number]
		if p, ok := m.parents[i.Ref.Number]; ok {
			p.Repo = d.home(p.Repo)
			i.Parent = p
		}
	}
	m.repo.Details = &m.d
}

// list has an issue among those of the snapshot that GitHub's list did not have yet.
func (m *making) list(i inventory.Issue) {
	if _, listed := m.repo.Issue(i.Ref.Number); listed {
		return
	}
	at, _ := slices.BinarySearchFunc(m.repo.Issues, i, func(a, b inventory.Issue) int { return a.Ref.Compare(b.Ref) })
	m.repo.Issues = slices.Insert(slices.Clip(m.repo.Issues), at, i)
	m.repo.OpenIssues++
}
