package proof

import (
	"fmt"
	"sync/atomic"
)

// counter counts what happens at the honest limit: a write that lands after the
// quiet period (spec/2-flows, "Honest words").
type counter struct{ comments, outside atomic.Int64 }

func (c *counter) String() string {
	return fmt.Sprintf("at the honest limit %d second comments, %d tasks found outside the log", c.comments.Load(), c.outside.Load())
}

// recoveredWithin judges a scene in which a write landed after it was looked for.
// A second comment and a dispatch that the budget shows as outside are counted
// in limit; a task paid twice, or one that the budget does not know of, is wrong
// here as everywhere.
func (b *bench) recoveredWithin(limit *counter) *verdict {
	b.t.Helper()
	v := &verdict{}
	if err := b.finish(); err != nil {
		v.other = append(v.other, err.Error())
	}
	total, unlogged := 0, 0
	for n, s := range b.children() {
		total += s.events
		if s.events > 1 {
			v.doubled = append(v.doubled, fmt.Sprintf("#%d was paid %d times", n, s.events))
		}
		if s.comments > 2 {
			v.doubled = append(v.doubled, fmt.Sprintf("#%d has %d target comments", n, s.comments))
		} else if s.comments == 2 {
			limit.comments.Add(1)
		}
		if s.comments < s.events {
			v.lost = append(v.lost, fmt.Sprintf("#%d was dispatched without a target comment", n))
		}
		if s.lines > s.events {
			v.over = append(v.over, fmt.Sprintf("#%d has %d lines for %d payments", n, s.lines, s.events))
		}
		unlogged += max(0, s.events-s.lines)
	}
	if total != b.scene.want {
		v.lost = append(v.lost, fmt.Sprintf("%d of %d children were dispatched", total, b.scene.want))
	}
	limit.outside.Add(int64(unlogged))
	b.judgeFolder(v, unlogged)
	if !v.clean() {
		b.t.Errorf("\n%s%s", v, b.story())
	}
	return v
}
