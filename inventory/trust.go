package inventory

import (
	"cmp"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Trust says whose text takes part (spec/1-domain "Whom to trust"): authors
// with an association to the repository, configured agents, and strangers'
// issues that a person with write access accepted after the last edit.
type Trust struct {
	Agents   []string // logins, with or without "[bot]"
	Accepted string   // the label; empty: "accepted"
}

// AcceptedLabel is the default of the label by which a person with write
// access lets a stranger's issue take part.
const AcceptedLabel = "accepted"

// Author tells whether an author is trusted by who they are. kind is GitHub's
// type of the account. A configured agent written with "[bot]" is an app's bot
// and nobody else: a person may bear the same login without the brackets.
func (t Trust) Author(login, kind, association string) bool {
	switch association {
	case "OWNER", "MEMBER", "COLLABORATOR":
		return true
	}
	if login == "" {
		return false
	}
	for _, a := range t.Agents {
		name, bot := strings.CutSuffix(a, "[bot]")
		if strings.EqualFold(name, strings.TrimSuffix(login, "[bot]")) && bot == (kind == "Bot") {
			return true
		}
	}
	return false
}

// Issue tells whether an issue takes part, and if not why.
func (t Trust) Issue(i Issue) (bool, string) {
	if t.Author(i.Author, i.AuthorKind, i.Association) {
		return true, ""
	}
	label := cmp.Or(t.Accepted, AcceptedLabel)
	who := i.Author
	if who == "" {
		who = "an account that is gone"
	}
	why := "by " + who + " (" + strings.ToLower(i.Association) + "), not accepted: a person with write access may label it " + label
	if !i.HasLabel(label) {
		return false, why
	}
	e, ok := t.accepted(i)
	switch {
	case !ok:
		return false, why
	case !e.ActorMayWrite:
		return false, "labelled " + label + " by " + e.Actor + ", who has no write access"
	case !e.At.After(i.EditedAt):
		return false, "edited after it was labelled " + label + ": look again and renew the label"
	}
	return true, ""
}

// Mark is the mark of an issue that was made with this program: by a trusted
// author, or by the token's own account, whose association GitHub may hide. A mark
// that a stranger wrote is none.
func (t Trust) Mark(i Issue) Mark {
	if !i.Own {
		if ok, _ := t.Issue(i); !ok {
			return Mark{}
		}
	}
	return ReadMark(i.Body)
}

// Keeps tells whether an issue's text is kept by who wrote it: a trusted author, or
// the token's own account where the text ends with a mark. That it is kept does
// not mean that it takes part.
func (t Trust) Keeps(i Issue, body string) bool {
	return t.Author(i.Author, i.AuthorKind, i.Association) || i.Own && !ReadMark(body).IsZero()
}

// accepted is the newest event by which the accepted label was put on.
func (t Trust) accepted(i Issue) (LabelEvent, bool) {
	label := cmp.Or(t.Accepted, AcceptedLabel)
	for k := len(i.LabelEvents) - 1; k >= 0; k-- {
		if e := i.LabelEvents[k]; e.Added && strings.EqualFold(e.Label, label) {
			return e, true
		}
	}
	return LabelEvent{}, false
}

var featTitle = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\s*feat\s*(\(|!|:)`)
})

// IsFeature tells whether a title falls under the feature gate: such work
// needs the owner's word (spec/1-domain). Characters nobody sees are taken out
// first, so that they cannot hide one.
func IsFeature(title string) bool {
	seen := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Cc, unicode.Mn, unicode.Me) || r == 0x115f || r == 0x1160 || r == 0x3164 {
			return -1
		}
		return r
	}, norm.NFKD.String(title))
	return featTitle().MatchString(norm.NFKC.String(seen))
}

// IsAuditTitle tells whether a title is that of an audit issue, by the
// mission's own pattern, `\[Audit\]|audit:` (case matters there too).
func IsAuditTitle(title string) bool {
	return strings.Contains(title, "[Audit]") || strings.Contains(title, "audit:")
}

func hasFold(list []string, want string) bool {
	for _, s := range list {
		if strings.EqualFold(s, want) {
			return true
		}
	}
	return false
}
