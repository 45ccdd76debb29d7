package proof

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/epic"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/flows/onboard"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/finding"
	"github.com/dappcore/core-dev/orchestrator"
)

// pipes are connections within the process: who waits on one waits in virtual
// time.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inProcess is a journal whose locks, as many as the folder has files for, are
// waited for within the process: the machine's own would stop virtual time.
type inProcess struct {
	*journal.Store
	locks [64]chan struct{}
}

func (j *inProcess) Lock(ctx context.Context, name string) (func() error, error) {
	h := fnv.New32a()
	h.Write([]byte(name))
	l := j.locks[h.Sum32()%uint32(len(j.locks))]
	select {
	case l <- struct{}{}:
		return func() error { <-l; return nil }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// measured is what an onboarding at virtual time came to.
type measured struct {
	repos, rounds, requests int
	writes                  []sent
	took, least             time.Duration // from the first look on; what GitHub allows the writes
	reads                   time.Duration // of it, before the first write
}

// onboardAtVirtualTime onboards the repositories of the mission fleet that are
// at stage 1, with the flows, the engine and the client as they are shipped, in
// the rounds that the command makes, on a GitHub that enforces its limits and
// takes its time for every answer. Nobody really waits: where all do, time goes
// on to when the first need not any more.
func onboardAtVirtualTime(t *testing.T, answer time.Duration) (m measured) {
	time.Sleep(time.Until(time.Date(2026, 11, 21, 6, 0, 0, 0, time.UTC))) // a bubble begins in the year 2000
	sim, err := githubsim.Open(t.Context(), githubsim.Options{Fleet: "mission", Seed: 1, Clock: github.SystemClock{}})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	var mu sync.Mutex
	wires := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	web := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(answer / 2)
		mu.Lock()
		m.requests++
		if changes(r.Method + " " + r.URL.Path) {
			m.writes = append(m.writes, sent{time.Now(), !strings.Contains(r.URL.Path, "/git/refs")})
		}
		mu.Unlock()
		sim.ServeHTTP(w, r)
		time.Sleep(answer - answer/2)
	})}
	served := make(chan struct{})
	go func() { defer close(served); _ = web.Serve(wires) }()
	defer func() { web.Close(); <-served; time.Sleep(5 * time.Minute) }() // idle connections end

	end, err := github.ParseEndpoint("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	info := sim.Fleet()
	hub, err := github.New(github.Options{Endpoint: end, Token: github.NewToken(sim.Token(info.Owner), "the proof"), Dial: wires.dial})
	if err != nil {
		t.Fatal(err)
	}
	d, err := config.At(scratch(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Init(d, config.InitOptions{Config: info.Files[config.ConfigFile], Inventory: info.Files[config.InventoryFile], Team: info.Files[config.TeamFile]}); err != nil {
		t.Fatal(err)
	}
	conf, err := config.Load(d, config.Sources{})
	if err != nil {
		t.Fatal(err)
	}
	fleet, err := config.ReadFleet(d, conf, nil)
	if err != nil {
		t.Fatal(err)
	}
	var refs []inventory.RepoRef
	team := budget.Team{Owner: info.Org, Members: []budget.Member{{Login: info.Owner, Quota: 300, Every: true}}}
	for _, r := range fleet.Repos {
		refs = append(refs, r.Ref)
	}
	if len(refs) == 0 {
		if refs, err = hub.OrgRepos(t.Context(), info.Org); err != nil {
			t.Fatal(err)
		}
	}
	book, err := ledger.Open(d.Path, info.Org, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	plans := &inProcess{Store: journal.Open(filepath.Join(d.Path, "journal"))}
	for k := range plans.locks {
		plans.locks[k] = make(chan struct{}, 1)
	}
	rules := inventory.Rules{Trust: conf.Trust(), Labels: conf.Labels(), Repos: fleet.Rules()}
	known := map[string][]finding.Finding{}
	begin := time.Now()
	var repos []inventory.RepoRef
	var before *inventory.Snapshot
	for stales := 0; m.rounds < 20; m.rounds++ {
		snap, err := hub.Survey(t.Context(), refs, github.SurveyOptions{Trust: rules.Trust, Previous: before})
		if err != nil {
			t.Fatal(err)
		}
		kept := snap
		before = &kept
		records := inventory.Records{}
		lines, err := book.Dispatched()
		if err != nil {
			t.Fatal(err)
		}
		for key, l := range lines {
			records[key] = inventory.Record{Lines: l.Lines, LastLine: l.Last}
		}
		f := inventory.Assess(&snap, rules, records)
		state := budget.State{Now: time.Now(), Team: team, Agents: conf.Allowances(), Fleet: refs}
		if state.Spending, err = book.Spending(budget.Earliest(time.Now(), conf.Allowances())); err != nil {
			t.Fatal(err)
		}
		w := flows.World{Snapshot: &snap, Fleet: &f, Rules: rules, Records: records, Budget: state, Now: time.Now(), Said: func(ref inventory.Ref, digest string) bool {
			id, err := plans.Posted(ref, digest)
			return err == nil && id != 0
		}}
		if m.rounds == 0 {
			for _, row := range f.Rows {
				if row.Stage == inventory.StageAudit {
					repos = append(repos, row.Repo.Ref)
				}
			}
			if m.repos = len(repos); m.repos == 0 {
				t.Fatalf("no repository is at stage 1: %+v", snap.Repos[0].Problem)
			}
		}
		var list []onboard.Onboard
		paths := map[string][]string{}
		for _, r := range repos {
			o := onboard.Onboard{Repo: r, Stages: onboard.Stages{Audit: true, Organise: true, Dispatch: true, Direct: true},
				Dispatch: execute.Dispatch{Max: 1, Agent: conf.DefaultAgent, Labels: map[string]string{conf.DefaultAgent: conf.DefaultAgent}},
				Read: func(i inventory.Issue) []finding.Finding {
					if known[i.Body] == nil {
						known[i.Body] = finding.Read(i.Title, i.Body)
					}
					return known[i.Body]
				}}
			for _, th := range conf.Themes {
				o.Themes = append(o.Themes, epic.Theme{Name: th.Name, Words: th.Match})
			}
			paths[r.Key()] = o.Paths(w)
			list = append(list, o)
		}
		if err := hub.Details(t.Context(), &snap, repos, github.DetailsOptions{Trust: rules.Trust, Paths: paths}); err != nil {
			t.Fatal(err)
		}
		var work []flows.Plan
		for _, p := range onboard.Round(w, list) {
			if len(p.Steps) > 0 {
				work = append(work, p)
			}
		}
		if len(work) == 0 {
			break
		}
		engine := &orchestrator.Applier{Emit: func(orchestrator.Event) {}, Pace: func() flows.Pace { return flows.Pace(hub.Pace()) }, Trust: rules.Trust,
			Hub: hub, Ledger: purse{book, state}, Journal: plans, Brake: free{}, Judge: rules.Again, Clock: github.SystemClock{}, Host: end.Host, Quiet: time.Minute}
		err = engine.Apply(t.Context(), orchestrator.Proposal{ID: orchestrator.NewID(time.Now()), Plans: work, Command: "proof", MadeAt: time.Now()})
		var stale *orchestrator.Stale
		if errors.As(err, &stale) && stales < 3 {
			stales++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	last := m.writes[len(m.writes)-1].at
	m.took, m.least, m.reads = last.Sub(begin), soonest(m.writes), m.writes[0].at.Sub(begin)
	for _, r := range sim.Requests().Since(0) {
		if r.Refused != "" {
			t.Errorf("GitHub refused %s %s: %s", r.Method, r.Path, r.Refused)
		}
	}
	return m
}

// TestOnboardingRunsAtWhatGitHubAllows: 13 repositories side by side, from the
// first look to the last write, in at most 1.1 times what the strictest of
// GitHub's limits allows these writes.
func TestOnboardingRunsAtWhatGitHubAllows(t *testing.T) {
	t.Parallel()
	answers := []time.Duration{250 * time.Millisecond, 100 * time.Millisecond}
	if raced {
		answers = answers[:1]
	}
	for _, answer := range answers {
		t.Run(fmt.Sprint("answers in ", answer), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := onboardAtVirtualTime(t, answer)
				ratio := float64(m.took) / float64(m.least)
				t.Logf("%d repositories, %d rounds, %d requests, %d writes in %v, the first after %v; GitHub allows %v: ratio %.3f",
					m.repos, m.rounds, m.requests, len(m.writes), m.took.Round(time.Second), m.reads.Round(time.Second), m.least.Round(time.Second), ratio)
				if ratio > 1.1 {
					t.Errorf("it takes %.3f times what GitHub allows", ratio)
				}
				if ratio < 0.999 {
					t.Errorf("it was faster than GitHub allows")
				}
			})
		})
	}
}

// BenchmarkOnboardingPace prints the ratio as a figure.
func BenchmarkOnboardingPace(b *testing.B) {
	var m measured
	for b.Loop() {
		ok := testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "pace", F: func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { m = onboardAtVirtualTime(t, 100*time.Millisecond) })
		}}})
		if !ok {
			b.Fatal("it failed")
		}
	}
	b.ReportMetric(float64(m.took)/float64(m.least), "of-what-GitHub-allows")
	b.ReportMetric(m.took.Minutes(), "virtual-minutes")
	b.ReportMetric(float64(len(m.writes)), "writes")
}
