// Package journal keeps what is about to be done to the world and what came of
// it: the files in `.core/journal/`, written so that a process may die at any
// instruction and the next one knows what there is to ask (spec/2-flows
// "Writing to GitHub, exactly once").
//
// # Files
//
//   - ID.open.jsonl: the records of one plan that is being applied, or was left
//     by a process that ended before it was through. Whoever works on it holds
//     a lock (flock) on it: an open file without one was left behind. When the
//     plan has ended the file is renamed to ID.jsonl. Nothing here is ever
//     rewritten or deleted.
//
//     {"sum":"89abcdef","rec":{...}}
//
//     One record a line, sum its CRC-32, on disk before Append returns. What
//     stands in a record is the orchestrator's. A last line without newline
//     was cut by a crash before anybody relied on it: it counts as not
//     written, and is ended with " torn" before anything is appended. Any
//     other line that does not fit its sum is damage, and an error.
//
//   - ID.new: a plan that was not begun yet when its process died.
//
//   - attempts.log: which target comments stand without a dispatch, what was
//     dispatched, what was taken back, what was posted once and for all
//     (attempts.go).
//
//   - pulls.log: what was seen of pull requests and done to them (pulls.go).
//
//   - readings/DIGEST.json: what a classifier said of an audit, one record in
//     the form of above; it counts for good (readings.go).
//
//   - locks/NN: empty files that are locked while one run does what no other of
//     the folder may do at the same time (lock.go).
package journal

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	openSuffix  = ".open.jsonl"
	endedSuffix = ".jsonl"
	newSuffix   = ".new"
	tornMark    = " torn"
)

// ErrDamaged tells that a journal does not hold what was written to it.
var ErrDamaged = errors.New("the journal is damaged")

var errLines = errors.New("a journal's record is one line of JSON")

// Unknown tells that there is no plan of that id.
type Unknown struct{ ID string }

func (e *Unknown) Error() string { return "there is no plan " + e.ID + " in the journal" }

var idShape = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]{0,63}$`)
})

// Store is the journal of one `.core` folder. It may be used by several
// goroutines, and several processes may have one on the same folder.
type Store struct {
	dir   string
	mu    sync.Mutex
	taken map[string]*os.File // by id: the files this process holds the lock of

	sync   func(folder string) error // brings a folder's entries to the disk
	rooted atomic.Bool               // the journal folder's name is on the disk

	attempts *attempts
	pulls    *pulls
}

// Open is the journal in dir, the folder `.core/journal`, which need not be
// there yet: the first plan makes it.
func Open(dir string) *Store {
	return &Store{dir: dir, taken: map[string]*os.File{}, sync: syncFolder, attempts: newAttempts(), pulls: newPulls()}
}

func (s *Store) path(id, suffix string) string { return filepath.Join(s.dir, id+suffix) }

// Begin makes the file of a plan with its first record, and takes it. It is
// there whole, locked and on disk, or not at all.
func (s *Store) Begin(id string, record []byte) (err error) {
	if !idShape().MatchString(id) {
		return fmt.Errorf("%q cannot name a plan", id)
	}
	if bytes.IndexByte(record, '\n') >= 0 {
		return errLines
	}
	if err := s.makeFolder(); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path(id, newSuffix), os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	if ok, err := lock(f); !ok {
		return errors.Join(fmt.Errorf("%s cannot be locked", f.Name()), err)
	}
	if err := appendLine(f, record); err != nil {
		return err
	}
	for _, suffix := range []string{openSuffix, endedSuffix} {
		if _, err := os.Lstat(s.path(id, suffix)); err == nil {
			return fmt.Errorf("plan %s: %w", id, fs.ErrExist)
		}
	}
	if err := os.Rename(f.Name(), s.path(id, openSuffix)); err != nil {
		return err
	}
	if err := s.sync(s.dir); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken[id] = f
	return nil
}

// Append adds a record to a plan that was begun or taken. It is on disk when
// Append returns; after an error the plan is given up, so that nothing is
// written behind half a line.
func (s *Store) Append(id string, record []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.taken[id]
	if f == nil {
		return fmt.Errorf("plan %s is not held by this process", id)
	}
	if bytes.IndexByte(record, '\n') >= 0 {
		return errLines
	}
	if err := appendLine(f, record); err != nil {
		delete(s.taken, id)
		return errors.Join(err, release(f))
	}
	return nil
}

// Leave gives a plan up: its file is renamed when the plan has ended, and
// unlocked. One that is not held is left alone.
func (s *Store) Leave(id string, ended bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.taken[id]
	if f == nil {
		return nil
	}
	delete(s.taken, id)
	var err error
	if ended {
		if err = os.Rename(s.path(id, openSuffix), s.path(id, endedSuffix)); err == nil {
			err = s.sync(s.dir)
		}
	}
	return errors.Join(err, release(f))
}

// Take takes an open plan that nobody works on. False: another process does,
// or it has ended meanwhile.
func (s *Store) Take(id string) (ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := os.OpenFile(s.path(id, openSuffix), os.O_RDWR|os.O_APPEND, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() {
		if !ok {
			release(f) //nolint:errcheck // nothing was written
		}
	}()
	if ok, err := lockPast(f); !ok {
		return false, err
	}
	// It may have been renamed between the opening and the lock.
	if same, err := sameFile(f, s.path(id, openSuffix)); !same {
		return false, err
	}
	if err := endTorn(f); err != nil {
		return false, err
	}
	s.taken[id] = f
	return true, nil
}

// Unfinished are the ids of the open plans, oldest first, whoever works on them.
func (s *Store) Unfinished() ([]string, error) {
	ids, open, err := s.list()
	return slices.DeleteFunc(ids, func(id string) bool { return !open[id] }), err
}

// IDs are the ids of all plans, oldest first.
func (s *Store) IDs() ([]string, error) {
	ids, _, err := s.list()
	return ids, err
}

func (s *Store) list() (ids []string, open map[string]bool, err error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	open = map[string]bool{}
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), openSuffix); ok {
			ids, open[id] = append(ids, id), true
		} else if id, ok := strings.CutSuffix(e.Name(), endedSuffix); ok {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, byAge)
	return slices.Compact(ids), open, nil
}

// byAge orders ids by the time they begin with, and the plans of one proposal, which
// are told by a number after the last full stop, by that number: 13 after 9.
func byAge(a, b string) int {
	of := func(id string) (proposal string, part int) {
		if k := strings.LastIndexByte(id, '.'); k >= 0 {
			if n, err := strconv.Atoi(id[k+1:]); err == nil && n >= 0 {
				return id[:k], n
			}
		}
		return id, 0
	}
	one, m := of(a)
	two, n := of(b)
	return cmp.Or(strings.Compare(one, two), cmp.Compare(m, n), strings.Compare(a, b))
}

// Read returns a plan's records and whether it is still open. It fails with
// *Unknown, or with ErrDamaged.
func (s *Store) Read(id string) (records [][]byte, open bool, err error) {
	if !idShape().MatchString(id) {
		return nil, false, &Unknown{id}
	}
	// Open ones first, then ended ones: a plan that ends meanwhile is found.
	for _, suffix := range []string{openSuffix, endedSuffix} {
		path := s.path(id, suffix)
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, false, err
		}
		records, err = parse(path, data)
		return records, suffix == openSuffix, err
	}
	return nil, false, &Unknown{id}
}

// Held tells whether a process works on an open plan, this one included.
func (s *Store) Held(id string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, mine := s.taken[id]; mine {
		return true, nil
	}
	f, err := os.OpenFile(s.path(id, openSuffix), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		f, err = os.OpenFile(s.path(id, openSuffix), os.O_RDONLY, 0)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer release(f) //nolint:errcheck // nothing was written
	// Asking shares the lock for a moment: who asks at the same time is no worker,
	// and a Take waits that long.
	free, err := try(f, syscall.LOCK_SH)
	return !free, err
}

const lineHead, lineMiddle = `{"sum":"`, `","rec":`

func parse(path string, data []byte) ([][]byte, error) {
	var records [][]byte
	number := 0
	for line := range bytes.Lines(data) {
		number++
		line, whole := bytes.CutSuffix(line, []byte("\n"))
		if !whole || bytes.HasSuffix(line, []byte(tornMark)) {
			continue
		}
		rec, ok := parseLine(line)
		if !ok {
			return nil, fmt.Errorf("%s, line %d: %w; restore it from a backup, or move it away and look at GitHub yourself", path, number, ErrDamaged)
		}
		records = append(records, rec)
	}
	return records, nil
}

func parseLine(line []byte) ([]byte, bool) {
	sum, rest, ok := bytes.Cut(bytes.TrimPrefix(line, []byte(lineHead)), []byte(lineMiddle))
	if !ok || len(rest) == 0 || !bytes.HasPrefix(line, []byte(lineHead)) || rest[len(rest)-1] != '}' {
		return nil, false
	}
	rec := rest[:len(rest)-1]
	return rec, string(sum) == fmt.Sprintf("%08x", crc32.ChecksumIEEE(rec))
}

func appendLine(f *os.File, record []byte) error {
	line := fmt.Appendf(nil, "%s%08x%s", lineHead, crc32.ChecksumIEEE(record), lineMiddle)
	line = append(append(line, record...), "}\n"...)
	if _, err := f.Write(line); err != nil {
		return err
	}
	return f.Sync()
}

// endTorn ends a last line that a crash cut.
func endTorn(f *os.File) error {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, info.Size()-1); err != nil || last[0] == '\n' {
		return err
	}
	if _, err := f.WriteString(tornMark + "\n"); err != nil {
		return err
	}
	return f.Sync()
}

// lock takes the file's lock without waiting.
func lock(f *os.File) (bool, error) { return try(f, syscall.LOCK_EX) }

func try(f *os.File, how int) (bool, error) {
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		}
		return err == nil, err
	}
}

// glance is how long the lock may be taken by those who only ask whether it is.
const glance = 100 * time.Millisecond

// lockPast takes the file's lock, waiting out who only asked for it: whoever
// shares it works on nothing.
func lockPast(f *os.File) (bool, error) {
	for end := time.Now().Add(glance); ; time.Sleep(time.Millisecond) {
		ok, err := lock(f)
		if ok || err != nil {
			return ok, err
		}
		// A worker's lock cannot be shared.
		asked, err := try(f, syscall.LOCK_SH)
		if err != nil || !asked || time.Now().After(end) {
			return false, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_UN); err != nil {
			return false, err
		}
	}
}

// release unlocks and closes. Closing alone would leave the lock to a child
// process that was forked meanwhile, until it has started its program.
func release(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}

func sameFile(f *os.File, path string) (bool, error) {
	mine, err := f.Stat()
	if err != nil {
		return false, err
	}
	named, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(mine, named), err
}

// makeFolder makes the journal's folder. Its name is brought to the disk once by
// every process: the one that made it may have died before it did so.
func (s *Store) makeFolder() error {
	if err := os.Mkdir(s.dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if s.rooted.Load() {
		return nil
	}
	if err := s.sync(filepath.Dir(s.dir)); err != nil {
		return err
	}
	s.rooted.Store(true)
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
