package cmd

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/orchestrator"
)

// watchShape is one look of a watch. "core dev watch --json" prints one such
// document a line, for every look at which something changed.
type watchShape struct {
	Version int            `json:"version"`
	At      time.Time      `json:"at"`
	Watched []watchedShape `json:"watched"`
	Plan    string         `json:"plan"` // id, as the journal names it; empty: nothing was sent
	Sent    bool           `json:"sent"`
	Results []stepShape    `json:"results"`
}

type watchedShape struct {
	Epic      string          `json:"epic"` // empty: dispatched directly
	Repo      string          `json:"repo"`
	State     string          `json:"state"`
	Waits     string          `json:"waits"` // why it is not done; empty: this look ends it, or it is no epic
	Decisions []decisionShape `json:"decisions"`
}

type decisionShape struct {
	About  string   `json:"about"` // the pull request, or the child that has none
	Child  string   `json:"child"`
	Row    string   `json:"row"`
	Seen   string   `json:"seen"`
	Next   string   `json:"next"`
	Person string   `json:"person"` // what a person is needed for; empty: nothing
	Alert  string   `json:"alert"`
	Does   []string `json:"does"` // kinds of its steps
}

// telling prints what each look decided: at the first all of it, then what
// changed.
type telling struct {
	app     *app
	once    bool
	before  map[string]string // line by what it is about
	shape   watchShape
	sends   int // steps sent in all
	done    map[string]string
	people  map[string]string
	state   map[string]string
	waits   map[string]string // why an epic waits, of which nothing else tells
	changed bool              // at the last look something was told
	keep    func(watchShape)  // takes the JSON of each look; nil: it is printed
	acts    bool              // only what is done now is told, and what needs a person
}

func newTelling(a *app, once bool) *telling {
	return &telling{app: a, once: once, before: map[string]string{}, done: map[string]string{}, people: map[string]string{}, state: map[string]string{}, waits: map[string]string{}}
}

// look tells what was decided at one look. What it asks for is sent after that.
func (t *telling) look(l *look, watched []execute.Watched, p orchestrator.Proposal) {
	t.shape = watchShape{Version: shapeVersion, At: t.app.now().UTC().Truncate(time.Second), Watched: []watchedShape{}, Results: []stepShape{}}
	t.people, t.waits = map[string]string{}, map[string]string{}
	changed := false
	for _, e := range watched {
		ws := watchedShape{Repo: e.Repo.String(), State: e.State, Waits: e.Waits, Decisions: []decisionShape{}}
		name := t.app.repoName(l, e.Repo) + " (direct)"
		if e.Epic.Number != 0 {
			ws.Epic = e.Epic.String()
			name = fmt.Sprintf("%s#%d", t.app.repoName(l, e.Epic.Repo), e.Epic.Number)
		}
		var lines []string
		news := t.state[name] != e.State && (t.once || !strings.HasSuffix(e.State, "not begun"))
		t.state[name] = e.State
		for _, d := range e.Decisions {
			ws.Decisions = append(ws.Decisions, shapeDecision(d))
			if d.Person != "" {
				t.people[d.About.String()] = d.Person + "; " + d.Next
			}
			if len(d.Steps) == 0 && d.Person == "" && (t.acts || e.Epic.Number == 0 && d.Row == execute.RowMerged) {
				continue
			}
			line := decisionLine(d)
			key := name + " " + d.About.Key()
			same := timeless(line)
			if len(d.Steps) == 0 && d.Person == "" && (d.Row == execute.RowBehind || d.Row == execute.RowGreen || d.Row == execute.RowStuck || d.Row == execute.RowPending) {
				same = string(d.Row) // whose turn it is, and by how much it is behind, changes all the time
			}
			if t.before[key] != same {
				t.before[key] = same
				lines = append(lines, line)
			}
		}
		var firsts []string              // dispatched for the first time: nothing to say of each
		for _, s := range e.Plan.Steps { // what no decision is about: ticks, dispatches, the way home
			line := ownLine(s)
			if line == "" || decided(e.Decisions, s.Effect.Target()) {
				continue
			}
			if l, ok := s.Effect.(flows.AddLabel); ok && l.Spends && !strings.Contains(s.Reason, "another task") {
				firsts = append(firsts, line)
				continue
			}
			lines = append(lines, line)
		}
		lines = append(lines, inOneLine(firsts)...)
		if why := waitsLine(e); why != "" {
			t.waits[name] = e.Waits
			if key := name + " waits"; t.before[key] != why {
				t.before[key] = why
				lines = append(lines, why)
			}
		}
		if e.State == "done" {
			t.done[name] = "merged and closed"
		}
		t.shape.Watched = append(t.shape.Watched, ws)
		if len(lines) == 0 && (t.acts || !news) {
			continue
		}
		changed = true
		if !t.app.opt.json {
			fmt.Fprintf(t.app.out, "%s  %s  %s\n", t.shape.At.Format("01-02 15:04Z"), name, terminal.Clean(e.State))
			for _, line := range lines {
				fmt.Fprintln(t.app.out, terminal.Clean(t.app.placed(line)))
			}
		}
	}
	t.changed = changed
	if t.app.opt.json && (changed || t.once) && p.Empty() {
		t.print()
	}
	if len(watched) == 0 && !t.app.opt.json && t.once {
		fmt.Fprintln(t.app.out, t.app.placed("no epic is running: core dev epic list shows those there are, core dev epic N --dispatch begins one"))
	}
	t.app.flush()
}

// timeless is a line without how long something has taken: that alone is no news.
func timeless(line string) string { return spans().ReplaceAllString(line, "") }

var spans = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d+ (min|h|days)\b`) })

// waitsLine is why an epic waits, where no decision and no step tells.
func waitsLine(e execute.Watched) string {
	if e.Waits == "" || len(e.Plan.Steps) > 0 {
		return ""
	}
	for _, d := range e.Decisions {
		if d.Person != "" || d.Row != execute.RowMerged && d.Row != execute.RowClosed {
			return ""
		}
	}
	return "  waits          " + e.Waits
}

// decided tells whether one of the decisions is about the target.
func decided(list []execute.Decision, target string) bool {
	for _, d := range list {
		for _, s := range d.Steps {
			if s.Effect.Target() == target {
				return true
			}
		}
	}
	return false
}

// inOneLine puts many first dispatches into one line.
func inOneLine(lines []string) []string {
	if len(lines) <= 3 {
		return lines
	}
	var refs []string
	for _, l := range lines {
		refs = append(refs, strings.Fields(l)[0])
	}
	return []string{fmt.Sprintf("  %d to dispatch, READY in their open phases: %s", len(refs), strings.Join(refs, " "))}
}

// ownLine is a step's line: a dispatch is told by its label, a tick by its child.
func ownLine(s flows.Step) string {
	what, about := s.Effect.Kind(), shortTarget(s.Effect.Target())
	switch e := s.Effect.(type) {
	case flows.Reserve, flows.Comment, flows.LogDispatch, flows.MakeMark, flows.Claim:
		return ""
	case flows.AddLabel:
		if e.Spends {
			what = "dispatch"
		}
	case flows.Tick:
		about = e.Child.From(e.Epic.Repo)
	}
	return fmt.Sprintf("  %-14s %-12s %s", about, what, s.Reason)
}

func shortTarget(target string) string {
	if _, number, ok := strings.Cut(target, "#"); ok {
		return "#" + number
	}
	return target
}

func decisionLine(d execute.Decision) string {
	who := fmt.Sprintf("#%d", d.About.Number)
	if d.Child.Number != 0 && d.Child.Key() != d.About.Key() {
		who += " -> " + d.Child.From(d.About.Repo)
	}
	mark := " "
	if d.Person != "" {
		mark = "!"
	}
	return fmt.Sprintf("%s %-14s %-12s %s: %s", mark, who, d.Row, d.Seen, d.Next)
}

func waiting(n int) string {
	if n == 1 {
		return "1 epic waits"
	}
	return fmt.Sprintf("%d epics wait", n)
}

func shapeDecision(d execute.Decision) decisionShape {
	out := decisionShape{About: d.About.String(), Row: string(d.Row), Seen: d.Seen, Next: d.Next, Person: d.Person, Alert: d.Alert, Does: []string{}}
	if d.Child.Number != 0 {
		out.Child = d.Child.String()
	}
	for _, s := range d.Steps {
		out.Does = append(out.Does, s.Effect.Kind())
	}
	return out
}

// sent tells what came of what was sent.
func (t *telling) sent(d *delivery) {
	t.shape.Plan, t.shape.Sent, t.shape.Results = d.shape.ID, d.shape.Sent, d.shape.Results
	if !d.shape.Sent {
		t.shape.Plan = ""
	}
	t.sends += len(d.shape.Results)
	if t.app.opt.json {
		t.print()
	}
}

func (t *telling) print() {
	if t.keep != nil {
		t.keep(t.shape)
		return
	}
	_ = t.app.printJSONLine(t.shape)
}

// end says what it came to.
func (t *telling) end() error {
	if t.app.opt.json || t.once || t.shape.Version == 0 { // or nothing was ever seen
		return nil
	}
	fmt.Fprintf(t.app.out, "%s merged and closed", count(len(t.done), "epic"))
	if n := len(t.people); n > 0 {
		fmt.Fprintf(t.app.out, ", %d need a person:", n)
	}
	fmt.Fprintln(t.app.out)
	for _, ref := range slices.Sorted(maps.Keys(t.people)) {
		fmt.Fprintf(t.app.out, "  %s  %s\n", ref, terminal.Clean(t.app.placed(t.people[ref])))
	}
	if n := len(t.waits); n > 0 {
		fmt.Fprintf(t.app.out, "%s:\n", waiting(n))
	}
	for _, name := range slices.Sorted(maps.Keys(t.waits)) {
		fmt.Fprintf(t.app.out, "  %s  %s\n", name, terminal.Clean(t.waits[name]))
	}
	return nil
}
