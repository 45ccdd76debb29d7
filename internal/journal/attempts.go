package journal

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// attempts.log holds, a line each, fsynced, only appended to:
//
//	2026-02-04T10:00:12Z comment owner/repo#112 4711 9f86d081884c7d65 sum=89abcdef
//	2026-02-04T10:00:12Z claimed owner/repo#112 5ca1ab1e... sum=89abcdef
//	2026-02-04T10:00:14Z dispatched owner/repo#112 LE_x sum=89abcdef
//	2026-02-05T09:00:00Z recalled owner/repo#112 sum=89abcdef
//	2026-02-05T09:00:00Z posted owner/repo#112 4712 60303ae22b998861 sum=89abcdef
//	2026-02-05T09:00:00Z withdrawn owner/repo#112 4712 sum=89abcdef
//	2026-02-05T09:00:00Z made owner/repo#113 finding 0123456789abcdef sum=89abcdef
//	2026-02-05T09:00:00Z taken-back owner/repo#113 sum=89abcdef
//	2026-02-05T09:00:00Z given-again owner/repo#113 sum=89abcdef
//
// The order of a child's lines says what holds: a comment and the claims stand
// until a dispatch uses them up, a recall until the next dispatch, and what was
// posted once and for all until that comment is withdrawn; an issue was made here
// with its mark for good; one that an undo closed is taken back until it is given
// again. A claim is
// written here before it is sent, so several may stand of which one, or none,
// ever came to be.
const attemptsName = "attempts.log"

// child is where one child's attempts stand.
type child struct {
	comment  int64 // of the attempt that was not dispatched; 0: none
	digest   string
	claims   []string         // sha of each claim of ours that was meant for this attempt
	event    string           // of the newest dispatch
	recalled time.Time        // zero: not since the newest dispatch
	posted   map[string]int64 // comments posted once and for all, by the digest of their text
	made     inventory.Provenance
	back     time.Time // when the issue, made by us, was taken back; zero: it was not, or was given again
}

type attempts struct {
	log      sealed
	children map[string]child
	claims   map[string]bool // the objects of all claims ever noted
	made     map[string]int  // by madeKey, the newest issue that was made so
}

func madeKey(repo inventory.RepoRef, mark inventory.Mark) string {
	return repo.Key() + " " + mark.String()
}

// Standing is the target comment of a child that was posted for an attempt
// which was not dispatched, with the digest of its text; 0: there is none.
func (s *Store) Standing(ref inventory.Ref) (comment int64, digest string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.attempts.log.catchUp(s); err != nil {
		return 0, "", err
	}
	c := s.attempts.children[ref.Key()]
	return c.comment, c.digest, nil
}

// Claimed tells whether a claim of a child with that object is ours: one that was
// noted for the attempt which was not dispatched.
func (s *Store) Claimed(ref inventory.Ref, sha string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.attempts.log.catchUp(s)
	return slices.Contains(s.attempts.children[ref.Key()].claims, sha), err
}

// NoteClaim notes a claim of ours, by its object. Noting it again adds nothing.
func (s *Store) NoteClaim(at time.Time, ref inventory.Ref, sha string) error {
	return s.note(at, ref, func(c child) bool { return slices.Contains(c.claims, sha) }, "claimed", sha)
}

// Claims are the objects of all claims that this folder ever meant to make.
func (s *Store) Claims() (map[string]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.attempts.log.catchUp(s)
	return maps.Clone(s.attempts.claims), err
}

// LastDispatch is the LABELED event of a child's newest dispatch, empty where
// there was none, and whether it was taken back since.
func (s *Store) LastDispatch(ref inventory.Ref) (event string, recalled bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.attempts.log.catchUp(s); err != nil {
		return "", false, err
	}
	c := s.attempts.children[ref.Key()]
	return c.event, !c.recalled.IsZero(), nil
}

// Recalls are the children that were taken back and not dispatched since, by
// inventory.Ref.Key, with when.
func (s *Store) Recalls() (map[string]time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]time.Time{}
	err := s.attempts.log.catchUp(s)
	for key, c := range s.attempts.children {
		if !c.recalled.IsZero() {
			out[key] = c.recalled
		}
	}
	return out, err
}

// NoteComment notes a target comment of ours. Noting it again adds nothing.
func (s *Store) NoteComment(at time.Time, ref inventory.Ref, id int64, digest string) error {
	return s.note(at, ref, func(c child) bool { return c.comment == id }, "comment", strconv.FormatInt(id, 10), digest)
}

// Posted is the comment of that text that was posted on an issue once and for
// all; 0: none, or it was taken back.
func (s *Store) Posted(ref inventory.Ref, digest string) (comment int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.attempts.log.catchUp(s)
	return s.attempts.children[ref.Key()].posted[digest], err
}

// NotePosted notes a comment that is not to be posted again. Noting it again
// adds nothing.
func (s *Store) NotePosted(at time.Time, ref inventory.Ref, id int64, digest string) error {
	return s.note(at, ref, func(c child) bool { return c.posted[digest] == id }, "posted", strconv.FormatInt(id, 10), digest)
}

// NoteWithdrawn notes that a comment of ours is not there any more, where it was
// one posted once and for all.
func (s *Store) NoteWithdrawn(at time.Time, ref inventory.Ref, id int64) error {
	return s.note(at, ref, func(c child) bool {
		return !slices.Contains(slices.Collect(maps.Values(c.posted)), id)
	}, "withdrawn", strconv.FormatInt(id, 10))
}

// TakenBack are the issues that we made and closed again, and that were not given
// again since, by inventory.Ref.Key, with when.
func (s *Store) TakenBack() (map[string]time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]time.Time{}
	err := s.attempts.log.catchUp(s)
	for key, c := range s.attempts.children {
		if !c.back.IsZero() {
			out[key] = c.back
		}
	}
	return out, err
}

// NoteTakenBack notes that an issue that we made was closed by us, because what
// made it was taken back.
func (s *Store) NoteTakenBack(at time.Time, ref inventory.Ref) error {
	return s.note(at, ref, func(c child) bool { return !c.back.Before(at.UTC().Truncate(time.Second)) }, "taken-back")
}

// NoteGivenAgain notes that an issue which was taken back is open again.
func (s *Store) NoteGivenAgain(at time.Time, ref inventory.Ref) error {
	return s.note(at, ref, func(c child) bool { return c.back.IsZero() }, "given-again")
}

// Made are the issues that this folder made, by inventory.RepoRef.Key and number.
func (s *Store) Made() (map[string]map[int]inventory.Provenance, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]map[int]inventory.Provenance{}
	err := s.attempts.log.catchUp(s)
	for key, c := range s.attempts.children {
		if c.made.Mark.IsZero() {
			continue
		}
		ref, parseErr := inventory.ParseRef(key, inventory.RepoRef{}, "")
		if parseErr != nil {
			return nil, parseErr
		}
		if out[ref.Repo.Key()] == nil {
			out[ref.Repo.Key()] = map[int]inventory.Provenance{}
		}
		out[ref.Repo.Key()][ref.Number] = c.made
	}
	return out, err
}

// MadeAs is the newest issue of a repository that this folder made with a mark; 0:
// none.
func (s *Store) MadeAs(repo inventory.RepoRef, mark inventory.Mark) (number int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.attempts.log.catchUp(s)
	return s.attempts.made[madeKey(repo, mark)], err
}

// NoteMade notes that we made an issue, and as what. Noting it again adds nothing.
func (s *Store) NoteMade(at time.Time, ref inventory.Ref, mark inventory.Mark) error {
	return s.note(at, ref, func(c child) bool { return c.made.Mark == mark }, "made", string(mark.Kind), mark.Key)
}

// NoteDispatch notes that a child was dispatched, by the id of its LABELED
// event. Noting it again adds nothing.
func (s *Store) NoteDispatch(at time.Time, ref inventory.Ref, event string) error {
	return s.note(at, ref, func(c child) bool { return c.event == event }, "dispatched", event)
}

// NoteRecall notes that a child was taken back.
func (s *Store) NoteRecall(at time.Time, ref inventory.Ref) error {
	return s.note(at, ref, func(c child) bool { return !c.recalled.Before(at.UTC().Truncate(time.Second)) }, "recalled")
}

func (s *Store) note(at time.Time, ref inventory.Ref, known func(child) bool, words ...string) error {
	words = append([]string{at.UTC().Format(time.RFC3339), words[0], ref.String()}, words[1:]...)
	text := strings.Join(words, " ")
	if _, _, _, ok := parseAttempt([]byte(text)); !ok {
		return fmt.Errorf("%q cannot be written to %s as one line", text, attemptsName)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts.log.append(s, text, func() bool { return known(s.attempts.children[ref.Key()]) })
}

// newAttempts is attempts.log, of which nothing was read yet.
func newAttempts() *attempts {
	a := &attempts{}
	a.log = sealed{
		name:  attemptsName,
		empty: func() { a.children, a.claims, a.made = map[string]child{}, map[string]bool{}, map[string]int{} },
		take: func(note []byte) bool {
			at, key, words, ok := parseAttempt(note)
			if ok {
				a.take(at, key, words)
			}
			return ok
		},
	}
	return a
}

func (a *attempts) take(at time.Time, key string, words []string) {
	c := a.children[key]
	switch words[0] {
	case "comment":
		c.comment, _ = strconv.ParseInt(words[1], 10, 64)
		c.digest = words[2]
	case "claimed":
		c.claims = append(c.claims, words[1])
		a.claims[words[1]] = true
	case "dispatched":
		c = child{event: words[1], posted: c.posted, made: c.made}
	case "recalled":
		c.recalled = at
	case "posted":
		if c.posted == nil {
			c.posted = map[string]int64{}
		}
		c.posted[words[2]], _ = strconv.ParseInt(words[1], 10, 64)
	case "withdrawn":
		maps.DeleteFunc(c.posted, func(_ string, id int64) bool { return strconv.FormatInt(id, 10) == words[1] })
	case "made":
		c.made = inventory.Provenance{Mark: inventory.Mark{Kind: inventory.MarkKind(words[1]), Key: words[2]}, At: at}
		if ref, err := inventory.ParseRef(key, inventory.RepoRef{}, ""); err == nil {
			k := madeKey(ref.Repo, c.made.Mark)
			a.made[k] = max(a.made[k], ref.Number)
		}
	case "taken-back":
		c.back = at
	case "given-again":
		c.back = time.Time{}
	}
	a.children[key] = c
}

// parseAttempt takes a note apart: time, child, and the word with what follows it.
func parseAttempt(note []byte) (at time.Time, key string, words []string, ok bool) {
	f := strings.Split(string(note), " ")
	if len(f) < 3 {
		return at, "", nil, false
	}
	at, err := time.Parse(time.RFC3339, f[0])
	ref, refErr := inventory.ParseRef(f[2], inventory.RepoRef{}, "")
	want := map[string]int{"comment": 5, "claimed": 4, "dispatched": 4, "recalled": 3, "posted": 5, "withdrawn": 4, "made": 5, "taken-back": 3, "given-again": 3}[f[1]]
	if err != nil || refErr != nil || ref.Repo.IsZero() || len(f) != want {
		return at, "", nil, false
	}
	if f[1] == "comment" || f[1] == "posted" || f[1] == "withdrawn" {
		if id, err := strconv.ParseInt(f[3], 10, 64); err != nil || id <= 0 {
			return at, "", nil, false
		}
	}
	if f[1] == "made" && inventory.ReadMark("<!-- core-dev:"+f[3]+":"+f[4]+" -->").IsZero() {
		return at, "", nil, false
	}
	return at, ref.Key(), append([]string{f[1]}, f[3:]...), true
}
