package cmd

import (
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// TestTheDemoWaitsAnHourInAMoment: eight who wait for the same hour put the
// clock forward by one, and the next start goes on from there.
func TestTheDemoWaitsAnHourInAMoment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clock")
	synctest.Test(t, func(t *testing.T) {
		c := newDemoClock(file, 1)
		real, from := time.Now(), c.Now()
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := c.Sleep(t.Context(), time.Hour); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if took := time.Since(real); took != demoPatience {
			t.Errorf("took %v", took)
		}
		if passed := c.Now().Sub(from); passed != time.Hour {
			t.Errorf("%v passed", passed)
		}
		if again := newDemoClock(file, 1); again.Now().Sub(c.Now()).Abs() > time.Second {
			t.Errorf("the next start is off by %v", again.Now().Sub(c.Now()))
		}
	})
}

// TestAKilledDemoGoesOnFromItsGitHub: what a command that was killed had recorded
// there is not in the future of the next one.
func TestAKilledDemoGoesOnFromItsGitHub(t *testing.T) {
	dir := t.TempDir()
	sim, err := githubsim.Open(t.Context(), githubsim.Options{Dir: dir, Fleet: "empty", Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	sim.Advance(9 * time.Hour) // as at --speed
	if err := sim.World().Update(world.System(), func(tx *world.Tx) error { tx.SetMemo("late", "x"); return nil }); err != nil {
		t.Fatal(err)
	}
	newest := sim.World().Now()
	if err := sim.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "clock") // nothing was written down
	c := newDemoClock(file, 1)
	sim, err = githubsim.Open(t.Context(), githubsim.Options{Dir: dir, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	if now := c.Now(); now.Before(newest) {
		t.Errorf("the clock says %v, before the newest record of %v", now, newest)
	}
	if off := sim.World().Now().Sub(c.Now()).Abs(); off > 2*time.Second {
		t.Errorf("its GitHub is off by %v", off)
	}
	if next := newDemoClock(file, 1).Now(); next.Before(newest) { // of a command that reads files only
		t.Errorf("a command beside it reads %v, before %v", next, newest)
	}
}

// TestAFastClockIsWrittenDownWhileItRuns: a command that is killed, or one beside
// it, is behind by a second of the machine's at the most.
func TestAFastClockIsWrittenDownWhileItRuns(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clock")
	synctest.Test(t, func(t *testing.T) {
		c := newDemoClock(file, 600)
		for range 25 {
			time.Sleep(100 * time.Millisecond)
			c.Now()
		}
		if behind := c.Now().Sub(newDemoClock(file, 1).Now()); behind > 10*time.Minute {
			t.Errorf("the next command is behind by %v", behind)
		}
	})
}
