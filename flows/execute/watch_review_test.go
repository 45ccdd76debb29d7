package execute

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

func (s *stage) rows() string {
	var out []string
	for _, x := range s.look() {
		for _, d := range x.Decisions {
			mark := ""
			if d.Person != "" {
				mark = "!"
			}
			out = append(out, mark+string(d.Row))
		}
	}
	return strings.Join(out, " ")
}

func closedPull(p *inventory.PullWork) {
	p.State, p.EndedAt = inventory.PullClosed, now.Add(-time.Minute)
}

// Two claimed a child and a person closed one: the other goes on, and no second
// task is bought.
func TestClosingOneOfTwoClaimants(t *testing.T) {
	s := twoPhases()
	s.dispatched(1, 2)
	s.pull(51, closedPull, 1)
	s.pull(52, nil, 1)
	if got := s.told(); got != "merge #52 squash, at sha52\n" {
		t.Errorf("%s", got)
	}
}

// A child that was recalled by hand while its pull request is open is not handed
// out again.
func TestAnOpenPullRequestKeepsItsChild(t *testing.T) {
	s := twoPhases()
	s.dispatched(2)
	p := s.pull(51, nil)
	s.w.Courses = flows.Courses{p.Ref.Key(): {Child: inventory.Ref{Repo: home, Number: 1}}}
	if got := s.told(); strings.Contains(got, "reserve #1") {
		t.Errorf("%s", got)
	}
}

// That no pull request was read is not that there is none.
func TestARepositoryThatCouldNotBeRead(t *testing.T) {
	s := twoPhases()
	s.dispatched(1)
	s.issue(1).LabelEvents[0].At = now.Add(-30 * time.Hour)
	s.repo().Work, s.repo().Problem = nil, &inventory.Problem{Message: "GitHub gave up"}
	if got := s.told(); got != "" {
		t.Errorf("%s", got)
	}
	if got := s.rows(); got != "unread" {
		t.Errorf("%s", got)
	}
}

// A stranger's pull request changes nothing for the child it names.
func TestAStrangersPullRequestHidesNoChild(t *testing.T) {
	for name, change := range map[string]func(*inventory.PullWork){
		"closed": func(p *inventory.PullWork) { closedPull(p); p.CrossRepo = true },
		"open":   func(p *inventory.PullWork) { p.CrossRepo = true },
	} {
		s := twoPhases()
		s.dispatched(1)
		s.issue(1).LabelEvents[0].At = now.Add(-25 * time.Hour)
		s.pull(51, change, 1)
		if got := s.told(); !strings.Contains(got, "recall #1 READY again") {
			t.Errorf("%s: %s (%s)", name, got, s.rows())
		}
	}
}

// What was dispatched directly goes to the default branch, as anybody's pull
// request may: only an agent's account makes it the child's.
func TestADirectDispatch(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*inventory.PullWork)
		want   string
	}{
		"an agent's": {func(p *inventory.PullWork) { p.Base = "dev" }, "merge #51 squash, at sha51\n"},
		"a member's that mentions it": {func(p *inventory.PullWork) {
			p.Base, p.Author, p.AuthorKind, p.Association = "dev", "alice", "User", "MEMBER"
		}, ""},
		"in the name of who dispatched it": {func(p *inventory.PullWork) {
			p.Base, p.Author, p.AuthorKind, p.Association = "dev", "m", "User", "MEMBER"
		}, ""},
	} {
		s := newStage("- [ ] #1\n", issue(home, 1, "one", ""), issue(home, 7, "direct", ""))
		s.dispatched(7)
		s.pull(51, c.change, 7)
		s.watch.Epics, s.watch.Repos = nil, []inventory.RepoRef{home}
		if got := s.told(); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Nobody knows which branch is the epic's: it is not closed as if there were none.
func TestAnEpicWithRivalBranchesIsNotClosed(t *testing.T) {
	s := newStage("- [x] #1\n", issue(home, 1, "one", ""))
	s.issue(1).Closed = true
	s.repo().Branches = []inventory.Branch{{Name: "epic/100-audit-fix", Head: "x"}, {Name: "epic/100-more", Head: "y"}}
	if got := s.told(); got != "" {
		t.Errorf("%s", got)
	}
	if got := s.rows(); got != "!person" {
		t.Errorf("%s", got)
	}
}

// A branch that GitHub keeps does not keep its epic open, nor is it asked for again.
func TestABranchThatCannotBeDeleted(t *testing.T) {
	s := newStage("- [x] #1\n", issue(home, 1, "one", ""))
	s.issue(1).Closed = true
	own := s.pull(60, func(p *inventory.PullWork) { p.Base, p.HeadSHA, p.State = "dev", "eee", inventory.PullMerged })
	epic := inventory.Ref{Repo: home, Number: 100}
	s.w.Courses = flows.Courses{own.Ref.Key(): {Child: epic}}
	if got := s.told(); got != "delete-branch  epic/100-audit\n" {
		t.Errorf("%s", got)
	}
	s.w.Courses[epic.Key()] = inventory.Course{Refused: []inventory.Refusal{{Deed: "delete-branch", Head: "eee", Why: "protected"}}}
	if got := s.told(); got != "close #100 completed\n" {
		t.Errorf("%s", got)
	}
}

// A green pull request that GitHub refused for good waits for a person, and the
// others have their turn.
func TestARefusedOneLosesItsTurn(t *testing.T) {
	s := twoPhases()
	s.dispatched(1, 2)
	p := s.pull(51, nil, 1)
	s.pull(52, nil, 2)
	refused := inventory.Refusal{Deed: "merge", Head: "sha51", Why: "no", At: now}
	s.w.Courses = flows.Courses{p.Ref.Key(): {Child: inventory.Ref{Repo: home, Number: 1}, Refused: []inventory.Refusal{refused, refused, refused}}}
	if got := s.told(); got != "merge #52 squash, at sha52\n" {
		t.Errorf("%s", got)
	}
}

// A child whose pull request stayed red goes to the other agent once that is closed.
func TestReassigned(t *testing.T) {
	s := twoPhases()
	s.dispatched(2)
	s.watch.Gates.Reassign = "codex"
	s.watch.Dispatch.Labels = map[string]string{"jules": "jules", "codex": "codex"}
	red := []inventory.Head{{SHA: "a", Red: true}, {SHA: "b", Red: true}, {SHA: "c", Red: true}}
	s.w.Courses = flows.Courses{"org/a#51": {Child: inventory.Ref{Repo: home, Number: 1}, Heads: red, Ended: inventory.PullClosed}}
	if got := s.told(); !strings.Contains(got, "reserve #1 codex @m") {
		t.Errorf("%s", got)
	}
}

// A child that was opened again after its merge is a person's, and said to be.
func TestAChildOpenedAgainAfterItsMerge(t *testing.T) {
	s := twoPhases()
	s.dispatched(1)
	p := s.pull(51, func(p *inventory.PullWork) { p.State, p.EndedAt = inventory.PullMerged, now.Add(-time.Minute) }, 1)
	s.w.Courses = flows.Courses{p.Ref.Key(): {Child: inventory.Ref{Repo: home, Number: 1}, Ended: inventory.PullMerged}}
	if got := s.rows(); got != "!merged" {
		t.Errorf("%s", got)
	}
	p.EndedAt = now.Add(-time.Hour) // and dispatched again since: what became of that counts
	if got := s.rows(); got != "merged working" {
		t.Errorf("%s", got)
	}
}

// READY children that today's budget has no room for are waited for, not forgotten.
func TestNoTaskLeft(t *testing.T) {
	s := twoPhases()
	s.dispatched(2)
	s.w.Budget.Team.Members[0].Quota = 0
	if got := s.rows(); !strings.Contains(got, "budget") {
		t.Errorf("%s", got)
	}
}

// TestOver: watching ends where nothing is left but what a person has to do.
func TestOver(t *testing.T) {
	person := Decision{Row: RowPerson, Person: "x"}
	for name, c := range map[string]struct {
		seen Watched
		want bool
	}{
		"nothing":                       {Watched{}, true},
		"a person's":                    {Watched{Decisions: []Decision{person, {Row: RowMerged}}}, true},
		"an agent is at work":           {Watched{Decisions: []Decision{person, {Row: RowWorking}}}, false},
		"an agent may answer still":     {Watched{Decisions: []Decision{{Row: RowAnswer, Person: "x", Alert: "answer"}}}, false},
		"a draft for ever":              {Watched{Decisions: []Decision{{Row: RowUnknown, Person: "x", Alert: "draft", Stalled: true}}}, true},
		"no acknowledgement so far":     {Watched{Decisions: []Decision{{Row: RowSilent, Person: "x", Alert: "ack"}}}, false},
		"READY children wait for tasks": {Watched{Decisions: []Decision{{Row: RowBudget}}}, false},
		"something is planned":          {Watched{Plan: flows.Plan{Steps: make([]flows.Step, 1)}}, false},
	} {
		if got := Over([]Watched{c.seen}); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// An epic that is not done has a reason, whatever became of its children and their
// pull requests.
func TestAnEpicThatStandsHasAReason(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStage("### Phase 1: base\n- [ ] #1\n- [ ] #2\n### Phase 2: rest\n- [ ] #3\n- [x] #4\n",
			issue(home, 1, "one", ""), issue(home, 2, "feat(a): two", ""), issue(home, 3, "three", ""), issue(home, 4, "four", ""))
		s.watch.Begin = rapid.Bool().Draw(t, "begin")
		blocker := inventory.Ref{Repo: home, Number: 77}
		for n := 1; n <= 4; n++ {
			i := s.issue(n)
			switch rapid.SampledFrom([]string{"closed", "dispatched", "blocked", "locked", "stranger", "", ""}).Draw(t, fmt.Sprint("child ", n)) {
			case "closed":
				i.Closed, i.StateReason = true, "COMPLETED"
			case "dispatched":
				s.dispatched(n)
				if rapid.Bool().Draw(t, "off") {
					i.Labels = nil
				}
				if rapid.Bool().Draw(t, "pull") {
					s.pull(50+n, func(p *inventory.PullWork) {
						p.State = rapid.SampledFrom([]inventory.PullState{inventory.PullOpen, inventory.PullMerged, inventory.PullClosed}).Draw(t, "state")
						p.Mergeable = rapid.SampledFrom([]string{"MERGEABLE", "CONFLICTING", "UNKNOWN"}).Draw(t, "mergeable")
						p.Checks.State = rapid.SampledFrom([]string{"", "SUCCESS", "FAILURE", "PENDING"}).Draw(t, "checks")
						p.CrossRepo = rapid.Bool().Draw(t, "fork")
					}, n)
				}
			case "blocked":
				i.BlockedBy = []inventory.Dependency{{Ref: blocker}}
			case "locked":
				i.Locked = true
			case "stranger":
				i.Author, i.AuthorKind, i.Association = "somebody", "User", "NONE"
			}
		}
		if rapid.Bool().Draw(t, "rivals") {
			s.repo().Branches = append(s.repo().Branches, inventory.Branch{Name: "epic/100-other", Head: "fff"})
		}
		for _, e := range s.look() {
			if (e.Waits == "") != (e.State == stateDone) {
				t.Fatalf("%s: waits %q; decisions %+v", e.State, e.Waits, e.Decisions)
			}
		}
	})
}

// An epic's branch that is far behind is brought up to the default branch, once a
// head; where the two conflict a person does it.
func TestAnEpicBranchThatIsFarBehind(t *testing.T) {
	s := twoPhases()
	s.watch.Lag = 25
	s.dispatched(1, 2)
	if q := Questions(assess(s.w), s.watch.Epics, nil); len(q) != 1 || len(q[0].Branches) != 1 || q[0].Branches[0] != "epic/100-audit" {
		t.Errorf("%+v", q)
	}
	for _, c := range []struct {
		behind int
		want   string
	}{{0, ""}, {24, ""}, {25, "merge-up  dev into epic/100-audit, at eee\n"}} {
		behind, want := c.behind, c.want
		s.repo().Work.Lags = []inventory.Lag{{Branch: "epic/100-audit", Behind: behind}}
		if got := s.told(); got != want {
			t.Errorf("%d: %q", behind, got)
		}
	}
	epic := inventory.Ref{Repo: home, Number: 100}
	s.w.Courses = flows.Courses{epic.Key(): {Refused: []inventory.Refusal{{Deed: "merge-up", Head: "eee", Why: "Merge conflict"}}}}
	if got := s.rows(); s.told() != "" || !strings.Contains(got, "!lag") {
		t.Errorf("%s %s", s.told(), got)
	}
	s.repo().Branches[0].Head = "fff"
	if got := s.told(); got != "merge-up  dev into epic/100-audit, at fff\n" {
		t.Errorf("another head: %q", got)
	}
}

// Whatever GitHub had against the pull request of an epic's branch: its commits are
// not thrown away for it, and it is not closed.
func TestARefusedWayHome(t *testing.T) {
	s := newStage("- [x] #1\n", issue(home, 1, "one", ""))
	s.issue(1).Closed = true
	epic := inventory.Ref{Repo: home, Number: 100}
	refusal := inventory.Refusal{Deed: "new-pull", Head: "eee", Why: "403", At: now.Add(-time.Hour)}
	for n, want := range []string{"new-pull", "new-pull", "new-pull", "!person", "!person"} {
		s.w.Courses = flows.Courses{epic.Key(): {Refused: slices.Repeat([]inventory.Refusal{refusal}, n)}}
		s.repo().Work.Lags = []inventory.Lag{{Branch: "epic/100-audit", Ahead: 2}}
		got := s.told() + s.rows()
		if !strings.Contains(got, want) || strings.Contains(got, "delete-branch") || strings.Contains(got, "close") {
			t.Errorf("refused %d times: %s", n, got)
		}
	}
	s.repo().Work.Lags[0].Ahead = 0 // GitHub says that it has nothing of its own
	if got := s.told(); got != "delete-branch  epic/100-audit\n" {
		t.Errorf("%s", got)
	}
}

// An epic whose repositories were not all read has not come home.
func TestAnEpicThatWasReadInPart(t *testing.T) {
	beside := func(s *stage) *inventory.Repo {
		for k := range s.w.Snapshot.Repos {
			if s.w.Snapshot.Repos[k].Ref == away {
				return &s.w.Snapshot.Repos[k]
			}
		}
		return nil
	}
	for name, spoil := range map[string]func(*stage){
		"its own, in part": func(s *stage) {
			s.repo().Problem, s.repo().Work = &inventory.Problem{Kind: "partial", Message: "m"}, nil
		},
		"a child's, not at all": func(s *stage) {
			s.w.Rules.Repos = append(s.w.Rules.Repos, inventory.RepoRule{Ref: away})
			beside(s).Ref.Name = "c"
		},
		"a child's, with trouble": func(s *stage) { beside(s).Problem = &inventory.Problem{Kind: "server", Message: "m"} },
	} {
		s := newStage("- [x] #1\n- [x] org/b#7\n", issue(home, 1, "one", ""))
		s.issue(1).Closed = true
		seven := issue(away, 7, "seven", "")
		seven.Closed = true
		beside(s).Issues = append(beside(s).Issues, seven)
		s.repo().Branches = nil
		spoil(s)
		if got := s.told(); strings.Contains(got, "close") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// What a reviewer opens again is theirs: it is asked about, not resolved again.
func TestAThreadThatWasOpenedAgain(t *testing.T) {
	s := sight()
	at := now.Add(-3 * time.Hour)
	s.Pull.Threads = threads(1)
	id := s.Pull.Threads[0].ID
	s.Pull.HeadSHA = "h2"
	s.Course = inventory.Course{Heads: []inventory.Head{{SHA: "h1", Seen: at, Threads: []string{id}}, {SHA: "h2", Seen: at.Add(time.Hour), Threads: []string{id}}},
		Asks: []inventory.Intervention{{What: inventory.FixReviews, Comment: 1, Head: "h1", At: at.Add(time.Minute)}}}
	if d := Decide(*s); d.Row != RowResolve {
		t.Fatalf("%+v", d)
	}
	s.Course.Resolved = []inventory.Resolution{{Thread: id, At: at.Add(2 * time.Hour)}}
	d := Decide(*s)
	if d.Row != RowReviews || len(d.Steps) != 1 {
		t.Errorf("%+v", d)
	}
}

// A merge that GitHub refused for good keeps no place at the head of its base, though
// a person's word would be wanted for it, too.
func TestARefusedOneLosesItsTurnWithAWord(t *testing.T) {
	s := twoPhases()
	s.watch.Gates.Ask, s.watch.Gates.Word = true, true
	s.dispatched(1, 2)
	first := s.pull(51, nil, 1)
	s.pull(52, nil, 2)
	no := inventory.Refusal{Deed: "merge", Head: "sha51", Why: "no", At: now.Add(-time.Hour)}
	s.w.Courses = flows.Courses{first.Ref.Key(): {Child: inventory.Ref{Repo: home, Number: 1}, Refused: slices.Repeat([]inventory.Refusal{no}, 3)}}
	if got := s.told(); !strings.Contains(got, "merge #52") {
		t.Errorf("%s", got)
	}
}

// A child that was taken back is not paid for again while a pull request that its agent
// opened after all is there; a person says what becomes of that. A stranger's, a fork's
// and an older one hold nothing back.
func TestAPullRequestThatCameLate(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*inventory.Pull)
		late   bool
	}{
		"the agent's":        {func(*inventory.Pull) {}, true},
		"a stranger's":       {func(p *inventory.Pull) { p.Author, p.AuthorKind, p.Association = "somebody", "User", "NONE" }, false},
		"from a fork":        {func(p *inventory.Pull) { p.CrossRepo = true }, false},
		"of another child":   {func(p *inventory.Pull) { p.Mentions[0].Number = 2 }, false},
		"from before it all": {func(p *inventory.Pull) { p.CreatedAt = now.Add(-time.Hour) }, false},
	} {
		s := twoPhases()
		s.dispatched(1)
		s.issue(1).Labels = nil
		s.w.Records = inventory.Records{"org/a#1": {Recalled: now.Add(-15 * time.Minute)}}
		s.issue(2).Closed = true
		p := inventory.Pull{Ref: inventory.Ref{Repo: home, Number: 51}, Author: "google-labs-jules", AuthorKind: "Bot", Base: "epic/100-audit",
			CreatedAt: now.Add(-10 * time.Minute), Mentions: []inventory.Ref{{Repo: home, Number: 1}}}
		c.change(&p)
		s.repo().Pulls = append(s.repo().Pulls, p)
		paid := strings.Contains(s.told(), "reserve #1")
		if paid == c.late || strings.Contains(s.rows(), "!person") != c.late {
			t.Errorf("%s: %s%s", name, s.told(), s.rows())
		}
	}
}
