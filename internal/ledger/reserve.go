package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// Request is one task to be reserved.
type Request struct {
	ID    string // names the reservation; a second Reserve of the same answers the first. "" makes one up
	Child inventory.Ref
	Epic  inventory.Ref // zero = a direct dispatch
	Agent string
	Lines int // the child's lines in the log that the plan was made from
	// Member is who shall be charged; "" = whoever can be.
	Member string
	// Seen is when what is running was looked at; what the log got since then
	// is running, too.
	Seen time.Time
	// Renew brings what the state knows of GitHub up to what was seen by now, and
	// tells when that was; nil: nobody looked again. It is called under the lock,
	// with what is held.
	Renew func(st *budget.State, seen time.Time) (time.Time, error)
}

// Refused tells that the budget has no room for a request.
type Refused struct{ budget.Refusal }

func (r *Refused) Error() string { return r.Text }

// ErrStale is what every *Outdated is.
var ErrStale = errors.New("plan again")

// Outdated tells that a child was reserved or dispatched since the plan was
// made, or cannot be charged as planned: look and plan again.
type Outdated struct {
	Child inventory.Ref
	Why   string
}

func (e *Outdated) Error() string { return e.Child.String() + ": " + e.Why + ": plan again" }

// Is makes it ErrStale.
func (e *Outdated) Is(target error) bool { return target == ErrStale }

// Reserve checks and reserves one task in one step, fsynced: no other process
// on this folder can spend in between. st says everything but the spending, what
// is held and the instant, which are read under the lock. It fails with *Refused,
// ErrStale or ErrReservations; ErrStale also where the member has no room and
// another has.
func (b *Book) Reserve(ctx context.Context, req Request, st budget.State) (budget.Reservation, error) {
	var made budget.Reservation
	err := b.write(ctx, func(r *register) error {
		if _, ended := r.closed[req.ID]; ended {
			return &Outdated{req.Child, "reservation " + req.ID + " is " + r.closed[req.ID] + " already"}
		}
		for _, o := range r.open {
			same := strings.EqualFold(o.Ref(b.owner).Key(), req.Child.Key())
			if o.ID == req.ID && same {
				made = o
				return nil
			}
			if same || o.ID == req.ID {
				return &Outdated{o.Ref(b.owner), "it is reserved already, as " + o.ID + " since " + o.Made.Format(time.RFC3339)}
			}
		}
		lines, err := b.Lines(req.Child)
		if err != nil {
			return err
		}
		if len(lines) != req.Lines {
			return &Outdated{req.Child, fmt.Sprintf("%s holds %d lines of it, the plan knew %d", LogName, len(lines), req.Lines)}
		}
		st.Now, st.Held = b.now(), r.open
		if req.Renew != nil {
			if req.Seen, err = req.Renew(&st, req.Seen); err != nil {
				return err
			}
		}
		if st.Spending, err = b.spendingAt(st.Exact(), st.Earliest()); err != nil {
			return err
		}
		if !req.Seen.IsZero() {
			if st.Running, err = b.RunningSince(req.Seen, st.Running); err != nil {
				return err
			}
		}
		ask := budget.Ask{Repo: req.Child.Repo, Agent: req.Agent, Tasks: 1, Member: req.Member}
		v := st.Admit([]budget.Ask{ask}, nil)
		if !v.OK() {
			if ask.Member = ""; req.Member != "" && st.Admit([]budget.Ask{ask}, nil).OK() {
				return &Outdated{req.Child, "it cannot be charged to @" + req.Member + " any more"}
			}
			return &Refused{v.Refusals[0]}
		}
		res := budget.Reservation{ID: req.ID, Made: st.Now.UTC().Truncate(time.Second), Lines: len(lines),
			Entry: b.entry(req.Child, req.Epic, req.Agent, v.Grants[0].Member)}
		if res.ID == "" {
			res.ID = rand.Text()
		}
		if !writable(res) {
			return fmt.Errorf("%q cannot be written to %s as one line", res.ID+res.Tail(), reservationsName)
		}
		made = res
		return b.record(r, held, res)
	})
	if err != nil {
		return budget.Reservation{}, err
	}
	return made, nil
}

// RunningSince adds to what was running when GitHub was looked at what was
// dispatched from here since, and in that minute: a line is dated to the minute.
func (b *Book) RunningSince(seen time.Time, running []inventory.Task) ([]inventory.Task, error) {
	entries, err := b.Since(budget.DayOf(seen))
	if err != nil {
		return nil, err
	}
	running = slices.Clone(running)
	for _, e := range entries {
		if !e.At.Before(seen.UTC().Truncate(time.Minute)) {
			running = append(running, inventory.Task{Ref: e.Ref(b.owner), Agent: e.Agent})
		}
	}
	return running, nil
}

// Settle ends a reservation whose task was spent: the line is written, dated at,
// if the child has no more lines than when it was reserved, and then the
// reservation is closed. Doing it again, after a crash at any point, adds
// nothing.
func (b *Book) Settle(ctx context.Context, id string, at time.Time) error {
	return b.write(ctx, func(r *register) error {
		if r.closed[id] == settled {
			return nil
		}
		res, err := b.stillOpen(r, id)
		if err != nil {
			return err
		}
		entry := res.Entry
		entry.At = at
		if err := b.endTail(r, entry); err != nil {
			return err
		}
		lines, err := b.Lines(res.Ref(b.owner))
		if err != nil {
			return err
		}
		if len(lines) == res.Lines {
			if err := appendSynced(filepath.Join(b.dir, LogName), []byte(entry.String()+"\n")); err != nil {
				return err
			}
		}
		return b.record(r, settled, res)
	})
}

// Release ends a reservation whose task was not spent. Doing it again adds
// nothing.
func (b *Book) Release(ctx context.Context, id string) error {
	return b.write(ctx, func(r *register) error {
		if r.closed[id] == released {
			return nil
		}
		res, err := b.stillOpen(r, id)
		if err != nil {
			return err
		}
		return b.record(r, released, res)
	})
}

func (b *Book) stillOpen(r *register, id string) (budget.Reservation, error) {
	res, ok := r.find(id)
	if !ok {
		state := "not known"
		if was := r.closed[id]; was != "" {
			state = was + " already"
		}
		return res, fmt.Errorf("reservation %q is %s in %s", id, state, filepath.Join(b.dir, reservationsName))
	}
	return res, nil
}

// write runs a change under the lock. Before the first it brings the names of the
// ledger's files to the disk: who made them may have died before it did so.
func (b *Book) write(ctx context.Context, change func(*register) error) error {
	leave, err := b.gate.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	r, err := b.register()
	if err != nil {
		return err
	}
	if !b.anchored {
		if err := b.sync(b.dir); err != nil {
			return err
		}
		b.anchored = true
	}
	return change(r)
}

// endTail gives a last line that has no newline its end: the rest of it where
// it is the beginning of writing, or of what one open reservation will write;
// else a newline, after " (torn)" where it could pass for a line that it is not.
func (b *Book) endTail(r *register, writing budget.Entry) error {
	path := filepath.Join(b.dir, LogName)
	tail, err := lastOpenLine(path)
	if err != nil || tail == "" {
		return err
	}
	end := "\n"
	if rest, ours := completion(tail, r.open, writing); ours {
		end = rest + "\n"
	} else if l := (budget.Line{}); l.Parse([]byte(tail)) && l.Open {
		end = " (torn)\n"
	}
	return appendSynced(path, []byte(end))
}

// completion is what a torn line of ours still lacks.
func completion(tail string, open []budget.Reservation, writing budget.Entry) (rest string, ours bool) {
	if rest, ok := strings.CutPrefix(writing.String(), tail); ok && len(tail) > stampLen {
		return rest, true
	}
	if len(tail) <= stampLen {
		return "", false
	}
	if _, ok := budget.ParseEntry([]byte(tail[:stampLen] + " r #1 a -")); !ok {
		return "", false
	}
	var found []string
	for _, res := range open {
		if rest, ok := strings.CutPrefix(res.Tail(), tail[stampLen:]); ok {
			found = append(found, rest)
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}

// lastOpenLine is the end of a log after its last newline, "" where there is
// none or no log. Of a very long one it is the end.
func lastOpenLine(path string) (string, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	buf := make([]byte, min(info.Size(), 4096))
	if _, err := readAt(f, buf, info.Size()-int64(len(buf))); err != nil {
		return "", err
	}
	return string(buf[strings.LastIndexByte(string(buf), '\n')+1:]), nil
}

// Reservation is what Reserve would write for a request, made at that time.
func (b *Book) Reservation(req Request, made time.Time) budget.Reservation {
	return budget.Reservation{ID: req.ID, Made: made.UTC().Truncate(time.Second), Lines: req.Lines,
		Entry: b.entry(req.Child, req.Epic, req.Agent, req.Member)}
}

// Rebuild writes reservations.log anew with what is open, whatever state it was
// in. What was there before is set aside beside it.
func (b *Book) Rebuild(ctx context.Context, open []budget.Reservation) error {
	leave, err := b.gate.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	path := filepath.Join(b.dir, reservationsName)
	aside := path + "." + b.now().UTC().Format("20060102T150405.000000000")
	if err := os.Link(path, aside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	r := &register{raw: map[string][]byte{}}
	for _, res := range open {
		if _, twice := r.raw[res.ID]; twice || !writable(res) {
			return fmt.Errorf("reservation %q cannot be written to %s as one line of its own", res.ID+res.Tail(), path)
		}
		r.open = append(r.open, res)
		r.raw[res.ID] = formatReservation(held, res.Made, res)
	}
	if err := b.rewrite(r); err != nil {
		return err
	}
	return b.gate.note(r.size)
}
