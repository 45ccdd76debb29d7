package github

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// page asks for the next page of a repository's connection. Children are looked
// up in issues and pull requests, so those pages are waited for.
func page[T any](s *survey, r *repoReading, key, connection, fragment, cursor string, nodes int, take func(*repoReading, *T)) {
	r.pages++
	s.next = append(s.next, &ask{repo: r.repo.Ref, key: key, text: cursor, nodes: nodes,
		selection: connection + " { ..." + fragment + " }",
		fill: func(raw json.RawMessage) error {
			r.pages--
			var j T
			if err := json.Unmarshal(raw, &j); err != nil {
				r.trouble(&Error{Message: "a page of " + key + " cannot be read", Hint: "refresh again"}, "partial")
				return nil
			}
			take(r, &j)
			return nil
		},
		fail: func(e *Error) {
			r.pages--
			e.Message = "a page of " + key + " is missing: " + e.Message
			r.trouble(e, "partial")
		}})
}

func (s *survey) issuePage(r *repoReading, p *issuePageJSON) {
	for k := range p.Nodes {
		j := &p.Nodes[k]
		if j.Number == 0 {
			r.trouble(&Error{Message: "GitHub left an issue out of its answer", Hint: "refresh again"}, "partial")
			continue
		}
		i := &issueReading{Issue: j.issue(r.repo.Ref), ours: r.repo.Ref}
		switch {
		case s.o.Trust.Keeps(i.Issue, j.Body):
			i.Body = j.Body
		case i.HasLabel(s.accepted()):
			i.pending = j.Body
		}
		s.labelsOf(i, j.Labels)
		r.issues[i.Ref.Number] = i
	}
	if p.Page.Next {
		page(s, r, "issues", "issues(first: 100, after: $text, states: OPEN, orderBy: {field: CREATED_AT, direction: ASC})", "IssuePage", p.Page.End, 2_100, s.issuePage)
	}
}

// labelsOf asks for the labels of an issue beyond the first page, all of them anew.
func (s *survey) labelsOf(i *issueReading, l *namesJSON) {
	if l == nil || !l.Page.Next {
		return
	}
	s.next = append(s.next, &ask{repo: i.ours, key: fmt.Sprintf("t%d", i.Ref.Number), nodes: 100,
		selection: fmt.Sprintf("issue(number: %d) { labels(first: 100) { ...Labels } }", i.Ref.Number),
		fill: func(raw json.RawMessage) error {
			var j struct {
				Labels *namesJSON `json:"labels"`
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			i.Labels = j.Labels.names()
			return nil
		},
		fail: func(e *Error) {
			if r := s.byKey[i.ours.Key()]; r != nil {
				e.Message = "labels of " + i.Ref.String() + ": " + e.Message
				r.trouble(e, "partial")
			}
		}})
}

func (s *survey) touchedPage(r *repoReading, p *issuePageJSON) {
	for _, j := range p.Nodes {
		r.touched = append(r.touched, j.Number)
	}
	if p.Page.Next {
		page(s, r, "touched", "issues(states: CLOSED, first: 100, after: $text, filterBy: {since: \""+stamp(s.o.Since)+"\"}, orderBy: {field: UPDATED_AT, direction: DESC})", "TouchedPage", p.Page.End, 100, s.touchedPage)
	}
}

func (s *survey) branchPage(r *repoReading, p *branchPageJSON) {
	r.repo.Branches = append(r.repo.Branches, p.branches()...)
	if p.Page.Next {
		page(s, r, "branches", "refs(refPrefix: \"refs/heads/epic/\", first: 100, after: $text)", "BranchPage", p.Page.End, 100, s.branchPage)
	}
}

func (s *survey) pullPage(r *repoReading, p *pullPageJSON) {
	for k := range p.Nodes {
		if p.Nodes[k].Number == 0 {
			r.trouble(&Error{Message: "GitHub left a pull request out of its answer", Hint: "refresh again"}, "partial")
			continue
		}
		pull := p.Nodes[k].pull(r.repo.Ref)
		r.pulls[pull.Ref.Number] = &pull
		s.pullRest(r, &pull, &p.Nodes[k])
	}
	if p.Page.Next {
		page(s, r, "pulls", "pullRequests(first: 50, after: $text, states: OPEN, orderBy: {field: CREATED_AT, direction: ASC})", "PullPage", p.Page.End, 3_200, s.pullPage)
	}
}

// pullRest asks for what did not fit of a pull request: threads by their next
// page, labels anew.
func (s *survey) pullRest(r *repoReading, pull *inventory.Pull, j *pullJSON) {
	var fields []string
	if j.Labels != nil && j.Labels.Page.Next {
		fields = append(fields, "labels(first: 100) { ...Labels }")
	}
	cursor := ""
	if j.Threads.Page.Next {
		cursor = j.Threads.Page.End
		fields = append(fields, "reviewThreads(first: 100, after: $text) { ...ThreadPage }")
	}
	if len(fields) == 0 {
		return
	}
	s.next = append(s.next, &ask{repo: r.repo.Ref, key: fmt.Sprintf("p%d", pull.Ref.Number), text: cursor, nodes: 200,
		selection: fmt.Sprintf("pullRequest(number: %d) { %s }", pull.Ref.Number, strings.Join(fields, " ")),
		fill: func(raw json.RawMessage) error {
			var more struct {
				Labels  *namesJSON     `json:"labels"`
				Threads threadPageJSON `json:"reviewThreads"`
			}
			if err := json.Unmarshal(raw, &more); err != nil {
				return err
			}
			if more.Labels != nil {
				pull.Labels = more.Labels.names()
			}
			pull.Threads = append(pull.Threads, more.Threads.threads()...)
			s.pullRest(r, pull, &pullJSON{Threads: threadPageJSON{Page: more.Threads.Page}})
			return nil
		},
		fail: func(e *Error) {
			e.Message = "threads of " + pull.Ref.String() + ": " + e.Message
			r.trouble(e, "partial")
		}})
}
