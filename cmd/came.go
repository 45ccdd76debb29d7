package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// came collects, step by step, what an onboarding did in each repository. What
// stood there already is not counted: somebody else did it.
type came struct {
	repos []*cameRepoShape // in the order of their first step
}

func (c *came) of(repo inventory.RepoRef) *cameRepoShape {
	for _, r := range c.repos {
		if strings.EqualFold(r.Repo, repo.String()) {
			return r
		}
	}
	r := newCame(repo)
	c.repos = append(c.repos, r)
	return r
}

// named makes sure that a repository is in the report although nothing was done
// in it.
func (c *came) named(repo string) {
	if ref, err := inventory.ParseRepo(repo, ""); err == nil {
		c.of(ref)
	}
}

func newCame(repo inventory.RepoRef) *cameRepoShape {
	return &cameRepoShape{Repo: repo.String(), Audits: []string{}, Issues: []string{}, Frameworks: []string{}, Reopened: []string{},
		Epics: []string{}, Extended: []string{}, Dispatched: []string{}, Ends: "unknown", Why: []string{}}
}

// note takes a step in.
func (c *came) note(e orchestrator.Event) {
	if e.Outcome != orchestrator.Done {
		return
	}
	switch f := e.Step.Effect.(type) {
	case flows.CloseIssue:
		r := c.of(f.Issue.Repo)
		r.Audits = append(r.Audits, f.Issue.String())
	case flows.MakeIssue:
		r, ref := c.of(f.Repo), inventory.Ref{Repo: f.Repo, Number: e.Made}.String()
		switch f.Mark.Kind {
		case inventory.MarkEpic:
			r.Epics = append(r.Epics, ref)
		case inventory.MarkFramework:
			r.Frameworks = append(r.Frameworks, ref)
		default:
			r.Issues = append(r.Issues, ref)
		}
	case flows.ReopenIssue:
		r := c.of(f.Issue.Repo)
		r.Reopened = append(r.Reopened, f.Issue.String())
	case flows.AddChildren:
		r, ref := c.of(f.Epic.Repo), f.Epic.String()
		if !slices.Contains(r.Extended, ref) && !slices.Contains(r.Epics, ref) {
			r.Extended = append(r.Extended, ref)
		}
	case flows.LogDispatch:
		r := c.of(f.Child.Repo)
		r.Dispatched = append(r.Dispatched, f.Child.String())
	}
}

// report sums it up.
func (c *came) report() *cameShape {
	out := &cameShape{Repos: []cameRepoShape{}, Next: []string{}}
	for _, r := range c.repos {
		out.add(*r)
	}
	return out
}

func (s *cameShape) add(r cameRepoShape) {
	s.Repos = append(s.Repos, r)
	t := &s.Total
	t.Audits += len(r.Audits)
	t.Issues += len(r.Issues)
	t.Frameworks += len(r.Frameworks)
	t.Reopened += len(r.Reopened)
	t.Epics += len(r.Epics)
	t.Extended += len(r.Extended)
	t.Dispatched += len(r.Dispatched)
	s.Spent += len(r.Dispatched)
}

// reached is the report at the end: where every repository stands, and why it
// got no further. failed are those that were given up, by name.
func (a *app) reached(l *look, c *came, repos []inventory.RepoRef, plans []flows.Plan, left []leftOut, failed map[string]string) *cameShape {
	out := &cameShape{Repos: []cameRepoShape{}, Next: []string{}}
	for k, repo := range repos {
		r := c.of(repo)
		if row, ok := l.fleet.Row(repo); ok {
			r.Ends, r.Ready = stageWord(*row), row.Ready
		}
		r.Why = append(r.Why, reasons(plans[k].Skipped, repo)...)
		out.add(*r)
	}
	for _, r := range c.repos { // given up, or written to besides
		if slices.ContainsFunc(repos, func(x inventory.RepoRef) bool { return strings.EqualFold(x.String(), r.Repo) }) {
			continue
		}
		if ref, err := inventory.ParseRepo(r.Repo, ""); err == nil {
			if row, ok := l.fleet.Row(ref); ok {
				r.Ends, r.Ready = stageWord(*row), row.Ready
			}
		}
		if why := failed[strings.ToLower(r.Repo)]; why != "" {
			r.Ends = "failed"
			r.Why = append(r.Why, why)
		}
		out.add(*r)
	}
	for _, x := range left {
		r := newCame(x.repo)
		r.Ends, r.Why = "left-alone", []string{x.why}
		out.add(*r)
	}
	if !a.heldUnknown {
		n := l.budget.Status().UsableRemaining
		out.Left = &n
	}
	return out
}

// next says how to go on: with the epic that has most to hand out, and how all
// this is taken back.
func (a *app) next(l *look, s *cameShape) {
	ours := map[string]bool{}
	for _, r := range s.Repos {
		ours[strings.ToLower(r.Repo)] = r.Ends != "left-alone"
	}
	var best *inventory.Epic
	for k := range l.fleet.Epics {
		e := &l.fleet.Epics[k]
		if n := len(e.Ready()); ours[strings.ToLower(e.Ref.Repo.String())] && n > 0 && (best == nil || n > len(best.Ready())) {
			best = e
		}
	}
	if best != nil {
		s.Next = append(s.Next, a.called("core dev epic list"))
		if s.Left == nil || *s.Left > 0 {
			s.Next = append(s.Next, a.called(fmt.Sprintf("core dev epic %d --repo %s --dispatch", best.Ref.Number, best.Ref.Repo)))
		}
	}
	s.Next = append(s.Next, a.called("core dev undo --run"))
}

// reportText is the report for people; sent: something was done.
func (a *app) reportText(l *look, s *cameShape, sent bool) string {
	var b strings.Builder
	for _, r := range s.Repos {
		name, ends := r.Repo, r.Ends
		if ref, err := inventory.ParseRepo(r.Repo, ""); err == nil {
			name = a.repoName(l, ref)
			if row, ok := l.fleet.Row(ref); ok && r.Ends == stageWord(*row) {
				ends = standing(row)
			}
		}
		if r.Ends == "left-alone" {
			fmt.Fprintf(&b, "%s  left alone: %s\n", name, a.placed(strings.Join(r.Why, "; ")))
			continue
		}
		fmt.Fprintf(&b, "%s  %s\n", name, ends)
		if sent {
			fmt.Fprintf(&b, "  %s\n", r.did())
		}
		for _, line := range r.Why {
			fmt.Fprintf(&b, "  %s\n", a.placed(line))
		}
	}
	if !sent {
		return strings.TrimRight(b.String(), "\n")
	}
	fmt.Fprintf(&b, "in all: %s", s.total())
	fmt.Fprintf(&b, "\n%s spent", count(s.Spent, "task"))
	if s.Left != nil {
		fmt.Fprintf(&b, ", %d usable left today", *s.Left)
	}
	for k, line := range s.Next {
		if k == 0 {
			b.WriteString("\nnext:")
		}
		b.WriteString("\n  " + line)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (s *cameShape) total() string {
	t := s.Total
	return did([]didCount{
		{"audits closed", t.Audits, nil}, {"issues made", t.Issues, nil}, {"framework issues made", t.Frameworks, nil},
		{"opened again", t.Reopened, nil}, {"epics made", t.Epics, nil}, {"epics extended", t.Extended, nil}, {"dispatched", t.Dispatched, nil},
	})
}

// did says what was done in one repository; of what is few, which.
func (r *cameRepoShape) did() string {
	return did([]didCount{
		{"audits closed", len(r.Audits), r.Audits}, {"issues made", len(r.Issues), nil}, {"framework issues made", len(r.Frameworks), r.Frameworks},
		{"opened again", len(r.Reopened), r.Reopened}, {"epics made", len(r.Epics), r.Epics}, {"epics extended", len(r.Extended), r.Extended},
		{"dispatched", len(r.Dispatched), r.Dispatched},
	})
}

type didCount struct {
	what string
	n    int
	refs []string
}

func did(list []didCount) string {
	var out []string
	for _, c := range list {
		if c.n == 0 {
			continue
		}
		text := fmt.Sprintf("%s %d", c.what, c.n)
		if len(c.refs) > 0 {
			text += " (" + someRefs(c.refs) + ")"
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return "nothing was done"
	}
	return strings.Join(out, ", ")
}

// someRefs are the numbers of references of one repository, the first twelve.
func someRefs(refs []string) string {
	var out []string
	for _, r := range refs[:min(len(refs), 12)] {
		_, n, _ := strings.Cut(r, "#")
		out = append(out, "#"+n)
	}
	text := strings.Join(out, " ")
	if more := len(refs) - 12; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
