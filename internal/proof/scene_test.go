package proof

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/limits"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

// scene is what a point starts from: a GitHub that is the same each time it is
// made, and a folder beside it. Making it anew is the fork: nothing of one
// point reaches another.
type scene struct {
	fleet    string
	seed     uint64
	furnish  func(*githubsim.Server) error
	files    map[string]string // of .core/, in the place of the fleet's own
	epic     inventory.Ref     // whose open phase is dispatched
	label    string            // of the agent
	want     int               // tasks that are spent when there is nothing left to do
	first    int               // children that the run which is disturbed dispatches at the most; 0: all
	claims   bool              // children are claimed on GitHub first
	past     bool              // children were dispatched before
	clock    world.Clock       // of GitHub; nil: the machine's
	limits   bool              // GitHub's limits hold; false: they only count
	command  []string          // that is run in the place of the epic's dispatch
	patience time.Duration     // how long a run may take; 0: longest
}

// args is the scene's command; most bounds the children of a dispatch, 0: all.
func (s scene) args(most int) []string {
	if s.command != nil {
		return s.command
	}
	return dispatchArgs(s.epic, most)
}

func (s scene) options() githubsim.Options {
	l := limits.Defaults()
	l.Off = !s.limits // a command run again and again cannot keep to an hour's limit
	return githubsim.Options{Fleet: s.fleet, Seed: s.seed, Limits: &l, Clock: s.clock}
}

// smallOrg owns the repository of the small scenes.
const smallOrg = "empty-org"

// pairScene is one repository with an epic of two children: every step of a
// dispatch twice, the branch once.
func pairScene() scene { return epicsScene(2, 1, 300) }

// epicsScene is one repository with so many children shared out over epics, and
// a pool of so many tasks. The children come first: #1 to #children.
func epicsScene(children, epics, quota int) scene {
	ref := inventory.Ref{Repo: inventory.RepoRef{Owner: smallOrg, Name: "work"}, Number: children + 1}
	return scene{
		fleet: "empty", seed: 1, epic: ref, label: "jules", want: children,
		furnish: func(sim *githubsim.Server) error {
			owner := sim.Fleet().Owner
			return sim.World().Update(world.System(), func(tx *world.Tx) error {
				tx.As(world.Actor{User: tx.UserByLogin(owner)})
				repo, err := tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin(smallOrg), Name: "work", DefaultBranch: "main"})
				if err != nil {
					return err
				}
				if _, err := tx.PutFile(repo, world.NewFile{Path: "README.md", Content: []byte("work\n")}); err != nil {
					return err
				}
				for n := range children {
					if _, err := tx.CreateIssue(repo, world.NewIssue{Title: fmt.Sprintf("fix: number %d", n+1)}); err != nil {
						return err
					}
				}
				for e := range epics {
					var body strings.Builder
					for n := e * children / epics; n < (e+1)*children/epics; n++ {
						fmt.Fprintf(&body, "- [ ] #%d\n", n+1)
					}
					if _, err := tx.CreateIssue(repo, world.NewIssue{Title: fmt.Sprintf("epic(audit): part %d", e+1), Body: body.String()}); err != nil {
						return err
					}
				}
				return nil
			})
		},
		files: map[string]string{
			config.ConfigFile:    "host: github.localhost\norg: " + smallOrg + "\n",
			config.InventoryFile: "repos:\n  - name: work\n    default_branch: main\n",
			config.TeamFile:      fmt.Sprintf("members:\n  - login: owner\n    quota: %d\n    repos: [work]\n", quota),
		},
	}
}

// folder makes a .core/ for this scene in a new place and returns the place.
func (s scene) folder(t testing.TB, h *host) string {
	t.Helper()
	dir := filepath.Join(scratch(t), "here")
	file := func(name string) []byte {
		text, mine := s.files[name]
		if !mine {
			text = string(h.sim.Fleet().Files[name])
		}
		return []byte(hostLine.ReplaceAllLiteralString(text, "host: "+strings.TrimPrefix(h.url, "http://")))
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	d, err := config.At(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Init(d, config.InitOptions{Config: file(config.ConfigFile), Inventory: file(config.InventoryFile), Team: file(config.TeamFile)}); err != nil {
		t.Fatal(err)
	}
	return dir
}

var hostLine = regexp.MustCompile(`(?m)^host: .*$`)

// scratch is where folders are made: memory where the machine has some to
// mount, because what is proven here is what a killed process leaves, not what
// a disk does.
func scratch(t testing.TB) string {
	if dir := t.TempDir(); soak() {
		return dir
	}
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		if dir, err := os.MkdirTemp("/dev/shm", "core-proof-"); err == nil {
			t.Cleanup(func() { os.RemoveAll(dir) })
			return dir
		}
	}
	return t.TempDir()
}

func (s scene) String() string {
	name := fmt.Sprintf("%s (fleet %s, seed %d", s.epic, s.fleet, s.seed)
	if s.claims {
		name += ", claims"
	}
	return name + ")"
}

// killScenes are what is killed and failed exhaustively: two children, with and
// without claims; in the long runs whole fleets besides.
func killScenes(t *testing.T) []scene {
	scenes := []scene{pairScene(), claimed(pairScene())}
	if soak() {
		scenes = append(scenes, soakScenes(t)...)
	}
	return scenes
}

// claimed has several machines in mind.
func claimed(s scene) scene {
	s.files = maps.Clone(s.files)
	s.files[config.ConfigFile] += "claims: refs\n"
	s.claims = true
	return s
}
