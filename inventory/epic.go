package inventory

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/gosimple/slug"

	"github.com/dappcore/core-dev/inventory/checklist"
)

// Epic is an open trusted issue whose body names at least one child on a task
// list (spec/1-domain "Words").
type Epic struct {
	Ref      Ref
	ID       string
	Title    string
	Branch   Branch   // Head is empty while the branch does not exist
	Rivals   []string // several branches claim this epic: a person decides
	Phases   []Phase
	Children []Child // in checklist order
}

// Phase is a group of children.
type Phase struct {
	Name       string
	Ordinal    int
	HasOrdinal bool
	Total      int  // children
	Done       int  // of them closed
	Open       bool // every child of the phases before it is closed
}

// Finished tells whether every child of the phase is closed.
func (p Phase) Finished() bool { return p.Done == p.Total }

// Child is an issue on an epic's checklist.
type Child struct {
	Ref     Ref
	Epic    Ref
	Checked bool
	Phase   int    // index into Epic.Phases
	Line    int    // in the epic's body, from 1
	Offset  int    // of the byte a tick flips
	Issue   *Issue // nil: not read
	Title   string // the issue's, else the checklist's own words
	Verdict Verdict
}

// Closed tells whether the child is done: its issue's state decides, not its
// box. An issue that is gone counts only where a person ticked it; one that
// merely could not be read is not closed.
func (c Child) Closed() bool {
	if c.Issue == nil {
		return false
	}
	return c.Issue.Closed || c.Issue.Missing && c.Checked
}

// Running tells whether a phase is unfinished.
func (e Epic) Running() bool {
	for _, p := range e.Phases {
		if !p.Finished() {
			return true
		}
	}
	return false
}

// Done counts the closed children.
func (e Epic) Done() int {
	n := 0
	for _, c := range e.Children {
		if c.Closed() {
			n++
		}
	}
	return n
}

// Ready lists the dispatchable children, in checklist order.
func (e Epic) Ready() []Child {
	var out []Child
	for _, c := range e.Children {
		if c.Verdict.Ready() {
			out = append(out, c)
		}
	}
	return out
}

// ClosedEpic reads a closed issue, with its body, as the epic that it was: its children
// are those its checklist names, whether they were read or not. False: its author is
// not trusted, or the body names no child.
func ClosedEpic(s *Snapshot, rules Rules, i *Issue) (Epic, bool) {
	repo, ok := s.Repo(i.Ref.Repo)
	if !ok || !i.Closed || i.IsPull || !rules.Trust.Author(i.Author, i.AuthorKind, i.Association) {
		return Epic{}, false
	}
	return readEpic(s, repo, i)
}

// readEpic reads an issue as an epic; false when its body names no child.
func readEpic(s *Snapshot, repo *Repo, i *Issue) (Epic, bool) {
	list := checklist.Parse([]byte(i.Body))
	if len(list.Children) == 0 {
		return Epic{}, false
	}
	e := Epic{Ref: i.Ref, ID: i.ID, Title: i.Title}
	e.Branch, e.Rivals = epicBranch(repo, i)
	for _, p := range list.Phases {
		e.Phases = append(e.Phases, Phase{Name: p.Name, Ordinal: p.Ordinal, HasOrdinal: p.HasOrdinal})
	}
	for _, k := range list.Children {
		c := Child{Epic: i.Ref, Checked: k.Checked, Phase: k.PhaseIndex, Line: k.Line, Offset: k.Offset, Title: k.Text}
		var ours bool
		if c.Ref, ours = ChildRef(k, i.Ref.Repo, s.Host); !ours {
			continue
		}
		if found, ok := s.findFrom(repo, c.Ref); ok {
			c.Issue = found
			if found.Title != "" {
				c.Title = found.Title
			}
		}
		p := &e.Phases[c.Phase]
		p.Total++
		if c.Closed() {
			p.Done++
		}
		e.Children = append(e.Children, c)
	}
	openPhases(e.Phases)
	return e, len(e.Children) > 0
}

// openPhases opens every phase whose predecessors are finished: ordinals
// order phases, phases without one are independent.
func openPhases(phases []Phase) {
	for k := range phases {
		open := true
		for j := range phases {
			if phases[k].HasOrdinal && phases[j].HasOrdinal && phases[j].Ordinal < phases[k].Ordinal && !phases[j].Finished() {
				open = false
			}
		}
		phases[k].Open = open
	}
}

var epicTitle = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\s*epic\s*(?:\(([^)]*)\))?\s*[:\-–—]*\s*`)
})

// EpicBranchName is the branch an epic gets when it has none:
// epic/<number>-<slug>, the slug from the theme in "epic(<theme>): ..." or
// else from the title (spec/1-domain; the mission's epic/<n>-audit).
func EpicBranchName(number int, title string) string {
	text := title
	if m := epicTitle().FindStringSubmatch(title); m != nil {
		text = m[1]
		if strings.TrimSpace(text) == "" {
			text = title[len(m[0]):]
		}
	}
	s := slugOf(text)
	if len(s) > 40 {
		s = strings.Trim(s[:40], "-")
	}
	if s == "" {
		s = "epic"
	}
	return fmt.Sprintf("epic/%d-%s", number, s)
}

// slugOf is slug.Make. For anything else than ASCII that unpacks a table of all
// transliterations, which takes longer than the rest of reading a repository;
// ASCII has none and needs no table.
func slugOf(text string) string {
	var b strings.Builder
	dash := false // something stood here that a slug has not
	for k := range len(text) {
		c := text[k]
		word := ""
		switch {
		case c > unicode.MaxASCII:
			return slug.Make(text)
		case '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || c == '_':
			word = text[k : k+1]
		case 'A' <= c && c <= 'Z':
			word = string(c + 'a' - 'A')
		case c == '&':
			word = "and"
		case c == '@':
			word = "at"
		case c == '"' || c == '\'':
			continue
		}
		if word == "" {
			dash = true
			continue
		}
		if dash {
			b.WriteByte('-')
		}
		dash = false
		b.WriteString(word)
	}
	return strings.Trim(b.String(), "-_")
}

// PlainBranch tells whether a branch's name can stand in a comment of ours as
// it is. git allows nearly anything, a mention or a backtick among it.
func PlainBranch(name string) bool {
	for _, c := range name {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || strings.ContainsRune("-_./+", c)) {
			return false
		}
	}
	return true
}

// epicBranch finds the branch of an epic among the repository's; where it is
// missing, the name it will have. Several candidates are never guessed at.
func epicBranch(repo *Repo, i *Issue) (Branch, []string) {
	exact := "epic/" + strconv.Itoa(i.Ref.Number)
	want := EpicBranchName(i.Ref.Number, i.Title)
	var found []Branch
	for _, b := range repo.Branches {
		if b.Name == exact || strings.HasPrefix(b.Name, exact+"-") {
			found = append(found, b)
		}
	}
	switch {
	case len(found) == 0:
		return Branch{Name: want}, nil
	case len(found) == 1 && PlainBranch(found[0].Name):
		return found[0], nil
	}
	names := make([]string, len(found))
	for k, b := range found {
		names[k] = b.Name
	}
	return Branch{Name: want}, names
}
