// Package githubsim answers for a GitHub of one's own: one HTTP handler that serves GitHub's REST and GraphQL APIs and git
// over smart HTTP from a world on disk or in memory, and that refuses, limits and fails as GitHub does.
//
// Paths: REST at / and /api/v3/, GraphQL at /graphql and /api/graphql, git at /OWNER/NAME.git/. Requests in absolute form,
// as a proxy gets them, for api.github.localhost (REST, GraphQL) and github.localhost (git, pages) are answered, too, so
// that a client which takes github.localhost for GitHub needs this server as its HTTP proxy and nothing else. Paths below
// /_sim/ steer the server and are no part of GitHub: see control.go.
//
// Everything that has a time has it from the world's virtual clock.
package githubsim

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/dappcore/core-dev/internal/githubsim/faults"
	"github.com/dappcore/core-dev/internal/githubsim/limits"
	"github.com/dappcore/core-dev/internal/githubsim/people"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
	"github.com/dappcore/core-dev/internal/githubsim/searchindex"
	"github.com/dappcore/core-dev/internal/githubsim/seed"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// Options say what to open.
type Options struct {
	Dir     string         // state is kept here; "": in memory, git repositories in a temporary folder that Close removes
	Fleet   string         // mission, scale:REPOSxISSUES or empty (the default); of a Dir that has state it must be the same, or ""
	Seed    uint64         // of everything drawn by chance; like Fleet
	Speed   float64        // virtual seconds a real second; 0 is 1
	Clock   world.Clock    // instead of a clock of that speed
	Latency time.Duration  // real time every answer takes longer
	Faults  string         // see package faults
	Limits  *limits.Config // nil: GitHub's numbers
	People  people.Manners // who lives there and how; zero: what a Dir that has state says, else nobody

	SearchDelay time.Duration // virtual time the search index runs behind
}

// Server is an open GitHub. Close it; twice is fine.
type Server struct {
	opts    Options
	clock   *steeredClock
	world   *world.World
	log     *requestlog.Log
	faults  *faults.Set
	limiter *limits.Limiter
	search  *searchindex.Index
	people  *people.People
	lock    *flock.Flock
	fleet   seed.Info
	seed    uint64

	mu     sync.Mutex
	late   []landing
	hook   func(Boundary, requestlog.Record)
	http   *http.Server
	ended  chan struct{}
	closed bool
	asleep chan struct{} // closed when the people are to rest
	rested sync.WaitGroup
	unwell error // of the people's last failure
}

// ErrInUse tells that another embedded GitHub has the folder open.
var ErrInUse = errors.New("in use by another embedded GitHub: stop it, or choose another folder")

// staleBy is how far behind the fault stale-search puts the search index.
const staleBy = 30 * time.Second

// Open opens the world in opts.Dir, or makes it and fills it with the fleet.
func Open(ctx context.Context, opts Options) (*Server, error) {
	s := &Server{opts: opts, seed: opts.Seed, asleep: make(chan struct{})}
	var err error
	if s.faults, err = faults.NewSet(opts.Faults, opts.Seed); err != nil {
		return nil, err
	}
	inner := opts.Clock
	if inner == nil {
		inner = world.NewScaledClock(time.Now(), opts.Speed)
	}
	s.clock = &steeredClock{inner: inner}
	s.search = searchindex.New(opts.SearchDelay)
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) error {
	file := ""
	if s.opts.Dir != "" {
		if err := os.MkdirAll(s.opts.Dir, 0o755); err != nil {
			return fmt.Errorf("make the folder of the embedded GitHub: %w", err)
		}
		s.lock = flock.New(filepath.Join(s.opts.Dir, "server.lock"))
		if free, err := s.lock.TryLock(); err != nil || !free {
			s.lock = nil
			return errors.Join(fmt.Errorf("%s: %w", s.opts.Dir, ErrInUse), err)
		}
		file = filepath.Join(s.opts.Dir, "requests.db")
	}
	var err error
	if s.world, err = world.Open(s.opts.Dir, s.clock); err != nil {
		return err
	}
	if s.log, err = requestlog.Open(file); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.fill(); err != nil {
		return err
	}
	cfg := limits.Defaults()
	if s.opts.Limits != nil {
		cfg = *s.opts.Limits
	}
	s.limiter = limits.New(cfg, s.world.Now)
	s.restoreLimits()
	return s.wake()
}

// Settings of the world that say what it was made from.
const (
	fleetSetting = "fleet"
	seedSetting  = "seed"
	infoSetting  = "fleet.info"
)

// fill makes the fleet in a new world, or checks that it is the wanted one.
func (s *Server) fill() error {
	var fleet, seeded, info string
	if err := s.world.View(func(tx *world.Tx) error {
		fleet, seeded, info = tx.Setting(fleetSetting), tx.Setting(seedSetting), tx.Setting(infoSetting)
		return nil
	}); err != nil {
		return err
	}
	if fleet != "" {
		if s.opts.Fleet != "" && (s.opts.Fleet != fleet || strconv.FormatUint(s.opts.Seed, 10) != seeded) {
			return fmt.Errorf("%s holds the fleet %s of seed %s, not %s of seed %d: choose another folder, or leave the fleet out to go on with it",
				s.opts.Dir, fleet, seeded, s.opts.Fleet, s.opts.Seed)
		}
		n, err := strconv.ParseUint(seeded, 10, 64)
		if err != nil {
			return fmt.Errorf("%s: the world's seed %q is no number", s.opts.Dir, seeded)
		}
		s.seed = n
		return json.Unmarshal([]byte(info), &s.fleet)
	}
	fleet = s.opts.Fleet
	if fleet == "" {
		fleet = "empty"
	}
	made, err := seed.Fleet(s.world, fleet, s.opts.Seed)
	if err != nil {
		return err
	}
	s.fleet = made
	text, err := json.Marshal(made)
	if err != nil {
		return err
	}
	return s.world.Update(world.System(), func(tx *world.Tx) error {
		if owner := tx.UserByLogin(made.Owner); owner != nil {
			if _, err := tx.CreateToken(world.NewToken{Text: PlainToken, User: owner, Scopes: AllScopes}); err != nil {
				return err
			}
		}
		tx.SetSetting(fleetSetting, fleet)
		tx.SetSetting(seedSetting, strconv.FormatUint(s.opts.Seed, 10))
		tx.SetSetting(infoSetting, string(text))
		return nil
	})
}

// restoreLimits counts the requests of the last hour again, so that a restart gives nobody new points.
func (s *Server) restoreLimits() {
	since := s.world.Now().Add(-time.Hour)
	for _, r := range s.log.Since(0) {
		if r.Time.After(since) && r.Refused == "" && r.Lands == 0 && r.Resource != resourceGit && r.Resource != "" {
			s.limiter.Restore(r.Login, r.Time, limits.Use{Resource: r.Resource, Points: r.Points, Secondary: r.Secondary, Content: r.Content})
		}
	}
}

// Start serves on addr, such as 127.0.0.1:0, and returns the URL to reach it at.
func (s *Server) Start(addr string) (url string, err error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", fmt.Errorf("listen on %s: %w", addr, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http != nil {
		l.Close()
		return "", errors.New("the embedded GitHub serves already")
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 30 * time.Second, ErrorLog: log.New(io.Discard, "", 0)} // a demo's screen is its user's
	ended := make(chan struct{})
	s.http, s.ended = server, ended
	s.stir()
	go func() { // Close may be faster than this begins
		defer close(ended)
		_ = server.Serve(l)
	}()
	return "http://" + l.Addr().String(), nil
}

// Close stops serving and closes the state. Requests under way are cut; what they changed stays changed.
func (s *Server) Close() error {
	s.mu.Lock()
	server, ended, again := s.http, s.ended, s.closed
	s.http, s.closed = nil, true
	s.mu.Unlock()
	if again {
		return nil
	}
	close(s.asleep)
	if s.people != nil {
		s.people.Rest()
	}
	s.rested.Wait()
	var err error
	if server != nil {
		err = server.Close()
		<-ended
	}
	if s.world != nil {
		err = errors.Join(err, s.world.Close())
	}
	if s.log != nil {
		err = errors.Join(err, s.log.Close())
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Unlock())
	}
	return err
}

// World is the state behind the APIs.
func (s *Server) World() *world.World { return s.world }

// Requests is the journal of what was asked.
func (s *Server) Requests() *requestlog.Log { return s.log }

// Faults are the faults in force.
func (s *Server) Faults() *faults.Set { return s.faults }

// Limits is what counts the requests of every user.
func (s *Server) Limits() *limits.Limiter { return s.limiter }

// Fleet tells what the world was filled with.
func (s *Server) Fleet() seed.Info { return s.fleet }

// PlainToken is a token of the fleet's owner that a person can type: GH_TOKEN=x.
const PlainToken = "x"

// AllScopes are the scopes of the tokens that Token gives.
var AllScopes = []string{"admin:org", "project", "repo", "user", "workflow"}

// Token returns a token of that user with every scope, always the same one; "" when there is no such user.
func (s *Server) Token(login string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s", s.seed, login))
	text := "ghp_" + hex.EncodeToString(sum[:])[:36]
	err := s.world.Update(world.System(), func(tx *world.Tx) error {
		u := tx.UserByLogin(login)
		if u == nil {
			return fmt.Errorf("no user %s", login)
		}
		if tx.TokenByText(text) != nil {
			return nil
		}
		_, err := tx.CreateToken(world.NewToken{Text: text, User: u, Scopes: AllScopes})
		return err
	})
	if err != nil {
		return ""
	}
	return text
}
