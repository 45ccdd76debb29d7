package ledger

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
)

// naive reads a log as a person would: split it, read each line, count.
func naive(logs map[string]string, from, exact budget.Day) (budget.Spending, []budget.Unreadable) {
	sp := budget.Spending{From: from, Exact: exact}
	var torn []budget.Unreadable
	for _, name := range slices.Sorted(maps.Keys(logs)) {
		var old, recent []budget.Entry
		kinds := map[budget.Kind]int{}
		for i, line := range strings.SplitAfter(logs[name], "\n") {
			if line == "" {
				continue
			}
			text, ended := strings.CutSuffix(line, "\n")
			var l budget.Line
			if !l.Parse([]byte(text)) || l.Open && !ended {
				torn = append(torn, budget.Unreadable{File: name, Line: i + 1, Text: text})
				sp.AddUnreadable([]byte(text))
				continue
			}
			e := l.Entry()
			k := budget.Kind{Repo: e.Repo, Agent: e.Agent, Member: e.Member}
			if _, known := kinds[k]; !known {
				kinds[k] = len(kinds)
			}
			if budget.DayOf(e.At) < exact {
				old = append(old, e)
			} else {
				recent = append(recent, e)
			}
		}
		slices.SortStableFunc(old, func(a, b budget.Entry) int {
			if a, b := budget.DayOf(a.At), budget.DayOf(b.At); a != b {
				return int(a - b)
			}
			return kinds[budget.Kind{Repo: a.Repo, Agent: a.Agent, Member: a.Member}] - kinds[budget.Kind{Repo: b.Repo, Agent: b.Agent, Member: b.Member}]
		})
		for _, e := range append(old, recent...) {
			sp.Add(e)
		}
	}
	return sp, torn
}

// plain is a spending without what only makes it quick.
func plain(sp budget.Spending) budget.Spending {
	out := budget.Spending{From: sp.From, Exact: sp.Exact, Kinds: sp.Kinds, Spends: sp.Spends, Unreadable: sp.Unreadable}
	if len(out.Unreadable) == 0 {
		out.Unreadable = nil
	}
	return out
}

func differ(t interface {
	Helper()
	Fatalf(string, ...any)
}, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(budget.Spending{})); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// drawLog is a log of a few kinds of lines, good and bad, at a few times, good
// and bad; so that most are of a kind that was seen before.
func drawLog(t *rapid.T) string {
	stamps := rapid.SliceOfN(rapid.Custom(drawStamp), 1, 4).Draw(t, "stamps")
	rests := rapid.SliceOfN(rapid.Custom(drawRest), 1, 4).Draw(t, "rests")
	var lines []string
	for range rapid.IntRange(0, 40).Draw(t, "lines") {
		lines = append(lines, damaged(t, rapid.SampledFrom(stamps).Draw(t, "stamp")+" "+rapid.SampledFrom(rests).Draw(t, "rest")))
	}
	log := strings.Join(lines, "\n")
	if log != "" && rapid.Bool().Draw(t, "ended") {
		log += "\n"
	}
	return log
}

func drawStamp(t *rapid.T) string {
	return fmt.Sprintf("2026-%02d-%02dT%02d:%02dZ", rapid.SampledFrom([]int{1, 2, 2, 2, 13}).Draw(t, "month"), rapid.IntRange(1, 6).Draw(t, "day"),
		rapid.SampledFrom([]int{9, 10, 23, 24}).Draw(t, "hour"), rapid.SampledFrom([]int{0, 1, 59, 60}).Draw(t, "minute"))
}

func drawRest(t *rapid.T) string {
	repo := rapid.SampledFrom([]string{"core", "core-php", "core-mcp", "a", "dappcore/core", "docker-server-blockchain", "twelve-chars", "exactly8", "../core"}).Draw(t, "repo")
	agent := rapid.SampledFrom([]string{"jules", "copilot", "to", "@x"}).Draw(t, "agent")
	issue := rapid.SampledFrom([]string{"#1", "#29", "#1234567", "#12345678", "#0", "#", "29"}).Draw(t, "issue")
	if rapid.IntRange(0, 3).Draw(t, "older") == 0 {
		return "dispatched " + issue + " to " + agent + " in " + repo
	}
	return repo + " " + issue + " " + agent + rapid.SampledFrom([]string{" -", " #118", " x/y#3", " #", ""}).Draw(t, "epic") +
		rapid.SampledFrom([]string{"", "", " @Snider", " @bodane", " @", " @a b", "\r"}).Draw(t, "member")
}

// damaged is a line as it is, torn, with another byte in it, or garbage.
func damaged(t *rapid.T, line string) string {
	switch rapid.IntRange(0, 19).Draw(t, "damage") {
	case 0:
		return line[:rapid.IntRange(0, len(line)).Draw(t, "torn at")]
	case 1:
		at := rapid.IntRange(0, len(line)-1).Draw(t, "at")
		return line[:at] + rapid.SampledFrom([]string{"0", " ", "#", "\x00", "Z", "9", "-", "é", "2026-02-03"}).Draw(t, "byte") + line[at+1:]
	case 2:
		return strings.Repeat(rapid.SampledFrom([]string{"", "x", "2026-02-04 ", "2026-02-04T10:00Z core #1 jules - "}).Draw(t, "garbage"), rapid.IntRange(0, 9).Draw(t, "times"))
	}
	return line
}

const exactDay = 20487 // 2026-02-03

// However a log is cut into parts, and whichever way a line is read, the sums
// are those of reading it line by line.
func TestScanIsTheNaiveReading(t *testing.T) {
	path := filepath.Join(t.TempDir(), LogName)
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t)
		if err := os.WriteFile(path, []byte(log), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		sums, err := scan(f, int64(len(log)), exactDay, rapid.Int64Range(1, 2000).Draw(t, "part"))
		if err != nil {
			t.Fatal(err)
		}
		data := encode(sums, stamp{}, 0)
		im, err := openImage(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		from := budget.Day(exactDay + rapid.IntRange(-40, 2).Draw(t, "from"))
		want, torn := naive(map[string]string{LogName: log}, from, exactDay)
		got := budget.Spending{From: from, Exact: exactDay}
		if err := im.spend(&got); err != nil {
			t.Fatal(err)
		}
		differ(t, "spending", plain(want), plain(got))
		lines, err := im.unreadable(LogName)
		if err != nil {
			t.Fatal(err)
		}
		differ(t, "unreadable", torn, lines)
	})
}

// Used today and today's unreadable lines are together what
// `grep DATE dispatch.log | wc -l` counts.
func TestUsedIsWhatGrepCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t)
		const today = "2026-02-04"
		found := 0
		for _, line := range strings.Split(log, "\n") {
			if strings.Contains(line, today) {
				found++
			}
		}
		f := newFold(exactDay)
		whole := strings.LastIndexByte(log, '\n') + 1
		f.block([]byte(log[:whole]))
		if whole < len(log) {
			f.add([]byte(log[whole:]), false)
		}
		used := 0
		for _, r := range f.recent {
			if r.at.Day().String() == today {
				used += int(r.n)
			}
		}
		day, _ := budget.ParseDay([]byte(today))
		if used+f.dates[day] != found {
			t.Fatalf("%d used and %d unreadable, grep finds %d in\n%s", used, f.dates[day], found, log)
		}
	})
}

// Before the first date was read, nothing has the date of the line before.
func TestNoDateIsNotADate(t *testing.T) {
	f := newFold(exactDay)
	f.add([]byte("2026-02-04T10:00Z core #1 jules - @Snider"), true)
	f.block([]byte(strings.Repeat("\x00", 10) + "T10:00Z core #1 jules - @Snider\n" + strings.Repeat("x", 64) + "\n"))
	if f.lines != 3 || len(f.torn) != 2 {
		t.Errorf("%d of %d lines are unreadable, want 2 of 3", len(f.torn), f.lines)
	}
}

// A line longer than the buffer is one line.
func TestVeryLongLine(t *testing.T) {
	good := "2026-02-04T10:00Z core #1 jules #118 @Snider\n"
	long := strings.Repeat("x", 3*readSize) + " 2026-02-04"
	path := filepath.Join(t.TempDir(), LogName)
	if err := os.WriteFile(path, []byte(good+long+"\n"+good), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, part := range []int64{1 << 40, readSize} {
		sums, err := scan(f, int64(2*len(good)+len(long)+1), exactDay, part)
		if err != nil {
			t.Fatal(err)
		}
		if sums.lines != 3 || len(sums.torn) != 1 || sums.torn[0].line != 2 || sums.torn[0].text != long[:textLimit]+"…" || sums.dates[20488] != 1 {
			t.Errorf("parts of %d: %d lines, %d unreadable", part, sums.lines, len(sums.torn))
		}
	}
}

// A damaged tally is noticed, whatever byte of it is damaged.
func TestDamagedImage(t *testing.T) {
	f := newFold(exactDay)
	f.block([]byte("2026-01-04T10:00Z core #1 jules #118 @Snider\n2026-02-04T10:00Z core #1 jules #118 @Snider\nwhat? 2026-02-04\n"))
	good := encode(f, stamp{1, 2, 3, 4, 5}, 6)
	if _, ok := readImage(good); !ok {
		t.Fatal("a good image is damaged")
	}
	for at := range good {
		for _, flip := range []byte{1, 0x80} {
			bad := bytes.Clone(good)
			bad[at] ^= flip
			if got, ok := readImage(bad); ok {
				t.Errorf("byte %d ^ %#x goes unnoticed: %+v", at, flip, got)
			}
		}
		if got, ok := readImage(good[:at]); ok {
			t.Errorf("cut at %d goes unnoticed: %+v", at, got)
		}
	}
}

func readImage(data []byte) (budget.Spending, bool) {
	var sp budget.Spending
	im, err := openImage(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return sp, false
	}
	if _, err := im.unreadable(""); err != nil {
		return sp, false
	}
	return sp, im.spend(&sp) == nil
}
