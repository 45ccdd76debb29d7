package budget

import (
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Entry is one dispatch as the log records it.
type Entry struct {
	At       time.Time // UTC, whole minutes
	Repo     string    // "name" or "owner/name", as written
	Issue    int
	Agent    string
	Epic     int    // 0 = a direct dispatch
	EpicRepo string // "owner/name" when the epic lives in another repository
	Member   string // login without "@"; "" when the line names none
}

// String is the line as it is written today, without the newline. The older
// form is never written. Seconds are dropped.
func (e Entry) String() string { return e.At.UTC().Format("2006-01-02T15:04Z") + e.Tail() }

// Tail is the line after its timestamp, with the leading space: all of it that
// is known before the dispatch has a date.
func (e Entry) Tail() string {
	var b strings.Builder
	b.WriteByte(' ')
	b.WriteString(e.Repo)
	b.WriteString(" #")
	b.WriteString(strconv.Itoa(e.Issue))
	b.WriteByte(' ')
	b.WriteString(e.Agent)
	b.WriteByte(' ')
	if e.Epic == 0 {
		b.WriteByte('-')
	} else {
		b.WriteString(e.EpicRepo)
		b.WriteByte('#')
		b.WriteString(strconv.Itoa(e.Epic))
	}
	if e.Member != "" {
		b.WriteString(" @")
		b.WriteString(e.Member)
	}
	return b.String()
}

// Ref is the child that was dispatched; owner is the organisation of
// repositories written without one.
func (e Entry) Ref(owner string) inventory.Ref {
	return inventory.Ref{Repo: repoRef(e.Repo, owner), Number: e.Issue}
}

// ParseEntry reads one line of the log, without its newline. False means the
// line is unreadable.
func ParseEntry(line []byte) (Entry, bool) {
	var l Line
	if !l.Parse(line) {
		return Entry{}, false
	}
	return l.Entry(), true
}

// repoRef reads a repository as a log or a team list writes it. Both were
// checked when they were read, so nothing can be wrong with it here.
func repoRef(text, owner string) inventory.RepoRef {
	if o, name, ok := strings.Cut(text, "/"); ok {
		return inventory.RepoRef{Owner: o, Name: name}
	}
	return inventory.RepoRef{Owner: owner, Name: text}
}
