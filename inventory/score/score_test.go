package score

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/inventory"
)

// record is one of a child's, by a login; runs are checks of its commits: true
// passed.
func record(child int, login, outcome string, minutes, reviews, conflicts int, runs ...bool) inventory.TrainingRecord {
	r := inventory.TrainingRecord{
		Epic: "o/a#100", Child: fmt.Sprintf("o/a#%d", child), PR: fmt.Sprintf("o/a#%d", 1000+child), Outcome: outcome, Duration: int64(60 * minutes),
		ReviewCycles: make([]inventory.TrainingCycle, reviews), ConflictCycles: make([]inventory.TrainingCycle, conflicts),
		Implementer: inventory.Implementer(login, "Bot"),
	}
	for _, ok := range runs {
		r.CIRuns = append(r.CIRuns, inventory.TrainingRun{Conclusion: map[bool]string{true: "success", false: "failure"}[ok]})
	}
	return r
}

func task(child int, agent string, minute int) Task {
	return Task{Child: fmt.Sprintf("o/a#%d", child), Epic: "o/a#100", Agent: agent, At: time.Unix(int64(60*minute), 0)}
}

func value(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

func TestFigures(t *testing.T) {
	f := Of([]inventory.TrainingRecord{
		record(1, "a", "merged", 10, 0, 0, true),
		record(2, "a", "merged", 30, 3, 1, false, true),
		record(2, "a", "closed", 500, 2, 0),
		record(3, "a", "merged", 20, 1, 0, true, false, true),
	})
	if f.Records != 4 || f.Children != 3 || f.Merged != 3 || !f.Thin || f.Checked != 3 || f.FirstPass != 2 {
		t.Errorf("%+v", f)
	}
	if value(f.Duration) != 1200.0 || value(f.Reviews) != 1.5 || value(f.Conflicts) != 0.0 || value(f.Runs) != 1.5 {
		t.Errorf("%v %v %v %v", value(f.Duration), value(f.Reviews), value(f.Conflicts), value(f.Runs))
	}
	none := Of(nil)
	if none.Duration != nil || none.Reviews != nil || !none.Thin {
		t.Errorf("of nothing: %+v", none)
	}
	if _, ok := none.FirstPassShare(); ok {
		t.Error("of nothing a share")
	}
}

func TestGroups(t *testing.T) {
	one, two := record(1, "google-labs-jules", "merged", 10, 0, 0), record(2, "Google-Labs-Jules", "merged", 10, 0, 0)
	one.Origin = inventory.TrainingOrigin{Category: "docs", Severity: "low", Pattern: true}
	list := []inventory.TrainingRecord{one, two, record(3, "", "closed", 1, 0, 0)}
	by := ByImplementer(list)
	if len(by) != 2 || by[0].Children != 2 || by[0].Model != "gemini" || by[1].Value != "" || by[1].Model != "human" {
		t.Errorf("%+v", by)
	}
	var got []string
	for _, g := range ByOrigin(list) {
		got = append(got, fmt.Sprintf("%s=%s:%d", g.By, g.Value, g.Children))
	}
	if want := []string{"category=:2", "category=docs:1", "severity=:2", "severity=low:1", "scope=:3", "pattern=single:2", "pattern=one of several:1"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

var agents = map[string]string{"google-labs-jules": "jules", "copilot-swe-agent": "copilot"}

func TestCompare(t *testing.T) {
	records := []inventory.TrainingRecord{
		record(1, "google-labs-jules", "merged", 10, 1, 0, true),
		record(2, "copilot-swe-agent", "merged", 30, 0, 0, false), // jules had it first
		record(3, "google-labs-jules", "closed", 40, 2, 1, false),
		record(4, "ann", "merged", 5, 0, 0, true), // jules had it, a person did it
	}
	log := Log{Agents: agents, Recalled: map[string]bool{"o/a#5": true}, Tasks: []Task{
		task(1, "jules", 1), task(1, "jules", 2), task(2, "jules", 3), task(2, "copilot", 9), task(3, "jules", 4), task(4, "jules", 5), task(5, "jules", 6), task(6, "jules", 7), task(7, "mine", 8),
		{Child: "o/a#8", Agent: "jules", At: time.Unix(1, 0)}, // dispatched directly
	}}
	type line struct {
		Login, Model, Agent                      string
		Tasks, Records, Merged, Won, Lost, Still int
	}
	lines := func(rows []Row) (out []line) {
		for _, r := range rows {
			out = append(out, line{r.Login, r.Model, r.Agent, r.Tasks, r.Records, r.Merged, r.Won, r.Lost, r.Open})
		}
		return out
	}
	got := lines(Compare(records, log.Of("O/a#100")))
	want := []line{
		{"google-labs-jules", "gemini", "jules", 7, 2, 1, 1, 4, 1},
		{"ann", "human", "", 0, 1, 1, 1, 0, 0},
		{"copilot-swe-agent", "copilot", "copilot", 1, 1, 1, 1, 0, 0},
		{"", "", "mine", 1, 0, 0, 0, 0, 1},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if all := Compare(records, log); all[0].Tasks != 8 || all[0].Open != 2 {
		t.Errorf("with what was dispatched directly: %+v", all[0])
	}
	rows := Only(Compare(records, log), []string{"Gemini", "openai", "mine"})
	if got := lines(rows); len(got) != 3 || got[0].Agent != "jules" || got[1].Agent != "mine" || got[2].Model != "openai" || !rows[2].Thin {
		t.Errorf("only those named: %+v", got)
	}
	if share, ok := rows[0].MergedShare(); !ok || share != 0.2 {
		t.Errorf("%v %v", share, ok)
	}
	if _, ok := rows[2].MergedShare(); ok {
		t.Error("a share of nothing")
	}
}

func TestRank(t *testing.T) {
	good, fair := 1.0, 2.0
	row := func(login string, children, won, lost int, reviews *float64) Row {
		return Row{Login: login, Won: won, Lost: lost, Figures: Figures{Children: children, Thin: children < Least, Reviews: reviews}}
	}
	rows := Rank([]Row{row("thin", 1, 1, 0, &good), row("poor", 9, 5, 4, &good), row("none", 9, 0, 0, nil), row("slow", 9, 9, 0, &fair), row("twin", 9, 9, 0, &good), row("best", 9, 9, 0, &good)})
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprintf("%d %s", r.Rank, r.Login))
	}
	if want := []string{"1 best", "1 twin", "3 slow", "4 poor", "5 none", "6 thin"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Whatever the files hold: every task and every child of an implementer is counted
// once, and the order of lines changes nothing.
func TestNothingIsCountedTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var records []inventory.TrainingRecord
		for range rapid.IntRange(0, 8).Draw(rt, "records") {
			records = append(records, record(rapid.IntRange(1, 4).Draw(rt, "child"), rapid.SampledFrom([]string{"google-labs-jules", "copilot-swe-agent", "ann", ""}).Draw(rt, "login"),
				rapid.SampledFrom([]string{"merged", "closed"}).Draw(rt, "outcome"), rapid.IntRange(0, 99).Draw(rt, "minutes"), 0, 0, rapid.SliceOfN(rapid.Bool(), 0, 3).Draw(rt, "runs")...))
		}
		log := Log{Agents: agents, Recalled: map[string]bool{"o/a#2": rapid.Bool().Draw(rt, "recalled")}}
		for k := range rapid.IntRange(0, 8).Draw(rt, "tasks") {
			log.Tasks = append(log.Tasks, task(rapid.IntRange(1, 5).Draw(rt, "child"), rapid.SampledFrom([]string{"jules", "copilot", "mine"}).Draw(rt, "agent"), k))
		}
		rows := Compare(records, log)
		tasks, count := 0, 0
		for _, r := range rows {
			tasks, count = tasks+r.Tasks, count+r.Records
			children := map[string]bool{}
			for _, k := range records {
				if r.Records > 0 && k.Implementer.Login == r.Login { // an agent without a login is nobody whose account is gone
					children[k.Child] = true
				}
			}
			for _, k := range log.Tasks {
				if k.Agent == r.Agent {
					children[k.Child] = true
				}
			}
			if r.Won+r.Lost+r.Open != len(children) {
				rt.Fatalf("of %d children: %+v", len(children), r)
			}
			if share, ok := r.MergedShare(); ok && (share < 0 || share > 1) {
				rt.Fatalf("share %v", share)
			}
		}
		if tasks != len(log.Tasks) || count != len(records) {
			rt.Fatalf("%d of %d tasks, %d of %d records", tasks, len(log.Tasks), count, len(records))
		}
		slices.Reverse(records)
		slices.Reverse(log.Tasks)
		if again := Compare(records, log); !reflect.DeepEqual(rows, again) {
			rt.Fatalf("in another order\n%+v\n%+v", rows, again)
		}
		ranked := Rank(rows)
		if len(ranked) != len(rows) || len(rows) > 0 && ranked[0].Rank != 1 {
			rt.Fatalf("%+v", ranked)
		}
	})
}
