package world

import (
	"cmp"
	"slices"
)

// EnableAutoMerge has a pull request merged by this method (empty: merge) once
// the base branch's rules are met; Write. 422 where the repository does not
// allow it, or nothing stands against merging now.
func (tx *Tx) EnableAutoMerge(pull *Issue, method string) (*Issue, error) {
	pull, repo, err := tx.needPull(pull.ID, Write)
	if err != nil {
		return nil, err
	}
	if method == "" {
		method = "merge"
	}
	switch {
	case methodNames[method] == "":
		return nil, invalid(FieldError{Resource: "PullRequest", Field: "merge_method", Code: "invalid", Value: method})
	case !repo.Settings.AutoMerge:
		return nil, refused("Auto merge is not allowed for this repository")
	case pull.Closed:
		return nil, refused("Pull request is closed")
	}
	reason := tx.obstacle(repo, pull, method)
	if reason == methodNames[method]+" are not allowed on this repository." {
		return nil, refused("%s", reason)
	}
	if reason == "" {
		return nil, refused("Pull request is in clean status")
	}
	pull = tx.change(pull.ID, func(i *Issue) { i.Pull.AutoMerge, i.Pull.AutoMergeByID = method, tx.actorID() })
	tx.record(pull.ID, Event{Kind: AutoMergeOn})
	return pull, nil
}

// DisableAutoMerge takes EnableAutoMerge back; its author or Write.
func (tx *Tx) DisableAutoMerge(pull *Issue) (*Issue, error) {
	pull, _, err := tx.authorOr(pull.ID, Write)
	if err != nil {
		return nil, err
	}
	if pull.Pull.AutoMerge == "" {
		return nil, refused("Can't disable auto-merge for this pull request.")
	}
	pull = tx.change(pull.ID, func(i *Issue) { i.Pull.AutoMerge, i.Pull.AutoMergeByID = "", 0 })
	tx.record(pull.ID, Event{Kind: AutoMergeOff})
	return pull, nil
}

// KeepQueue has merge queues kept by somebody who merges what is in them. Else a
// pull request in a queue is merged as soon as the rules are met.
func (w *World) KeepQueue(kept bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queueKept = kept
}

// EnqueuePull puts a pull request into the merge queue; Write. It is merged
// once the rules are met, at once when they are, unless the queue is kept.
func (tx *Tx) EnqueuePull(pull *Issue) (*Issue, error) {
	pull, repo, err := tx.needPull(pull.ID, Write)
	if err != nil {
		return nil, err
	}
	switch {
	case !repo.Settings.MergeQueue:
		return nil, refused("Merge queue is not enabled for this repository")
	case pull.Closed || pull.Pull.Draft:
		return nil, refused("Pull request is not mergeable")
	case pull.Pull.Queued:
		return nil, refused("Pull request is already in the queue")
	}
	pull = tx.change(pull.ID, func(i *Issue) { i.Pull.Queued, i.Pull.AutoMergeByID = true, tx.actorID() })
	tx.record(pull.ID, Event{Kind: QueueAdded})
	return tx.proceed(pull)
}

// Queued are the pull requests in a branch's merge queue, in the order they came.
func (tx *Tx) Queued(repoID int64, base string) []*Issue {
	list := slices.DeleteFunc(tx.PullsOf(repoID), func(i *Issue) bool {
		return i.RepoID != repoID || !i.Pull.Queued || i.Pull.BaseRef != base
	})
	slices.SortFunc(list, func(a, b *Issue) int { return cmp.Compare(tx.QueuedBy(a).ID, tx.QueuedBy(b).ID) })
	return list
}

// QueuedBy is the event by which a pull request came into the queue last, an
// empty one when it never did.
func (tx *Tx) QueuedBy(pull *Issue) Event {
	var last Event
	for _, e := range tx.s.eventsOf[pull.ID] {
		if e.Kind == QueueAdded {
			last = *e
		}
	}
	return last
}

// DequeuePull takes a pull request out of the merge queue; Write.
func (tx *Tx) DequeuePull(pull *Issue) (*Issue, error) {
	pull, _, err := tx.needPull(pull.ID, Write)
	if err != nil {
		return nil, err
	}
	if !pull.Pull.Queued {
		return nil, refused("Pull request is not in the queue")
	}
	pull = tx.change(pull.ID, func(i *Issue) { i.Pull.Queued, i.Pull.AutoMergeByID = false, 0 })
	tx.record(pull.ID, Event{Kind: QueueRemoved})
	return pull, nil
}

// proceed merges a pull request that waits for its rules, as the one who said
// so, if they are met now. One that conflicts goes on waiting.
func (tx *Tx) proceed(pull *Issue) (*Issue, error) {
	pull = tx.IssueByID(pull.ID)
	p := pull.Pull
	if pull.Closed || p.AutoMerge == "" && (!p.Queued || tx.w.queueKept) {
		return pull, nil
	}
	method := p.AutoMerge
	if method == "" {
		method = "merge"
	}
	repo := tx.s.repos.rows[pull.RepoID]
	if tx.obstacle(repo, pull, method) != "" {
		return pull, nil
	}
	if clean, err := tx.Merges(pull); err != nil || !clean {
		return pull, err
	}
	acting := tx.actor
	defer func() { tx.actor = acting }()
	tx.actor = Actor{User: tx.s.users.rows[p.AutoMergeByID]}
	return tx.MergePull(pull, Merge{Method: method})
}

// proceedAll lets the open pull requests with that head proceed.
func (tx *Tx) proceedAll(repoID int64, sha string) error {
	for _, pull := range tx.PullsOf(repoID) {
		if pull.RepoID == repoID && pull.Pull.HeadSHA == sha {
			if _, err := tx.proceed(pull); err != nil {
				return err
			}
		}
	}
	return nil
}
