package cmd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/agents/jules"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/state"
	"github.com/dappcore/core-dev/inventory"
)

// look is everything a command decides on: the snapshot of GitHub, what it
// means by the rules, and what our own files say.
type look struct {
	conf    *config.Config
	team    config.Team
	snap    inventory.Snapshot
	rules   inventory.Rules
	records inventory.Records
	fleet   inventory.Fleet
	budget  budget.State
	seen    state.Seen

	checked  time.Time            // when GitHub was last asked whether the snapshot holds
	unlogged []inventory.Dispatch // made by hand, or by another folder

	said      flows.Said           // by the journal of this folder
	takenBack map[string]time.Time // issues that an undo closed, by inventory.Ref.Key; by that journal
	made      flows.Made           // issues that were made here, by that journal
	courses   flows.Courses        // what became of pull requests, by that journal; nil: not read
}

// look reads GitHub (one probe when nothing changed since the last look) and
// our files, and puts the two together.
func (a *app) look(ctx context.Context) (*look, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	fl, err := a.fleet(c)
	if err != nil {
		return nil, err
	}
	hub, err := a.client(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.checkHost(); err != nil {
		return nil, err
	}
	refs, err := a.refs(ctx, fl, hub)
	if err != nil {
		return nil, err
	}
	l := &look{conf: c, checked: a.now()}
	if l.snap, err = a.survey(ctx, hub, c, refs); err != nil {
		return nil, err
	}
	if err := unread(&l.snap); err != nil {
		return nil, err
	}
	a.noteMissing(&l.snap)
	l.rules = inventory.Rules{Trust: c.Trust(), Labels: c.Labels(), Repos: fl.Rules()}
	if err := a.readOwn(l); err != nil {
		return nil, err
	}
	if err := a.readClaims(ctx, hub, l); err != nil {
		return nil, err
	}
	if err := a.readLocal(l); err != nil {
		return nil, err
	}
	l.assess()
	a.enterTiers(l, fl)
	return l, a.saveOutside(ctx, l)
}

// unread is the error of a snapshot in which no repository could be read: one
// that failed hides no other, but there is nothing to show when all did.
func unread(s *inventory.Snapshot) error {
	for _, r := range s.Repos {
		if r.Problem == nil || !r.ReadAt.IsZero() {
			return nil
		}
	}
	if len(s.Repos) == 0 {
		return nil
	}
	p := s.Repos[0].Problem
	kind := github.KindServer
	switch p.Kind {
	case "not-found", "moved":
		kind = github.KindNotFound
	case "forbidden":
		kind = github.KindForbidden
	case "rate-limited":
		kind = github.KindRateLimited
	}
	e := &github.Error{Kind: kind, Message: p.Message, Hint: p.Hint}
	if n := len(s.Repos); n > 1 {
		e.Doing = fmt.Sprintf("none of %d repositories could be read", n)
	}
	return e
}

// noteMissing notes a repository that --repo names and that does not exist: what
// there is is shown, and the command ends as one that found nothing.
func (a *app) noteMissing(s *inventory.Snapshot) {
	for _, r := range s.Repos {
		if len(a.opt.repos) > 0 && r.Problem != nil && r.Problem.Kind == "not-found" && r.ReadAt.IsZero() {
			a.missing = notFound{r.Problem.Message}
		}
	}
}

// assess works out what the snapshot means; again after the owner gave the
// word for a feature.
func (l *look) assess() {
	l.fleet = inventory.Assess(&l.snap, l.rules, l.records)
	today := map[string]int{}
	st := l.budget.Status()
	for _, o := range slices.Concat(st.Outside, st.Elsewhere) {
		today[o.Repo.Key()]++
	}
	for _, s := range l.budget.Spending.Spends {
		if s.At.Day() != budget.DayOf(l.budget.Now) {
			continue
		}
		e := budget.Entry{Repo: l.budget.Spending.Kinds[s.Kind].Repo}
		today[l.seen.Present(e.Ref(l.conf.Owner()).Repo).Key()] += int(s.N)
	}
	for k := range l.fleet.Rows {
		r := &l.fleet.Rows[k]
		r.Dispatched = today[r.Repo.Ref.Key()]
	}
}

// fleet says where the repositories come from: inventory.yaml, then team.yaml,
// else the organisation; --repo narrows it.
func (a *app) fleet(c *config.Config) (config.Fleet, error) {
	d, err := a.dir()
	if err != nil {
		return config.Fleet{}, err
	}
	for _, name := range a.opt.repos {
		if _, err := inventory.ParseRepo(name, c.Owner()); err != nil {
			return config.Fleet{}, usageError{fmt.Errorf("--repo: %w", err)}
		}
	}
	fl, err := config.ReadFleet(d, c, a.opt.repos)
	if err != nil {
		return fl, err
	}
	for _, r := range fl.Repos {
		if r.Ref.Owner == "" {
			return fl, usageError{fmt.Errorf("whose repository is %q? Name its owner (owner/name), or the organisation with --org", r.Ref.Name)}
		}
	}
	if len(fl.Repos) == 0 && fl.Org == "" {
		return fl, usageError{hinted{errors.New("which repositories? There is no .core/ here, and neither --org nor --repo was given"),
			a.withoutFolder()}}
	}
	return fl, nil
}

// withoutFolder is what to do where there is no .core/.
func (a *app) withoutFolder() string {
	text := "core dev demo shows what this does; core dev --org ORG reads an organisation; core dev init ORG keeps it"
	if demo := a.demoHere(); demo != "" {
		text = demo + "; " + text
	}
	return text
}

// demoHere tells of a demo's folder where there is no other; empty: there is none.
func (a *app) demoHere() string {
	d, err := a.dir()
	if err != nil || a.opt.demo || d.Exists() {
		return ""
	}
	if _, err := os.Stat(filepath.Join(d.Path, config.DemoName)); err != nil {
		return ""
	}
	return filepath.Join(config.DirName, config.DemoName) + "/ holds a demo, which --demo uses"
}

// refs are the repositories of the fleet; an organisation is listed.
func (a *app) refs(ctx context.Context, fl config.Fleet, hub *github.Client) ([]inventory.RepoRef, error) {
	var refs []inventory.RepoRef
	for _, r := range fl.Repos {
		refs = append(refs, r.Ref)
	}
	if len(refs) > 0 {
		return refs, nil
	}
	refs, err := hub.OrgRepos(ctx, fl.Org)
	if err == nil && len(refs) == 0 {
		err = notFound{"organisation " + fl.Org + " has no repository that this token can see"}
	}
	return refs, err
}

// survey reads GitHub, or finds by one probe that what was read still holds.
func (a *app) survey(ctx context.Context, hub *github.Client, c *config.Config, refs []inventory.RepoRef) (inventory.Snapshot, error) {
	since := budget.Earliest(a.now(), c.Allowances()).Time()
	opt := github.SurveyOptions{Trust: c.Trust(), Labels: c.Labels(), Since: since, Progress: a.progress()}
	db, err := a.state()
	if err != nil {
		return inventory.Snapshot{}, err
	}
	key := snapshotKey(a.host(), refs, opt.Trust, opt.Labels)
	if db != nil && !a.opt.refresh {
		if old, ok := db.Snapshot(key); ok && !old.Since.IsZero() && !old.Since.After(since) {
			opt.Previous = &old
			change, err := hub.Probe(ctx, &old)
			if err == nil && !change.Any() {
				a.progressDone()
				return old, nil
			}
			if ge := (*github.Error)(nil); errors.As(err, &ge) && ge.Kind == github.KindNetwork {
				return old, err // it was tried long enough
			}
		}
	}
	snap, err := hub.Survey(ctx, refs, opt)
	a.progressDone()
	if err != nil {
		return snap, err
	}
	if db != nil {
		if err := db.SaveSnapshot(key, snap); err != nil {
			a.notice("the snapshot could not be kept: %v", err)
		}
	}
	return snap, nil
}

// detail reads what making issues needs to know of some repositories besides
// the look, afresh each time; paths, by RepoRef.Key, are the files whose absence
// is asked after, unlisted the numbers of issues of ours that the look lacks. Of
// those the open ones take their place in the snapshot. Details are whole or nil,
// with the repository's Problem saying why (github.Client.Details).
func (a *app) detail(ctx context.Context, l *look, repos []inventory.RepoRef, paths map[string][]string, unlisted map[string][]int) error {
	hub, err := a.client(ctx)
	if err != nil {
		return err
	}
	if err := hub.Details(ctx, &l.snap, repos, github.DetailsOptions{Trust: l.rules.Trust, Paths: paths, Known: l.known(unlisted)}); err != nil {
		return err
	}
	if len(unlisted) > 0 {
		l.assess()
	}
	return nil
}

// known are the issues that an undo closed and these, by inventory.RepoRef.Key.
func (l *look) known(unlisted map[string][]int) map[string][]int {
	out := map[string][]int{}
	for repo, numbers := range unlisted {
		out[repo] = slices.Clone(numbers)
	}
	for key := range l.takenBack {
		if ref, err := inventory.ParseRef(key, inventory.RepoRef{}, ""); err == nil {
			out[ref.Repo.Key()] = append(out[ref.Repo.Key()], ref.Number)
		}
	}
	for repo, numbers := range out {
		slices.Sort(numbers)
		out[repo] = slices.Compact(numbers)
	}
	return out
}

// host is the name by which this folder knows its GitHub.
func (a *app) host() string {
	if a.opt.demo {
		return demoHost
	}
	return a.hub.Host()
}

// snapshotShape changes when a look reads what it did not read before: a
// snapshot kept by an older program is read again.
const snapshotShape = "4"

// snapshotKey names what a snapshot depends on beside GitHub: which
// repositories it is of, and whose text was kept.
func snapshotKey(host string, refs []inventory.RepoRef, trust inventory.Trust, labels map[string]string) string {
	words := []string{snapshotShape, host}
	for _, r := range refs {
		words = append(words, r.Key())
	}
	words = append(words, "labels")
	words = append(words, slices.Sorted(maps.Keys(labels))...)
	words = append(words, "trusting", trust.Accepted)
	for _, login := range slices.Sorted(slices.Values(trust.Agents)) {
		words = append(words, strings.ToLower(login))
	}
	return strings.Join(words, " ")
}

// readOwn reads our files: the dispatch log, reservations and the team.
func (a *app) readOwn(l *look) error {
	d, err := a.dir()
	if err != nil {
		return err
	}
	if l.team, err = config.ReadTeam(d, l.conf.Owner(), l.snap.Viewer); err != nil {
		return err
	}
	l.team.MarkTokens(l.conf, l.snap.Viewer, a.env)
	l.budget = budget.State{Now: a.now(), Clock: clockOf(a.hub), Team: l.team.Team, Agents: l.conf.Allowances()}
	for _, r := range l.snap.Repos {
		l.budget.Fleet = append(l.budget.Fleet, r.Ref)
	}
	from := l.budget.Earliest()
	if err := a.readLedger(l.conf, &l.budget, from); err != nil {
		return err
	}
	lines, records, err := a.dispatched(l.conf, l.budget.Held, from)
	if err != nil {
		return err
	}
	l.records = records
	if d.Exists() {
		plans := a.plans(d.File(journalFolder))
		l.said = func(ref inventory.Ref, digest string) bool {
			id, err := plans.Posted(ref, digest)
			return err == nil && id != 0
		}
		if l.takenBack, err = plans.TakenBack(); err != nil {
			return err
		}
		if l.made, err = plans.Made(); err != nil {
			return err
		}
	}
	var before state.Seen
	if d.Exists() {
		before, _ = state.ReadSeen(d.Path)
	}
	l.seen = state.Seen{TakenAt: l.snap.TakenAt, Viewer: l.snap.Viewer, Fleet: l.budget.Fleet, Events: inventory.Dispatches(&l.snap, l.rules, from.Time())}
	l.seen.Follow(before, l.snap.Repos)
	rename(l.records, &l.seen)
	l.budget.Running = inventory.Running(&l.snap, l.rules)
	ours, err := a.runLocal()
	if err != nil {
		return err
	}
	l.budget.Running = append(l.budget.Running, ours...)
	l.seen.Running = l.budget.Running
	l.unlogged = unlogged(&l.seen, lines, l.budget.Held, l.conf.Owner())
	return a.charge(&l.budget, l.conf, &l.seen, l.unlogged)
}

// readBlockers reads what blocks the children that would be READY, of one epic
// or issue, where this GitHub's GraphQL does not tell: a request each.
func (a *app) readBlockers(ctx context.Context, l *look, about inventory.Ref) error {
	if l.snap.Dependencies {
		return nil
	}
	var refs []inventory.Ref
	for k := range l.fleet.Epics {
		e := &l.fleet.Epics[k]
		for _, c := range e.Ready() {
			if e.Ref.Key() == about.Key() || c.Ref.Key() == about.Key() {
				refs = append(refs, c.Ref)
			}
		}
	}
	if len(refs) == 0 {
		return nil
	}
	hub, err := a.client(ctx)
	if err != nil {
		return err
	}
	if err := hub.Dependencies(ctx, &l.snap, refs); err != nil {
		return err
	}
	l.assess()
	return nil
}

// saveOutside keeps what this look saw outside our log, for "core dev budget",
// which reads files only: of the whole fleet, never of a part of it.
func (a *app) saveOutside(ctx context.Context, l *look) error {
	d, err := a.dir()
	if err != nil || !d.Exists() || len(a.opt.repos) > 0 {
		return err
	}
	l.seen.Reports = a.askAgents(ctx, l)
	if a.readOnly(d) {
		return nil
	}
	if err := state.SaveSeen(d.Path, l.seen); err != nil {
		a.notice("what was seen on GitHub could not be kept: %v", err)
	}
	return nil
}

// askAgents asks the agents' own programs what was used today, where they are
// there: once a process and day, however often it looks. What they said is left out
// once the log has grown: it was said of less. What cannot be understood is said, and
// nothing is made of it.
func (a *app) askAgents(ctx context.Context, l *look) []budget.Report {
	if a.opt.demo {
		return nil // its agents are not those of this machine's account
	}
	if _, ok := l.conf.Agent("jules"); !ok {
		return nil
	}
	used := l.budget.Status().Used
	if today := budget.DayOf(l.budget.Now); !a.asked.done || a.asked.day != today {
		said, err := jules.Usage(ctx)
		if ctx.Err() != nil {
			return nil
		}
		a.asked = askedAgents{day: today, done: true, used: used}
		switch {
		case err == nil:
			a.asked.said = []budget.Report{{Agent: "jules", Used: said, At: l.budget.Now}}
		case !errors.Is(err, jules.ErrAbsent):
			a.notice("%v", err)
		}
	}
	if a.asked.used == used {
		l.budget.Reports = a.asked.said
	}
	return l.budget.Reports
}

// askedAgents is what the agents' own programs said, and on which day.
type askedAgents struct {
	day  budget.Day
	done bool
	used int // by the log, then
	said []budget.Report
}

// age is how old data is, in words.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", max(int(d.Seconds()), 0))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}
