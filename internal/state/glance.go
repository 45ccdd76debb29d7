package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// Glance is a fleet as it was last judged, without what only planning needs: no
// bodies, no issues but the children of epics, and of these what is told of them. It
// is read in a fraction of the time that a snapshot takes to be read and judged.
type Glance struct {
	Fleet  inventory.Fleet
	Budget budget.Status
	At     time.Time // when it was put together
}

// glanceTable stands beside the others without a layout of its own: a file without
// it has no glance yet.
const glanceTable = `create table if not exists glance (key text primary key, taken_at text not null, body blob not null)`

// leanFleet is a fleet as it is written. Strings that return are numbers of Words.
type leanFleet struct {
	TakenAt time.Time
	At      time.Time
	Budget  budget.Status
	Words   []string
	Rows    []inventory.Row
	Epics   []leanEpic
	People  []inventory.Person
}

type leanEpic struct {
	Owner, Name, Number int
	Title               string
	Branch              inventory.Branch
	Rivals              []string
	Phases              []inventory.Phase
	Children            []leanChild
}

type leanChild struct {
	Owner, Name, Number         int
	Phase, Line                 int
	Code, Reason, Agent         int
	Author, Association         int
	Checked, Read, Gone, Closed bool
	Title                       string
	Labels                      []int
}

// words numbers strings in the order they come; 0 is the empty one.
type words struct {
	list []string
	at   map[string]int
}

func (w *words) number(s string) int {
	n, ok := w.at[s]
	if !ok {
		n = len(w.list)
		w.list, w.at[s] = append(w.list, s), n
	}
	return n
}

func lean(g Glance) leanFleet {
	w := words{at: map[string]int{}}
	w.number("")
	out := leanFleet{TakenAt: g.Fleet.TakenAt, At: g.At, Budget: g.Budget, People: g.Fleet.People}
	for _, r := range g.Fleet.Rows {
		was := r.Repo
		r.Repo = &inventory.Repo{Ref: was.Ref, DefaultBranch: was.DefaultBranch, Language: was.Language, Archived: was.Archived, IssuesOff: was.IssuesOff,
			Permission: was.Permission, OpenIssues: was.OpenIssues, OpenPulls: was.OpenPulls, ReadAt: was.ReadAt, Problem: was.Problem}
		out.Rows = append(out.Rows, r)
	}
	for k := range g.Fleet.Epics {
		e := &g.Fleet.Epics[k]
		to := leanEpic{Owner: w.number(e.Ref.Repo.Owner), Name: w.number(e.Ref.Repo.Name), Number: e.Ref.Number,
			Title: e.Title, Branch: e.Branch, Rivals: e.Rivals, Phases: e.Phases}
		for _, c := range e.Children {
			l := leanChild{Owner: w.number(c.Ref.Repo.Owner), Name: w.number(c.Ref.Repo.Name), Number: c.Ref.Number, Phase: c.Phase, Line: c.Line,
				Code: w.number(string(c.Verdict.Code)), Reason: w.number(c.Verdict.Reason), Agent: w.number(c.Verdict.Agent), Checked: c.Checked, Title: c.Title}
			if i := c.Issue; i != nil {
				l.Read, l.Gone, l.Closed, l.Author, l.Association = true, i.Missing, i.Closed, w.number(i.Author), w.number(i.Association)
				for _, label := range i.Labels {
					l.Labels = append(l.Labels, w.number(label))
				}
			}
			to.Children = append(to.Children, l)
		}
		out.Epics = append(out.Epics, to)
	}
	out.Words = w.list
	return out
}

// whole is the fleet again; false where a number leads nowhere.
func (l *leanFleet) whole() (g Glance, ok bool) {
	ok = true
	word := func(n int) string {
		if n < 0 || n >= len(l.Words) {
			ok = false
			return ""
		}
		return l.Words[n]
	}
	g = Glance{At: l.At, Budget: l.Budget, Fleet: inventory.Fleet{TakenAt: l.TakenAt, Rows: l.Rows, People: l.People, Epics: make([]inventory.Epic, 0, len(l.Epics))}}
	for _, r := range l.Rows {
		ok = ok && r.Repo != nil
	}
	for _, e := range l.Epics {
		ref := inventory.Ref{Repo: inventory.RepoRef{Owner: word(e.Owner), Name: word(e.Name)}, Number: e.Number}
		to := inventory.Epic{Ref: ref, Title: e.Title, Branch: e.Branch, Rivals: e.Rivals, Phases: e.Phases, Children: make([]inventory.Child, 0, len(e.Children))}
		issues := make([]inventory.Issue, len(e.Children))
		for k, c := range e.Children {
			child := inventory.Child{Ref: inventory.Ref{Repo: inventory.RepoRef{Owner: word(c.Owner), Name: word(c.Name)}, Number: c.Number}, Epic: ref,
				Checked: c.Checked, Phase: c.Phase, Line: c.Line, Title: c.Title,
				Verdict: inventory.Verdict{Code: inventory.Code(word(c.Code)), Reason: word(c.Reason), Agent: word(c.Agent)}}
			ok = ok && c.Phase >= 0 && c.Phase < len(e.Phases)
			if c.Read {
				issues[k] = inventory.Issue{Ref: child.Ref, Title: c.Title, Closed: c.Closed, Missing: c.Gone, Author: word(c.Author), Association: word(c.Association)}
				for _, n := range c.Labels {
					issues[k].Labels = append(issues[k].Labels, word(n))
				}
				child.Issue = &issues[k]
			}
			to.Children = append(to.Children, child)
		}
		g.Fleet.Epics = append(g.Fleet.Epics, to)
	}
	return g, ok
}

// Glance returns what SaveGlance kept under a key; false when there is none or it
// cannot be read.
func (db *DB) Glance(key string) (Glance, bool) {
	var body []byte
	if db.sql.QueryRow("select body from glance where key=?", key).Scan(&body) != nil {
		return Glance{}, false
	}
	var l leanFleet
	if gob.NewDecoder(bytes.NewReader(body)).Decode(&l) != nil {
		return Glance{}, false
	}
	return l.whole()
}

// SaveGlance keeps a glance, if it shows anything else than the one of that sum. It
// returns the sum of this one.
func (db *DB) SaveGlance(key string, g Glance, was [32]byte) ([32]byte, error) {
	l := lean(g)
	at := l.At
	l.At = time.Time{} // a later hour alone is nothing else
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(l); err != nil {
		return was, err
	}
	sum := sha256.Sum256(b.Bytes())
	if sum == was {
		return was, nil
	}
	l.At = at
	b.Reset()
	if err := gob.NewEncoder(&b).Encode(l); err != nil {
		return was, err
	}
	if _, err := db.sql.Exec(glanceTable); err != nil {
		return was, err
	}
	if _, err := db.sql.Exec("insert or replace into glance(key,taken_at,body) values(?,?,?)", key, l.TakenAt.UTC().Format(time.RFC3339), b.Bytes()); err != nil {
		return was, err
	}
	db.prune("glance", mostSnapshots)
	return sum, nil
}
