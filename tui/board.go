package tui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// board is a view made ready to be drawn: rows, counts and cleaned titles. It
// is made outside Update, once a look, and never changed.
type board struct {
	version int
	view    orchestrator.View
	fleet   *inventory.Fleet // never nil
	repos   []row
	epics   []row
	facts   []epicFacts // beside fleet.Epics
	running int         // children an agent has
	ready   int
	// children is every child's verdict, by Ref.Key, to tell what changed.
	children   map[string]childFacts
	loose      []int // of each repository: open issues that no epic lists; beside fleet.Rows
	people     []personLine
	peopleRows []row
}

type epicFacts struct {
	name   string // "core #118", cleaned
	title  string // cleaned
	phase  string // the first open unfinished one
	done   int
	of     int
	run    int
	ready  int
	person int // children only a person can settle
}

// percent is how much of it is done.
func (f epicFacts) percent() int {
	if f.of == 0 {
		return 0
	}
	return f.done * 100 / f.of
}

// countLoose counts each repository's open issues that are neither audits nor
// epics, and on no epic's checklist.
func (b *board) countLoose() {
	b.loose = make([]int, len(b.fleet.Rows))
	at := make(map[string]int, len(b.fleet.Rows))
	for k := range b.fleet.Rows {
		r := &b.fleet.Rows[k]
		at[r.Repo.Ref.Key()] = k
		b.loose[k] = r.Repo.OpenIssues - len(r.Audits) - len(r.Epics)
	}
	for e := range b.fleet.Epics {
		home, key := b.fleet.Epics[e].Ref.Repo, b.fleet.Epics[e].Ref.Repo.Key()
		for c := range b.fleet.Epics[e].Children {
			child := &b.fleet.Epics[e].Children[c]
			if child.Closed() {
				continue
			}
			in := key
			if !child.Ref.Repo.Same(home) {
				in = child.Ref.Repo.Key()
			}
			if k, ok := at[in]; ok {
				b.loose[k]--
			}
		}
	}
}

type childFacts struct {
	code  inventory.Code
	agent string
	epic  int
	at    int
}

// newBoard makes a board of a view. clean makes text from outside fit for one
// line of a terminal.
func newBoard(v orchestrator.View, version int, clean func(string) string) *board {
	b := &board{version: version, view: v, fleet: v.Fleet, children: map[string]childFacts{}}
	if b.fleet == nil {
		b.fleet = &inventory.Fleet{}
	}
	for k := range b.fleet.Rows {
		r := &b.fleet.Rows[k]
		b.repos = append(b.repos, row{id: r.Repo.Ref.Key(), match: strings.ToLower(clean(r.Repo.Ref.Name) + " " + r.Stage.String() + " " + clean(r.Language)),
			by: [mostSorts]int{r.Ready, len(r.Audits), r.Repo.OpenIssues, r.Dispatched}})
	}
	for k := range b.fleet.Epics {
		e := &b.fleet.Epics[k]
		f := epicFacts{name: clean(e.Ref.Repo.Name) + " #" + strconv.Itoa(e.Ref.Number), title: epicTitle(clean(e.Title)), of: len(e.Children), phase: shortPhase(clean(openPhase(e)))}
		for c := range e.Children {
			child := &e.Children[c]
			if child.Closed() {
				f.done++
			}
			switch child.Verdict.Code {
			case inventory.CodeReady:
				f.ready++
			case inventory.CodeDispatched:
				f.run++
			}
			if forPerson(child.Verdict.Code) {
				f.person++
			}
			b.children[child.Ref.Key()] = childFacts{child.Verdict.Code, child.Verdict.Agent, k, c}
		}
		b.running += f.run
		b.ready += f.ready
		b.facts = append(b.facts, f)
		b.epics = append(b.epics, row{id: e.Ref.Key(), by: [mostSorts]int{f.person, f.ready, f.run, f.percent()}, match: strings.ToLower(clean(e.Ref.String()) + " " + f.name + " " + clean(e.Title) + " " + clean(openPhase(e)) + " " + f.phase)})
	}
	b.countLoose()
	for k, p := range b.fleet.People {
		l := personLine{clean(p.Ref.Repo.Name) + " #" + strconv.Itoa(p.Ref.Number), clean(p.Title), clean(p.Reason)}
		b.people = append(b.people, l)
		b.peopleRows = append(b.peopleRows, row{id: p.Ref.Key() + " " + strconv.Itoa(k), match: strings.ToLower(l.name + " " + l.title + " " + l.reason)})
	}
	return b
}

// openPhase names the first unfinished phase that is open.
func openPhase(e *inventory.Epic) string {
	for _, p := range e.Phases {
		if p.Open && !p.Finished() {
			if p.Name == "" {
				return "open"
			}
			return p.Name
		}
	}
	return "finished"
}

// epicTitle leaves out "epic(theme):", which the pane's name says.
func epicTitle(title string) string {
	rest, ok := strings.CutPrefix(title, "epic")
	if !ok {
		return title
	}
	if theme, after, ok := strings.Cut(rest, ")"); ok && strings.HasPrefix(theme, "(") {
		rest = after
	}
	if after, ok := strings.CutPrefix(rest, ":"); ok && strings.TrimSpace(after) != "" {
		return strings.TrimSpace(after)
	}
	return title
}

// shortPhase is "2 Build" for "Phase 2: Build (parallelisable)".
func shortPhase(name string) string {
	fields := strings.Fields(name)
	if len(fields) < 2 || !slices.Contains([]string{"phase", "wave", "stage", "step"}, strings.ToLower(fields[0])) {
		return name
	}
	number := strings.TrimRight(fields[1], ":.")
	if _, err := strconv.Atoi(number); err != nil {
		return name
	}
	rest := strings.Join(fields[2:], " ")
	if at := strings.LastIndex(rest, "("); at > 0 && strings.HasSuffix(rest, ")") {
		rest = strings.TrimSpace(rest[:at])
	}
	if rest == "" {
		return name
	}
	return strings.TrimSpace(number + " " + strings.TrimLeft(rest, ":-–— "))
}

// forPerson tells what only a person can settle.
func forPerson(c inventory.Code) bool {
	switch c {
	case inventory.CodeUnknown, inventory.CodeChecked, inventory.CodeBranch, inventory.CodePull, inventory.CodeLocked, inventory.CodeFeature, inventory.CodeUntrusted:
		return true
	}
	return false
}

// checkedAt is when GitHub was last asked whether the board still holds.
func (b *board) checkedAt() time.Time {
	if at := b.takenAt(); b.view.CheckedAt.Before(at) {
		return at
	}
	return b.view.CheckedAt
}

// takenAt is when GitHub was looked at.
func (b *board) takenAt() time.Time {
	if b.view.Snapshot == nil {
		return b.view.At
	}
	return b.view.Snapshot.TakenAt
}

// mostChanges bounds what one look may write into Activity.
const mostChanges = 20

// changes tells what a look found that the one before did not: what others did
// on GitHub, and what became of our own.
func (b *board) changes(was *board, clean func(string) string) []entry {
	if was == nil {
		return nil
	}
	var out []entry
	for k := range b.fleet.Epics {
		e := &b.fleet.Epics[k]
		for c := range e.Children {
			child := &e.Children[c]
			old, known := was.children[child.Ref.Key()]
			if !known || old.code == child.Verdict.Code {
				continue
			}
			name := b.facts[k].name
			text := clean(child.Ref.Repo.Name) + " #" + strconv.Itoa(child.Ref.Number) + "  " + clean(child.Title) + "  (epic " + name + ")"
			switch child.Verdict.Code {
			case inventory.CodeDispatched:
				out = append(out, entry{mark: running, word: "running", text: text, child: child.Ref.Key()})
			case inventory.CodeDone:
				out = append(out, entry{mark: done, word: "closed", text: text})
			case inventory.CodeReady:
				out = append(out, entry{mark: readyMark, word: "ready", text: text})
			default:
				if forPerson(child.Verdict.Code) {
					out = append(out, entry{mark: person, word: "person", text: text + ": " + clean(child.Verdict.Reason)})
				}
			}
		}
	}
	if n := len(out) - mostChanges; n > 0 {
		out = append(out[:mostChanges], entry{mark: note, word: "more", text: strconv.Itoa(n) + " further changes"})
	}
	return out
}
