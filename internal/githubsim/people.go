package githubsim

import (
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/people"
)

// wake has the people of the world go on, by other manners if some were given.
func (s *Server) wake() error {
	var err error
	if s.people, err = people.New(s.world, s.seed, s.fleet.Label); err != nil {
		return err
	}
	if m := s.opts.People; m.Name != "" && m.Name != s.people.Manners().Name {
		return s.people.SetManners(m)
	}
	return nil
}

// catchUp has everything happen whose time has come: late effects, and what the people do.
func (s *Server) catchUp() {
	s.land()
	s.live()
}

// live has the people do what is due by now.
func (s *Server) live() {
	if err := s.people.Live(s.world.Now()); err != nil {
		s.mu.Lock()
		s.unwell = err
		s.mu.Unlock()
	}
}

// stirring is how often, in real time, the people act while nobody asks.
const stirring = 200 * time.Millisecond

// stir has the people act by themselves while the server serves.
func (s *Server) stir() {
	s.rested.Go(func() {
		beat := time.NewTicker(stirring)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
				s.live()
			case <-s.asleep:
				return
			}
		}
	})
}

// People are those who live in the world.
func (s *Server) People() *people.People { return s.people }

// peopleState is what GET /_sim/people answers.
type peopleState struct {
	people.State
	Error string `json:"error,omitempty"` // of the last failure that was none of GitHub's refusals
}

func (s *Server) peopleState(since int) peopleState {
	out := peopleState{State: s.people.State(since)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unwell != nil {
		out.Error = s.unwell.Error()
	}
	return out
}
