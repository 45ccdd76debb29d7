// Package score reckons figures from training records: what the work of agents
// came to, by structure alone (spec/2-flows "Training journal and benchmark"). It
// is pure: the same records give the same figures, in any order.
package score

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// Least is how many children figures must rest on to say much; below it they are
// thin.
const Least = 5

// Figures are what a number of records come to. A median is null where there is
// nothing to take it of; of an even number it is the mean of the middle two.
type Figures struct {
	Records  int `json:"records"`  // a pull request each
	Children int `json:"children"` // different ones
	Merged   int `json:"merged"`   // records
	// Duration is the median of merged records, in seconds, from the pull request's
	// opening to its merge; the others are medians of all.
	Duration  *float64 `json:"median_duration_seconds"`
	Reviews   *float64 `json:"median_review_cycles"`
	Conflicts *float64 `json:"median_conflict_cycles"`
	Runs      *float64 `json:"median_ci_runs"`
	// Checked are the records with checks, FirstPass those of them whose first
	// checked commit passed.
	Checked   int  `json:"checked"`
	FirstPass int  `json:"first_pass"`
	Thin      bool `json:"thin"` // fewer than Least children
}

// FirstPassShare is FirstPass of Checked, 0 to 1; false: nothing was checked.
func (f Figures) FirstPassShare() (float64, bool) {
	if f.Checked == 0 {
		return 0, false
	}
	return float64(f.FirstPass) / float64(f.Checked), true
}

// Of reckons the figures of records.
func Of(records []inventory.TrainingRecord) Figures {
	f := Figures{Records: len(records)}
	children := map[string]bool{}
	var durations, reviews, conflicts, runs []int64
	for _, r := range records {
		children[strings.ToLower(r.Child)] = true
		if r.Outcome == "merged" {
			f.Merged++
			durations = append(durations, r.Duration)
		}
		reviews = append(reviews, int64(len(r.ReviewCycles)))
		conflicts = append(conflicts, int64(len(r.ConflictCycles)))
		runs = append(runs, int64(len(r.CIRuns)))
		if len(r.CIRuns) > 0 {
			f.Checked++
			if r.CIRuns[0].Conclusion == "success" {
				f.FirstPass++
			}
		}
	}
	f.Children = len(children)
	f.Thin = f.Children < Least
	f.Duration, f.Reviews, f.Conflicts, f.Runs = median(durations), median(reviews), median(conflicts), median(runs)
	return f
}

func median(list []int64) *float64 {
	if len(list) == 0 {
		return nil
	}
	slices.Sort(list)
	m := float64(list[len(list)/2])
	if len(list)%2 == 0 {
		m = (float64(list[len(list)/2-1]) + m) / 2
	}
	return &m
}

// Group are the figures of the records that have something in common.
type Group struct {
	By    string `json:"by"`    // implementer, category, severity, scope, pattern
	Value string `json:"value"` // empty: it is not known
	Model string `json:"model"` // of an implementer; else empty
	Figures
}

// ByImplementer groups records by who wrote them, the most children first.
func ByImplementer(records []inventory.TrainingRecord) []Group {
	out := group("implementer", records, func(r inventory.TrainingRecord) string { return strings.ToLower(r.Implementer.Login) })
	for k := range out {
		g := &out[k]
		for _, r := range records {
			if strings.EqualFold(r.Implementer.Login, g.Value) {
				g.Value, g.Model = r.Implementer.Login, r.Implementer.Model
			}
		}
	}
	return out
}

// ByOrigin groups records by where their children came from: each of its parts in
// turn, the most children first.
func ByOrigin(records []inventory.TrainingRecord) []Group {
	return slices.Concat(
		group("category", records, func(r inventory.TrainingRecord) string { return r.Origin.Category }),
		group("severity", records, func(r inventory.TrainingRecord) string { return r.Origin.Severity }),
		group("scope", records, func(r inventory.TrainingRecord) string { return r.Origin.Scope }),
		group("pattern", records, func(r inventory.TrainingRecord) string {
			if r.Origin.Pattern {
				return "one of several"
			}
			return "single"
		}),
	)
}

func group(by string, records []inventory.TrainingRecord, of func(inventory.TrainingRecord) string) []Group {
	parts := map[string][]inventory.TrainingRecord{}
	for _, r := range records {
		parts[of(r)] = append(parts[of(r)], r)
	}
	out := []Group{}
	for value, list := range parts {
		out = append(out, Group{By: by, Value: value, Figures: Of(list)})
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Children, a.Children), strings.Compare(a.Value, b.Value))
	})
	return out
}
