package inventory

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// TrainingSample is a record that may leave the house: every time is a number of
// seconds after one that is not told (spec/2-flows "export normalises times to
// offsets and can strip org ids"). Null: it did not happen, or is not known.
// Version 1.
type TrainingSample struct {
	Version int    `json:"version"`
	Repo    string `json:"repo"`
	Epic    string `json:"epic"` // empty: dispatched directly
	Child   string `json:"child"`
	PR      string `json:"pr"`

	// From names the time that offsets are reckoned from: issue_created_at, or
	// pr_opened_at where the issue is gone; empty: neither is known, nor any offset.
	From         string `json:"offsets_from"`
	PROpened     *int64 `json:"pr_opened_after"`
	FirstCIPass  *int64 `json:"first_ci_pass_after"`
	MergedAfter  *int64 `json:"merged_after"`
	DurationSecs int64  `json:"duration_seconds"`

	Commits        []SampleStamp       `json:"commits"`
	ReviewCycles   []SampleCycle       `json:"review_cycles"`
	ConflictCycles []SampleCycle       `json:"conflict_cycles"`
	CIRuns         []TrainingRun       `json:"ci_runs"`
	Automations    []SampleDeed        `json:"automations"`
	Outcome        string              `json:"outcome"`
	Totals         TrainingTotals      `json:"totals"`
	Implementer    TrainingImplementer `json:"implementer"`
	Origin         TrainingOrigin      `json:"origin"`
}

// SampleStamp is a TrainingStamp with an offset.
type SampleStamp struct {
	SHA   string `json:"sha"`
	After *int64 `json:"after"`
}

// SampleCycle is a TrainingCycle with offsets.
type SampleCycle struct {
	ThreadIDs   []string `json:"thread_ids"`
	ThreadCount int      `json:"thread_count"`
	Instruction Fix      `json:"instruction_sent"`
	After       *int64   `json:"instruction_after"`
	ResponseSHA string   `json:"response_commit_sha"`
	Response    *int64   `json:"response_commit_after"`
	Resolved    *int64   `json:"threads_resolved_after"`
}

// SampleDeed is a TrainingDeed with an offset.
type SampleDeed struct {
	Action string `json:"action"`
	After  *int64 `json:"after"` // when last
	Count  int    `json:"count"`
}

// Alias gives the name that stands for another one of a kind: repo, issue, pull,
// login, commit, thread. Nothing stands for nothing.
type Alias func(kind, name string) string

// KeepNames is the Alias that hides nothing.
func KeepNames(_, name string) string { return name }

// Pseudonyms is the Alias that tells nothing of a name to whoever lacks the key:
// its kind and 12 hexadecimal digits of an HMAC-SHA256. With the same key a name
// has the same pseudonym in every export; letters' case makes no other name.
func Pseudonyms(key []byte) Alias {
	return func(kind, name string) string {
		if name == "" {
			return ""
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(kind + "\x00" + strings.ToLower(name)))
		return kind + "-" + hex.EncodeToString(mac.Sum(nil))[:12]
	}
}

// telling is how far before its base a time may lie and still be told: a commit is
// dated by its author, and one of 1970 would tell, by its offset, when the base was.
const telling = 366 * 24 * time.Hour

// Sample is the record with offsets for times, and aliases for all that names
// somebody or something on GitHub: repositories, issues, pull requests, logins,
// commits, review threads. Offsets keep the order of times and, to the second,
// their differences. What stays besides are counts, the duration, and words of
// fixed lists: outcome, conclusions, instructions, actions, model, provider, and the
// origin's category, severity and scope; a record that is not of its schema may hold
// other words there, so validate first.
func (r TrainingRecord) Sample(alias Alias) TrainingSample {
	base, from := r.IssueCreatedAt, "issue_created_at"
	if base.IsZero() {
		base, from = r.PROpenedAt, "pr_opened_at"
	}
	if base.IsZero() {
		from = ""
	}
	after := func(t time.Time) *int64 {
		if t.IsZero() || base.IsZero() || t.Before(base.Add(-telling)) {
			return nil
		}
		s := t.Unix() - base.Unix()
		return &s
	}
	s := TrainingSample{
		Version: 1, Repo: alias("repo", r.Repo), Epic: alias("issue", r.Epic), Child: alias("issue", r.Child), PR: alias("pull", r.PR),
		From: from, PROpened: after(r.PROpenedAt), FirstCIPass: after(r.FirstCIPassAt), MergedAfter: after(r.MergedAt), DurationSecs: r.Duration,
		Commits: []SampleStamp{}, ReviewCycles: []SampleCycle{}, ConflictCycles: []SampleCycle{}, CIRuns: []TrainingRun{}, Automations: []SampleDeed{},
		Outcome: r.Outcome, Totals: r.Totals, Implementer: r.Implementer, Origin: r.Origin,
	}
	s.Implementer.Login = alias("login", r.Implementer.Login)
	s.Origin.Audit, s.Origin.Framework = alias("issue", r.Origin.Audit), alias("issue", r.Origin.Framework)
	for _, c := range r.Commits {
		s.Commits = append(s.Commits, SampleStamp{alias("commit", c.SHA), after(c.At)})
	}
	cycles := func(list []TrainingCycle) []SampleCycle {
		out := []SampleCycle{}
		for _, c := range list {
			ids := []string{}
			for _, id := range c.ThreadIDs {
				ids = append(ids, alias("thread", id))
			}
			out = append(out, SampleCycle{ids, c.ThreadCount, c.Instruction, after(c.At), alias("commit", c.ResponseSHA), after(c.ResponseAt), after(c.ResolvedAt)})
		}
		return out
	}
	s.ReviewCycles, s.ConflictCycles = cycles(r.ReviewCycles), cycles(r.ConflictCycles)
	for _, run := range r.CIRuns {
		run.SHA = alias("commit", run.SHA)
		s.CIRuns = append(s.CIRuns, run)
	}
	for _, d := range r.Automations {
		s.Automations = append(s.Automations, SampleDeed{d.Action, after(d.At), d.Count})
	}
	return s
}
