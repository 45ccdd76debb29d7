package execute

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

//go:embed epic-pull.md
var epicPullText string

// finish brings a finished epic home: a pull request of its branch into the
// default branch of every repository that has it, and once they are merged the
// branches are deleted and the epic is closed.
func (x Watch) finish(w flows.World, out *Watched, g gathered, e *inventory.Epic, sights map[string]*Sight) {
	out.State = "every child closed"
	if slices.ContainsFunc(out.Plan.Steps, func(s flows.Step) bool { _, ok := s.Effect.(flows.Tick); return ok }) {
		return // first its checklist says so
	}
	issue, ok := w.Snapshot.Find(e.Ref)
	if !ok || issue.Closed {
		return
	}
	if len(e.Rivals) > 0 {
		out.person(e.Ref, "several branches claim it: "+strings.Join(e.Rivals, ", "), "leave one, with a plain name")
		return
	}
	home := true
	var last []flows.Step
	for _, repo := range branched(w, e) {
		b, _ := repo.Branch(e.Branch.Name)
		own := x.ownPulls(g, e, repo)
		switch {
		case slices.ContainsFunc(own, func(p *inventory.PullWork) bool { return p.State == inventory.PullOpen }):
			home = false // its own decision says what is done
		case repo.Work == nil:
			home = false // nobody knows whether its pull request is there
		case (brought(own, b.Head) || b.Head == repo.DefaultHead || nothingThere(w, e, repo, b.Head)) && deleteRefused(w, e, b.Head):
			out.person(e.Ref, "GitHub refused to delete its branch "+b.Name+", which is merged", "delete it by hand")
		case brought(own, b.Head):
			home = false // it is closed when its branch is known to be gone: nobody looks at a closed epic
			out.Plan.Add(flows.Step{Reason: "what stood on it was merged into " + repo.DefaultBranch, Effect: flows.DeleteBranch{Repo: repo.Ref, Name: b.Name, SHA: b.Head, Epic: e.Ref}})
		case b.Head == repo.DefaultHead || nothingThere(w, e, repo, b.Head):
			home = false
			out.Plan.Add(flows.Step{Reason: "nothing stands on it that " + repo.DefaultBranch + " has not", Effect: flows.DeleteBranch{Repo: repo.Ref, Name: b.Name, SHA: b.Head, Epic: e.Ref}})
		case slices.ContainsFunc(own, func(p *inventory.PullWork) bool { return p.State == inventory.PullClosed && p.HeadSHA == b.Head }):
			home = false // a person closed it: its decision says so
		default:
			home = false
			out.Plan.Add(flows.Step{Reason: "every child is closed: the epic's branch goes to " + repo.DefaultBranch,
				Effect: flows.OpenPull{Repo: repo.Ref, Head: b.Name, Base: repo.DefaultBranch, Epic: e.Ref,
					Title: flows.HarmlessWithin(e.Title, 200), Body: strings.ReplaceAll(strings.TrimSpace(epicPullText), "{epic}", e.Ref.From(repo.Ref))}})
		}
	}
	for _, b := range g.pulls { // read for the last time
		if b.task == nil && b.epic.Ref.Key() == e.Ref.Key() && b.pull.State == inventory.PullMerged && w.Courses.Of(b.pull.Ref).Ended == "" {
			last = append(last, flows.Step{Reason: "its epic is closed", Effect: flows.NotePull{Pull: b.pull.Ref,
				Note: inventory.PullNote{Kind: inventory.NoteEnded, What: string(b.pull.State), Child: e.Ref.String()}}})
		}
	}
	if home {
		out.Plan.Add(flows.Step{Reason: "every child is closed, and its branch is merged", Effect: flows.CloseIssue{Issue: e.Ref, Reason: "completed"}})
		for _, s := range last {
			out.Plan.Add(s)
		}
		out.State = stateDone
	}
}

// deleteRefused tells that GitHub refused to delete the epic's branch at this head.
func deleteRefused(w flows.World, e *inventory.Epic, head string) bool {
	return slices.ContainsFunc(w.Courses.Of(e.Ref).Refused, func(r inventory.Refusal) bool {
		return r.Deed == flows.DeleteBranch{}.Kind() && r.Head == head
	})
}

// branched are the repositories that have the epic's branch: its own, and those
// of its children.
func branched(w flows.World, e *inventory.Epic) []*inventory.Repo {
	var out []*inventory.Repo
	add := func(ref inventory.RepoRef) {
		r, ok := w.Snapshot.Repo(ref)
		if !ok || slices.ContainsFunc(out, func(o *inventory.Repo) bool { return o.Ref.Same(ref) }) {
			return
		}
		if b, there := r.Branch(e.Branch.Name); there && b.Head != "" {
			out = append(out, r)
		}
	}
	add(e.Ref.Repo)
	for _, c := range e.Children {
		add(c.Ref.Repo)
	}
	return out
}

func (x Watch) ownPulls(g gathered, e *inventory.Epic, repo *inventory.Repo) []*inventory.PullWork {
	var out []*inventory.PullWork
	for _, b := range g.pulls {
		if b.task == nil && b.epic.Ref.Key() == e.Ref.Key() && b.pull.Ref.Repo.Same(repo.Ref) {
			out = append(out, b.pull)
		}
	}
	return out
}

// brought tells whether a pull request of the branch was merged with that head.
func brought(own []*inventory.PullWork, head string) bool {
	return slices.ContainsFunc(own, func(p *inventory.PullWork) bool { return p.State == inventory.PullMerged && p.HeadSHA == head })
}

// nothingThere tells that GitHub refused a pull request of the branch at this
// head: it has no commits of its own.
func nothingThere(w flows.World, e *inventory.Epic, repo *inventory.Repo, head string) bool {
	return slices.ContainsFunc(w.Courses.Of(e.Ref).Refused, func(r inventory.Refusal) bool {
		return r.Deed == flows.OpenPull{}.Kind() && r.Head == head
	})
}
