package flows

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestHarmless(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"plain words", "plain words"},
		{"fixes #12 and closes owner/repo#3", "fixes #&#8203;12 and closes owner/repo#&#8203;3"},
		{"ask @everybody or @org/team", "ask @&#8203;everybody or @&#8203;org/team"},
		{"GH-12", "GH-&#8203;12"},
		{"see https://github.com/o/r/issues/1", "see https:&#8203;//github.com/o/r/issues/1"},
		{"<img src=x> <!-- hidden -->", "&lt;img src=x&gt; &lt;\\!-- hidden --&gt;"},
		{"![a](b)", "\\!\\[a\\](b)"},
		{"a\r\nb\tc", "a b c"},
		{"a\u202eb\u200bc\x1b[31m", "abc\\[31m"},
		{"&#64;you", "&amp;#&#8203;64;you"},
	} {
		if got := Harmless(c.text, 200); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	if got := OneLine(strings.Repeat("ä", 300), 256); utf8.RuneCountInString(got) != 256 || !strings.HasSuffix(got, "…") {
		t.Errorf("%d runes", utf8.RuneCountInString(got))
	}
}

func TestNothingActedOnIsLeft(t *testing.T) {
	acts := regexp.MustCompile(`@[A-Za-z0-9]|#[0-9]+\b[^;0-9]|(?i)gh-[0-9]|://|<`)
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune("@#<>&;gGhH-:/wW.0129 az\n\t`![]()")), rapid.Rune())).Draw(rt, "text")
		got := Harmless(text, 256)
		if m := acts.FindString(strings.ReplaceAll(got, gap, "\x00")); m != "" {
			rt.Errorf("%q became %q: %q is acted on", text, got, m)
		}
		if strings.ContainsAny(got, "\n\r\x1b") || !utf8.ValidString(got) {
			rt.Errorf("%q became %q", text, got)
		}
	})
}
