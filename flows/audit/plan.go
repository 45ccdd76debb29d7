// Package audit is stage 1: findings of audit issues become implementation
// issues, and the audits are closed (spec/2-flows "Stage 1").
package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/finding"
)

// Process asks for one repository's audit issues to be processed. The snapshot
// holds the repository's Details.
type Process struct {
	Repo inventory.RepoRef
	// Read gives an audit's findings. Nil: the rules of package finding. It is
	// asked more than once and must answer the same.
	Read func(audit inventory.Issue) []finding.Finding
}

// reading is an audit with what it says.
type reading struct {
	audit *inventory.Issue
	found []found
}

// found is a finding with the issue that was made of it, nil while there is
// none.
type found struct {
	finding.Finding
	mark  inventory.Mark
	issue *inventory.Issue
	back  bool // we took its issue back: it is closed, and nothing is settled by that
	audit *inventory.Issue
	stale []string // its paths that are gone
}

// Paths are the files that the audits' findings name, for Details to say which
// of them are gone.
func (p Process) Paths(w flows.World) []string {
	repo, ok := w.Snapshot.Repo(p.Repo)
	if !ok {
		return nil
	}
	var out []string
	for _, audit := range audits(w, repo) {
		for _, f := range p.read(*audit) {
			for _, l := range f.Locations {
				out = append(out, l.Path)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Unlisted are the numbers of issues that the journal has as made of the open
// audits' findings, or of what they have in common, and the look does not: Details
// shall read them by number.
func (p Process) Unlisted(w flows.World) []int {
	repo, ok := w.Snapshot.Repo(p.Repo)
	if !ok {
		return nil
	}
	marks := map[inventory.Mark]bool{}
	list := audits(w, repo)
	for _, audit := range list {
		for _, m := range p.marks(repo, audit, p.read(*audit)) {
			marks[m] = true
		}
	}
	return w.Unlisted(repo, func(m inventory.Mark) bool {
		return marks[m] || m.Kind == inventory.MarkFramework && len(list) > 0
	})
}

// Plan plans the next round: first the issues that are missing, then the
// framework issues that they show the need of, then the audits' comments and
// ends. A plan without steps means that nothing is left to do.
func (p Process) Plan(w flows.World) flows.Plan {
	plan := flows.Plan{Flow: "audit", Target: p.Repo.String(), Steps: []flows.Step{}, Skipped: []flows.Skip{}}
	repo, ok := w.Snapshot.Repo(p.Repo)
	if why := flows.NoGround(repo, ok); why != "" {
		plan.Skip(p.Repo.String(), why)
		return plan
	}
	strangers(&plan, w, repo)
	var list []reading
	for _, audit := range audits(w, repo) {
		if agent, why := inventory.Dispatched(audit, w.Rules, w.Records[audit.Ref.Key()]); why != "" {
			plan.Skip(audit.Ref.String(), strings.TrimSpace("an agent has it "+agent)+": "+why)
			continue
		}
		list = append(list, p.reading(w, repo, audit))
	}
	labels := language(w, repo)
	for _, r := range list {
		for _, f := range r.found {
			switch {
			case f.issue == nil:
				makeIssue(&plan, repo, f, labels)
			case f.back:
				plan.Add(flows.Step{Reason: "a finding of " + f.audit.Ref.From(repo.Ref) + takenBack, Effect: flows.ReopenIssue{Issue: f.issue.Ref, Again: true}})
			}
		}
	}
	if len(plan.Steps) > 0 {
		return plan
	}
	patterns := patternsOf(repo.Ref, list)
	for k := range patterns {
		patterns[k].find(w, repo)
		switch p := patterns[k]; {
		case p.issue == nil:
			makeFramework(&plan, repo, p, labels)
		case p.back:
			plan.Add(flows.Step{Reason: p.why() + takenBack, Effect: flows.ReopenIssue{Issue: p.issue.Ref, Again: true}})
		}
	}
	if len(plan.Steps) > 0 {
		return plan
	}
	for _, t := range patterns {
		block(&plan, t)
	}
	for _, r := range list {
		end(&plan, w, r)
	}
	return plan
}

// strangers names the audits that nothing is made of because of who wrote them.
func strangers(plan *flows.Plan, w flows.World, repo *inventory.Repo) {
	for k := range repo.Issues {
		i := &repo.Issues[k]
		if i.Closed || i.IsPull || i.Missing || !inventory.IsAuditTitle(i.Title) {
			continue
		}
		if ok, why := w.Rules.Trust.Issue(*i); !ok {
			plan.Skip(i.Ref.String(), "an audit "+why)
		}
	}
}

// audits are the repository's open trusted audit issues, by number.
func audits(w flows.World, repo *inventory.Repo) []*inventory.Issue {
	row, ok := w.Fleet.Row(repo.Ref)
	if !ok {
		return nil
	}
	var out []*inventory.Issue
	for _, n := range row.Audits {
		if i, ok := repo.Issue(n); ok {
			out = append(out, i)
		}
	}
	return out
}

func (p Process) read(audit inventory.Issue) []finding.Finding {
	if p.Read != nil {
		return p.Read(audit)
	}
	return finding.Read(audit.Title, audit.Body)
}

// takenBack ends the reason why an issue is opened again.
const takenBack = ": its issue was made here and taken back by an undo; it is opened again, no second one is made"

// reading reads an audit and finds what was made of it before, by its mark
// (flows.World.Mark). One that we took back counts only where there is no
// other of that mark.
func (p Process) reading(w flows.World, repo *inventory.Repo, audit *inventory.Issue) reading {
	made := map[inventory.Mark]*inventory.Issue{}
	take := func(i *inventory.Issue) {
		m := w.Mark(i)
		if m.IsZero() || made[m] != nil && !w.TakenBack.Holds(made[m]) {
			return
		}
		if made[m] != nil && (w.TakenBack.Holds(i) || made[m].Ref.Key() == i.Ref.Key()) {
			return
		}
		made[m] = i
	}
	for k := range repo.Issues {
		take(&repo.Issues[k])
	}
	for k := range repo.Details.Made {
		take(&repo.Details.Made[k])
	}
	r := reading{audit: audit}
	list := p.read(*audit)
	marks := p.marks(repo, audit, list)
	for k, f := range list {
		one := found{Finding: f, mark: marks[k], issue: made[marks[k]], audit: audit}
		one.back = one.issue != nil && w.TakenBack.Holds(one.issue)
		for _, l := range f.Locations {
			if slices.Contains(repo.Details.Absent, l.Path) {
				one.stale = append(one.stale, l.Path)
			}
		}
		r.found = append(r.found, one)
	}
	return r
}

// marks are those of an audit's findings, one each.
func (Process) marks(repo *inventory.Repo, audit *inventory.Issue, list []finding.Finding) []inventory.Mark {
	out := make([]inventory.Mark, len(list))
	times := map[inventory.Mark]int{}
	for k, f := range list {
		parts := []string{repo.Ref.Key(), fmt.Sprint(audit.Ref.Number), key(f.Title)}
		if len(f.Locations) > 0 {
			parts = append(parts, f.Locations[0].Path)
		}
		m := inventory.NewMark(inventory.MarkFinding, parts...)
		if times[m]++; times[m] > 1 { // two of one title at one place
			m = inventory.NewMark(inventory.MarkFinding, append(parts, fmt.Sprint(times[m]))...)
		}
		out[k] = m
	}
	return out
}

// key is a title as it is compared: its letters and digits.
func key(title string) string {
	return strings.Join(words(title), " ")
}

// unread says why an audit must not be closed unseen: a Critical or High stands
// in it that came into no finding, or clearly more severities than findings were
// read, so some may have been missed. Its issues are made all the same; who has
// looked closes it.
func unread(r reading) string {
	list := make([]finding.Finding, len(r.found))
	for k, f := range r.found {
		list[k] = f.Finding
	}
	if missed := finding.Unread(r.audit.Title, r.audit.Body, list); len(missed) > 0 {
		return fmt.Sprintf("%s in it came into no finding: look at it (core dev audit findings) before it is closed", stand(missed))
	}
	marked, read := finding.Marked(r.audit.Body), len(list)
	if marked < read+2 || marked < 2*read {
		return ""
	}
	return fmt.Sprintf("%d severities stand in it, %s read: look at it (core dev audit findings) before it is closed", marked, were(read))
}

// stand counts severities as one would say it: "1 Critical and 2 High".
func stand(list []finding.Severity) string {
	var parts []string
	for _, s := range finding.Severities {
		n := 0
		for _, m := range list {
			if m == s {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ToUpper(string(s[:1]))+string(s[1:])))
		}
	}
	return strings.Join(parts, " and ")
}

func were(n int) string {
	if n == 1 {
		return "1 finding was"
	}
	return fmt.Sprintf("%d findings were", n)
}

// end plans what is said on an audit and its end.
func end(plan *flows.Plan, w flows.World, r reading) {
	for _, f := range r.found {
		if flows.NotPlanned(f.issue) {
			plan.Skip(f.issue.Ref.String(), f.issue.Ref.From(r.audit.Ref.Repo)+" was closed as not planned: its finding is taken as settled; open it again where it is not")
		}
	}
	if why := unread(r); why != "" {
		plan.Skip(r.audit.Ref.String(), why)
		return
	}
	text, reason, why := closing(r)
	if !w.Said.Has(r.audit.Ref, text) {
		plan.Add(flows.Step{Reason: "whoever wrote the audit shall see what came of it", Effect: flows.Comment{Issue: r.audit.Ref, Body: text, Once: true}})
	}
	plan.Add(flows.Step{Reason: why, Effect: flows.CloseIssue{Issue: r.audit.Ref, Reason: reason, Edited: r.audit.EditedAt}})
}

// language are the labels of every issue of the repository.
func language(w flows.World, repo *inventory.Repo) []string {
	lang := repo.Language
	if row, ok := w.Fleet.Row(repo.Ref); ok {
		lang = cmp.Or(row.Language, lang)
	}
	labels := []string{"audit"}
	if lang != "" {
		labels = append(labels, "lang:"+strings.ToLower(strings.ReplaceAll(lang, " ", "-")))
	}
	return labels
}
