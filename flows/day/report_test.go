package day

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

var evening = time.Date(2026, 2, 4, 18, 0, 0, 0, time.UTC)

func sample() Facts {
	home := inventory.RepoRef{Owner: "acme", Name: "widgets"}
	at := func(days int) time.Time { return evening.AddDate(0, 0, -days) }
	child := func(n, made, closed int) inventory.Child {
		i := &inventory.Issue{CreatedAt: at(made)}
		if closed >= 0 {
			i.Closed, i.ClosedAt = true, at(closed)
		}
		return inventory.Child{Ref: inventory.Ref{Repo: home, Number: n}, Issue: i}
	}
	return Facts{Now: evening, Host: "github.com",
		Status: budget.Status{Date: "2026-02-04", Usable: 300, UsableRemaining: 280, Used: 20},
		Uses:   []budget.DayUse{{Date: "2026-02-02", Used: 3}, {Date: "2026-02-03", Used: 10}, {Date: "2026-02-04", Used: 20}},
		Courses: flows.Courses{
			"a": {Ended: inventory.PullMerged, EndedAt: at(0)}, "b": {Ended: inventory.PullMerged, EndedAt: at(1)},
			"c": {Ended: inventory.PullClosed, EndedAt: at(0)}, "d": {},
		},
		Fleet:    &inventory.Fleet{Epics: []inventory.Epic{{Ref: inventory.Ref{Repo: home, Number: 1}, Title: "epic(docs): all of it", Children: []inventory.Child{child(2, 5, 1), child(3, 1, -1)}}}},
		Stuck:    []Stuck{{Ref: "acme/widgets#7", Title: "short", Why: "in conflict", Next: "a person", Hours: 3}, {Ref: "acme/widgets#8", Title: "long", Hours: 30}},
		Clean:    strings.TrimSpace,
		Tomorrow: plan.Plan{Date: "2026-02-05", Tasks: 4, Repos: []plan.RepoPlan{{Repo: "acme/widgets", Tasks: 4, Reason: "all that is READY"}, {Repo: "acme/none"}}},
	}
}

func TestReport(t *testing.T) {
	r := NewReport(sample())
	if r.Dispatched != 20 || r.Merged != 1 || r.Returned != 1 || r.Days[1] != (Figures{"2026-02-03", 10, 1}) {
		t.Errorf("%+v", r)
	}
	want := []Burn{{"2026-02-02", 1, 0}, {"2026-02-03", 2, 1}, {"2026-02-04", 2, 1}}
	for k, b := range r.BurnUp {
		if b != want[k] {
			t.Errorf("burn-up %d: %+v, want %+v", k, b, want[k])
		}
	}
	if r.Stuck[0].Hours != 30 || r.Epics[0].Closed != 1 || r.Epics[0].Of != 2 || len(r.Tomorrow.Repos) != 1 {
		t.Errorf("%+v", r)
	}
}

// The page is one file: it loads nothing, runs nothing and leads nowhere.
func TestThePageIsSelfContained(t *testing.T) {
	text, err := Page(NewReport(sample()))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	if bad := regexp.MustCompile(`(?i)<script|<link|<img|<iframe|<object|<use|<image|<a |\bsrc=|href|url\(|@import|https?:|//|\bon[a-z]+=|ZgotmplZ`).FindAllString(page, -1); bad != nil {
		t.Errorf("it has %q", bad)
	}
	for _, want := range []string{"default-src 'none'", "prefers-color-scheme: dark", "<polyline class=\"known\" points=\"", "2026-02-03: 10 dispatched, 1 merged", "acme/widgets#8", "30 h", "all that is READY"} {
		if !strings.Contains(page, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if n := strings.Count(page, "<svg"); n != 3 {
		t.Errorf("%d pictures", n)
	}
	empty, err := Page(NewReport(Facts{Now: evening, Fleet: &inventory.Fleet{}, Clean: strings.TrimSpace}))
	if err != nil || strings.Count(string(empty), "<svg") != 0 || !strings.Contains(string(empty), "Nothing is stuck") {
		t.Errorf("of an empty fleet: %v\n%s", err, empty)
	}
}

// Text from outside stays text, whatever it says: the page has the marks it would
// have with any other.
func TestHostileTitlesStayText(t *testing.T) {
	marks := func(page []byte) string { return regexp.MustCompile(`[^<>"]+`).ReplaceAllString(string(page), "") }
	with := func(text string) Facts {
		f := sample()
		f.Host, f.Fleet.Epics[0].Title, f.Tomorrow.Repos[0].Reason = text, text, text
		for k := range f.Stuck {
			f.Stuck[k].Title, f.Stuck[k].Why, f.Stuck[k].Next, f.Stuck[k].Ref = text, text, text, text
		}
		return f
	}
	plain, err := Page(NewReport(with("x")))
	if err != nil {
		t.Fatal(err)
	}
	hostile := []string{"</title><script>alert(1)</script>", `"><svg onload=alert(1)>`, "</style><style>*{display:none}", "<!--", "{{.Host}}", "javascript:alert(1)", "]]>", "&lt;b&gt;", "\x00\u202e"}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.SampledFrom(hostile), rapid.String()).Draw(t, "text")
		page, err := Page(NewReport(with(text)))
		if err != nil {
			t.Fatal(err)
		}
		if marks(page) != marks(plain) {
			t.Fatalf("%q made marks of its own", text)
		}
		if !strings.ContainsRune(text, 0) && !strings.Contains(html.UnescapeString(string(page)), text) {
			t.Fatalf("%q is not there as text", text)
		}
	})
}

// Whatever the words are from, they are cleaned before the page or JSON has them.
func TestReportCleansWords(t *testing.T) {
	f := sample()
	hostile := "pay \u202eevil\x1b[31m"
	f.Host, f.Fleet.Epics[0].Title = hostile, hostile
	f.Stuck = []Stuck{{Ref: hostile, Title: hostile, Why: hostile, Next: hostile}}
	f.Clean = func(s string) string { return strings.NewReplacer("\u202e", "", "\x1b[31m", "").Replace(s) }
	r := NewReport(f)
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	page, err := Page(r)
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"the JSON": string(text), "the page": string(page)} {
		if strings.Contains(text, "\u202e") || strings.Contains(text, `\u202e`) || strings.Contains(text, "[31m") || !strings.Contains(text, "pay evil") {
			t.Errorf("%s has it as it came:\n%s", where, text)
		}
	}
	if f.Stuck[0].Title != hostile {
		t.Error("what was given was changed")
	}
}

// Whatever the figures, nothing is drawn beside the picture.
func TestPicturesStayInTheirFrames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 100_000)
		r := Report{}
		for range rapid.IntRange(0, ReportDays).Draw(t, "days") {
			known := n.Draw(t, "known")
			r.Days = append(r.Days, Figures{"2026-02-04", n.Draw(t, "dispatched"), n.Draw(t, "merged")})
			r.BurnUp = append(r.BurnUp, Burn{"2026-02-04", known, rapid.IntRange(0, known).Draw(t, "closed")})
		}
		for range rapid.IntRange(0, 60).Draw(t, "stuck") {
			r.Stuck = append(r.Stuck, Stuck{Ref: rapid.String().Draw(t, "ref"), Hours: n.Draw(t, "hours")})
		}
		d := draw(r)
		for _, b := range d.Bars {
			if b.X < 0 || b.X2+b.Width > d.Width || b.UpY < 0 || b.DoneY < 0 || b.UpY+b.Up != d.Height || b.DoneY+b.Done != d.Height {
				t.Fatalf("%+v", b)
			}
		}
		for _, w := range d.Waits {
			if w.Width < 1 || barFrom+w.Width > d.Width-50 || w.Y+18 > d.WaitsHeight {
				t.Fatalf("%+v of %d", w, d.WaitsHeight)
			}
		}
		for _, p := range strings.Fields(d.Known + d.Closed) {
			var x, y int
			if _, err := fmt.Sscanf(p, "%d,%d", &x, &y); err != nil || x < 0 || x > d.Width || y < 0 || y > d.Height {
				t.Fatalf("%s %v", p, err)
			}
		}
	})
}
