package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/dappcore/core-dev/budget"
)

// InitOptions says what a new `.core/` begins with.
type InitOptions struct {
	Host    string // GitHub the ledger belongs to; empty: github.com
	APIURL  string // where it is not the host's own; empty: it is
	Org     string
	Repos   []Repo          // of inventory.yaml
	Members []budget.Member // of team.yaml; none: an example in comments

	// Whole files to begin with instead of those written by the above, as the
	// demo has them. They are checked before anything is made.
	Config, Inventory, Team []byte
}

// Initialised is what Init did.
type Initialised struct {
	Dir     Dir
	Created []string // file names, in the order they were made
	Kept    []string // files that were there, untouched
}

// ErrInitialised is Init's answer where config.yaml is there already.
var ErrInitialised = errors.New("there is a config.yaml already")

// Init makes `.core/` at the place of dir, or completes one that has no
// config.yaml, such as a folder with nothing but a dispatch.log made by hand.
// It never writes over anything. config.yaml comes last, so until all else is
// on the disk the folder does not count as initialised and Init may be run
// again; after an error what it made is taken away.
func Init(dir Dir, opt InitOptions) (done Initialised, err error) {
	files, err := opt.files(dir)
	if err != nil {
		return done, err
	}
	if _, err := os.Lstat(dir.File(ConfigFile)); err == nil {
		return done, fmt.Errorf("%s: %w: edit it, or init another folder", visible(dir.Path), ErrInitialised)
	}
	if err := os.MkdirAll(dir.Path, 0o755); err != nil {
		return done, err
	}
	defer func() {
		if err == nil {
			return
		}
		for _, name := range done.Created {
			err = errors.Join(err, os.Remove(dir.File(name)))
		}
		os.Remove(dir.Path) //nolint:errcheck // goes only when it is empty, as it was made
		done = Initialised{}
	}()
	for _, f := range files {
		err := createFile(dir.File(f.name), f.data)
		switch {
		case errors.Is(err, fs.ErrExist) && f.name != ConfigFile:
			done.Kept = append(done.Kept, f.name)
		case err != nil:
			return done, err
		default:
			done.Created = append(done.Created, f.name)
		}
	}
	dir.exists = true
	done.Dir = dir
	return done, nil
}

type newFile struct {
	name string
	data []byte
}

// files lists what Init makes, config.yaml last, after checking that each
// would be read back.
func (o InitOptions) files(dir Dir) ([]newFile, error) {
	config, repos, team := o.Config, o.Inventory, o.Team
	if config == nil {
		host := NormalHost(o.Host)
		if host == "" {
			host = "github.com"
		}
		config = []byte(Template(host, o.APIURL, o.Org))
	}
	doc, err := parseDocument(dir.File(ConfigFile), config)
	if err != nil {
		return nil, err
	}
	c, err := load(doc, Sources{Env: func(string) (string, bool) { return "", false }})
	if err != nil {
		return nil, err
	}
	if repos == nil {
		edits := make([]Edit, len(o.Repos))
		for i, r := range o.Repos {
			edits[i] = AddRepo(r)
		}
		if repos, err = editInventory(dir.File(InventoryFile), []byte(inventoryHeader), c.Org, edits); err != nil {
			return nil, err
		}
	}
	if team == nil {
		team = []byte(teamFile(o.Members))
	}
	if doc, err = parseDocument(dir.File(InventoryFile), repos); err != nil {
		return nil, err
	}
	if _, err := inventoryOf(doc, c.Org); err != nil {
		return nil, err
	}
	if doc, err = parseDocument(dir.File(TeamFile), team); err != nil {
		return nil, err
	}
	if _, err := teamOf(doc, c.Org); err != nil {
		return nil, err
	}
	out := []newFile{{".gitignore", []byte(gitignore)}, {InventoryFile, repos}, {TeamFile, team}}
	// A journal means that we wrote here before: an empty reservations.log
	// would then claim that nothing is held. `core dev budget reconcile`
	// rebuilds it.
	if _, err := os.Lstat(dir.File(JournalDir)); errors.Is(err, fs.ErrNotExist) {
		out = append(out, newFile{ReservedFile, nil})
	}
	return append(out, newFile{ConfigFile, config}), nil
}

const gitignore = `# Of this folder config.yaml, inventory.yaml and team.yaml are worth keeping in
# git. The rest belongs to this machine: two machines that merge a ledger would
# each count the other's dispatches wrongly.
*
!.gitignore
!config.yaml
!inventory.yaml
!team.yaml
`

const inventoryHeader = `# The fleet, in order. A tier is computed when a repository first enters, and
# kept here, where it may be edited.
#
#   - name: core            # or owner/name
#     default_branch: dev   # else GitHub's
#     tier: 1               # 1, 2, 3, 4 or none
#     language: Go          # else GitHub's
#     agent: jules          # else default_agent of config.yaml
#     ci: actions           # actions, other, or none: gated by reviews alone
repos:
`

const teamHeader = `# Who connected which repositories to an agent, and how many tasks a day each
# has. The pool is the sum; a repository in nobody's list cannot be dispatched.
# While this file names nobody: one member, 300 tasks, every repository.
#
# members:
#   - login: octocat
#     quota: 300
#     repos: [core, owner/other]   # [] while none is connected
`

func teamFile(members []budget.Member) string {
	if len(members) == 0 {
		return teamHeader
	}
	var b strings.Builder
	b.WriteString(teamHeader + "members:\n")
	for _, m := range members {
		names := make([]string, len(m.Repos))
		for i, r := range m.Repos {
			names[i] = plainOrQuoted(r)
		}
		fmt.Fprintf(&b, "  - login: %s\n    quota: %d\n    repos: [%s]\n", plainOrQuoted(m.Login), m.Quota, strings.Join(names, ", "))
	}
	return b.String()
}
