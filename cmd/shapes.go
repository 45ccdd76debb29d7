package cmd

import (
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// The JSON shapes of the command line, version 1. docs/schema holds their
// JSON Schemas; "core dev schema NAME" prints one; a test validates every
// command's output against it. A key may be added within a version; one that
// changes meaning or goes makes a new version.
const shapeVersion = 1

type inventoryShape struct {
	Version int         `json:"version"`
	TakenAt time.Time   `json:"taken_at"`
	Repos   []repoShape `json:"repos"`
}

type repoShape struct {
	Repo          string             `json:"repo"` // owner/name
	Name          string             `json:"name"`
	Open          int                `json:"open"`
	Audits        []int              `json:"audits"`
	Epics         []int              `json:"epics"`
	Pulls         int                `json:"pulls"`
	DefaultBranch string             `json:"default_branch"`
	Language      string             `json:"language"`
	Stage         int                `json:"stage"` // 0 idle, 1 audit, 2 organise, 3 execute
	StageName     string             `json:"stage_name"`
	Direct        bool               `json:"direct"`
	Tier          *int               `json:"tier"` // null: none
	Agent         string             `json:"agent"`
	CI            string             `json:"ci"`
	Ready         int                `json:"ready"`
	Dispatched    int                `json:"dispatched_today"`
	ReadAt        time.Time          `json:"read_at"`
	Problem       *inventory.Problem `json:"problem"`
}

type epicsShape struct {
	Version int         `json:"version"`
	TakenAt time.Time   `json:"taken_at"`
	Epics   []epicShape `json:"epics"`
}

type epicShape struct {
	Ref      string       `json:"ref"`
	Repo     string       `json:"repo"`
	Number   int          `json:"number"`
	Title    string       `json:"title"`
	Branch   string       `json:"branch"`
	Exists   bool         `json:"branch_exists"`
	Running  bool         `json:"running"`
	Total    int          `json:"total"` // children
	Done     int          `json:"done"`  // closed
	Ready    int          `json:"ready"`
	Phases   []phaseShape `json:"phases"`
	Children []childShape `json:"children,omitempty"` // by "epic show" and the report only
}

type phaseShape struct {
	Name    string `json:"name"`
	Ordinal *int   `json:"ordinal"`
	Total   int    `json:"total"`
	Done    int    `json:"done"`
	Open    bool   `json:"open"`
}

type childShape struct {
	Ref     string         `json:"ref"`
	Title   string         `json:"title"`
	State   string         `json:"state"` // open, closed, unknown
	Checked bool           `json:"checked"`
	Phase   string         `json:"phase"`
	Verdict inventory.Code `json:"verdict"`
	Reason  string         `json:"reason"`
	Agent   string         `json:"agent"`
	Line    int            `json:"line"`
}

type epicShowShape struct {
	Version int `json:"version"`
	epicShape
}

type whyShape struct {
	Version int            `json:"version"`
	Ref     string         `json:"ref"`
	Kind    string         `json:"kind"`
	Title   string         `json:"title"`
	Verdict inventory.Code `json:"verdict"`
	Answer  string         `json:"answer"`
	Facts   []string       `json:"facts"`
	Ties    []tieShape     `json:"ties"` // what hangs together with it: audit, findings, framework issue, epic
	// Decision is what watching decides about it now; null: it is not followed.
	Decision *decisionShape `json:"decision"`
}

type tieShape struct {
	Kind   string `json:"kind"`   // audit, finding, framework, blocks, epic
	Ref    string `json:"ref"`    // owner/name#12
	State  string `json:"state"`  // open, closed, unknown
	Detail string `json:"detail"` // the kind of finding, the phase, where it is now; may be empty
}

type personShape struct {
	Ref    string `json:"ref"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
}

type proposalShape struct {
	Version int          `json:"version"`
	ID      string       `json:"id"` // names the plan in the journal, once it is sent
	Plans   []flows.Plan `json:"plans"`
	Seconds int          `json:"seconds"`          // applying the plans takes at the least, at what GitHub allows
	Sent    bool         `json:"sent"`             // false: a dry run, or nothing to do
	Results []stepShape  `json:"results"`          // a line a step that was carried out
	Report  *cameShape   `json:"report,omitempty"` // of an onboarding, its audits and epics alone: what came of it
}

// cameShape is what an onboarding came to.
type cameShape struct {
	Repos []cameRepoShape `json:"repos"`
	Total cameTotalShape  `json:"total"`
	Spent int             `json:"tasks_spent"`
	Left  *int            `json:"tasks_left"` // usable ones, today; null: broken off, or not known
	Next  []string        `json:"next"`       // command lines that go on from here
}

type cameRepoShape struct {
	Repo       string   `json:"repo"`          // owner/name
	Audits     []string `json:"audits_closed"` // refs, these and all below
	Issues     []string `json:"issues_made"`   // one a finding
	Frameworks []string `json:"framework_issues_made"`
	Reopened   []string `json:"reopened"` // made before, and taken back by an undo
	Epics      []string `json:"epics_made"`
	Extended   []string `json:"epics_extended"`
	Dispatched []string `json:"dispatched"`
	// Ends is the stage it ends at: audit, organise, executing, direct, idle;
	// left-alone, failed, or unknown where the run was broken off.
	Ends  string   `json:"ends"`
	Ready int      `json:"ready"`
	Why   []string `json:"why"` // what kept it from getting further
}

type cameTotalShape struct {
	Audits     int `json:"audits_closed"`
	Issues     int `json:"issues_made"`
	Frameworks int `json:"framework_issues_made"`
	Reopened   int `json:"reopened"`
	Epics      int `json:"epics_made"`
	Extended   int `json:"epics_extended"`
	Dispatched int `json:"dispatched"`
}

type stepShape struct {
	Kind    string `json:"kind"`
	Target  string `json:"target"`
	Outcome string `json:"outcome"` // done, skipped, refused, not-done
	Detail  string `json:"detail"`
}

type checkShape struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, warn, fail
	Detail string `json:"detail"`
	Do     string `json:"do"` // what to do; empty when ok
}

type doctorShape struct {
	Version int          `json:"version"`
	Checks  []checkShape `json:"checks"`
}

type configShape struct {
	Version int          `json:"version"`
	Values  []valueShape `json:"values"`
}

type valueShape struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

// budgetShape is the budget with repositories written as everywhere else.
type budgetShape struct {
	budget.Status
	Held      *int           `json:"held"` // null: not known, and what remains is at most that
	Outside   []outsideShape `json:"outside"`
	Elsewhere []outsideShape `json:"elsewhere"`
}

type outsideShape struct {
	Repo  string    `json:"repo"` // owner/name
	Issue int       `json:"issue"`
	Agent string    `json:"agent"`
	Actor string    `json:"actor"`
	At    time.Time `json:"at"`
}

func (a *app) shapeBudget(st budget.Status) budgetShape {
	out := budgetShape{st, &st.Held, shapeOutside(st.Outside), shapeOutside(st.Elsewhere)}
	if a.heldUnknown {
		out.Held = nil
	}
	return out
}

func shapeOutside(list []budget.Outside) []outsideShape {
	out := []outsideShape{}
	for _, o := range list {
		out = append(out, outsideShape{o.Repo.String(), o.Issue, o.Agent, o.Actor, o.At})
	}
	return out
}

type pauseShape struct {
	Version int  `json:"version"`
	Paused  bool `json:"paused"` // from now on
}

type reconcileShape struct {
	Version   int  `json:"version"`
	Rebuilt   bool `json:"rebuilt"`   // false: reservations.log was whole
	Held      int  `json:"held"`      // tasks reserved now
	Outside   int  `json:"outside"`   // of today, on GitHub and not in dispatch.log
	Elsewhere int  `json:"elsewhere"` // of today, claimed by other folders and charged there
}

type errorShape struct {
	Version int `json:"version"`
	Error   struct {
		Kind    string `json:"kind"`
		Status  int    `json:"status"`
		Message string `json:"message"`
		Hint    string `json:"hint"`
	} `json:"error"`
}

func shapeInventory(f *inventory.Fleet, snap *inventory.Snapshot) inventoryShape {
	out := inventoryShape{Version: shapeVersion, TakenAt: snap.TakenAt.UTC(), Repos: []repoShape{}}
	for _, r := range f.Rows {
		s := repoShape{
			Repo: r.Repo.Ref.String(), Name: r.Repo.Ref.Name, Open: r.Repo.OpenIssues,
			Audits: orEmpty(r.Audits), Epics: orEmpty(r.Epics), Pulls: r.Repo.OpenPulls,
			DefaultBranch: r.Repo.DefaultBranch, Language: r.Language,
			Stage: int(r.Stage), StageName: stageWord(r), Direct: r.Direct,
			Agent: r.Agent, CI: r.CI, Ready: r.Ready, Dispatched: r.Dispatched,
			ReadAt: r.Repo.ReadAt.UTC(), Problem: r.Repo.Problem,
		}
		if r.Tier > 0 {
			s.Tier = &r.Tier
		}
		out.Repos = append(out.Repos, s)
	}
	return out
}

func shapeEpic(e *inventory.Epic, children bool) epicShape {
	s := epicShape{
		Ref: e.Ref.String(), Repo: e.Ref.Repo.String(), Number: e.Ref.Number, Title: e.Title,
		Branch: e.Branch.Name, Exists: e.Branch.Head != "", Running: e.Running(),
		Total: len(e.Children), Done: e.Done(), Ready: len(e.Ready()), Phases: []phaseShape{},
	}
	for _, p := range e.Phases {
		q := phaseShape{Name: p.Name, Total: p.Total, Done: p.Done, Open: p.Open}
		if p.HasOrdinal {
			q.Ordinal = &p.Ordinal
		}
		s.Phases = append(s.Phases, q)
	}
	if !children {
		return s
	}
	for _, c := range e.Children {
		s.Children = append(s.Children, childShape{
			Ref: c.Ref.String(), Title: c.Title, State: childState(c), Checked: c.Checked,
			Phase: e.Phases[c.Phase].Name, Verdict: c.Verdict.Code, Reason: c.Verdict.Reason,
			Agent: c.Verdict.Agent, Line: c.Line,
		})
	}
	return s
}

func shapeEpics(f *inventory.Fleet, children bool) []epicShape {
	out := []epicShape{}
	for k := range f.Epics {
		out = append(out, shapeEpic(&f.Epics[k], children))
	}
	return out
}

func shapePeople(f *inventory.Fleet) []personShape {
	out := []personShape{}
	for _, p := range f.People {
		out = append(out, personShape{Ref: p.Ref.String(), Title: p.Title, Reason: p.Reason})
	}
	return out
}

func childState(c inventory.Child) string {
	switch {
	case c.Issue == nil || c.Issue.Missing:
		return "unknown"
	case c.Issue.Closed:
		return "closed"
	}
	return "open"
}

func stageWord(r inventory.Row) string {
	if r.Direct {
		return "direct"
	}
	return r.Stage.String()
}

func orEmpty(list []int) []int {
	if list == nil {
		return []int{}
	}
	return list
}
