package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// pulls.log holds, a line each, fsynced, only appended to, what was seen of pull
// requests and done to them:
//
//	2026-02-04T10:00:12Z owner/repo#288 {"kind":"head","sha":"9f86d08"} sum=89abcdef
//	2026-02-04T10:05:00Z owner/repo#288 {"kind":"asked","sha":"9f86d08","fix":"reviews","comment":4711} sum=89abcdef
//
// What holds of a pull request is the fold over its lines, in their order
// (inventory.Course.With).
const pullsName = "pulls.log"

type pulls struct {
	log     sealed
	courses map[string]inventory.Course // by inventory.Ref.Key
}

// newPulls is pulls.log, of which nothing was read yet.
func newPulls() *pulls {
	p := &pulls{}
	p.log = sealed{
		name:  pullsName,
		empty: func() { p.courses = map[string]inventory.Course{} },
		take: func(note []byte) bool {
			at, pull, n, ok := parsePull(note)
			if ok {
				p.courses[pull.Key()] = p.courses[pull.Key()].With(at, n)
			}
			return ok
		},
	}
	return p
}

// NotePull notes something about a pull request, to the second; at must not be
// zero. A note that changes nothing of its course adds no line.
func (s *Store) NotePull(at time.Time, pull inventory.Ref, n inventory.PullNote) error {
	line, err := pullLine(at, pull, n)
	if err != nil {
		return err
	}
	// As it will be read: what cannot be written in JSON is not the same any more.
	at, pull, n, ok := parsePull([]byte(line))
	if !ok {
		return fmt.Errorf("%q cannot be written to %s", line, pullsName)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pulls.log.append(s, line, func() bool {
		was := s.pulls.courses[pull.Key()]
		return reflect.DeepEqual(was, was.With(at, n))
	})
}

// Course is what is remembered of a pull request; of one that was never noted it
// is empty.
func (s *Store) Course(pull inventory.Ref) (inventory.Course, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.pulls.log.catchUp(s)
	return s.pulls.courses[pull.Key()], err
}

// Courses are all of them, by inventory.Ref.Key.
func (s *Store) Courses() (map[string]inventory.Course, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.pulls.log.catchUp(s)
	return maps.Clone(s.pulls.courses), err
}

func pullLine(at time.Time, pull inventory.Ref, n inventory.PullNote) (string, error) {
	raw, err := json.Marshal(n)
	return fmt.Sprintf("%s %s %s", at.UTC().Format(time.RFC3339), pull, raw), err
}

// parsePull takes a note apart.
func parsePull(line []byte) (at time.Time, pull inventory.Ref, n inventory.PullNote, ok bool) {
	f := bytes.SplitN(line, []byte(" "), 3)
	if len(f) < 3 {
		return at, pull, n, false
	}
	at, err := time.Parse(time.RFC3339, string(f[0]))
	pull, refErr := inventory.ParseRef(string(f[1]), inventory.RepoRef{}, "")
	if err != nil || at.IsZero() || refErr != nil || pull.Repo.IsZero() || json.Unmarshal(f[2], &n) != nil || !n.Kind.Known() {
		return at, pull, n, false
	}
	return at.UTC(), pull, n, true
}
