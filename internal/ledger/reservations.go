package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"github.com/dappcore/core-dev/budget"
)

// ErrReservations tells that reservations.log is missing or damaged, so that
// nobody knows what is reserved, and nothing may be written.
var ErrReservations = errors.New("run `core dev budget reconcile`, which rebuilds it from GitHub's label events")

const (
	held     = "held"
	settled  = "settled"
	released = "released"

	tornMark   = " torn"
	largeBytes = 256 << 10      // from here on what was closed is dropped,
	remembered = 24 * time.Hour // after so long: until then closing it again is no error
)

// register is reservations.log as it is.
type register struct {
	open   []budget.Reservation // in the order they were made
	closed map[string]string    // id -> settled or released
	raw    map[string][]byte    // open ones as they are written
	ended  []ending             // the closed ones, in their order
	size   int64
	cut    bool // the last line has no newline: a crash came between
}

// ending is the line that closed a reservation.
type ending struct {
	at  time.Time
	raw []byte
}

func (r *register) find(id string) (budget.Reservation, bool) {
	i := slices.IndexFunc(r.open, func(o budget.Reservation) bool { return o.ID == id })
	if i < 0 {
		return budget.Reservation{}, false
	}
	return r.open[i], true
}

// Held are the open reservations. Where nobody knows, the error wraps
// ErrReservations.
func (b *Book) Held() ([]budget.Reservation, error) {
	var err error
	// A writer may make the file shorter, so a damage is looked at twice.
	for range attempts {
		var r *register
		if r, err = b.register(); err == nil {
			return r.open, nil
		}
	}
	return nil, err
}

func (b *Book) register() (*register, error) {
	path := filepath.Join(b.dir, reservationsName)
	least := b.gate.leastSize()
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing: %w", path, ErrReservations)
	}
	if err != nil {
		return nil, err
	}
	r := &register{closed: map[string]string{}, raw: map[string][]byte{}, size: int64(len(data))}
	whole := bytes.LastIndexByte(data, '\n') + 1
	r.cut = whole < len(data)
	if int64(whole) < least {
		return nil, fmt.Errorf("%s is damaged: it was %d bytes long and is %d: %w", path, least, whole, ErrReservations)
	}
	number := 0
	for line := range bytes.Lines(data[:whole]) {
		number++
		line = line[:len(line)-1]
		if bytes.HasSuffix(line, []byte(tornMark)) {
			continue
		}
		if !r.read(line) {
			return nil, fmt.Errorf("%s is damaged in line %d (%.60q): %w", path, number, line, ErrReservations)
		}
	}
	return r, nil
}

// read takes one line; false is damage.
func (r *register) read(line []byte) bool {
	at, state, res, ok := parseReservation(line)
	if !ok {
		return false
	}
	_, isOpen := r.raw[res.ID]
	_, isClosed := r.closed[res.ID]
	if state == held && isOpen || isClosed {
		return false
	}
	if state == held {
		res.Made = at
		r.open = append(r.open, res)
		r.raw[res.ID] = line
		return true
	}
	r.open = slices.DeleteFunc(r.open, func(o budget.Reservation) bool { return o.ID == res.ID })
	delete(r.raw, res.ID)
	r.closed[res.ID] = state
	r.ended = append(r.ended, ending{at, line})
	return true
}

func formatReservation(state string, at time.Time, res budget.Reservation) []byte {
	tail := res.Tail()
	if res.Member == "" {
		tail += " -"
	}
	line := fmt.Appendf(nil, "%s %s %s%s lines=%d", at.UTC().Format(time.RFC3339), state, res.ID, tail, res.Lines)
	return fmt.Appendf(line, " sum=%08x", crc32.ChecksumIEEE(line))
}

func parseReservation(line []byte) (at time.Time, state string, res budget.Reservation, ok bool) {
	text, sum, found := strings.Cut(string(line), " sum=")
	if n, err := strconv.ParseUint(sum, 16, 32); !found || err != nil || len(sum) != 8 || uint32(n) != crc32.ChecksumIEEE([]byte(text)) {
		return at, "", res, false
	}
	f := strings.Split(text, " ")
	if len(f) != 9 || !slices.Contains([]string{held, settled, released}, f[1]) || f[2] == "" {
		return at, "", res, false
	}
	at, err := time.Parse(time.RFC3339, f[0])
	if err != nil {
		return at, "", res, false
	}
	if f[7] == "-" {
		f = slices.Delete(f, 7, 8)
	}
	// What is reserved is written as the log will have it, but for the time.
	entry, ok := budget.ParseEntry([]byte("2000-01-01T00:00Z " + strings.Join(f[3:len(f)-1], " ")))
	if !ok {
		return at, "", res, false
	}
	entry.At = time.Time{}
	lines, found := strings.CutPrefix(f[len(f)-1], "lines=")
	n, err := strconv.Atoi(lines)
	if !found || err != nil || n < 0 {
		return at, "", res, false
	}
	return at, f[1], budget.Reservation{ID: f[2], Entry: entry, Lines: n}, true
}

// writable tells whether a reservation would be read again as it is.
func writable(res budget.Reservation) bool {
	res.At = time.Time{} // a reservation has no dispatch's date yet
	_, _, again, ok := parseReservation(formatReservation(held, res.Made, res))
	return ok && again.ID == res.ID && again.Entry == res.Entry
}

// record appends what became of a reservation, fsynced. It is called under the
// lock.
func (b *Book) record(r *register, state string, res budget.Reservation) error {
	path := filepath.Join(b.dir, reservationsName)
	line := append(formatReservation(state, b.now(), res), '\n')
	if r.size+int64(len(line)) > largeBytes {
		if err := b.compact(r); err != nil {
			return err
		}
	}
	if r.cut {
		line = append([]byte(tornMark+"\n"), line...)
	}
	if err := appendSynced(path, line); err != nil {
		return err
	}
	r.size, r.cut = r.size+int64(len(line)), false
	return b.gate.note(r.size)
}

// compact drops what was closed long ago, where that makes the file smaller.
func (b *Book) compact(r *register) error {
	since := b.now().Add(-remembered)
	r.ended = slices.DeleteFunc(r.ended, func(e ending) bool { return e.at.Before(since) })
	keep := 0
	for _, line := range r.raw {
		keep += len(line) + 1
	}
	for _, e := range r.ended {
		keep += len(e.raw) + 1
	}
	if int64(keep) > r.size/2 {
		return nil
	}
	return b.rewrite(r)
}

// rewrite replaces the file with what is open and what is remembered as closed,
// in one step.
func (b *Book) rewrite(r *register) error {
	var keep []byte
	for _, e := range r.ended {
		keep = append(append(keep, e.raw...), '\n')
	}
	for _, res := range r.open {
		keep = append(append(keep, r.raw[res.ID]...), '\n')
	}
	if err := b.gate.note(0); err != nil {
		return err
	}
	if err := renameio.WriteFile(filepath.Join(b.dir, reservationsName), keep, 0o644); err != nil {
		return err
	}
	r.size, r.cut = int64(len(keep)), false
	return syncFolder(b.dir)
}

// appendSynced adds to a file, in one write, and brings it to the disk.
func appendSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	created := errors.Is(err, os.ErrNotExist)
	if created {
		f, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil && created {
		err = syncFolder(filepath.Dir(path))
	}
	return err
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
