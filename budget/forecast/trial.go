package forecast

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sort"
	"sync"

	"github.com/dappcore/core-dev/budget"
)

// mostPoints is how many days of the burn-up are kept.
const mostPoints = 60

// counted is what the trials came to.
type counted struct {
	epics [][]uint32 // by day, 0 being tomorrow, and epic: the trials that completed it then
	all   []uint32
	every int        // days between two points of the burn-up
	done  [][]uint32 // by point and trial
}

// count runs all trials, side by side where there are processors. Each has a seed of
// its own, so the sum is the same however many there are.
func (in Input) count(past bool) counted {
	every := (in.Days + mostPoints - 1) / mostPoints
	workers := max(1, min(runtime.GOMAXPROCS(0), in.Trials/100))
	done := make([][]uint32, (in.Days+every-1)/every)
	for k := range done {
		done[k] = make([]uint32, in.Trials)
	}
	parts := make([]counted, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			p := &parts[w]
			p.epics = make([][]uint32, in.Days)
			for k := range p.epics {
				p.epics[k] = make([]uint32, len(in.Epics))
			}
			p.all, p.every, p.done = make([]uint32, in.Days), every, done
			d := newDraw(in, past)
			t := newTrial(in)
			for n := w; n < in.Trials; n += workers {
				d.begin(in.Seed, n)
				t.run(in, d.next, p, n)
			}
		})
	}
	all.Wait()
	out := parts[0]
	for _, p := range parts[1:] {
		for k := range p.epics {
			add(out.epics[k], p.epics[k])
		}
		add(out.all, p.all)
	}
	return out
}

func add(to, from []uint32) {
	for k, n := range from {
		to[k] += n
	}
}

// draw is where days come from.
type draw struct {
	in     Input
	source *rand.PCG
	random *rand.Rand
	kinds  [2]kind // working days, the weekend
	ends   []bool  // by day: it is a weekend
}

// kind is the past days of one kind, with how likely each of them comes again in
// this trial, summed up.
type kind struct {
	days []int
	sums []float64
}

func newDraw(in Input, past bool) *draw {
	d := &draw{in: in, source: rand.NewPCG(0, 0)}
	d.random = rand.New(d.source)
	d.ends = make([]bool, in.Days)
	for k := range d.ends {
		d.ends[k] = weekend(in.Today + 1 + budget.Day(k))
	}
	if !past {
		return d
	}
	for k, n := range in.Past {
		which := 0
		if weekend(in.Today - budget.Day(len(in.Past)-k)) {
			which = 1
		}
		d.kinds[which].days = append(d.kinds[which].days, n)
	}
	// Two weekends are no pattern: then every day is like every other.
	if len(d.kinds[1].days) < 4 || len(d.kinds[0].days) < 4 {
		d.kinds[0].days, d.kinds[1].days = in.Past, in.Past
	}
	for k := range d.kinds {
		d.kinds[k].sums = make([]float64, len(d.kinds[k].days))
	}
	return d
}

// begin is the beginning of a trial.
func (d *draw) begin(seed uint64, trial int) {
	d.source.Seed(seed, uint64(trial))
	for k := range d.kinds {
		sum := 0.0
		for i := range d.kinds[k].sums {
			sum += d.random.ExpFloat64()
			d.kinds[k].sums[i] = sum
		}
	}
}

// next is how many children are done on a day, 0 being tomorrow.
func (d *draw) next(day int) int {
	which := &d.kinds[0]
	if d.ends[day] {
		which = &d.kinds[1]
	}
	n := 0
	if len(which.days) == 0 {
		n = d.in.Least + d.random.IntN(max(0, d.in.Most-d.in.Least)+1)
	} else {
		at := d.random.Float64() * which.sums[len(which.sums)-1]
		n = which.days[min(sort.SearchFloat64s(which.sums, at), len(which.days)-1)]
	}
	return min(n, d.in.Quota)
}

// trial is the days ahead as they may go, once.
type trial struct {
	begin []going // all epics
	epics []going
	steps []int32 // of all epics, one after another
	first []int32 // as next, at the beginning
	next  []int32 // the epic that follows one, of those that are not complete; -1 = none
	open  int     // children
	ended []int32 // epics with nothing open
}

// going is an epic on its way.
type going struct {
	free, step int32 // open children that can be worked on
	at, end    int32 // of the steps: the one it is at, and where they end
	waits      int32 // the day from which on the step can be worked on
}

func newTrial(in Input) *trial {
	t := &trial{begin: make([]going, len(in.Epics)), epics: make([]going, len(in.Epics)), first: make([]int32, len(in.Epics)+1), next: make([]int32, len(in.Epics)+1)}
	last := 0 // index into first of the last epic that is not complete, plus one
	for k, e := range in.Epics {
		g := going{free: int32(e.Free), at: int32(len(t.steps))}
		for _, n := range e.Steps {
			t.steps = append(t.steps, int32(n))
		}
		if g.end = int32(len(t.steps)); g.at < g.end {
			g.step = t.steps[g.at]
		}
		t.begin[k] = g
		open := e.Open()
		if t.open += open; open == 0 {
			t.ended = append(t.ended, int32(k))
			continue
		}
		t.first[last] = int32(k)
		last = k + 1
	}
	t.first[last] = -1
	return t
}

// run goes day by day until everything is done; per day draws what is done then.
// What is complete already counts for the first day.
func (t *trial) run(in Input, per func(day int) int, out *counted, number int) {
	copy(t.epics, t.begin)
	copy(t.next, t.first)
	for _, k := range t.ended {
		out.epics[0][k]++
	}
	left := t.open
	if left == 0 {
		out.all[0]++
	}
	for day := range in.Days {
		if left > 0 {
			if left -= t.day(day, per(day), out.epics[day]); left == 0 {
				out.all[day]++
			}
		}
		if day%out.every == out.every-1 || day == in.Days-1 {
			out.done[day/out.every][number] = uint32(t.open - left)
		}
	}
}

// day gives what is done on a day to the epics in their order.
func (t *trial) day(day, n int, complete []uint32) int {
	rest := int32(n)
	for before, k := int32(0), t.next[0]; k >= 0 && rest > 0; k = t.next[before] {
		g := &t.epics[k]
		took := min(rest, g.free)
		g.free -= took
		rest -= took
		if g.waits <= int32(day) && rest > 0 && g.step > 0 {
			took = min(rest, g.step)
			rest -= took
			if g.step -= took; g.step == 0 {
				g.waits = int32(day) + 1
				if g.at++; g.at < g.end {
					g.step = t.steps[g.at]
				}
			}
		}
		if g.free == 0 && g.step == 0 {
			complete[k]++
			t.next[before] = t.next[k+1]
			continue
		}
		before = k + 1
	}
	return n - int(rest)
}

// epic is an epic's trials by day.
func (c counted) epic(k int) []uint32 {
	out := make([]uint32, len(c.epics))
	for day := range c.epics {
		out[day] = c.epics[day][k]
	}
	return out
}

// dates are the first days by which so many of the trials had ended.
func (c counted) dates(in Input, days []uint32) Dates {
	at := func(percent int) *string {
		sum := 0
		for k, n := range days {
			if sum += int(n); sum*100 >= percent*in.Trials {
				text := (in.Today + 1 + budget.Day(k)).String()
				return &text
			}
		}
		return nil
	}
	return Dates{at(50), at(85), at(95)}
}

// burnUp sums the trials up at each point.
func (c counted) burnUp(in Input) []Point {
	out := []Point{}
	for k, done := range c.done {
		slices.Sort(done)
		at := func(percent int) int { return int(done[min(len(done)-1, len(done)*percent/100)]) }
		day := in.Today + 1 + budget.Day(min((k+1)*c.every, in.Days)-1)
		out = append(out, Point{day.String(), at(5), at(50), at(95)})
	}
	return out
}
