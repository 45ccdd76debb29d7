package proof

import (
	"fmt"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// onboardArgs is the onboarding of a folder's whole fleet, sent without asking.
var onboardArgs = []string{"onboard", "--all", "--yes", "--json"}

// yard furnishes the repository of a small scene, as its owner.
type yard struct {
	*world.Tx
	sim  *githubsim.Server
	repo *world.Repo
	err  error
}

// note keeps the first error.
func (y *yard) note(err error) {
	if y.err == nil {
		y.err = err
	}
}

// issue opens one and returns its number.
func (y *yard) issue(title, body string, labels ...string) int {
	i, err := y.CreateIssue(y.repo, world.NewIssue{Title: title, Body: body, Labels: labels})
	y.note(err)
	if err != nil {
		return 0
	}
	return i.Number
}

// stranger opens one as somebody who has nothing to do with the repository.
func (y *yard) stranger(title, body string) int {
	was := y.Actor()
	defer y.As(was)
	u := y.UserByLogin("mallory")
	if u == nil {
		y.As(world.System())
		var err error
		u, err = y.CreateUser(world.NewUser{Login: "mallory", Kind: world.Person})
		y.note(err)
	}
	y.As(world.Actor{User: u})
	return y.issue(title, body)
}

// audit is the body of an audit with a finding for each of these, "path: title".
func audit(findings ...string) string {
	var b strings.Builder
	b.WriteString("# Audit\n\n")
	for k, f := range findings {
		path, title, _ := strings.Cut(f, ": ")
		fmt.Fprintf(&b, "## %d. %s\n\n**Severity:** High\n\n**Location:** `%s:12`\n\n%s, as reading the code shows.\n\n", k+1, title, path, title)
	}
	return b.String()
}

// yardScene is the onboarding of one repository, "work", furnished by do; base
// is its default branch, empty: main. A quota of 300 is its owner's.
func yardScene(base string, do func(y *yard)) scene {
	if base == "" {
		base = "main"
	}
	return scene{
		fleet: "empty", seed: 1, label: "jules", command: onboardArgs,
		furnish: func(sim *githubsim.Server) error {
			owner := sim.Fleet().Owner
			return sim.World().Update(world.System(), func(tx *world.Tx) error {
				tx.As(world.Actor{User: tx.UserByLogin(owner)})
				tx.At(tx.Now().Add(-time.Hour)) // what is there is no news
				repo, err := tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin(smallOrg), Name: "work", DefaultBranch: base, Language: "Go"})
				if err != nil {
					return err
				}
				for _, path := range []string{"README.md", "api/read.go", "store/read.go", "web/read.go"} {
					if _, err := tx.PutFile(repo, world.NewFile{Path: path, Content: []byte("package work\n")}); err != nil {
						return err
					}
				}
				y := &yard{Tx: tx, sim: sim, repo: tx.RepoByID(repo.ID)}
				do(y)
				return y.err
			})
		},
		files: map[string]string{
			config.ConfigFile:    "host: github.localhost\norg: " + smallOrg + "\n",
			config.InventoryFile: "repos:\n  - name: work\n    default_branch: " + base + "\n",
			config.TeamFile:      "members:\n  - login: owner\n    quota: 300\n    repos: [work]\n",
		},
	}
}

// wholeScene has a bit of all that onboarding does: two audits whose four findings,
// in three packages, are of one kind and so share a framework issue, and the second
// of which has, when the first has ended, a pattern by itself, of other words; an
// epic of testing that takes in an issue; one new epic with its branch; one
// dispatch; a label that is missing.
func wholeScene() scene {
	return yardScene("", func(y *yard) {
		for _, l := range []string{"high", "security", "single-file", "package", "complexity:small", "complexity:medium", "complexity:large", "audit", "lang:go", "agentic", "quality", "testing", "jules"} {
			if y.LabelByName(y.repo, l) == nil {
				_, err := y.CreateLabel(y.repo, world.NewLabel{Name: l, Color: "c5def5"})
				y.note(err)
			}
		}
		y.issue("[Audit] input", audit("api/read.go: Input is not validated"))
		y.issue("[Audit] pages", audit("api/read.go: Input of a page is not validated", "store/read.go: Input of a page is not validated", "web/read.go: Input is not validated"))
		old := y.issue("test(api): cover the reader", "")
		y.issue("epic(testing): what is not covered", fmt.Sprintf("- [ ] #%d\n", old))
		y.issue("test(web): cover the reader", "")
	})
}
