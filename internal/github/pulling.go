package github

import (
	"context"
	"slices"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// workJSON is a pull request as fragment WorkFacts selects it.
type workJSON struct {
	pullJSON
	State       string      `json:"state"`
	MergedAt    time.Time   `json:"mergedAt"`
	ClosedAt    time.Time   `json:"closedAt"`
	MergeCommit *targetJSON `json:"mergeCommit"`
	QueueOn     bool        `json:"isMergeQueueEnabled"`
	Opinions    struct {
		Nodes []struct {
			State string    `json:"state"`
			At    time.Time `json:"submittedAt"`
		} `json:"nodes"`
	} `json:"latestOpinionatedReviews"`
	Reviews struct {
		Total int `json:"totalCount"`
		Nodes []struct {
			Author      *actorJSON `json:"author"`
			Association string     `json:"authorAssociation"`
		} `json:"nodes"`
	} `json:"reviews"`
}

// work leaves Behind unknown: it takes a question of its own.
func (j *workJSON) work(repo inventory.RepoRef) inventory.PullWork {
	p := inventory.PullWork{Pull: j.pull(repo), State: inventory.PullState(j.State), EndedAt: j.ClosedAt, QueueOn: j.QueueOn, Behind: -1}
	if !j.MergedAt.IsZero() {
		p.EndedAt = j.MergedAt
	}
	if j.MergeCommit != nil {
		p.MergeSHA = j.MergeCommit.OID
	}
	for _, n := range j.Opinions.Nodes {
		switch n.State {
		case "APPROVED":
			p.Approved++
		case "CHANGES_REQUESTED":
			p.Objected++
			if n.At.After(p.ObjectedAt) {
				p.ObjectedAt = n.At
			}
		}
	}
	for _, n := range j.Reviews.Nodes {
		// An app has to be installed there to review; a person may be anybody.
		if n.Author.login() != p.Author && (n.Author.kind() == "Bot" || (inventory.Trust{}).Author(n.Author.login(), n.Author.kind(), n.Association)) {
			p.Reviews++
		}
	}
	// The list of commits may lag behind the head: then these are not its checks.
	if len(j.Commits.Nodes) == 0 || j.Commits.Nodes[0].Commit.OID != p.HeadSHA {
		p.Checks = inventory.Checks{}
		return p
	}
	for _, n := range j.Commits.Nodes[0].Commit.Parents.Nodes {
		p.Parents = append(p.Parents, n.OID)
	}
	return p
}

// rest tells whether labels or threads have further pages.
func (j *workJSON) rest() (labels, threads bool) {
	return j.Labels != nil && j.Labels.Page.Next, j.Threads.Page.Next
}

type nowJSON struct {
	workJSON
	MergedBy *actorJSON `json:"mergedBy"`
	Comments struct {
		Nodes []struct {
			ID databaseID `json:"fullDatabaseId"`
		} `json:"nodes"`
	} `json:"comments"`
}

// PullNow reads a pull request afresh, all of its threads and labels included:
// one request up to 50 threads, another for each 100 more. What it lacks is a
// question of its own to GitHub and no precondition of a write: Behind is -1, and
// there are no Acks and no Mentions. KindNotFound: it is gone, or hidden from the
// token. KindStale: it moved on while it was read.
func (c *Client) PullNow(ctx context.Context, ref inventory.Ref) (inventory.PullNow, error) {
	doing := "look at " + ref.String()
	var j struct {
		Archived bool     `json:"isArchived"`
		Pull     *nowJSON `json:"pullRequest"`
	}
	vars := map[string]any{"owner": ref.Repo.Owner, "name": ref.Repo.Name, "number": ref.Number}
	if err := c.look(ctx, doing, "PullNow", vars, &j); err != nil {
		return inventory.PullNow{}, err
	}
	if j.Pull == nil {
		return inventory.PullNow{}, gone(doing)
	}
	return c.pullNow(ctx, doing, ref, j.Pull, j.Archived)
}

func (c *Client) pullNow(ctx context.Context, doing string, ref inventory.Ref, j *nowJSON, archived bool) (inventory.PullNow, error) {
	out := inventory.PullNow{PullWork: j.work(ref.Repo), MergedBy: j.MergedBy.login(), Archived: archived}
	for _, n := range j.Comments.Nodes {
		if n.ID == 0 {
			return inventory.PullNow{}, noID(doing)
		}
		out.Comment = max(out.Comment, int64(n.ID))
	}
	labels, threads := j.rest()
	vars := map[string]any{"owner": ref.Repo.Owner, "name": ref.Repo.Name, "number": ref.Number}
	if threads {
		vars["after"] = j.Threads.Page.End
	} else if labels {
		out.Threads = nil // all of them again
	}
	for labels || threads {
		var more struct {
			Pull *struct {
				Head    string         `json:"headRefOid"`
				Labels  *namesJSON     `json:"labels"`
				Threads threadPageJSON `json:"reviewThreads"`
			} `json:"pullRequest"`
		}
		if err := c.look(ctx, doing, "PullRest", vars, &more); err != nil {
			return inventory.PullNow{}, err
		}
		if more.Pull == nil {
			return inventory.PullNow{}, gone(doing)
		}
		if more.Pull.Head != out.HeadSHA {
			return inventory.PullNow{}, &Error{Kind: KindStale, Doing: doing, Message: "it was pushed to while it was read", Hint: "try again"}
		}
		out.Labels = more.Pull.Labels.names()
		out.Threads = append(out.Threads, more.Pull.Threads.threads()...)
		labels, threads = false, more.Pull.Threads.Page.Next
		vars["after"] = more.Pull.Threads.Page.End
	}
	return out, nil
}

// OpenPulls lists the open pull requests of one branch of a repository into
// another of it, by number, each as PullNow reads it. Those from forks, whose
// branches may have any name, are none of them.
func (c *Client) OpenPulls(ctx context.Context, repo inventory.RepoRef, head, base string) ([]inventory.PullNow, error) {
	doing := "look for pull requests of " + head + " into " + base + " in " + repo.String()
	vars := map[string]any{"owner": repo.Owner, "name": repo.Name, "head": head, "base": base}
	var out []inventory.PullNow
	for {
		var j struct {
			Archived bool `json:"isArchived"`
			Pulls    struct {
				Page  pageJSON  `json:"pageInfo"`
				Nodes []nowJSON `json:"nodes"`
			} `json:"pullRequests"`
		}
		if err := c.look(ctx, doing, "OpenPulls", vars, &j); err != nil {
			return nil, err
		}
		for k := range j.Pulls.Nodes {
			n := &j.Pulls.Nodes[k]
			if n.Number == 0 {
				return nil, noID(doing)
			}
			if n.CrossRepo {
				continue
			}
			p, err := c.pullNow(ctx, doing, inventory.Ref{Repo: repo, Number: n.Number}, n, j.Archived)
			if err != nil {
				return nil, err
			}
			out = append(out, p)
		}
		if !j.Pulls.Page.Next {
			slices.SortFunc(out, func(a, b inventory.PullNow) int { return a.Ref.Number - b.Ref.Number })
			return out, nil
		}
		vars["after"] = j.Pulls.Page.End
	}
}
