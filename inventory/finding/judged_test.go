package finding

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// single reads a body that holds one finding.
func single(t *testing.T, title, body string) Finding {
	t.Helper()
	list := Read(title, body)
	if len(list) != 1 {
		t.Fatalf("%d findings: %+v", len(list), list)
	}
	return list[0]
}

// TestAFindingIsJudgedByItsOwnWords: what it is comes from what it says, not
// from the subjects that its audit's title lists, nor from a word in passing.
func TestAFindingIsJudgedByItsOwnWords(t *testing.T) {
	for _, c := range []struct{ audit, title, text, kind, category string }{
		{"[Audit] Archives, signing, races", "Errors without context", "`a.go:9` returns what it got.", "quality", "error-handling"},
		{"[Audit] Archives, signing, races", "Names are odd", "`a.go:9` calls two things alike.", "quality", "other"},
		{"[Audit] Multi-tenant queries, jobs and caching", "BelongsToTenant is missing on four models", "`a.php:9`; queries give all rows.", "security", "owasp"},
		{"[Audit] Multi-tenant queries, jobs and caching", "One Redis prefix for all", "`a.php:9`, so the cache has one space.", "quality", "other"},
		{"[Audit] Playbook hardening and secrets", "The handler is not notified", "`a.yml:9`, so changes need a manual restart.", "quality", "other"},
		{"[Audit] Review", "List is slow", "`a.php:9` loads every row; queries take 4 s.", "performance", "performance"},
		{"[Audit] Performance", "Images are resized in the request", "`a.php:9`", "performance", "performance"},
		{"[Audit] Performance and security", "Images are resized in the request", "`a.php:9`", "quality", "other"},
		{"[Audit] Review", "Order is written when it is missing", "`src/Admin/Auth/Tree.php:9`", "quality", "other"},
	} {
		f := single(t, c.audit, "## 1. "+c.title+" (high)\n\n"+c.text+"\n")
		if f.Type != c.kind || f.Category != c.category {
			t.Errorf("%s: %s: %s, %s; want %s, %s", c.audit, c.title, f.Type, f.Category, c.kind, c.category)
		}
	}
}

func TestTitlesAsAPersonWouldWriteThem(t *testing.T) {
	for body, want := range map[string]string{
		"Lastly, a small thing (low): `Deprecation` headers are promised in `docs/v.md:12` and never sent.\n":            "Deprecation headers are promised in docs/v.md and never sent",
		"- `src/Core/Http/ImportRequest.php:35` accepts any MIME type. Severity: high\n":                                 "ImportRequest.php accepts any MIME type",
		"> **[S2 / High]** `views/table.blade.php:58` — the formatter prints `{!! $value !!}`; markup runs.\n":           "the formatter prints {!! $value !!}; markup runs",
		"| Area | Observation | Risk |\n|-|-|-|\n| Plans | switching twice makes two invoices \\| reproduced | High |\n": "Plans: switching twice makes two invoices",
		"| Area | Observation | Risk |\n|-|-|-|\n| Query | filter `a \\| b` is passed to a shell | High |\n":             "Query: filter a | b is passed to a shell",
		"| Document | Problem |\n|-|-|\n| `README.md` | asks for PHP 8.1; `composer.json` demands 8.2 |\n":               "README.md asks for PHP 8.1; composer.json demands 8.2",
		"| Document | Problem |\n|-|-|\n| `src/Tools/List.php` | only the happy path |\n":                                "List.php: only the happy path",
	} {
		if f := single(t, "[Audit] Review", body); f.Title != want {
			t.Errorf("%q, want %q", f.Title, want)
		}
	}
}

func TestTheFixIsTheAuditors(t *testing.T) {
	for text, want := range map[string]string{
		"`a.go:9` joins names. Use `os.Root` and refuse links.":           "Use os.Root and refuse links.",
		"`a.go:9` is odd. Move it to the vault. Rotate it, too.":          "Move it to the vault. Rotate it, too.",
		"`a.go:9` is odd. Unknown names should be refused. Effort: small": "Unknown names should be refused.",
		"`a.go:9` is odd. Use of it is dangerous.":                        "",
		"`a.go:9` is odd.\n\n**Fix:** name it. \n":                        "name it.",
		"`a.go:9` is old.\n\n**Fixed in:** 2.6.0\n":                       "Upgrade to 2.6.0.",
		"`a.go:9` is old.\n\n**Fix:** >= v2.6.0\n":                        "Upgrade to 2.6.0.",
	} {
		if f := single(t, "[Audit] Review", "## 1. It is wrong (high)\n\n"+text+"\n"); f.Fix != want {
			t.Errorf("%q: %q, want %q", text, f.Fix, want)
		}
	}
}

// TestMarkedSeverities: marks are counted, and they are many more than the
// findings only where findings were missed.
func TestMarkedSeverities(t *testing.T) {
	for body, want := range map[string]int{
		"": 0,
		"It broke (Severity: high), then again (severity: low) and Severity = medium.\n": 3,
		"## One\n\n[High] a thing\n[Low] a thing\n[Low] more things\n":                   3,
		"Critical: mend it at once, please\nHigh: mend it within a week\n":               0,
		"High: the lock is never released\nHigh: the file is never closed\n":             2,
		"## One\n\nSeverity: high\nStatus: fixed\n":                                      0,
		"```\nSeverity: high\nSeverity: low\n```\n":                                      0,
	} {
		if got := Marked(body); got != want {
			t.Errorf("%q: %d, want %d", body, got, want)
		}
	}
	calm := func(name string, truly int, title, body string) {
		if n, m := len(Read(title, body)), Marked(body); n >= truly && m >= n+2 && m >= 2*n {
			t.Errorf("%s: %d marks, and all %d findings were read", name, m, n)
		}
	}
	files, _ := filepath.Glob("testdata/*/*.json")
	for _, name := range files {
		var want truth
		raw, err := os.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(raw, &want)
		}
		body, err2 := os.ReadFile(strings.TrimSuffix(name, ".json") + ".md")
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		calm(name, len(want.Findings), want.Title, string(body))
	}
	files, _ = filepath.Glob("../../internal/githubsim/seed/data/mission/*/audits*.txt")
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range regexp.MustCompile(`(?m)^=== issue\n`).Split(string(raw), -1)[1:] {
			head, body, _ := strings.Cut(rec, "\n\n")
			calm(name, 0, head, body)
		}
	}
}
