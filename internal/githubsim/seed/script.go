package seed

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// day is the unit ages are told in.
const day = 24 * time.Hour

// script is what happened in a fleet's past: acts in any order, which run
// tells the world in order of time.
type script struct {
	tx     *world.Tx
	random *rand.Rand
	now    time.Time
	shift  time.Duration // by which everything is older than told, from the seed
	acts   []act
}

type act struct {
	at time.Time
	as string // login; empty: the system
	do func() error
}

func newScript(tx *world.Tx, random *rand.Rand, seed uint64) *script {
	return &script{tx: tx, random: random, now: tx.Now(), shift: time.Duration(seed%2400) * time.Second}
}

// ago is the moment so many days before now.
func (s *script) ago(days float64) time.Time {
	return s.now.Add(-time.Duration(days*float64(day)) - s.shift)
}

// act has something done at a moment in somebody's name. Acts of one moment
// are done in the order they were told; nothing is done in the future.
func (s *script) act(at time.Time, as string, do func() error) {
	if at.After(s.now) {
		at = s.now
	}
	s.acts = append(s.acts, act{at, as, do})
}

// run does all acts, the oldest first.
func (s *script) run() error {
	slices.SortStableFunc(s.acts, func(a, b act) int { return a.at.Compare(b.at) })
	for _, a := range s.acts {
		if err := s.play(a); err != nil {
			return err
		}
	}
	s.tx.At(time.Time{})
	s.tx.As(world.System())
	return nil
}

// play does one act at once.
func (s *script) play(a act) error {
	s.tx.At(a.at)
	actor := world.System()
	if a.as != "" {
		user := s.tx.UserByLogin(a.as)
		if user == nil {
			return fmt.Errorf("no account %q", a.as)
		}
		actor = world.Actor{User: user}
	}
	s.tx.As(actor)
	return a.do()
}

// account is a login and what it is.
type account struct {
	login, name string
	kind        world.UserKind
}

// people makes accounts that belong to nobody's organisation.
func (s *script) people(list []account) error {
	return s.play(act{at: s.ago(900), do: func() error {
		for _, a := range list {
			if _, err := s.tx.CreateUser(world.NewUser{Login: a.login, Name: a.name, Kind: a.kind}); err != nil {
				return fmt.Errorf("account %s: %w", a.login, err)
			}
		}
		return nil
	}})
}

// organisation makes an organisation, its owner and its members.
func (s *script) organisation(org, owner string, members []string) error {
	return s.play(act{at: s.ago(901), do: func() error {
		boss, err := s.tx.CreateUser(world.NewUser{Login: owner, Name: owner})
		if err != nil {
			return fmt.Errorf("account %s: %w", owner, err)
		}
		o, err := s.tx.CreateOrg(org, org, boss)
		if err != nil {
			return fmt.Errorf("organisation %s: %w", org, err)
		}
		for _, login := range members {
			m, err := s.tx.CreateUser(world.NewUser{Login: login, Name: login})
			if err != nil {
				return fmt.Errorf("account %s: %w", login, err)
			}
			if o, err = s.tx.AddMember(o, m, false); err != nil {
				return fmt.Errorf("member %s: %w", login, err)
			}
		}
		return nil
	}})
}
