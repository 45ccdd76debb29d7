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
	home := x.allRead(w, out, e)
	var last []flows.Step
	for _, repo := range branched(w, e) {
		b, _ := repo.Branch(e.Branch.Name)
		own := x.ownPulls(g, e, repo)
		switch {
		case slices.ContainsFunc(own, func(p *inventory.PullWork) bool { return p.State == inventory.PullOpen }):
			home = false // its own decision says what is done
		case repo.Work == nil:
			home = false // nobody knows whether its pull request is there
		case (brought(own, b.Head) || nothingThere(repo, b)) && deleteRefused(w, e, b.Head):
			out.person(e.Ref, "GitHub refused to delete its branch "+b.Name+", which is merged", "delete it by hand")
		case brought(own, b.Head), nothingThere(repo, b):
			home = false // it is closed when its branch is known to be gone: nobody looks at a closed epic
			why := "what stood on it was merged into " + repo.DefaultBranch
			if !brought(own, b.Head) {
				why = "nothing stands on it that " + repo.DefaultBranch + " has not"
			}
			out.Plan.Add(flows.Step{Reason: why, Effect: flows.DeleteBranch{Repo: repo.Ref, Name: b.Name, SHA: b.Head, Epic: e.Ref}})
		case slices.ContainsFunc(own, func(p *inventory.PullWork) bool { return p.State == inventory.PullClosed && p.HeadSHA == b.Head }):
			home = false // a person closed it: its decision says so
		default:
			home = false
			x.bringHome(w, out, e, repo, b)
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

// bringHome opens the pull request by which an epic's branch goes to the default
// branch, unless GitHub refused it at this head.
func (x Watch) bringHome(w flows.World, out *Watched, e *inventory.Epic, repo *inventory.Repo, b inventory.Branch) {
	n, last := refusedPull(w, e, b.Head)
	switch {
	case n >= mostRefusals:
		out.person(e.Ref, "GitHub refused a pull request of its branch "+b.Name+": "+last.Why, "open it by hand, or mend what stands against it")
	case n > 0 && w.Now.Sub(last.At) < x.Patience.Retry:
		out.unread(e.Ref, "GitHub refused a pull request of its branch "+b.Name+": "+last.Why)
	default:
		out.Plan.Add(flows.Step{Reason: "every child is closed: the epic's branch goes to " + repo.DefaultBranch,
			Effect: flows.OpenPull{Repo: repo.Ref, Head: b.Name, Base: repo.DefaultBranch, Epic: e.Ref,
				Title: flows.HarmlessWithin(e.Title, 200), Body: strings.ReplaceAll(strings.TrimSpace(epicPullText), "{epic}", e.Ref.From(repo.Ref))}})
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

// nothingThere tells that a branch has no commit that the default branch has not, as
// GitHub compares them. That it refused a pull request of it tells nothing: it may
// have been for another reason.
func nothingThere(repo *inventory.Repo, b inventory.Branch) bool {
	lag, known := inventory.Lag{}, false
	if repo.Work != nil {
		lag, known = repo.Work.Lag(b.Name)
	}
	return b.Head == repo.DefaultHead || known && lag.Ahead == 0
}

// allRead tells whether all repositories that may have the epic's branch were read:
// one that is not known has not come home.
func (x Watch) allRead(w flows.World, out *Watched, e *inventory.Epic) bool {
	refs := []inventory.RepoRef{e.Ref.Repo}
	for _, c := range e.Children {
		if !slices.ContainsFunc(refs, c.Ref.Repo.Same) {
			refs = append(refs, c.Ref.Repo)
		}
	}
	for _, ref := range refs {
		r, ok := w.Snapshot.Repo(ref)
		switch {
		case !ok && slices.ContainsFunc(w.Rules.Repos, func(rule inventory.RepoRule) bool { return rule.Ref.Same(ref) }):
			out.unread(e.Ref, ref.String()+" was not read")
		case ok && r.Problem != nil && r.Problem.Kind != "moved":
			out.unread(e.Ref, ref.String()+" could not be read: "+r.Problem.Message)
		default:
			continue
		}
		return false
	}
	return true
}

// unread says that it is not known how an epic stands.
func (out *Watched) unread(about inventory.Ref, seen string) {
	out.Plan.Skip(about.String(), seen)
	out.Decisions = append(out.Decisions, Decision{About: about, Child: about, Row: RowUnread, Seen: seen, Next: "it is read again at the next look"})
}

// refusedPull is what GitHub said when it refused a pull request of the epic's
// branch at this head, and how often.
func refusedPull(w flows.World, e *inventory.Epic, head string) (n int, last inventory.Refusal) {
	s := Sight{Course: w.Courses.Of(e.Ref), Pull: &inventory.PullWork{Pull: inventory.Pull{HeadSHA: head}}}
	return s.refused(flows.OpenPull{}.Kind())
}
