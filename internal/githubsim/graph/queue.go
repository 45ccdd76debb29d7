package graph

import (
	"slices"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// mergeQueue is the merge queue of a repository's default branch as a value: null where there is none.
func (x *execution) mergeQueue(repo *world.Repo) any { return x.mergeQueueOf(repo, repo.DefaultBranch) }

func (x *execution) mergeQueueOf(repo *world.Repo, branch string) any {
	if !repo.Settings.MergeQueue {
		return nil
	}
	at := x.repoPath(repo) + "/queue/" + branch
	return record{"MergeQueue", map[string]any{
		"id": "MQ_" + encode64(x.tx.FullName(repo)), "repository": repo, "resourcePath": at, "url": x.web + at,
		"nextEntryEstimatedTimeToMerge": nil,
		"entries": connectionOf(func() list {
			var items []any
			for _, pull := range x.tx.Queued(repo.ID, branch) {
				items = append(items, x.queueEntry(pull))
			}
			return list{items: items}
		}),
	}}
}

// queueEntry is a pull request's place in the queue of its base as a value: null when it has none.
func (x *execution) queueEntry(i *world.Issue) any {
	p, repo := i.Pull, x.tx.RepoByID(i.RepoID)
	if !p.Queued {
		return nil
	}
	state := "MERGEABLE"
	switch x.tx.Rollup(i.RepoID, p.HeadSHA) {
	case "PENDING":
		state = "AWAITING_CHECKS"
	case "FAILURE":
		state = "UNMERGEABLE"
	}
	by := x.tx.QueuedBy(i)
	return record{"MergeQueueEntry", map[string]any{
		"id": "MQE_" + encode64(world.NodeID(i)), "enqueuedAt": by.CreatedAt, "enqueuer": x.user(p.AutoMergeByID), "estimatedTimeToMerge": nil,
		"baseCommit": &world.CommitNode{Repo: repo, SHA: p.BaseSHA}, "headCommit": &world.CommitNode{Repo: repo, SHA: p.HeadSHA},
		"jump": false, "solo": false, "pullRequest": i, "state": state,
		"position":   1 + slices.IndexFunc(x.tx.Queued(i.RepoID, p.BaseRef), func(q *world.Issue) bool { return q.ID == i.ID }),
		"mergeQueue": try(func() (any, error) { return x.mergeQueueOf(repo, p.BaseRef), nil }),
	}}
}

func enqueuePull(x *execution, in args) (map[string]any, error) {
	pull, err := x.pullNode(in.text("pullRequestId"))
	if err != nil {
		return nil, err
	}
	if head := in.text("expectedHeadOid"); head != "" && head != pull.Pull.HeadSHA {
		return nil, &Error{Type: Unprocessable, Message: "Head branch was modified. Review and try the merge again."}
	}
	if pull, err = x.tx.EnqueuePull(pull); err != nil {
		return nil, err
	}
	return map[string]any{"mergeQueueEntry": x.queueEntry(pull)}, nil
}

func dequeuePull(x *execution, in args) (map[string]any, error) {
	pull, err := x.pullNode(in.text("id"))
	if err != nil {
		return nil, err
	}
	entry := x.queueEntry(pull)
	if _, err = x.tx.DequeuePull(pull); err != nil {
		return nil, err
	}
	return map[string]any{"mergeQueueEntry": entry}, nil
}
