package searchindex

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// matcher decides over one issue as the index holds it.
type matcher struct {
	tx     *world.Tx
	actor  world.Actor
	repo   *world.Repo
	issue  *world.Issue
	cutoff time.Time // the index knows nothing later
	title  []string  // tokens, made when first needed
	rest   []string
}

// matches tells whether all of q holds, and how well the free words fit.
func (m *matcher) matches(q Query) (score int, ok bool) {
	for _, t := range q.Terms {
		if slices.ContainsFunc(t.Values, func(v string) bool { return m.term(t.Name, v) }) == t.Not {
			return 0, false
		}
	}
	for _, g := range q.Groups {
		held := slices.ContainsFunc(g.Any, func(a Query) bool {
			if len(a.In) == 0 {
				a.In = q.In
			}
			_, ok := m.matches(a)
			return ok
		})
		if held == g.Not {
			return 0, false
		}
	}
	for _, w := range q.Words {
		inTitle, in := m.words(w.Tokens, q.In)
		if in == w.Not {
			return 0, false
		}
		if inTitle {
			score++
		}
	}
	return score, true
}

func (m *matcher) term(name, value string) bool {
	i := m.issue
	switch name {
	case "repo", "org", "user": // decided by the scope; a negated one names nothing in it
		return m.inScope(name, value)
	case "state", "is", "type":
		return m.is(strings.ToLower(value))
	case "label":
		return slices.ContainsFunc(m.tx.LabelsOf(i), func(l *world.Label) bool { return strings.EqualFold(l.Name, value) })
	case "author":
		return m.account(i.AuthorID, value)
	case "assignee":
		return value == "*" && len(i.AssigneeIDs) > 0 || slices.ContainsFunc(i.AssigneeIDs, func(id int64) bool { return m.account(id, value) })
	case "involves":
		return m.term("author", value) || m.term("assignee", value) || m.term("commenter", value) || m.term("mentions", value)
	case "commenter":
		return slices.ContainsFunc(m.comments(), func(c *world.Comment) bool { return m.account(c.AuthorID, value) })
	case "mentions":
		return m.mentions(value)
	case "review-requested":
		return i.Pull != nil && slices.ContainsFunc(i.Pull.RequestedReviewers, func(id int64) bool { return m.account(id, value) })
	case "reviewed-by":
		return slices.ContainsFunc(m.tx.Reviews(i.ID), func(r *world.Review) bool { return m.account(r.AuthorID, value) })
	case "review":
		return i.Pull != nil && strings.EqualFold(m.tx.ReviewDecision(i), strings.ReplaceAll(value, "required", "review_required"))
	case "no":
		return m.lacks(strings.ToLower(value))
	case "created":
		return within(i.CreatedAt, value)
	case "updated":
		return within(i.UpdatedAt, value)
	case "closed":
		return within(i.ClosedAt, value)
	case "merged":
		return i.Pull != nil && within(i.Pull.MergedAt, value)
	case "head":
		return i.Pull != nil && i.Pull.HeadRef == value
	case "base":
		return i.Pull != nil && i.Pull.BaseRef == value
	case "draft":
		return i.Pull != nil && i.Pull.Draft == (value == "true")
	case "archived":
		return m.repo.Archived == (value == "true")
	case "comments":
		return counted(len(m.comments()), value)
	case "reason":
		return i.Closed && strings.EqualFold(strings.ReplaceAll(i.Reason, "_", " "), strings.ReplaceAll(value, "_", " "))
	}
	return false // milestone: nothing has one
}

func (m *matcher) inScope(name, value string) bool {
	owner := m.tx.User(m.repo.OwnerID)
	if name == "repo" {
		login, _, _ := strings.Cut(value, "/")
		repo, _ := m.tx.Repo(login, strings.TrimPrefix(value, login+"/"))
		return repo != nil && repo.ID == m.repo.ID
	}
	return owner != nil && m.account(owner.ID, value)
}

func (m *matcher) is(value string) bool {
	i := m.issue
	switch value {
	case "open":
		return !i.Closed
	case "closed":
		return i.Closed
	case "issue":
		return i.Pull == nil
	case "pr", "pull-request":
		return i.Pull != nil
	case "merged":
		return i.Pull != nil && i.Pull.Merged
	case "unmerged":
		return i.Pull != nil && !i.Pull.Merged
	case "draft":
		return i.Pull != nil && i.Pull.Draft
	case "locked":
		return i.Locked
	case "unlocked":
		return !i.Locked
	case "public":
		return !m.repo.Private
	case "private":
		return m.repo.Private
	}
	return false
}

func (m *matcher) lacks(what string) bool {
	switch what {
	case "label":
		return len(m.issue.LabelIDs) == 0
	case "assignee":
		return len(m.issue.AssigneeIDs) == 0
	case "milestone", "project":
		return true
	}
	return false
}

// account tells whether an id is that of the named account: a login, @me, or app/NAME for a bot.
func (m *matcher) account(id int64, name string) bool {
	u := m.tx.User(id)
	if u == nil {
		return false
	}
	if name == "@me" {
		return m.actor.User != nil && m.actor.User.ID == id
	}
	name = strings.TrimPrefix(strings.TrimPrefix(name, "@"), "app/")
	return strings.EqualFold(u.Login, strings.TrimSuffix(name, "[bot]"))
}

// comments are those the index has seen.
func (m *matcher) comments() []*world.Comment {
	return slices.DeleteFunc(m.tx.Comments(m.issue.ID), func(c *world.Comment) bool { return c.CreatedAt.After(m.cutoff) })
}

func (m *matcher) mentions(name string) bool {
	if name == "@me" {
		if m.actor.User == nil {
			return false
		}
		name = m.actor.User.Login
	}
	at := "@" + strings.ToLower(strings.TrimPrefix(name, "@"))
	in := func(text string) bool { return strings.Contains(strings.ToLower(text), at) }
	return in(m.issue.Body) || slices.ContainsFunc(m.comments(), func(c *world.Comment) bool { return in(c.Body) })
}

func (m *matcher) words(tokens, in []string) (inTitle, found bool) {
	looks := func(where string) bool { return len(in) == 0 || slices.Contains(in, where) }
	if m.title == nil {
		m.title = Tokens(m.issue.Title)
	}
	if looks("title") && phrase(m.title, tokens) {
		return true, true
	}
	if looks("body") && phrase(m.body(), tokens) {
		return false, true
	}
	if looks("comments") {
		for _, c := range m.comments() {
			if phrase(Tokens(c.Body), tokens) {
				return false, true
			}
		}
	}
	return false, false
}

func (m *matcher) body() []string {
	if m.rest == nil {
		m.rest = Tokens(m.issue.Body)
	}
	return m.rest
}

// phrase tells whether the tokens follow each other in the text. A number also finds longer ones
// that begin with it: at GitHub a search for #12 finds #123.
func phrase(text, tokens []string) bool {
	for i := 0; i+len(tokens) <= len(text); i++ {
		same := true
		for j, t := range tokens {
			if text[i+j] != t && !(number(t) && strings.HasPrefix(text[i+j], t)) {
				same = false
				break
			}
		}
		if same {
			return true
		}
	}
	return false
}

func number(s string) bool { _, err := strconv.Atoi(s); return err == nil }

// counted holds a number against 5, >5, >=5, <5, <=5 or 1..5.
func counted(n int, text string) bool {
	if from, to, ok := strings.Cut(text, ".."); ok {
		return (from == "*" || counted(n, ">="+from)) && (to == "*" || counted(n, "<="+to))
	}
	op := strings.TrimRight(text, "0123456789")
	k, err := strconv.Atoi(text[len(op):])
	if err != nil {
		return false
	}
	c := cmp.Compare(n, k)
	switch op {
	case "":
		return c == 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	}
	return false
}
