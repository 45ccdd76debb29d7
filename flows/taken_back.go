package flows

import (
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// TakenBack tells when this folder's journal says that an issue which was made
// here was closed because its plan was taken back; zero: it was not, or it was
// opened again since. Nil knows of none.
type TakenBack func(issue inventory.Ref) time.Time

// sameClosing bounds how far GitHub's clock and ours may differ: an issue that
// was closed later than that after the note was closed by a person.
const sameClosing = time.Hour

// Holds tells whether an issue is closed because we took it back, and not because
// somebody opened it again and closed it since: what it was made for is then not
// settled, and a flow opens it again instead of making a second one.
func (t TakenBack) Holds(i *inventory.Issue) bool {
	if t == nil || !i.Closed || !NotPlanned(i) {
		return false
	}
	at := t(i.Ref)
	return !at.IsZero() && !i.ClosedAt.After(at.Add(sameClosing))
}

// NotPlanned tells whether an issue is closed as not planned.
func NotPlanned(i *inventory.Issue) bool {
	return i.Closed && strings.EqualFold(i.StateReason, "not_planned")
}
