package orchestrator

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// mostTitle is GitHub's bound of an issue's title, in characters.
const mostTitle = 256

// exclusive is a deed that no two runs of one folder carry out at once: between
// its look and its write nothing at GitHub would keep the second one off.
type exclusive interface {
	alone() string // what for; empty: it need not be alone
}

// makeLabel makes a label, unless one of that name is there.
type makeLabel struct {
	*run
	flows.MakeLabel
}

func (d makeLabel) look(ctx context.Context) (Baseline, *result, error) {
	there, archived, err := d.Hub.Label(ctx, d.Repo, d.Name)
	switch {
	case err != nil:
		return Baseline{}, nil, goneStale(d.Repo.String(), err)
	case there:
		return Baseline{}, &result{outcome: Skipped, detail: d.Name + " is there already"}, nil
	case archived:
		return Baseline{}, nil, &Stale{d.Repo.String(), "it was archived meanwhile"}
	}
	return Baseline{}, nil, nil
}

func (d makeLabel) send(ctx context.Context, _ Baseline) (result, error) {
	err := d.Hub.MakeLabel(ctx, d.Repo, d.Name, d.Color, d.About)
	if err != nil && !doubtful(err) {
		if there, _, lookErr := d.Hub.Label(ctx, d.Repo, d.Name); lookErr == nil && there { // another was faster
			return result{outcome: Skipped, detail: d.Name + " is there already"}, nil
		}
	}
	return result{outcome: Done, detail: d.Name}, err
}

func (d makeLabel) judge(ctx context.Context, _ Baseline) (*result, error) {
	there, _, err := d.Hub.Label(ctx, d.Repo, d.Name)
	if err != nil || !there {
		return nil, err
	}
	return &result{outcome: Done, detail: d.Name}, nil
}

// makeIssue opens an issue. That one is ours, and which, is said by the journal, or
// by its mark and its author, never by its title.
type makeIssue struct {
	*run
	flows.MakeIssue
}

func (d makeIssue) alone() string { return "issue " + d.Repo.Key() + " " + d.Mark.Key }

func (d makeIssue) look(ctx context.Context) (Baseline, *result, error) {
	if err := d.fits(); err != nil {
		return Baseline{}, nil, err
	}
	refs := make([]inventory.Ref, len(d.Sources))
	for k, s := range d.Sources {
		refs[k] = s.Issue
	}
	known := d.made(d.Repo, d.Newest)
	g, err := d.Hub.Ground(ctx, d.Repo, known.above, refs)
	if err != nil {
		return Baseline{}, nil, goneStale(d.Repo.String(), err)
	}
	known.learn(g, d.Trust)
	if n := known.marks[d.Mark]; n > 0 {
		return Baseline{}, &result{outcome: Skipped, detail: fmt.Sprintf("stands there already: #%d", n), evidence: Evidence{Number: n}}, nil
	}
	if n, err := d.madeHere(ctx); err != nil || n > 0 {
		return Baseline{}, &result{outcome: Skipped, detail: fmt.Sprintf("was made here before: #%d", n), evidence: Evidence{Number: n}}, err
	}
	switch {
	case g.Archived:
		return Baseline{}, nil, &Stale{d.Repo.String(), "it was archived meanwhile"}
	case g.IssuesOff:
		return Baseline{}, nil, &Stale{d.Repo.String(), "its issues were switched off meanwhile"}
	case len(d.Labels) > 0 && !g.MayLabel():
		return Baseline{}, nil, &Stale{d.Repo.String(), "this account may not label issues there, and GitHub would drop the labels"}
	}
	for k, s := range g.Sources {
		if err := d.unchanged(s, d.Sources[k].Issue, d.Sources[k].Edited); err != nil {
			return Baseline{}, nil, err
		}
		if s.Closed {
			return Baseline{}, nil, &Stale{d.Sources[k].Issue.String(), "it was closed meanwhile"}
		}
	}
	return Baseline{Number: g.Newest}, nil, nil
}

// madeHere is the issue that this folder made with this mark since the plan was
// made; 0: none. GitHub's lists may be slow to show it, and its mark may have been
// pushed from the last line; the issue itself is there, or is gone for good.
func (d makeIssue) madeHere(ctx context.Context) (int, error) {
	n, err := d.Journal.MadeAs(d.Repo, d.Mark)
	if err != nil || n <= d.Newest {
		return 0, err
	}
	_, err = d.Hub.Standing(ctx, inventory.Ref{Repo: d.Repo, Number: n})
	if gone(err) {
		return 0, nil
	}
	return n, err
}

// tooLong is what GitHub would refuse for its length.
type tooLong string

func (e tooLong) Error() string { return string(e) }

// Local: work elsewhere goes on.
func (e tooLong) Local() bool { return true }

// fits refuses what GitHub would refuse for its length: a plan should not hold it.
func (d makeIssue) fits() error {
	if n := utf8.RuneCountInString(d.Title); n == 0 || n > mostTitle {
		return tooLong(fmt.Sprintf("%s: a title of %d characters, and GitHub takes 1 to %d: shorten the finding's title in its audit, and plan again", d.Repo, n, mostTitle))
	}
	if n := utf8.RuneCountInString(d.Body); n > inventory.MostBody {
		return tooLong(fmt.Sprintf("%s: %q has a body of %d characters, and GitHub takes %d: split it in its source, and plan again", d.Repo, d.Title, n, inventory.MostBody))
	}
	return nil
}

func (d makeIssue) send(ctx context.Context, _ Baseline) (result, error) {
	n, err := d.Hub.MakeIssue(ctx, d.Repo, d.Title, d.Body, d.Labels)
	if err != nil {
		return d.opened(n), err
	}
	return d.noted(n)
}

// judge knows the issue again: opened since, by this account, with this mark,
// which somebody may have written below already.
func (d makeIssue) judge(ctx context.Context, base Baseline) (*result, error) {
	g, err := d.Hub.Ground(ctx, d.Repo, base.Number, nil)
	if err != nil {
		return nil, err
	}
	for _, m := range g.Made {
		if m.Own && m.Has(d.Mark) {
			done, err := d.noted(m.Ref.Number)
			return &done, err
		}
	}
	return nil, nil
}

// noted notes the issue before the step is closed, so that a crash between the two
// is found out again.
func (d makeIssue) noted(n int) (result, error) {
	return d.opened(n), d.Journal.NoteMade(d.now(), inventory.Ref{Repo: d.Repo, Number: n}, d.Mark)
}

func (d makeIssue) opened(n int) result {
	return result{outcome: Done, detail: fmt.Sprintf("#%d %s", n, d.Title), evidence: Evidence{Number: n}}
}

// marks are the marks that a run has seen in a repository.
type marks struct {
	from  int // nothing up to here was looked at: it was there when the plan was made
	above int // up to here every issue since was looked at
	marks map[inventory.Mark]int
}

// made is what the run knows of a repository's marks; newest is the repository's
// highest number when the plan was made.
func (r *run) made(repo inventory.RepoRef, newest int) *marks {
	if r.grounds == nil {
		r.grounds = map[string]*marks{}
	}
	m := r.grounds[repo.Key()]
	if m == nil || newest < m.from {
		m = &marks{from: newest, above: newest, marks: map[inventory.Mark]int{}}
		r.grounds[repo.Key()] = m
	}
	return m
}

// learn takes in the marks that end issues of trusted authors and of our own; the
// oldest of several with the same mark counts.
func (m *marks) learn(g inventory.Ground, trust inventory.Trust) {
	for _, made := range g.Made {
		if made.Own || trust.Author(made.Author, made.AuthorKind, made.Association) {
			m.marks[made.Mark] = made.Ref.Number
		}
		m.above = max(m.above, made.Ref.Number)
	}
}

// unchanged tells of an issue that a plan rests on whether it is as it was:
// edited is the last edit of its title or body as the plan knew it. A renaming
// that the plan's look did not read counts from when the plan was made.
func (r *run) unchanged(s inventory.Standing, ref inventory.Ref, edited time.Time) error {
	switch {
	case s.Missing:
		return &Stale{ref.String(), "it was deleted or transferred meanwhile"}
	case s.EditedAt.After(edited):
		return &Stale{ref.String(), "its text was edited meanwhile"}
	case s.Renamed.After(edited) && s.Renamed.After(r.sheet.MadeAt):
		return &Stale{ref.String(), "its title was changed meanwhile"}
	}
	return nil
}

// goneStale makes of an answer that something is not there any more that the
// plan is outdated.
func goneStale(target string, err error) error {
	if gone(err) {
		return &Stale{target, "it was deleted, transferred or hidden meanwhile"}
	}
	return err
}
