package finding

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const twoHeadings = "### 1. Token is logged (high)\n\n`src/a.go:3` logs it.\n\n### 2. Typo in README (low)\n\n`README.md:1` has it.\n\n"

func severities(list []Finding) string {
	var out []string
	for _, f := range list {
		out = append(out, string(f.Severity))
	}
	return strings.Join(out, " ")
}

// TestWhatStandsBehindHeadingsIsRead: tables and lists whose entries carry
// severities are findings beside the headings, however they are led to; details
// and repetitions are none.
func TestWhatStandsBehindHeadingsIsRead(t *testing.T) {
	for name, c := range map[string]struct{ tail, want string }{
		"table":                  {"| Severity | Finding |\n|-|-|\n| Critical | Hard-coded key in k.go |\n", "high low critical"},
		"table of ids":           {"Other things:\n\n| ID | Severity | Finding |\n|-|-|-|\n| A1 | Critical | Hard-coded key in k.go |\n", "high low critical"},
		"its numbers restart":    {"Also:\n\n| # | Severity | Finding |\n|-|-|-|\n| 1 | Low | Names are odd in n.go |\n| 2 | High | Lock is lost in l.go |\n", "high low low high"},
		"list":                   {"- Critical: secrets in config/app.php\n", "high low critical"},
		"tasks, one done":        {"- [ ] Low: rename the folder lib/x\n- [x] Critical: secrets in config/app.php\n", "high low low"},
		"less grave, own place":  {"- Low: the name in cmd/n.go is odd\n", "high low low"},
		"no part of its last":    {"#### Fix\n\nMend it.\n\nOther things:\n\n| Severity | Finding |\n|-|-|\n| Low | Hard-coded key in k.go |\n", "high low low"},
		"settled row":            {"| Severity | Finding | Status |\n|-|-|-|\n| Critical | Hard-coded key in k.go | fixed |\n| High | Lock is lost in l.go | open |\n", "high low high"},
		"same words, other file": {"| Severity | Finding | File |\n|-|-|-|\n| Low | Typo in README | `docs/README.md` |\n", "high low low"},
		"same words, graver":     {"| Severity | Finding |\n|-|-|\n| Critical | Token is logged in the worker as well |\n", "high low critical"},
		"one of two alike":       {"| Severity | Finding |\n|-|-|\n| Low | Typo in the help |\n| Low | Typo in README |\n", "high low low"},
		"places":                 {"Affected files:\n\n| File | Severity |\n|-|-|\n| README.md | Low |\n", "high low"},
		"no severities":          {"| File | Problem |\n|-|-|\n| `README.md` | line 3 |\n", "high low"},
		"sub-points":             {"- Low: the word is wrong\n- Low: so is the next\n", "high low"},
		"its own part goes on":   {"- Low: `docs/a.md` too\n\n**Fix:** write it right.\n", "high low"},
		"repeats":                {"To do:\n\n- [ ] High: the token is logged\n- [ ] Low: mend the typo in README\n", "high low"},
		"points to":              {"Order:\n\n- [ ] High: do #1 first, by Friday\n- [ ] Low: do #2 when there is time\n", "high low"},
		"legend":                 {"| Severity | Meaning |\n|-|-|\n| Critical | mend at once, today |\n| High | mend it this week |\n| Low | mend it some day |\n", "high low"},
		"counts":                 {"| Severity | Count |\n|-|-|\n| Critical | 0 |\n| High | 1 |\n| Low | 1 |\n", "high low"},
	} {
		got := Read("[Audit] Review", twoHeadings+c.tail)
		if severities(got) != c.want {
			t.Errorf("%s: %s, want %s\n%+v", name, severities(got), c.want, got)
			continue
		}
		if u := Unread("[Audit] Review", twoHeadings+c.tail, got); len(u) > 0 {
			t.Errorf("%s: all is read, and %v is said to be unread", name, u)
		}
		if l := got[1].Locations; c.want != "high low" && (len(l) != 1 || l[0].Path != "README.md") {
			t.Errorf("%s: the second heading has the places %v", name, l)
		}
	}
}

// TestAShortHeadingIsAFinding: a heading that could be but a subject is a finding
// where what stands behind it is graver, or is led to as something else.
func TestAShortHeadingIsAFinding(t *testing.T) {
	for body, want := range map[string]string{
		"### 1. SQL injection\n\nHigh. `a.php:1` joins.\n\n### 2. Typo\n\nLow. It is in README.\n\nOther things:\n\n| Severity | Finding |\n|-|-|\n| Critical | Hard-coded key in k.go |\n":                                 "high low critical",
		"### 1. [High] SQL injection in `a.php`\n\n### 2. [Low] typo in README\n- [ ] Critical: secrets in config/app.php\n\n| Severity | Finding | File |\n|-|-|-|\n| High | Upload accepts any type | app/Upload.php |\n": "high low critical high",
		"## Uploads (high)\n\n| Severity | Finding |\n|-|-|\n| High | any type is taken |\n| Low | names are kept |\n":                                                                                                      "high low",
	} {
		if got := Read("[Audit] Review", body); severities(got) != want {
			t.Errorf("%s: %+v", want, got)
		}
	}
}

// TestWhatIsReadOfAHeadingStaysTheSame: whatever rated rows stand behind a
// heading, each is found, and the heading's own finding does not change.
func TestWhatIsReadOfAHeadingStaysTheSame(t *testing.T) {
	alone := Read("[Audit] Review", twoHeadings)
	for n := 1; n <= 12; n++ {
		body := twoHeadings + "Other things:\n\n| Severity | Finding | File |\n|-|-|-|\n"
		for k := range n {
			body += fmt.Sprintf("| %s | Lock %d is lost | `pkg%d/l.go` |\n", Severities[k%4], k, k)
		}
		got := Read("[Audit] Review", body)
		if len(got) != 2+n {
			t.Fatalf("%d findings behind two headings with %d rows", len(got), n)
		}
		for k := range alone {
			a, b := alone[k], got[k]
			if a.Title != b.Title || a.Severity != b.Severity || a.Scope != b.Scope || a.Evidence != b.Evidence || !slices.Equal(a.Locations, b.Locations) {
				t.Errorf("%d rows: %+v\nalone: %+v", n, b, a)
			}
		}
	}
}

func TestCellsAreKeptApartInEvidence(t *testing.T) {
	f := single(t, "[Audit] Review", "## 1. Errors are swallowed (high)\n\n| File | Lines |\n|-|-|\n| `lib/a.go` | 3 |\n\nAll of them.\n")
	if want := "File | Lines lib/a.go | 3"; !strings.Contains(f.Evidence, want) {
		t.Errorf("%q", f.Evidence)
	}
}

// TestUnreadSeverities: what is Critical or High and came into no finding is
// told, and nothing else is.
func TestUnreadSeverities(t *testing.T) {
	for name, c := range map[string]struct {
		tail string
		want []Severity
	}{
		"all read":          {"", nil},
		"paragraph below":   {"Critical: there are secrets in the config\n", []Severity{Critical}},
		"as grave":          {"Low: there is another typo in it\n", nil},
		"unknown columns":   {"| Thing | How bad |\n|-|-|\n| there are secrets in config | Critical |\n", []Severity{Critical}},
		"more in overview":  {"## Summary\n\n| Severity | Finding |\n|-|-|\n| High | Token is logged |\n| High | Certificates are not verified |\n| Low | Typo |\n", []Severity{High}},
		"more, unnamed":     {"Summary:\n\n| Severity | Finding |\n|-|-|\n| High | Token is logged |\n| Critical | Token is sent in the clear |\n", []Severity{Critical}},
		"same in overview":  {"## Summary\n\n| Severity | Finding |\n|-|-|\n| High | Token is logged |\n| Low | Typo |\n", nil},
		"legend of its own": {"## Legend\n\n- Critical: mend it at once\n- High: mend it this week\n", nil},
		"settled":           {"## Strengths\n\n- Critical: paths are all checked\n", nil},
	} {
		body := twoHeadings + c.tail
		list := Read("[Audit] Review", body)
		if got := Unread("[Audit] Review", body, list); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v (read: %s)", name, got, c.want, severities(list))
		}
		if len(c.want) == 1 {
			more := append(slices.Clone(list), Finding{Severity: c.want[0]})
			if got := Unread("[Audit] Review", body, more); len(got) != 0 {
				t.Errorf("%s: someone else read it, and %v is unread", name, got)
			}
		}
	}
}

// TestNothingIsUnreadWhereAllIsRead: the bodies that were counted by hand say of
// none that a severity was missed, where all their findings are found.
func TestNothingIsUnreadWhereAllIsRead(t *testing.T) {
	files, _ := filepath.Glob("testdata/tuned/*.json")
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
		if u := Unread(want.Title, string(body), Read(want.Title, string(body))); len(u) > 0 {
			t.Errorf("%s: %v", name, u)
		}
	}
}
