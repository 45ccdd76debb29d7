package people

import (
	"fmt"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// enrol makes the accounts of agents that the world does not have, and lets them write where their fleet is.
func (t *turn) enrol() error {
	t.as(nil)
	for _, a := range t.book.Manners.Agents {
		if t.tx.UserByLogin(a.Login) != nil {
			continue
		}
		u, err := t.tx.CreateUser(world.NewUser{Login: a.Login, Name: a.Name, Kind: world.Bot})
		if err != nil {
			return err
		}
		for _, repo := range t.tx.Repos() {
			if owner := t.tx.User(repo.OwnerID); owner == nil || owner.Kind != world.Organization || repo.Archived {
				continue
			}
			if _, err := t.tx.AddCollaborator(repo, u, world.Write); err != nil {
				return err
			}
		}
	}
	return nil
}

// arrive has people take the world as they find it: heads are known, agents go on with the issues they were given, and
// checks that were left pending come to an end.
func (t *turn) arrive() error {
	if all := t.tx.EventsAfter(0); len(all) > 0 {
		t.book.LastEvent = all[len(all)-1].ID
	}
	for _, repo := range t.tx.Repos() {
		if repo.Archived {
			continue
		}
		if owner := t.tx.User(repo.OwnerID); owner != nil && owner.Kind == world.Organization {
			if err := t.furnish(repo); err != nil {
				return err
			}
		}
		for _, name := range epicBranches(repo) {
			t.remember(fmt.Sprintf("branch/%d/%s", repo.ID, name), seen{repo.Refs[name], 1})
		}
		pulls := map[int64]bool{} // issues that open pull requests say they solve
		for _, pull := range t.tx.Issues(repo.ID) {
			if pull.Pull == nil || pull.Closed {
				continue
			}
			t.remember(fmt.Sprintf("head/%d", pull.ID), seen{pull.Pull.HeadSHA, 1})
			t.finishChecks(repo, pull)
			for _, issue := range t.solved(pull) {
				pulls[issue.ID] = true
				t.adoptPull(pull, issue)
			}
		}
		for _, issue := range t.tx.Issues(repo.ID) {
			if issue.Pull == nil && !issue.Closed && !pulls[issue.ID] {
				t.adoptCall(issue)
			}
		}
	}
	return nil
}

// solved are the issues an agent's pull request is for: those it refers to.
func (t *turn) solved(pull *world.Issue) []*world.Issue {
	author := t.tx.User(pull.AuthorID)
	if author == nil || t.profile(author.Login) == nil {
		return nil
	}
	var list []*world.Issue
	for _, issue := range t.tx.Issues(pull.RepoID) {
		if issue.Pull != nil || issue.Closed || len(issue.LabelIDs) == 0 {
			continue
		}
		for _, e := range t.tx.Events(issue.ID) {
			if e.Kind == world.CrossReferenced && e.SourceID == pull.ID {
				list = append(list, issue)
				break
			}
		}
	}
	return list
}

// adoptPull makes a pull request that an agent has opened already a task of its own.
func (t *turn) adoptPull(pull, issue *world.Issue) {
	agent := t.tx.User(pull.AuthorID)
	k := task{Agent: agent.Login, Issue: issue.ID, State: opened, Pull: pull.ID}
	k.Hopeless = t.p.profileDice(t.profile(agent.Login), "hopeless", issue.ID)
	t.keepTask(k)
	t.remember(fmt.Sprintf("pull/%d", pull.ID), issue.ID)
}

// adoptCall has an agent hear a label that was set before it came.
func (t *turn) adoptCall(issue *world.Issue) {
	var call *world.Event
	var agent *Profile
	for _, e := range t.tx.Events(issue.ID) {
		a := t.labelled(e.Label)
		who := t.tx.User(e.ActorID)
		switch {
		case a == nil:
		case e.Kind == world.Labeled && who != nil && who.Kind == world.Person:
			call, agent = e, a
		case e.Kind == world.Unlabeled:
			call = nil
		}
	}
	if call != nil && t.carries(issue, agent) {
		t.called(agent, issue, t.tx.User(call.ActorID), call)
	}
}
