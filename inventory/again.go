package inventory

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/inventory/checklist"
)

// Question asks for a fresh look at a child, just before it is dispatched.
type Question struct {
	Child Ref
	// Acceptor is who accepted it, empty where its author is trusted: whether
	// they still may write is asked, too.
	Acceptor string
	// Apart tells that what blocks it takes a request of its own.
	Apart bool
	Epic  Ref // on whose checklist it is; zero: a direct dispatch
}

// Fresh is what that look found.
type Fresh struct {
	Issue   Issue // with all its label events, and what blocks it
	Comment int64 // highest id among its comments; 0: it has none
	// Epic has its Ref, and whether it is Missing or Closed, and EditedAt, by its
	// body alone.
	Epic Issue
}

// Listing tells what an epic's checklist says of order: which children it names,
// in which phases. digest is the same for the same listing, whatever is ticked
// and whatever stands around it; ticked tells whether the line of a child is, and
// listed whether there is one.
func Listing(epic Issue, child Ref) (digest string, listed, ticked bool) {
	list := checklist.Parse([]byte(epic.Body))
	var b strings.Builder
	for _, p := range list.Phases {
		fmt.Fprintln(&b, p.HasOrdinal, p.Ordinal)
	}
	for _, k := range list.Children {
		ref, _ := ChildRef(k, epic.Ref.Repo, k.Host)
		fmt.Fprintln(&b, k.PhaseIndex, k.Host, ref.Key())
		if ref.Key() == child.Key() {
			listed, ticked = true, ticked || k.Checked
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8]), listed, ticked
}

// Again judges a child on a fresh look, just before it is dispatched: whatever
// of its verdict may have changed since the snapshot and lies in the issue
// itself. Its state and labels are compared by whoever dispatches. word tells
// that a person gave theirs for it in spite of the feature gate.
func (r Rules) Again(i Issue, word bool) (ok bool, why string) {
	switch {
	case i.IsPull:
		return false, "it is a pull request"
	case IsAuditTitle(i.Title):
		return false, "it is an audit issue by its title"
	}
	if ok, why := r.Trust.Issue(i); !ok {
		return false, why
	}
	for _, d := range i.BlockedBy {
		if !d.Closed {
			return false, "it is blocked by " + d.Ref.From(i.Ref.Repo) + ", which is open"
		}
	}
	if IsFeature(i.Title) && !word {
		return false, "by its title it is a feature, which needs the owner's word"
	}
	return true, ""
}

// Acceptor is who put the accepted label on an issue that nothing else makes
// trusted; empty: its author is trusted, or nobody did.
func (t Trust) Acceptor(i Issue) string {
	if t.Author(i.Author, i.AuthorKind, i.Association) {
		return ""
	}
	e, _ := t.accepted(i)
	return e.Actor
}
