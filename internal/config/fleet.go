package config

import (
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// Fleet is where the repositories come from.
type Fleet struct {
	Repos []FleetRepo // in order; empty: all unarchived repositories of Org, by name
	Org   string      // the organisation to list when Repos is empty; empty with that: nothing says what the fleet is
}

// FleetRepo is a repository of the fleet and the place that named it.
type FleetRepo struct {
	Repo
	Origin string // "inventory.yaml:3", "team.yaml:4" or "--repo"
}

// Rules are the inventory's rules of the fleet's repositories, in order.
func (f Fleet) Rules() []inventory.RepoRule {
	out := make([]inventory.RepoRule, len(f.Repos))
	for i, r := range f.Repos {
		out[i] = r.Rule()
	}
	return out
}

// ReadFleet lists the fleet: what inventory.yaml names, in its order, then
// what only team.yaml names; where neither names any, the organisation's.
// repos are the arguments of --repo: given, they alone are the fleet, with
// what inventory.yaml knows of them. An organisation given by flag that is not
// the file's is a fleet of its own.
func ReadFleet(dir Dir, c *Config, repos []string) (Fleet, error) {
	listed, err := ReadInventory(dir, c.Owner())
	if err != nil {
		return Fleet{}, err
	}
	for _, r := range listed {
		if _, ok := c.Agent(r.Agent); r.Agent != "" && !ok {
			return Fleet{}, &FileError{Path: dir.File(InventoryFile), Line: r.Line,
				Message: fmt.Sprintf("%s is given to agent %q, which config.yaml does not name", r.Ref, r.Agent), Hint: "name it under agents:, or take another"}
		}
	}
	known := map[string]Repo{}
	for _, r := range listed {
		known[r.Ref.Key()] = r
	}
	if len(repos) > 0 {
		return argumentFleet(c, repos, known)
	}
	if c.orgFlag && !strings.EqualFold(c.Org, c.fileOrg) && c.fileOrg != "" {
		return Fleet{Org: c.Org}, nil
	}
	f := Fleet{Org: c.Org}
	for _, r := range listed {
		f.Repos = append(f.Repos, FleetRepo{r, fmt.Sprintf("%s:%d", InventoryFile, r.Line)})
	}
	team, err := ReadTeam(dir, c.Owner(), "")
	if err != nil {
		return Fleet{}, err
	}
	for _, r := range team.repos {
		if _, ok := known[r.ref.Key()]; ok {
			continue
		}
		known[r.ref.Key()] = Repo{Ref: r.ref}
		f.Repos = append(f.Repos, FleetRepo{Repo{Ref: r.ref}, fmt.Sprintf("%s:%d", TeamFile, r.line)})
	}
	return f, nil
}

func argumentFleet(c *Config, repos []string, known map[string]Repo) (Fleet, error) {
	f := Fleet{Org: c.Org}
	seen := map[string]bool{}
	for _, text := range repos {
		ref, err := inventory.ParseRepo(text, c.Org)
		if err != nil {
			return Fleet{}, err
		}
		if seen[ref.Key()] {
			continue
		}
		seen[ref.Key()] = true
		r, ok := known[ref.Key()]
		if !ok {
			r = Repo{Ref: ref}
		}
		f.Repos = append(f.Repos, FleetRepo{r, "--repo"})
	}
	return f, nil
}

// Owner is whose the repositories are that the files name without an owner:
// the organisation of config.yaml, which no flag changes, else the effective one.
func (c *Config) Owner() string {
	if c.fileOrg != "" {
		return c.fileOrg
	}
	return c.Org
}
