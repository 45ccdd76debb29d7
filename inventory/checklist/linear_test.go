package checklist

import (
	"strings"
	"testing"
	"time"
)

// pathological bodies repeat one piece up to the largest body GitHub stores.
var pathological = map[string]string{
	"quotes": ">", "quotes spaced": "> ", "bullets": "- ", "numbers": "1. ", "boxes": "- [ ] ",
	"brackets": "[", "closing": "]", "links": "[a](", "images": "![", "link pairs": "[](", "stars": "*a", "stars close": "a**b_", "tildes": "~~a ", "ticks": "`a", "backslash": `\`,
	"tags": "<a ", "comments": "<!--", "declarations": "<!A", "instructions": "<?", "cdata": "<![CDATA[", "entities": "&#", "references": "#1 ", "names": "a/b#", "slashes": "a/", "urls": "http://",
	"definitions": "[a]: b 'c\n", "definitions (": "[a]: b (\n", "labels": "[a\\]", "setext": "[a]: b\n===\n", "tables": "a|b\n-|-|\n", "rows": "|", "pipes": "a\n:-\n", "headings": "# a\n## b\n",
	"items": "- [ ] #1\n", "many ticks": "- [ ] `#1\n", "seen": "needs #1, ", "parens": "(#1", "lazy": "> - a\nb\n", "rules": "* ", "nul": "\x00", "invalid": "\xff", "autolinks": "<http://a", "emails": "<a@", "quotes in tags": "<a b='",
	"bold links": "**[#1](a)", "blank": "\n", "phases": "# 1. a\n- [ ] #1\n",
}

// shapes put a pathological piece where it hurts.
var shapes = map[string]func(piece string, size int) string{
	"alone":    func(p string, n int) string { return strings.Repeat(p, n/len(p)) },
	"in item":  func(p string, n int) string { return "- [ ] " + strings.Repeat(p, n/len(p)) },
	"then gap": func(p string, n int) string { return strings.Repeat(p, n/2/len(p)) + "x" + strings.Repeat("\n", n/2) },
	"quoted gap": func(p string, n int) string {
		return "> " + strings.Repeat(p, n/2/len(p)) + "x" + strings.Repeat("\n>", n/4)
	},
	"reversed": func(p string, n int) string {
		return "- [ ] " + strings.Repeat(p, n/2/len(p)) + strings.Repeat(")]>`*", n/10)
	},
}

// slowest is far above the few milliseconds that a body of 64 KB takes, and far
// below what one takes whose cost is the square of its length.
const slowest = 2 * time.Second

func TestParseIsQuickOnAnyBody(t *testing.T) {
	size := 1 << 16
	if raced {
		size = 1 << 13
	}
	for name, piece := range pathological {
		for shape, build := range shapes {
			body := []byte(build(piece, size))
			start := time.Now()
			Parse(body)
			if took := time.Since(start); took > slowest {
				t.Errorf("%s %s: %d bytes took %v", name, shape, len(body), took)
			}
		}
	}
}

// BenchmarkAdd: a body as long as GitHub takes, of the worst shapes. What it
// takes is measured and not asserted: a busy machine is no fault of Add's.
func BenchmarkAdd(b *testing.B) {
	for name, body := range map[string]string{
		"deep":     strings.Repeat("- ", 20000) + "[ ] #1\n",
		"nested":   nestedItems(250),
		"phases":   strings.Repeat("# a\n- [ ] #1\n", 5000),
		"headings": strings.Repeat("# Phase 1\n", 6500),
		"items":    strings.Repeat("- [ ] #1\n", 7000),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _ = Add([]byte(body), addHome, addNews)
			}
		})
	}
}

func nestedItems(n int) string {
	var b strings.Builder
	for k := range n {
		b.WriteString(strings.Repeat(" ", 2*k) + "- [ ] #1\n")
	}
	return b.String()
}
