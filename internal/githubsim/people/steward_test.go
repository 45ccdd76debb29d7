package people

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// steward uses the fleet as its owner would: it calls agents for the children of epics, asks for what its pull requests
// need, and merges what is green. It is a crude one, for the sake of what the others do.
type steward struct {
	pl    *place
	dice  *rand.Rand
	asked map[int64]string // head that was asked about
}

func (pl *place) steward() *steward {
	return &steward{pl: pl, dice: rand.New(rand.NewPCG(9, 9)), asked: map[int64]string{}}
}

// days has the steward work through so many days, every two hours.
func (s *steward) days(n int) {
	for range n * 12 {
		s.pl.pass(2 * time.Hour)
		s.round()
	}
}

func (s *steward) round() {
	var calls, pulls []*world.Issue
	s.pl.see(func(tx *world.Tx) {
		org := tx.UserByLogin(s.pl.info.Org)
		for _, r := range tx.ReposOf(org.ID) {
			for _, i := range tx.Issues(r.ID) {
				switch {
				case i.Closed || r.Archived:
				case i.Pull != nil:
					pulls = append(pulls, i)
				default:
					if len(calls) < 400 && len(tx.LabelsOf(i)) > 0 && !hasLabel(tx, i, s.label(), "agentic") {
						calls = append(calls, i)
					}
				}
			}
		}
	})
	s.dice.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
	for _, i := range calls[:min(len(calls), 1)] {
		s.call(i)
	}
	for _, p := range pulls {
		s.tend(p)
	}
}

func (s *steward) label() string {
	if s.pl.info.Label != "" {
		return s.pl.info.Label
	}
	return "jules"
}

func hasLabel(tx *world.Tx, i *world.Issue, names ...string) bool {
	for _, l := range tx.LabelsOf(i) {
		for _, n := range names {
			if strings.EqualFold(l.Name, n) {
				return true
			}
		}
	}
	return false
}

func (s *steward) as(fn func(tx *world.Tx) error) {
	var refused *world.Error
	var owner *world.User
	s.pl.see(func(tx *world.Tx) { owner = tx.UserByLogin(s.pl.info.Owner) })
	if err := s.pl.w.Update(world.Actor{User: owner}, fn); err != nil && !errors.As(err, &refused) {
		s.pl.t.Fatal(err)
	}
}

func (s *steward) call(i *world.Issue) {
	s.as(func(tx *world.Tx) error {
		r := tx.RepoByID(i.RepoID)
		branch := "epic/1-work"
		if r.Refs["refs/heads/"+branch] == "" {
			if _, err := tx.CreateRef(r, "refs/heads/"+branch, r.Refs["refs/heads/"+r.DefaultBranch]); err != nil {
				return err
			}
		}
		if _, err := tx.CreateComment(i, fmt.Sprintf("Target branch: `%s` (epic #1)", branch)); err != nil {
			return err
		}
		_, err := tx.AddLabels(i, []string{s.label()})
		return err
	})
}

// tend does one thing for a pull request.
func (s *steward) tend(p *world.Issue) {
	s.as(func(tx *world.Tx) error {
		p := tx.IssueByID(p.ID)
		if p.Closed || p.Pull.Draft || p.Pull.HeadRepoID != p.RepoID {
			return nil
		}
		if p.Pull.BaseRef != "epic/1-work" && tx.RepoByID(p.RepoID).Refs["refs/heads/epic/1-work"] != "" {
			_, err := tx.EditPullBase(p, "epic/1-work")
			return err
		}
		clean, err := tx.Merges(p)
		if err != nil {
			return err
		}
		open := 0
		for _, th := range tx.Threads(p.ID) {
			if !th.Resolved {
				open++
			}
		}
		ask := func(body string) error {
			if s.asked[p.ID] == p.Pull.HeadSHA {
				return nil
			}
			s.asked[p.ID] = p.Pull.HeadSHA
			_, err := tx.CreateComment(p, body)
			return err
		}
		switch rollup := tx.Rollup(p.RepoID, p.Pull.HeadSHA); {
		case open > 0 && s.asked[p.ID] != "" && s.asked[p.ID] != p.Pull.HeadSHA:
			for _, th := range tx.Threads(p.ID) {
				if !th.Resolved {
					if _, err := tx.ResolveThread(th, true); err != nil {
						return err
					}
				}
			}
			return nil
		case open > 0:
			return ask(askReviews)
		case !clean:
			return ask(askConflict)
		case rollup != "SUCCESS":
			return nil
		}
		if tx.RepoByID(p.RepoID).Settings.MergeQueue {
			_, err := tx.EnqueuePull(p)
			return err
		}
		_, err = tx.MergePull(p, world.Merge{Method: "squash", SHA: p.Pull.HeadSHA})
		return err
	})
}
