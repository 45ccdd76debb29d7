package cmd

import (
	"context"

	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/internal/training"
	"github.com/dappcore/core-dev/inventory"
)

const trainingFolder = "training"

// recorder keeps the training record of a child that is done: GitHub's facts and
// our journal's, put together.
type recorder struct {
	hub   *github.Client
	plans *journal.Store
	store *training.Store
	look  *look // for the child; nil: its origin is not known
	host  string
}

func (r recorder) Capture(ctx context.Context, epic, child, pull inventory.Ref) error {
	facts, err := r.hub.Record(ctx, child, pull)
	if err != nil {
		return err
	}
	_, err = r.keep(epic, facts)
	return err
}

// captured is a record that was kept, and what that came to.
type captured struct {
	record inventory.TrainingRecord
	how    training.Kept
	file   string
	other  string // child that another record of the pull request is of; empty: there is none
}

func (r recorder) keep(epic inventory.Ref, facts inventory.TrainingFacts) (captured, error) {
	var out captured
	course, err := r.plans.Course(facts.Pull)
	if err != nil {
		return out, err
	}
	var issue *inventory.Issue
	if r.look != nil {
		issue, _ = r.look.snap.Find(facts.Child)
	}
	out.record = inventory.NewTraining(epic, facts, course, issue, r.framework, r.host)
	old, ok, err := r.store.Find(facts.Pull)
	if err != nil {
		return out, err
	}
	switch {
	case ok && old.Child == out.record.Child:
		out.record = out.record.Over(old)
	case ok:
		out.other = old.Child
	}
	out.how, out.file, err = r.store.Keep(epic, facts.Child, out.record)
	return out, err
}

// framework tells whether an issue is a framework issue that this program made: a
// mark of a stranger is none. One that the look did not read is known by the
// journal alone.
func (r recorder) framework(ref inventory.Ref) bool {
	if r.look == nil {
		return false
	}
	i, ok := r.look.snap.Find(ref)
	if !ok {
		i = &inventory.Issue{Ref: ref}
	}
	return r.look.world().Mark(i).Kind == inventory.MarkFramework
}
