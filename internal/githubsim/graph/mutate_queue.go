package graph

import (
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

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
	return map[string]any{"mergeQueueEntry": x.queueEntry(pull, x.actor.User.ID, in.flag("jump"))}, nil
}

func dequeuePull(x *execution, in args) (map[string]any, error) {
	pull, err := x.pullNode(in.text("id"))
	if err != nil {
		return nil, err
	}
	entry := x.queueEntry(pull, pull.Pull.AutoMergeByID, false)
	if _, err = x.tx.DequeuePull(pull); err != nil {
		return nil, err
	}
	return map[string]any{"mergeQueueEntry": entry}, nil
}

// queueEntry is a pull request's place in the merge queue. The world merges whatever may be merged
// at once: what is left waits for its checks, and none of it for another.
func (x *execution) queueEntry(i *world.Issue, by int64, jump bool) any {
	since := any(x.tx.Now())
	for _, e := range x.tx.Events(i.ID) {
		if e.Kind == world.QueueAdded {
			since = e.CreatedAt
		}
	}
	state := "AWAITING_CHECKS"
	if i.Pull.Merged {
		state = "MERGEABLE"
	}
	repo := x.tx.RepoByID(i.RepoID)
	return record{"MergeQueueEntry", map[string]any{
		"id": "MQE_" + encode64(world.NodeID(i)), "enqueuedAt": since, "enqueuer": x.user(by), "jump": jump, "position": 1, "solo": false,
		"state": state, "mergeQueue": x.mergeQueue(repo), "pullRequest": i,
	}}
}
