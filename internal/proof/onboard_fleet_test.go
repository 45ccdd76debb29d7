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

// reasons are what the last run said it left out, by repository or by issue: all
// that was said of it, and of nothing else.
func (e ended) reasons() map[string][]string {
	var doc struct {
		Plans []struct {
			Skipped []struct{ Target, Reason string }
		}
	}
	_ = json.Unmarshal([]byte(e.out), &doc) // nothing: no reasons
	out := map[string][]string{}
	for _, p := range doc.Plans {
		for _, s := range p.Skipped {
			key := strings.ToLower(s.Target)
			out[key] = append(out[key], s.Reason)
		}
	}
	return out
}

// onboardFleets are a fleet and how many seeds of it are drawn.
func onboardFleets() map[string]int {
	if soak() {
		return map[string]int{"mission": 3, "scale:3x40": int(soakSeeds), "scale:8x120": int(soakSeeds)}
	}
	if raced {
		return map[string]int{"mission": 1, "scale:3x40": 1}
	}
	return map[string]int{"mission": 1, "scale:3x40": 3}
}

// TestOnboardingAFleet: on fleets of seeds drawn now every repository that was
// at stage 1 or 2 ends at stage 3; direct, where fewer than three issues came out
// that belong together; idle, where none did; or where it is, for reasons out of a
// list that are true of it. What was made is sensible; and a second run has
// nothing to do and writes nothing.
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
	b.inside(func() {
		err := b.host.sim.World().View(func(tx *world.Tx) error {
			list := listed(tx)
			for key, was := range before {
				if was.Stage == int(inventory.StageAudit) || was.Stage == int(inventory.StageOrganise) {
					j := judged{bench: b, tx: tx, listed: list, reasons: reasons}
					owner, name, _ := strings.Cut(key, "/")
					j.repo, _ = tx.Repo(owner, name)
					j.toldTrue(key)
					reached[j.stands(key, was, after[key])]++
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
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
func (b *bench) sensible(before map[string]standing, reasons map[string][]string) made {
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
			j := judged{bench: b, tx: tx, repo: r, listed: list, reasons: reasons}
			j.auditsClosed(was.Audits, &sum)
			j.epicsMade(&sum)
			if was.Stage != int(inventory.StageExecute) {
				j.nobodyForgotten(&sum)
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
func (b judged) auditsClosed(audits []int, sum *made) {
	tx, r, full := b.tx, b.repo, b.tx.FullName(b.repo)
	for _, n := range audits {
		i := tx.Issue(r.ID, n)
		me := fmt.Sprintf("%s#%d", full, n)
		if !i.Closed {
			b.reasoned(me, strings.ToLower(full), i)
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

// epicsMade: every epic of ours has one branch that starts at the default
// branch's head; 3 to 10 children, or as many as GitHub allows where it is the
// one of the repository's audits; its phases in order, each with children, and
// what blocks a child in no later phase than it. Each child is its sub-issue and
// named so once, or keeps another parent; its own are its children alone.
func (b judged) epicsMade(sum *made) {
	tx, r, full := b.tx, b.repo, b.tx.FullName(b.repo)
	for _, i := range tx.Issues(r.ID) {
		switch inventory.ReadMark(i.Body).Kind {
		case inventory.MarkEpic:
			b.epicMade(i, sum)
		case inventory.MarkFramework:
			sum.frameworks++
			if key := strings.ToLower(fmt.Sprintf("%s#%d", full, i.Number)); !i.Closed && !b.listed[key] && !b.dispatched(i) {
				b.t.Errorf("the framework issue %s is nowhere", key)
			}
		}
	}
}

var headingLine = regexp.MustCompile(`^Phase ([123]): [A-Z][a-z]+ \((blocking|parallelisable|cleanup)\)$`)

func (b judged) epicMade(i *world.Issue, sum *made) {
	tx, r, full := b.tx, b.repo, b.tx.FullName(b.repo)
	me := fmt.Sprintf("%s#%d %q", full, i.Number, i.Title)
	list := checklist.Parse([]byte(i.Body))
	n := len(list.Children)
	sum.epics++
	sum.children += n
	theme, _, ok := strings.Cut(strings.TrimPrefix(i.Title, "epic("), "): ")
	if !ok || !strings.HasPrefix(i.Title, "epic(") {
		b.t.Errorf("%s names no theme", me)
	}
	most := 10
	if theme == "audit" { // one for the repository: GitHub's bound
		most = inventory.MostSubIssues
	}
	if n < 3 || n > most {
		b.t.Errorf("%s has %d children", me, n)
	}
	for _, l := range []string{"agentic", "complexity:large"} {
		if !slices.ContainsFunc(tx.LabelsOf(i), func(x *world.Label) bool { return x.Name == l }) {
			b.t.Errorf("%s has no label %s", me, l)
		}
	}
	last := 0
	for k, p := range list.Phases {
		m := headingLine.FindStringSubmatch(p.Name)
		if m == nil || !p.HasOrdinal || p.Ordinal <= last || m[2] != []string{"blocking", "parallelisable", "cleanup"}[p.Ordinal-1] {
			b.t.Errorf("%s has the phases %v", me, list.Phases)
		}
		if !slices.ContainsFunc(list.Children, func(c checklist.Child) bool { return c.PhaseIndex == k }) {
			b.t.Errorf("%s: nobody is in %s", me, p.Name)
		}
		last = p.Ordinal
	}
	var branches []string
	for ref, head := range r.Refs {
		if strings.HasPrefix(ref, fmt.Sprintf("refs/heads/epic/%d-", i.Number)) {
			branches = append(branches, ref)
			if head != r.Refs["refs/heads/"+r.DefaultBranch] {
				b.t.Errorf("%s starts elsewhere than at %s", ref, r.DefaultBranch)
			}
		}
	}
	if len(branches) != 1 {
		b.t.Errorf("%s has the branches %v", me, branches)
	}
	at := map[int64]int{} // the children's phases
	audited := 0
	for _, c := range list.Children {
		child := tx.Issue(r.ID, c.Number)
		if child == nil || c.Repo != "" {
			b.t.Errorf("%s lists %+v", me, c)
			continue
		}
		at[child.ID] = list.Phases[c.PhaseIndex].Ordinal
		if strings.HasPrefix(child.Body, "Parent audit: #") {
			audited++
		} else if theme == "audit" && inventory.IsFeature(child.Title) {
			b.t.Errorf("%s is made from audits and has the feature #%d %q", me, child.Number, child.Title)
		}
		named := 0
		for _, said := range tx.Comments(child.ID) {
			if said.Body == fmt.Sprintf("Parent: #%d", i.Number) {
				named++
			}
		}
		switch {
		case child.ParentID == i.ID && named == 1:
		case child.ParentID != i.ID && child.ParentID != 0 && named == 0:
		default:
			b.t.Errorf("%s#%d is a child of %s, has the parent %d and %d comments that name it", full, c.Number, me, child.ParentID, named)
		}
	}
	if theme == "audit" && audited == 0 {
		b.t.Errorf("no child of %s comes from an audit", me)
	}
	for id, phase := range at {
		for _, by := range tx.IssueByID(id).BlockedBy {
			if p, ok := at[by]; ok && p > phase && !tx.IssueByID(by).Closed {
				b.t.Errorf("%s: #%d of phase %d waits for #%d of phase %d", me, tx.IssueByID(id).Number, phase, tx.IssueByID(by).Number, p)
			}
		}
	}
	for _, id := range i.SubIssues {
		if _, ok := at[id]; !ok {
			b.t.Errorf("%s has the sub-issue %d, which is not on its list", me, id)
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
// epic is on a checklist, or was dispatched, or it is truly said why not.
func (b judged) nobodyForgotten(sum *made) {
	for _, i := range b.loose() {
		if b.dispatched(i) {
			sum.direct++
			continue
		}
		full := strings.ToLower(b.tx.FullName(b.repo))
		b.reasoned(fmt.Sprintf("%s#%d", full, i.Number), full, i)
	}
}
