package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/finding"
)

// sharing are two audits that share a pattern of six findings in six packages:
// three of #5 and three of #6.
func sharing() map[int][]finding.Finding {
	return map[int][]finding.Finding{
		5: {one("validate the input of login", "auth/login.go"), one("validate the input of search", "search/query.go"), one("validate the input of orders", "orders/new.go")},
		6: {one("validate the input of upload", "files/upload.go"), one("validate the input of mail", "mail/send.go"), one("validate the input of jobs", "jobs/run.go")},
	}
}

// shareAll is the world in which all of that has its issues: #20 to #25, and the
// framework issue #30.
func shareAll(t *testing.T) (map[int][]finding.Finding, []inventory.Issue, inventory.Issue) {
	t.Helper()
	findings := sharing()
	list := []inventory.Issue{auditOf(5), auditOf(6)}
	w, p := world(findings, list...)
	for k, m := range issues(p.Plan(w)) {
		list = append(list, made(20+k, m))
	}
	w, p = world(findings, list...)
	frame := issues(p.Plan(w))
	if len(list) != 8 || len(frame) != 1 {
		t.Fatalf("%d issues, %d framework issues", len(list), len(frame))
	}
	return findings, list, made(30, frame[0])
}

// TestAuditsThatShareAPatternEndOneAfterAnother: killed between their ends, at
// whichever, the rest is what it would have been.
func TestAuditsThatShareAPatternEndOneAfterAnother(t *testing.T) {
	findings, list, frame := shareAll(t)
	list = append(list, frame)
	w, p := world(findings, list...)
	whole := p.Plan(w)
	var said []string
	for _, s := range whole.Steps {
		if c, ok := s.Effect.(flows.Comment); ok {
			said = append(said, c.Issue.String()+" "+c.Body)
		}
	}
	if len(said) != 2 || len(whole.Steps) != 10 {
		t.Fatalf("%q, %d steps", said, len(whole.Steps))
	}
	for _, first := range []int{5, 6} {
		some := slices.Clone(list)
		for k := range some {
			if some[k].Ref.Number == first {
				some[k] = closedAs(some[k], "COMPLETED")
			}
			if some[k].Ref.Number >= 20 && some[k].Ref.Number < 30 {
				some[k].BlockedBy = []inventory.Dependency{{Ref: frame.Ref}}
			}
		}
		w, p := world(findings, some...)
		plan := p.Plan(w)
		got := kinds(plan)
		other := 11 - first
		if want := []string{fmt.Sprintf("comment acme/app#%d", other), fmt.Sprintf("close acme/app#%d", other)}; !slices.Equal(got, want) {
			t.Errorf("after #%d: %q, want %q", first, got, want)
			continue
		}
		if c := plan.Steps[0].Effect.(flows.Comment); !slices.Contains(said, c.Issue.String()+" "+c.Body) {
			t.Errorf("after #%d it says %q, and else %q", first, c.Body, said)
		}
	}
}

// TestWhichFrameworkIssueIsThePatterns: #6 alone is open, #5 ended; the pattern is
// what #23, #24 and #25 share.
func TestWhichFrameworkIssueIsThePatterns(t *testing.T) {
	findings, list, frame := shareAll(t)
	list[0] = closedAs(list[0], "COMPLETED")
	with := func(f func(i *inventory.Issue)) inventory.Issue {
		i := frame
		f(&i)
		return i
	}
	text := func(old, new string) inventory.Issue {
		return with(func(i *inventory.Issue) { i.Body = strings.ReplaceAll(i.Body, old, new) })
	}
	strange := with(func(i *inventory.Issue) { i.Author, i.Association = "mallory", "NONE" })
	quoted := with(func(i *inventory.Issue) { i.Body += "\n\nas the robot wrote" })
	hidden := with(func(i *inventory.Issue) { i.Association, i.Own = "NONE", true })
	other := text("- #23\n- #24\n- #25", "- #93\n- #94\n- #95")
	one := text("- #23\n- #24\n- #25", "- #23")
	ticked := text("- #2", "* [x] #2")
	asked := with(func(i *inventory.Issue) { i.Body = strings.ReplaceAll(i.Body, "- #2", "- is it #2") })
	finding := with(func(i *inventory.Issue) { i.Body = strings.ReplaceAll(i.Body, ":framework:", ":finding:") })
	const (
		itIs  = "[blocked-by acme/app#23 blocked-by acme/app#24 blocked-by acme/app#25 comment acme/app#6 close acme/app#6]"
		isNot = "[new-issue acme/app]"
		ended = "[comment acme/app#6 close acme/app#6]"
	)
	for name, c := range map[string]struct {
		frame inventory.Issue
		want  string
	}{
		"open":                                {frame, itIs},
		"by the token's account, hidden":      {hidden, itIs},
		"of one of them":                      {one, itIs},
		"its list was ticked":                 {ticked, itIs},
		"closed by a person":                  {closedAs(frame, "COMPLETED"), ended},
		"closed, of one of them":              {closedAs(one, "COMPLETED"), ended},
		"a stranger's copy":                   {strange, isNot},
		"a stranger's copy, closed":           {closedAs(strange, "COMPLETED"), isNot},
		"its mark in the midst":               {quoted, isNot},
		"of others":                           {other, isNot},
		"closed, of others":                   {closedAs(other, "COMPLETED"), isNot},
		"they are mentioned and not listed":   {asked, isNot},
		"of a finding, with a list of theirs": {finding, isNot},
	} {
		w, p := world(findings, append(slices.Clone(list), c.frame)...)
		// the words that the six share are those of the three, so that their mark is
		// the same: it must be known by its list
		if i := &w.Snapshot.Repos[0].Issues[len(list)]; inventory.ReadMark(i.Body).Kind == inventory.MarkFramework {
			i.Body = strings.Replace(i.Body, inventory.ReadMark(i.Body).Key, "00000000000000ff", 1)
		}
		steps := slices.DeleteFunc(kinds(p.Plan(w)), func(s string) bool { return strings.HasPrefix(s, "new-label ") })
		if got := fmt.Sprint(steps); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestAClosedFrameworkIssueSettlesWhatItLists: what came since, and is a pattern by
// itself, gets one of its own, which names those alone; less does not.
func TestAClosedFrameworkIssueSettlesWhatItLists(t *testing.T) {
	for fresh, want := range map[int]string{2: "[]", 3: "[- #40 - #41 - #42]"} {
		findings, list, frame := shareAll(t)
		for k, path := range []string{"x/a.go", "y/b.go", "z/c.go"}[:fresh] {
			findings[7] = append(findings[7], one("validate the input of "+string(rune('a'+k))+"part", path))
		}
		list = append(list, closedAs(frame, "COMPLETED"), auditOf(7))
		w, p := world(findings, list...)
		for k, m := range issues(p.Plan(w)) {
			list = append(list, made(40+k, m))
		}
		w, p = world(findings, list...)
		plan := p.Plan(w)
		got := "[]"
		for _, m := range issues(plan) {
			var lines []string
			for _, l := range strings.Split(m.Body, "\n") {
				if strings.HasPrefix(l, "- #") {
					lines = append(lines, l)
				}
			}
			got = fmt.Sprint(lines)
			list = append(list, made(50, m))
		}
		if got != want {
			t.Errorf("%d since: %s, want %s", fresh, got, want)
		}
		w, p = world(findings, list...)
		for _, s := range p.Plan(w).Steps {
			if s.Effect.Kind() == "new-issue" || s.Effect.Kind() == "blocked-by" && s.Effect.Target() < "acme/app#40" {
				t.Errorf("%d since, the round after: %s %s", fresh, s.Effect.Kind(), s.Effect.Target())
			}
		}
	}
}

// TestWhatTheJournalKnowsNeedsNoMark: issues whose mark a person or a bot pushed
// from the last line, or took out, and those GitHub's list does not show yet.
func TestWhatTheJournalKnowsNeedsNoMark(t *testing.T) {
	findings, list, frame := shareAll(t)
	list = append(list, frame)
	w, p := world(findings, list...)
	before := kinds(p.Plan(w))
	journal := map[int]inventory.Provenance{}
	for k := range list {
		if m := inventory.ReadMark(list[k].Body); !m.IsZero() {
			journal[list[k].Ref.Number] = inventory.Provenance{Mark: m, At: noon}
			list[k].CreatedAt = noon
			list[k].Body += "\n\nA bot was here."
		}
	}
	w, p = world(findings, list...)
	if got := issues(p.Plan(w)); len(got) != 6 {
		t.Fatalf("without a journal %d issues are made", len(got))
	}
	w.Made = flows.Made{home.Key(): journal}
	if got := kinds(p.Plan(w)); !slices.Equal(got, before) {
		t.Errorf("%q, want %q", got, before)
	}
	// closed, so that the look lacks them, they are asked for by number
	w, p = world(findings, list[:2]...)
	w.Made, w.Now = flows.Made{home.Key(): journal}, noon.Add(100*time.Hour)
	if got := p.Unlisted(w); !slices.Equal(got, []int{20, 21, 22, 23, 24, 25, 30}) {
		t.Errorf("%v", got)
	}
	w.Snapshot.Repos[0].Details.Made = list[2:]
	if got := kinds(p.Plan(w)); !slices.Equal(got, before) {
		t.Errorf("%q, want %q", got, before)
	}
	// a repository of that name that was made anew has other issues by those numbers
	for k := range list[2:] {
		list[2+k].CreatedAt = noon.Add(48 * time.Hour)
	}
	if got := issues(p.Plan(w)); len(got) != 6 {
		t.Errorf("%d issues are made of a new repository's findings", len(got))
	}
}

// TestUnlistedAreThoseAFlowNeeds: what was made lately, and of open audits.
func TestUnlistedAreThoseAFlowNeeds(t *testing.T) {
	findings, list, frame := shareAll(t)
	journal := map[int]inventory.Provenance{
		20: {Mark: inventory.ReadMark(list[2].Body), At: noon}, 21: {Mark: inventory.ReadMark(list[3].Body), At: noon},
		30: {Mark: inventory.ReadMark(frame.Body), At: noon},
		60: {Mark: inventory.NewMark(inventory.MarkEpic, "an epic"), At: noon}, 61: {Mark: inventory.NewMark(inventory.MarkEpic, "another"), At: noon.Add(99 * time.Hour)},
		62: {Mark: inventory.NewMark(inventory.MarkFinding, "of an audit that ended"), At: noon},
	}
	for name, c := range map[string]struct {
		issues []inventory.Issue
		want   []int
	}{
		"nothing is listed":   {list[:2], []int{20, 21, 30, 61}},
		"some are listed":     {list[:3], []int{21, 30, 61}},
		"no audit is open":    {nil, []int{61}},
		"another audit's":     {[]inventory.Issue{auditOf(9)}, []int{30, 61}},
		"one of them is open": {list[1:2], []int{30, 61}},
	} {
		w, p := world(findings, c.issues...)
		w.Made, w.Now = flows.Made{home.Key(): journal, "acme/else": {70: {At: noon.Add(100 * time.Hour)}}}, noon.Add(99*time.Hour+time.Minute)
		if got := p.Unlisted(w); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestTheTokensOwnMarkCounts: though GitHub hides what its account has to do with
// the repository; it takes no part for that.
func TestTheTokensOwnMarkCounts(t *testing.T) {
	findings := map[int][]finding.Finding{5: {one("a hole", "a.go")}}
	w, p := world(findings, auditOf(5))
	m := issues(p.Plan(w))[0]
	mine := made(20, m)
	mine.Association, mine.Own = "NONE", true
	for name, list := range map[string][]inventory.Issue{"listed": {auditOf(5), mine}, "closed": {auditOf(5)}} {
		w, p := world(findings, list...)
		w.Snapshot.Repos[0].Details.Made = []inventory.Issue{mine}
		if got := issues(p.Plan(w)); len(got) != 0 {
			t.Errorf("%s: it is made again", name)
		}
		if ok, _ := w.Rules.Trust.Issue(mine); ok {
			t.Errorf("%s: it takes part", name)
		}
	}
}
