package seed

import (
	"fmt"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// tellPull has a pull request happen: its branch and commit, itself, checks,
// reviews, and its merge.
func (r *repository) tellPull(it *item) {
	tx, p := r.s.tx, it.pull
	var sha string // of the head
	r.s.act(it.at, it.author, func() error {
		made, err := r.open(it, &sha)
		if err != nil {
			return fmt.Errorf("%s: pull request %q: %w", r.name, it.title, err)
		}
		if made.Number != it.number {
			return fmt.Errorf("%s: %q became #%d instead of #%d", r.name, it.title, made.Number, it.number)
		}
		return nil
	})
	if len(it.labels) > 0 {
		r.on(it, it.at.Add(time.Minute), r.owners, func(i *world.Issue) error {
			_, err := tx.AddLabels(i, it.labels)
			return err
		})
	}
	if len(p.checks) > 0 {
		r.s.act(it.at.Add(4*time.Minute), "", func() error { return r.check(sha, it.at.Add(time.Minute), p.checks) })
	}
	for _, rev := range p.reviews {
		r.on(it, rev.at, rev.author, func(i *world.Issue) error { return r.review(i, rev) })
	}
	r.tellTalk(it)
	if p.merged.IsZero() {
		return
	}
	r.on(it, p.merged, r.owners, func(i *world.Issue) error { return r.merge(i, it) })
}

// open makes the head branch with its commit, and the pull request.
func (r *repository) open(it *item, sha *string) (*world.Issue, error) {
	tx, p := r.s.tx, it.pull
	from := p.base
	if p.fromBranch != "" {
		from = p.fromBranch
	}
	parent, err := r.tip(from)
	if err != nil {
		return nil, err
	}
	home := r
	if p.fork {
		if home, err = r.fork(it.author); err != nil {
			return nil, err
		}
	}
	if *sha, err = home.commit(p.head, []string{parent}, it.author, it.title, p.files); err != nil {
		return nil, err
	}
	return tx.CreatePull(r.row, world.NewPull{
		Title: it.title, Body: p.description(it.body, r.owners), Head: p.head, HeadRepo: home.row, Base: p.base, Draft: p.draft,
	})
}

// fork is the author's own copy of the repository, made when first asked for.
func (r *repository) fork(author string) (*repository, error) {
	if f := r.forks[author]; f != nil {
		return f, nil
	}
	actor := r.s.tx.Actor()
	defer r.s.tx.As(actor)
	r.s.tx.As(world.System())
	row, err := r.s.tx.CreateRepo(world.NewRepo{
		Owner: r.s.tx.UserByLogin(author), Name: r.name, Parent: r.row, Language: r.language, DefaultBranch: r.branch, IssuesDisabled: true,
	})
	if err != nil {
		return nil, err
	}
	f := &repository{s: r.s, owner: author, name: r.name, branch: r.branch, row: row, tips: map[string][]string{}}
	r.forks[author] = f
	return f, nil
}

// check gives a commit its check runs.
func (r *repository) check(sha string, from time.Time, checks []check) error {
	for _, c := range checks {
		n := world.NewCheck{SHA: sha, Name: c.name, Workflow: "CI", StartedAt: from, State: "COMPLETED",
			Conclusion: strings.ToUpper(c.result), CompletedAt: from.Add(3 * time.Minute)}
		if c.result == "pending" {
			n.State, n.Conclusion, n.CompletedAt = "IN_PROGRESS", "", time.Time{}
		}
		if _, err := r.s.tx.CreateCheck(r.row, n); err != nil {
			return fmt.Errorf("%s: check %s: %w", r.name, c.name, err)
		}
	}
	return nil
}

func (r *repository) review(i *world.Issue, rev review) error {
	tx := r.s.tx
	n := world.NewReview{State: strings.ToUpper(rev.state), Body: rev.body}
	for _, t := range rev.threads {
		n.Threads = append(n.Threads, world.NewThread{Path: t.path, Line: t.line, Body: t.body})
	}
	made, err := tx.CreateReview(i, n)
	if err != nil {
		return err
	}
	actor := tx.Actor()
	defer tx.As(actor)
	tx.As(world.Actor{User: tx.UserByLogin(r.owners)})
	for _, row := range tx.Threads(i.ID) {
		for _, t := range rev.threads {
			if row.ReviewID == made.ID && row.Path == t.path && row.Line == t.line && t.resolved {
				if _, err := tx.ResolveThread(row, true); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// merge puts the squashed commit on the base, records it as the pull request's
// merge, deletes the head branch and closes what was solved.
func (r *repository) merge(i *world.Issue, it *item) error {
	tx, p := r.s.tx, it.pull
	sha, err := r.commit(p.base, nil, it.author, fmt.Sprintf("%s (#%d)", it.title, it.number), p.files)
	if err != nil {
		return err
	}
	if _, err := tx.RecordMerge(i, sha); err != nil {
		return err
	}
	if _, err := tx.DeleteRef(r.row, "refs/heads/"+p.head); err != nil {
		return err
	}
	for _, solved := range p.solves {
		issue, err := r.issue(solved.number)
		if err != nil {
			return err
		}
		state, reason := "closed", "completed"
		if _, err := tx.EditIssue(issue, world.IssueEdit{State: &state, Reason: &reason}); err != nil {
			return err
		}
	}
	return nil
}

// description is the body of a pull request: its own text, what it fixes, and
// the agent's signature.
func (p *pull) description(text, owner string) string {
	var parts []string
	if text != "" {
		parts = append(parts, text)
	}
	for _, solved := range p.solves {
		parts = append(parts, fmt.Sprintf("Fixes #%d", solved.number))
	}
	if p.mentions > 0 {
		parts = append(parts, fmt.Sprintf("See #%d.", p.mentions))
	}
	if p.task > 0 {
		parts = append(parts, fmt.Sprintf("---\n*PR created automatically by Jules for task [%d](https://jules.google.com/task/%d) started by @%s*", p.task, p.task, owner))
	}
	return strings.Join(parts, "\n\n")
}
