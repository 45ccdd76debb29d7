package cmd

import (
	"testing"

	"pgregory.net/rapid"
)

func TestApart(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"dispach", "dispatch", 1}, {"yes", "yse", 2}, {"", "max", 3}, {"json", "stats", 5}} {
		if got := apart(c.a, c.b); got != c.want {
			t.Errorf("%q and %q are %d apart, want %d", c.a, c.b, got, c.want)
		}
	}
	word := rapid.StringMatching(`[a-c]{0,6}`)
	rapid.Check(t, func(rt *rapid.T) {
		a, b, c := word.Draw(rt, "a"), word.Draw(rt, "b"), word.Draw(rt, "c")
		if (apart(a, b) == 0) != (a == b) || apart(a, b) != apart(b, a) || apart(a, c) > apart(a, b)+apart(b, c) {
			rt.Fatalf("%q, %q, %q: %d, %d, %d", a, b, c, apart(a, b), apart(b, c), apart(a, c))
		}
	})
}
