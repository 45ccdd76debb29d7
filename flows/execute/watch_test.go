package execute

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// stage is an epic of one or two phases with dispatched children.
type stage struct {
	w     flows.World
	watch Watch
}

func (s *stage) repo() *inventory.Repo { return &s.w.Snapshot.Repos[0] }

func (s *stage) issue(n int) *inventory.Issue {
	i, _ := s.repo().Issue(n)
	return i
}

// dispatched marks a child as handed out twenty minutes ago.
func (s *stage) dispatched(numbers ...int) {
	for _, n := range numbers {
		i := s.issue(n)
		i.Labels = []string{"jules"}
		i.LabelEvents = []inventory.LabelEvent{{ID: fmt.Sprint("e", n), Label: "jules", Added: true, Actor: "m", At: now.Add(-20 * time.Minute)}}
		s.repo().Work.Children = append(s.repo().Work.Children, inventory.ChildWork{Ref: i.Ref})
	}
}

// pull adds a pull request that refers to children, as an agent opens it.
func (s *stage) pull(n int, change func(*inventory.PullWork), children ...int) *inventory.PullWork {
	p := inventory.PullWork{Pull: inventory.Pull{Ref: inventory.Ref{Repo: home, Number: n}, Author: "google-labs-jules", AuthorKind: "Bot", Base: "epic/100-audit", Head: fmt.Sprint("jules-", n), HeadSHA: fmt.Sprint("sha", n),
		Mergeable: "MERGEABLE", Checks: inventory.Checks{State: "SUCCESS", Passed: 1}, CreatedAt: now.Add(-10 * time.Minute)}, State: inventory.PullOpen}
	if change != nil {
		change(&p)
	}
	work := s.repo().Work
	work.Pulls = append(work.Pulls, p)
	for _, c := range children {
		k, _ := work.Child(c)
		k.Pulls = append(k.Pulls, p.Ref)
	}
	return &work.Pulls[len(work.Pulls)-1]
}

func (s *stage) look() []Watched {
	s.w = assess(s.w)
	for _, n := range s.watch.Observe(s.w) {
		if s.w.Courses == nil {
			s.w.Courses = flows.Courses{}
		}
		s.w.Courses[n.Pull.Key()] = s.w.Courses.Of(n.Pull).With(now, n.Note)
	}
	return s.watch.Look(s.w)
}

func (s *stage) told() string {
	var b strings.Builder
	for _, x := range s.look() {
		for _, step := range x.Plan.Steps {
			if _, note := step.Effect.(flows.NotePull); !note {
				fmt.Fprintf(&b, "%s %s %s\n", step.Effect.Kind(), strings.TrimPrefix(step.Effect.Target(), "org/a"), step.Effect.Detail())
			}
		}
	}
	return b.String()
}

func newStage(body string, more ...inventory.Issue) *stage {
	s := &stage{w: world(body, 300, more...)}
	s.w.Rules.Trust.Agents = []string{"google-labs-jules[bot]"}
	r := s.repo()
	r.Branches = []inventory.Branch{{Name: "epic/100-audit", Head: "eee"}}
	r.Work = &inventory.Work{Merge: inventory.MergeRules{Squash: true, Commit: true, AutoMerge: true}}
	s.watch = Watch{Epics: []inventory.Ref{{Repo: home, Number: 100}}, Scope: All, Dispatch: dispatch(0), Gates: Gates{AutoMerge: true}, Patience: Usual}
	return s
}

func twoPhases() *stage {
	return newStage("### Phase 1: base\n- [ ] #1\n- [ ] #2\n### Phase 2: rest\n- [ ] #3\n", issue(home, 1, "one", ""), issue(home, 2, "two", ""), issue(home, 3, "three", ""))
}

func TestAnEpicFromItsFirstPullRequestToItsEnd(t *testing.T) {
	s := twoPhases()
	s.dispatched(1, 2)
	expect := func(what, want string) {
		t.Helper()
		if got := s.told(); got != want {
			t.Fatalf("%s:\n%swant\n%s", what, got, want)
		}
	}
	expect("agents at work", "")
	s.pull(51, nil, 1)
	s.pull(52, nil, 2)
	a, b := &s.repo().Work.Pulls[0], &s.repo().Work.Pulls[1]
	expect("two are green: one at a time", "merge #51 squash, at sha51\n")
	a.State, a.EndedAt = inventory.PullMerged, now
	b.Behind = 1
	expect("one is merged, the other behind", "close #1 completed\ntick #100 #1\ncapture #1 training record of #51\nupdate-branch #52 merge the base into it, at sha52\n")
	s.issue(1).Closed = true
	s.issue(100).Body = strings.Replace(s.issue(100).Body, "[ ] #1", "[x] #1", 1)
	s.w.Courses[a.Ref.Key()] = s.w.Courses.Of(a.Ref).With(now, inventory.PullNote{Kind: inventory.NoteEnded, What: "MERGED"})
	b.State, b.Behind = inventory.PullMerged, 0
	s.issue(2).Closed = true // by hand
	expect("the other was merged by hand", "tick #100 #2\ncapture #2 training record of #52\nreserve #3 jules @m\ncomment #3 Target branch: `epic/100-audit` (epic #100)\nlabel #3 jules\nlog #3 jules @m\n")
	s.w.Courses[b.Ref.Key()] = s.w.Courses.Of(b.Ref).With(now, inventory.PullNote{Kind: inventory.NoteEnded, What: "MERGED"})
	s.issue(100).Body = strings.Replace(s.issue(100).Body, "[ ] #2", "[x] #2", 1)
	s.dispatched(3)
	s.issue(3).Closed, s.issue(3).StateReason = true, "COMPLETED"
	expect("the last one is closed: first its tick", "tick #100 #3\n")
	s.issue(100).Body = strings.Replace(s.issue(100).Body, "[ ] #3", "[x] #3", 1)
	expect("then the branch goes home", "new-pull  epic/100-audit -> dev  epic(audit): all\n")
	own := s.pull(60, func(p *inventory.PullWork) {
		p.Base, p.Head, p.HeadSHA, p.Author, p.AuthorKind, p.Association = "dev", "epic/100-audit", "eee", "m", "User", "MEMBER"
	})
	s.w.Courses[own.Ref.Key()] = inventory.Course{}.With(now, inventory.PullNote{Kind: inventory.NoteHead, SHA: "eee", Child: "org/a#100"})
	expect("its own pull request is merged like any other", "merge #60 merge, at eee\n")
	own = &s.repo().Work.Pulls[2]
	own.State = inventory.PullMerged
	expect("then the branch goes", "delete-branch  epic/100-audit\n")
	s.repo().Branches = nil
	expect("and once it is gone the epic is closed", "close #100 completed\n")
}

func TestWhatBelongsToAChild(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*inventory.PullWork)
		refers []int
		want   string // steps
		person string // in a decision
	}{
		"an agent's into the epic branch": {nil, []int{1}, "merge #51 squash, at sha51\n", ""},
		"nobody refers to a child":        {nil, nil, "", ""},
		"an agent's into the default branch": {func(p *inventory.PullWork) { p.Base = "dev" }, []int{1},
			"retarget #51 dev -> epic/100-audit\n", ""},
		"a member's into the default branch is theirs": {func(p *inventory.PullWork) {
			p.Author = "n"
			p.Base, p.AuthorKind, p.Association = "dev", "User", "MEMBER"
		}, []int{1}, "", ""},
		"in the name of who dispatched it, into the default branch": {func(p *inventory.PullWork) {
			p.Base, p.Author, p.AuthorKind, p.Association = "dev", "m", "User", "MEMBER"
		}, []int{1}, "", "it goes to dev in the name of @m, who dispatched #1"},
		"a member's into the epic branch": {func(p *inventory.PullWork) { p.Author, p.AuthorKind, p.Association = "m", "User", "MEMBER" }, []int{1},
			"merge #51 squash, at sha51\n", ""},
		"into a third branch": {func(p *inventory.PullWork) { p.Base = "main" }, []int{1}, "", ""},
		"from a fork":         {func(p *inventory.PullWork) { p.CrossRepo = true }, []int{1}, "", "it comes from a fork"},
		"by a stranger": {func(p *inventory.PullWork) { p.Author, p.AuthorKind, p.Association = "eve", "User", "NONE" }, []int{1}, "",
			"by eve (none), who is not trusted"},
		"by a person who bears the bot's name": {func(p *inventory.PullWork) { p.AuthorKind, p.Association = "User", "NONE" }, []int{1}, "", "not trusted"},
		"refers to two":                        {nil, []int{1, 2}, "", "it refers to several dispatched children, #1 and #2"},
		"older than the dispatch":              {func(p *inventory.PullWork) { p.CreatedAt = now.Add(-2 * time.Hour) }, []int{1}, "", ""},
	} {
		s := twoPhases()
		s.dispatched(1, 2)
		s.pull(51, c.change, c.refers...)
		if got := s.told(); got != c.want {
			t.Errorf("%s: steps\n%s", name, got)
		}
		var people []string
		for _, x := range s.look() {
			for _, d := range x.Decisions {
				if d.Person != "" {
					people = append(people, d.Person)
				}
			}
		}
		if got := strings.Join(people, "; "); c.person == "" && got != "" || !strings.Contains(got, c.person) {
			t.Errorf("%s: a person is needed for %q", name, got)
		}
	}
}

func TestTwoClaimants(t *testing.T) {
	s := twoPhases()
	s.dispatched(1)
	s.pull(51, nil, 1)
	s.pull(52, nil, 1)
	if got := s.told(); strings.Contains(got, "merge") {
		t.Errorf("%s", got)
	}
	n := 0
	for _, d := range s.look()[0].Decisions {
		if strings.Contains(d.Person, "two claim #1: #51 and #52") {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d were told of", n)
	}
}

func TestClosedWithoutAMergeGoesBack(t *testing.T) {
	s := twoPhases()
	s.dispatched(1)
	s.pull(51, func(p *inventory.PullWork) { p.State, p.EndedAt = inventory.PullClosed, now.Add(-time.Minute) }, 1)
	if got := s.told(); !strings.HasPrefix(got, "unlabel #1 jules\ncomment #1 ") || !strings.Contains(got, "recall #1 READY again") {
		t.Errorf("%s", got)
	}
}

func TestAChildWithoutAPullRequest(t *testing.T) {
	for name, c := range map[string]struct {
		ago    time.Duration
		change func(*inventory.Issue)
		row    Row
		steps  string
	}{
		"at work":                     {10 * time.Minute, nil, RowWorking, ""},
		"no acknowledgement":          {time.Hour, nil, RowSilent, "note"},
		"no pull request":             {7 * time.Hour, nil, RowSilent, "note"},
		"given up":                    {25 * time.Hour, nil, RowSpent, "unlabel comment recall"},
		"the agent is at its limit":   {10 * time.Minute, func(i *inventory.Issue) { takenOff(i, "google-labs-jules", "Bot", 5*time.Minute) }, RowLimit, ""},
		"the agent was at its limit":  {2 * time.Hour, func(i *inventory.Issue) { takenOff(i, "google-labs-jules", "Bot", time.Hour) }, RowLimit, "comment recall"},
		"somebody took the label off": {2 * time.Hour, func(i *inventory.Issue) { takenOff(i, "m", "User", time.Hour) }, RowTakenBy, ""},
	} {
		s := twoPhases()
		s.dispatched(1)
		i := s.issue(1)
		i.LabelEvents[0].At = now.Add(-c.ago)
		if c.change != nil {
			c.change(i)
		}
		d := s.look()[0].Decisions[0]
		var kinds []string
		for _, step := range d.Steps {
			kinds = append(kinds, step.Effect.Kind())
		}
		if d.Row != c.row || strings.Join(kinds, " ") != c.steps {
			t.Errorf("%s: %s %q: %s; %s", name, d.Row, kinds, d.Seen, d.Next)
		}
	}
}

func takenOff(i *inventory.Issue, who, kind string, ago time.Duration) {
	i.Labels = nil
	i.LabelEvents = append(i.LabelEvents, inventory.LabelEvent{ID: "off", Label: "jules", Actor: who, ActorKind: kind, At: now.Add(-ago)})
}

// An epic that nobody began is left alone, and said to be.
func TestAnEpicThatWasNotBegun(t *testing.T) {
	s := twoPhases()
	x := s.look()[0]
	if len(x.Plan.Steps) != 0 || !strings.Contains(x.Plan.Skipped[0].Reason, "core dev epic 100 --repo org/a --dispatch begins it") {
		t.Errorf("%+v", x.Plan)
	}
	s.watch.Begin = true
	if got := s.told(); strings.Count(got, "label #") != 2 {
		t.Errorf("begun: %s", got)
	}
	if got := Epics(s.w, []inventory.RepoRef{home}); len(got) != 1 {
		t.Errorf("epics: %v", got)
	}
}

// Scopes keep to their part.
func TestScopes(t *testing.T) {
	s := twoPhases()
	s.dispatched(1, 2)
	s.pull(51, nil, 1)
	s.pull(52, func(p *inventory.PullWork) { p.Threads = threads(1) }, 2)
	s.watch.Scope = Unstick
	if got := s.told(); got != "ask #52 Can you fix the code reviews?\n" {
		t.Errorf("unstick: %s", got)
	}
	s.issue(2).Closed = true
	s.watch.Scope = Sync
	if got := s.told(); got != "tick #100 #2\n" {
		t.Errorf("sync: %s", got)
	}
}

func TestQuestions(t *testing.T) {
	s := twoPhases()
	s.dispatched(1, 2)
	s.issue(2).Closed = true
	s.w.Courses = flows.Courses{"org/a#51": {Child: inventory.Ref{Repo: home, Number: 1}}, "org/a#50": {Child: inventory.Ref{Repo: home, Number: 1}, Ended: inventory.PullClosed}, "org/a#9": {Child: inventory.Ref{Repo: home, Number: 77}}}
	s.w = assess(s.w)
	got := Questions(s.w, s.watch.Epics, nil)
	if len(got) != 1 || fmt.Sprint(got[0].Children, got[0].Pulls) != "[1 2] [51]" {
		t.Errorf("%+v", got)
	}
}
