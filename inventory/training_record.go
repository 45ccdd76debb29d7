package inventory

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// TrainingRecord is what is kept of one finished child: structure alone, no text
// of anybody's (spec/2-flows "Training journal and benchmark"). Version 1.
type TrainingRecord struct {
	Version int    `json:"version"`
	Repo    string `json:"repo"` // owner/name, of the pull request
	Epic    string `json:"epic"` // owner/repo#n; empty: dispatched directly
	Child   string `json:"child"`
	PR      string `json:"pr"`

	IssueCreatedAt time.Time `json:"issue_created_at,omitzero"`
	PROpenedAt     time.Time `json:"pr_opened_at,omitzero"`
	FirstCIPassAt  time.Time `json:"first_ci_pass_at,omitzero"`
	MergedAt       time.Time `json:"merged_at,omitzero"`

	Commits        []TrainingStamp     `json:"commits"`
	ReviewCycles   []TrainingCycle     `json:"review_cycles"`
	ConflictCycles []TrainingCycle     `json:"conflict_cycles"`
	CIRuns         []TrainingRun       `json:"ci_runs"`
	Automations    []TrainingDeed      `json:"automations"`
	Outcome        string              `json:"outcome"` // merged, closed
	Totals         TrainingTotals      `json:"totals"`
	Duration       int64               `json:"duration_seconds"` // from its opening to its end
	Implementer    TrainingImplementer `json:"implementer"`
	Origin         TrainingOrigin      `json:"origin"`
}

// TrainingStamp is a commit: when its committer says it was made.
type TrainingStamp struct {
	SHA string    `json:"sha"`
	At  time.Time `json:"timestamp"`
}

// TrainingCycle is one request for a fix and what came of it.
type TrainingCycle struct {
	ThreadIDs   []string  `json:"thread_ids,omitempty"` // that stood when it was asked
	ThreadCount int       `json:"thread_count"`
	Instruction Fix       `json:"instruction_sent"`
	At          time.Time `json:"instruction_at"`
	ResponseSHA string    `json:"response_commit_sha,omitempty"` // the agent's next head
	ResponseAt  time.Time `json:"response_commit_at,omitzero"`   // when we first saw it
	ResolvedAt  time.Time `json:"threads_resolved_at,omitzero"`  // the last of them
}

// TrainingRun is what checks said of a commit.
type TrainingRun struct {
	SHA        string `json:"sha"`
	Conclusion string `json:"conclusion"` // GitHub's rollup, small letters; none: there were none
	Failed     int    `json:"checks_failed"`
}

// TrainingDeed is what we did by ourselves, how often, and when last.
type TrainingDeed struct {
	Action string    `json:"action"`
	At     time.Time `json:"at"`
	Count  int       `json:"count"`
}

// TrainingTotals sums the record up.
type TrainingTotals struct {
	Commits   int `json:"commits"`
	Reviews   int `json:"review_cycles"`
	Conflicts int `json:"conflict_cycles"`
	Runs      int `json:"ci_runs"`
	Red       int `json:"ci_failures"`
	Threads   int `json:"threads"`
}

// TrainingImplementer is who wrote it, as far as their login tells.
type TrainingImplementer struct {
	Login    string `json:"login"`
	Model    string `json:"model"`
	Provider string `json:"provider"` // human where the login is no agent's we know
}

// TrainingOrigin is where the child came from, by our own marks and labels.
type TrainingOrigin struct {
	Audit     string `json:"audit_issue,omitempty"`
	Category  string `json:"category,omitempty"`
	Severity  string `json:"severity,omitempty"`
	Scope     string `json:"scope,omitempty"`
	Pattern   bool   `json:"pattern"` // it is one of several alike
	Framework string `json:"framework_issue,omitempty"`
}

// implementers are the logins of agents, and whose models they run (spec/7-facts).
var implementers = map[string]TrainingImplementer{
	"google-labs-jules":       {Model: "gemini", Provider: "google"},
	"copilot-swe-agent":       {Model: "copilot", Provider: "github"},
	"claude":                  {Model: "claude", Provider: "anthropic"},
	"claude-code":             {Model: "claude", Provider: "anthropic"},
	"chatgpt-codex-connector": {Model: "codex", Provider: "openai"},
}

// Implementer is who bears a login; kind is GitHub's type of the account.
func Implementer(login, kind string) TrainingImplementer {
	out, ok := implementers[strings.ToLower(login)]
	if !ok || login == "claude" && kind != "Bot" {
		out = TrainingImplementer{Model: "human", Provider: "human"}
	}
	out.Login = login
	return out
}

// NewTraining puts a record together from what GitHub and our journal know.
// child is the issue as the snapshot holds it; nil: it is gone. framework tells
// whether an issue is a framework issue of ours, by its mark.
func NewTraining(epic Ref, f TrainingFacts, c Course, child *Issue, framework func(Ref) bool, host string) TrainingRecord {
	r := TrainingRecord{
		Version: 1, Repo: f.Pull.Repo.String(), Child: f.Child.String(), PR: f.Pull.String(),
		IssueCreatedAt: f.ChildAt, PROpenedAt: f.OpenedAt, FirstCIPassAt: f.FirstPass(),
		Commits: []TrainingStamp{}, ReviewCycles: []TrainingCycle{}, ConflictCycles: []TrainingCycle{}, CIRuns: []TrainingRun{}, Automations: []TrainingDeed{},
		Outcome: "closed", Implementer: Implementer(f.Author, f.AuthorKind),
	}
	if epic.Number != 0 {
		r.Epic = epic.String()
	}
	if f.State == PullMerged {
		r.Outcome, r.MergedAt = "merged", f.EndedAt
	}
	if !f.EndedAt.IsZero() {
		r.Duration = int64(f.EndedAt.Sub(f.OpenedAt) / time.Second)
	}
	for _, k := range slices.Concat(f.Replaced, f.Commits) {
		r.Commits = append(r.Commits, TrainingStamp{k.SHA, k.At})
		if k.Checks.State == "" {
			continue
		}
		r.CIRuns = append(r.CIRuns, TrainingRun{k.SHA, strings.ToLower(k.Checks.State), k.Checks.Failed})
		if k.Checks.Failed > 0 {
			r.Totals.Red++
		}
	}
	for _, a := range c.Asks {
		cycle := trainingCycle(c, a)
		if a.What == FixConflict {
			r.ConflictCycles = append(r.ConflictCycles, cycle)
		} else {
			r.ReviewCycles = append(r.ReviewCycles, cycle)
		}
	}
	r.Automations = trainingDeeds(c)
	r.Totals.Commits, r.Totals.Reviews, r.Totals.Conflicts = len(r.Commits), len(r.ReviewCycles), len(r.ConflictCycles)
	r.Totals.Runs, r.Totals.Threads = len(r.CIRuns), len(f.Threads)
	r.Origin = trainingOrigin(f, child, framework, host)
	return r
}

// Over is the record where an older one of the same pull request stood: what
// nobody tells any more, since the child is gone or no look reads it, stays as it
// was.
func (r TrainingRecord) Over(old TrainingRecord) TrainingRecord {
	if r.IssueCreatedAt.IsZero() {
		r.IssueCreatedAt = old.IssueCreatedAt
	}
	o, was := &r.Origin, old.Origin
	o.Audit, o.Category = cmp.Or(o.Audit, was.Audit), cmp.Or(o.Category, was.Category)
	o.Severity, o.Scope = cmp.Or(o.Severity, was.Severity), cmp.Or(o.Scope, was.Scope)
	if !o.Pattern {
		o.Pattern, o.Framework = was.Pattern, was.Framework
	}
	return r
}

func trainingCycle(c Course, a Intervention) TrainingCycle {
	out := TrainingCycle{Instruction: a.What, At: a.At}
	if h, ok := c.Head(a.Head); ok && a.What == FixReviews {
		out.ThreadIDs = h.Threads
	}
	for _, h := range c.Heads {
		if !h.Ours && h.Seen.After(a.At) {
			out.ResponseSHA, out.ResponseAt = h.SHA, h.Seen
			if a.What == FixReviews {
				out.ThreadIDs = h.Threads // those that stood before the answer
			}
			break
		}
	}
	for _, s := range c.Resolved {
		if slices.Contains(out.ThreadIDs, s.Thread) && s.At.After(a.At) && s.At.After(out.ResolvedAt) { // not by an earlier cycle
			out.ResolvedAt = s.At
		}
	}
	out.ThreadCount = len(out.ThreadIDs)
	return out
}

// trainingDeeds counts what we did: requests, resolutions, updates, merges of the
// base in a worktree.
func trainingDeeds(c Course) []TrainingDeed {
	out := []TrainingDeed{}
	add := func(action string, times []time.Time) {
		if len(times) > 0 {
			out = append(out, TrainingDeed{action, slices.MaxFunc(times, time.Time.Compare), len(times)})
		}
	}
	var asks, resolved, mended, updated []time.Time
	for _, a := range c.Asks {
		asks = append(asks, a.At)
	}
	for _, s := range c.Resolved {
		resolved = append(resolved, s.At)
	}
	for _, m := range c.Mended {
		mended = append(mended, m.At)
	}
	for _, h := range c.Heads {
		if h.Ours {
			updated = append(updated, h.Seen)
		}
	}
	add("ask", asks)
	add("resolve", resolved)
	add("mend", mended)
	add("update-branch", updated)
	return out
}

func trainingOrigin(f TrainingFacts, child *Issue, framework func(Ref) bool, host string) TrainingOrigin {
	var o TrainingOrigin
	for _, l := range f.ChildLabels {
		switch name := strings.ToLower(l); name {
		case "critical", "high", "medium", "low":
			o.Severity = name
		case "security", "quality", "performance", "testing", "docs":
			if o.Category == "" {
				o.Category = name
			}
		case "single-file", "package", "framework":
			o.Scope = name
		}
	}
	if child == nil {
		return o
	}
	if audit, ok := ParentAudit(child.Body, child.Ref.Repo, host); ok {
		o.Audit = audit.String()
	}
	for _, d := range child.BlockedBy { // any other issue may stand in a child's way
		if framework(d.Ref) {
			o.Pattern, o.Framework = true, d.Ref.String()
			break
		}
	}
	return o
}
