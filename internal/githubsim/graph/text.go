package graph

import (
	"html"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// written is what issues, pull requests, comments and reviews have in common: a text by somebody.
type written struct {
	of               any // the entity itself
	id               int64
	issue            *world.Issue
	author           int64
	body, assoc      string
	created, updated time.Time
	edited           time.Time // zero: never
	editor           int64
	path             string // of its page, with fragment, without origin
	stored           bool   // reactions and edits are kept under its id
}

// text answers the fields of Comment, Reactable and Updatable; not ok: it is none of them.
func (x *execution) text(w written, f *selected) (v any, ok bool, err error) {
	repo := x.tx.RepoByID(w.issue.RepoID)
	viewer := x.actor.User
	mine := viewer != nil && viewer.ID == w.author
	switch f.def.Name {
	case "id":
		return world.NodeID(w.of), true, nil
	case "databaseId", "fullDatabaseId":
		return w.id, true, nil
	case "author":
		return x.user(w.author), true, nil
	case "authorAssociation":
		return w.assoc, true, nil
	case "body":
		return w.body, true, nil
	case "bodyHTML":
		return paragraphs(w.body), true, nil
	case "bodyText":
		return strings.TrimSpace(w.body), true, nil
	case "createdAt", "publishedAt":
		return w.created, true, nil
	case "updatedAt":
		return w.updated, true, nil
	case "lastEditedAt":
		return w.edited, true, nil
	case "editor":
		return x.user(w.editor), true, nil
	case "includesCreatedEdit":
		return !w.edited.IsZero(), true, nil
	case "createdViaEmail", "isMinimized", "viewerCanMinimize":
		return false, true, nil
	case "minimizedReason":
		return nil, true, nil
	case "repository":
		return repo, true, nil
	case "url":
		return x.web + w.path, true, nil
	case "resourcePath":
		return w.path, true, nil
	case "userContentEdits":
		v, err = x.connection(f, list{items: x.edits(w)})
		return v, true, err
	case "reactionGroups":
		return x.reactionGroups(w), true, nil
	case "reactions":
		v, err = x.connection(f, x.reactions(w, f.args))
		return v, true, err
	case "viewerDidAuthor":
		return mine, true, nil
	case "viewerCanReact":
		return viewer != nil && !w.issue.Locked, true, nil
	case "viewerCanUpdate", "viewerCanDelete":
		_, isIssue := w.of.(*world.Issue)
		if f.def.Name == "viewerCanDelete" && isIssue {
			return x.may(repo, world.Admin), true, nil
		}
		return mine || x.may(repo, world.Triage), true, nil
	case "viewerCannotUpdateReasons":
		switch {
		case repo.Archived:
			return []any{"ARCHIVED"}, true, nil
		case viewer == nil:
			return []any{"LOGIN_REQUIRED"}, true, nil
		case !mine && !x.may(repo, world.Triage):
			return []any{"INSUFFICIENT_ACCESS"}, true, nil
		}
		return []any{}, true, nil
	}
	return nil, false, nil
}

// edits are the saved versions, newest first as at GitHub.
func (x *execution) edits(w written) []any {
	if !w.stored {
		return nil
	}
	saved := x.tx.Edits(w.id)
	out := make([]any, 0, len(saved))
	for i := len(saved) - 1; i >= 0; i-- {
		out = append(out, saved[i])
	}
	return out
}

func (x *execution) edit(e *world.Edit, f *selected) (any, error) {
	switch f.def.Name {
	case "id":
		return world.NodeID(e), nil
	case "createdAt", "editedAt", "updatedAt":
		return e.EditedAt, nil
	case "editor":
		return x.user(e.EditorID), nil
	case "diff":
		return e.Diff, nil
	case "deletedAt", "deletedBy":
		return nil, nil
	}
	return nil, unresolved("UserContentEdit", f)
}

// paragraphs is a body as HTML: escaped, blank lines part paragraphs. GitHub renders markdown here;
// no client of the simulator reads more of it than that it is HTML.
func paragraphs(body string) string {
	var b strings.Builder
	for _, p := range strings.Split(strings.ReplaceAll(body, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString(`<p dir="auto">` + strings.ReplaceAll(html.EscapeString(p), "\n", "<br>\n") + "</p>\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// closing are GitHub's keywords before a reference to an issue (docs.github.com "Linking a pull
// request to an issue").
var closing = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:https?://[^/\s]+/([\w.-]+/[\w.-]+)/issues/|([\w.-]+/[\w.-]+)?#)(\d+)\b`)
})

// closes are the issues a pull request's body promises to close. Off the default branch keywords mean nothing.
func (x *execution) closes(pull *world.Issue) []*world.Issue {
	base := x.tx.RepoByID(pull.RepoID)
	if pull.Pull.BaseRef != base.DefaultBranch {
		return nil
	}
	var out []*world.Issue
	seen := map[int64]bool{}
	for _, m := range closing().FindAllStringSubmatch(pull.Body, -1) {
		repo := base
		if name := m[1] + m[2]; name != "" {
			owner, short, _ := strings.Cut(name, "/")
			repo, _ = x.tx.Repo(owner, short)
		}
		n, err := atoi(m[3])
		if err != nil || repo == nil || !x.tx.CanSee(x.actor, repo) {
			continue
		}
		if i := x.tx.Issue(repo.ID, n); i != nil && i.Pull == nil && !seen[i.ID] {
			seen[i.ID] = true
			out = append(out, i)
		}
	}
	return out
}

// closers are the pull requests that promise to close an issue, from its timeline.
func (x *execution) closers(issue *world.Issue, closedToo bool) []any {
	var out []any
	seen := map[int64]bool{}
	for _, e := range x.tx.Events(issue.ID) {
		if e.Kind != world.CrossReferenced || seen[e.SourceID] {
			continue
		}
		pull := x.tx.IssueByID(e.SourceID)
		if pull == nil || pull.Pull == nil || !x.visible(pull) || pull.Closed && !pull.Pull.Merged && !closedToo {
			continue
		}
		for _, i := range x.closes(pull) {
			if i.ID == issue.ID {
				seen[pull.ID] = true
				out = append(out, pull)
			}
		}
	}
	return out
}
