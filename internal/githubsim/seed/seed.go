package seed

import (
	"embed"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

//go:embed all:data
var data embed.FS

// Info says what a fleet consists of.
type Info struct {
	Org   string            // login of the organisation
	Owner string            // login of the person who administers it
	Repos []string          // names, in the fleet's own order
	Label string            // calls the agent; "" jules
	Files map[string][]byte // what belongs into .core/: inventory.yaml, team.yaml, config.yaml
}

// Check refuses the name of a fleet that there is not.
func Check(name string) error {
	_, err := fleet(name)
	return err
}

// Fleet fills an empty world with the fleet of that name: mission, empty or
// scale:REPOSxISSUES. On an error the world stays empty.
func Fleet(w *world.World, name string, seed uint64) (Info, error) {
	build, err := fleet(name)
	if err != nil {
		return Info{}, err
	}
	var info Info
	err = w.Update(world.System(), func(tx *world.Tx) error {
		if len(tx.Users()) > 0 {
			return fmt.Errorf("fleet %s: the world is not empty", name)
		}
		random := rand.New(rand.NewPCG(seed, number(name)))
		tx.SeedIDs(1_000_000_000 + int64(random.Uint64N(1_000_000_000)))
		s := newScript(tx, random, seed)
		info, err = build(s)
		if err != nil {
			return err
		}
		return s.run()
	})
	if err != nil {
		return Info{}, fmt.Errorf("fleet %s, seed %d: %w", name, seed, err)
	}
	return info, nil
}

// fleet finds the builder of a fleet.
func fleet(name string) (func(*script) (Info, error), error) {
	switch {
	case name == "mission":
		return mission, nil
	case name == "empty":
		return empty, nil
	case strings.HasPrefix(name, "scale:"):
		r, i, ok := strings.Cut(strings.TrimPrefix(name, "scale:"), "x")
		repos, err := strconv.Atoi(r)
		issues, err2 := strconv.Atoi(i)
		if !ok || err != nil || err2 != nil || repos < 1 || issues < 0 || repos > 10_000 || issues > 100_000 {
			return nil, fmt.Errorf("fleet %q: want scale:REPOSxISSUES, for example scale:16x200", name)
		}
		return func(s *script) (Info, error) { return scale(s, repos, issues) }, nil
	}
	return nil, fmt.Errorf("fleet %q is unknown: want mission, scale:REPOSxISSUES or empty", name)
}

// number is a fixed number for a name, to draw from.
func number(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

func empty(s *script) (Info, error) {
	info := Info{Org: "empty-org", Owner: "owner", Files: map[string][]byte{
		"inventory.yaml": []byte("repos: []\n"),
		"team.yaml":      []byte("members:\n  - login: owner\n    quota: 300\n    repos: []\n"),
		"config.yaml":    []byte("host: github.localhost\norg: empty-org\n"),
	}}
	return info, s.organisation(info.Org, info.Owner, nil)
}
