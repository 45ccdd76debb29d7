package inventory

import (
	"testing"

	"github.com/gosimple/slug"
	"pgregory.net/rapid"
)

func TestASlugIsTheLibrarys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ascii := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune(" -_&@\"'")), rapid.Rune().Filter(func(c rune) bool { return c < 0x80 })))
		text := rapid.OneOf(ascii, rapid.String()).Draw(t, "text")
		if got, want := slugOf(text), slug.Make(text); got != want {
			t.Fatalf("slugOf(%q) = %q, want %q", text, got, want)
		}
	})
}
