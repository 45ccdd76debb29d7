package tui

import (
	"context"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui/tuitest"
)

// colourful is a colour of text or background, in any of the ways to write it.
var colourful = regexp.MustCompile("\x1b\\[[0-9;:]*\\b([34][0-8]|9[0-7]|10[0-7])[0-9;:]*m")

// large is a fleet of 1,000 repositories and 100,000 issues, 3,000 of them
// epics of 12 children.
func large() orchestrator.View {
	s := &inventory.Snapshot{Host: "github.com", TakenAt: noon}
	for r := range 1000 {
		repo := newRepo(fmt.Sprintf("service-%04d", r), "Go")
		for n := 1; n <= 100; n++ {
			i := newIssue(n, fmt.Sprintf("fix(io): handle the case number %d of the long list — with a dash", n))
			i.Ref.Repo = repo.Ref
			if n%33 == 0 {
				var b strings.Builder
				for c := range 12 {
					fmt.Fprintf(&b, "- [ ] #%d - child\n", n-13+c)
				}
				i.Title, i.Body = fmt.Sprintf("epic(quality): theme %d", n), b.String()
			}
			repo.Issues = append(repo.Issues, i)
		}
		repo.OpenIssues = 100
		s.Repos = append(s.Repos, repo)
	}
	f := inventory.Assess(s, rules, nil)
	st := budget.State{Now: noon, Agents: []budget.Agent{{Name: "jules"}}, Team: budget.Team{Owner: "dappcore", Members: []budget.Member{{Login: "m", Quota: 300, Every: true}}}}
	return orchestrator.View{Snapshot: s, Fleet: &f, Budget: st.Status(), At: noon}
}

// shelf is an engine that only has a view.
type shelf struct{ view orchestrator.View }

func (e shelf) Cached() (orchestrator.View, bool)                  { return e.view, true }
func (e shelf) Kept() (orchestrator.View, bool)                    { return e.view, true }
func (e shelf) Refresh(context.Context) (orchestrator.View, error) { return e.view, nil }
func (shelf) Paused() (string, bool)                               { return "", false }
func (shelf) Recent() ([]orchestrator.Entry, error)                { return nil, nil }
func (shelf) Propose(context.Context, Ask) (orchestrator.Proposal, error) {
	return orchestrator.Proposal{}, nil
}
func (shelf) Changed(context.Context) bool                                    { return false }
func (shelf) Follow(context.Context, func(orchestrator.Event)) (Round, error) { return Round{}, nil }
func (shelf) Pulls(context.Context) ([]Pull, error)                           { return nil, nil }
func (shelf) Spent() ([]budget.DayUse, error)                                 { return nil, nil }
func (shelf) Apply(context.Context, string, func(orchestrator.Event)) error   { return nil }

func openLarge(b testing.TB) *tuitest.Driver {
	clock := tuitest.NewClock(noon)
	m, err := newModel(b.Context(), shelf{large()}, Options{Clean: terminal.Clean, Clock: clock})
	if err != nil {
		b.Fatal(err)
	}
	return tuitest.New(b, m, clock, 160, 48)
}

// BenchmarkKey is a key to its frame at 1,000 repositories and 100,000 issues.
func BenchmarkKey(b *testing.B) {
	for _, keys := range [][]string{{"1", "j", "k"}, {"2", "j", "k"}, {"2", "ctrl+d", "ctrl+u"}, {"2", "G", "g"}, {"3", "j", "k"}, {"2", "tab", "shift+tab"}} {
		b.Run(strings.Join(keys[:2], "-"), func(b *testing.B) {
			m := openLarge(b).Model()
			m, _ = m.Update(tuitest.Key(keys[0]))
			b.ReportAllocs()
			var took []time.Duration
			for k := 0; b.Loop(); k++ {
				at := time.Now()
				m, _ = m.Update(tuitest.Key(keys[1+k%2]))
				_ = m.View()
				took = append(took, time.Since(at))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "p95-µs")
		})
	}
}

// BenchmarkFilter is a letter of a filter over 3,000 epics.
func BenchmarkFilter(b *testing.B) {
	m := openLarge(b).Model()
	for _, k := range []string{"2", "/"} {
		m, _ = m.Update(tuitest.Key(k))
	}
	b.ReportAllocs()
	for k := 0; b.Loop(); k++ {
		m, _ = m.Update(tuitest.Key([]string{"9", "backspace"}[k%2]))
		_ = m.View()
	}
}

// BenchmarkBeat is a second going by on an idle screen.
func BenchmarkBeat(b *testing.B) {
	m := openLarge(b).Model().(*model)
	b.ReportAllocs()
	for b.Loop() {
		m.Update(woke{seq: m.state.wakes})
		_ = m.View()
	}
}

// BenchmarkFirstFrame is from nothing to the first frame, from a view that is
// kept.
func BenchmarkFirstFrame(b *testing.B) {
	view := large()
	b.ReportAllocs()
	for b.Loop() {
		clock := tuitest.NewClock(noon)
		m, err := newModel(context.Background(), shelf{view}, Options{Clean: terminal.Clean, Clock: clock})
		if err != nil {
			b.Fatal(err)
		}
		m.Update(tea.WindowSizeMsg{Width: 160, Height: 48})
		m.Update(m.edge.command(readCache{})())
		if !strings.Contains(m.View().Content, "service-") {
			b.Fatal("the first frame shows nothing")
		}
	}
}

// TestADayOfTime leaves memory as it was: a look a minute, as without the focus, and with
// each look a child that changed hands, so that Activity grows until it may not.
func TestADayOfTime(t *testing.T) {
	s := open(t, 120, 36, func(_ *hub, o *Options) { o.Every = time.Minute / blurFactor })
	s.Send(tea.BlurMsg{})
	use := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	hours := func(n int) {
		for range n * 60 {
			s.hub.mu.Lock()
			if i, _ := s.hub.snap.Find(ref("core-mcp", 29)); i.Labels == nil {
				i.Labels = []string{"jules"}
			} else {
				i.Labels = nil
			}
			s.hub.mu.Unlock()
			s.Advance(time.Minute)
		}
	}
	first := s.hub.looks
	hours(10) // by then Activity is full
	if n := len(s.state().log); n != mostLog {
		t.Fatalf("%d lines of Activity after ten hours: nothing happens here", n)
	}
	before := use()
	hours(14)
	if n := s.hub.looks - first; n < 24*60-2 || n > 24*60*2 {
		t.Errorf("%d looks in a day", n)
	}
	if after := use(); after > before+2<<20 {
		t.Errorf("a day took %d bytes", after-before)
	}
	if n := len(s.state().log); n != mostLog {
		t.Errorf("%d lines of Activity are kept", n)
	}
}

// BenchmarkMemory is what the open screen holds on the heap at 1,000 repositories
// and 100,000 issues, the snapshot included, after it was moved through: as heap-MB.
func BenchmarkMemory(b *testing.B) {
	for range b.N {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d := openLarge(b)
		for _, k := range []string{"1", "G", "g", "2", "G", "g", "s", "A", "3", "G", "p", "esc", "b", "esc"} {
			d.Press(k)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "heap-MB")
		runtime.KeepAlive(d)
	}
}

func (shelf) Ahead(context.Context) (Ahead, error)        { return Ahead{}, nil }
func (shelf) Sittings(context.Context) ([]Sitting, error) { return nil, nil }
