package execute

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Watch asks for all that is to be done now for running epics, and for what was
// dispatched directly: one decision a pull request and look (spec/2-flows "Stage
// 3: execute"). The snapshot holds the Work of the repositories (Questions), the
// world the Courses with what the look adds (Observe).
type Watch struct {
	Epics []inventory.Ref     // that are followed
	Repos []inventory.RepoRef // whose direct dispatches are followed
	Scope Scope
	// Dispatch is how READY children are handed out; Max is an epic's at one look.
	Dispatch Dispatch
	Gates    Gates
	Patience Patience
	// Lag is how many commits of the default branch an epic's may lack before those
	// are merged into it; 0: any number.
	Lag int
	// Begin: where an epic has ended, the repository's next one is begun; else it
	// is named.
	Begin bool
}

// Scope is which part of it is wanted.
type Scope struct {
	Tick     bool // checklists are kept in step with their children
	Fix      bool // pull requests are unstuck: retargeted, asked about, resolved, updated
	Merge    bool // green ones are merged, ended ones followed up
	Dispatch bool // READY children of open phases are handed out
	Finish   bool // what is done is brought to the default branch
}

// All is the whole of it.
var All = Scope{true, true, true, true, true}

// Unstick is what gets pull requests moving, without a merge or a task.
var Unstick = Scope{Fix: true}

// Sync keeps the checklists in step, and nothing else.
var Sync = Scope{Tick: true}

// Watched is what one look says of one epic, or of one repository's direct
// dispatches.
type Watched struct {
	Epic      inventory.Ref // zero: the direct ones
	Repo      inventory.RepoRef
	Plan      flows.Plan
	Decisions []Decision
	// State is how the epic stands, in words: its phase, or what it waits for.
	State string
	// Waits is why the epic is not done; empty: it is, or this look ends it.
	Waits string
}

// stateDone is the State of an epic that this look closes.
const stateDone = "done"

// gathered is what is followed, put together.
type gathered struct {
	epics []*inventory.Epic
	tasks map[string][]*task // by epic, Ref.Key; direct ones by the repository's key
	pulls []belonging
	// astray are dispatched for epics that do not list them any more, by repository.
	astray map[string][]*task
}

func (x Watch) gather(w flows.World) gathered {
	g := gathered{tasks: map[string][]*task{}, astray: map[string][]*task{}}
	all := map[string][]*task{} // by repository
	take := func(key string, list []*task) {
		g.tasks[key] = list
		for _, t := range list {
			all[t.repo.Ref.Key()] = append(all[t.repo.Ref.Key()], t)
		}
	}
	homes := map[string][]*inventory.Epic{}
	for _, ref := range x.Epics {
		e, ok := w.Fleet.Epic(ref)
		if !ok {
			continue
		}
		g.epics = append(g.epics, e)
		list := tasks(w, e)
		take(e.Ref.Key(), list)
		for _, c := range e.Children { // its own pull request may be in a child's repository
			homes[c.Ref.Repo.Key()] = append(homes[c.Ref.Repo.Key()], e)
		}
		homes[e.Ref.Repo.Key()] = append(homes[e.Ref.Repo.Key()], e)
	}
	listed := listedChildren(w.Fleet)
	for _, ref := range x.Repos {
		if r, ok := w.Snapshot.Repo(ref); ok {
			follows, astray := direct(w, r, listed)
			take(r.Ref.Key(), follows)
			g.astray[r.Ref.Key()] = astray
		}
	}
	for k := range w.Snapshot.Repos {
		r := &w.Snapshot.Repos[k]
		g.pulls = append(g.pulls, belongings(w, r, all[r.Ref.Key()], homes[r.Ref.Key()])...)
	}
	return g
}

// Look decides everything, in the order the epics were given.
func (x Watch) Look(w flows.World) []Watched {
	g := x.gather(w)
	sights := x.sights(w, g)
	turns(sights)
	var out []Watched
	for _, e := range g.epics {
		seen := x.epic(w, g, e, sights)
		w.Budget = committed(w, seen.Plan)
		out = append(out, seen)
	}
	for _, repo := range x.Repos {
		r, ok := w.Snapshot.Repo(repo)
		if !ok || len(g.tasks[r.Ref.Key()])+len(g.astray[r.Ref.Key()]) == 0 {
			continue
		}
		seen := Watched{Repo: r.Ref, Plan: flows.Plan{Flow: "watch", Target: r.Ref.String(), Steps: []flows.Step{}, Skipped: []flows.Skip{}}}
		x.follow(w, &seen, g.tasks[r.Ref.Key()], sights)
		for _, t := range g.astray[r.Ref.Key()] {
			epic := w.Records[t.Ref.Key()].Epic.From(r.Ref)
			seen.person(t.Ref, "it was dispatched for epic "+epic+", which is closed or does not list it any more",
				"put it on that list again, recall it, or merge its pull request by hand")
		}
		out = append(out, seen)
	}
	return out
}

// sights are those of all pull requests, by Ref.Key.
func (x Watch) sights(w flows.World, g gathered) map[string]*Sight {
	out := map[string]*Sight{}
	for _, b := range g.pulls {
		repo, _ := w.Snapshot.Repo(b.pull.Ref.Repo)
		s := &Sight{Pull: b.pull, Course: w.Courses.Of(b.pull.Ref), Doubt: b.doubt, Strange: b.strange, Merge: repo.Work.Merge,
			Agents: agents(w, &b.pull.Pull), Gates: x.Gates, Patience: x.Patience, Now: w.Now}
		if row, ok := w.Fleet.Row(repo.Ref); ok {
			s.Reviewed = row.CI == "none"
		}
		if b.epic != nil {
			s.Epic = b.epic.Ref
		}
		if b.task == nil {
			s.Own, s.Child, s.Target = true, b.epic.Ref, repo.DefaultBranch
			s.Issue, _ = w.Snapshot.Find(b.epic.Ref)
		} else {
			s.Child, s.Issue, s.Ticked, s.Target, s.Dispatched = b.task.Ref, b.task.Issue, b.task.Checked, b.task.target, b.task.since
			s.Other = other(b)
			s.Deaf = !w.Records[b.task.Ref.Key()].Began.IsZero()
			if b.epic != nil && !s.Ticked {
				s.NoTick = noTick(w, b.epic, b.task.Ref)
			}
			s.Returned = w.Courses.Returned(b.task.Ref)
			if s.Course.Ended == inventory.PullClosed {
				s.Returned--
			}
		}
		out[b.pull.Ref.Key()] = s
	}
	return out
}

// other is another pull request of the same child that is open or merged and takes
// part, or may.
func other(b belonging) inventory.Ref {
	for _, p := range b.task.pulls {
		if p.Ref.Number != b.pull.Ref.Number && (p.State == inventory.PullOpen || p.State == inventory.PullMerged && !b.task.since.After(p.EndedAt)) && !b.task.strange[p.Ref.Number] {
			return p.Ref
		}
	}
	return inventory.Ref{}
}

// turns lets one pull request a base through at a time, of those that a merge
// there would set back: what is merged first moves the base of the others
// (spec/2-flows "Cascades"). First comes what is nearest to its merge.
func turns(sights map[string]*Sight) {
	near := map[Row]int{RowGreen: 1, RowPending: 2, RowBehind: 3, RowStuck: 4}
	type contender struct {
		*Sight
		near int
	}
	bases := map[string][]contender{}
	for _, s := range sights {
		d := Decide(*s)
		n := near[d.Row]
		if n == 0 || s.Pull.QueueOn || d.Person != "" && !d.wordLacks {
			continue
		}
		if d.Row == RowBehind && (s.Pull.Checks.Failed > 0 || s.Pull.ReviewDecision == "REVIEW_REQUIRED") {
			n += 3 // its update alone brings it no nearer
		}
		key := s.Pull.Ref.Repo.Key() + " " + s.Pull.Base
		bases[key] = append(bases[key], contender{s, n})
	}
	for _, list := range bases {
		slices.SortFunc(list, func(a, b contender) int {
			return cmp.Or(cmp.Compare(a.near, b.near), a.Pull.Ref.Compare(b.Pull.Ref))
		})
		for _, c := range list[1:] {
			c.Turn = list[0].Pull.Ref
		}
	}
}

// epic decides all that is to be done for one epic.
func (x Watch) epic(w flows.World, g gathered, e *inventory.Epic, sights map[string]*Sight) Watched {
	out := Watched{Epic: e.Ref, Repo: e.Ref.Repo, State: phaseOf(e),
		Plan: flows.Plan{Flow: "watch", Target: e.Ref.String(), Steps: []flows.Step{}, Skipped: []flows.Skip{}}}
	ticked := map[string]bool{}
	list := g.tasks[e.Ref.Key()]
	for _, t := range list {
		for _, p := range t.pulls {
			if s := sights[p.Ref.Key()]; x.Scope.Merge && s != nil && s.Doubt == "" && s.NoTick == "" && p.State == inventory.PullMerged && s.Course.Ended == "" {
				ticked[t.Ref.Key()] = true // with what else its merge asks for
			}
		}
	}
	if x.Scope.Tick {
		x.ticks(w, &out, e, ticked)
	}
	x.follow(w, &out, list, sights)
	for _, b := range g.pulls {
		if b.task == nil && b.epic.Ref.Key() == e.Ref.Key() {
			x.add(w, &out, Decide(*sights[b.pull.Ref.Key()]))
		}
	}
	switch {
	case e.Running():
		if x.Scope.Dispatch {
			x.next(w, &out, e, sights)
		}
		if Begun(w, e) {
			x.mergeUp(w, &out, g, e)
			blocked(&out, e)
		}
	case x.Scope.Finish:
		x.finish(w, &out, g, e, sights)
	}
	out.Waits = waits(&out, e)
	return out
}

// follow decides about every task: by its pull requests, or by its session.
func (x Watch) follow(w flows.World, out *Watched, list []*task, sights map[string]*Sight) {
	for _, t := range list {
		if t.repo.Work == nil { // that none was read is not that there is none
			if !t.Issue.Closed {
				why := "its repository was not read"
				if t.repo.Problem != nil {
					why = t.repo.Problem.Message
				}
				x.add(w, out, Decision{About: t.Ref, Child: t.Ref, Row: RowUnread, Seen: "its pull requests could not be read: " + why, Next: "they are read again at the next look", Soon: true})
			}
			continue
		}
		open := false
		for _, p := range t.pulls {
			s := sights[p.Ref.Key()]
			open = open || (p.State == inventory.PullOpen || p.State == inventory.PullMerged && !t.since.After(p.EndedAt)) && !s.Strange
			x.add(w, out, Decide(*s))
		}
		if !open && !t.Issue.Closed && !x.justReturned(t, sights) {
			x.add(w, out, x.session(w, t))
		}
	}
}

// justReturned tells that a pull request of the task that is closed takes it back
// at this look.
func (x Watch) justReturned(t *task, sights map[string]*Sight) bool {
	return slices.ContainsFunc(t.pulls, func(p *inventory.PullWork) bool {
		s := sights[p.Ref.Key()]
		return p.State == inventory.PullClosed && !t.since.After(p.EndedAt) && s != nil && !s.Strange
	})
}

// add takes a decision's steps into the plan, as far as they are wanted.
func (x Watch) add(w flows.World, out *Watched, d Decision) {
	if d.Row == RowClosed && len(d.Steps) > 0 && d.Soon { // its child goes back, too
		if p, err := (Recall{Child: d.Child}).Plan(w); err == nil {
			d.Steps = append(slices.Clone(p.Steps), d.Steps...)
		}
	}
	if !x.wants(d.Row) {
		d.Steps = nil
	}
	out.Decisions = append(out.Decisions, d)
	for _, s := range d.Steps {
		out.Plan.Add(s)
	}
	if len(d.Steps) == 0 {
		out.Plan.Skip(d.About.String(), d.Seen+": "+d.Next)
	}
}

// wants tells whether what a row does lies in the scope.
func (x Watch) wants(r Row) bool {
	switch r {
	case RowMerged, RowClosed, RowGreen, RowPending, RowSpent, RowLimit:
		return x.Scope.Merge
	case RowNone, RowUnknown, RowWorking, RowSilent, RowReview, RowPerson, RowQueued: // alerts at the most
		return x.Scope.Fix || x.Scope.Merge
	}
	return x.Scope.Fix
}

// phaseOf says how far an epic is.
func phaseOf(e *inventory.Epic) string {
	for _, p := range e.Phases {
		if p.Open && !p.Finished() {
			name := p.Name
			if name == "" {
				name = "children"
			}
			return fmt.Sprintf("%s %d/%d", name, p.Done, p.Total)
		}
	}
	return "every child closed"
}

// ticks plans the ticks of children that are closed, derived from their states:
// one that was lost returns here.
func (x Watch) ticks(w flows.World, out *Watched, e *inventory.Epic, already map[string]bool) {
	for _, c := range e.Children {
		if c.Checked || already[c.Ref.Key()] || c.Issue == nil || !c.Issue.Closed {
			continue
		}
		already[c.Ref.Key()] = true
		if why := noTick(w, e, c.Ref); why != "" {
			out.person(c.Ref, "closed, and cannot be ticked: "+why, "tick it by hand, or mend the checklist of "+e.Ref.From(c.Ref.Repo))
			continue
		}
		out.Plan.Add(flows.Step{Reason: "it is closed: " + c.Verdict.Reason, Effect: flows.Tick{Epic: e.Ref, Child: c.Ref}})
	}
}

// noTick is why a child cannot be ticked on its epic's checklist; empty: it can.
func noTick(w flows.World, e *inventory.Epic, child inventory.Ref) string {
	issue, ok := w.Snapshot.Find(e.Ref)
	if !ok {
		return "its epic was not read"
	}
	if !w.Rules.Trust.Author(issue.Author, issue.AuthorKind, issue.Association) {
		return "a stranger wrote the checklist, and nothing is written into their text"
	}
	if _, err := (flows.Tick{Epic: e.Ref, Child: child}).On([]byte(issue.Body)); err != nil {
		return err.Error()
	}
	return ""
}

// person adds what only a person can settle.
func (out *Watched) person(about inventory.Ref, seen, next string) {
	out.Plan.Skip(about.String(), seen+": "+next)
	out.Decisions = append(out.Decisions, Decision{About: about, Child: about, Row: RowPerson, Seen: seen, Next: next, Person: seen})
}

// Epics are those of the repositories that are followed where none is named: all
// that are open. One that was not begun is named, and begun when its turn comes.
func Epics(w flows.World, repos []inventory.RepoRef) []inventory.Ref {
	var out []inventory.Ref
	for k := range w.Fleet.Epics {
		if e := &w.Fleet.Epics[k]; slices.ContainsFunc(repos, e.Ref.Repo.Same) {
			out = append(out, e.Ref)
		}
	}
	return out
}

// committed is the budget with what a plan reserves.
func committed(w flows.World, p flows.Plan) budget.State {
	b := w.Budget
	for _, s := range p.Steps {
		if r, ok := s.Effect.(flows.Reserve); ok {
			b = flows.Committed(b, r)
		}
	}
	return b
}
