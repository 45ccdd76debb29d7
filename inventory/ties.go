package inventory

import (
	"fmt"
	"slices"
	"strings"
)

// ties are the issues that one hangs together with by what was made here.
func ties(s *Snapshot, f *Fleet, rules Rules, i *Issue) []Tie {
	out := []Tie{}
	if ok, _ := rules.Trust.Issue(*i); !ok && !i.Closed {
		return out
	}
	audits := func(of *Issue) (Ref, bool) { return origin(s, rules, of) }
	if ref, ok := audits(i); ok {
		out = append(out, tie(s, TieAudit, ref, findingKind(i)))
	}
	for _, d := range i.BlockedBy {
		if by, ok := s.Find(d.Ref); ok && ours(rules, by) == MarkFramework {
			out = append(out, tie(s, TieFramework, d.Ref, ""))
		}
	}
	if e, ok := f.Epic(i.Ref); ok {
		for _, c := range e.Children {
			if c.Issue == nil {
				continue
			}
			if ref, ok := audits(c.Issue); ok && !slices.ContainsFunc(out, func(t Tie) bool { return t.Kind == TieAudit && t.Ref.Key() == ref.Key() }) {
				out = append(out, tie(s, TieAudit, ref, ""))
			}
		}
	}
	for r := range s.Repos {
		for k := range s.Repos[r].Issues {
			other := &s.Repos[r].Issues[k]
			if ref, ok := audits(other); ok && ref.Key() == i.Ref.Key() {
				kind := TieFinding
				if ours(rules, other) == MarkFramework {
					kind = TieFramework
				}
				out = append(out, tie(s, kind, other.Ref, listed(f, other.Ref)))
			}
			if ours(rules, i) == MarkFramework && slices.ContainsFunc(other.BlockedBy, func(d Dependency) bool { return d.Ref.Key() == i.Ref.Key() }) {
				out = append(out, tie(s, TieBlocks, other.Ref, ""))
			}
		}
	}
	for _, e := range f.Epics {
		for _, c := range e.Children {
			if c.Ref.Key() == i.Ref.Key() {
				out = append(out, tie(s, TieEpic, e.Ref, e.Phases[c.Phase].Name))
			}
		}
	}
	return out
}

// ours is the kind of mark that a trusted issue bears; empty: none.
func ours(rules Rules, i *Issue) MarkKind {
	if ok, _ := rules.Trust.Issue(*i); !ok {
		return ""
	}
	return ReadMark(i.Body).Kind
}

// origin is the audit that an issue of ours was made from.
func origin(s *Snapshot, rules Rules, i *Issue) (Ref, bool) {
	switch ours(rules, i) {
	case MarkFinding, MarkFramework:
		return ParentAudit(i.Body, i.Ref.Repo, s.Host)
	}
	return Ref{}, false
}

// findingKind says of what kind a finding is, by the labels it was given.
func findingKind(i *Issue) string {
	word := "a finding"
	if ReadMark(i.Body).Kind == MarkFramework {
		word = "findings of one kind in several packages"
	}
	var of []string
	for _, group := range [][]string{{"security", "quality", "performance", "testing", "docs"}, {"critical", "high", "medium", "low"}, {"single-file", "package", "framework"}} {
		for _, l := range group {
			if i.HasLabel(l) {
				of = append(of, l)
				break
			}
		}
	}
	if len(of) == 0 {
		return word
	}
	return word + ": " + strings.Join(of, ", ")
}

// listed is where on an epic's checklist an issue is; empty: on none.
func listed(f *Fleet, ref Ref) string {
	c, ok := child(f, ref)
	if !ok {
		return ""
	}
	text := "epic " + c.Epic.From(ref.Repo)
	if e, ok := f.Epic(c.Epic); ok && e.Phases[c.Phase].Name != "" {
		text += ", " + e.Phases[c.Phase].Name
	}
	return text + ", " + string(c.Verdict.Code)
}

func tie(s *Snapshot, kind TieKind, ref Ref, detail string) Tie {
	t := Tie{Kind: kind, Ref: ref, State: "unknown", Detail: detail}
	if i, ok := s.Find(ref); ok && !i.Missing {
		t.State = "open"
		if i.Closed {
			t.State = "closed"
		}
	}
	return t
}

// Text is the tie as a line.
func (t Tie) Text() string {
	state := ""
	if t.State != "unknown" {
		state = " (" + t.State + ")"
	}
	text := map[TieKind]string{
		TieAudit: "made from audit ", TieFinding: "its issue ", TieFramework: "framework issue ", TieBlocks: "blocks ", TieEpic: "listed by epic ",
	}[t.Kind] + t.Ref.String() + state
	if t.Detail != "" {
		text += ": " + t.Detail
	}
	return text
}

// made tells whether something was made from the audit that these ties are of.
func made(list []Tie) bool {
	return slices.ContainsFunc(list, func(t Tie) bool { return t.Kind == TieFinding })
}

// findings says what an audit became, as far as it was read: what is closed and on
// no open epic's checklist is not.
func findings(list []Tie) string {
	n, frameworks, closed := 0, 0, 0
	for _, t := range list {
		switch t.Kind {
		case TieFinding:
			n++
		case TieFramework:
			frameworks++
		default:
			continue
		}
		if t.State == "closed" {
			closed++
		}
	}
	if n+frameworks == 0 {
		return "no issue that was made from it is open or on an open epic's checklist"
	}
	word := "issues"
	if n == 1 {
		word = "issue"
	}
	text := fmt.Sprintf("%d %s made from it", n, word)
	if frameworks > 0 {
		text += fmt.Sprintf(" and %d framework", frameworks)
	}
	return text + fmt.Sprintf(", %d closed", closed)
}

// ending is how a closed issue was closed.
func ending(i *Issue) string {
	if i.StateReason == "" {
		return "closed"
	}
	return "closed as " + strings.ToLower(strings.ReplaceAll(i.StateReason, "_", " "))
}
