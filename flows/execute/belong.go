package execute

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// task is a child that is followed: dispatched, or closed and not ticked.
type task struct {
	inventory.Child
	epic   *inventory.Epic // nil: dispatched directly
	repo   *inventory.Repo
	target string
	since  time.Time // of its newest dispatch; zero: it is not dispatched
	by     string    // who dispatched it, as the label event says
	pulls  []*inventory.PullWork
	// strange are those of them that are no trusted account's, by number.
	strange map[int]bool
}

// tasks are an epic's children that are followed, in checklist order.
func tasks(w flows.World, e *inventory.Epic) []*task {
	var out []*task
	if len(e.Rivals) > 0 { // nobody knows where its pull requests go
		return nil
	}
	for _, c := range e.Children {
		if t := follow(w, c, e); t != nil {
			t.target = e.Branch.Name
			out = append(out, t)
		}
	}
	return out
}

// direct are the issues of a repository that were dispatched by themselves; astray
// those that were dispatched for an epic which does not list them any more, or is
// closed: nobody knows where their work belongs.
func direct(w flows.World, repo *inventory.Repo, listed map[string]bool) (out, astray []*task) {
	for k := range repo.Issues {
		i := &repo.Issues[k]
		if listed[i.Ref.Key()] || i.IsPull || i.Missing || i.Closed {
			continue
		}
		if ok, _ := w.Rules.Trust.Issue(*i); !ok {
			continue
		}
		t := follow(w, inventory.Child{Ref: i.Ref, Issue: i, Title: i.Title}, nil)
		switch {
		case t == nil:
		case w.Records[i.Ref.Key()].Epic.Number != 0:
			astray = append(astray, t)
		default:
			t.target = repo.DefaultBranch
			out = append(out, t)
		}
	}
	return out, astray
}

// follow is nil where a child is no agent's: never dispatched, or taken back.
func follow(w flows.World, c inventory.Child, e *inventory.Epic) *task {
	repo, ok := w.Snapshot.Repo(c.Ref.Repo)
	if !ok || c.Issue == nil || c.Issue.Missing || c.Issue.IsPull {
		return nil
	}
	t := &task{Child: c, epic: e, repo: repo, strange: map[int]bool{}}
	if _, why := inventory.Dispatched(c.Issue, w.Rules, w.Records[c.Ref.Key()]); why == "" {
		return nil
	}
	t.since, t.by = dispatchedAt(c.Issue, w.Rules, w.Records[c.Ref.Key()])
	return t
}

// dispatchedAt is when an issue was handed out the last time, and by whom: by the
// newest label event of an agent, else by dispatch.log.
func dispatchedAt(i *inventory.Issue, rules inventory.Rules, r inventory.Record) (at time.Time, by string) {
	for _, e := range i.LabelEvents {
		if _, ok := rules.Agent(e.Label); ok && e.Added && !e.At.Before(at) {
			at, by = e.At, e.Actor
		}
	}
	if r.LastLine.After(at) { // of the minute of its event, else an agent without a label
		if r.LastLine.Sub(at) >= time.Minute {
			by = ""
		}
		at = r.LastLine
	}
	return at, by
}

// belonging is what a pull request is to what is followed.
type belonging struct {
	pull  *inventory.PullWork
	task  *task           // nil: the epic's own
	epic  *inventory.Epic // nil: of a direct dispatch
	doubt string          // why a person has to settle whether it takes part
	// strange: it is a stranger's, or from a fork: whatever it does, the child is
	// followed as if it were not there.
	strange bool
}

// belongings finds the pull requests of the tasks, by our own record, else by
// structure: its base is the task's target, or one that can be changed to that,
// and GitHub has a cross-reference from it to the child. A mention alone, and a
// keyword, tie nothing (spec/1-domain "Whom to trust").
func belongings(w flows.World, repo *inventory.Repo, list []*task, epics []*inventory.Epic) []belonging {
	if repo.Work == nil {
		return nil
	}
	var out []belonging
	for k := range repo.Work.Pulls {
		p := &repo.Work.Pulls[k]
		if b, ok := belong(w, repo, p, list, epics); ok {
			out = append(out, b)
			if b.task != nil {
				b.task.pulls = append(b.task.pulls, p)
				if b.strange {
					b.task.strange[p.Ref.Number] = true
				}
			}
		}
	}
	rivals(out)
	return out
}

func belong(w flows.World, repo *inventory.Repo, p *inventory.PullWork, list []*task, epics []*inventory.Epic) (belonging, bool) {
	course := w.Courses.Of(p.Ref)
	doubt := distrust(w, p)
	if course.Child.Number != 0 {
		for _, e := range epics {
			if e.Ref.Key() == course.Child.Key() {
				return belonging{pull: p, epic: e, doubt: doubt, strange: doubt != ""}, true
			}
		}
		for _, t := range list {
			if t.Ref.Key() == course.Child.Key() {
				return belonging{pull: p, task: t, epic: t.epic, doubt: doubt, strange: doubt != ""}, true
			}
		}
		return belonging{}, false
	}
	var of []*task
	for _, t := range list {
		if !t.Ref.Repo.Same(repo.Ref) || !refersTo(repo.Work, p, t) || !t.since.IsZero() && p.CreatedAt.Before(t.since.Add(-time.Minute)) {
			continue
		}
		switch {
		case t.epic == nil && !agents(w, &p.Pull): // into the default branch anybody's pull request may go
		case p.Base == t.target || retargetable(w, repo, p):
			of = append(of, t)
		}
	}
	open := slices.DeleteFunc(slices.Clone(of), func(t *task) bool { return t.Issue.Closed || t.since.IsZero() })
	switch {
	case len(of) == 0:
		return astray(repo, p, list)
	case len(of) == 1:
		return belonging{pull: p, task: of[0], epic: of[0].epic, doubt: doubt, strange: doubt != ""}, true
	case len(open) == 1:
		return belonging{pull: p, task: open[0], epic: open[0].epic, doubt: doubt, strange: doubt != ""}, true
	case p.State != inventory.PullOpen:
		return belonging{}, false
	}
	names := make([]string, len(of))
	for k, t := range of {
		names[k] = t.Ref.From(repo.Ref)
	}
	return belonging{pull: p, task: of[0], epic: of[0].epic, doubt: "it refers to several dispatched children, " + strings.Join(names, " and ") + ": say whose it is", strange: doubt != ""}, true
}

// astray is an open pull request into the default branch that refers to one child,
// by whoever dispatched it: an agent may have opened it in their name. It is theirs
// to move, and until they have the child is not given up.
func astray(repo *inventory.Repo, p *inventory.PullWork, list []*task) (belonging, bool) {
	var of []*task
	for _, t := range list {
		if t.Ref.Repo.Same(repo.Ref) && !t.Issue.Closed && refersTo(repo.Work, p, t) &&
			!t.since.IsZero() && !p.CreatedAt.Before(t.since.Add(-time.Minute)) && strings.EqualFold(p.Author, t.by) {
			of = append(of, t)
		}
	}
	if len(of) != 1 || p.Base != repo.DefaultBranch || p.CrossRepo || p.State != inventory.PullOpen {
		return belonging{}, false
	}
	if of[0].epic == nil {
		return belonging{pull: p, task: of[0], doubt: "it is in the name of @" + p.Author + ", who dispatched " + of[0].Ref.From(repo.Ref) +
			", and GitHub does not tell whether the agent opened it: merge it by hand where it is the agent's"}, true
	}
	return belonging{pull: p, task: of[0], epic: of[0].epic, doubt: "it goes to " + p.Base + " in the name of @" + p.Author + ", who dispatched " + of[0].Ref.From(repo.Ref) +
		": where it is the agent's, set its base to " + of[0].target}, true
}

// distrust says why a pull request may not take part by itself.
func distrust(w flows.World, p *inventory.PullWork) string {
	switch {
	case p.CrossRepo:
		return "it comes from a fork"
	case strings.EqualFold(p.Author, w.Snapshot.Viewer) && p.AuthorKind != "Bot":
		return ""
	case !w.Rules.Trust.Author(p.Author, p.AuthorKind, p.Association):
		who := p.Author
		if who == "" {
			who = "an account that is gone"
		}
		return "by " + who + " (" + strings.ToLower(p.Association) + "), who is not trusted"
	}
	return ""
}

// retargetable tells whether a pull request into the default branch may be an
// agent's that went to the wrong one. A person's is theirs to move.
func retargetable(w flows.World, repo *inventory.Repo, p *inventory.PullWork) bool {
	return p.Base == repo.DefaultBranch && agents(w, &p.Pull)
}

// agents tells whether a configured agent's account opened it.
func agents(w flows.World, p *inventory.Pull) bool {
	return w.Rules.Trust.Author(p.Author, p.AuthorKind, "NONE")
}

func refersTo(work *inventory.Work, p *inventory.PullWork, t *task) bool {
	c, ok := work.Child(t.Ref.Number)
	return ok && slices.ContainsFunc(c.Pulls, func(r inventory.Ref) bool { return r.Number == p.Ref.Number })
}

// rivals doubts every open pull request of a child that has two of them.
func rivals(list []belonging) {
	open := map[*task][]int{}
	for k, b := range list {
		if b.task != nil && b.doubt == "" && b.pull.State == inventory.PullOpen {
			open[b.task] = append(open[b.task], k)
		}
	}
	for t, at := range open {
		if len(at) < 2 {
			continue
		}
		names := make([]string, len(at))
		for n, k := range at {
			names[n] = fmt.Sprintf("#%d", list[k].pull.Ref.Number)
		}
		for _, k := range at {
			list[k].doubt = "two claim " + t.Ref.From(list[k].pull.Ref.Repo) + ": " + strings.Join(names, " and ") + "; close all but one"
		}
	}
}

// Question is what Works has to be asked about a repository to follow what is
// dispatched there.
type Question struct {
	Repo     inventory.RepoRef
	Children []int    // their acknowledgements and pull requests
	Pulls    []int    // that our journal knows and that have not ended
	Branches []string // epics' branches, by their short names: how do they stand to the default branch?
}

// Questions are those of the epics, and of what was dispatched directly, by
// repository in the fleet's order.
func Questions(w flows.World, epics []inventory.Ref, repos []inventory.RepoRef) []Question {
	at := map[string]*Question{}
	var order []string
	of := func(repo inventory.RepoRef) *Question {
		key := repo.Key()
		if at[key] == nil {
			at[key] = &Question{Repo: repo}
			order = append(order, key)
		}
		return at[key]
	}
	wanted := map[string]bool{}
	add := func(t *task) {
		q := of(t.repo.Ref)
		q.Children = append(q.Children, t.Ref.Number)
		wanted[t.Ref.Key()] = true
	}
	for _, ref := range epics {
		e, ok := w.Fleet.Epic(ref)
		if !ok {
			continue
		}
		of(e.Ref.Repo)
		wanted[e.Ref.Key()] = true
		for _, c := range e.Ready() { // a pull request there may claim it
			if r, ok := w.Snapshot.Repo(c.Ref.Repo); ok {
				of(r.Ref)
			}
		}
		if Begun(w, e) || !e.Running() {
			for _, r := range branched(w, e) {
				q := of(r.Ref)
				q.Branches = append(q.Branches, e.Branch.Name)
			}
		}
		for _, t := range tasks(w, e) {
			if !t.Issue.Closed || !t.Checked {
				add(t)
			}
			wanted[t.Ref.Key()] = true
		}
	}
	listed := listedChildren(w.Fleet)
	for _, ref := range repos {
		if r, ok := w.Snapshot.Repo(ref); ok {
			follows, _ := direct(w, r, listed)
			for _, t := range follows {
				add(t)
			}
		}
	}
	for key, c := range w.Courses {
		if c.Ended != "" || !wanted[c.Child.Key()] {
			continue
		}
		if pull, err := inventory.ParseRef(key, inventory.RepoRef{}, ""); err == nil {
			if r, ok := w.Snapshot.Repo(pull.Repo); ok {
				q := of(r.Ref)
				q.Pulls = append(q.Pulls, pull.Number)
			}
		}
	}
	var out []Question
	for _, key := range order {
		q := at[key]
		slices.Sort(q.Children)
		slices.Sort(q.Pulls)
		slices.Sort(q.Branches)
		q.Children, q.Pulls = slices.Compact(q.Children), slices.Compact(q.Pulls)
		out = append(out, *q)
	}
	return out
}

// listedChildren are the children of all epics, by Ref.Key.
func listedChildren(f *inventory.Fleet) map[string]bool {
	out := map[string]bool{}
	for k := range f.Epics {
		for _, c := range f.Epics[k].Children {
			out[c.Ref.Key()] = true
		}
	}
	return out
}
