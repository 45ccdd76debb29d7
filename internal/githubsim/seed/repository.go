package seed

import (
	"fmt"
	"slices"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// repository is one repository of a script.
type repository struct {
	s *script

	owner, name, description string
	language, branch         string
	layer                    string // of the template its files come from
	owners                   string // login who administers: puts labels, merges, closes
	agent, label             string // login of the agent and the label that calls it
	created                  time.Time
	labels                   []label
	files                    map[string]string // of the first commit; nil: no commit at all
	collaborators            []collaborator
	memberAccess             world.Permission
	private                  bool
	issuesDisabled           bool
	formerName               string
	settings                 world.RepoSettings
	upstream                 *repository // told before, of which this is a fork

	row   *world.Repo
	tips  map[string][]string // branch -> its commits, oldest first
	forks map[string]*repository
}

type collaborator struct {
	login string
	role  world.Permission
}

// make has the repository made with its labels, people and first commit.
func (r *repository) make() {
	r.tips = map[string][]string{}
	r.forks = map[string]*repository{}
	r.s.act(r.created, "", func() error {
		tx := r.s.tx
		n := world.NewRepo{
			Owner: tx.UserByLogin(r.owner), Name: r.name, Description: r.description, Language: r.language,
			DefaultBranch: r.branch, Private: r.private, IssuesDisabled: r.issuesDisabled, MemberAccess: r.memberAccess,
			Settings: r.settings,
		}
		if r.formerName != "" {
			n.Name = r.formerName
		}
		if r.upstream != nil {
			n.Parent = r.upstream.row
		}
		row, err := tx.CreateRepo(n)
		if err != nil {
			return fmt.Errorf("repository %s: %w", r.name, err)
		}
		r.row = row
		for _, l := range r.labels {
			if tx.LabelByName(row, l.name) != nil {
				continue
			}
			if _, err := tx.CreateLabel(row, world.NewLabel{Name: l.name, Color: l.color, Description: l.description}); err != nil {
				return fmt.Errorf("repository %s: label %s: %w", r.name, l.name, err)
			}
		}
		for _, c := range r.collaborators {
			if _, err := tx.AddCollaborator(row, tx.UserByLogin(c.login), c.role); err != nil {
				return fmt.Errorf("repository %s: collaborator %s: %w", r.name, c.login, err)
			}
		}
		if r.upstream != nil {
			for branch, commits := range r.upstream.tips {
				r.tips[branch] = slices.Clone(commits)
			}
		}
		if r.files == nil {
			return nil
		}
		_, err = r.commit(r.branch, nil, r.owners, "Initial commit", r.files)
		return err
	})
	if r.formerName != "" {
		r.s.act(r.created.Add(day), "", func() error {
			_, err := r.s.tx.RenameRepo(r.row, r.name)
			return err
		})
	}
}

// commit puts files on a branch; parents nil: on its tip, or on the default
// branch's where there is no such branch yet.
func (r *repository) commit(branch string, parents []string, author, message string, files map[string]string) (string, error) {
	tx := r.s.tx
	who := gitstore.Person{Name: author, Email: author + "@users.noreply.github.com", When: tx.Now()}
	shas, err := tx.AddCommits(r.row, gitstore.Commit{
		Branch: branch, Parents: parents, Message: message, Author: who, Files: files,
	})
	if err != nil {
		return "", fmt.Errorf("repository %s: commit on %s: %w", r.name, branch, err)
	}
	r.tips[branch] = append(r.tips[branch], shas...)
	return shas[len(shas)-1], nil
}

// tip is the last commit of a branch.
func (r *repository) tip(branch string) (string, error) {
	list := r.tips[branch]
	if len(list) == 0 {
		return "", fmt.Errorf("repository %s has no branch %s", r.name, branch)
	}
	return list[len(list)-1], nil
}

// issue is the present state of an issue or pull request.
func (r *repository) issue(number int) (*world.Issue, error) {
	if i := r.s.tx.Issue(r.row.ID, number); i != nil {
		return i, nil
	}
	return nil, fmt.Errorf("repository %s has no #%d", r.name, number)
}

// on has something done to an issue at a moment.
func (r *repository) on(it *item, at time.Time, as string, do func(*world.Issue) error) {
	r.s.act(at, as, func() error {
		i, err := r.issue(it.number)
		if err == nil {
			err = do(i)
		}
		if err != nil {
			return fmt.Errorf("%s#%d at %s: %w", r.name, it.number, at.Format(time.RFC3339), err)
		}
		return nil
	})
}

// tell has all items happen. They must be arranged.
func (r *repository) tell(items []*item) {
	for _, it := range items {
		if it.pull != nil {
			r.tellPull(it)
		} else {
			r.tellIssue(it)
		}
	}
}

func (r *repository) tellIssue(it *item) {
	tx := r.s.tx
	trusted := r.mayLabel(it.author)
	r.s.act(it.at, it.author, func() error {
		n := world.NewIssue{Title: it.title, Body: it.body}
		if trusted {
			n.Labels = it.labels
		}
		made, err := tx.CreateIssue(r.row, n)
		if err != nil {
			return fmt.Errorf("%s#%d: %w", r.name, it.number, err)
		}
		if made.Number != it.number {
			return fmt.Errorf("%s: %q became #%d instead of #%d", r.name, it.title, made.Number, it.number)
		}
		return nil
	})
	if !trusted && len(it.labels) > 0 {
		r.on(it, it.at.Add(40*time.Minute), r.owners, func(i *world.Issue) error {
			_, err := tx.AddLabels(i, it.labels)
			return err
		})
	}
	if it.branch != "" {
		r.s.act(it.at.Add(time.Minute), r.owners, func() error {
			if len(r.tips[it.branch]) > 0 {
				return nil
			}
			sha, err := r.tip(r.branch)
			if err != nil {
				return err
			}
			r.tips[it.branch] = slices.Clone(r.tips[r.branch])
			_, err = tx.CreateRef(r.row, "refs/heads/"+it.branch, sha)
			return err
		})
	}
	if it.parent > 0 {
		r.on(it, it.at.Add(10*time.Minute), r.owners, func(i *world.Issue) error {
			_, err := tx.CreateComment(i, fmt.Sprintf("Parent: #%d", it.parent))
			return err
		})
	}
	r.tellTalk(it)
	r.tellLinks(it)
	r.tellEnd(it)
}

// mayLabel tells whether an author's own labels stick: an owner or collaborator's do.
func (r *repository) mayLabel(author string) bool {
	return author == r.owners || slices.ContainsFunc(r.collaborators, func(c collaborator) bool {
		return c.login == author && c.role >= world.Triage
	})
}

func (r *repository) tellTalk(it *item) {
	tx := r.s.tx
	for _, c := range it.comments {
		r.on(it, c.at, c.author, func(i *world.Issue) error {
			_, err := tx.CreateComment(i, c.body)
			return err
		})
	}
	if h := it.handed; h != nil {
		r.on(it, h.at, r.owners, func(i *world.Issue) error {
			text := fmt.Sprintf("Target branch: `%s`", h.target)
			if it.parent > 0 {
				text += fmt.Sprintf(" (epic #%d)", it.parent)
			}
			_, err := tx.CreateComment(i, text)
			return err
		})
		r.on(it, h.at.Add(2*time.Second), r.owners, func(i *world.Issue) error {
			_, err := tx.AddLabels(i, []string{r.label})
			return err
		})
		r.on(it, h.at.Add(50*time.Second), r.agent, func(i *world.Issue) error {
			if h.refused != "" {
				if _, err := tx.CreateComment(i, h.refused); err != nil {
					return err
				}
				_, err := tx.RemoveLabel(i, r.label)
				return err
			}
			if _, _, err := tx.AddIssueReaction(i, "eyes"); err != nil {
				return err
			}
			_, err := tx.CreateComment(i, "Jules is on it. When finished, you will see another comment and be able to review a PR.")
			return err
		})
	}
}

func (r *repository) tellLinks(it *item) {
	tx := r.s.tx
	for n, child := range it.subIssues {
		r.on(it, it.at.Add(5*time.Minute+time.Duration(n)*time.Second), r.owners, func(i *world.Issue) error {
			c, err := r.issue(child)
			if err == nil {
				_, err = tx.AddSubIssue(i, c, false)
			}
			return err
		})
	}
	for _, blocker := range it.blockedBy {
		r.on(it, it.at.Add(15*time.Minute), r.owners, func(i *world.Issue) error {
			b, err := r.issue(blocker)
			if err == nil {
				_, err = tx.AddBlockedBy(i, b)
			}
			return err
		})
	}
}

// tellEnd has the body ticked, and the issue closed, locked, deleted or moved.
func (r *repository) tellEnd(it *item) {
	tx := r.s.tx
	if it.ticked != "" {
		r.on(it, it.tickedAt, r.owners, func(i *world.Issue) error {
			_, err := tx.EditIssue(i, world.IssueEdit{Body: &it.ticked})
			return err
		})
	}
	if !it.closed.IsZero() && it.pull == nil {
		r.on(it, it.closed, r.owners, func(i *world.Issue) error {
			state, reason := "closed", "completed"
			if it.reason != "" {
				reason = it.reason
			}
			_, err := tx.EditIssue(i, world.IssueEdit{State: &state, Reason: &reason})
			return err
		})
	}
	if it.locked {
		r.on(it, it.at.Add(2*time.Hour), r.owners, func(i *world.Issue) error {
			_, err := tx.LockIssue(i, "resolved")
			return err
		})
	}
	if !it.deleted.IsZero() {
		r.on(it, it.deleted, r.owners, tx.DeleteIssue)
	}
	if it.movedTo != "" {
		r.on(it, it.movedAt, r.owners, func(i *world.Issue) error {
			to, _ := tx.Repo(r.owner, it.movedTo)
			if to == nil {
				return fmt.Errorf("no repository %s to transfer to", it.movedTo)
			}
			_, err := tx.TransferIssue(i, to, true)
			return err
		})
	}
}
