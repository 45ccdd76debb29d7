//go:build conformance

package judges

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// row is a repository in the inventory table of the mission.
type row struct {
	name   string
	open   int
	audit  int
	epics  []int
	branch string
}

// table is the mission's.
var table = []row{
	{"core", 45, 0, []int{101, 118, 127, 133, 299, 300, 301, 302}, "dev"},
	{"core-php", 28, 15, nil, "dev"},
	{"core-claude", 30, 0, nil, "dev"},
	{"core-api", 22, 3, nil, "dev"},
	{"core-admin", 14, 2, nil, "dev"},
	{"core-mcp", 24, 5, nil, "dev"},
	{"core-tenant", 14, 2, nil, "dev"},
	{"core-developer", 19, 2, nil, "dev"},
	{"core-service-commerce", 30, 2, nil, "dev"},
	{"core-devops", 3, 1, nil, "dev"},
	{"core-agent", 14, 0, nil, "dev"},
	{"core-template", 12, 1, nil, "dev"},
	{"build", 9, 1, nil, "dev"},
	{"ansible-coolify", 1, 1, nil, "main"},
	{"docker-server-php", 1, 1, nil, "main"},
	{"docker-server-blockchain", 1, 1, nil, "main"},
}

// ours is what "core dev inventory --json" says of a repository.
type ours struct {
	Name   string `json:"name"`
	Open   int    `json:"open"`
	Audits []int  `json:"audits"`
	Epics  []int  `json:"epics"`
	Pulls  int    `json:"pulls"`
	Branch string `json:"default_branch"`
}

// inventory is what core sees, by name.
func (w *world) inventory() map[string]ours {
	w.Helper()
	var in struct{ Repos []ours }
	if err := json.Unmarshal([]byte(w.core("inventory --json --refresh")), &in); err != nil {
		w.Fatal(err)
	}
	all := map[string]ours{}
	for _, r := range in.Repos {
		all[r.Name] = r
	}
	return all
}

// count reads the one number a script prints.
func (w *world) count(script string) int {
	w.Helper()
	n, err := strconv.Atoi(w.gets(script))
	if err != nil {
		w.Fatalf("%s: %v", script, err)
	}
	return n
}

// numbers reads a number a line, sorted.
func (w *world) numbers(script string) []int {
	w.Helper()
	var all []int
	for _, s := range strings.Fields(w.gets(script)) {
		n, err := strconv.Atoi(s)
		if err != nil {
			w.Fatalf("%s: %v", script, err)
		}
		all = append(all, n)
	}
	slices.Sort(all)
	return all
}

const pageOfGh = 30 // what gh lists unless told otherwise

// TestConformanceNumbers compares what gh counts, as the mission's document counts it, with what core counts and with
// the mission's own table: cut at gh's 30 by default, in full with -L 1000.
func TestConformanceNumbers(t *testing.T) {
	w := serve(t)
	seen := w.inventory()
	if len(seen) != len(table) {
		t.Errorf("core sees %d repositories, the mission has %d", len(seen), len(table))
	}
	for _, want := range table {
		got := seen[want.name]
		if got.Open != want.open || len(got.Audits) != want.audit || !slices.Equal(got.Epics, want.epics) && len(got.Epics)+len(want.epics) > 0 || got.Branch != want.branch {
			t.Errorf("core says %+v, the mission's table %+v", got, want)
		}
	}
	for _, gh := range clients(t) {
		t.Run(gh.name, func(t *testing.T) {
			w := *w
			w.T = t
			counts := 0
			same := func(what string, gh, core int) {
				t.Helper()
				counts++
				if gh != core {
					t.Errorf("%s: %d by gh, %d by core", what, gh, core)
				}
			}
			p := w.with(gh)
			for _, r := range table {
				got := seen[r.name]
				list := "gh issue list --repo dappcore/" + r.name + " --state open "
				same(r.name+" open", p.count(list+"-L 1000 --json number --jq 'length'"), got.Open)
				same(r.name+" open, cut", p.count(list+"--json number --jq 'length'"), min(got.Open, pageOfGh))
				audits := p.numbers(list + `-L 1000 --json number,title --jq '.[] | select(.title | test("\\[Audit\\]|audit:")) | .number'`)
				same(r.name+" audits", len(audits), len(got.Audits))
				slices.Sort(got.Audits)
				if !slices.Equal(audits, got.Audits) && len(audits)+len(got.Audits) > 0 {
					t.Errorf("%s: audit issues %v by gh, %v by core", r.name, audits, got.Audits)
				}
				pulls := "gh pr list --repo dappcore/" + r.name + " --state open "
				same(r.name+" pulls", p.count(pulls+"-L 1000 --json number --jq 'length'"), got.Pulls)
				same(r.name+" pulls, cut", p.count(pulls+"--json number --jq 'length'"), min(got.Pulls, pageOfGh))
				search := "gh search issues --repo dappcore/" + r.name + " --state open --json number,title,body "
				same(r.name+" searched", p.count(search+"-L 1000 --jq 'length'"), got.Open)
				same(r.name+" searched, cut", p.count(search+"--jq 'length'"), min(got.Open, pageOfGh))
				epics := p.numbers(search + `-L 1000 --jq '.[] | select(.body | test("- \\[[ x]\\] #\\d+")) | .number'`)
				if !slices.Equal(epics, got.Epics) && len(epics)+len(got.Epics) > 0 {
					t.Errorf("%s: epics %v by gh, %v by core", r.name, epics, got.Epics)
				}
				counts++
			}
			t.Logf("%d numbers of %d repositories compared", counts, len(table))
		})
	}
}

// missionLine is a child as the mission's own pattern knows one.
var missionLine = regexp.MustCompile(`^- \[[ x]\] #`)

// TestConformanceEpicProgress compares the progress of every epic as the mission's jq counts it with core's: the jq knows
// one way of writing a child, core all that GitHub renders, so core's are taken where they are written that way.
func TestConformanceEpicProgress(t *testing.T) {
	w := serve(t)
	for _, gh := range clients(t) {
		p := w.with(gh)
		for _, number := range table[0].epics {
			var count struct{ Total, Done, Remaining int }
			text := p.gets(fmt.Sprintf(`gh issue view %d --repo dappcore/core --json body --jq '
.body | split("\n") | map(select(test("^- \\[[ x]\\] #"))) |
{ total: length,
done: map(select(test("^- \\[x\\] #"))) | length,
remaining: map(select(test("^- \\[ \\] #"))) | length }'`, number))
			if err := json.Unmarshal([]byte(text), &count); err != nil {
				t.Fatal(err)
			}
			body := strings.Split(p.gets(fmt.Sprintf("gh issue view %d --repo dappcore/core --json body --jq .body", number)), "\n")
			var epic struct {
				Total    int
				Children []struct {
					Line    int
					Checked bool
				}
			}
			if err := json.Unmarshal([]byte(w.core(fmt.Sprintf("epic show %d --repo dappcore/core --json", number))), &epic); err != nil {
				t.Fatal(err)
			}
			total, done := 0, 0
			for _, c := range epic.Children {
				if missionLine.MatchString(body[c.Line-1]) {
					total++
					if c.Checked {
						done++
					}
				}
			}
			if count.Total != total || count.Done != done || count.Remaining != total-done {
				t.Errorf("epic #%d by %s: jq counts %+v, core %d of %d written like that (%d in all)", number, gh.name, count, done, total, epic.Total)
			}
		}
	}
}
