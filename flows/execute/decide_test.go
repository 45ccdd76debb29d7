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

// sight is a pull request against which nothing stands.
func sight() *Sight {
	child := inventory.Ref{Repo: home, Number: 1}
	i := issue(home, 1, "one", "")
	return &Sight{
		Pull: &inventory.PullWork{Pull: inventory.Pull{Ref: inventory.Ref{Repo: home, Number: 50}, Base: "epic/100-audit", Head: "jules-1", HeadSHA: "h1",
			Mergeable: "MERGEABLE", Checks: inventory.Checks{State: "SUCCESS", Passed: 2}}, State: inventory.PullOpen},
		Course: inventory.Course{Child: child, Heads: []inventory.Head{{SHA: "h1", Seen: now.Add(-time.Hour)}}},
		Child:  child, Issue: &i, Epic: inventory.Ref{Repo: home, Number: 100}, Target: "epic/100-audit",
		Dispatched: now.Add(-2 * time.Hour), Merge: inventory.MergeRules{Squash: true, AutoMerge: true},
		Gates: Gates{AutoMerge: true}, Patience: Usual, Now: now,
	}
}

func threads(n int) []inventory.Thread {
	var out []inventory.Thread
	for k := range n {
		out = append(out, inventory.Thread{ID: fmt.Sprint("t", k)})
	}
	return out
}

// TestTheTable goes down the specification's table, a case or more a row.
func TestTheTable(t *testing.T) {
	asked := func(fix inventory.Fix, ago time.Duration) func(*Sight) {
		return func(s *Sight) {
			s.Course.Asks = append(s.Course.Asks, inventory.Intervention{What: fix, Comment: int64(len(s.Course.Asks) + 1), Head: "h1", At: s.Now.Add(-ago)})
		}
	}
	answered := func(s *Sight) {
		s.Course.Heads = append(s.Course.Heads, inventory.Head{SHA: "h2", Seen: s.Now.Add(-time.Minute), Threads: []string{"t0", "t1"}})
		s.Pull.HeadSHA = "h2"
	}
	conflict := func(s *Sight) { s.Pull.Mergeable = "CONFLICTING" }
	old := func(s *Sight) { s.Course.Heads[0].Seen = now.Add(-8 * time.Hour) }
	red := func(s *Sight) { s.Pull.Checks = inventory.Checks{State: "FAILURE", Failed: 1} }
	for _, c := range []struct {
		name string
		row  Row
		does string // kinds of the steps
		mend []func(*Sight)
	}{
		{"green", RowGreen, "merge", nil},
		{"a stranger's", RowStranger, "", []func(*Sight){func(s *Sight) { s.Doubt = "it comes from a fork" }}},
		{"a stranger's, merged by hand", RowStranger, "", []func(*Sight){func(s *Sight) { s.Doubt, s.Pull.State = "it comes from a fork", inventory.PullMerged }}},
		{"merged", RowMerged, "close tick capture note", []func(*Sight){func(s *Sight) { s.Pull.State = inventory.PullMerged }}},
		{"merged and followed up", RowMerged, "", []func(*Sight){func(s *Sight) { s.Pull.State, s.Course.Ended = inventory.PullMerged, inventory.PullMerged }}},
		{"closed", RowClosed, "note", []func(*Sight){func(s *Sight) { s.Pull.State, s.Pull.EndedAt = inventory.PullClosed, now }}},
		{"closed for the third time", RowClosed, "", []func(*Sight){func(s *Sight) { s.Pull.State, s.Pull.EndedAt, s.Returned = inventory.PullClosed, now, 2 }}},
		{"a person's", RowIntervention, "", []func(*Sight){func(s *Sight) { s.Pull.Labels = []string{"Needs-Intervention"} }}},
		{"wrong base", RowBase, "retarget", []func(*Sight){func(s *Sight) { s.Pull.Base = "dev" }}},
		{"draft", RowUnknown, "", []func(*Sight){func(s *Sight) { s.Pull.Draft = true }}},
		{"unknown", RowUnknown, "", []func(*Sight){func(s *Sight) { s.Pull.Mergeable = "UNKNOWN" }}},
		{"unknown too long", RowUnknown, "note", []func(*Sight){func(s *Sight) { s.Pull.Mergeable, s.Course.Unknown = "UNKNOWN", now.Add(-time.Hour) }}},
		{"threads", RowReviews, "ask", []func(*Sight){func(s *Sight) { s.Pull.Threads = threads(2) }}},
		{"changes requested", RowReviews, "ask", []func(*Sight){func(s *Sight) { s.Pull.Objected = 1 }}},
		{"asked", RowAnswer, "", []func(*Sight){func(s *Sight) { s.Pull.Threads = threads(2) }, asked(inventory.FixReviews, time.Minute)}},
		{"asked long ago", RowAnswer, "note", []func(*Sight){old, func(s *Sight) { s.Pull.Threads = threads(2) }, asked(inventory.FixReviews, 3*time.Hour)}},
		{"answered", RowResolve, "resolve resolve", []func(*Sight){func(s *Sight) { s.Pull.Threads = threads(3) }, asked(inventory.FixReviews, 10*time.Minute), answered}},
		{"answered, and a new thread since", RowReviews, "ask", []func(*Sight){func(s *Sight) { s.Pull.Threads = threads(3)[2:] }, asked(inventory.FixReviews, 10*time.Minute), answered}},
		{"answered, the reviewer not content", RowReview, "", []func(*Sight){func(s *Sight) { s.Pull.Objected = 1 }, asked(inventory.FixReviews, 10*time.Minute), answered}},
		{"conflict", RowConflict, "ask", []func(*Sight){conflict}},
		{"conflict, asked", RowAnswer, "", []func(*Sight){conflict, asked(inventory.FixConflict, time.Minute)}},
		{"conflict, asked, no answer", RowConflict, "ask", []func(*Sight){old, conflict, asked(inventory.FixConflict, 3*time.Hour)}},
		{"conflict, answered badly", RowConflict, "ask", []func(*Sight){conflict, asked(inventory.FixConflict, 10*time.Minute), answered}},
		{"conflict, asked twice", RowAnswer, "", []func(*Sight){old, conflict, asked(inventory.FixConflict, 3*time.Hour), asked(inventory.FixConflict, time.Minute)}},
		{"stuck", RowStuck, "mend", []func(*Sight){old, conflict, asked(inventory.FixConflict, 3*time.Hour), asked(inventory.FixConflict, 10*time.Minute), answered}},
		{"stuck, nothing helped", RowStuck, "new-label label comment", []func(*Sight){old, conflict, asked(inventory.FixConflict, 6*time.Hour), asked(inventory.FixConflict, 3*time.Hour), func(s *Sight) { s.Course.Mended = []inventory.Mending{{Head: "h1", How: "conflicts in a.go"}} }}},
		{"an earlier conflict is over", RowConflict, "ask", []func(*Sight){old, conflict, asked(inventory.FixConflict, 6*time.Hour), asked(inventory.FixConflict, 5*time.Hour), func(s *Sight) { s.Course.Clean = now.Add(-4 * time.Hour) }}},
		{"behind", RowBehind, "update-branch", []func(*Sight){func(s *Sight) { s.Pull.Behind = 3 }}},
		{"behind, another's turn", RowBehind, "", []func(*Sight){func(s *Sight) { s.Pull.Behind, s.Turn = 3, inventory.Ref{Repo: home, Number: 49} }}},
		{"behind, update asked for", RowBehind, "", []func(*Sight){func(s *Sight) { s.Pull.Behind, s.Course.Updated = 3, []string{"h1"} }}},
		{"behind, a queue rules", RowGreen, "enqueue", []func(*Sight){func(s *Sight) { s.Pull.Behind, s.Pull.QueueOn = 3, true }}},
		{"red", RowRed, "", []func(*Sight){red}},
		{"red for the third time", RowRed, "", []func(*Sight){red, func(s *Sight) {
			s.Course.Heads = []inventory.Head{{SHA: "a", Red: true}, {SHA: "b", Red: true}, {SHA: "h1", Red: true}}
		}}},
		{"red for the third time, another agent is there", RowRed, "close-pull", []func(*Sight){red, func(s *Sight) {
			s.Course.Heads, s.Gates.Reassign, s.Agents = []inventory.Head{{SHA: "a", Red: true}, {SHA: "b", Red: true}, {SHA: "h1", Red: true}}, "codex", true
		}}},
		{"red for the third time, and a person opened it", RowRed, "", []func(*Sight){red, func(s *Sight) {
			s.Course.Heads, s.Gates.Reassign = []inventory.Head{{SHA: "a", Red: true}, {SHA: "b", Red: true}, {SHA: "h1", Red: true}}, "codex"
		}}},
		{"labelled, and auto-merge of ours is on", RowIntervention, "auto-merge-off", []func(*Sight){func(s *Sight) {
			s.Pull.Labels, s.Pull.AutoMerge = []string{InterventionLabel}, true
			s.Course.Sent = []inventory.Sending{{Deed: "auto-merge", Head: "h0"}}
		}}},
		{"labelled, and a person's auto-merge is on", RowIntervention, "", []func(*Sight){func(s *Sight) { s.Pull.Labels, s.Pull.AutoMerge = []string{InterventionLabel}, true }}},
		{"its child was closed as not planned", RowChild, "", []func(*Sight){func(s *Sight) { s.Issue.Closed, s.Issue.StateReason = true, "NOT_PLANNED" }}},
		{"in conflict, and nobody to be asked", RowStuck, "mend", []func(*Sight){func(s *Sight) { s.Pull.Mergeable, s.Deaf = "CONFLICTING", true }}},
		{"reviewed, and nobody to be asked", RowReviews, "", []func(*Sight){func(s *Sight) { s.Pull.Threads, s.Deaf = threads(1), true }}},
		{"an objection since it was asked", RowReviews, "ask", []func(*Sight){func(s *Sight) {
			s.Pull.Objected, s.Pull.ObjectedAt = 1, now
			s.Course.Asks = []inventory.Intervention{{What: inventory.FixReviews, Comment: 1, Head: "h0", At: now.Add(-time.Hour)}}
			s.Course.Heads = []inventory.Head{{SHA: "h0", Seen: now.Add(-2 * time.Hour)}, {SHA: "h1", Seen: now.Add(-30 * time.Minute)}}
		}}},
		{"no checks", RowNone, "", []func(*Sight){func(s *Sight) { s.Pull.Checks = inventory.Checks{} }}},
		{"no CI here, no review", RowNone, "", []func(*Sight){func(s *Sight) { s.Pull.Checks, s.Reviewed = inventory.Checks{}, true }}},
		{"no CI here, reviewed", RowGreen, "merge", []func(*Sight){func(s *Sight) { s.Pull.Checks, s.Reviewed, s.Pull.Reviews = inventory.Checks{}, true, 1 }}},
		{"review missing", RowReview, "", []func(*Sight){func(s *Sight) { s.Pull.ReviewDecision = "REVIEW_REQUIRED" }}},
		{"pending", RowPending, "auto-merge", []func(*Sight){func(s *Sight) { s.Pull.Checks = inventory.Checks{State: "PENDING", Pending: 1} }}},
		{"pending, auto-merge on", RowPending, "", []func(*Sight){func(s *Sight) {
			s.Pull.Checks, s.Pull.AutoMerge = inventory.Checks{State: "PENDING", Pending: 1}, true
		}}},
		{"pending, auto-merge not allowed", RowPending, "", []func(*Sight){func(s *Sight) {
			s.Pull.Checks, s.Merge.AutoMerge = inventory.Checks{State: "PENDING", Pending: 1}, false
		}}},
		{"queued", RowQueued, "", []func(*Sight){func(s *Sight) { s.Pull.Queued, s.Pull.QueueOn = true, true }}},
		{"green, a person's word", RowGreen, "", []func(*Sight){func(s *Sight) { s.Gates.Ask = true }}},
		{"green, refused a moment ago", RowGreen, "", []func(*Sight){func(s *Sight) {
			s.Course.Refused = []inventory.Refusal{{Deed: "merge", Head: "h1", Why: "not mergeable", At: now.Add(-time.Minute)}}
		}}},
		{"green, given back by the queue twice", RowGreen, "", []func(*Sight){func(s *Sight) {
			s.Pull.QueueOn = true
			s.Course.Sent = []inventory.Sending{{Deed: "enqueue", Head: "h1"}, {Deed: "enqueue", Head: "h1"}}
		}}},
		{"pending, auto-merge was switched off", RowPending, "", []func(*Sight){func(s *Sight) {
			s.Pull.Checks = inventory.Checks{State: "PENDING", Pending: 1}
			s.Course.Sent = []inventory.Sending{{Deed: "auto-merge", Head: "h1"}}
		}}},
		{"the epic's own, in conflict", RowStuck, "mend", []func(*Sight){conflict, func(s *Sight) { s.Own = true }}},
	} {
		s := sight()
		for _, m := range c.mend {
			m(s)
		}
		d := Decide(*s)
		var kinds []string
		for _, step := range d.Steps {
			kinds = append(kinds, step.Effect.Kind())
		}
		if got := strings.Join(kinds, " "); d.Row != c.row || got != c.does {
			t.Errorf("%s: row %s, steps %q (%s; %s), want %s, %q", c.name, d.Row, got, d.Seen, d.Next, c.row, c.does)
		}
		if d.Seen == "" || d.Next == "" {
			t.Errorf("%s: seen %q, next %q", c.name, d.Seen, d.Next)
		}
	}
}

// drawSight is any state that GitHub and our journal can be in.
func drawSight(t *rapid.T) *Sight {
	s := sight()
	p := s.Pull
	some := func(name string) bool { return rapid.IntRange(0, 3).Draw(t, name) == 0 }
	p.State = rapid.SampledFrom([]inventory.PullState{"OPEN", "OPEN", "OPEN", "OPEN", "MERGED", "CLOSED"}).Draw(t, "state")
	p.EndedAt = now.Add(-time.Minute)
	p.Base = rapid.SampledFrom([]string{s.Target, s.Target, "dev"}).Draw(t, "base")
	p.Draft = some("draft")
	p.Mergeable = rapid.SampledFrom([]string{"MERGEABLE", "MERGEABLE", "CONFLICTING", "UNKNOWN", ""}).Draw(t, "mergeable")
	p.ReviewDecision = rapid.SampledFrom([]string{"", "", "APPROVED", "CHANGES_REQUESTED", "REVIEW_REQUIRED"}).Draw(t, "review")
	p.Checks = rapid.SampledFrom([]inventory.Checks{{}, {State: "SUCCESS", Passed: 1}, {State: "SUCCESS", Passed: 1}, {State: "FAILURE", Failed: 1}, {State: "PENDING", Pending: 1}, {State: "ERROR"}, {State: "EXPECTED"}, {State: "NEW"}, {State: "PENDING", Failed: 1, Pending: 1}}).Draw(t, "checks")
	p.Behind = rapid.SampledFrom([]int{0, 0, 0, 2, -1}).Draw(t, "behind")
	p.QueueOn, p.Queued, p.AutoMerge = some("queue on"), some("queued"), some("auto")
	p.Objected, p.Reviews, p.Approved = rapid.IntRange(0, 1).Draw(t, "objected"), rapid.IntRange(0, 2).Draw(t, "reviews"), rapid.IntRange(0, 1).Draw(t, "approved")
	if p.Objected > 0 {
		p.ObjectedAt = now.Add(-time.Duration(rapid.IntRange(0, 4000).Draw(t, "said")) * time.Minute)
	}
	s.Agents, s.Deaf = some("an agent's"), some("deaf")
	p.Threads = threads(rapid.IntRange(0, 3).Draw(t, "threads"))
	if some("label") {
		p.Labels = []string{InterventionLabel}
	}
	s.Own, s.Reviewed, s.Gates.Ask, s.Gates.AutoMerge, s.Merge.AutoMerge = some("own"), some("no ci"), some("ask"), some("auto gate"), some("auto allowed")
	if some("doubt") {
		s.Doubt = "two claim it"
	}
	if some("turn") {
		s.Turn = inventory.Ref{Repo: home, Number: 49}
	}
	if some("reassign") {
		s.Gates.Reassign = "codex"
	}
	s.Issue.Closed, s.Ticked, s.Returned = some("issue closed"), some("ticked"), rapid.IntRange(0, 3).Draw(t, "returned")
	if some("not dispatched") {
		s.Dispatched = time.Time{}
	}
	s.Course.Heads = nil
	at := now.Add(-48 * time.Hour)
	for k := range rapid.IntRange(0, 5).Draw(t, "heads") {
		at = at.Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "gap")) * time.Minute)
		if at.After(now) {
			break
		}
		h := inventory.Head{SHA: fmt.Sprint("h", k), Seen: at, Ours: some("ours"), Red: some("red")}
		for _, th := range p.Threads {
			if some("stood") {
				h.Threads = append(h.Threads, th.ID)
			}
		}
		s.Course.Heads = append(s.Course.Heads, h)
		p.HeadSHA = h.SHA
		if some("asked") {
			s.Course.Asks = append(s.Course.Asks, inventory.Intervention{What: rapid.SampledFrom([]inventory.Fix{inventory.FixReviews, inventory.FixConflict}).Draw(t, "fix"), Comment: int64(k + 1), Head: h.SHA, At: at.Add(time.Minute)})
		}
	}
	if some("updated") {
		s.Course.Updated = []string{p.HeadSHA}
	}
	if some("gave up") {
		s.Course.Mended = []inventory.Mending{{Head: p.HeadSHA, How: "conflicts"}}
	}
	if some("unknown since") {
		s.Course.Unknown = now.Add(-time.Hour)
	}
	for range rapid.IntRange(0, 3).Draw(t, "refusals") {
		deed := rapid.SampledFrom([]string{"merge", "enqueue", "auto-merge", "update-branch", "ask", "retarget", "resolve"}).Draw(t, "deed")
		s.Course.Refused = append(s.Course.Refused, inventory.Refusal{Deed: deed, Head: p.HeadSHA, Why: "no", At: now.Add(-time.Duration(rapid.IntRange(1, 60).Draw(t, "refused")) * time.Minute)})
	}
	if some("sent") {
		s.Course.Sent = []inventory.Sending{{Deed: "auto-merge", Head: p.HeadSHA}}
	}
	if some("ended") {
		s.Course.Ended = p.State
	}
	return s
}

// TestDecideIsTotal: every state leads to an action or a stated wait; nothing is
// merged that is not green, resolved, trusted and whose turn it is; nobody is asked
// more often than is allowed.
func TestDecideIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSight(t)
		d := Decide(*s)
		if d.Row == "" || d.Seen == "" || d.Next == "" {
			t.Fatalf("%+v", d)
		}
		if d.Row == RowStranger && slices.ContainsFunc(d.Steps, func(s flows.Step) bool { _, off := s.Effect.(flows.AutoMergeOff); return !off }) {
			t.Fatalf("a stranger's: %+v", d.Steps)
		}
		for _, step := range d.Steps {
			p := s.Pull
			switch e := step.Effect.(type) {
			case flows.MergePull, flows.Enqueue:
				green := p.Checks.State == "SUCCESS" && p.Checks.Failed == 0 || s.Reviewed && p.Checks.State == ""
				if s.Doubt != "" || p.State != inventory.PullOpen || p.Base != s.Target || p.Draft || p.Mergeable != "MERGEABLE" || !green || len(p.Unresolved()) > 0 ||
					p.Objected > 0 || p.ReviewDecision == "CHANGES_REQUESTED" || p.ReviewDecision == "REVIEW_REQUIRED" || p.Behind != 0 && !p.QueueOn && !p.Queued || s.Turn.Number != 0 || s.Gates.Ask || hasLabel(p.Labels, InterventionLabel) || !s.Own && s.Issue.Closed {
					t.Fatalf("merged: %+v of %+v", e, s)
				}
			case flows.Ask:
				if s.Own || s.Deaf || s.asks(inventory.FixConflict) >= mostConflictAsks && e.Fix == inventory.FixConflict || s.Doubt != "" {
					t.Fatalf("asked: %+v", e)
				}
			case flows.ResolveThread:
				if h, _ := s.answer(); !slices.Contains(h.Threads, e.Thread) {
					t.Fatalf("resolved a thread that the answered head did not have: %+v", e)
				}
			case flows.CloseIssue:
				if p.State != inventory.PullMerged {
					t.Fatal("closed a child without a merge")
				}
			}
		}
	})
}

// TestNoTwoLooksRepeatAnAction: where a decision was carried out and nothing else
// changed, the next look does not decide the same again.
func TestNoTwoLooksRepeatAnAction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSight(t)
		first := lookAgain(s)
		done := map[string]bool{}
		for _, step := range first.Steps {
			done[same(step.Effect)] = true
			carryOut(s, step.Effect)
		}
		for later := range 4 {
			s.Now = s.Now.Add(time.Duration(later) * time.Minute)
			second := lookAgain(s)
			for _, step := range second.Steps {
				key := same(step.Effect)
				if done[key] {
					t.Fatalf("again: %s (row %s, then %s: %s)", key, first.Row, second.Row, second.Seen)
				}
				done[key] = true
				carryOut(s, step.Effect)
			}
		}
	})
}

// same is what makes an effect a repetition: a request is one whatever it comes after.
func same(e flows.Effect) string {
	if ask, ok := e.(flows.Ask); ok {
		ask.After = 0
		e = ask
	}
	return fmt.Sprintf("%s %+v", e.Kind(), e)
}

// lookAgain decides as the loop does: what is seen is remembered first.
func lookAgain(s *Sight) Decision {
	for _, n := range observe(s.Course, s.Pull, s.Child) {
		s.Course = s.Course.With(s.Now, n)
	}
	return Decide(*s)
}

// carryOut is what an effect changes of a sight.
func carryOut(s *Sight, e flows.Effect) {
	p := s.Pull
	note := func(n inventory.PullNote) { s.Course = s.Course.With(s.Now, n) }
	switch e := e.(type) {
	case flows.Retarget:
		p.Base = e.To
	case flows.AutoMergeOff:
		p.AutoMerge = false
	case flows.Ask:
		note(inventory.PullNote{Kind: inventory.NoteAsked, Fix: e.Fix, Comment: int64(1000 + len(s.Course.Asks)), SHA: e.Head})
	case flows.ResolveThread:
		for k := range p.Threads {
			if p.Threads[k].ID == e.Thread {
				p.Threads[k].Resolved = true
			}
		}
	case flows.UpdateBranch:
		note(inventory.PullNote{Kind: inventory.NoteUpdated, SHA: e.Head})
	case flows.AutoMerge:
		p.AutoMerge = true
	case flows.Enqueue:
		p.Queued = true
	case flows.MergePull:
		p.State = inventory.PullMerged
	case flows.ClosePull:
		p.State, p.EndedAt = inventory.PullClosed, s.Now
	case flows.CloseIssue:
		s.Issue.Closed = true
	case flows.Tick:
		s.Ticked = true
	case flows.AddLabel:
		p.Labels = append(p.Labels, e.Label)
	case flows.Mend:
		note(inventory.PullNote{Kind: inventory.NoteMended, SHA: e.Head, Why: "conflicts"})
	case flows.NotePull:
		note(e.Note)
	}
}

// TestAutoMergeThatWasNotNeeded: GitHub had nothing to wait for, which is no refusal
// of the merge, and is not asked again at that head.
func TestAutoMergeThatWasNotNeeded(t *testing.T) {
	s := sight()
	s.Pull.Checks = inventory.Checks{State: "PENDING", Pending: 1}
	s.Course.Refused = []inventory.Refusal{{Deed: flows.AutoMerge{}.Kind(), Head: "h1", Why: flows.RipeAtOnce, At: now}}
	d := Decide(*s)
	if d.Row != RowPending || len(d.Steps) != 0 || d.Person != "" || strings.Contains(d.Seen, "refused") || !strings.Contains(d.Next, "to be merged at the next look") {
		t.Errorf("%+v", d)
	}
	s.Pull.Checks = inventory.Checks{State: "SUCCESS", Passed: 1}
	if d := Decide(*s); d.Row != RowGreen || len(d.Steps) != 1 {
		t.Errorf("the next look: %+v", d)
	}
}
