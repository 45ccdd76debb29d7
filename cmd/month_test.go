package cmd

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/people"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// jumpClock is virtual time: nobody waits by it, it goes on to when the first of
// those who wait would.
type jumpClock struct {
	mu  sync.Mutex
	now time.Time
	end time.Time // then whoever waits is told to stop
	off context.CancelFunc

	stop time.Time // of real time; zero: none
}

func (c *jumpClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *jumpClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	c.mu.Lock()
	if until := c.now.Add(d); until.After(c.now) {
		c.now = until
	}
	over := !c.end.IsZero() && c.now.After(c.end) || !c.stop.IsZero() && time.Now().After(c.stop)
	c.mu.Unlock()
	if over && c.off != nil {
		c.off()
		return context.Canceled
	}
	return nil
}

// month is a fleet that nobody looks after for a month of virtual time: it is
// onboarded and watched by the commands a schedule would run, while agents,
// machines, people and strangers do what they do and GitHub fails now and then.
type month struct {
	t     *testing.T
	dir   string
	sim   *githubsim.Server
	url   string
	clock *jumpClock
	out   bytes.Buffer // of the last command
}

const monthLong = 30 * 24 * time.Hour

func newMonth(t *testing.T, fleet string, seed uint64, faults string) *month {
	t.Helper()
	m := &month{t: t, dir: t.TempDir(), clock: &jumpClock{now: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)}}
	sim, err := githubsim.Open(t.Context(), githubsim.Options{Fleet: fleet, Seed: seed, Clock: m.clock, People: people.Lively()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	if err := sim.Faults().Replace(faults); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(watchReading(sim))
	t.Cleanup(server.Close)
	m.sim, m.url = sim, server.URL
	return m
}

// run carries out a command as a schedule does; its output is kept.
func (m *month) run(args ...string) int {
	m.t.Helper()
	m.out.Reset()
	ctx, off := context.WithCancel(m.t.Context())
	defer off()
	m.clock.off = off
	fleet := m.sim.Fleet()
	var errw bytes.Buffer
	a := newApp(strings.NewReader(""), &m.out, &errw)
	a.clock = m.clock
	a.env = func(name string) (string, bool) {
		switch name {
		case "CORE_NEXT_EPIC":
			return "start", true
		case "CORE_AGENTS_JULES_LABEL":
			return m.label(), true
		case "CORE_WATCH_INTERVAL":
			return "1h", true
		}
		return "", false
	}
	m.t.Setenv("GITHUB_TOKEN", m.sim.Token(fleet.Owner))
	root := newRoot(a)
	root.SetArgs(append(args, "--headless", "--api-url", m.url, "--dir", filepath.Join(m.dir, ".core")))
	root.SetOut(&m.out)
	root.SetErr(&errw)
	done, err := root.ExecuteContextC(ctx)
	status := a.status
	if err != nil {
		status = a.fail(done, err)
	}
	a.close()
	if os.Getenv("CORE_MONTH_TELL") != "" {
		m.t.Logf("$ core %s: %d\n%s\n%s", strings.Join(args, " "), status, m.out.String(), errw.String())
	}
	return status
}

// label is what calls the fleet's agent.
func (m *month) label() string { return cmp.Or(m.sim.Fleet().Label, "jules") }

// TestAMonthUnattended: every epic ends merged or is named by the last look, no quota is
// passed, nothing is dispatched twice, nothing of a stranger's is merged, and nothing
// is read that may not be.
func TestAMonthUnattended(t *testing.T) {
	seeds := []uint64{1}
	if n, err := strconv.Atoi(os.Getenv("CORE_SOAK_SEEDS")); err == nil && os.Getenv("CORE_SOAK") != "" {
		seeds = nil
		for k := range n {
			seeds = append(seeds, uint64(k+1))
		}
	}
	if n, err := strconv.ParseUint(os.Getenv("CORE_SEED"), 10, 64); err == nil {
		seeds = []uint64{n}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { unattended(t, "scale:16x6", seed) })
	}
}

func unattended(t *testing.T, fleet string, seed uint64) {
	m := newMonth(t, fleet, seed, "502-after@*%0.1,cut-before@*%0.2,503@*%0.2,cut-after@*%0.1,slow=1ms@*%1")
	if os.Getenv("CORE_MONTH_CALM") != "" {
		_ = m.sim.Faults().Replace("")
	}
	began := m.clock.Now()
	if d, err := time.ParseDuration(os.Getenv("CORE_MONTH_STOP")); err == nil {
		m.clock.stop = time.Now().Add(d)
	}
	m.clock.end = began.Add(monthLong)
	if raced { // the same course, its first days
		m.clock.end = began.Add(2 * 24 * time.Hour)
	}
	if s := m.run("dev", "init", m.sim.Fleet().Org); s != 0 {
		t.Fatalf("init: %d\n%s", s, m.out.String())
	}
	m.sayWhereThereIsNoCI()
	for try := 0; try < 20; try++ { // faults break it off now and then
		if m.run("dev", "onboard", "--all", "--yes") == 0 {
			break
		}
	}
	onboarded := m.clock.Now()
	looks := 0
	for m.clock.Now().Before(m.clock.end) && looks < 200 && (m.clock.stop.IsZero() || time.Now().Before(m.clock.stop)) { // a schedule starts it again when it ends
		looks++
		switch s := m.run("dev", "watch", "--yes", "--stats"); s {
		case exitFailure, exitUsage, exitFile, exitSignIn: // a schedule would send somebody a mail
			t.Errorf("look %d ended with status %d at %s:\n%s", looks, s, m.clock.Now().Format(time.DateTime), last(m.out.String()))
		}
		if strings.Contains(m.out.String(), "merged and closed") && !strings.Contains(m.out.String(), "interrupted") {
			_ = m.clock.Sleep(t.Context(), 6*time.Hour)
		}
	}
	ended := m.clock.Now()
	m.clock.end, m.clock.stop = time.Time{}, time.Time{}
	_ = m.sim.Faults().Replace("")
	m.judge(began, onboarded, ended)
}

// sayWhereThereIsNoCI does what a maintainer does who knows their repositories:
// those without a workflow are gated by reviews.
func (m *month) sayWhereThereIsNoCI() {
	file := filepath.Join(m.dir, ".core", "inventory.yaml")
	raw, err := os.ReadFile(file)
	if err != nil {
		m.t.Fatal(err)
	}
	text := string(raw)
	_ = m.sim.World().View(func(tx *world.Tx) error {
		for _, repo := range tx.Repos() {
			if repo.Fork || !strings.HasPrefix(tx.FullName(repo), m.sim.Fleet().Org+"/") {
				continue
			}
			if _, err := tx.Tree(repo, "refs/heads/"+repo.DefaultBranch, ".github/workflows"); err != nil {
				text = regexp.MustCompile(`(?m)^( *)- name: `+regexp.QuoteMeta(repo.Name)+`$`).ReplaceAllString(text, "$0\n$1  ci: none")
			}
		}
		return nil
	})
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// judge counts what the month left.
func (m *month) judge(began, onboarded, ended time.Time) {
	t := m.t
	hours := ended.Sub(began).Hours()
	totals := requestlog.Sum(m.sim.Requests().Since(0))
	if s := m.run("dev", "watch", "--once", "--dry-run", "--json"); s != 0 {
		t.Errorf("a last look: status %d", s)
	}
	waits := m.waits()
	var epics, merged, byHand, named, pulls, mergedPulls, dispatched int
	perDay := map[string]int{}
	err := m.sim.World().View(func(tx *world.Tx) error {
		for _, repo := range tx.Repos() {
			name := tx.FullName(repo)
			for _, i := range tx.Issues(repo.ID) {
				if i.Pull != nil {
					pulls++
					if i.Pull.Merged {
						mergedPulls++
						m.trusted(tx, repo, i)
					}
					continue
				}
				m.neverTwice(tx, repo, i)
				labelled := 0
				for _, e := range tx.Events(i.ID) {
					if e.Kind == world.Labeled && strings.EqualFold(e.Label, m.label()) {
						labelled++
						perDay[e.CreatedAt.UTC().Format(time.DateOnly)]++
					}
				}
				dispatched += labelled
				if labelled > mostDispatches {
					t.Errorf("%s#%d was dispatched %d times", name, i.Number, labelled)
				}
				if !regexp.MustCompile(`(?m)^\s*[-*+] \[[ xX]\] #\d`).MatchString(i.Body) || !strings.HasPrefix(strings.ToLower(i.Title), "epic") {
					continue
				}
				if a := tx.AuthorAssociation(i); a != "OWNER" && a != "MEMBER" && a != "COLLABORATOR" {
					continue // a stranger's
				}
				epics++
				ref := fmt.Sprintf("%s#%d", name, i.Number)
				switch {
				case i.Closed && (!closedBy(tx, i, m.sim.Fleet().Owner) || m.byPeople(ref)):
					byHand++
				case i.Closed:
					merged++
					m.home(tx, repo, i)
					for _, b := range branchesOf(repo, i.Number) {
						t.Errorf("%s is closed, and its branch %s is there\n%s", ref, b, history(tx, repo, i, b)+m.refusals(ref))
					}
				case waits[ref] != "":
					named++
					t.Logf("%s waits: %s", ref, waits[ref])
				default:
					t.Errorf("%s is open, and the last look does not say why", ref)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for day, n := range perDay {
		if n > 300 {
			t.Errorf("%s: %d tasks of 300", day, n)
		}
	}
	if !raced && 2*(merged+byHand) < epics {
		t.Errorf("of %d epics %d ended", epics, merged+byHand)
	}
	m.ledgerAgrees(dispatched)
	m.nothingLeft()
	t.Logf("%d epics: %d merged and closed, %d closed by people, %d open with a stated reason; %d pull requests, %d merged; %d tasks on %d days; %.1f virtual days, onboarded in %s; %.0f requests and %.0f GraphQL points an hour",
		epics, merged, byHand, named, pulls, mergedPulls, dispatched, len(perDay), hours/24, onboarded.Sub(began).Round(time.Minute), float64(totals.Requests)/hours, float64(totals.Points["graphql"])/hours)
}

// waits is what the last look says of each epic that is not done.
func (m *month) waits() map[string]string {
	var look watchShape
	if err := json.Unmarshal(m.out.Bytes(), &look); err != nil {
		m.t.Fatalf("the last look: %v\n%s", err, m.out.String())
	}
	out := map[string]string{}
	for _, e := range look.Watched {
		out[e.Epic] = e.Waits
	}
	return out
}

// home: what was merged into the branch of an epic that we closed is in the default
// branch by a pull request of that branch.
func (m *month) home(tx *world.Tx, repo *world.Repo, epic *world.Issue) {
	into, came := "", false
	of := func(branch string) bool {
		short := strings.TrimPrefix(branch, fmt.Sprintf("epic/%d", epic.Number))
		return short != branch && (short == "" || short[0] == '-')
	}
	for _, p := range tx.PullsOf(repo.ID) {
		switch {
		case p.Pull.Merged && of(p.Pull.BaseRef):
			into = p.Pull.BaseRef
		case p.Pull.Merged && of(p.Pull.HeadRef) && p.Pull.BaseRef == repo.DefaultBranch:
			came = true
		}
	}
	if into != "" && !came {
		m.t.Errorf("%s#%d is closed, and what was merged into %s went nowhere", tx.FullName(repo), epic.Number, into)
	}
}

// last is the end of an output.
func last(text string) string { return text[max(0, len(text)-2000):] }

// byPeople tells whether a person closed an issue, in the owner's name perhaps: an
// owner is a person, too.
func (m *month) byPeople(ref string) bool {
	return slices.ContainsFunc(m.sim.People().State(0).Deeds, func(d people.Deed) bool {
		return d.On == ref && (strings.HasPrefix(d.What, "maintain.close-child") || strings.HasPrefix(d.What, "care.closed") || d.What == "maintain.regret")
	})
}

// history is what happened to an epic, for who has to find out why.
func history(tx *world.Tx, repo *world.Repo, epic *world.Issue, branch string) string {
	var b strings.Builder
	who := func(id int64) string {
		if u := tx.User(id); u != nil {
			return u.Login
		}
		return "?"
	}
	for _, e := range tx.Events(epic.ID) {
		fmt.Fprintf(&b, "  %s %s by %s\n", e.CreatedAt.Format(time.DateTime), e.Kind, who(e.ActorID))
	}
	fmt.Fprintf(&b, "  %s at %.7s\n", branch, repo.Refs[branch])
	for _, p := range tx.PullsOf(repo.ID) {
		if head := "refs/heads/" + p.Pull.HeadRef; head == branch || "refs/heads/"+p.Pull.BaseRef == branch {
			fmt.Fprintf(&b, "  #%d %s -> %s by %s, closed %v (%s), merged %v by %s, head %.7s\n", p.Number, p.Pull.HeadRef, p.Pull.BaseRef, who(p.AuthorID), p.Closed, p.ClosedAt.Format(time.DateTime), p.Pull.Merged, who(p.Pull.MergedByID), p.Pull.HeadSHA)
		}
	}
	return b.String()
}

// refusals is what our journal says that GitHub refused about an epic.
func (m *month) refusals(ref string) string {
	raw, _ := os.ReadFile(filepath.Join(m.dir, ".core", "journal", "pulls.log"))
	var out strings.Builder
	for line := range strings.Lines(string(raw)) {
		if strings.Contains(line, "refused") && strings.Contains(strings.ToLower(line), strings.ToLower(ref)) {
			out.WriteString("  " + line)
		}
	}
	return out.String()
}

// closedBy tells whether an issue was last closed in that account's name.
func closedBy(tx *world.Tx, i *world.Issue, login string) bool {
	by := false
	for _, e := range tx.Events(i.ID) {
		if e.Kind == world.ClosedEvent {
			u := tx.User(e.ActorID)
			by = u != nil && u.Login == login
		}
	}
	return by
}

// neverTwice: between two dispatches of ours of one child it was taken back, or
// somebody else had a hand in it; and no dispatch of ours is made while a trusted
// pull request of an agent's, of the same repository, is open for it.
func (m *month) neverTwice(tx *world.Tx, repo *world.Repo, child *world.Issue) {
	owner := m.sim.Fleet().Owner
	var pulls []*world.Issue
	on := false // dispatched by us, and not taken back since
	for _, e := range tx.Events(child.ID) {
		u := tx.User(e.ActorID)
		switch {
		case e.Kind == world.CrossReferenced:
			if p := tx.IssueByID(e.SourceID); p != nil && p.Pull != nil && p.Pull.HeadRepoID == repo.ID && p.Pull.HeadRepoID == p.RepoID {
				if by := tx.User(p.AuthorID); by != nil && by.Kind == world.Bot {
					pulls = append(pulls, p)
				}
			}
		case e.Kind == world.Unlabeled && strings.EqualFold(e.Label, m.label()):
			on = false
		case e.Kind == world.Labeled && strings.EqualFold(e.Label, m.label()):
			if u == nil || u.Login != owner {
				continue
			}
			if on {
				m.t.Errorf("%s#%d was dispatched again at %s without being taken back", tx.FullName(repo), child.Number, e.CreatedAt)
			}
			on = true
			for _, p := range pulls {
				if p.CreatedAt.Before(e.CreatedAt) && (!p.Closed || p.ClosedAt.After(e.CreatedAt)) {
					m.t.Errorf("%s#%d was dispatched at %s while #%d was open for it", tx.FullName(repo), child.Number, e.CreatedAt, p.Number)
				}
			}
		}
	}
}

// mostDispatches bounds what one child costs: flows/execute takes it back at the
// most twice by itself, and pull requests that end unmerged twice more.
const mostDispatches = 6

// trusted fails where a stranger's pull request was merged by us.
func (m *month) trusted(tx *world.Tx, repo *world.Repo, p *world.Issue) {
	by := tx.User(p.Pull.MergedByID)
	if by == nil || by.Login != m.sim.Fleet().Owner {
		return // a person's own doing
	}
	author := tx.User(p.AuthorID)
	if p.Pull.HeadRepoID != repo.ID {
		m.t.Errorf("%s#%d was merged from a fork", tx.FullName(repo), p.Number)
	}
	if a := tx.AuthorAssociation(p); a != "OWNER" && a != "MEMBER" && a != "COLLABORATOR" && (author == nil || author.Login != "google-labs-jules") {
		m.t.Errorf("%s#%d by %v (%s) was merged", tx.FullName(repo), p.Number, author, a)
	}
}

func branchesOf(repo *world.Repo, epic int) []string {
	var out []string
	for name := range repo.Refs {
		if short := strings.TrimPrefix(name, "refs/heads/epic/"); short != name && (short == strconv.Itoa(epic) || strings.HasPrefix(short, strconv.Itoa(epic)+"-")) {
			out = append(out, name)
		}
	}
	return out
}

// ledgerAgrees: every label event of an agent has its line, but what people did by
// hand, which the budget shows as outside.
func (m *month) ledgerAgrees(events int) {
	raw, err := os.ReadFile(filepath.Join(m.dir, ".core", "dispatch.log"))
	if err != nil {
		m.t.Fatal(err)
	}
	lines := strings.Count(string(raw), "\n")
	if lines > events {
		m.t.Errorf("dispatch.log has %d lines, and GitHub %d label events", lines, events)
	}
	byHand := 0
	for _, d := range m.sim.People().State(0).Deeds { // an owner is a person, too
		if d.What == "maintain.label-on" && d.Who == m.sim.Fleet().Owner {
			byHand++
		}
	}
	_ = m.sim.World().View(func(tx *world.Tx) error {
		for _, repo := range tx.Repos() {
			for _, i := range tx.Issues(repo.ID) {
				for _, e := range tx.Events(i.ID) {
					if u := tx.User(e.ActorID); e.Kind == world.Labeled && strings.EqualFold(e.Label, m.label()) && (u == nil || u.Login != m.sim.Fleet().Owner || e.CreatedAt.Before(time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC))) {
						byHand++
					}
				}
			}
		}
		return nil
	})
	if lines < events-byHand {
		m.t.Errorf("dispatch.log has %d lines; GitHub %d label events, %d of them by hand or from before", lines, events, byHand)
	}
}

// nothingLeft: no worktree, no lock, no open plan, no reservation.
func (m *month) nothingLeft() {
	if s := m.run("dev", "budget", "--json"); s != 0 {
		m.t.Errorf("budget: status %d", s)
	}
	if !regexp.MustCompile(`"held": 0\b`).Match(m.out.Bytes()) {
		m.t.Errorf("something is held: %s", m.out.String())
	}
	var left []string
	_ = filepath.WalkDir(filepath.Join(m.dir, ".core", "worktrees"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (strings.HasSuffix(path, ".lock") && !strings.HasSuffix(path, "shop.lock") || strings.Contains(path, "/jobs/")) {
			left = append(left, path)
		}
		return nil
	})
	slices.Sort(left)
	if len(left) > 0 {
		m.t.Errorf("left behind: %q", left)
	}
}
