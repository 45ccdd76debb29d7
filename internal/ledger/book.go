package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// LogName is the log's file in the folder.
const LogName = "dispatch.log"

const (
	reservationsName = "reservations.log"
	lockName         = "dispatch.lock"
)

var rotated = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^dispatch-\d{4}-\d{2}\.log$`)
})

// Book is the ledger of one `.core` folder. It may be used by several
// goroutines, and several Books, in several processes, may be open on a folder.
type Book struct {
	dir   string
	owner string
	now   func() time.Time
	gate  *gate
	torn  sync.Map // names of logs whose cache is damaged

	sync     func(folder string) error // brings a folder's entries to the disk
	anchored bool                      // by this Book; under the gate
}

// Open opens the ledger in dir, a `.core` folder. owner is the organisation of
// repositories that the log writes without one. Nothing is read or locked yet.
func Open(dir, owner string, now func() time.Time) (*Book, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a folder", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("no ledger: %w; `core dev init` makes one", err)
	}
	return &Book{dir: dir, owner: owner, now: now, gate: newGate(filepath.Join(dir, lockName)), sync: syncFolder}, nil
}

// logs are the files of the dispatch log in the order they were written.
func (b *Book) logs() ([]string, error) {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if rotated().MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return append(names, LogName), nil
}

// Spending is what the log says was dispatched from a day on. Ask from
// budget.Earliest for a budget, from further back for a history.
func (b *Book) Spending(from budget.Day) (budget.Spending, error) {
	return b.spendingAt(b.now(), from)
}

// spendingAt is Spending as a clock that shows now asks for it.
func (b *Book) spendingAt(now time.Time, from budget.Day) (budget.Spending, error) {
	sp := budget.Spending{From: from, Exact: budget.DayOf(now) - 1}
	err := b.eachTally(now, func(_ string, im *image) error { return im.spend(&sp) }, func() {
		sp = budget.Spending{From: from, Exact: sp.Exact}
	})
	return sp, err
}

// Unreadable lists the log's unreadable lines, each with its file and number.
func (b *Book) Unreadable() ([]budget.Unreadable, error) {
	var out []budget.Unreadable
	err := b.eachTally(b.now(), func(name string, im *image) error {
		lines, err := im.unreadable(name)
		out = append(out, lines...)
		return err
	}, func() { out = nil })
	return out, err
}

// eachTally visits the logs in order. Where a cache turns out damaged it is
// passed over and the visit begins anew, after reset.
func (b *Book) eachTally(now time.Time, visit func(name string, im *image) error, reset func()) error {
	names, err := b.logs()
	if err != nil {
		return err
	}
	for i := 0; i < len(names); i++ {
		im, done, err := b.tally(names[i], now)
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(b.dir, names[i]), err)
		}
		if im == nil {
			continue
		}
		err = visit(names[i], im)
		done()
		if errors.Is(err, errImage) {
			b.torn.Store(names[i], true)
			reset()
			i = -1
		} else if err != nil {
			return err
		}
	}
	return nil
}

// Lines are the log's readable lines of one child, in its order.
func (b *Book) Lines(ref inventory.Ref) ([]budget.Entry, error) {
	names, err := b.logs()
	if err != nil {
		return nil, err
	}
	var out []budget.Entry
	issue := []byte("#" + strconv.Itoa(ref.Number) + " ")
	take := func(line []byte, ended bool) {
		var l budget.Line
		if l.Parse(line) && (ended || !l.Open) && l.Issue == ref.Number {
			if e := l.Entry(); e.Ref(b.owner).Repo.Same(ref.Repo) {
				out = append(out, e)
			}
		}
	}
	// The number is looked for first, and only lines that hold it are parsed.
	block := func(lines []byte) {
		for {
			at := bytes.Index(lines, issue)
			if at < 0 {
				return
			}
			begin := bytes.LastIndexByte(lines[:at], '\n') + 1
			end := at + bytes.IndexByte(lines[at:], '\n')
			take(lines[begin:end], true)
			lines = lines[end+1:]
		}
	}
	for _, name := range names {
		if err := b.walk(name, block, take); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Dispatch is what the log says about one child.
type Dispatch struct {
	Lines int       // how often it was dispatched
	Last  time.Time // the latest of them
	Agent string    // of the latest
	// Epic is the latest's: zero for a direct dispatch.
	Epic inventory.Ref
}

// Dispatched are all children in the log, by inventory.Ref.Key.
func (b *Book) Dispatched() (map[string]Dispatch, error) {
	names, err := b.logs()
	if err != nil {
		return nil, err
	}
	type child struct {
		repo  int32
		issue int
	}
	type last struct {
		lines int
		at    budget.Minute
		agent int32
		epic  int   // 0: direct
		in    int32 // the epic's repository, where it is another; -1: the child's
	}
	var repos, agents, epics kindTable
	var l budget.Line
	seen := map[child]last{}
	take := func(line []byte, ended bool) {
		if !l.Parse(line) || l.Open && !ended {
			return
		}
		c := child{repos.id(l.Repo, nil, nil), l.Issue}
		d := seen[c]
		d.lines++
		if d.lines == 1 || l.At >= d.at {
			d.at, d.agent, d.epic, d.in = l.At, agents.id(nil, l.Agent, nil), l.Epic, -1
			if l.Epic != 0 && len(l.EpicRepo) > 0 {
				d.in = epics.id(l.EpicRepo, nil, nil)
			}
		}
		seen[c] = d
	}
	block := func(lines []byte) {
		for len(lines) > 0 {
			end := bytes.IndexByte(lines, '\n')
			take(lines[:end], true)
			lines = lines[end+1:]
		}
	}
	for _, name := range names {
		if err := b.walk(name, block, take); err != nil {
			return nil, err
		}
	}
	// One repository may be written in several ways.
	out := make(map[string]Dispatch, len(seen))
	for c, d := range seen {
		e := budget.Entry{Repo: repos.all[c.repo].Repo, Issue: c.issue}
		key := e.Ref(b.owner).Key()
		all, at := out[key], d.at.Time()
		all.Lines += d.lines
		agent := agents.all[d.agent].Agent
		if at.After(all.Last) || at.Equal(all.Last) && agent < all.Agent || all.Agent == "" {
			all.Last, all.Agent, all.Epic = at, agent, inventory.Ref{}
			if d.epic != 0 {
				of := budget.Entry{Repo: e.Repo, Issue: d.epic}
				if d.in >= 0 {
					of.Repo = epics.all[d.in].Repo
				}
				all.Epic = of.Ref(b.owner)
			}
		}
		out[key] = all
	}
	return out, nil
}

// walk reads one log as it is now; one that is not there has no lines.
func (b *Book) walk(name string, block func([]byte), open func([]byte, bool)) error {
	path := filepath.Join(b.dir, name)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := eachLine(f, 0, info.Size(), block, open); err != nil {
		return fmt.Errorf("%s: it was cut while it was read: %w", path, err)
	}
	return nil
}

// entry is a line of the log for one child: its repository without the owner
// where that is the default, the epic's only where it is another.
func (b *Book) entry(child, epic inventory.Ref, agent, member string) budget.Entry {
	e := budget.Entry{Repo: child.Repo.String(), Issue: child.Number, Agent: agent, Epic: epic.Number, Member: member}
	if strings.EqualFold(child.Repo.Owner, b.owner) {
		e.Repo = child.Repo.Name
	}
	if epic.Number != 0 && !epic.Repo.Same(child.Repo) {
		e.EpicRepo = epic.Repo.String()
	}
	return e
}
