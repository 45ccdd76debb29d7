package proof

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/checklist"
)

// standing is a repository as "core dev inventory" shows it.
type standing struct {
	Repo   string
	Audits []int
	Stage  int
	Direct bool
}

func (b *bench) standings() map[string]standing {
	b.t.Helper()
	e := b.run("inventory", "--json")
	var doc struct{ Repos []standing }
	if err := json.Unmarshal([]byte(e.out), &doc); err != nil {
		b.t.Fatalf("core dev inventory: %v\n%s", err, e)
	}
	out := map[string]standing{}
	for _, r := range doc.Repos {
		out[strings.ToLower(r.Repo)] = r
	}
	return out
}

// reasons are what the last run said it left out, by repository and by issue.
func (e ended) reasons() map[string]string {
	var doc struct {
		Plans []struct {
			Steps   []json.RawMessage
			Skipped []struct{ Target, Reason string }
		}
	}
	_ = json.Unmarshal([]byte(e.out), &doc) // nothing: no reasons
	out := map[string]string{}
	for _, p := range doc.Plans {
		if len(p.Steps) > 0 {
			continue
		}
		for _, s := range p.Skipped {
			repo, _, _ := strings.Cut(strings.ToLower(s.Target), "#")
			out[strings.ToLower(s.Target)], out[repo] = s.Reason, s.Reason
		}
	}
	return out
}

// onboardFleets are a fleet and how many seeds of it are drawn.
func onboardFleets() map[string]int {
	if soak() {
		return map[string]int{"mission": 3, "scale:3x40": int(soakSeeds), "scale:8x120": int(soakSeeds)}
	}
	return map[string]int{"mission": 1, "scale:3x40": 3}
}

// TestOnboardingAFleet: on fleets of seeds drawn now every repository that was
// at stage 1 or 2 ends at stage 3, direct, idle, or with a reason that is said;
// what was made is sensible; and a second run has nothing to do and writes
// nothing.
func TestOnboardingAFleet(t *testing.T) {
	t.Parallel()
	seed := drawnSeed(t)
	for fleet, seeds := range onboardFleets() {
		for k := range seeds {
			seed := seed + uint64(k)
			t.Run(fmt.Sprintf("%s seed %d", fleet, seed), func(t *testing.T) {
				t.Parallel() // they wait more than they work
				onboardFleet(t, fleet, seed)
			})
		}
	}
}

// newDemo is a bench whose GitHub is the demo's: the program has it in its own
// process, and its clock goes ahead where GitHub would have it wait for minutes
// and hours.
func newDemo(t testing.TB, s scene) *bench {
	t.Helper()
	b := &bench{t: t, scene: s, dir: filepath.Join(scratch(t), "here"), demo: true, patience: 10 * longest}
	b.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.dir, "TMPDIR=" + os.TempDir(), "NO_PROXY=*", "CORE_QUIET_PERIOD=1ms"}
	if err := os.Mkdir(b.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	b.inside(func() {
		if s.furnish == nil {
			return
		}
		if err := s.furnish(b.host.sim); err != nil {
			t.Fatal(err)
		}
	})
	if len(s.files) == 0 { // the program makes them of the fleet's own
		return b
	}
	d, err := config.Demo(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Init(d, config.InitOptions{Config: []byte(s.files[config.ConfigFile]), Inventory: []byte(s.files[config.InventoryFile]), Team: []byte(s.files[config.TeamFile])}); err != nil {
		t.Fatal(err)
	}
	return b
}

// inside opens the demo's GitHub while no run of the program has it.
func (b *bench) inside(do func()) {
	b.t.Helper()
	sim, err := githubsim.Open(b.t.Context(), githubsim.Options{Dir: b.core("github"), Fleet: b.scene.fleet, Seed: b.scene.seed})
	if err != nil {
		b.t.Fatal(err)
	}
	defer sim.Close()
	b.host = &host{sim: sim}
	do()
	b.host = nil
}

func onboardFleet(t *testing.T, fleet string, seed uint64) {
	b := newDemo(t, scene{fleet: fleet, seed: seed, label: "jules", command: onboardArgs})
	before := b.standings()
	e := b.run(b.scene.command...)
	b.runs = append(b.runs, e)
	if e.status != 0 {
		t.Fatalf("%s", e)
	}
	after := b.standings()
	var end []string
	var last int64
	b.inside(func() { end, last = b.state(), b.host.sim.Requests().Last() })
	e = b.run(b.scene.command...)
	reasons := e.reasons()
	var sum made
	b.inside(func() {
		b.nothingDone(e, last)
		if d := differences(end, b.state()); len(d) > 0 {
			t.Errorf("the second run changed\n%s", strings.Join(d, "\n"))
		}
		sum = b.sensible(before, reasons)
	})
	reached := map[string]int{}
	for key, was := range before {
		now := after[key]
		if was.Stage != int(inventory.StageAudit) && was.Stage != int(inventory.StageOrganise) {
			continue
		}
		switch {
		case now.Direct:
			reached["direct"]++
		case now.Stage == int(inventory.StageExecute):
			reached["executing"]++
		case now.Stage == int(inventory.StageIdle):
			reached["idle"]++
		case reasons[key] != "":
			reached["with a reason: "+reasons[key]]++
		default:
			t.Errorf("%s was at stage %d and is at stage %d, and no reason is said", key, was.Stage, now.Stage)
		}
		if len(now.Audits) > 0 && reasons[key] == "" {
			t.Errorf("%s: audits %v are open, and no reason is said", key, now.Audits)
		}
	}
	t.Logf("%v; %s", reached, sum)
	if len(reached) == 0 || sum.findings == 0 && sum.epics == 0 && sum.direct == 0 {
		t.Errorf("nothing was onboarded")
	}
}

// made counts what an onboarding made.
type made struct{ audits, findings, frameworks, epics, children, direct int }

func (m made) String() string {
	return fmt.Sprintf("%d audits closed, %d findings, %d framework issues, %d epics of %d children, %d dispatched directly", m.audits, m.findings, m.frameworks, m.epics, m.children, m.direct)
}

var (
	turnedInto = regexp.MustCompile(`^Turned into \d+ issues?: ([#\d, ]+)`)
	oneNumber  = regexp.MustCompile(`#(\d+)`)
)

// sensible holds what was made in the repositories of before against the
// specification, from GitHub's state alone.
func (b *bench) sensible(before map[string]standing, reasons map[string]string) made {
	b.t.Helper()
	var sum made
	err := b.host.sim.World().View(func(tx *world.Tx) error {
		list := listed(tx)
		for key, was := range before {
			owner, name, _ := strings.Cut(key, "/")
			r, _ := tx.Repo(owner, name)
			if r == nil {
				continue
			}
			b.auditsClosed(tx, r, was.Audits, reasons, &sum)
			b.epicsMade(tx, r, &sum)
			if was.Stage != int(inventory.StageExecute) {
				b.nobodyForgotten(tx, r, list, reasons, &sum)
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return sum
}

// auditsClosed: an audit that was open is closed as completed with a comment
// that links what was made of it, each an issue that says so; or as not planned,
// with a comment.
func (b *bench) auditsClosed(tx *world.Tx, r *world.Repo, audits []int, reasons map[string]string, sum *made) {
	full := tx.FullName(r)
	for _, n := range audits {
		i := tx.Issue(r.ID, n)
		me := fmt.Sprintf("%s#%d", full, n)
		if !i.Closed {
			if reasons[strings.ToLower(full)] == "" {
				b.t.Errorf("the audit %s is open", me)
			}
			continue
		}
		sum.audits++
		links := ""
		for _, c := range tx.Comments(i.ID) {
			if m := turnedInto.FindStringSubmatch(c.Body); m != nil {
				links += m[1]
			}
		}
		switch {
		case i.Reason == "not_planned" && links == "":
		case i.Reason != "completed" || links == "":
			b.t.Errorf("the audit %s was closed as %s with the links %q", me, i.Reason, links)
		}
		for _, m := range oneNumber.FindAllStringSubmatch(links, -1) {
			var k int
			fmt.Sscan(m[1], &k)
			child := tx.Issue(r.ID, k)
			if child == nil || inventory.ReadMark(child.Body).Kind != inventory.MarkFinding || !strings.HasPrefix(child.Body, fmt.Sprintf("Parent audit: #%d\n", n)) {
				b.t.Errorf("the audit %s links #%d, which is no issue made of it", me, k)
				continue
			}
			sum.findings++
			for _, kind := range [][]string{{"critical", "high", "medium", "low"}, {"security", "quality", "performance", "testing", "docs"}, {"complexity:small", "complexity:medium", "complexity:large"}, {"audit"}} {
				if !slices.ContainsFunc(tx.LabelsOf(child), func(l *world.Label) bool { return slices.Contains(kind, l.Name) }) {
					b.t.Errorf("%s#%d has no label of %v", full, k, kind)
				}
			}
		}
	}
}

// epicsMade: every epic of ours has a branch, 3 to 10 children unless it is the
// one of the repository's audits, its phases in order, and each child names it.
func (b *bench) epicsMade(tx *world.Tx, r *world.Repo, sum *made) {
	full := tx.FullName(r)
	var epics []*world.Issue
	for _, i := range tx.Issues(r.ID) {
		switch inventory.ReadMark(i.Body).Kind {
		case inventory.MarkEpic:
			epics = append(epics, i)
		case inventory.MarkFramework:
			sum.frameworks++
		}
	}
	for _, i := range epics {
		me := fmt.Sprintf("%s#%d %q", full, i.Number, i.Title)
		sum.epics++
		list := checklist.Parse([]byte(i.Body))
		n := len(list.Children)
		sum.children += n
		most := 10
		if strings.HasPrefix(i.Title, "epic(audit):") { // one for the repository: GitHub's bound
			most = 100
		}
		if n < 3 || n > most {
			b.t.Errorf("%s has %d children", me, n)
		}
		last := 0
		for _, p := range list.Phases {
			if !p.HasOrdinal || p.Ordinal <= last {
				b.t.Errorf("%s has the phases %v", me, list.Phases)
			}
			last = p.Ordinal
		}
		branches := 0
		for ref := range r.Refs {
			if strings.HasPrefix(ref, fmt.Sprintf("refs/heads/epic/%d-", i.Number)) {
				branches++
			}
		}
		if branches != 1 {
			b.t.Errorf("%s has %d branches", me, branches)
		}
		for _, c := range list.Children {
			child := tx.Issue(r.ID, c.Number)
			if child == nil || c.Repo != "" {
				b.t.Errorf("%s lists %+v", me, c)
				continue
			}
			named := 0
			for _, said := range tx.Comments(child.ID) {
				if said.Body == fmt.Sprintf("Parent: #%d", i.Number) {
					named++
				}
			}
			if child.ParentID != i.ID && child.ParentID == 0 || named != 1 && child.ParentID == i.ID {
				b.t.Errorf("%s#%d is a child of %s, has the parent %d and %d comments that name it", full, c.Number, me, child.ParentID, named)
			}
		}
	}
}

// listed are the open epics and what their checklists name, wherever.
func listed(tx *world.Tx) map[string]bool {
	out := map[string]bool{}
	for _, r := range tx.Repos() {
		home := inventory.RepoRef{Owner: tx.User(r.OwnerID).Login, Name: r.Name}
		for _, i := range tx.Issues(r.ID) {
			if i.Closed || i.Pull != nil {
				continue
			}
			for _, c := range checklist.Parse([]byte(i.Body)).Children {
				if ref, ok := inventory.ChildRef(c, home, ""); ok {
					out[ref.Key()], out[inventory.Ref{Repo: home, Number: i.Number}.Key()] = true, true
				}
			}
		}
	}
	return out
}

// nobodyForgotten: an open issue of a trusted author that is no audit and no
// epic is on a checklist, or was dispatched, or it is said why not.
func (b *bench) nobodyForgotten(tx *world.Tx, r *world.Repo, listed map[string]bool, reasons map[string]string, sum *made) {
	full := tx.FullName(r)
	for _, i := range tx.Issues(r.ID) {
		switch tx.AuthorAssociation(i) {
		case "OWNER", "MEMBER", "COLLABORATOR":
		default:
			continue
		}
		me := strings.ToLower(fmt.Sprintf("%s#%d", full, i.Number))
		if i.Closed || i.Pull != nil || listed[me] || inventory.IsAuditTitle(i.Title) {
			continue
		}
		if slices.ContainsFunc(tx.Events(i.ID), func(e *world.Event) bool { return e.Kind == world.Labeled && e.Label == b.scene.label }) {
			sum.direct++
			continue
		}
		if reasons[me] == "" && reasons[strings.ToLower(full)] == "" {
			b.t.Errorf("%s %q is on no checklist and was not dispatched, and no reason is said", me, i.Title)
		}
	}
}
