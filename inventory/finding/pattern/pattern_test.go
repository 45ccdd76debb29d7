package pattern

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// expressions are of the kinds the rules on audits are made of.
var expressions = []string{
	`a|ab`, `(?:a|ab)(c|bcd)(d*)`, `x*`, `(|a)*`, `(|a)+`, `(a*)*b?`, `^a+$`, `(?m)^\s*(?://|#)[^\n]*`, `\b(high|low)\b`, `(?i)(?:^|[^\pL\d])(k|high|no (?:\w+ ){0,3}tests?)(?:$|[^\pL\d])`,
	`(?s)<!--.*?(?:-->|$)`, `</?[a-zA-Z][^<>]*>`, `a{2,3}?`, `(a+?)(b*?)$`, `\B.`, `[.!?…]["'”)]?(?:\s+|$)`, `(?i)straße|ſ`, `[🔴🟠]\x{fe0f}?`, `\Aab|b\z`, `$^`, `(?:)`, `[^a]`, `.`, `(?s).`,
	`(\d{1,2}(?:\.\d)?)(?:$|[^\d.:/]|[.:](?:$|\D)|/\s*10\b)`, `(a)|(b)|(ab)`, `((a|b)*?)(bb|$)`, `(?i)\b(?:lines?|L)\s*(\d{1,7})\b`, `[^\x00-\x{10FFFF}]`, `(?:(?:[\w.@+-]|\[\w+\])+/)*[\w-]*\.(?:go|g)(?::(\d+))?`,
}

func compare(t *testing.T, expr, text string) {
	t.Helper()
	p, re := New(expr), regexp.MustCompile(expr)
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"MatchString", p.MatchString(text), re.MatchString(text)},
		{"FindString", p.FindString(text), re.FindString(text)},
		{"FindStringIndex", p.FindStringIndex(text), re.FindStringIndex(text)},
		{"FindStringSubmatch", p.FindStringSubmatch(text), re.FindStringSubmatch(text)},
		{"FindStringSubmatchIndex", p.FindStringSubmatchIndex(text), re.FindStringSubmatchIndex(text)},
		{"FindAllString", p.FindAllString(text, 3), re.FindAllString(text, 3)},
		{"FindAllStringIndex", p.FindAllStringIndex(text, -1), re.FindAllStringIndex(text, -1)},
		{"FindAllStringSubmatch", p.FindAllStringSubmatch(text, 2), re.FindAllStringSubmatch(text, 2)},
		{"FindAllStringSubmatchIndex", p.FindAllStringSubmatchIndex(text, -1), re.FindAllStringSubmatchIndex(text, -1)},
		{"Count", p.Count(text, 4), len(re.FindAllStringIndex(text, 4))},
		{"ReplaceAllString", p.ReplaceAllString(text, "_"), re.ReplaceAllString(text, "_")},
		{"ReplaceAllString $1", p.ReplaceAllString(text, "<$1>"), re.ReplaceAllString(text, "<$1>")},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s of %q in %q: %#v, package regexp says %#v", c.name, expr, text, c.got, c.want)
		}
	}
}

func TestAsPackageRegexp(t *testing.T) {
	texts := []string{"", "a", "ab", "abcd", "aaa", "aabb", "abab bb", "b\nab\n", "x # a\n  // b\n", "High, low; HIGH-low highlow", "no unit tests. K K", "<!-- a\n--> <!-- b", "<b>x</b> <i",
		"STRASSE straße ſ s S", "🔴🟠️ ⚠", "7.5/10 9 10.0: 3.", "see a/b.go:12, [id]/x.g, L7 lines 4", "\xff\xfea\xc3", "é", "end.  Next! “x.” "}
	for _, e := range expressions {
		for _, text := range texts {
			compare(t, e, text)
		}
	}
}

// More states than are kept: what was learned is forgotten on the way.
func TestForgetting(t *testing.T) {
	var b strings.Builder
	for k := range 1 << 14 {
		b.WriteByte("ab"[(k*k>>5^k>>3^k*7>>2)&1])
	}
	text := b.String() + "c"
	compare(t, `a[ab]{13}c`, text)
	p := New(`(?:a[ab]{13}c|b[ab]{14}a[ab]{2}c)`)
	p.MatchString(text)
	if n := len(p.ahead.states); n > maxStates {
		t.Errorf("%d states are kept", n)
	}
}

func FuzzAsPackageRegexp(f *testing.F) {
	for k, e := range expressions {
		f.Add(e, "High: a/b.go:12 ab\nno tests. "+expressions[(k+1)%len(expressions)])
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		if len(expr) > 60 || len(text) > 200 {
			return
		}
		if _, err := regexp.Compile(expr); err != nil {
			return
		}
		compare(t, expr, text)
	})
}
