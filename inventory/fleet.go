package inventory

import (
	"cmp"
	"slices"
	"time"
)

// Stage is where a repository stands in the pipeline (spec/1-domain "Inventory").
type Stage int

const (
	StageIdle     Stage = 0
	StageAudit    Stage = 1 // open trusted audit issues
	StageOrganise Stage = 2 // open issues, no running epic
	StageExecute  Stage = 3 // a running epic
)

func (s Stage) String() string {
	switch s {
	case StageAudit:
		return "audit"
	case StageOrganise:
		return "organise"
	case StageExecute:
		return "executing"
	}
	return "idle"
}

// Row is one repository of the inventory table.
type Row struct {
	Repo       *Repo
	Stage      Stage
	Direct     bool // stage 2, and all that is open was dispatched directly
	Tier       int  // 1 to 4; 0: none
	Language   string
	Agent      string
	CI         string
	Audits     []int // open trusted audit issues
	Epics      []int // running or not, open
	Ready      int
	Dispatched int // today, by dispatch.log and label events
}

// InterventionLabel keeps a pull request for a person: nothing is merged that bears it.
const InterventionLabel = "needs-intervention"

// Person is something only a person can settle.
type Person struct {
	Ref    Ref
	Title  string
	Reason string
}

// Fleet is what a snapshot means: the table, the epics, and what needs a person.
type Fleet struct {
	TakenAt time.Time
	Rows    []Row  // in the mission's priority order
	Epics   []Epic // in the rows' order, then by number
	People  []Person

	taken map[string]bool   // epics and their children, by Ref.Key; nil: not Assess's
	spans map[string][2]int // a repository's epics, from and to, by RepoRef.Key
}

// Assess reads a snapshot by the rules. It is deterministic and asks nobody.
func Assess(s *Snapshot, rules Rules, records Records) Fleet {
	f := Fleet{TakenAt: s.TakenAt}
	for k := range s.Repos {
		repo := &s.Repos[k]
		rule, _, _ := rules.repo(repo.Ref)
		row := Row{Repo: repo, Language: cmp.Or(rule.Language, repo.Language), Agent: rule.Agent, CI: rule.CI}
		for n := range repo.Issues {
			f.take(s, &row, &repo.Issues[n], rules)
		}
		f.Rows = append(f.Rows, row)
	}
	j := newJury(s, &f, rules, records)
	for k := range f.Epics {
		j.judge(&f.Epics[k])
	}
	f.People = append(f.People, j.people...)
	for k := range s.Repos {
		for p := range s.Repos[k].Pulls {
			if pull := &s.Repos[k].Pulls[p]; hasFold(pull.Labels, InterventionLabel) {
				f.People = append(f.People, Person{Ref: pull.Ref, Title: pull.Title, Reason: "labelled " + InterventionLabel + ": settle what stands against it, and take the label off"})
			}
		}
	}
	for k := range f.Rows {
		f.Rows[k].place(&f, rules, records)
	}
	f.order(rules)
	f.index(j)
	return f
}

// index keeps what would otherwise be looked for in all epics once a repository.
func (f *Fleet) index(j *jury) {
	f.taken = j.epics
	for key := range j.listed {
		f.taken[key] = true
	}
	f.spans = map[string][2]int{}
	for k := range f.Epics {
		key := f.Epics[k].Ref.Repo.Key()
		from := k
		if s, ok := f.spans[key]; ok {
			from = s[0]
		}
		f.spans[key] = [2]int{from, k + 1}
	}
}

// Of are the epics of a repository, by number. They are the fleet's own, not
// copies. f is what Assess made.
func (f *Fleet) Of(repo RepoRef) []Epic {
	s := f.spans[repo.Key()]
	return f.Epics[s[0]:s[1]]
}

// take reads one issue: an audit, an epic, or somebody's whom nobody accepted.
func (f *Fleet) take(s *Snapshot, row *Row, i *Issue, rules Rules) {
	if i.Closed || i.IsPull || i.Missing {
		return
	}
	if ok, why := rules.Trust.Issue(*i); !ok {
		f.People = append(f.People, Person{Ref: i.Ref, Title: i.Title, Reason: why})
		return
	}
	if IsAuditTitle(i.Title) {
		row.Audits = append(row.Audits, i.Ref.Number)
		return
	}
	if e, ok := readEpic(s, row.Repo, i); ok {
		row.Epics = append(row.Epics, i.Ref.Number)
		f.Epics = append(f.Epics, e)
	}
}

// place works out a row's stage and tier from what was read and judged.
func (r *Row) place(f *Fleet, rules Rules, records Records) {
	running := false
	for k := range f.Epics {
		e := &f.Epics[k]
		if e.Ref.Repo.Same(r.Repo.Ref) {
			running = running || e.Running()
			r.Ready += len(e.Ready())
		}
	}
	slices.Sort(r.Audits)
	slices.Sort(r.Epics)
	r.Stage = stage(len(r.Audits), running, r.Repo.OpenIssues)
	r.Direct = r.Stage == StageOrganise && allDispatched(r.Repo, rules, records)
	rule, _, _ := rules.repo(r.Repo.Ref)
	r.Tier = rule.Tier
	if !rule.TierSet {
		r.Tier = EntryTier(r.Stage, len(r.Audits), r.Repo.OpenIssues)
	}
}

// stage names where a repository stands.
func stage(audits int, running bool, open int) Stage {
	switch {
	case audits > 0:
		return StageAudit
	case running:
		return StageExecute
	case open > 0:
		return StageOrganise
	}
	return StageIdle
}

// EntryTier is the tier of a repository when it first enters the inventory; 0
// is none. Later the inventory file keeps it (spec/1-domain "Inventory").
func EntryTier(s Stage, audits, open int) int {
	switch {
	case s == StageExecute && audits == 0:
		return 0
	case audits == 0:
		return 3
	case audits >= 3 && open >= 20:
		return 1
	case audits >= 2 && open >= 10:
		return 2
	}
	return 4
}

// order sorts the rows: tier, then open issues descending, ties in inventory
// order; rows without a tier follow the others.
func (f *Fleet) order(rules Rules) {
	last := func(t int) int {
		if t == 0 {
			return 5
		}
		return t
	}
	place := map[string]int{}
	for k, r := range f.Rows {
		_, n, listed := rules.repo(r.Repo.Ref)
		if !listed {
			n += k
		}
		place[r.Repo.Ref.Key()] = n
	}
	slices.SortStableFunc(f.Rows, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(last(a.Tier), last(b.Tier)),
			cmp.Compare(b.Repo.OpenIssues, a.Repo.OpenIssues),
			cmp.Compare(place[a.Repo.Ref.Key()], place[b.Repo.Ref.Key()]),
		)
	})
	at := map[string]int{}
	for k, r := range f.Rows {
		at[r.Repo.Ref.Key()] = k
	}
	slices.SortStableFunc(f.Epics, func(a, b Epic) int {
		return cmp.Or(cmp.Compare(at[a.Ref.Repo.Key()], at[b.Ref.Repo.Key()]), cmp.Compare(a.Ref.Number, b.Ref.Number))
	})
}

// Epic returns the epic of that reference.
func (f *Fleet) Epic(ref Ref) (*Epic, bool) {
	for k := range f.Epics {
		if f.Epics[k].Ref.Key() == ref.Key() {
			return &f.Epics[k], true
		}
	}
	return nil, false
}

// Row returns the row of a repository.
func (f *Fleet) Row(ref RepoRef) (*Row, bool) {
	for k := range f.Rows {
		if f.Rows[k].Repo.Ref.Same(ref) {
			return &f.Rows[k], true
		}
	}
	return nil, false
}

// Ready counts the READY queue of the fleet.
func (f *Fleet) Ready() int {
	n := 0
	for _, r := range f.Rows {
		n += r.Ready
	}
	return n
}

func allDispatched(repo *Repo, rules Rules, records Records) bool {
	n := 0
	for k := range repo.Issues {
		i := &repo.Issues[k]
		if i.Closed || i.IsPull {
			continue
		}
		if _, why := Dispatched(i, rules, records[i.Ref.Key()]); why == "" {
			return false
		}
		n++
	}
	return n > 0 && n == repo.OpenIssues
}

// needsPerson names what about a child only a person can settle.
func needsPerson(e *Epic, c *Child) (Person, bool) {
	switch c.Verdict.Code {
	case CodeUnknown, CodeChecked, CodeBranch, CodePull, CodeLocked, CodeEpic, CodeAudit, CodeElsewhere:
		return Person{Ref: c.Ref, Title: c.Title, Reason: c.Verdict.Reason + " (epic " + e.Ref.String() + ")"}, true
	case CodeFeature:
		return Person{Ref: c.Ref, Title: c.Title, Reason: c.Verdict.Reason}, true
	}
	return Person{}, false
}
