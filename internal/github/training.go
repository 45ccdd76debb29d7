package github

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

type recordCommitJSON struct {
	OID    string    `json:"oid"`
	At     time.Time `json:"committedDate"`
	Rollup *struct {
		rollupJSON
		Contexts struct {
			Runs     []countJSON `json:"checkRunCountsByState"`
			Statuses []countJSON `json:"statusContextCountsByState"`
			Nodes    []struct {
				Started   time.Time `json:"startedAt"`
				Completed time.Time `json:"completedAt"`
				Created   time.Time `json:"createdAt"`
			} `json:"nodes"`
		} `json:"contexts"`
	} `json:"statusCheckRollup"`
}

// commit sums up the checks: their names and texts are none of a record.
func (j *recordCommitJSON) commit() inventory.TrainingCommit {
	out := inventory.TrainingCommit{SHA: j.OID, At: j.At}
	if j.Rollup == nil {
		return out
	}
	r := rollupJSON{State: j.Rollup.State}
	r.Contexts.Runs, r.Contexts.Statuses = j.Rollup.Contexts.Runs, j.Rollup.Contexts.Statuses
	out.Checks = r.checks()
	for _, n := range j.Rollup.Contexts.Nodes {
		for _, t := range []time.Time{n.Started, n.Created} {
			if !t.IsZero() && (out.Started.IsZero() || t.Before(out.Started)) {
				out.Started = t
			}
		}
		for _, t := range []time.Time{n.Completed, n.Created} {
			if t.After(out.Done) {
				out.Done = t
			}
		}
	}
	if out.Checks.Pending > 0 {
		out.Done = time.Time{}
	}
	return out
}

// recordJSON is what a page of a record holds of a pull request.
type recordJSON struct {
	Number      int         `json:"number"`
	State       string      `json:"state"`
	CreatedAt   time.Time   `json:"createdAt"`
	MergedAt    time.Time   `json:"mergedAt"`
	ClosedAt    time.Time   `json:"closedAt"`
	Author      *actorJSON  `json:"author"`
	MergeCommit *targetJSON `json:"mergeCommit"`
	Labels      *namesJSON  `json:"labels"`
	Commits     struct {
		Page  pageJSON `json:"pageInfo"`
		Nodes []struct {
			Commit recordCommitJSON `json:"commit"`
		} `json:"nodes"`
	} `json:"commits"`
	Threads struct {
		Page  pageJSON `json:"pageInfo"`
		Nodes []struct {
			ID       string `json:"id"`
			Resolved bool   `json:"isResolved"`
			Comments struct {
				Nodes []struct {
					At     time.Time  `json:"createdAt"`
					Author *actorJSON `json:"author"`
				} `json:"nodes"`
			} `json:"comments"`
		} `json:"nodes"`
	} `json:"reviewThreads"`
	Pushes struct {
		Page  pageJSON `json:"pageInfo"`
		Nodes []struct {
			At     time.Time         `json:"createdAt"`
			Before *recordCommitJSON `json:"beforeCommit"`
		} `json:"nodes"`
	} `json:"pushes"`
}

// Record reads what GitHub knows for the training record of a child and the pull
// request that brought it: one request and a point up to 50 commits and threads
// and 20 forced pushes, another for each hundred more. A child that is gone leaves
// its part empty. KindNotFound: the pull request is gone.
func (c *Client) Record(ctx context.Context, child, pull inventory.Ref) (inventory.TrainingFacts, error) {
	doing := "read the record of " + pull.String()
	vars := map[string]any{"owner": pull.Repo.Owner, "name": pull.Repo.Name, "number": pull.Number}
	first := map[string]any{"childOwner": child.Repo.Owner, "childName": child.Repo.Name, "child": child.Number}
	for k, v := range vars {
		first[k] = v
	}
	r, err := c.query(ctx, "Record", document("Record"), first)
	if err != nil {
		return inventory.TrainingFacts{}, explained(doing, err)
	}
	out := inventory.TrainingFacts{Child: child, Pull: pull}
	if err := childOf(r, &out); err != nil {
		return inventory.TrainingFacts{}, explained(doing, err)
	}
	var j struct {
		Pull *recordJSON `json:"pullRequest"`
	}
	if err := r.repository(doing, &j); err != nil {
		return inventory.TrainingFacts{}, err
	}
	if j.Pull == nil {
		return inventory.TrainingFacts{}, gone(doing)
	}
	out.State, out.OpenedAt, out.EndedAt = inventory.PullState(j.Pull.State), j.Pull.CreatedAt, j.Pull.ClosedAt
	if !j.Pull.MergedAt.IsZero() {
		out.EndedAt = j.Pull.MergedAt
	}
	if j.Pull.MergeCommit != nil {
		out.MergeSHA = j.Pull.MergeCommit.OID
	}
	out.Author, out.AuthorKind, out.Labels = j.Pull.Author.login(), j.Pull.Author.kind(), j.Pull.Labels.names()
	for {
		j.Pull.into(&out)
		commits, threads, pushes := j.Pull.Commits.Page, j.Pull.Threads.Page, j.Pull.Pushes.Page
		if !commits.Next && !threads.Next && !pushes.Next {
			return out, nil
		}
		vars["moreCommits"], vars["commits"] = commits.Next, commits.End
		vars["moreThreads"], vars["threads"] = threads.Next, threads.End
		vars["morePushes"], vars["pushes"] = pushes.Next, pushes.End
		j.Pull = nil
		if err := c.look(ctx, doing, "RecordRest", vars, &j); err != nil {
			return inventory.TrainingFacts{}, err
		}
		if j.Pull == nil {
			return inventory.TrainingFacts{}, gone(doing)
		}
	}
}

// into adds a page to the facts.
func (j *recordJSON) into(out *inventory.TrainingFacts) {
	for k := range j.Commits.Nodes {
		out.Commits = append(out.Commits, j.Commits.Nodes[k].Commit.commit())
	}
	for _, n := range j.Threads.Nodes {
		t := inventory.TrainingThread{ID: n.ID, Resolved: n.Resolved}
		for _, c := range n.Comments.Nodes {
			t.At, t.Author, t.AuthorKind = c.At, c.Author.login(), c.Author.kind()
		}
		out.Threads = append(out.Threads, t)
	}
	for _, n := range j.Pushes.Nodes {
		if n.Before != nil { // else git has it no more
			c := n.Before.commit()
			c.At = n.At
			out.Replaced = append(out.Replaced, c)
		}
	}
}

// childOf takes the child out of an answer. That it is not there is an answer, not
// an error: it leaves r.errors.
func childOf(r *result, out *inventory.TrainingFacts) error {
	r.errors = slices.DeleteFunc(r.errors, func(e gqlError) bool { return e.at(0) == "child" && e.kind() == KindNotFound })
	if len(r.errors) > 0 {
		return r.errors[0].explain()
	}
	var j *struct {
		Issue *struct {
			CreatedAt time.Time  `json:"createdAt"`
			Labels    *namesJSON `json:"labels"`
		} `json:"issue"`
	}
	if raw := r.data["child"]; len(raw) > 0 {
		if err := json.Unmarshal(raw, &j); err != nil {
			return &Error{Kind: KindServer, Message: "an answer that cannot be read", Err: err}
		}
	}
	if j != nil && j.Issue != nil {
		out.ChildAt, out.ChildLabels = j.Issue.CreatedAt, j.Issue.Labels.names()
	}
	return nil
}
