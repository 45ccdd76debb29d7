package people

import (
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

type txn = world.Tx

// People are those who live in one world. They are safe for concurrent use.
type People struct {
	w     *world.World
	seed  uint64
	label string // that calls the agents of the fleet; "" as their manners say

	resting atomic.Bool

	mu    sync.Mutex
	book  book
	due   schedule
	fresh bool // nothing of the world has been looked at since it was opened
	deeds []Deed
	first int // number of deeds[0]

	workflows map[string]*workflow // by blob
}

// New wakes the people of a world, who go on where they stood; before the first SetManners there are none. Their draws
// follow from seed. A label, when given, calls the agents instead of that in their manners.
func New(w *world.World, seed uint64, label string) (*People, error) {
	p := &People{w: w, seed: seed, label: label, fresh: true, first: 1}
	if err := p.load(); err != nil {
		return nil, err
	}
	w.Watch()
	w.KeepQueue(!p.book.Manners.nobody())
	return p, nil
}

// Manners are those in force.
func (p *People) Manners() Manners {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.book.Manners
}

// Live carries out everything that is due up to a virtual time, each act at its own, and has people notice what others did
// meanwhile. An act that the world refuses is counted and not tried again; any other failure is returned after the rest.
func (p *People) Live(until time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.book.Manners.nobody() {
		return nil
	}
	failed := p.lookAround()
	for len(p.due) > 0 && !p.due[0].Due.After(until) && !p.resting.Load() {
		e := heap.Pop(&p.due).(errand)
		failed = errors.Join(failed, p.perform(e))
	}
	return failed
}

// Rest has Live end after the act it is at, now and whenever it is called again. What is due waits in the world.
func (p *People) Rest() { p.resting.Store(true) }

// turn is one act: the transaction it happens in, its time, and what comes of it.
type turn struct {
	p     *People
	tx    *txn
	at    time.Time
	book  *book
	made  []errand
	deeds []Deed
}

// take runs fn as one turn: what it does is kept whole or not at all.
func (p *People) take(at time.Time, fn func(t *turn) error) error {
	kept := p.book
	kept.Counts, kept.Busy, kept.Next = maps.Clone(kept.Counts), maps.Clone(kept.Busy), maps.Clone(kept.Next)
	t := &turn{p: p, book: &kept}
	err := p.w.Update(world.System(), func(tx *txn) error {
		t.tx = tx
		t.set(at)
		if err := fn(t); err != nil {
			return err
		}
		if err := t.noticeAll(tx.Touched()); err != nil {
			return err
		}
		tx.As(world.System())
		if at.After(kept.LastTime) {
			kept.LastTime = at
		}
		text, err := json.Marshal(kept)
		if err != nil {
			return err
		}
		tx.SetMemo(bookKey, string(text))
		return nil
	})
	if err != nil {
		return err
	}
	p.book = kept
	for _, e := range t.made {
		heap.Push(&p.due, e)
	}
	p.tell(t.deeds)
	return nil
}

// set makes what follows happen at a time.
func (t *turn) set(at time.Time) {
	t.at = at.UTC().Truncate(time.Second)
	t.tx.At(t.at)
}

// as makes what follows happen in somebody's name; nil is GitHub itself.
func (t *turn) as(u *world.User) {
	if u == nil {
		t.tx.As(world.System())
		return
	}
	t.tx.As(world.Actor{User: u})
}

// perform does one errand.
func (p *People) perform(e errand) error {
	at := e.Due
	if p.book.LastTime.After(at) {
		at = p.book.LastTime // people were told to rest meanwhile: time does not run backwards
	}
	do := doings[e.Kind]
	if do == nil {
		return fmt.Errorf("errand %d: nobody knows how to do %q", e.Seq, e.Kind)
	}
	err := p.take(at, func(t *turn) error {
		t.tx.SetMemo(e.key(), "")
		return do(t, e)
	})
	if err == nil {
		return nil
	}
	var refused *world.Error
	if !errors.As(err, &refused) {
		err = fmt.Errorf("%s: %w", e.Kind, err)
	} else {
		err = nil
	}
	return errors.Join(err, p.take(at, func(t *turn) error {
		t.tx.SetMemo(e.key(), "")
		t.did("refused."+e.Kind, e.Who, t.tx.IssueByID(e.Issue))
		if r, ok := t.rounds()[e.Kind]; ok && e.N == t.book.Next[e.Kind] {
			t.book.Next[e.Kind]++
			t.goRound(e.Kind, r, t.book.Next[e.Kind])
		}
		return nil
	}))
}

// doings are all errands by their kind.
var doings map[string]func(*turn, errand) error

func init() {
	doings = map[string]func(*turn, errand) error{
		"agent.answer-call": (*turn).answerCall, "agent.deliver": (*turn).deliver, "agent.ready": (*turn).markReady,
		"agent.acknowledge": (*turn).acknowledge, "agent.fix-reviews": (*turn).fixReviews, "agent.fix-conflict": (*turn).fixConflict,
		"agent.repair": (*turn).repair,
		"ci.queue":     (*turn).queueChecks, "ci.start": (*turn).startCheck, "ci.finish": (*turn).finishCheck,
		"review.bot": (*turn).reviewByBot, "review.person": (*turn).reviewByPerson, "review.again": (*turn).reviewAgain,
		"review.approve": (*turn).approve, "review.settle": (*turn).settle,
		"care": (*turn).care, "care.pull": (*turn).carePull, "care.issue": (*turn).careIssue,
		"maintain": (*turn).maintain, "regret": (*turn).regret, "stray": (*turn).stray, "queue.turn": (*turn).takeTurn,
	}
}

// Deed is something that somebody did.
type Deed struct {
	Seq  int       `json:"seq"` // from 1, since the world was opened
	At   time.Time `json:"at"`
	What string    `json:"what"`
	Who  string    `json:"who,omitempty"`
	On   string    `json:"on,omitempty"` // owner/repo#n
}

// maxDeeds is how many deeds are remembered one by one; the counts have all.
const maxDeeds = 20_000

// did counts a deed.
func (t *turn) did(what, who string, on *world.Issue) {
	t.book.Counts[what]++
	d := Deed{At: t.at, What: what, Who: who}
	if on != nil {
		if repo := t.tx.RepoByID(on.RepoID); repo != nil {
			d.On = fmt.Sprintf("%s#%d", t.tx.FullName(repo), on.Number)
		}
	}
	t.deeds = append(t.deeds, d)
}

func (p *People) tell(deeds []Deed) {
	for _, d := range deeds {
		d.Seq = p.first + len(p.deeds)
		p.deeds = append(p.deeds, d)
	}
	if over := len(p.deeds) - maxDeeds; over > 0 {
		p.deeds, p.first = slices.Delete(p.deeds, 0, over), p.first+over
	}
}

// State is what can be told of the people.
type State struct {
	Manners string         `json:"manners"` // name
	Counts  map[string]int `json:"counts"`  // deeds by kind, since they came to the world
	Due     int            `json:"due"`     // errands to come
	Next    time.Time      `json:"next,omitzero"`
	Deeds   []Deed         `json:"deeds"` // those asked for
}

// State tells of the people, with the deeds after number since.
func (p *People) State(since int) State {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := State{Manners: p.book.Manners.Name, Counts: maps.Clone(p.book.Counts), Due: len(p.due), Deeds: []Deed{}}
	if len(p.due) > 0 {
		s.Next = p.due[0].Due
	}
	if at := max(since-p.first+1, 0); at < len(p.deeds) {
		s.Deeds = slices.Clone(p.deeds[at:])
	}
	return s
}
