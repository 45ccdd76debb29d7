package people

import (
	"testing"
	"time"

)

func TestMonthProbe(t *testing.T) {
	pl := settle(t, "", "mission", 1, Lively())
	begin := time.Now()
	s := pl.steward()
	for range 7 {
		s.days(1)
		t.Logf("%s %v", time.Since(begin), len(pl.p.due))
	}
	t.Logf("%v", pl.p.State(0).Counts)
}
