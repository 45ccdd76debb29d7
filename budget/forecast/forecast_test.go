package forecast

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

var today = budget.DayOf(time.Date(2026, 2, 4, 0, 0, 0, 0, time.UTC))

func steady(days, each int) []int {
	out := make([]int, days)
	for k := range out {
		out[k] = each
	}
	return out
}

func dates(d Dates) string {
	text := ""
	for _, p := range []*string{d.P50, d.P85, d.P95} {
		if p == nil {
			text += " later"
		} else {
			text += " " + *p
		}
	}
	return text[1:]
}

// With a team that does exactly five a day every date is certain, and phases wait
// for each other.
func TestASteadyTeam(t *testing.T) {
	f := Make(Input{Today: today, Days: 30, Trials: 200, Seed: 1, Quota: 300, Past: steady(20, 5), Epics: []Epic{
		{Ref: inventory.Ref{Number: 1}, Steps: []int{2, 2}}, // 2 on the first day, 2 on the second
		{Ref: inventory.Ref{Number: 2}, Steps: []int{9}},    // 3 and 3 on these days, 3 on the third
		{Ref: inventory.Ref{Number: 3}, Free: 2},            // 2 on the third
		{Ref: inventory.Ref{Number: 4}},
	}})
	var got []string
	for _, e := range f.Epics {
		got = append(got, dates(e.Dates))
	}
	want := []string{"2026-02-06 2026-02-06 2026-02-06", "2026-02-07 2026-02-07 2026-02-07", "2026-02-07 2026-02-07 2026-02-07", "2026-02-05 2026-02-05 2026-02-05"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if f.Basis != "history" || f.Open != 15 || dates(f.All) != want[1] || f.BurnUp[0].P5 != 5 || f.BurnUp[2].P95 != 15 || f.BurnUp[29].P5 != 15 {
		t.Errorf("%+v", f)
	}
}

func TestTheSameSeedGivesTheSameDates(t *testing.T) {
	in := Input{Today: today, Days: 90, Trials: 500, Seed: 7, Quota: 300, Past: []int{3, 0, 9, 1, 0, 4, 7, 2, 2, 0}, Epics: []Epic{{Steps: []int{20, 30}}, {Free: 40}}}
	one := Make(in)
	if d := cmp.Diff(one, Make(in), cmpopts.IgnoreUnexported(inventory.Ref{})); d != "" {
		t.Error(d)
	}
	in.Seed = 8
	if two := Make(in); cmp.Equal(one.BurnUp, two.BurnUp) {
		t.Error("another seed gave the same burn-up")
	}
}

func TestThinHistorySaysSo(t *testing.T) {
	in := Input{Today: today, Days: 30, Trials: 200, Quota: 300, Least: 10, Most: 20, Strategy: "conservative", Epics: []Epic{{Free: 60}}}
	for _, past := range [][]int{nil, steady(6, 50), steady(30, 0)} {
		in.Past = past
		f := Make(in)
		if f.Basis != "strategy" || f.Why == "" || f.All.P50 == nil || *f.All.P50 < "2026-02-07" || *f.All.P95 > "2026-02-10" {
			t.Errorf("%d days: %s, %s: %s", len(past), f.Basis, f.Why, dates(f.All))
		}
	}
}

func TestTheQuotaBounds(t *testing.T) {
	in := Input{Today: today, Days: 10, Trials: 200, Quota: 2, Past: steady(20, 50), Epics: []Epic{{Free: 8}}}
	if f := Make(in); dates(f.All) != "2026-02-08 2026-02-08 2026-02-08" || len(f.Notes) != 1 {
		t.Errorf("%s %v", dates(f.All), f.Notes)
	}
	in.Quota = 0
	if f := Make(in); f.All.P50 != nil || len(f.Notes) != 1 {
		t.Errorf("%s %v", dates(f.All), f.Notes)
	}
}

// A team that rests at the weekend is forecast to rest.
func TestWeekends(t *testing.T) {
	var past []int
	for d := today - 28; d < today; d++ {
		n := 10
		if weekend(d) {
			n = 0
		}
		past = append(past, n)
	}
	// Thursday and Friday do 20, the weekend nothing, Monday the rest.
	f := Make(Input{Today: today, Days: 14, Trials: 300, Quota: 300, Past: past, Epics: []Epic{{Free: 25}}})
	if dates(f.All) != "2026-02-09 2026-02-09 2026-02-09" {
		t.Error(dates(f.All))
	}
}

func TestThePicture(t *testing.T) {
	f := Make(Input{Today: today, Days: 10, Trials: 200, Quota: 300, Past: steady(20, 5), Epics: []Epic{{Free: 20}}})
	want := []string{
		"20 |      **************",
		"   |    **",
		"10 |  **",
		"   |**",
		" 0 +--------------------",
		"    2026-02-05 2026-02-14",
	}
	if d := cmp.Diff(want, f.Picture(80, 4, true)); d != "" {
		t.Error(d)
	}
	if rows := (Forecast{}).Picture(80, 4, false); rows != nil {
		t.Error(rows)
	}
}

// No day of a trial does more than was drawn, and no phase is worked on before the
// day after the one before it was finished.
func TestPhasesAndDaysAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var epics []Epic
		for range rapid.IntRange(1, 4).Draw(t, "epics") {
			e := Epic{Free: rapid.IntRange(0, 3).Draw(t, "free")}
			for range rapid.IntRange(0, 3).Draw(t, "steps") {
				e.Steps = append(e.Steps, rapid.IntRange(1, 4).Draw(t, "step"))
			}
			epics = append(epics, e)
		}
		in := Input{Days: 40, Trials: 1, Epics: epics}
		out := counted{all: make([]uint32, in.Days), every: 1}
		for range in.Days {
			out.epics = append(out.epics, make([]uint32, len(epics)))
			out.done = append(out.done, make([]uint32, 1))
		}
		var days []int
		newTrial(in).run(in, func(day int) int {
			days = append(days, rapid.IntRange(0, 5).Draw(t, "day"))
			return days[day]
		}, &out, 0)
		before := 0
		for k, done := range out.done {
			did := int(done[0]) - before
			if before = int(done[0]); k < len(days) && did > days[k] || k >= len(days) && did > 0 {
				t.Fatalf("day %d does %d of %v", k, did, days)
			}
		}
		for k, e := range epics {
			for day, n := range out.epic(k) {
				if n > 0 && len(e.Steps) > day+1 {
					t.Fatalf("%d phases are complete after %d days", len(e.Steps), day+1)
				}
			}
		}
	})
}

// fleet is a team with a rate of its own and a past of its own, by a process that is
// known: busy days and idle ones, and weekends.
type fleet struct {
	random *rand.Rand
	mean   float64
	idle   float64
	rest   float64
}

func newFleet(seed uint64) *fleet {
	f := &fleet{random: rand.New(rand.NewPCG(seed, 4711))}
	f.mean, f.idle, f.rest = 4+8*f.random.Float64(), 0.3*f.random.Float64(), f.random.Float64()
	return f
}

func (f *fleet) day(d budget.Day) int {
	mean := f.mean
	if weekend(d) {
		mean *= f.rest
	}
	if f.random.Float64() < f.idle {
		return 0
	}
	mean *= 2 * f.random.Float64() // some days everything works
	limit, product, n := math.Exp(-mean), 1.0, -1
	for product > limit { // Poisson
		product *= f.random.Float64()
		n++
	}
	return n
}

// The dates hold as often as they say: of a thousand fleets, whose past and future
// come from one process that the forecast does not know, the 85 % date holds in 85 %,
// give or take three. A date is a whole day, so that of 50 % holds a little more often.
func TestTheDatesAreCalibrated(t *testing.T) {
	const fleets, ahead = 1000, 1500
	held := map[int]int{}
	for n := range fleets {
		f := newFleet(uint64(n))
		in := Input{Today: today, Days: ahead, Trials: 200, Seed: uint64(n), Quota: 300}
		for d := today - 56; d < today; d++ {
			in.Past = append(in.Past, f.day(d))
		}
		for range 20 {
			in.Epics = append(in.Epics, Epic{Free: f.random.IntN(5), Steps: []int{5 + f.random.IntN(15), 5 + f.random.IntN(15)}})
		}
		c := in.count(true)
		got := c.dates(in, c.all)
		real := counted{all: make([]uint32, ahead), every: ahead, done: [][]uint32{make([]uint32, 1)}}
		for range ahead {
			real.epics = append(real.epics, make([]uint32, len(in.Epics)))
		}
		newTrial(in).run(in, func(day int) int { return f.day(today + 1 + budget.Day(day)) }, &real, 0)
		end := real.dates(Input{Today: today, Trials: 1}, real.all)
		for percent, p := range map[int]*string{50: got.P50, 85: got.P85, 95: got.P95} {
			if p == nil || end.P50 == nil {
				t.Fatalf("fleet %d is not done in %d days", n, ahead)
			}
			if *end.P50 <= *p {
				held[percent]++
			}
		}
	}
	t.Logf("of %d fleets the 50, 85 and 95 %% dates held in %d, %d, %d", fleets, held[50], held[85], held[95])
	for percent, n := range held {
		share, more := float64(n)/fleets*100, 3.0
		if percent == 50 {
			more = 6
		}
		if share < float64(percent)-3 || share > float64(percent)+more {
			t.Errorf("the %d %% date held in %.1f %%", percent, share)
		}
	}
}

func mission(epics, children int) Input {
	in := Input{Today: today, Days: 180, Seed: 1, Quota: 300 * max(1, children/1000), Past: nil}
	r := rand.New(rand.NewPCG(1, 1))
	for range 56 {
		in.Past = append(in.Past, r.IntN(max(12, children/60)))
	}
	each := children / epics
	for n := range epics {
		in.Epics = append(in.Epics, Epic{Ref: inventory.Ref{Repo: inventory.RepoRef{Owner: "acme", Name: "r"}, Number: n + 1}, Steps: []int{each / 3, each / 3, each - 2*(each/3)}})
	}
	return in
}

// BenchmarkForecast makes 10,000 trials of 180 days.
func BenchmarkForecast(b *testing.B) {
	for _, size := range []struct{ epics, children int }{{8, 85}, {100, 1000}, {10_000, 100_000}} {
		in := mission(size.epics, size.children)
		b.Run(fmt.Sprintf("epics=%d/children=%d", size.epics, size.children), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Make(in)
			}
		})
	}
}

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		panic(err)
	}
	m.Run()
}
