package flows

import (
	"slices"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// Imagine is the world as it would be after a plan's steps, all of them carried
// out and nobody else at work: what a flow of several rounds would plan next is
// worked out on it and shown before anything is sent. What is made gets the
// numbers that come next. The world given is not changed.
//
// How pull requests are followed is imagined in its ticks alone: what comes of a
// request or a merge is others' doing, and is looked at again.
//
// Only the repositories the steps act on are looked at anew; the imagined Fleet
// holds those alone.
func Imagine(w World, p Plan) World {
	m := imagining{World: w, repos: map[string]int{}, posted: map[string]bool{}, makes: map[string]int{}}
	snap := *w.Snapshot
	snap.Repos = slices.Clone(w.Snapshot.Repos)
	m.Snapshot = &snap
	for _, s := range p.Steps {
		if e, ok := s.Effect.(MakeIssue); ok {
			m.makes[e.Repo.Key()]++
		}
	}
	for _, s := range p.Steps {
		m.do(s.Effect)
	}
	m.Said = m.Said.and(m.posted)
	part := snap
	part.Repos = nil
	for k := range snap.Repos {
		if _, touched := m.repos[snap.Repos[k].Ref.Key()]; touched {
			part.Repos = append(part.Repos, snap.Repos[k])
		}
	}
	fleet := inventory.Assess(&part, w.Rules, m.Records)
	m.Fleet = &fleet
	return m.World
}

type imagining struct {
	World
	repos  map[string]int  // touched, by key, to their place in the snapshot
	posted map[string]bool // comments that need not be posted again, as Said.and takes them
	makes  map[string]int  // issues that are made in a repository, by key
}

// repo is a copy of a repository that may be changed.
func (m *imagining) repo(ref inventory.RepoRef) *inventory.Repo {
	if k, ok := m.repos[ref.Key()]; ok {
		return &m.Snapshot.Repos[k]
	}
	for k := range m.Snapshot.Repos {
		r := &m.Snapshot.Repos[k]
		if !r.Ref.Same(ref) {
			continue
		}
		m.repos[ref.Key()] = k
		issues := make([]inventory.Issue, len(r.Issues), len(r.Issues)+m.makes[ref.Key()])
		copy(issues, r.Issues)
		r.Issues, r.Branches = issues, slices.Clone(r.Branches)
		if r.Details != nil {
			d := *r.Details
			d.Labels = slices.Clone(d.Labels)
			r.Details = &d
		}
		return r
	}
	return nil
}

// issue is an issue that may be changed, lists apart.
func (m *imagining) issue(ref inventory.Ref) *inventory.Issue {
	if r := m.repo(ref.Repo); r != nil {
		if i, ok := r.Issue(ref.Number); ok {
			return i
		}
	}
	return &inventory.Issue{}
}

// reopen opens an issue again, which may be among those that were made before and
// closed (Details.Made).
func (m *imagining) reopen(ref inventory.Ref) {
	r := m.repo(ref.Repo)
	if r == nil {
		return
	}
	i, ok := r.Issue(ref.Number)
	if r.Details != nil {
		made := slices.IndexFunc(r.Details.Made, func(m inventory.Issue) bool { return m.Ref.Number == ref.Number })
		if made >= 0 {
			whole := r.Details.Made[made]
			if ok { // as a child of an epic: read without its body
				*i = whole
			} else {
				at, _ := slices.BinarySearchFunc(r.Issues, whole, func(a, b inventory.Issue) int { return a.Ref.Compare(b.Ref) })
				r.Issues = slices.Insert(r.Issues, at, whole)
				i, ok = &r.Issues[at], true
			}
			r.Details.Made = slices.Delete(slices.Clone(r.Details.Made), made, made+1) // it is open now
		}
	}
	if ok && i.Closed {
		r.OpenIssues++
		i.Closed, i.StateReason, i.ClosedAt = false, "REOPENED", time.Time{}
	}
}

// do is what becomes of the world by one effect.
func (m *imagining) do(effect Effect) {
	switch e := effect.(type) {
	case MakeLabel:
		if r := m.repo(e.Repo); r != nil && r.Details != nil {
			r.Details.Labels = append(r.Details.Labels, e.Name)
		}
	case MakeIssue:
		if r := m.repo(e.Repo); r != nil && r.Details != nil {
			r.Details.Newest++
			r.OpenIssues++
			r.Issues = append(r.Issues, inventory.Issue{
				Ref: inventory.Ref{Repo: r.Ref, Number: r.Details.Newest}, Title: e.Title, Body: e.Body, Labels: e.Labels,
				Author: m.Snapshot.Viewer, Association: "OWNER", CreatedAt: m.Now, UpdatedAt: m.Now,
			})
		}
	case CloseIssue:
		if r := m.repo(e.Issue.Repo); r != nil {
			r.OpenIssues--
		}
		i := m.issue(e.Issue)
		i.Closed, i.StateReason = true, e.Reason
	case ReopenIssue:
		m.reopen(e.Issue)
	case LinkChild:
		m.issue(e.Child).Parent = e.Parent
		m.issue(e.Parent).SubIssues++
	case Block:
		i := m.issue(e.Issue)
		i.BlockedBy = append(slices.Clip(i.BlockedBy), inventory.Dependency{Ref: e.By})
	case AddChildren:
		i := m.issue(e.Epic)
		if body, err := e.On([]byte(i.Body)); err == nil {
			i.Body = string(body)
		}
	case Tick:
		i := m.issue(e.Epic)
		if body, err := e.On([]byte(i.Body)); err == nil {
			i.Body = string(body)
		}
	case MakeBranch:
		if r := m.repo(e.Repo); r != nil {
			r.Branches = append(r.Branches, inventory.Branch{Name: e.Name, Head: r.DefaultHead})
		}
	case Comment:
		if e.Once {
			m.posted[saying(e.Issue, Digest(e.Body))] = true
		}
	case AddLabel:
		i := m.issue(e.Issue)
		i.Labels = append(slices.Clip(i.Labels), e.Label)
		i.LabelEvents = append(slices.Clip(i.LabelEvents), inventory.LabelEvent{ID: "imagined", Label: e.Label, Added: true, Actor: m.Snapshot.Viewer, At: m.Now})
	case Reserve:
		m.repo(e.Child.Repo)
		m.Budget = Committed(m.Budget, e)
	}
}

// Committed is the budget with one more task held: what several plans of one
// proposal ask for is admitted together by it.
func Committed(s budget.State, e Reserve) budget.State {
	held := budget.Entry{Repo: e.Child.Repo.String(), Issue: e.Child.Number, Agent: e.Agent, Epic: e.Epic.Number, Member: e.Member}
	s.Held = append(slices.Clip(s.Held), budget.Reservation{ID: "planned " + e.Child.Key(), Made: s.Now, Entry: held, Lines: e.Lines})
	return s
}
