package people

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// fleet are the repositories of organisations that can be worked in, shuffled.
func (t *turn) fleet(dice *rand.Rand) []*world.Repo {
	var list []*world.Repo
	for _, r := range t.tx.Repos() {
		if owner := t.tx.User(r.OwnerID); owner != nil && owner.Kind == world.Organization && !r.Archived && r.Refs[branches+r.DefaultBranch] != "" {
			list = append(list, r)
		}
	}
	dice.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// hands are the persons who may write to a repository, those who own its organisation last: a fleet is kept in an owner's
// name, and what happens in another's name tells more.
func (t *turn) hands(repo *world.Repo) []*world.User {
	owner := t.tx.User(repo.OwnerID)
	var list, owners []*world.User
	for _, u := range t.tx.Collaborators(repo) {
		switch {
		case u.Kind != world.Person || t.tx.Permission(u, repo) < world.Write:
		case slices.Contains(owner.Owners, u.ID):
			owners = append(owners, u)
		default:
			list = append(list, u)
		}
	}
	return append(list, owners...)
}

// hand is one of the hands: mostly not an owner. nil where there is none but the one left out.
func (t *turn) hand(repo *world.Repo, dice *rand.Rand, but int64) *world.User {
	list := slices.DeleteFunc(t.hands(repo), func(u *world.User) bool { return u.ID == but })
	switch {
	case len(list) == 0:
		return nil
	case dice.IntN(4) > 0:
		return list[0]
	}
	return pick(dice, list)
}

// strangers are the persons who belong to no organisation and own no say in a repository.
func (t *turn) strangers(repo *world.Repo) []*world.User {
	var list []*world.User
	for _, u := range t.tx.Users() {
		if u.Kind == world.Person && t.tx.Permission(u, repo) == world.Read && t.tx.Association(u, repo) == "NONE" {
			list = append(list, u)
		}
	}
	return list
}

// open are the open issues, or pull requests, of a repository that are wanted.
func (t *turn) open(repo *world.Repo, pulls bool, want func(*world.Issue) bool) []*world.Issue {
	return slices.DeleteFunc(t.tx.Issues(repo.ID), func(i *world.Issue) bool {
		return i.Closed || i.Locked || (i.Pull != nil) != pulls || want != nil && !want(i)
	})
}

var boxForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[ \t]*(?:[-*+]|\d+\.) \[([ xX])\] (.*)$`)
})

var numberForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|[^\w/])#(\d+)`) })

// isEpic tells whether somebody with a say wrote a list of issues into an issue.
func (t *turn) isEpic(i *world.Issue) bool {
	if i.Pull != nil {
		return false
	}
	for _, m := range boxForm().FindAllStringSubmatch(i.Body, -1) {
		if numberForm().MatchString(m[2]) {
			return true
		}
	}
	return false
}

// children are the open issues that an epic's boxes name.
func (t *turn) children(epic *world.Issue) []*world.Issue {
	var list []*world.Issue
	for _, m := range boxForm().FindAllStringSubmatch(epic.Body, -1) {
		n := numberForm().FindStringSubmatch(m[2])
		if n == nil {
			continue
		}
		number, err := strconv.Atoi(n[1])
		if err != nil {
			continue
		}
		if i := t.tx.Issue(epic.RepoID, number); i != nil && i.Pull == nil && !i.Closed {
			list = append(list, i)
		}
	}
	return list
}

// agentOf is the agent whose label is on an issue, nil when none is.
func (t *turn) agentOf(i *world.Issue) *Profile {
	for _, l := range t.tx.LabelsOf(i) {
		if a := t.labelled(l.Name); a != nil {
			return a
		}
	}
	return nil
}

// byAgent tells whether a pull request is some agent's.
func (t *turn) byAgent(pull *world.Issue) bool { _, mine := t.taskOf(pull); return mine }
