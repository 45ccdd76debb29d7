package tui

import (
	"strconv"
	"strings"
	"time"
)

var pullColumns = []column{
	{title: "PULL", width: 20},
	{title: "CHILD", width: 6, drop: 3},
	{title: "AGENT", width: 10, drop: 6},
	{title: "CHECKS", width: 10},
	{title: "THREADS", width: 7, right: true, drop: 4},
	{title: "FITS", width: 9, drop: 2},
	{title: "TRIES", width: 5, right: true, drop: 5},
	{title: "AGE", width: 4, right: true, drop: 1},
	{title: "NEXT", width: 14, flex: true},
}

// pulled takes what was read of pull requests.
func (s state) pulled(n pullsCame) (state, []order) {
	s.pulls.running, s.pulls.problem = false, n.problem
	if n.problem.text == "" {
		s = s.pullsAre(n.list)
	}
	if s.pulls.again && s.page == pullPage {
		s.pulls.again = false
		return s.reading()
	}
	s.pulls.again = false
	return s.settled(), nil
}

// pullsAre lists them: what needs a person first, then what is done next, then
// what is waited for; what has ended last.
func (s state) pullsAre(list []Pull) state {
	s.pulls.list, s.pulls.at, s.pulls.problem = list, s.now, problem{}
	rows := make([]row, len(list))
	for k, p := range list {
		rows[k] = row{id: p.Ref.Key(), match: strings.ToLower(s.clean(p.Ref.String() + " " + p.Title + " " + p.Agent + " " + p.Row))}
	}
	s.pages[pullPage] = s.pages[pullPage].with(rows)
	return s.settled()
}

// drawPulls draws the pull monitor.
func (d *drawing) drawPulls() []string {
	s := d.s
	about, r, empty := "", plainRole, "Nothing is dispatched, so there is no pull request to tell of."
	switch {
	case s.pulls.problem.text != "":
		about, r = s.pulls.problem.String()+" · "+s.keyOf(refreshNow{})+" retry", badRole
		empty = ""
	case s.pulls.at.IsZero():
		empty = "Reading pull requests" + d.glyphs.dots
	default:
		if k := s.pages[pullPage].index(); k >= 0 {
			p := &s.pulls.list[k]
			about = "seen: " + d.text(p.Seen) + ". Next: " + d.text(p.Next)
			if p.Person != "" {
				about, r = "needs you: "+d.text(p.Person)+". Next: "+d.text(p.Next), warnRole
			}
		}
	}
	detail := ""
	switch {
	case s.pulls.running:
		detail = "reading" + d.glyphs.dots
	case !s.pulls.at.IsZero():
		detail = ageWord(s.now.Sub(s.pulls.at))
	}
	return d.sheet("Pull requests", detail, pullColumns, d.pullCells, about, r, empty)
}

func (d *drawing) pullCells(k int) []cell {
	s, p := d.s, &d.s.pulls.list[k]
	name := cell{d.text(p.Ref.Repo.Name) + " #" + strconv.Itoa(p.Ref.Number), plainRole}
	child := ""
	if p.Child.Number != 0 && p.Child.Key() != p.Ref.Key() {
		child = "#" + strconv.Itoa(p.Child.Number)
	}
	next, role := d.text(p.Next), plainRole
	if p.Person != "" {
		next, role = d.glyphs.marks[person]+" "+d.text(p.Person), warnRole
	}
	age := ""
	if !p.Since.IsZero() {
		age = ageWord(s.date.Sub(p.Since))
	}
	if !p.Open {
		m, r := d.glyphs.marks[waiting], faintRole
		if p.State == "merged" {
			m, r = d.glyphs.marks[done], goodRole
		}
		return []cell{name, {child, faintRole}, {d.text(p.Agent), faintRole}, {m + " " + p.State, r}, {}, {}, {}, {age, faintRole}, {next, role}}
	}
	checks, checkRole := d.checkWord(p)
	threads := d.glyphs.none
	threadRole := faintRole
	if p.Of > 0 {
		threads = strconv.Itoa(p.Of-p.Threads) + "/" + strconv.Itoa(p.Of)
		if p.Threads > 0 {
			threadRole = warnRole
		}
	}
	fits, fitRole := d.glyphs.marks[done]+" fits", goodRole
	switch p.Fits {
	case "CONFLICTING":
		fits, fitRole = d.glyphs.marks[bad]+" clash", badRole
	case "MERGEABLE":
	default:
		fits, fitRole = d.glyphs.marks[waiting]+" unknown", faintRole
	}
	return []cell{name, {child, faintRole}, {d.text(p.Agent), faintRole}, {checks, checkRole}, {threads, threadRole},
		{fits, fitRole}, {d.number(p.Tries), plainRole}, {age, faintRole}, {next, role}}
}

// checkWord is how its checks stand.
func (d *drawing) checkWord(p *Pull) (string, role) {
	c := p.Checks
	switch {
	case c.Failed > 0 || c.State == "FAILURE" || c.State == "ERROR":
		return d.glyphs.marks[bad] + " " + strconv.Itoa(max(1, c.Failed)) + " red", badRole
	case c.Pending > 0 || c.State == "PENDING" || c.State == "EXPECTED":
		return d.glyphs.marks[partly] + " " + strconv.Itoa(c.Passed) + "/" + strconv.Itoa(c.Passed+c.Pending), accentRole
	case c.State == "":
		return d.glyphs.marks[waiting] + " none", faintRole
	}
	return d.glyphs.marks[done] + " green", goodRole
}

// followed is when the next look of a follow is due, never sooner than looks
// may follow each other.
func followed(now time.Time, after time.Duration) time.Time { return now.Add(max(after, leastEvery)) }
