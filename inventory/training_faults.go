package inventory

import (
	"fmt"
	"slices"
	"time"
)

// clocks is by how much GitHub's clock and ours may differ before times of both
// are said to be out of order.
const clocks = 5 * time.Minute

// Faults says what in a record cannot be: names that are none, times out of
// order, totals that do not add up. Times are only compared where both are known;
// what our journal dates and what GitHub dates may differ by five minutes. Empty:
// it makes sense.
func (r TrainingRecord) Faults() []string {
	var f faults
	r.nameFaults(&f)
	r.timeFaults(&f)
	r.sumFaults(&f)
	return f
}

type faults []string

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// order notes a time that lies before one it must not lie before, by more than slack.
func (f *faults) order(first string, a time.Time, then string, b time.Time, slack time.Duration) {
	if !a.IsZero() && !b.IsZero() && b.Before(a.Add(-slack)) {
		f.add("%s lies before %s", then, first)
	}
}

func (r TrainingRecord) nameFaults(f *faults) {
	ref := func(key, text string, needed bool) (Ref, bool) {
		if text == "" && !needed {
			return Ref{}, false
		}
		got, err := ParseRef(text, RepoRef{}, "")
		if err != nil || got.Repo.IsZero() || got.String() != text {
			f.add("%s is no owner/repo#number", key)
			return Ref{}, false
		}
		return got, true
	}
	ref("epic", r.Epic, false)
	ref("child", r.Child, true)
	ref("origin.audit_issue", r.Origin.Audit, false)
	ref("origin.framework_issue", r.Origin.Framework, false)
	if pull, ok := ref("pr", r.PR, true); ok && pull.Repo.String() != r.Repo {
		f.add("repo is not that of pr")
	}
	if r.Origin.Framework != "" && !r.Origin.Pattern {
		f.add("origin names a framework issue and is no pattern")
	}
	if (r.Outcome == "merged") == r.MergedAt.IsZero() {
		f.add("outcome is %q and merged_at says otherwise", r.Outcome)
	}
}

func (r TrainingRecord) timeFaults(f *faults) {
	f.order("issue_created_at", r.IssueCreatedAt, "pr_opened_at", r.PROpenedAt, 0)
	f.order("pr_opened_at", r.PROpenedAt, "merged_at", r.MergedAt, 0)
	cycles := func(key string, list []TrainingCycle) {
		for k, c := range list {
			at := fmt.Sprintf("%s[%d].", key, k)
			if k > 0 {
				f.order(key+" before it", list[k-1].At, at+"instruction_at", c.At, 0)
			}
			f.order("pr_opened_at", r.PROpenedAt, at+"instruction_at", c.At, clocks)
			f.order(at+"instruction_at", c.At, "merged_at", r.MergedAt, clocks)
			f.order(at+"instruction_at", c.At, at+"response_commit_at", c.ResponseAt, 0)
			f.order(at+"instruction_at", c.At, at+"threads_resolved_at", c.ResolvedAt, 0)
			if (c.ResponseSHA == "") != c.ResponseAt.IsZero() {
				f.add("%sresponse_commit_sha and _at go together", at)
			}
			if c.ThreadCount != len(c.ThreadIDs) {
				f.add("%sthread_count is %d of %d thread_ids", at, c.ThreadCount, len(c.ThreadIDs))
			}
			if (c.Instruction == FixConflict) != (key == "conflict_cycles") {
				f.add("%sinstruction_sent is %q", at, c.Instruction)
			}
		}
	}
	cycles("review_cycles", r.ReviewCycles)
	cycles("conflict_cycles", r.ConflictCycles)
}

func (r TrainingRecord) sumFaults(f *faults) {
	sum := func(key string, said, is int) {
		if said != is {
			f.add("totals.%s is %d, the record holds %d", key, said, is)
		}
	}
	red, passed := 0, false
	for k, run := range r.CIRuns {
		if run.Failed > 0 {
			red++
		}
		passed = passed || run.Conclusion == "success"
		if !slices.ContainsFunc(r.Commits, func(c TrainingStamp) bool { return c.SHA == run.SHA }) {
			f.add("ci_runs[%d] is of no commit of the record", k)
		}
	}
	sum("commits", r.Totals.Commits, len(r.Commits))
	sum("review_cycles", r.Totals.Reviews, len(r.ReviewCycles))
	sum("conflict_cycles", r.Totals.Conflicts, len(r.ConflictCycles))
	sum("ci_runs", r.Totals.Runs, len(r.CIRuns))
	sum("ci_failures", r.Totals.Red, red)
	if !r.FirstCIPassAt.IsZero() && !passed {
		f.add("first_ci_pass_at is set and no run of ci_runs passed")
	}
	for _, d := range r.Automations {
		if asked := len(r.ReviewCycles) + len(r.ConflictCycles); d.Action == "ask" && d.Count != asked {
			f.add("automations count %d requests, the cycles %d", d.Count, asked)
		}
	}
	if r.MergedAt.IsZero() || r.PROpenedAt.IsZero() {
		return
	}
	if is := int64(r.MergedAt.Sub(r.PROpenedAt) / time.Second); is != r.Duration {
		f.add("duration_seconds is %d, from pr_opened_at to merged_at it is %d", r.Duration, is)
	}
}
