package config

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// maxQuota is the most tasks a member may be said to have: the largest plan
// gives 300 a day, so what is far beyond is a slip of the pen.
const maxQuota = 10_000

// CheckQuota is nil for what a member's quota may be, in tasks a day.
func CheckQuota(n int) error {
	if n < 0 || n > maxQuota {
		return fmt.Errorf("a quota of %d is not between 0 and %d tasks", n, maxQuota)
	}
	return nil
}

// CheckLogin is nil for what can be the login of a person, without "@".
func CheckLogin(s string) error {
	if s == "" || checkOwner(s) != nil {
		return fmt.Errorf("%q is not a login", s)
	}
	return nil
}

// Team is team.yaml.
type Team struct {
	budget.Team
	Assumed bool // there is no team.yaml, or nobody in it: one member with 300 who connected every repository

	repos []teamRepo
}

// teamRepo is a repository as a member's list names it.
type teamRepo struct {
	ref  inventory.RepoRef
	line int
}

var memberFields = "login, quota, repos"

// ReadTeam reads team.yaml. owner is whose the repositories written without an
// owner are; viewer is the login of the token's owner, who is the one member
// where the file is missing or names nobody ("" if not known).
func ReadTeam(dir Dir, owner, viewer string) (Team, error) {
	solo := Team{Team: budget.Solo(owner, viewer), Assumed: true}
	if !dir.Exists() {
		return solo, nil
	}
	doc, err := readDocument(dir.File(TeamFile))
	if errors.Is(err, fs.ErrNotExist) {
		return solo, nil
	}
	if err != nil {
		return Team{}, err
	}
	t, err := teamOf(doc, owner)
	if err != nil {
		return Team{}, err
	}
	if doc.node == nil {
		return solo, nil
	}
	return t, nil
}

func teamOf(doc *document, owner string) (Team, error) {
	l, err := membersOf(doc, owner)
	if err == nil && l.key != nil && len(l.nodes) == 0 {
		err = doc.errorAt(l.key.Key.GetToken(), "members names nobody", "name one (core dev team add LOGIN), or delete the file for one member with 300 tasks and every repository")
	}
	return l.Team, err
}

// memberList is a parsed team.yaml, and the places of its entries in the tree.
type memberList struct {
	Team
	nodes []ast.Node            // the mapping of each member
	key   *ast.MappingValueNode // of `members:`; nil: the file has none
}

func membersOf(doc *document, owner string) (memberList, error) {
	t := memberList{Team: Team{Team: budget.Team{Owner: owner}}}
	for _, e := range doc.root {
		name, err := doc.key(e)
		if err != nil {
			return t, err
		}
		if name != "members" {
			return t, doc.errorAt(e.Key.GetToken(), fmt.Sprintf("there is no key %q", name), "the file holds one list, members:")
		}
		t.key = e
		items, err := doc.sequence(e.Value, "members")
		if err != nil {
			return t, err
		}
		first := map[string]int{}
		for _, item := range items {
			m, err := t.readMember(doc, item)
			if err != nil {
				return t, err
			}
			key := strings.ToLower(m.Login)
			if at, ok := first[key]; ok {
				return t, newFileError(doc.path, doc.data, line(item), 0, fmt.Sprintf("%s is a member twice, on lines %d and %d", m.Login, at, line(item)), "put the repositories into one list")
			}
			first[key] = line(item)
			t.Members, t.nodes = append(t.Members, m), append(t.nodes, item)
		}
	}
	return t, nil
}

func (t *Team) readMember(doc *document, item ast.Node) (budget.Member, error) {
	m := budget.Member{Quota: budget.DefaultQuota}
	fields, err := doc.mapping(item, "a member")
	if err != nil {
		return m, err
	}
	listed := false
	for _, f := range fields {
		key, err := doc.key(f)
		if err != nil {
			return m, err
		}
		switch key {
		case "login":
			if m.Login, err = doc.text(f.Value, "login"); err != nil {
				return m, err
			}
			m.Login = strings.TrimPrefix(m.Login, "@")
			if err := CheckLogin(m.Login); err != nil {
				return m, doc.errorAt(begin(f.Value), err.Error(), "")
			}
		case "quota":
			if m.Quota, err = doc.number(f.Value, "quota"); err != nil {
				return m, err
			}
			if err := CheckQuota(m.Quota); err != nil {
				return m, doc.errorAt(begin(f.Value), err.Error(), "")
			}
		case "repos":
			listed = true
			if m.Repos, err = t.readRepos(doc, f.Value); err != nil {
				return m, err
			}
		default:
			return m, doc.errorAt(f.Key.GetToken(), fmt.Sprintf("a member has no key %q", key), "there are "+memberFields)
		}
	}
	if m.Login == "" {
		return m, doc.errorAt(begin(item), "a member has no login", "add login: NAME")
	}
	if !listed {
		return m, doc.errorAt(begin(item), m.Login+" has no list of repositories", "add repos: [NAME, ...] with those connected, or repos: [] while there are none")
	}
	return m, nil
}

// readRepos reads a member's list: names, kept as written.
func (t *Team) readRepos(doc *document, n ast.Node) ([]string, error) {
	items, err := doc.sequence(n, "repos")
	if err != nil {
		return nil, err
	}
	names := []string{}
	first := map[string]int{}
	for _, item := range items {
		name, err := doc.text(item, "a repository")
		if err != nil {
			return nil, err
		}
		ref, err := parseRepo(name, t.Owner)
		if err != nil {
			return nil, doc.errorAt(begin(item), err.Error(), "")
		}
		if at, ok := first[ref.Key()]; ok {
			return nil, doc.errorAt(begin(item), fmt.Sprintf("%s is in the list twice, on lines %d and %d", name, at, line(item)), "keep one of them")
		}
		first[ref.Key()] = line(item)
		t.repos = append(t.repos, teamRepo{ref, line(item)})
		names = append(names, name)
	}
	return names, nil
}

// MarkTokens notes which members' tokens are not at hand, so that their quota
// is stranded: neither is the member the viewer, nor does config.yaml name a
// variable (tokens:) that env finds filled. Where the viewer is not known, a
// member of whom config.yaml says nothing gets the benefit of the doubt:
// whoever dispatches knows the viewer.
func (t *Team) MarkTokens(c *Config, viewer string, env func(string) (string, bool)) {
	for i := range t.Members {
		m := &t.Members[i]
		name, named := c.TokenVariable(m.Login)
		value := ""
		if named {
			value, _ = env(name)
		}
		own := viewer == "" && !named || viewer != "" && strings.EqualFold(m.Login, viewer)
		m.NoToken = value == "" && !own && !t.Assumed
	}
}
