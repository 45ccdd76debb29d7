package cmd

import (
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"
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
