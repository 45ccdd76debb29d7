package inventory

import (
	"fmt"
	"strings"
)

// Explanation answers "why": what an issue or pull request is to the fleet,
// the verdict on it, and the facts the verdict rests on.
type Explanation struct {
	Ref     Ref      `json:"ref"`
	Kind    string   `json:"kind"` // audit, epic, child, issue, pull, unknown
	Title   string   `json:"title"`
	Verdict Code     `json:"verdict,omitempty"`
	Answer  string   `json:"answer"` // one sentence
	Facts   []string `json:"facts"`
	Ties    []Tie    `json:"ties"`
}

// Tie is what ties an issue to others by what onboarding made: from an audit by its
// findings to the epics that list them. It rests on marks and lines of ours on
// trusted issues, and on checklists, and on nothing anybody wrote in a comment.
type Tie struct {
	Kind   TieKind `json:"kind"`
	Ref    Ref     `json:"ref"`
	State  string  `json:"state"`  // open, closed, or unknown where it was not read
	Detail string  `json:"detail"` // of an epic the phase, of an issue where it is now; may be empty
}

// TieKind is what the other issue is to the one asked about.
type TieKind string

const (
	TieAudit     TieKind = "audit"     // it was made from a finding of this audit
	TieFinding   TieKind = "finding"   // this issue was made from one of its findings
	TieFramework TieKind = "framework" // this framework issue stands beside it
	TieBlocks    TieKind = "blocks"    // this issue waits for it, a framework issue
	TieEpic      TieKind = "epic"      // this epic lists it
)

// Explain says why an issue is (not) READY or dispatched, or what a pull
// request waits for, from what was read.
func Explain(s *Snapshot, f *Fleet, rules Rules, records Records, ref Ref) Explanation {
	if p, ok := findPull(s, ref); ok {
		return explainPull(f, rules, p)
	}
	i, ok := s.Find(ref)
	if !ok || i.Missing {
		x := Explanation{Ref: ref, Kind: "unknown", Facts: []string{}}
		repo, known := s.Repo(ref.Repo)
		switch {
		case !known:
			x.Answer = ref.Repo.String() + " is not part of the fleet"
		case repo.Problem != nil:
			x.Answer = repo.Problem.Message
		default:
			x.Answer = "no open issue, open pull request or child of an epic has this number"
		}
		return x
	}
	x := Explanation{Ref: i.Ref, Kind: "issue", Title: i.Title, Facts: issueFacts(i, rules, records[ref.Key()])}
	x.Ties = ties(s, f, rules, i)
	trusted, why := rules.Trust.Issue(*i)
	x.Facts = append(x.Facts, listings(f, ref)...)
	if c, ok := child(f, ref); ok {
		x.Kind, x.Verdict = "child", c.Verdict.Code
		x.Answer = readiness(c.Verdict)
		return x
	}
	switch {
	case i.Closed && (trusted && IsAuditTitle(i.Title) || made(x.Ties)):
		x.Kind, x.Answer = "audit", "an audit issue, "+ending(i)+": "+findings(x.Ties)
	case i.Closed:
		x.Answer = "closed; no epic names it"
	case !trusted:
		x.Verdict, x.Answer = CodeUntrusted, "not part of the fleet: "+why
	case IsAuditTitle(i.Title):
		x.Kind, x.Answer = "audit", "an audit issue: stage 1 turns its findings into issues"
		if made(x.Ties) {
			x.Answer = "an audit issue, still open: " + findings(x.Ties)
		}
	default:
		if e, ok := f.Epic(ref); ok {
			x.Kind = "epic"
			x.Answer = fmt.Sprintf("an epic: %d of %d children closed, %d READY, branch %s", e.Done(), len(e.Children), len(e.Ready()), branchWord(e))
			break
		}
		if _, why := Dispatched(i, rules, records[ref.Key()]); why != "" {
			x.Verdict, x.Answer = CodeDispatched, why
			break
		}
		x.Answer = "not READY: on no epic's checklist; stage 2 groups such issues into epics"
	}
	return x
}

func readiness(v Verdict) string {
	switch v.Code {
	case CodeReady:
		return "READY: " + v.Reason
	case CodeDone:
		return "done: " + v.Reason
	case CodeDispatched:
		return v.Reason
	}
	return "not READY: " + v.Reason
}

func branchWord(e *Epic) string {
	if e.Branch.Head == "" {
		return e.Branch.Name + " (missing; the dispatch makes it)"
	}
	return e.Branch.Name
}

func issueFacts(i *Issue, rules Rules, rec Record) []string {
	state := "open"
	if i.Closed {
		state = "closed"
	}
	facts := []string{
		fmt.Sprintf("%s, by %s (%s)", state, orGhost(i.Author), strings.ToLower(i.Association)),
		"labels: " + orNone(strings.Join(i.Labels, ", ")),
	}
	for _, d := range i.BlockedBy {
		word := "open"
		if d.Closed {
			word = "closed"
		}
		facts = append(facts, "blocked by "+d.Ref.String()+" ("+word+")")
	}
	for _, e := range i.LabelEvents {
		if _, ok := rules.Agent(e.Label); !ok {
			continue
		}
		verb := "put on"
		if !e.Added {
			verb = "taken off"
		}
		facts = append(facts, fmt.Sprintf("label %s %s by %s at %s", e.Label, verb, orGhost(e.Actor), e.At.UTC().Format("2006-01-02 15:04Z")))
	}
	if rec.Lines > 0 {
		facts = append(facts, fmt.Sprintf("dispatch.log: %s, the last of %s", several(rec.Lines, "line"), rec.LastLine.UTC().Format("2006-01-02 15:04Z")))
	}
	if rec.Held {
		facts = append(facts, "reservations.log: one task held")
	}
	return facts
}

func listings(f *Fleet, ref Ref) []string {
	var out []string
	for _, e := range f.Epics {
		for _, c := range e.Children {
			if c.Ref.Key() != ref.Key() {
				continue
			}
			p := e.Phases[c.Phase]
			word := "not open yet"
			switch {
			case p.Finished():
				word = "finished"
			case p.Open:
				word = "open"
			}
			box := "unticked"
			if c.Checked {
				box = "ticked"
			}
			name := ""
			if p.Name != "" {
				name = " in phase " + p.Name + " (" + word + ")"
			}
			out = append(out, fmt.Sprintf("on the checklist of %s, line %d, %s%s", e.Ref, c.Line, box, name))
		}
	}
	return out
}

func explainPull(f *Fleet, rules Rules, p *Pull) Explanation {
	x := Explanation{Ref: p.Ref, Kind: "pull", Title: p.Title}
	fact := func(format string, args ...any) { x.Facts = append(x.Facts, fmt.Sprintf(format, args...)) }
	fact("open, by %s (%s), %s into %s", orGhost(p.Author), strings.ToLower(p.Association), p.Head, p.Base)
	fact("checks: %s (%d passed, %d failed, %d pending)", orNone(strings.ToLower(p.Checks.State)), p.Checks.Passed, p.Checks.Failed, p.Checks.Pending)
	open := 0
	for _, t := range p.Threads {
		if !t.Resolved {
			open++
		}
	}
	fact("review: %s, %d of %d threads unresolved", orNone(strings.ToLower(p.ReviewDecision)), open, len(p.Threads))
	fact("mergeable: %s", orNone(strings.ToLower(p.Mergeable)))
	for _, m := range p.Mentions {
		fact("refers to %s", m)
	}
	for _, e := range f.Epics {
		if e.Ref.Repo.Same(p.Ref.Repo) && e.Branch.Name == p.Base {
			fact("its base is the branch of epic %s", e.Ref)
		}
	}
	switch {
	case p.CrossRepo:
		x.Answer = "needs a person: it comes from a fork"
	case !rules.Trust.Author(p.Author, p.AuthorKind, p.Association):
		x.Answer = "needs a person: its author is not trusted"
	case p.Draft:
		x.Answer = "not merged: a draft"
	case p.Mergeable == "UNKNOWN":
		x.Answer = "not merged: GitHub has not yet said whether it can be merged"
	case open > 0 || p.ReviewDecision == "CHANGES_REQUESTED":
		x.Answer = fmt.Sprintf("not merged: %s, review %s", several(open, "unresolved review thread"), orNone(strings.ToLower(p.ReviewDecision)))
	case p.Mergeable == "CONFLICTING":
		x.Answer = "not merged: it conflicts with " + p.Base
	case p.Checks.Failed > 0:
		x.Answer = fmt.Sprintf("not merged: %s failed", several(p.Checks.Failed, "check"))
	case p.Checks.State == "":
		x.Answer = "not merged: no check has reported, and that is not green"
	case p.Checks.State != "SUCCESS":
		x.Answer = "not merged: checks are still running"
	case p.ReviewDecision == "REVIEW_REQUIRED":
		x.Answer = "not merged: a review is required"
	default:
		x.Answer = "nothing stands against a merge: green, resolved, without conflict"
	}
	return x
}

func findPull(s *Snapshot, ref Ref) (*Pull, bool) {
	r, ok := s.Repo(ref.Repo)
	if !ok {
		return nil, false
	}
	for k := range r.Pulls {
		if r.Pulls[k].Ref.Number == ref.Number {
			return &r.Pulls[k], true
		}
	}
	return nil, false
}

// child returns the child's listing that decides: the one that is READY, else the first.
func child(f *Fleet, ref Ref) (Child, bool) {
	var first *Child
	for e := range f.Epics {
		for c := range f.Epics[e].Children {
			k := &f.Epics[e].Children[c]
			if k.Ref.Key() != ref.Key() {
				continue
			}
			if k.Verdict.Ready() {
				return *k, true
			}
			if first == nil {
				first = k
			}
		}
	}
	if first == nil {
		return Child{}, false
	}
	return *first, true
}

func orGhost(login string) string {
	if login == "" {
		return "ghost"
	}
	return login
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// several is a number of things, as it is said: "1 line", "2 lines".
func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
