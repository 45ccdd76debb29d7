package github

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Change is what a probe found to differ from a snapshot.
type Change struct {
	Repos   []inventory.RepoRef // to be read again, in the snapshot's order
	Reasons map[string]string   // by RepoRef.Key: the first difference seen
}

// Any tells whether anything a decision reads changed.
func (c Change) Any() bool { return len(c.Repos) > 0 }

// sameSecond is how close to the reading a change can lie and still bear the
// same time: GitHub's times are whole seconds, and so is its Date header.
const sameSecond = 2 * time.Second

// Probe asks in one request, of a few points, whether a snapshot still holds:
// counts, the newest update, branches, and of every open pull request what does
// not touch its update time (checks, mergeability, threads), and the rights of
// whoever is trusted. To another account than the one that read it no snapshot
// holds: it may see and do other things. What changed within
// two seconds of the reading is taken for changed, since GitHub's times cannot
// tell it from what was read. A mergeability that GitHub has worked out since is
// put into the snapshot: it is no reason to read everything again.
func (c *Client) Probe(ctx context.Context, s *inventory.Snapshot) (Change, error) {
	out := Change{Reasons: map[string]string{}}
	since := newest(s)
	if ahead, known := c.wire.count.clockSkew(); known {
		since = s.TakenAt.Add(ahead - sameSecond)
	}
	edge := func() time.Time { // by the Date of the probe's own answer
		ahead, _ := c.wire.count.clockSkew()
		return s.TakenAt.Add(ahead - sameSecond)
	}
	asks := probeAsks(s, since, edge, func(ref inventory.RepoRef, reason string) {
		if out.Reasons[ref.Key()] == "" {
			out.Reasons[ref.Key()] = reason
		}
	})
	if len(asks) == 0 {
		return out, nil
	}
	b := &batch{c: c, name: "Probe", answered: func(data map[string]json.RawMessage, _ []*ask) {
		var viewer actorJSON
		if json.Unmarshal(data["viewer"], &viewer) == nil && viewer.login() != s.Viewer {
			for _, r := range s.Repos {
				out.Reasons[r.Ref.Key()] = "another account looks"
			}
		}
	}}
	if err := b.run(ctx, asks); err != nil {
		return Change{}, explained("see whether anything changed", err)
	}
	for _, r := range s.Repos {
		if out.Reasons[r.Ref.Key()] != "" {
			out.Repos = append(out.Repos, r.Ref)
		}
	}
	return out, nil
}

type probeJSON struct {
	ID         string             `json:"id"`
	Slug       string             `json:"nameWithOwner"`
	Archived   bool               `json:"isArchived"`
	IssuesOn   bool               `json:"hasIssuesEnabled"`
	Permission string             `json:"viewerPermission"`
	Default    *defaultBranchJSON `json:"defaultBranchRef"`
	Open       issuePageJSON      `json:"open"`
	Closed     issuePageJSON      `json:"closed"`
	Pulls      pullPageJSON       `json:"pulls"`
	Branches   branchPageJSON     `json:"branches"`
}

// newest is the latest time in a snapshot that is GitHub's own: what changed
// after the reading changed after that.
func newest(s *inventory.Snapshot) time.Time {
	var top time.Time
	for _, r := range s.Repos {
		for _, i := range r.Issues {
			if i.UpdatedAt.After(top) {
				top = i.UpdatedAt
			}
		}
	}
	return top
}

// probeAsks asks of every repository as much as it is known to have, so that a
// probe costs what the fleet is, not what it might be. What GitHub dates at the
// edge or later may have changed after the reading.
func probeAsks(s *inventory.Snapshot, since time.Time, edge func() time.Time, changed func(inventory.RepoRef, string)) []*ask {
	var asks []*ask
	fleet := map[string]bool{}
	for k := range s.Repos {
		r := &s.Repos[k]
		fleet[r.Ref.Key()] = true
		pulls, threads := max(1, len(r.Pulls)), 1
		for _, p := range r.Pulls {
			threads = max(threads, len(p.Threads))
		}
		pulls, threads = min(pulls, 100), min(threads, 100)
		asks = append(asks, &ask{repo: r.Ref, since: stamp(since), nodes: 250 + pulls*(threads+2),
			selection: fmt.Sprintf(`...ProbeFacts pulls: pullRequests(first: %d, states: OPEN, orderBy: {field: CREATED_AT, direction: ASC}) { totalCount nodes { ...ProbePull reviewThreads(first: %d) { totalCount nodes { isResolved } } } }`, pulls, threads),
			fill: func(raw json.RawMessage) error {
				var j probeJSON
				if err := json.Unmarshal(raw, &j); err != nil {
					return err
				}
				if reason := differs(r, &j, edge()); reason != "" {
					changed(r.Ref, reason)
				}
				return nil
			},
			fail: func(e *Error) {
				if r.Problem == nil {
					changed(r.Ref, e.Message)
				}
			}})
		if r.Problem == nil || r.Problem.Kind == "moved" {
			asks = append(asks, rightsAsks(r, changed)...)
		}
	}
	for k := range s.Elsewhere {
		asks = append(asks, elsewhereAsk(s, &s.Elsewhere[k], changed))
	}
	for _, d := range outsideDependencies(s, fleet) {
		asks = append(asks, d.ask(changed))
	}
	return asks
}

// differs names the first difference between what was read and what is.
func differs(r *inventory.Repo, j *probeJSON, edge time.Time) string {
	branch, head := "", ""
	if j.Default != nil {
		branch, head = j.Default.Name, j.Default.Target.OID
	}
	moved := !(slugJSON{j.Slug}).ref().Same(r.Ref)
	switch {
	case r.Problem != nil && (r.Problem.Kind != "moved" || !moved):
		return "it can be read again"
	case r.ID != j.ID:
		return "another repository bears the name"
	case moved && r.Problem == nil:
		return "it was renamed to " + j.Slug
	case r.Archived != j.Archived, r.IssuesOff == j.IssuesOn, r.Permission != j.Permission:
		return "its settings changed"
	case r.DefaultBranch != branch || r.DefaultHead != head:
		return "its default branch moved"
	case r.OpenIssues != j.Open.Total:
		return "its open issues changed"
	case r.OpenPulls != j.Pulls.Total:
		return "its open pull requests changed"
	case !slices.Equal(byName(r.Branches), byName(j.Branches.branches())) && !j.Branches.Page.Next:
		return "its epic branches changed"
	}
	if reason := issuesDiffer(r, j, edge); reason != "" {
		return reason
	}
	return pullsDiffer(r, j)
}

func issuesDiffer(r *inventory.Repo, j *probeJSON, edge time.Time) string {
	var newest time.Time
	known := map[int]time.Time{}
	for _, i := range r.Issues {
		known[i.Ref.Number] = i.UpdatedAt
		if !i.Closed && !i.IsPull && i.UpdatedAt.After(newest) {
			newest = i.UpdatedAt
		}
	}
	for _, n := range j.Open.Nodes {
		if !n.UpdatedAt.Equal(newest) || !n.UpdatedAt.Before(edge) {
			return fmt.Sprintf("#%d was updated", n.Number)
		}
	}
	for _, n := range j.Closed.Nodes {
		if at, ok := known[n.Number]; !n.UpdatedAt.Before(edge) || ok && !at.Equal(n.UpdatedAt) {
			return fmt.Sprintf("closed #%d was updated", n.Number)
		}
	}
	return ""
}

func pullsDiffer(r *inventory.Repo, j *probeJSON) string {
	known := map[int]*inventory.Pull{}
	for k := range r.Pulls {
		known[r.Pulls[k].Ref.Number] = &r.Pulls[k]
	}
	for k := range j.Pulls.Nodes {
		n := &j.Pulls.Nodes[k]
		old := known[n.Number]
		if old == nil {
			return fmt.Sprintf("pull request #%d is new", n.Number)
		}
		now := n.pull(r.Ref)
		if old.Mergeable == "UNKNOWN" {
			old.Mergeable = now.Mergeable
		}
		open := func(threads []inventory.Thread) (n int) {
			for _, t := range threads {
				if !t.Resolved {
					n++
				}
			}
			return n
		}
		threads := len(old.Threads) != n.Threads.Total || len(old.Threads) <= len(now.Threads) && open(old.Threads) != open(now.Threads)
		switch {
		case !old.UpdatedAt.Equal(now.UpdatedAt), old.HeadSHA != now.HeadSHA, old.Base != now.Base, old.Draft != now.Draft:
			return fmt.Sprintf("pull request #%d was updated", n.Number)
		case old.Checks != now.Checks:
			return fmt.Sprintf("checks of #%d changed", n.Number)
		case old.Mergeable != now.Mergeable || old.ReviewDecision != now.ReviewDecision || old.AutoMerge != now.AutoMerge || old.Queued != now.Queued:
			return fmt.Sprintf("the merge state of #%d changed", n.Number)
		case threads:
			return fmt.Sprintf("review threads of #%d changed", n.Number)
		}
	}
	return ""
}

func byName(b []inventory.Branch) []inventory.Branch {
	b = slices.Clone(b)
	slices.SortFunc(b, func(x, y inventory.Branch) int {
		if x.Name < y.Name {
			return -1
		}
		return 1
	})
	return b
}

type stateJSON struct {
	State     string    `json:"state"`
	PullState string    `json:"pullState"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// elsewhereAsk watches a child outside the fleet; its change is the change of
// whoever names it, which is not known here: every repository is read again.
func elsewhereAsk(s *inventory.Snapshot, i *inventory.Issue, changed func(inventory.RepoRef, string)) *ask {
	all := func(reason string) {
		for _, r := range s.Repos {
			changed(r.Ref, reason)
		}
	}
	return &ask{repo: i.Ref.Repo, key: fmt.Sprintf("i%d", i.Ref.Number), nodes: 1,
		selection: fmt.Sprintf("issueOrPullRequest(number: %d) { ...ProbeIssue }", i.Ref.Number),
		fill: func(raw json.RawMessage) error {
			var j stateJSON
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			if i.Missing || !j.UpdatedAt.Equal(i.UpdatedAt) {
				all(i.Ref.String() + " was updated")
			}
			return nil
		},
		fail: func(e *Error) {
			if !i.Missing && e.Kind == KindNotFound {
				all(i.Ref.String() + " is gone")
			}
		}}
}

// dependency is a blocker outside the fleet and who waits for it.
type dependency struct {
	inventory.Dependency
	waiting []inventory.RepoRef
}

func outsideDependencies(s *inventory.Snapshot, fleet map[string]bool) []dependency {
	var out []dependency
	at := map[string]int{}
	for _, r := range s.Repos {
		for _, i := range r.Issues {
			for _, d := range i.BlockedBy {
				if fleet[d.Ref.Repo.Key()] {
					continue
				}
				k, ok := at[d.Ref.Key()]
				if !ok {
					k, at[d.Ref.Key()] = len(out), len(out)
					out = append(out, dependency{Dependency: d})
				}
				out[k].waiting = append(out[k].waiting, r.Ref)
			}
		}
	}
	return out
}

func (d dependency) ask(changed func(inventory.RepoRef, string)) *ask {
	return &ask{repo: d.Ref.Repo, key: fmt.Sprintf("d%d", d.Ref.Number), nodes: 1,
		selection: fmt.Sprintf("issueOrPullRequest(number: %d) { ...ProbeIssue }", d.Ref.Number),
		fill: func(raw json.RawMessage) error {
			var j stateJSON
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			if (j.State != "OPEN" && j.PullState != "OPEN") != d.Closed {
				for _, r := range d.waiting {
					changed(r, d.Ref.String()+" changed its state")
				}
			}
			return nil
		},
		fail: func(*Error) {}} // hidden as before: nothing can be told
}
