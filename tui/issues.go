package tui

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// issueLine is one open issue of a repository: a finding of an audit, or whatever
// else is open there.
type issueLine struct {
	ref      inventory.Ref
	title    string // cleaned
	severity string // as it is labelled; empty: not at all
	kind     string // type, likewise
	size     string // complexity
	epic     string // that lists it; empty: none does
	audit    bool   // it is an audit itself
}

// severities and kinds are the labels that audits give (spec/2-flows "Stage 1").
var (
	severities = []string{"critical", "high", "medium", "low"}
	issueKinds = []string{"security", "quality", "performance", "testing", "docs"}
)

// homeHere is the repository that is meant by what is selected.
func (s *state) homeHere() inventory.RepoRef {
	if s.board == nil {
		return inventory.RepoRef{}
	}
	switch s.focus {
	case repos:
		if k := s.lists[repos].index(); k >= 0 {
			return s.board.fleet.Rows[k].Repo.Ref
		}
	case epics, phases:
		if e, _, ok := s.epic(); ok {
			return e.Ref.Repo
		}
	}
	return s.home
}

// issuesListed lists the open issues of the repository the page is about: audits
// first, then by severity, the gravest first.
func (s state) issuesListed() state {
	if s.page != issuePage || s.board == nil || s.home.IsZero() {
		return s
	}
	s.issues = nil
	r, ok := s.board.fleet.Row(s.home)
	if !ok {
		return s
	}
	own := map[int]bool{}
	for _, n := range r.Epics {
		own[n] = true
	}
	for k := range r.Repo.Issues {
		i := &r.Repo.Issues[k]
		if i.Closed || i.IsPull || i.Missing || own[i.Ref.Number] {
			continue
		}
		l := issueLine{ref: i.Ref, title: s.clean(i.Title), severity: oneOf(i.Labels, severities), kind: oneOf(i.Labels, issueKinds), audit: inventory.IsAuditTitle(i.Title)}
		for _, label := range i.Labels {
			if size, ok := strings.CutPrefix(strings.ToLower(label), "complexity:"); ok {
				l.size = s.clean(size)
			}
		}
		if c, ok := s.board.children[i.Ref.Key()]; ok {
			l.epic = s.board.facts[c.epic].name
		}
		s.issues = append(s.issues, l)
	}
	slices.SortStableFunc(s.issues, func(a, b issueLine) int { return a.rank() - b.rank() })
	rows := make([]row, len(s.issues))
	for k, l := range s.issues {
		rows[k] = row{id: l.ref.Key(), match: strings.ToLower(l.title + " " + l.severity + " " + l.kind)}
	}
	s.pages[issuePage] = s.pages[issuePage].with(rows)
	return s
}

// rank orders issues as they are listed.
func (l issueLine) rank() int {
	switch {
	case l.audit:
		return 0
	case l.severity == "" && l.epic == "":
		return 10
	}
	rank := 1 + slices.Index(severities, l.severity)
	if l.severity == "" {
		rank = 9
	}
	if l.epic != "" {
		rank += 20
	}
	return rank
}

func oneOf(labels, words []string) string {
	for _, w := range words {
		for _, l := range labels {
			if strings.EqualFold(l, w) {
				return w
			}
		}
	}
	return ""
}

// auditsHere counts the audits on the page.
func (s *state) auditsHere() int {
	n := 0
	for _, l := range s.issues {
		if l.audit {
			n++
		}
	}
	return n
}

// asksIssues asks for an epic of the marked issues, or of all that no epic lists.
func (s *state) asksIssues() (Ask, string, string) {
	ask := Ask{Verb: Organise, Repos: []inventory.RepoRef{s.home}}
	name := s.clean(s.home.Name)
	l := s.pages[issuePage]
	if !l.anyMarked() {
		return ask, name, ""
	}
	for _, k := range l.chosen() {
		if i := s.issues[k]; !i.audit && i.epic == "" {
			ask.Issues = append(ask.Issues, i.ref)
		}
	}
	if len(ask.Issues) == 0 {
		return ask, "", "every issue that is marked is an audit, or an epic lists it"
	}
	return ask, count(len(ask.Issues), "issue", "issues") + " of " + name, ""
}

// asksAudits asks for the audits of the repository whose issues are listed.
func (s *state) asksAudits() (Ask, string, string) {
	name := s.clean(s.home.Name)
	if s.auditsHere() == 0 {
		return Ask{Verb: Audit}, "", name + " has no open audit"
	}
	return Ask{Verb: Audit, Repos: []inventory.RepoRef{s.home}}, name, ""
}

var issueColumns = []column{
	{title: "SEVERITY", width: 10},
	{title: "ISSUE", width: 6},
	{title: "TYPE", width: 11, drop: 2},
	{title: "SIZE", width: 6, drop: 3},
	{title: "TITLE", width: 20, flex: true},
	{title: "EPIC", width: 16, drop: 1},
}

func (d *drawing) drawIssues() []string {
	s := d.s
	about := ""
	if k := s.pages[issuePage].index(); k >= 0 {
		switch l := s.issues[k]; {
		case l.audit && s.readOnly:
			about = "an audit: its findings become issues"
		case l.audit:
			about = "an audit: its findings become issues · " + s.keyOf(planFor{Audit}) + " shows what that would do"
		case l.epic != "":
			about = "epic " + l.epic + " lists it"
		case s.readOnly:
			about = "no epic lists it"
		default:
			about = "no epic lists it · " + s.keyOf(markOne{}) + " marks it, " + s.keyOf(planFor{Organise}) + " makes an epic of what is marked, or of all"
		}
		about = s.issues[k].title + "\n" + about
	}
	marked := ""
	if n := len(s.pages[issuePage].chosen()); s.pages[issuePage].anyMarked() {
		marked = strconv.Itoa(n) + " marked"
	}
	empty := "No issue is open here."
	if s.board != nil && s.board.view.Partial {
		empty = "Reading the issues" + d.glyphs.dots
	}
	return d.sheet("Issues of "+d.text(s.home.Name), marked, issueColumns, func(k int) []cell {
		l := s.issues[k]
		word, r, text := l.severity, faintRole, plainRole
		switch {
		case l.audit:
			word, r = "audit", accentRole
		case l.severity == "critical" || l.severity == "high":
			r = badRole
		case l.severity == "medium":
			r = warnRole
		case l.severity == "":
			word = d.glyphs.none
		}
		if l.epic != "" {
			text = faintRole
		}
		return []cell{{word, r}, {"#" + strconv.Itoa(l.ref.Number), faintRole}, {l.kind, faintRole}, {l.size, faintRole}, {l.title, text}, {l.epic, faintRole}}
	}, about, plainRole, empty)
}
