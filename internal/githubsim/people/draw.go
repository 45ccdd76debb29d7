package people

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"
)

// Chance is a probability between 0, never, and 1, always.
type Chance float64

// Delay is a span of virtual time that something takes. Short spans are as likely as long ones by ratio: most are near
// Min, some near Max.
type Delay struct{ Min, Max time.Duration }

// dice draws for one purpose and one thing; equal ones give equal draws.
func (p *People) dice(purpose string, ids ...int64) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(purpose)) // never fails
	for _, id := range ids {
		for range 8 {
			_, _ = h.Write([]byte{byte(id)})
			id >>= 8
		}
	}
	return rand.New(rand.NewPCG(p.seed, h.Sum64()))
}

func (c Chance) hits(r *rand.Rand) bool { return r.Float64() < float64(c) }

// from draws a span, in whole seconds and at least one.
func (d Delay) from(r *rand.Rand) time.Duration {
	lo, hi := max(d.Min, time.Second), max(d.Max, d.Min, time.Second)
	span := float64(lo) * math.Pow(float64(hi)/float64(lo), r.Float64())
	return time.Duration(span).Round(time.Second)
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
