package score

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Log is what our own files know of who was handed what.
type Log struct {
	Tasks []Task
	// Recalled are the children that were taken back and not handed out since, by
	// inventory.Ref.Key.
	Recalled map[string]bool
	// Agents says which agent acts as a login: small letters, without "[bot]".
	Agents map[string]string
}

// Task is one task that was spent.
type Task struct {
	Child, Epic string // inventory.Ref.Key; Epic empty: dispatched directly
	Agent       string // as the log names it
	At          time.Time
}

// Row is what one implementer came to.
type Row struct {
	Rank     int    `json:"rank"` // from 1; 0: nobody is ranked
	Epic     string `json:"epic"` // owner/repo#n; empty: over all
	Login    string `json:"login"`
	Model    string `json:"model"`
	Provider string `json:"provider"`
	Agent    string `json:"agent"` // as the dispatch log names it; empty: the settings know no agent of that login
	Figures
	Tasks int `json:"tasks"` // spent on it, by the dispatch log
	// Of the children it was handed or has a record of: Won are merged as it wrote
	// them, Lost were taken back, given to another, closed unmerged or merged as
	// another wrote them, Open are neither.
	Won  int `json:"children_merged"`
	Lost int `json:"children_lost"`
	Open int `json:"children_open"`
}

// MergedShare is Won of Won and Lost, 0 to 1; false: no child of it has ended.
func (r Row) MergedShare() (float64, bool) {
	if r.Won+r.Lost == 0 {
		return 0, false
	}
	return float64(r.Won) / float64(r.Won+r.Lost), true
}

// Compare makes a row an implementer, of those with a record and of those agents
// that were handed something, the most children first. Nobody is ranked.
func Compare(records []inventory.TrainingRecord, log Log) []Row {
	ended := map[string]map[string]bool{} // child -> logins whose work on it was merged
	last := map[string]Task{}             // child -> its newest task
	for _, r := range records {
		if r.Outcome == "merged" {
			child := strings.ToLower(r.Child)
			if ended[child] == nil {
				ended[child] = map[string]bool{}
			}
			ended[child][strings.ToLower(r.Implementer.Login)] = true
		}
	}
	spent := map[string][]Task{}
	for _, t := range log.Tasks {
		spent[t.Agent] = append(spent[t.Agent], t)
		if was, ok := last[t.Child]; !ok || !t.At.Before(was.At) {
			last[t.Child] = t
		}
	}
	own := map[string][]inventory.TrainingRecord{}
	rows := map[string]*Row{}
	of := map[string]string{} // agent -> login of its row
	for _, r := range records {
		login := strings.ToLower(r.Implementer.Login)
		own[login] = append(own[login], r)
		if rows[login] == nil {
			rows[login] = &Row{Login: r.Implementer.Login, Model: r.Implementer.Model, Provider: r.Implementer.Provider, Agent: log.Agents[login]}
			if a := rows[login].Agent; a != "" {
				of[a] = min(cmp.Or(of[a], login), login)
			}
		}
	}
	for agent := range spent {
		if of[agent] != "" {
			continue
		}
		logins := slices.DeleteFunc(slices.Sorted(maps.Keys(log.Agents)), func(l string) bool { return log.Agents[l] != agent })
		row := &Row{Agent: agent}
		if len(logins) > 0 {
			row.Login = logins[0]
			row.Model, row.Provider = known(inventory.Implementer(logins[0], "Bot"))
		}
		key := cmp.Or(row.Login, "agent "+agent) // a login has no space
		rows[key], of[agent] = row, key
	}
	for agent, login := range of {
		rows[login].Tasks = len(spent[agent])
	}
	out := []Row{}
	for login, row := range rows {
		row.Figures = Of(own[login])
		mine := map[string]bool{} // child -> a record of it was closed unmerged
		for _, r := range own[login] {
			mine[strings.ToLower(r.Child)] = mine[strings.ToLower(r.Child)] || r.Outcome != "merged"
		}
		if of[row.Agent] == login {
			for _, t := range spent[row.Agent] {
				mine[t.Child] = mine[t.Child] || false
			}
		}
		for child, closed := range mine {
			t, logged := last[child]
			switch {
			case ended[child][login]:
				row.Won++
			case closed, len(ended[child]) > 0, log.Recalled[child], logged && t.Agent != row.Agent:
				row.Lost++
			default:
				row.Open++
			}
		}
		out = append(out, *row)
	}
	slices.SortFunc(out, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Children, a.Children), strings.Compare(a.Login, b.Login), strings.Compare(a.Agent, b.Agent))
	})
	return out
}

// known is the model and provider of a login of an agent's; empty: it is not among
// those we know.
func known(i inventory.TrainingImplementer) (model, provider string) {
	if i.Provider == "human" {
		return "", ""
	}
	return i.Model, i.Provider
}

// Of an epic alone: what was handed out for it.
func (l Log) Of(epic string) Log {
	l.Tasks = slices.DeleteFunc(slices.Clone(l.Tasks), func(t Task) bool { return t.Epic != strings.ToLower(epic) })
	return l
}

// Is tells whether a name is that of a row's implementer: login, model, provider or
// agent.
func (r Row) Is(name string) bool {
	return name != "" && slices.ContainsFunc([]string{r.Login, r.Model, r.Provider, r.Agent}, func(s string) bool { return strings.EqualFold(s, name) })
}

// Only keeps the rows that one of the names is of. A name that is nobody's gets a
// row of nothing, with the name as its model. Without names all rows stay.
func Only(rows []Row, names []string) []Row {
	if len(names) == 0 {
		return rows
	}
	out := []Row{}
	for _, r := range rows {
		if slices.ContainsFunc(names, r.Is) {
			out = append(out, r)
		}
	}
	for _, n := range names {
		if !slices.ContainsFunc(out, func(r Row) bool { return r.Is(n) }) {
			out = append(out, Row{Model: n, Figures: Of(nil)})
		}
	}
	return out
}

// Rank orders rows and numbers them: those that rest on enough children first;
// then by the merged share, the first-pass share (higher is better), review cycles,
// conflict cycles and duration (lower is better). What is not known comes after
// what is; who is equal in all of it shares a rank.
func Rank(rows []Row) []Row {
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b Row) int {
		return cmp.Or(better(a, b), strings.Compare(a.Login, b.Login), strings.Compare(a.Agent, b.Agent))
	})
	for k := range out {
		out[k].Rank = k + 1
		if k > 0 && better(out[k-1], out[k]) == 0 {
			out[k].Rank = out[k-1].Rank
		}
	}
	return out
}

func better(a, b Row) int {
	thin := func(r Row) int {
		if r.Thin {
			return 1
		}
		return 0
	}
	share := func(v float64, ok bool) float64 {
		if !ok {
			return 1 // after the worst
		}
		return -v
	}
	least := func(a, b *float64) int {
		switch {
		case a == nil && b == nil:
			return 0
		case a == nil:
			return 1
		case b == nil:
			return -1
		}
		return cmp.Compare(*a, *b)
	}
	return cmp.Or(
		cmp.Compare(thin(a), thin(b)),
		cmp.Compare(share(a.MergedShare()), share(b.MergedShare())),
		cmp.Compare(share(a.FirstPassShare()), share(b.FirstPassShare())),
		least(a.Reviews, b.Reviews), least(a.Conflicts, b.Conflicts), least(a.Duration, b.Duration),
	)
}
