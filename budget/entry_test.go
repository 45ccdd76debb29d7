package budget_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
)

const (
	repoForm  = `(?:[A-Za-z0-9][A-Za-z0-9_-]{0,38}/)?[A-Za-z0-9._-]{1,100}`
	stampForm = `(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z)`
	agentForm = `([A-Za-z0-9][A-Za-z0-9._-]{0,63})`
)

var (
	todayLine = regexp.MustCompile(`^` + stampForm + ` (` + repoForm + `) #([1-9]\d{0,9}) ` + agentForm +
		` (?:-|([A-Za-z0-9][A-Za-z0-9_-]{0,38}/[A-Za-z0-9._-]{1,100})?#([1-9]\d{0,9}))(?: @([A-Za-z0-9][A-Za-z0-9_-]{0,99}))?$`)
	olderLine = regexp.MustCompile(`^` + stampForm + ` dispatched #([1-9]\d{0,9}) to ` + agentForm + ` in (` + repoForm + `)$`)
)

// readEntry is the log's grammar as a person would write it down.
func readEntry(line string) (budget.Entry, bool) {
	var e budget.Entry
	var stamp, issue, epic string
	if strings.ContainsRune(line, '\n') {
		return e, false
	}
	if m := todayLine.FindStringSubmatch(line); m != nil {
		stamp, e.Repo, issue, e.Agent, e.EpicRepo, epic, e.Member = m[1], m[2], m[3], m[4], m[5], m[6], m[7]
	} else if m := olderLine.FindStringSubmatch(line); m != nil {
		stamp, issue, e.Agent, e.Repo = m[1], m[2], m[3], m[4]
	} else {
		return e, false
	}
	for _, repo := range []string{e.Repo, e.EpicRepo} {
		if name := repo[strings.Index(repo, "/")+1:]; name == "." || name == ".." {
			return e, false
		}
	}
	at, err := time.Parse("2006-01-02T15:04Z", stamp)
	if err != nil {
		return e, false
	}
	e.At = at
	n, err := strconv.ParseInt(issue, 10, 32)
	if err != nil {
		return e, false
	}
	e.Issue = int(n)
	if epic != "" {
		if n, err = strconv.ParseInt(epic, 10, 32); err != nil {
			return e, false
		}
		e.Epic = int(n)
	}
	return e, true
}

func TestEntryForms(t *testing.T) {
	at := time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
	for line, want := range map[string]budget.Entry{
		"2026-02-04T10:00Z core-mcp #29 jules #118 @Snider":             {At: at, Repo: "core-mcp", Issue: 29, Agent: "jules", Epic: 118, Member: "Snider"},
		"2026-02-04T10:00Z core-mcp #29 jules #118":                     {At: at, Repo: "core-mcp", Issue: 29, Agent: "jules", Epic: 118},
		"2026-02-04T10:00Z dappcore/core-mcp #29 jules - @Snider":       {At: at, Repo: "dappcore/core-mcp", Issue: 29, Agent: "jules", Member: "Snider"},
		"2026-02-04T10:00Z core-mcp #29 jules dappcore/core#118 @a_b":   {At: at, Repo: "core-mcp", Issue: 29, Agent: "jules", EpicRepo: "dappcore/core", Epic: 118, Member: "a_b"},
		"2026-02-04T10:00Z dispatched #29 to jules in core-mcp":         {At: at, Repo: "core-mcp", Issue: 29, Agent: "jules"},
		"2026-02-04T10:00Z dispatched #29 to jules in dappcore/core.js": {At: at, Repo: "dappcore/core.js", Issue: 29, Agent: "jules"},
		"2026-02-04T10:00Z dispatched #29 to #118":                      {At: at, Repo: "dispatched", Issue: 29, Agent: "to", Epic: 118},
		"2026-02-04T10:00Z dispatched #29 to a/b#118":                   {At: at, Repo: "dispatched", Issue: 29, Agent: "to", EpicRepo: "a/b", Epic: 118},
	} {
		got, ok := budget.ParseEntry([]byte(line))
		if !ok {
			t.Errorf("%q is unreadable", line)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
}

func TestEntryUnreadable(t *testing.T) {
	for _, line := range []string{
		"", " ", "#", "2026-02-04T10:00Z", "2026-02-04T10:00Z ",
		"2026-02-04T10:00Z core-mcp #2",        // torn
		"2026-02-04T10:00Z core-mcp #29 jules", // torn
		"2026-02-04T10:00Z core-mcp #29 jules ",
		"2026-02-04T10:00Z core-mcp #29 jules #",
		"2026-02-04T10:00Z core-mcp #29 jules #118 ",
		"2026-02-04T10:00Z core-mcp #29 jules #118 @",
		"2026-02-04T10:00Z core-mcp #29 jules #118 Snider",
		"2026-02-04T10:00Z core-mcp #29 jules #118 @Snider ",
		"2026-02-04T10:00Z core-mcp #29 jules #118 @Snider\r",
		"2026-02-04T10:00Z  core-mcp #29 jules #118",
		"2026-02-04T10:00Z core-mcp 29 jules #118",
		"2026-02-04T10:00Z core-mcp #029 jules #118",
		"2026-02-04T10:00Z core-mcp #0 jules #118",
		"2026-02-04T10:00Z core-mcp #99999999999 jules #118",
		"2026-02-04T10:00Z core-mcp #29 jules #EPIC",
		"2026-02-04T10:00Z core-mcp #29 jules core#118",
		"2026-02-04T10:00Z .. #29 jules #118",
		"2026-02-04T10:00Z -a/b #29 jules #118",
		"2026-02-04T10:00Z a/b/c #29 jules #118",
		"2026-02-30T10:00Z core-mcp #29 jules #118",
		"2026-13-04T10:00Z core-mcp #29 jules #118",
		"2026-02-04T24:00Z core-mcp #29 jules #118",
		"2026-02-04T10:60Z core-mcp #29 jules #118",
		"2026-02-04 10:00Z core-mcp #29 jules #118",
		"2026-02-04T10:00:00Z core-mcp #29 jules #118",
		"2026-02-04T10:00Z dispatched #29 to jules in ",
		"2026-02-04T10:00Z dispatched #29 to jules in core mcp",
		"2026-02-04T10:00Z dispatched #ISSUE to jules in REPO",
	} {
		if e, ok := budget.ParseEntry([]byte(line)); ok {
			t.Errorf("%q is read as %+v", line, e)
		}
	}
}

func TestEntryRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawEntry(t)
		got, ok := budget.ParseEntry([]byte(want.String()))
		if !ok {
			t.Fatalf("%q is unreadable", want.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q (-want +got):\n%s", want.String(), diff)
		}
	})
}

// A line damaged anywhere is read exactly when the grammar has it.
func TestEntryFollowsItsGrammar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := []byte(drawEntry(t).String())
		if rapid.Bool().Draw(t, "older") {
			line = []byte("2024-02-29T23:59Z dispatched #7 to codex in a/b.c")
		}
		for range rapid.IntRange(0, 2).Draw(t, "damages") {
			at := rapid.IntRange(0, len(line)-1).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "damage") {
			case 0:
				line[at] = rapid.SampledFrom([]byte("0913# -@/.:TZa\r\x00\xff")).Draw(t, "byte")
			case 1:
				line = append(line[:at:at], line[at+1:]...)
			default:
				line = line[:at+1]
			}
			if len(line) == 0 {
				return
			}
		}
		sameReading(t, line)
	})
}

func FuzzParseEntry(f *testing.F) {
	f.Add([]byte("2026-02-04T10:00Z core-mcp #29 jules #118 @Snider"))
	f.Add([]byte("2026-02-04T10:00Z dispatched #29 to jules in core-mcp"))
	f.Add([]byte("2026-02-04T10:00Z a/b #2147483647 to c/d#1"))
	f.Add([]byte("0000-02-29T00:00Z . #1 - -"))
	f.Fuzz(func(t *testing.T, line []byte) { sameReading(t, line) })
}

func sameReading(t interface {
	Helper()
	Fatalf(string, ...any)
}, line []byte) {
	t.Helper()
	want, readable := readEntry(string(line))
	got, ok := budget.ParseEntry(line)
	if ok != readable {
		t.Fatalf("%q: readable %v, its grammar says %v", line, ok, readable)
	}
	if diff := cmp.Diff(want, got); ok && diff != "" {
		t.Fatalf("%q (-want +got):\n%s", line, diff)
	}
}

func TestParseDoesNotAllocate(t *testing.T) {
	var l budget.Line
	line := []byte("2026-02-04T10:00Z dappcore/core-mcp #29 jules #118 @Snider")
	if n := testing.AllocsPerRun(100, func() { l.Parse(line) }); n != 0 {
		t.Errorf("%v allocations a line", n)
	}
}

func TestDaysAreTheCalendars(t *testing.T) {
	first := time.Date(-1, 12, 30, 0, 0, 0, 0, time.UTC)
	for at := first; at.Year() < 2500; at = at.AddDate(0, 0, 1) {
		d := budget.DayOf(at)
		if !d.Time().Equal(at) {
			t.Fatalf("%v: day %d begins %v", at, d, d.Time())
		}
		if at.Year() < 0 {
			continue
		}
		if got, ok := budget.ParseDay([]byte(at.Format(time.DateOnly))); !ok || got != d {
			t.Fatalf("%v: %v %v", at.Format(time.DateOnly), got, ok)
		}
	}
	for _, text := range []string{"2026-02-29", "2026-04-31", "2026-00-01", "2026-01-00", "2026-1-011", "20x6-01-01"} {
		if d, ok := budget.ParseDay([]byte(text)); ok {
			t.Errorf("%s is a day: %v", text, d)
		}
	}
}

func drawEntry(t *rapid.T) budget.Entry {
	e := budget.Entry{
		At:     time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at")/60*60, 0).UTC(),
		Repo:   rapid.SampledFrom([]string{"core", "core-php", "dappcore/core", "a/.github", "x.y_z", "dispatched"}).Draw(t, "repo"),
		Issue:  rapid.IntRange(1, 1<<31-1).Draw(t, "issue"),
		Agent:  rapid.SampledFrom([]string{"jules", "copilot", "codex", "local", "to", "to-1.x"}).Draw(t, "agent"),
		Member: rapid.SampledFrom([]string{"", "Snider", "bodane", "0-x_y"}).Draw(t, "member"),
	}
	if rapid.Bool().Draw(t, "in an epic") {
		e.Epic = rapid.IntRange(1, 1<<31-1).Draw(t, "epic")
		e.EpicRepo = rapid.SampledFrom([]string{"", "dappcore/core", "jules/in"}).Draw(t, "epic's repo")
	}
	return e
}

func BenchmarkParse(b *testing.B) {
	var l budget.Line
	line := []byte("2026-02-04T10:00Z core-mcp #29 jules #118 @Snider")
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		l.Parse(line)
	}
}
