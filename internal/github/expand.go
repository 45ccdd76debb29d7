package github

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/checklist"
)

// The parts of the documents that depend on the issue at hand.
const (
	eventTypes    = "itemTypes: [LABELED_EVENT, UNLABELED_EVENT, RENAMED_TITLE_EVENT]"
	eventsField   = "labelEvents: timelineItems(last: 50, " + eventTypes + ") { ...LabelEvents }"
	mentionsField = "mentions: timelineItems(last: 30, itemTypes: [CROSS_REFERENCED_EVENT]) { ...Mentions }"
	blockersField = "blockedBy(first: 50) { ...BlockedBy }"
)

// expand looks at all that was read and asks for what is missing: children that
// epics name, label events where they decide, and who accepted a stranger's issue.
func (s *survey) expand() {
	for _, r := range s.repos {
		if !r.read || r.pages > 0 {
			continue
		}
		for _, n := range r.touched {
			s.want(r, n, false)
		}
		r.touched = nil
		for _, i := range sorted(r.issues) {
			s.parse(i)
		}
	}
	for _, r := range s.repos {
		for _, i := range sorted(r.issues) {
			i.children = slices.DeleteFunc(i.children, s.resolve)
		}
	}
	for _, r := range s.repos {
		if !r.read || r.pages > 0 {
			continue
		}
		for _, i := range sorted(r.issues) {
			s.detail(r, i)
			s.acceptor(i)
		}
	}
	for _, i := range s.elsewhere {
		s.acceptor(i)
	}
}

func sorted(m map[int]*issueReading) []*issueReading {
	out := make([]*issueReading, 0, len(m))
	for _, i := range m {
		out = append(out, i)
	}
	slices.SortFunc(out, func(a, b *issueReading) int { return a.Ref.Number - b.Ref.Number })
	return out
}

// parse finds the children an open issue names, once. A stranger's issue that
// bears the accepted label is read ahead, for states only; its text is dropped
// unless the label turns out to count.
func (s *survey) parse(i *issueReading) {
	if i.parsed || i.Closed {
		return
	}
	i.parsed = true
	for _, c := range checklist.Parse([]byte(i.Body + i.pending)).Children {
		if ref, ours := inventory.ChildRef(c, i.ours, s.c.Host()); ours {
			i.children = append(i.children, ref)
		}
	}
}

// resolve takes up a child; false while its repository is still being paged.
func (s *survey) resolve(ref inventory.Ref) bool {
	r := s.byKey[ref.Repo.Key()]
	if r == nil {
		s.wantElsewhere(ref)
		return true
	}
	if !r.read {
		return true // its repository's problem is shown; older data may answer
	}
	if r.pages > 0 {
		return false
	}
	s.want(r, ref.Number, true)
	return true
}

// want makes sure that an issue of the fleet is read.
func (s *survey) want(r *repoReading, number int, child bool) {
	i := r.issues[number]
	if i == nil {
		if p := r.pulls[number]; p != nil {
			r.issues[number] = &issueReading{named: true, parsed: true, events: true, Issue: inventory.Issue{Ref: p.Ref, ID: p.ID, Title: p.Title,
				Author: p.Author, AuthorKind: p.AuthorKind, Association: p.Association, Labels: p.Labels,
				CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt, IsPull: true}}
			return
		}
		i = &issueReading{ours: r.repo.Ref, named: true, parsed: true, events: !child,
			Issue: inventory.Issue{Ref: inventory.Ref{Repo: r.repo.Ref, Number: number}}}
		r.issues[number] = i
		s.name(i, !child, func() { delete(r.issues, number) }, func(e *Error) { r.trouble(e, "partial") })
	}
	i.child = i.child || child
}

func (s *survey) wantElsewhere(ref inventory.Ref) {
	if s.elsewhere[ref.Key()] != nil {
		return
	}
	i := &issueReading{ours: ref.Repo, named: true, parsed: true, events: true, child: true, Issue: inventory.Issue{Ref: ref}}
	s.elsewhere[ref.Key()] = i
	s.name(i, true, func() { delete(s.elsewhere, ref.Key()) }, nil)
}

// name asks for an issue by its number. One that is not to be found is kept as
// missing; one that could not be read is forgotten, so that nobody takes it for gone.
func (s *survey) name(i *issueReading, events bool, forget func(), tell func(*Error)) {
	extra, nodes := "", 20
	if events {
		extra, nodes = " ... on Issue { "+eventsField+s.blockers()+" }", 170
	}
	number := i.Ref.Number
	s.next = append(s.next, &ask{repo: i.ours, key: fmt.Sprintf("i%d", number), nodes: nodes,
		selection: fmt.Sprintf("issueOrPullRequest(number: %d) { ...Named%s }", number, extra),
		fill: func(raw json.RawMessage) error {
			var j struct {
				issueJSON
				detailJSON
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			ref := i.Ref
			i.Issue = j.issue(ref.Repo)
			i.Ref = ref
			s.labelsOf(i, j.Labels)
			return s.take(i, &j.detailJSON)
		},
		fail: func(e *Error) {
			if e.Kind == KindNotFound {
				i.Missing = true
				return
			}
			forget()
			if tell != nil {
				e.Message = "issue " + i.Ref.String() + ": " + e.Message
				tell(e)
			}
		}})
}

func (s *survey) blockers() string {
	if !s.deps {
		return ""
	}
	return " " + blockersField
}

type detailJSON struct {
	LabelEvents *eventPageJSON `json:"labelEvents"`
	Mentions    *eventPageJSON `json:"mentions"`
	BlockedBy   *issuePageJSON `json:"blockedBy"`
}

// detail asks for what decides about a known issue: label events of children,
// of whatever moved since the day began or bears an agent's label, and of strangers'
// issues that bear the accepted label; mentions and dependencies of open children.
func (s *survey) detail(r *repoReading, i *issueReading) {
	if i.IsPull || i.ID == "" {
		return
	}
	var fields []string
	nodes := 0
	add := func(asked *bool, field string, n int) {
		if !*asked {
			*asked = true
			fields, nodes = append(fields, field), nodes+n
		}
	}
	open := i.child && !i.Closed
	if open || s.stranger(i) || s.handedOut(i) || !i.UpdatedAt.Before(s.o.Since) {
		add(&i.events, eventsField, 50)
	}
	if open && (r.repo.OpenPulls > 0 || s.deps) {
		links := mentionsField
		if r.repo.OpenPulls == 0 {
			links = ""
		}
		add(&i.links, strings.TrimSpace(links+s.blockers()), 80)
	}
	if len(fields) > 0 {
		s.more(i, fmt.Sprintf("e%d", i.Ref.Number), strings.Join(fields, " "), "", nodes)
	}
}

// handedOut tells whether an open issue bears an agent's label.
func (s *survey) handedOut(i *issueReading) bool {
	return !i.Closed && slices.ContainsFunc(i.Labels, func(l string) bool { _, ok := s.o.Labels[strings.ToLower(l)]; return ok })
}

// stranger tells whether an issue takes part only if its accepted label counts.
func (s *survey) stranger(i *issueReading) bool {
	return !s.o.Trust.Author(i.Author, i.AuthorKind, i.Association) && i.HasLabel(s.accepted())
}

// more asks for further fields of a known issue.
func (s *survey) more(i *issueReading, key, fields, cursor string, nodes int) {
	s.next = append(s.next, &ask{repo: i.ours, key: key, text: cursor, nodes: nodes,
		selection: fmt.Sprintf("issue(number: %d) { %s }", i.Ref.Number, fields),
		fill: func(raw json.RawMessage) error {
			var j detailJSON
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			return s.take(i, &j)
		},
		fail: func(e *Error) {
			if r := s.byKey[i.ours.Key()]; r != nil {
				e.Message = "details of " + i.Ref.String() + ": " + e.Message
				r.trouble(e, "partial")
			}
		}})
}

// take files the answer to detail or more, and asks for its further pages.
func (s *survey) take(i *issueReading, j *detailJSON) error {
	n := i.Ref.Number
	if p := j.LabelEvents; p != nil {
		events, renamed := p.labelEvents()
		i.LabelEvents = append(events, i.LabelEvents...) // pages come newest first
		if renamed.After(i.EditedAt) {
			i.EditedAt = renamed
		}
		if p.Page.Before {
			s.more(i, fmt.Sprintf("l%d", n), "labelEvents: timelineItems(last: 100, before: $text, "+eventTypes+") { ...LabelEvents }", p.Page.Start, 100)
		}
	}
	if p := j.Mentions; p != nil {
		for _, e := range p.Nodes {
			if r := s.byKey[e.Source.Repository.ref().Key()]; r != nil && e.Source.Number > 0 && r.pulls[e.Source.Number] != nil {
				pull := r.pulls[e.Source.Number]
				pull.Mentions = append(pull.Mentions, i.Ref)
			}
		}
		if p.Page.Before {
			s.more(i, fmt.Sprintf("m%d", n), "mentions: timelineItems(last: 100, before: $text, itemTypes: [CROSS_REFERENCED_EVENT]) { ...Mentions }", p.Page.Start, 100)
		}
	}
	if p := j.BlockedBy; p != nil {
		for _, b := range p.Nodes {
			i.BlockedBy = append(i.BlockedBy, inventory.Dependency{Ref: inventory.Ref{Repo: s.home(b.Repository.ref()), Number: b.Number}, Closed: b.State != "OPEN"})
		}
		if p.Page.Next {
			s.more(i, fmt.Sprintf("b%d", n), "blockedBy(first: 100, after: $text) { ...BlockedBy }", p.Page.End, 100)
		}
	}
	return nil
}

// home is the name the fleet knows a repository by: a renamed one is still
// listed under the name it was asked for.
func (s *survey) home(ref inventory.RepoRef) inventory.RepoRef {
	if r := s.byKey[ref.Key()]; r != nil {
		return r.repo.Ref
	}
	return ref
}

// acceptor asks whether who accepted a stranger's issue may write: for the last
// event that put the label on.
func (s *survey) acceptor(i *issueReading) {
	if i.judged || len(i.LabelEvents) == 0 || !s.stranger(i) {
		return
	}
	label := s.accepted()
	at := -1
	for k, e := range i.LabelEvents {
		if e.Added && strings.EqualFold(e.Label, label) {
			at = k
		}
	}
	if at < 0 || i.LabelEvents[at].Actor == "" {
		return
	}
	i.judged = true
	who := i.LabelEvents[at].Actor
	s.next = append(s.next, &ask{repo: i.ours, key: fmt.Sprintf("a%d", i.Ref.Number), text: who, nodes: 1,
		selection: "collaborators(login: $text, first: 1) { ...Access }",
		fill: func(raw json.RawMessage) error {
			may, err := mayWrite(raw, who)
			markActor(&i.Issue, who, may)
			return err
		},
		fail: func(*Error) {}, // not known to have write access: the issue stays a stranger's
	})
}

func (s *survey) accepted() string {
	if s.o.Trust.Accepted != "" {
		return s.o.Trust.Accepted
	}
	return inventory.AcceptedLabel
}

func mayWrite(raw json.RawMessage, login string) (bool, error) {
	var j struct {
		Edges []struct {
			Permission string `json:"permission"`
			Node       struct {
				Login string `json:"login"`
			} `json:"node"`
		} `json:"edges"`
	}
	if err := json.Unmarshal(raw, &j); err != nil {
		return false, err
	}
	for _, e := range j.Edges {
		if strings.EqualFold(e.Node.Login, login) {
			return slices.Contains([]string{"ADMIN", "MAINTAIN", "WRITE"}, e.Permission), nil
		}
	}
	return false, nil
}
