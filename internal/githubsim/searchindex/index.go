// Package searchindex answers GitHub's issue search, for REST and GraphQL alike. Like GitHub's, the
// index runs behind: an issue is found by what it was some (virtual) time ago, and a new one not at
// all until then. What is returned are the issues as they are now.
package searchindex

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// MostResults is how many results of a search GitHub lets a client page through.
const MostResults = 1000

// Index searches a world with a delay.
type Index struct{ delay time.Duration }

// New returns an index that runs behind by delay, virtual time.
func New(delay time.Duration) *Index { return &Index{delay: delay} }

// Result of a search.
type Result struct {
	Issues []*world.Issue // best first, all of them: see MostResults
	// Unknown are the repositories and accounts the query names that do not exist or that the actor
	// may not see. Where nothing else was named REST answers 422, GraphQL nothing found.
	Unknown []string
	// Scoped tells that the query named repositories or accounts that exist.
	Scoped bool
}

// Search finds issues and pull requests that the actor may see.
func (ix *Index) Search(tx *world.Tx, actor world.Actor, text string) Result {
	return ix.Find(tx, actor, Parse(text))
}

// Find is Search of a parsed query.
func (ix *Index) Find(tx *world.Tx, actor world.Actor, q Query) Result {
	var r Result
	repos := ix.scope(tx, actor, q, &r)
	cutoff := tx.Now().Add(-ix.delay)
	type hit struct {
		now   *world.Issue
		score int
	}
	var hits []hit
	for _, repo := range repos {
		for _, issue := range tx.Issues(repo.ID) {
			was := issue
			if ix.delay > 0 {
				was = asOf(tx, issue, cutoff)
			}
			if was == nil {
				continue
			}
			m := &matcher{tx: tx, actor: actor, repo: repo, issue: was, cutoff: cutoff}
			if score, ok := m.matches(q); ok {
				hits = append(hits, hit{issue, score})
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		c := 0
		switch q.Sort {
		case "updated":
			c = a.now.UpdatedAt.Compare(b.now.UpdatedAt)
		case "comments":
			c = cmp.Compare(len(tx.Comments(a.now.ID)), len(tx.Comments(b.now.ID)))
		case "reactions":
			c = cmp.Compare(len(tx.Reactions(a.now.ID)), len(tx.Reactions(b.now.ID)))
		case "created":
		default:
			if c = cmp.Compare(b.score, a.score); c != 0 {
				return c
			}
		}
		if c == 0 {
			c = a.now.CreatedAt.Compare(b.now.CreatedAt)
		}
		if c == 0 {
			c = cmp.Compare(a.now.ID, b.now.ID)
		}
		if q.Asc {
			return c
		}
		return -c
	})
	for _, h := range hits {
		r.Issues = append(r.Issues, h.now)
	}
	return r
}

// scope are the repositories to look into: those the query names, else all the actor may see.
func (ix *Index) scope(tx *world.Tx, actor world.Actor, q Query, r *Result) []*world.Repo {
	named, seen := false, map[int64]bool{}
	var repos []*world.Repo
	add := func(repo *world.Repo) {
		if tx.CanSee(actor, repo) && !seen[repo.ID] {
			seen[repo.ID] = true
			repos = append(repos, repo)
		}
	}
	without := map[int64]bool{}
	for _, t := range q.terms() {
		for _, v := range t.Values {
			switch t.Name {
			case "repo":
				owner, name, _ := strings.Cut(v, "/")
				repo, _ := tx.Repo(owner, name)
				switch {
				case t.Not && repo != nil:
					without[repo.ID] = true
				case t.Not:
				case repo == nil || !tx.CanSee(actor, repo):
					named, r.Unknown = true, append(r.Unknown, v)
				default:
					named, r.Scoped = true, true
					add(repo)
				}
			case "org", "user":
				u := ix.account(tx, actor, v)
				switch {
				case t.Not && u != nil:
					for _, repo := range tx.ReposOf(u.ID) {
						without[repo.ID] = true
					}
				case t.Not:
				case u == nil:
					named, r.Unknown = true, append(r.Unknown, v)
				default:
					named, r.Scoped = true, true
					for _, repo := range tx.ReposOf(u.ID) {
						add(repo)
					}
				}
			}
		}
	}
	if !named {
		for _, repo := range tx.Repos() {
			add(repo)
		}
	}
	return slices.DeleteFunc(repos, func(repo *world.Repo) bool { return without[repo.ID] })
}

func (ix *Index) account(tx *world.Tx, actor world.Actor, login string) *world.User {
	if login == "@me" {
		return actor.User
	}
	return tx.UserByLogin(login)
}

// asOf is the issue as it was at a moment, told from its timeline and edits; nil when it was not yet.
func asOf(tx *world.Tx, issue *world.Issue, at time.Time) *world.Issue {
	if issue.CreatedAt.After(at) {
		return nil
	}
	if !issue.UpdatedAt.After(at) {
		return issue
	}
	was := *issue
	was.LabelIDs, was.AssigneeIDs = slices.Clone(issue.LabelIDs), slices.Clone(issue.AssigneeIDs)
	if issue.Pull != nil {
		pull := *issue.Pull
		was.Pull = &pull
	}
	repo := tx.RepoByID(issue.RepoID)
	events := tx.Events(issue.ID)
	for i := len(events) - 1; i >= 0 && events[i].CreatedAt.After(at); i-- {
		undo(tx, repo, &was, events[i])
	}
	edits := tx.Edits(issue.ID)
	for i := len(edits) - 1; i >= 0 && edits[i].EditedAt.After(at); i-- {
		if i > 0 {
			was.Body = edits[i-1].Diff
		}
	}
	return &was
}

func undo(tx *world.Tx, repo *world.Repo, was *world.Issue, e *world.Event) {
	without := func(ids []int64, id int64) []int64 {
		return slices.DeleteFunc(ids, func(x int64) bool { return x == id })
	}
	switch e.Kind {
	case world.Labeled, world.Unlabeled:
		l := tx.LabelByName(repo, e.Label)
		if l == nil {
			return
		}
		was.LabelIDs = without(was.LabelIDs, l.ID)
		if e.Kind == world.Unlabeled {
			was.LabelIDs = append(was.LabelIDs, l.ID)
		}
	case world.Assigned, world.Unassigned:
		was.AssigneeIDs = without(was.AssigneeIDs, e.UserID)
		if e.Kind == world.Unassigned {
			was.AssigneeIDs = append(was.AssigneeIDs, e.UserID)
		}
	case world.ClosedEvent:
		was.Closed, was.ClosedAt = false, time.Time{}
	case world.Reopened:
		was.Closed = true
	case world.Merged:
		was.Pull.Merged, was.Pull.MergedAt = false, time.Time{}
	case world.Renamed:
		was.Title = e.From
	}
}
