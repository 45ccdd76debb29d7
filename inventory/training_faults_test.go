package inventory

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestFaults(t *testing.T) {
	at := func(m int) time.Time { return time.Date(2026, 2, 4, 10, m, 0, 0, time.UTC) }
	sound := func() TrainingRecord {
		return TrainingRecord{
			Version: 1, Repo: "o/a", Epic: "o/a#100", Child: "o/b#12", PR: "o/a#50", IssueCreatedAt: at(0), PROpenedAt: at(10), FirstCIPassAt: at(20), MergedAt: at(40),
			Commits:        []TrainingStamp{{"h1", at(10)}, {"h2", at(15)}},
			ReviewCycles:   []TrainingCycle{{ThreadIDs: []string{"t"}, ThreadCount: 1, Instruction: FixReviews, At: at(12), ResponseSHA: "h2", ResponseAt: at(15), ResolvedAt: at(16)}},
			ConflictCycles: []TrainingCycle{{Instruction: FixConflict, At: at(30)}},
			CIRuns:         []TrainingRun{{"h1", "failure", 1}, {"h2", "success", 0}},
			Automations:    []TrainingDeed{{"ask", at(30), 2}},
			Outcome:        "merged", Totals: TrainingTotals{Commits: 2, Reviews: 1, Conflicts: 1, Runs: 2, Red: 1, Threads: 1}, Duration: 1800,
			Origin: TrainingOrigin{Audit: "o/a#5", Pattern: true, Framework: "o/a#9"},
		}
	}
	if f := sound().Faults(); len(f) > 0 {
		t.Fatalf("a sound record: %v", f)
	}
	for want, spoil := range map[string]func(*TrainingRecord){
		"epic is no owner/repo#number":                        func(r *TrainingRecord) { r.Epic = "#100" },
		"child is no owner/repo#number":                       func(r *TrainingRecord) { r.Child = "" },
		"repo is not that of pr":                              func(r *TrainingRecord) { r.Repo = "o/b" },
		"origin names a framework issue and is no pattern":    func(r *TrainingRecord) { r.Origin.Pattern = false },
		"outcome is \"closed\"":                               func(r *TrainingRecord) { r.Outcome = "closed" },
		"pr_opened_at lies before issue_created_at":           func(r *TrainingRecord) { r.IssueCreatedAt = at(11) },
		"merged_at lies before pr_opened_at":                  func(r *TrainingRecord) { r.MergedAt = at(5) },
		"review_cycles[0].instruction_at lies before pr":      func(r *TrainingRecord) { r.ReviewCycles[0].At = at(4) },
		"merged_at lies before conflict_cycles[0].instr":      func(r *TrainingRecord) { r.ConflictCycles[0].At = at(46) },
		"response_commit_at lies before review_cycles[0].ins": func(r *TrainingRecord) { r.ReviewCycles[0].ResponseAt = at(11) },
		"threads_resolved_at lies before review_cycles[0]":    func(r *TrainingRecord) { r.ReviewCycles[0].ResolvedAt = at(11) },
		"response_commit_sha and _at go together":             func(r *TrainingRecord) { r.ReviewCycles[0].ResponseSHA = "" },
		"thread_count is 2 of 1":                              func(r *TrainingRecord) { r.ReviewCycles[0].ThreadCount = 2 },
		"instruction_sent is \"reviews\"":                     func(r *TrainingRecord) { r.ConflictCycles[0].Instruction = FixReviews },
		"ci_runs[0] is of no commit":                          func(r *TrainingRecord) { r.CIRuns[0].SHA = "h9" },
		"totals.commits is 3, the record holds 2":             func(r *TrainingRecord) { r.Totals.Commits = 3 },
		"totals.ci_failures is 0, the record holds 1":         func(r *TrainingRecord) { r.Totals.Red = 0 },
		"no run of ci_runs passed":                            func(r *TrainingRecord) { r.CIRuns[1].Conclusion = "error" },
		"automations count 5 requests, the cycles 2":          func(r *TrainingRecord) { r.Automations[0].Count = 5 },
		"duration_seconds is 7":                               func(r *TrainingRecord) { r.Duration = 7 },
	} {
		r := sound()
		spoil(&r)
		if f := r.Faults(); !slices.ContainsFunc(f, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("want %q, got %v", want, f)
		}
	}
	late := sound()
	late.ReviewCycles[0].At = at(7) // clocks differ
	if f := late.Faults(); len(f) > 0 {
		t.Errorf("%v", f)
	}
	gone := TrainingRecord{Repo: "o/a", Child: "o/a#1", PR: "o/a#2", Outcome: "closed", PROpenedAt: at(0), Duration: 5}
	if f := gone.Faults(); len(f) > 0 {
		t.Errorf("closed, its issue gone: %v", f)
	}
}

// What the program itself puts together makes sense, whatever a pull request went
// through.
func TestNewRecordsMakeSense(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		start := time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
		now := start
		var c Course
		names := []string{"h0", "h1", "h2", "h3", "h4"}
		f := TrainingFacts{Child: Ref{RepoRef{"o", "a"}, 1}, ChildAt: start, Pull: Ref{RepoRef{"o", "a"}, 2}, OpenedAt: start, State: PullMerged, Author: "x"}
		for k, n := 0, rapid.IntRange(0, 12).Draw(rt, "notes"); k < n; k++ {
			now = now.Add(time.Duration(rapid.IntRange(1, 90_000).Draw(rt, "pause")) * time.Second)
			sha := rapid.SampledFrom(names).Draw(rt, "sha")
			threads := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"t1", "t2", "t3"}), rapid.ID).Draw(rt, "threads")
			c = c.With(now, rapid.SampledFrom([]PullNote{
				{Kind: NoteHead, SHA: sha, Threads: threads}, {Kind: NoteHead, SHA: sha, Ours: true},
				{Kind: NoteAsked, Fix: FixReviews, Comment: int64(k + 1), SHA: sha}, {Kind: NoteAsked, Fix: FixConflict, Comment: int64(k + 1), SHA: sha},
				{Kind: NoteResolved, Threads: threads}, {Kind: NoteMended, SHA: sha, New: "m"},
			}).Draw(rt, "note"))
		}
		for _, sha := range names[:rapid.IntRange(0, len(names)).Draw(rt, "commits")] {
			k := TrainingCommit{SHA: sha, At: start}
			switch rapid.IntRange(0, 2).Draw(rt, "checks") {
			case 0:
				k.Checks, k.Done = Checks{State: "SUCCESS", Passed: 1}, now
			case 1:
				k.Checks, k.Done = Checks{State: "FAILURE", Failed: 1}, now
			}
			f.Commits = append(f.Commits, k)
		}
		f.EndedAt = now.Add(1500 * time.Millisecond)
		if rapid.Bool().Draw(rt, "closed") {
			f.State = PullClosed
		}
		r := NewTraining(Ref{}, f, c, nil, func(Ref) bool { return false }, "github.com")
		if faults := r.Faults(); len(faults) > 0 {
			rt.Fatalf("%v\n%+v", faults, r)
		}
		if again := r.Over(r); len(again.Faults()) > 0 {
			rt.Fatalf("over itself: %v", again.Faults())
		}
	})
}

func TestARenewedRecordKeepsWhatNobodyTellsAnyMore(t *testing.T) {
	at := time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
	old := TrainingRecord{IssueCreatedAt: at, Origin: TrainingOrigin{Audit: "o/a#5", Category: "docs", Severity: "low", Scope: "package", Pattern: true, Framework: "o/a#9"}}
	got := TrainingRecord{PR: "o/a#2"}.Over(old)
	if got.Origin != old.Origin || !got.IssueCreatedAt.Equal(at) || got.PR != "o/a#2" {
		t.Errorf("%+v", got)
	}
	got = TrainingRecord{Origin: TrainingOrigin{Severity: "high"}}.Over(old)
	if got.Origin.Severity != "high" || got.Origin.Audit != "o/a#5" {
		t.Errorf("%+v", got.Origin)
	}
}
