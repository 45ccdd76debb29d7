package world

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

var (
	reference = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|[^\w&/#.-])(?:([A-Za-z0-9-]+)/([\w.-]+))?#([1-9]\d{0,8})\b|` +
			`https?://[^\s/]+/([A-Za-z0-9-]+)/([\w.-]+)/(?:issues|pull)/([1-9]\d{0,8})\b`)
	})
	closing = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+` +
			`(?:(?:([A-Za-z0-9-]+)/([\w.-]+))?#([1-9]\d{0,8})\b|https?://[^\s/]+/([A-Za-z0-9-]+)/([\w.-]+)/(?:issues|pull)/([1-9]\d{0,8})\b)`)
	})
)

// mayRefer is a quick look whether a body can refer to anything: most do not.
func mayRefer(body string) bool {
	if strings.Contains(body, "/issues/") || strings.Contains(body, "/pull/") {
		return true
	}
	for at := strings.IndexByte(body, '#'); at >= 0 && at+1 < len(body); {
		if c := body[at+1]; c >= '1' && c <= '9' {
			return true
		}
		next := strings.IndexByte(body[at+1:], '#')
		if next < 0 {
			return false
		}
		at += 1 + next
	}
	return false
}

// prose is a body's text outside code and HTML, with the targets of its links.
func prose(body string) string {
	if !mayRefer(body) {
		return ""
	}
	source := []byte(body)
	var b strings.Builder
	tree := goldmark.DefaultParser().Parse(text.NewReader(source))
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.CodeSpan, *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if entering {
				b.Write(n.Segment.Value(source))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte('\n')
				}
			}
		case *ast.AutoLink:
			if entering {
				b.WriteString(" " + string(n.URL(source)) + " ")
			}
		case *ast.Link:
			if !entering {
				b.WriteString(" " + string(n.Destination) + " ")
			}
		default:
			if n.Type() == ast.TypeBlock && !entering {
				b.WriteByte('\n')
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// mentioned finds the live issues that a text names by pattern, which captures
// owner, name, number twice: as #n and as URL. Each once, in order.
func (tx *Tx) mentioned(repo *Repo, pattern *regexp.Regexp, text string) []*Issue {
	var list []*Issue
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		owner, name, digits := m[1], m[2], m[3]
		if digits == "" {
			owner, name, digits = m[4], m[5], m[6]
		}
		in := repo
		if owner != "" {
			in, _ = tx.Repo(owner, name)
		}
		number, err := strconv.Atoi(digits)
		if in == nil || err != nil {
			continue
		}
		if i := tx.Issue(in.ID, number); i != nil && !slices.Contains(list, i) {
			list = append(list, i)
		}
	}
	return list
}

// crossReference writes a cross-referenced event on every issue that a text on
// source mentions, once a source, as far as the actor can see them.
func (tx *Tx) crossReference(source *Issue, body string) {
	plain := prose(body)
	if plain == "" {
		return
	}
	for _, target := range tx.mentioned(tx.s.repos.rows[source.RepoID], reference(), plain) {
		if target.ID == source.ID || !tx.CanSee(tx.actor, tx.s.repos.rows[target.RepoID]) {
			continue
		}
		known := slices.ContainsFunc(tx.s.eventsOf[target.ID], func(e *Event) bool {
			return e.Kind == CrossReferenced && e.SourceID == source.ID
		})
		if !known {
			tx.record(target.ID, Event{Kind: CrossReferenced, SourceID: source.ID})
		}
	}
}

// ClosingIssues are the issues a pull request closes when merged: those its
// body names with a closing keyword, if its base is the default branch.
func (tx *Tx) ClosingIssues(pull *Issue) []*Issue {
	repo := tx.s.repos.rows[pull.RepoID]
	if pull.Pull == nil || pull.Pull.BaseRef != repo.DefaultBranch {
		return nil
	}
	return slices.DeleteFunc(tx.mentioned(repo, closing(), prose(pull.Body)), func(i *Issue) bool { return i.Pull != nil })
}
