package budget

import (
	"slices"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// DefaultQuota is the tasks a member may dispatch a day where nothing else is
// configured.
const DefaultQuota = 300

// Member is a person whose quota the team spends.
type Member struct {
	Login   string
	Quota   int      // tasks a window
	Repos   []string // connected repositories, "name" or "owner/name"
	Every   bool     // connected every repository, whatever Repos says
	NoToken bool     // no token of this member is at hand, so nothing new can be charged to it
}

// Team is whose quotas there are, in the order of team.yaml.
type Team struct {
	Owner   string // organisation of repositories written without one
	Members []Member
}

// Solo is the team where there is no team.yaml: one member with the default
// quota who connected every repository. login may be "".
func Solo(owner, login string) Team {
	return Team{Owner: owner, Members: []Member{{Login: login, Quota: DefaultQuota, Every: true}}}
}

// Pool is the sum of the members' quotas.
func (t Team) Pool() int {
	sum := 0
	for _, m := range t.Members {
		sum += m.quota()
	}
	return sum
}

// Connected tells whether anybody connected the repository.
func (t Team) Connected(repo inventory.RepoRef) bool {
	return slices.ContainsFunc(t.Members, func(m Member) bool { return m.connects(repo, t.Owner) })
}

// LineToAdd says what to write in team.yaml for a repository in nobody's list:
// it goes to the member with the fewest repositories whose token is at hand.
func (t Team) LineToAdd(repo inventory.RepoRef) string {
	name := repo.String()
	if strings.EqualFold(repo.Owner, t.Owner) {
		name = repo.Name
	}
	best := -1
	for i, m := range t.Members {
		if !m.NoToken && (best < 0 || len(m.Repos) < len(t.Members[best].Repos)) {
			best = i
		}
	}
	if best < 0 {
		return "- {login: LOGIN, quota: 300, repos: [" + name + "]}"
	}
	m := t.Members[best]
	return "repos: [" + strings.Join(append(slices.Clone(m.Repos), name), ", ") + "]  # of " + m.Login
}

func (m Member) quota() int { return max(m.Quota, 0) }

func (m Member) connects(repo inventory.RepoRef, owner string) bool {
	return m.Every || slices.ContainsFunc(m.Repos, func(r string) bool { return repoRef(r, owner).Same(repo) })
}

// reaches tells whether a member connected anything that is there. A nil fleet
// means that what is there is not known.
func (s *State) reaches(m Member) bool {
	if m.Every || s.Fleet == nil {
		return m.Every || len(m.Repos) > 0
	}
	s.index()
	return slices.ContainsFunc(m.Repos, func(r string) bool { return s.fleet[repoRef(r, s.Team.Owner).Key()] })
}

// member is the index of a login, or -1.
func (t Team) member(login string) int {
	if login == "" {
		return -1
	}
	return slices.IndexFunc(t.Members, func(m Member) bool { return strings.EqualFold(m.Login, login) })
}
