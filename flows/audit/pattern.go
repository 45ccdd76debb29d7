package audit

import (
	"cmp"
	_ "embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/finding"
)

//go:embed framework.md
var frameworkText string

// enough findings of one fix type in different packages make a pattern
// (spec/2-flows "Stage 1").
const enough = 3

// pattern is what several findings have in common.
type pattern struct {
	kind     string // type
	category string
	shared   []string // words of their fix that most of them share
	dirs     []string // packages
	members  []found
	mark     inventory.Mark
	issue    *inventory.Issue // the framework issue; nil while there is none
	back     bool             // we took it back: it is closed, and is opened again
}

// alike is how much of the smaller one's words two findings must share to be of
// one fix type: less where the category says already what is to be done.
func alike(category string) float64 {
	if category == "other" {
		return 0.6
	}
	return 0.34
}

// patternsOf finds the fix types that three or more findings in three or more
// packages share: of one type and category, and chained by alike words.
func patternsOf(home inventory.RepoRef, list []reading) []pattern {
	var all []found
	for _, r := range list {
		for _, f := range r.found {
			if len(f.Locations) > 0 {
				all = append(all, f)
			}
		}
	}
	sets := make([]map[string]bool, len(all))
	for k, f := range all {
		sets[k] = fixWords(f)
	}
	group := make([]int, len(all))
	for k := range group {
		group[k] = k
	}
	root := func(k int) int {
		for group[k] != k {
			k = group[k]
		}
		return k
	}
	for a := range all {
		for b := range a {
			if all[a].Type == all[b].Type && all[a].Category == all[b].Category && overlap(sets[a], sets[b]) >= alike(all[a].Category) {
				group[root(a)] = root(b)
			}
		}
	}
	by := map[int]*pattern{}
	var order []int
	for k, f := range all {
		g := root(k)
		if by[g] == nil {
			by[g] = &pattern{kind: f.Type, category: f.Category}
			order = append(order, g)
		}
		by[g].members = append(by[g].members, f)
	}
	var out []pattern
	for _, g := range order {
		p := by[g]
		p.dirs = packagesOf(p.members)
		if len(p.members) < enough || len(p.dirs) < enough {
			continue
		}
		p.shared = shared(p.members)
		p.mark = inventory.NewMark(inventory.MarkFramework, append([]string{home.Key(), p.kind, p.category}, p.shared...)...)
		out = append(out, *p)
	}
	return out
}

// words are a text's words: lower case, letters and digits, three or more.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

var empty = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("the and for are not but with without from into that this there which when where will would should must can could may has have had was were been its their they them then than also only each every any all some most more less very use used uses using add adds added make makes made does done code file files function functions method methods class line lines issue issues finding package module missing lack lacks lacking via per out new old non") {
		m[w] = true
	}
	return m
}()

// fixWords are the words that say what is to be done, without the names of the
// places.
func fixWords(f found) map[string]bool {
	places := map[string]bool{}
	for _, l := range f.Locations {
		for _, w := range words(l.Path) {
			places[w] = true
		}
	}
	out := map[string]bool{}
	for _, w := range words(f.Title + " " + f.Fix) {
		if len(w) >= 3 && !empty[w] && !places[w] {
			out[stem(w)] = true
		}
	}
	return out
}

// stem cuts the endings that words of one family differ by.
func stem(w string) string {
	for _, end := range []string{"ations", "ation", "ing", "ed", "es", "s", "e"} {
		if cut, ok := strings.CutSuffix(w, end); ok && len(cut) >= 4 {
			return cut
		}
	}
	return w
}

// overlap is what part of the smaller set is in both.
func overlap(a, b map[string]bool) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		return 0
	}
	n := 0
	for w := range a {
		if b[w] {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

// shared are the three words most of them have, by how many do and then by the
// alphabet.
func shared(members []found) []string {
	times := map[string]int{}
	for _, m := range members {
		for w := range fixWords(m) {
			times[w]++
		}
	}
	var out []string
	for w, n := range times {
		if 2*n > len(members) {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(times[b]-times[a], strings.Compare(a, b)) })
	return out[:min(len(out), 3)]
}

// packages are the folders of places, sorted.
func packages(places []finding.Location) []string {
	var out []string
	for _, l := range places {
		out = append(out, path.Dir(l.Path))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// packagesOf are the folders of findings' places, sorted.
func packagesOf(members []found) []string {
	var places []finding.Location
	for _, m := range members {
		places = append(places, m.Locations...)
	}
	return packages(places)
}

// find looks for the framework issue, one of ours by its mark (flows.World.Mark).
// The pattern was another while more audits were open, so it is known by the
// members it lists as well: an open one that lists any of them is it, and so is one
// that we took back. One that a person closed settles those it lists; where the
// others make a pattern by themselves they alone are left, for an issue of their own.
func (p *pattern) find(w flows.World, repo *inventory.Repo) {
	type rank struct{ class, same, listed int }
	var best rank
	settled := map[int]bool{}
	var settles *inventory.Issue
	for _, list := range [][]inventory.Issue{repo.Issues, repo.Details.Made} {
		for k := range list {
			i := &list[k]
			m := w.Mark(i)
			if m.Kind != inventory.MarkFramework {
				continue
			}
			listed := p.listed(i.Body)
			r := rank{listed: len(listed)}
			if m == p.mark {
				r.same = 1
			}
			back := w.TakenBack.Holds(i)
			switch {
			case r.same+r.listed == 0:
				continue
			case !i.Closed:
				r.class = 2
			case back:
				r.class = 1
			default:
				for _, n := range listed {
					settled[n] = true
				}
				if settles == nil && len(listed) > 0 {
					settles = i
				}
				continue
			}
			if cmp.Or(cmp.Compare(r.class, best.class), cmp.Compare(r.same, best.same), cmp.Compare(r.listed, best.listed)) > 0 {
				best, p.issue, p.back = r, i, back
			}
		}
	}
	if settles == nil {
		return
	}
	if p.issue != nil {
		for _, n := range p.listed(p.issue.Body) {
			delete(settled, n)
		}
	}
	rest := slices.DeleteFunc(slices.Clone(p.members), func(f found) bool { return settled[f.issue.Ref.Number] })
	dirs := packagesOf(rest)
	if p.issue == nil && (len(rest) < enough || len(dirs) < enough) {
		p.issue = settles
		return
	}
	p.members, p.dirs = rest, dirs
}

var memberLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[ \t]{0,3}[-*+][ \t]+(?:\[[ xX]\][ \t]+)?#([1-9]\d{0,9})\b`)
})

// listed are the numbers of the members that a framework issue's text lists.
func (p *pattern) listed(body string) []int {
	var out []int
	for _, m := range memberLine().FindAllStringSubmatch(body, -1) {
		n, err := strconv.Atoi(m[1])
		if err == nil && !slices.Contains(out, n) && slices.ContainsFunc(p.members, func(f found) bool { return f.issue.Ref.Number == n }) {
			out = append(out, n)
		}
	}
	return out
}

// why explains the pattern.
func (p pattern) why() string {
	text := fmt.Sprintf("%s in %d packages (%s) are of one fix type: %s, %s", plural(len(p.members), "finding"), len(p.dirs), strings.Join(p.dirs[:min(len(p.dirs), 5)], ", "), p.kind, p.category)
	if len(p.shared) > 0 {
		text += ", words " + strings.Join(p.shared, ", ")
	}
	return text
}

func makeFramework(plan *flows.Plan, repo *inventory.Repo, p pattern, also []string) {
	worst := p.members[0].Severity
	var issues, places strings.Builder
	var sources []flows.Source
	for _, m := range p.members {
		if m.Severity.Rank() < worst.Rank() {
			worst = m.Severity
		}
		fmt.Fprintf(&issues, "- %s\n", m.issue.Ref.From(repo.Ref))
		if !slices.ContainsFunc(sources, func(s flows.Source) bool { return s.Issue.Key() == m.audit.Ref.Key() }) {
			sources = append(sources, flows.Source{Issue: m.audit.Ref, Edited: m.audit.EditedAt})
		}
	}
	for _, d := range p.dirs[:min(len(p.dirs), 50)] {
		fmt.Fprintf(&places, "- %s\n", flows.Code(d, 0))
	}
	parents := inventory.ParentAuditLine(sources[0].Issue, repo.Ref)
	for _, s := range sources[1:] {
		parents += "\nAlso from: " + s.Issue.From(repo.Ref)
	}
	common := p.common()
	labels := append([]string{string(worst), p.kind, "framework", "complexity:large"}, also...)
	plan.NeedLabels(repo, labels)
	plan.Add(flows.Step{Reason: p.why(), Effect: flows.MakeIssue{
		Repo: repo.Ref, Title: title(p.kind, "framework", "one way "+common), Labels: labels, Mark: p.mark, Newest: repo.Details.Newest, Sources: sources,
		Body: strings.NewReplacer(
			"{parent}", parents, "{count}", fmt.Sprint(len(p.members)), "{packages}", fmt.Sprint(len(p.dirs)), "{words}", flows.Harmless(common, 200),
			"{issues}", strings.TrimSpace(issues.String()), "{places}", strings.TrimSpace(places.String()), "{mark}", p.mark.String(),
		).Replace(strings.TrimSpace(frameworkText)),
	}})
}

// block has the issues of a pattern wait for its framework issue, as many as
// GitHub takes; the framework issue's text names the others, and its phase comes
// first all the same.
func block(plan *flows.Plan, p pattern) {
	if p.issue.Closed {
		return
	}
	var waiting, rest []found
	for _, m := range p.members {
		switch {
		case slices.ContainsFunc(m.issue.BlockedBy, func(d inventory.Dependency) bool { return d.Ref.Key() == p.issue.Ref.Key() }):
			waiting = append(waiting, m)
		case !m.issue.Closed && m.issue.Ref.Key() != p.issue.Ref.Key():
			rest = append(rest, m)
		}
	}
	for k, m := range rest {
		if len(waiting)+k >= inventory.MostBlocked {
			plan.Skip(m.issue.Ref.String(), fmt.Sprintf("%s blocks %d issues, the most GitHub allows: it is not noted that this one waits, too", p.issue.Ref.From(m.issue.Ref.Repo), inventory.MostBlocked))
			continue
		}
		plan.Add(flows.Step{Reason: "it shall use what " + p.issue.Ref.From(m.issue.Ref.Repo) + " makes: " + p.why(), Effect: flows.Block{Issue: m.issue.Ref, By: p.issue.Ref}})
	}
}
