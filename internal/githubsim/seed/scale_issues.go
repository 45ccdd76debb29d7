package seed

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// drawIssues draws the issues of a repository, numbered in order of age.
func (s *script) drawIssues(c *cast, r *repository, odd int) []*item {
	n := c.perRepo
	items := make([]*item, n)
	step := time.Duration(float64(200*day) / float64(n+1))
	for i := range items {
		at := s.ago(201).Add(time.Duration(i+1)*step - time.Duration(s.random.Int64N(int64(step/2)+1)))
		items[i] = &item{number: i + 1, at: at, author: s.drawAuthor(c, r)}
	}
	roles := s.random.Perm(n)
	take := func(count int) []*item {
		count = min(count, len(roles))
		var taken []*item
		for _, i := range roles[:count] {
			taken = append(taken, items[i])
		}
		roles = roles[count:]
		return taken
	}
	epics := take(min(s.random.IntN(n/15+1), 6))
	for _, it := range take(s.random.IntN(min(n/8, 12) + 1)) {
		s.drawAudit(c, r, it)
	}
	for _, epic := range epics {
		size := 2 + s.random.IntN(14)
		if odd == crowded {
			size = 120
		}
		s.drawEpic(c, epic, take(size))
	}
	for _, it := range take(len(roles)) {
		s.drawWork(c, it)
		if s.random.IntN(4) == 0 {
			it.closed = s.later(it.at)
		}
		if slices.Contains(c.strangers, it.author) && s.random.IntN(5) == 0 { // an epic of nobody's
			it.body += fmt.Sprintf("\n\n- [ ] #%d\n- [ ] #%d\n", 1+s.random.IntN(n), 1+s.random.IntN(n))
		}
	}
	if odd == crowded && len(items) > 0 {
		for _, it := range items[:min(c.huge, len(items))] {
			if len(it.body) < 200 {
				it.body = strings.Repeat("0123456789 lorem ipsum ünïcödé 🚀\n", 65_536/33-10)
			}
		}
	}
	return items
}

// drawAuthor is mostly somebody of the organisation, and always where nobody
// else sees the repository.
func (s *script) drawAuthor(c *cast, r *repository) string {
	switch s.random.IntN(12) {
	case 0:
		if !r.private {
			return pick(s.random, c.strangers)
		}
	case 1, 2, 3:
		return pick(s.random, c.members)
	}
	return c.owner
}

// later is a moment between at and a day and a half ago.
func (s *script) later(at time.Time) time.Time {
	room := s.ago(1.5).Sub(at)
	if room <= time.Hour {
		return at.Add(30 * time.Minute)
	}
	return at.Add(time.Hour + time.Duration(s.random.Int64N(int64(room-time.Hour)+1)))
}

// drawWork makes it an issue somebody has to do.
func (s *script) drawWork(c *cast, it *item) {
	kind := pick(s.random, []string{"fix", "fix", "feat", "feat", "security", "refactor", "test", "docs", "perf", "chore"})
	it.title = fmt.Sprintf("%s(%s): %s", kind, pick(s.random, nouns), sentence(s.random))
	switch s.random.IntN(40) {
	case 0:
		it.title = pick(s.random, strangeTitles)
	case 1:
		it.title = capital(it.title) + strings.Repeat(" and so on", (250-len(it.title))/10)
	}
	it.body = paragraph(s.random)
	theme := map[string]string{"fix": "bug", "feat": "enhancement", "security": "security", "refactor": "quality",
		"test": "testing", "docs": "docs", "perf": "performance", "chore": "quality"}[kind]
	it.labels = []string{theme}
	if c.roomy {
		it.labels = append(it.labels, pick(s.random, []string{"complexity:small", "complexity:medium", "complexity:large"}))
	}
	if s.random.IntN(2) == 0 {
		it.labels = append(it.labels, pick(s.random, []string{"critical", "high", "medium", "low"}))
	}
}

// listStyle is how somebody writes an epic's checklist.
type listStyle struct {
	phase  func(n int) string // heading of a phase; nil: one flat list
	bullet string
	ref    func(number int, title string) string
}

var listStyles = []listStyle{
	{func(n int) string {
		return fmt.Sprintf("### Phase %d: %s", n, []string{"Foundations (blocking)", "Features (parallelisable)", "Cleanup (cleanup)"}[min(n, 3)-1])
	}, "-", func(n int, t string) string { return fmt.Sprintf("#%d - %s", n, t) }},
	{func(n int) string { return fmt.Sprintf("## Wave %d", n) }, "*", func(n int, t string) string { return fmt.Sprintf("%s (#%d)", t, n) }},
	{func(n int) string { return "### " + []string{"Security", "Quality", "Documentation"}[min(n, 3)-1] }, "+",
		func(n int, t string) string { return fmt.Sprintf("**#%d** %s", n, t) }},
	{nil, "-", func(n int, t string) string { return fmt.Sprintf("Closes #%d", n) }},
	{nil, "1.", func(n int, t string) string { return fmt.Sprintf("#%d", n) }},
	{func(n int) string { return fmt.Sprintf("## %d. Step", n) }, "-", func(n int, t string) string { return fmt.Sprintf("%s #%d", t, n) }},
}

// drawEpic makes it an epic with these children, whose first phases are done.
func (s *script) drawEpic(c *cast, it *item, children []*item) {
	style := pick(s.random, listStyles)
	theme := pick(s.random, []string{"security", "quality", "testing", "docs", "performance", "audit"})
	it.title = fmt.Sprintf("epic(%s): %s", theme, sentence(s.random))
	it.author, it.labels = c.owner, []string{"agentic", "complexity:large"}
	if s.random.IntN(5) > 0 {
		it.branch = fmt.Sprintf("epic/%d-%s", it.number, theme)
	}
	phases := 1
	if style.phase != nil {
		phases += s.random.IntN(4)
	}
	open := s.random.IntN(phases + 1) // first phase that is not done
	var b strings.Builder
	b.WriteString("## Overview\n\n" + paragraph(s.random) + "\n")
	var lastTick time.Time
	for i, child := range children {
		phase := i * phases / len(children)
		if style.phase != nil && (i == 0 || phase != (i-1)*phases/len(children)) {
			b.WriteString("\n" + style.phase(phase+1) + "\n\n")
		} else if i == 0 {
			b.WriteString("\n")
		}
		s.drawWork(c, child)
		s.drawProgress(c, it, child, phase-open)
		mark := " "
		if !child.closed.IsZero() && s.random.IntN(12) > 0 {
			mark = "x"
			if child.closed.After(lastTick) {
				lastTick = child.closed
			}
		}
		fmt.Fprintf(&b, "%s [%s] %s\n", style.bullet, mark, style.ref(child.number, printable(child.title)))
		if i > 0 && s.random.IntN(15) == 0 && child.closed.IsZero() {
			child.blockedBy = []int{min(children[i-1].number, child.number)}
			if child.blockedBy[0] == child.number {
				child.blockedBy = nil
			}
		}
	}
	if len(c.names) > 1 && s.random.IntN(3) == 0 {
		fmt.Fprintf(&b, "%s [ ] %s/%s#%d elsewhere\n", style.bullet, c.org, pick(s.random, c.names), 1+s.random.IntN(max(c.perRepo, 1)))
	}
	b.WriteString("\n## Acceptance Criteria\n\n- [ ] " + sentence(s.random) + "\n")
	it.body = b.String()
	if !lastTick.IsZero() && c.roomy {
		it.ticked, it.tickedAt = it.body, later(lastTick, it.at).Add(10*time.Minute)
		it.body = strings.ReplaceAll(it.body, "[x]", "[ ]")
	}
	if len(children) <= 100 && s.random.IntN(3) == 0 && c.roomy {
		it.nativeSubIssues(children)
	}
}

// nativeSubIssues links children that exist when the epic is made; the others
// stay on the checklist alone.
func (it *item) nativeSubIssues(children []*item) {
	for _, child := range children {
		if child.number < it.number {
			it.subIssues = append(it.subIssues, child.number)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// drawProgress decides how far a child has come: distance is that of its phase
// from the first open one.
func (s *script) drawProgress(c *cast, epic, child *item, distance int) {
	if c.roomy && child.number > epic.number {
		child.parent = epic.number
	}
	switch {
	case distance < 0, distance == 0 && s.random.IntN(3) == 0:
		child.closed = s.later(later(child.at, epic.at))
	case distance == 0 && s.random.IntN(4) == 0:
		child.handed = &handover{at: s.ago(1.2 + s.random.Float64()*0.25), target: epic.branch}
		if child.at.After(child.handed.at) {
			child.handed = nil
		}
	}
}
