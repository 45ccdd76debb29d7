package inventory

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawnRecord is a record that makes sense, in which every name bears the mark.
// Its times are whole seconds.
func drawnRecord(rt *rapid.T, mark string) TrainingRecord {
	n := 0
	name := func() string { n++; return fmt.Sprintf("%s%d", mark, n) }
	at := func(label string, after time.Time) time.Time {
		return after.Add(time.Duration(rapid.Int64Range(0, 5_000_000).Draw(rt, label)) * time.Second)
	}
	repo := RepoRef{Owner: name(), Name: name()}
	ref := func(number int) string { return Ref{Repo: repo, Number: number}.String() }
	start := time.Unix(rapid.Int64Range(1_500_000_000, 2_500_000_000).Draw(rt, "start"), 0).UTC()
	r := TrainingRecord{
		Version: 1, Repo: repo.String(), Child: ref(11), PR: ref(12), Outcome: "merged", IssueCreatedAt: start,
		Implementer: TrainingImplementer{Login: name(), Model: "human", Provider: "human"},
		Origin:      TrainingOrigin{Audit: ref(13), Category: "security", Pattern: true, Framework: ref(14)},
	}
	if rapid.Bool().Draw(rt, "of an epic") {
		r.Epic = ref(10)
	}
	r.PROpenedAt = at("opened", start)
	for range rapid.IntRange(1, 4).Draw(rt, "commits") {
		c := TrainingStamp{name(), at("commit", start.Add(-1_000_000*time.Second))}
		r.Commits = append(r.Commits, c)
		if rapid.Bool().Draw(rt, "checked") {
			r.CIRuns = append(r.CIRuns, TrainingRun{SHA: c.SHA, Conclusion: "success"})
			r.FirstCIPassAt = at("passed", r.PROpenedAt)
		}
	}
	last := r.PROpenedAt
	for range rapid.IntRange(0, 3).Draw(rt, "cycles") {
		c := TrainingCycle{ThreadIDs: []string{name()}, ThreadCount: 1, Instruction: FixReviews, At: at("asked", last)}
		last = c.At
		if rapid.Bool().Draw(rt, "answered") {
			c.ResponseSHA, c.ResponseAt = name(), at("answered", c.At)
			c.ResolvedAt = at("resolved", c.At)
		}
		r.ReviewCycles = append(r.ReviewCycles, c)
	}
	if k := len(r.ReviewCycles); k > 0 {
		r.Automations = []TrainingDeed{{"ask", last, k}}
	}
	r.MergedAt = at("merged", last)
	r.Duration = int64(r.MergedAt.Sub(r.PROpenedAt) / time.Second)
	r.Totals = TrainingTotals{Commits: len(r.Commits), Reviews: len(r.ReviewCycles), Runs: len(r.CIRuns), Threads: len(r.ReviewCycles)}
	return r
}

func TestASampleTellsNoNameAndNoTime(t *testing.T) {
	date := regexp.MustCompile(`\d{4}-\d{2}-\d{2}|\d{2}:\d{2}`)
	rapid.Check(t, func(rt *rapid.T) {
		r := drawnRecord(rt, "zzname")
		if f := r.Faults(); len(f) > 0 {
			rt.Fatalf("the record drawn makes no sense: %v", f)
		}
		if rapid.IntRange(0, 4).Draw(rt, "gone") == 0 {
			r.IssueCreatedAt = time.Time{}
		}
		key := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "key")
		raw, err := json.Marshal(r.Sample(Pseudonyms(key)))
		if err != nil {
			rt.Fatal(err)
		}
		if strings.Contains(string(raw), "zzname") {
			rt.Fatalf("a name stands in %s", raw)
		}
		hidden := regexp.MustCompile(`"[a-z]+-[0-9a-f]{12}"`).ReplaceAllString(string(raw), `""`)
		if date.MatchString(hidden) {
			rt.Fatalf("a time stands in %s", raw)
		}
		for _, number := range regexp.MustCompile(`-?\d+`).FindAllString(hidden, -1) {
			if len(number) > 9 { // of seconds since 1970 there are ten digits
				rt.Fatalf("%s in %s", number, raw)
			}
		}
		// What is told does not depend on when it was: all of it a while later
		// is the same sample.
		later := shifted(r, time.Duration(rapid.Int64Range(1, 400_000_000).Draw(rt, "later"))*time.Second)
		again, _ := json.Marshal(later.Sample(Pseudonyms(key)))
		if string(raw) != string(again) {
			rt.Fatalf("%s\nand later\n%s", raw, again)
		}
	})
}

// shifted is the record with every time moved.
func shifted(r TrainingRecord, by time.Duration) TrainingRecord {
	move := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.Add(by)
	}
	var out TrainingRecord
	raw, _ := json.Marshal(r)
	_ = json.Unmarshal(raw, &out)
	for _, t := range []*time.Time{&out.IssueCreatedAt, &out.PROpenedAt, &out.FirstCIPassAt, &out.MergedAt} {
		*t = move(*t)
	}
	for k := range out.Commits {
		out.Commits[k].At = move(out.Commits[k].At)
	}
	for k := range out.ReviewCycles {
		c := &out.ReviewCycles[k]
		c.At, c.ResponseAt, c.ResolvedAt = move(c.At), move(c.ResponseAt), move(c.ResolvedAt)
	}
	for k := range out.Automations {
		out.Automations[k].At = move(out.Automations[k].At)
	}
	return out
}

func TestOffsetsKeepOrderAndDifferences(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := drawnRecord(rt, "n")
		s := r.Sample(KeepNames)
		times, offsets := []time.Time{r.IssueCreatedAt}, []*int64{new(int64)}
		add := func(t time.Time, o *int64) { times, offsets = append(times, t), append(offsets, o) }
		add(r.PROpenedAt, s.PROpened)
		add(r.FirstCIPassAt, s.FirstCIPass)
		add(r.MergedAt, s.MergedAfter)
		for k, c := range r.Commits {
			add(c.At, s.Commits[k].After)
		}
		for k, c := range r.ReviewCycles {
			add(c.At, s.ReviewCycles[k].After)
			add(c.ResponseAt, s.ReviewCycles[k].Response)
			add(c.ResolvedAt, s.ReviewCycles[k].Resolved)
		}
		for i := range times {
			if times[i].IsZero() != (offsets[i] == nil) {
				rt.Fatalf("%v has the offset %v", times[i], offsets[i])
			}
			for j := range times {
				if offsets[i] != nil && offsets[j] != nil && *offsets[i]-*offsets[j] != int64(times[i].Sub(times[j])/time.Second) {
					rt.Fatalf("%v and %v are %d and %d", times[i], times[j], *offsets[i], *offsets[j])
				}
			}
		}
		if s.Repo != r.Repo || s.Implementer.Login != r.Implementer.Login || s.Origin.Audit != r.Origin.Audit {
			rt.Fatal("a name that was to be kept is another")
		}
	})
}

func TestPseudonyms(t *testing.T) {
	one, two := Pseudonyms([]byte("one")), Pseudonyms([]byte("two"))
	if one("login", "") != "" {
		t.Error("nobody has a name")
	}
	if one("repo", "o/A") != one("repo", "O/a") || one("repo", "o/a") == one("repo", "o/b") || one("repo", "o/a") == two("repo", "o/a") {
		t.Error("a name has not one pseudonym a key")
	}
	start := time.Date(2026, 2, 4, 9, 0, 0, 0, time.UTC)
	r := TrainingRecord{IssueCreatedAt: start, Repo: "o/a", Child: "o/a#1", Origin: TrainingOrigin{Framework: "o/a#1"},
		Commits: []TrainingStamp{{"s", time.Unix(0, 0)}}, CIRuns: []TrainingRun{{SHA: "s"}}}
	s := r.Sample(one)
	if s.Commits[0].After != nil {
		t.Error("a commit of 1970 tells when the issue was opened")
	}
	if s.Commits[0].SHA != s.CIRuns[0].SHA || s.Child != s.Origin.Framework {
		t.Errorf("what is the same has two pseudonyms: %+v", s)
	}
	if s := (TrainingRecord{Commits: []TrainingStamp{{"s", start}}}).Sample(one); s.From != "" || s.Commits[0].After != nil {
		t.Errorf("offsets from nothing: %+v", s)
	}
}
