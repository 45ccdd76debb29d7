package inventory

import (
	"slices"
	"time"
)

// GitHub's bounds: of a body as its API refuses more, the others as its
// documentation of sub-issues and dependencies has them.
const (
	MostBody      = 65_536 // characters of an issue's body
	MostSubIssues = 100    // of one issue
	MostBlocked   = 50     // issues that one issue blocks, or is blocked by
)

// Ground is what is read of a repository right before an issue is made in it,
// and to find out whether one was.
type Ground struct {
	Archived   bool
	IssuesOff  bool
	Permission string // of the viewer: ADMIN MAINTAIN WRITE TRIAGE READ
	Newest     int    // the highest number of an issue or pull request
	// Sources are the issues that were asked after, in that order; those that
	// are gone are Missing.
	Sources []Standing
	// Made are the issues numbered above the one asked from that end with a mark
	// of ours, newest first, whoever wrote them; and those by the token's account
	// that have one elsewhere.
	Made []Made
}

// Made is an issue that bears a mark; its text is not kept.
type Made struct {
	Issue
	Mark   Mark   // its last line; zero: that is none
	Inside []Mark // lines before it, read only of the token's own issues
}

// Has tells whether the issue bears a mark, wherever it stands.
func (m Made) Has(mark Mark) bool { return m.Mark == mark || slices.Contains(m.Inside, mark) }

// Provenance is what an issue was made as, and when, as the journal of the folder
// has it that made it. It holds whatever became of the issue's text since.
type Provenance struct {
	Mark Mark
	At   time.Time
}

// Standing is what is read of an issue right before and after it is closed,
// opened again or tied to another one. Of a tie Parent and BlockedBy are read,
// too.
type Standing struct {
	Issue
	Archived bool      // its repository
	Database int64     // REST's id of it
	Renamed  time.Time // when its title last changed; EditedAt is the body's alone
	Children int       // native sub-issues it has
	Turned   string    // id of the newest event that closed it or opened it again
	TurnedAt time.Time
	Mine     bool // that event is by the token's account
}

// Page is an issue's body as read right before and after it is written.
type Page struct {
	Issue           // with its body, whoever wrote it: whom to trust is the caller's to judge
	Archived bool   // its repository
	Edits    []Edit // of its body, newest first, without that which is its beginning; the newest twenty
}

// Edit is a version of a body.
type Edit struct {
	ID   string
	By   string // login; read with Text only
	At   time.Time
	Text string // the whole body then; read only where another edit fell between ours
	Gone bool   // somebody deleted that version's text
}

// MayLabel tells whether the viewer may put labels on the issues it makes:
// GitHub drops them silently where not.
func (g Ground) MayLabel() bool {
	switch g.Permission {
	case "ADMIN", "MAINTAIN", "WRITE", "TRIAGE":
		return true
	}
	return false
}
