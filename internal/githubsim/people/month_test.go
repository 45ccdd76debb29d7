package people

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// troubles are the kinds of trouble that a month brings, each with one of those that cause it.
var troubles = [][]string{
	{"agent.ignored"}, {"agent.at-limit"}, {"agent.stopped", "agent.went-on"}, {"agent.slow"}, {"agent.gave-up"},
	{"agent.pull.wrong-base"}, {"agent.pull.as-caller"}, {"agent.pull.draft"}, {"agent.ready"}, {"agent.overlap"},
	{"agent.fixed-reviews"}, {"agent.fixed-reviews.badly"}, {"agent.fixed-conflict"}, {"agent.fixed-conflict.badly"},
	{"agent.silent"}, {"agent.late"}, {"agent.repaired"}, {"agent.repaired.badly"}, {"agent.leaves-red"}, {"agent.stranger-ignored"},
	{"ci.absent"}, {"ci.again"}, {"ci.failure"}, {"ci.flake"}, {"ci.slow"},
	{"review.approved"}, {"review.changes-requested"}, {"review.commented"}, {"review.bot.threads-1"}, {"review.settled"},
	{"maintain.close-pull"}, {"maintain.merge-pull"}, {"maintain.rename"}, {"maintain.reopen"}, {"maintain.accept"},
	{"maintain.label-off"}, {"maintain.label-on"}, {"maintain.close-child.completed"}, {"maintain.edit-epic.crlf", "maintain.edit-epic.reword"},
	{"maintain.edit-epic.line", "maintain.edit-epic.tick"},
	{"stray.audit"}, {"stray.paste"}, {"stray.epic"}, {"stray.instruct"}, {"stray.imitate"}, {"stray.fork-pull"}, {"stray.many-pull"}, {"stray.mention"},
}

// TestInAMonthEverythingHappens: a fleet whose owner works through its issues meets every kind of trouble.
func TestInAMonthEverythingHappens(t *testing.T) {
	pl := settle(t, "", "scale:4x80", 12, Lively())
	s := pl.steward()
	if raced {
		s.days(3)
		pl.sound()
		return
	}
	s.days(30)
	counts := pl.count()
	for _, kinds := range troubles {
		n := 0
		for _, kind := range kinds {
			n += counts[kind]
		}
		if n == 0 {
			t.Errorf("%v never happened", kinds)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%6d %s", counts[what], what)
		if strings.HasPrefix(what, "refused.") && counts[what] > 5 {
			t.Errorf("%d times %s", counts[what], what)
		}
	}
	pl.sound()
}

// BenchmarkADay is what a virtual day of the mission's sixteen repositories costs their people alone.
func BenchmarkADay(b *testing.B) {
	pl := settle(b, "", "mission", 1, Lively())
	b.ResetTimer()
	for range b.N {
		pl.pass(24 * time.Hour)
	}
}
