package cmd

import (
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/orchestrator"
)

// TestHandsAreAskedByPlansSideBySide: plans that are carried out at the same
// time ask for members' hands at the same time, each for several; all get the
// member's own, and every member has but one.
func TestHandsAreAskedByPlansSideBySide(t *testing.T) {
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	a.opt.demo, a.opt.dir = true, t.TempDir()
	t.Cleanup(a.close)
	hub, err := a.client(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	members := []string{"ann", "bob", "cid", "dot"}
	c := &config.Config{Tokens: map[string]string{}}
	tokens := map[string]string{}
	for _, login := range members {
		err := a.sim.World().Update(world.System(), func(tx *world.Tx) error {
			_, err := tx.CreateUser(world.NewUser{Login: login, Kind: world.Person})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Tokens[login] = strings.ToUpper(login)
		tokens[strings.ToUpper(login)] = a.sim.Token(login)
	}
	a.env = func(name string) (string, bool) { v, ok := tokens[name]; return v, ok }
	hand := a.hands(c, hub, "somebody else")

	const plans = 8
	got := make([][]orchestrator.Labeler, plans)
	var all sync.WaitGroup
	for k := range plans {
		all.Go(func() {
			for _, login := range members {
				h, err := hand(t.Context(), "jules", login)
				if err != nil {
					t.Error(err)
				}
				got[k] = append(got[k], h)
			}
		})
	}
	all.Wait()
	for k := range got {
		for m := range members {
			if got[k][m] != got[0][m] {
				t.Errorf("plan %d has another hand of @%s than plan 0", k, members[m])
			}
		}
	}
}
