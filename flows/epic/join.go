package epic

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// joining is what an open epic takes in.
type joining struct {
	epic    *inventory.Epic
	members []member
	add     flows.AddChildren
}

// taker is an open epic of a theme.
type taker struct {
	epic  *inventory.Epic
	issue *inventory.Issue
	room  int    // children it takes yet
	full  string // why it takes none
}

// joined is what open epics take in, and what is left.
type joined struct {
	joins []joining
	rest  []member
	skips []flows.Skip
}

// join finds the candidates that belong to an open epic of their theme, and
// those that are left. An issue from an audit also belongs to the epic of the
// repository's audits.
func (o Organise) join(w flows.World, web web, repo *inventory.Repo) joined {
	j := joiner{world: w, web: web, takers: map[string][]*taker{}, said: map[*taker]bool{}}
	epics := w.Fleet.Of(o.Repo)
	for k := range epics {
		e := &epics[k]
		if theme := themeOf(e); theme != "" && e.Running() {
			j.takers[theme] = append(j.takers[theme], takerOf(w, web, repo, e))
		}
	}
	var order []string
	byTheme := map[string][]member{}
	for _, i := range o.Candidates {
		m := member{issue: i, subject: subjectOf(i, o.Themes)}
		_, m.audited = inventory.ParentAudit(i.Body, i.Ref.Repo, w.Snapshot.Host)
		if byTheme[m.theme] == nil {
			order = append(order, m.theme)
		}
		byTheme[m.theme] = append(byTheme[m.theme], m)
	}
	var found []member
	for _, theme := range order {
		for _, m := range j.take(theme, byTheme[theme]) {
			if m.audited {
				found = append(found, m)
			} else {
				j.rest = append(j.rest, m)
			}
		}
	}
	slices.SortFunc(found, byNumber)
	j.rest = append(j.rest, j.take(auditor, found)...)
	slices.SortFunc(j.rest, byNumber)
	return j.joined
}

// joiner distributes candidates over the open epics.
type joiner struct {
	joined
	world  flows.World
	web    web
	takers map[string][]*taker
	said   map[*taker]bool
}

// take puts issues on the epics of a theme, the smallest first, and returns those
// that find no room. Where an epic takes all but one or two, so many stay with
// them that they can make an epic of their own.
func (j *joiner) take(theme string, members []member) []member {
	takers := j.takers[theme]
	slices.SortStableFunc(takers, func(a, b *taker) int { return cmp.Compare(len(a.epic.Children), len(b.epic.Children)) })
	room := 0
	for _, h := range takers {
		room += h.room
	}
	n := min(len(members), room)
	others := theme != auditor && len(j.takers[auditor]) > 0 // they take what an audit found
	if over := len(members) - n; over > 0 && over < fewest && len(members) >= fewest && !others {
		n = len(members) - fewest
	}
	mine, over := members[:n:n], members[n:]
	for _, h := range takers {
		k := min(h.room, len(mine))
		if k == 0 {
			continue
		}
		mine = mine[k-len(j.put(h, mine[:k])):]
	}
	over = append(mine, over...)
	for _, h := range takers {
		if len(over) > 0 && h.full != "" && !j.said[h] {
			j.said[h] = true
			j.skips = append(j.skips, flows.Skip{Target: h.epic.Ref.String(), Reason: "theme " + theme + ": " + h.full})
		}
	}
	return over
}

// put puts issues on an epic's checklist as far as its body takes them, and
// returns those it does not. What must not stand there is left out altogether.
func (j *joiner) put(h *taker, members []member) []member {
	var adding joining
	fit := func(n int) error {
		next := addition(h.epic, members[:n], j.web)
		if len(next.members) > 0 {
			body, err := next.add.On([]byte(h.issue.Body))
			if err != nil {
				return fmt.Errorf("no child can be added to it: %w", err)
			}
			if utf8.RuneCount(body) > inventory.MostBody {
				return fmt.Errorf("with another child its body would pass the %d characters that GitHub takes", inventory.MostBody)
			}
		}
		adding = next
		return nil
	}
	n := len(members)
	if err := fit(n); err != nil {
		h.full = err.Error()
		for n = sort.Search(n, func(k int) bool { return fit(k+1) != nil }); fit(n) != nil; n-- {
		}
	}
	if h.room -= n; h.room == 0 && h.full == "" {
		h.full = fmt.Sprintf("with %d children it takes no more", len(h.epic.Children)+n)
	}
	if len(adding.members) > 0 {
		j.joins = append(j.joins, adding)
	}
	return members[n:]
}

// addition is what adding these to an epic's checklist is.
func addition(e *inventory.Epic, members []member, w web) joining {
	j := joining{epic: e, members: members, add: flows.AddChildren{Epic: e.Ref}}
	for k, name := range place(e, members, w) {
		i := members[k].issue
		j.add.Children = append(j.add.Children, flows.NewChild{Ref: i.Ref, Title: flows.HarmlessWithin(i.Title, titleRunes), Phase: name})
	}
	return j
}

// takerOf says how many children an open epic takes yet. A stranger's text is
// read where it was accepted, and never written to: their next edit would have
// our words under their name.
func takerOf(w flows.World, web web, repo *inventory.Repo, e *inventory.Epic) *taker {
	i, ok := w.Snapshot.Find(e.Ref)
	h := &taker{epic: e, issue: i}
	if !ok {
		h.full = "it could not be read"
		return h
	}
	if t := w.Rules.Trust; !t.Author(i.Author, i.AuthorKind, i.Association) {
		h.full = "its author takes part by a label alone: nothing is written into their text"
		return h
	}
	if waits, later, is := stuck(e, web); is {
		h.full = fmt.Sprintf("its %s waits for %s in a later phase: a person has to move one of them", waits.From(e.Ref.Repo), later.From(e.Ref.Repo))
		return h
	}
	n := len(e.Children)
	if most := bound(themeOf(e)); n >= most {
		h.full = fmt.Sprintf("with %d children it takes no more", n)
		return h
	}
	h.room = bound(themeOf(e)) - n
	if repo.Details != nil && repo.Details.SubIssues {
		if h.room = min(h.room, free(e, i)); h.room <= 0 {
			h.room, h.full = 0, fmt.Sprintf("it has %d sub-issues, and GitHub allows %d", i.SubIssues, inventory.MostSubIssues)
		}
	}
	return h
}

// free are the sub-issues an epic can be given, beside those of its children that
// are none yet.
func free(e *inventory.Epic, i *inventory.Issue) int {
	n := inventory.MostSubIssues - i.SubIssues
	for _, c := range e.Children {
		if linkable(e, c) && c.Issue.Parent == (inventory.Ref{}) {
			n--
		}
	}
	return n
}

// linkable tells whether a child of an epic can be made its sub-issue: in
// somebody else's repository, perhaps, nothing is written unasked.
func linkable(e *inventory.Epic, c inventory.Child) bool {
	return c.Ref.Repo.Same(e.Ref.Repo) && c.Issue != nil && !c.Issue.Closed && !c.Issue.Missing && !c.Issue.IsPull
}

var epicTitle = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)^\s*epic\s*\(([^()]+)\)\s*:`) })

// themeOf is the theme an epic's title names; empty where it names none. Its
// author is trusted, or it would be no epic.
func themeOf(e *inventory.Epic) string {
	if m := epicTitle().FindStringSubmatch(e.Title); m != nil {
		return strings.ToLower(strings.TrimSpace(m[1]))
	}
	return ""
}

// extend plans the children's links and then, last, their lines on the
// checklist: until these stand there the children are candidates still, and a
// plan that broke off is made again.
func extend(plan *flows.Plan, w flows.World, repo *inventory.Repo, j joining) {
	for _, m := range j.members {
		link(plan, w, repo, j.epic, m.issue)
	}
	plan.Add(flows.Step{Reason: "the epic of theme " + themeOf(j.epic) + " is open: no second one is made", Effect: j.add})
}

// complete plans what an epic of ours lacks: its branch, and its children's
// links.
func complete(plan *flows.Plan, w flows.World, repo *inventory.Repo, e *inventory.Epic) {
	i, ok := w.Snapshot.Find(e.Ref)
	if !ok || w.Mark(i).Kind != inventory.MarkEpic || !e.Running() {
		return
	}
	if !w.Rules.Trust.Author(i.Author, i.AuthorKind, i.Association) {
		return // a mark counts where we could have written it
	}
	for _, c := range e.Children {
		if linkable(e, c) {
			link(plan, w, repo, e, c.Issue)
		}
	}
	if _, there := repo.Branch(e.Branch.Name); !there && len(e.Rivals) == 0 {
		plan.Add(flows.Step{Reason: "the epic " + e.Ref.From(repo.Ref) + " has no branch yet", Effect: flows.MakeBranch{Repo: repo.Ref, Name: e.Branch.Name, From: repo.DefaultBranch}})
	}
}

// link plans the comment that names the epic and the native link, which comes
// last and so shows that both are there.
func link(plan *flows.Plan, w flows.World, repo *inventory.Repo, e *inventory.Epic, child *inventory.Issue) {
	native := repo.Details.SubIssues
	switch {
	case native && child.Parent.Key() == e.Ref.Key():
		return
	case native && child.Parent != (inventory.Ref{}):
		plan.Skip(child.Ref.String(), "it is a sub-issue of "+child.Parent.From(repo.Ref)+" already: it keeps that parent")
		return
	}
	if text := inventory.ParentLine(e.Ref, child.Ref.Repo); !w.Said.Has(child.Ref, text) {
		plan.Add(flows.Step{Reason: "a child names its epic", Effect: flows.Comment{Issue: child.Ref, Body: text, Once: true}})
	}
	if !native {
		return
	}
	n := 0
	if i, ok := w.Snapshot.Find(e.Ref); ok {
		n = i.SubIssues
	}
	for _, s := range plan.Steps {
		if l, ok := s.Effect.(flows.LinkChild); ok && l.Parent.Key() == e.Ref.Key() {
			n++
		}
	}
	if n >= inventory.MostSubIssues {
		plan.Skip(child.Ref.String(), fmt.Sprintf("%s has %d sub-issues, the most GitHub allows: its checklist alone names it", e.Ref.From(repo.Ref), n))
		return
	}
	plan.Add(flows.Step{Reason: "GitHub shows the epic's progress by its sub-issues", Effect: flows.LinkChild{Parent: e.Ref, Child: child.Ref}})
}
