package proof

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/inventory"
)

// fleetScene is a whole fleet with a past: the first of its epics that has
// children to dispatch, all of them in one repository. ok is false for a fleet
// without such an epic.
func fleetScene(t *testing.T, fleet string, seed uint64) (s scene, ok bool) {
	t.Helper()
	b := newBench(t, scene{fleet: fleet, seed: seed})
	files := b.host.sim.Fleet().Files
	s = scene{fleet: fleet, seed: seed, label: "jules", past: true, first: 2}
	if m := labelLine.FindSubmatch(files[config.ConfigFile]); m != nil {
		s.label = string(m[1])
	}
	var list struct {
		Epics []struct {
			Ref   string `json:"ref"`
			Ready int    `json:"ready"`
		}
	}
	e := b.run("epic", "list", "--json")
	if err := json.Unmarshal([]byte(e.out), &list); err != nil {
		t.Fatalf("core dev epic list: %v\n%s", err, e)
	}
	for _, one := range list.Epics {
		ref, err := inventory.ParseRef(one.Ref, inventory.RepoRef{}, "")
		if err != nil || one.Ready == 0 {
			continue
		}
		shown := dispatchArgs(ref, 0)
		shown[slices.Index(shown, "--yes")] = "--dry-run"
		e := b.run(shown...)
		var p struct {
			Plans []struct {
				Steps []struct{ Kind, Target string }
			}
		}
		if json.Unmarshal([]byte(e.out), &p) != nil || e.status != 0 {
			continue
		}
		s.epic, s.want = ref, 0
		home := true
		for _, plan := range p.Plans {
			for _, step := range plan.Steps {
				if step.Kind != "label" {
					continue
				}
				child, err := inventory.ParseRef(step.Target, ref.Repo, "")
				home = home && err == nil && child.Repo.Same(ref.Repo)
				s.want++
			}
		}
		if home && s.want > 0 {
			return s, true
		}
	}
	return s, false
}

var labelLine = regexp.MustCompile(`(?m)^\s*label: "?([^"\n]+)"?$`)

// soakFleets are the fleets of the long runs.
var soakFleets = []string{"mission", "scale:4x40"}

// soakScenes are those of twenty seeds of each fleet.
func soakScenes(t *testing.T) []scene {
	var out []scene
	for _, fleet := range soakFleets {
		found := 0
		for seed := uint64(1); seed <= soakSeeds; seed++ {
			if s, ok := fleetScene(t, fleet, seed); ok {
				out = append(out, s)
				found++
			}
		}
		t.Logf("fleet %s: %d of %d seeds have an epic to dispatch", fleet, found, soakSeeds)
		if found == 0 {
			t.Errorf("no seed of the fleet %s has an epic to dispatch", fleet)
		}
	}
	return out
}

// soakSeeds are how many courses of each kind the long runs take; CORE_SOAK_SEEDS
// says another number.
var soakSeeds = func() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("CORE_SOAK_SEEDS"), 10, 64); err == nil && n > 0 {
		return n
	}
	return 20
}()
