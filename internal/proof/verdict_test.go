package proof

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/ledger"
)

// verdict is what is wrong in the end. Empty: nothing.
type verdict struct {
	doubled, lost, over, other []string
}

func (v *verdict) clean() bool {
	return len(v.doubled)+len(v.lost)+len(v.over)+len(v.other) == 0
}

func (v *verdict) String() string {
	var s strings.Builder
	for _, part := range []struct {
		name string
		what []string
	}{{"doubled", v.doubled}, {"lost", v.lost}, {"over", v.over}, {"wrong", v.other}} {
		for _, w := range part.what {
			fmt.Fprintf(&s, "%s: %s\n", part.name, w)
		}
	}
	return s.String()
}

// spent is what GitHub and the folder hold of one child.
type spent struct {
	events, comments, lines int
	dates                   []time.Time // of the events
}

// children counts for every child of the scene's repository what was done to it
// since the scene began.
func (b *bench) children() map[int]*spent {
	b.t.Helper()
	now := b.all()
	for n, was := range b.before {
		s, ok := now[n]
		if !ok {
			b.t.Fatalf("#%d is gone", n)
		}
		s.events, s.comments, s.lines, s.dates = s.events-was.events, s.comments-was.comments, s.lines-was.lines, s.dates[was.events:]
	}
	return now
}

// all counts what was ever done.
func (b *bench) all() map[int]*spent {
	b.t.Helper()
	out := map[int]*spent{}
	at := func(n int) *spent {
		if out[n] == nil {
			out[n] = &spent{}
		}
		return out[n]
	}
	ref := b.scene.epic.Repo
	err := b.host.sim.World().View(func(tx *world.Tx) error {
		repo, _ := tx.Repo(ref.Owner, ref.Name)
		if repo == nil {
			return fmt.Errorf("no repository %s", ref)
		}
		for _, i := range tx.Issues(repo.ID) {
			for _, e := range tx.Events(i.ID) {
				if e.Kind == world.Labeled && strings.EqualFold(e.Label, b.scene.label) {
					at(i.Number).events++
					at(i.Number).dates = append(at(i.Number).dates, e.CreatedAt)
				}
			}
			for _, c := range tx.Comments(i.ID) {
				if strings.HasPrefix(c.Body, "Target branch:") {
					at(i.Number).comments++
				}
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	raw, _ := os.ReadFile(b.core("dispatch.log")) // none: no lines
	for _, l := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		var when, name string
		var n int
		if k, _ := fmt.Sscanf(l, "%s %s #%d ", &when, &name, &n); k == 3 && (name == ref.Name || name == ref.String()) {
			at(n).lines++
		} else if l != "" {
			b.t.Errorf("dispatch.log holds the line %q", l)
		}
	}
	return out
}

// judge counts the end of a scene that was to have all its children dispatched.
func (b *bench) judge() *verdict {
	b.t.Helper()
	v := &verdict{}
	total := 0
	for n, s := range b.children() {
		events, comments, lines := s.events, s.comments, s.lines
		total += events
		switch {
		case events > 1:
			v.doubled = append(v.doubled, fmt.Sprintf("#%d was paid %d times", n, events))
		case lines < events:
			v.lost = append(v.lost, fmt.Sprintf("#%d was paid and is not in dispatch.log", n))
		case lines > events:
			v.over = append(v.over, fmt.Sprintf("#%d has %d lines for %d payments", n, lines, events))
		}
		if comments > 1 {
			v.doubled = append(v.doubled, fmt.Sprintf("#%d has %d target comments", n, comments))
		} else if comments < events {
			v.lost = append(v.lost, fmt.Sprintf("#%d was dispatched without a target comment", n))
		}
	}
	if total < b.scene.want {
		v.lost = append(v.lost, fmt.Sprintf("%d of %d children were dispatched", total, b.scene.want))
	} else if total > b.scene.want {
		v.over = append(v.over, fmt.Sprintf("%d children were dispatched, %d were to be", total, b.scene.want))
	}
	b.judgeFolder(v, 0)
	return v
}

// judgeFolder asks the ledger, the journal and the program itself. outside is
// how many dispatches the log does not have and the budget must show.
func (b *bench) judgeFolder(v *verdict, outside int) {
	b.t.Helper()
	book, err := ledger.Open(filepath.Dir(b.core("dispatch.log")), b.scene.epic.Repo.Owner, time.Now)
	if err != nil {
		b.t.Fatal(err)
	}
	held, err := book.Held()
	if err != nil {
		v.other = append(v.other, err.Error())
	}
	for _, h := range held {
		v.lost = append(v.lost, fmt.Sprintf("a task is still reserved for %s", h.Ref(b.scene.epic.Repo.Owner)))
	}
	if open, _ := filepath.Glob(b.core("journal/*.open.jsonl")); len(open) > 0 {
		v.other = append(v.other, fmt.Sprintf("open journals: %v", open))
	}
	e := b.run("budget", "--json")
	var st struct {
		Date       string `json:"date"`
		Used       int    `json:"used"`
		Held       int    `json:"held"`
		Unreadable int    `json:"unreadable_today"`
		Outside    []any  `json:"outside"`
	}
	if err := json.Unmarshal([]byte(e.out), &st); err != nil {
		v.other = append(v.other, fmt.Sprintf("core dev budget: %v\n%s", err, e))
		return
	}
	used := 0
	for _, s := range b.children() {
		for _, d := range s.dates {
			if d.UTC().Format(time.DateOnly) == st.Date {
				used++
			}
		}
	}
	if b.scene.past { // and what the log never had, in every repository
		outside = b.labeledOn(st.Date) - used
		used += outside
	}
	if st.Used+len(st.Outside) != used || st.Held != 0 || st.Unreadable != 0 || len(st.Outside) != outside {
		v.other = append(v.other, fmt.Sprintf("the budget says used %d, held %d, outside %d, unreadable %d; GitHub has %d events of that day",
			st.Used, st.Held, len(st.Outside), st.Unreadable, used))
	}
}

// labeledOn is how often the agent's label was put on that day (UTC), anywhere,
// by GitHub's own events.
func (b *bench) labeledOn(date string) (n int) {
	b.t.Helper()
	err := b.host.sim.World().View(func(tx *world.Tx) error {
		for _, repo := range tx.Repos() {
			for _, i := range tx.Issues(repo.ID) {
				for _, e := range tx.Events(i.ID) {
					if e.Kind == world.Labeled && strings.EqualFold(e.Label, b.scene.label) && e.CreatedAt.UTC().Format(time.DateOnly) == date {
						n++
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// tally adds up the points of one proof.
type tally struct {
	points, doubled, lost, over, wrong int
}

func (y *tally) add(v *verdict) {
	y.points++
	y.doubled += len(v.doubled)
	y.lost += len(v.lost)
	y.over += len(v.over)
	y.wrong += len(v.other)
}

func (y tally) String() string {
	return fmt.Sprintf("%d points, %d doubled, %d lost, %d over, %d otherwise wrong", y.points, y.doubled, y.lost, y.over, y.wrong)
}
