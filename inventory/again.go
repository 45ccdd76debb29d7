package inventory

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
