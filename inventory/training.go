package inventory

import "time"

// TrainingFacts is what GitHub knows for the training record of a child that is
// done (spec/2-flows "Training journal and benchmark"): structure alone. What was
// asked for and answered, and when threads were resolved, only our own journal
// tells.
type TrainingFacts struct {
	Child       Ref
	ChildAt     time.Time // the issue was opened; zero: it is gone
	ChildLabels []string

	Pull       Ref
	State      PullState
	Author     string // login, bots without "[bot]"; empty: the account is gone
	AuthorKind string
	Labels     []string
	OpenedAt   time.Time
	EndedAt    time.Time // merged or closed; zero: open
	MergeSHA   string

	Commits []TrainingCommit // those it has, oldest first
	// Replaced are the heads that a forced push took out of it, oldest first; what
	// led up to them GitHub does not list.
	Replaced []TrainingCommit
	Threads  []TrainingThread // in GitHub's order
}

// TrainingCommit is a commit with its checks, as they are now.
type TrainingCommit struct {
	SHA string
	At  time.Time // committed, by its committer's word; of a replaced one, when it was replaced
	// Checks are counted, never named.
	Checks Checks
	// Started is when the first of them began, Done when the last ended: zero where
	// there are none, or some are not over.
	Started, Done time.Time
}

// TrainingThread is a review thread: who began it and when.
type TrainingThread struct {
	ID         string
	At         time.Time
	Author     string
	AuthorKind string
	Resolved   bool
}

// FirstPass is when checks first passed on a commit of the pull request, replaced
// ones included; zero: they never did.
func (f TrainingFacts) FirstPass() time.Time {
	var first time.Time
	for _, list := range [][]TrainingCommit{f.Replaced, f.Commits} {
		for _, c := range list {
			if c.Checks.State == "SUCCESS" && !c.Done.IsZero() && (first.IsZero() || c.Done.Before(first)) {
				first = c.Done
			}
		}
	}
	return first
}
