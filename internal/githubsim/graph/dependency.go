package graph

import "github.com/dappcore/core-dev/internal/githubsim/world"

// blockers are the issues that block one, as far as the viewer may see them.
func (x *execution) blockers(i *world.Issue) []any {
	var out []any
	for _, id := range i.BlockedBy {
		if b := x.tx.IssueByID(id); b != nil && x.visible(b) {
			out = append(out, b)
		}
	}
	return out
}

func (x *execution) blocked(i *world.Issue) []any {
	var out []any
	for _, b := range x.tx.Blocking(i.ID) {
		if x.visible(b) {
			out = append(out, b)
		}
	}
	return out
}

func (x *execution) dependencies(i *world.Issue) any {
	open := func(list []any) int {
		n := 0
		for _, v := range list {
			if !v.(*world.Issue).Closed {
				n++
			}
		}
		return n
	}
	by, blocks := x.blockers(i), x.blocked(i)
	return record{"IssueDependenciesSummary", map[string]any{
		"blockedBy": open(by), "totalBlockedBy": len(by), "blocking": open(blocks), "totalBlocking": len(blocks),
	}}
}

func addBlockedBy(x *execution, in args) (map[string]any, error) {
	return x.dependency(in, x.tx.AddBlockedBy)
}

func removeBlockedBy(x *execution, in args) (map[string]any, error) {
	return x.dependency(in, x.tx.RemoveBlockedBy)
}

func (x *execution) dependency(in args, change func(issue, blocker *world.Issue) (*world.Issue, error)) (map[string]any, error) {
	issue, err := x.plainIssue(in.text("issueId"))
	if err != nil {
		return nil, err
	}
	blocker, err := x.plainIssue(in.text("blockingIssueId"))
	if err != nil {
		return nil, err
	}
	if _, err := change(issue, blocker); err != nil {
		return nil, err
	}
	return map[string]any{"issue": x.tx.IssueByID(issue.ID), "blockingIssue": x.tx.IssueByID(blocker.ID)}, nil
}
