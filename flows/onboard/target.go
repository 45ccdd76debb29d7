package onboard

import (
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Wanted tells whether a repository of the fleet has something to onboard, and
// if not why: it stands before stage 3, or bears our marks, so that what an
// earlier run left, or what came since, is seen to. An executing repository
// whose epics are a person's is left alone unless it is named.
func Wanted(w flows.World, row *inventory.Row) (bool, string) {
	switch row.Stage {
	case inventory.StageAudit, inventory.StageOrganise:
		return true, ""
	case inventory.StageIdle:
		return false, "idle: it has no open issue"
	}
	for k := range row.Repo.Issues {
		i := &row.Repo.Issues[k]
		if !i.Closed && !w.Mark(i).IsZero() {
			return true, ""
		}
	}
	if len(w.Unlisted(row.Repo, func(inventory.Mark) bool { return false })) > 0 {
		return true, "" // made here just now, and not listed yet
	}
	return false, "executing epics that were not made here: name it to organise its other issues"
}

// Paths are the files that the repository's audits name, which Details shall
// look for.
func (o Onboard) Paths(w flows.World) []string {
	if !o.Stages.Audit {
		return nil
	}
	return o.auditing().Paths(w)
}

// Unlisted are the issues that the journal has as made here and the look does not,
// by number, which Details shall read.
func (o Onboard) Unlisted(w flows.World) []int {
	if o.Stages.Audit {
		return o.auditing().Unlisted(w)
	}
	repo, ok := w.Snapshot.Repo(o.Repo)
	if !ok {
		return nil
	}
	return w.Unlisted(repo, func(inventory.Mark) bool { return false })
}

// Round plans the next round of several repositories: what they spend is
// admitted together. Plans without steps are among them, for what they skip.
func Round(w flows.World, list []Onboard) []flows.Plan {
	out := make([]flows.Plan, len(list))
	for k, o := range list {
		out[k] = o.Plan(w)
		w.Budget = committed(w, out[k])
	}
	return out
}
