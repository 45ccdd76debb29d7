// Package requestlog answers for the journal of every request the embedded GitHub was sent: what was asked, by whom,
// what it cost, what it changed and which fault was applied to it. The token of a request is never part of it.
//
// A record can be read before the answer it describes leaves the server, so a client that has an answer always finds
// its record. With a file the journal survives a restart; sequence numbers go on where they stopped.
package requestlog

import (
	"sync"
	"time"
)

// Entity names something a request changed.
type Entity struct {
	Kind string `json:"kind"` // issue, label, comment, event, repo, ref ...
	ID   int64  `json:"id"`   // database id
}

// Record is one request as the server saw it.
type Record struct {
	Seq       int64         `json:"seq"`                 // from 1, in the order of arrival
	Time      time.Time     `json:"time"`                // virtual time of arrival
	Wall      time.Duration `json:"wall_ns"`             // real nanoseconds until the answer was ready
	Method    string        `json:"method"`              //
	Path      string        `json:"path"`                // without the /api/v3 prefix, without query
	Query     string        `json:"query,omitempty"`     // raw query of a REST request
	Route     string        `json:"route,omitempty"`     // path template as GitHub's OpenAPI description writes it
	Operation string        `json:"operation,omitempty"` // GraphQL operation name
	Kind      string        `json:"kind,omitempty"`      // GraphQL: query or mutation
	Fields    []string      `json:"fields,omitempty"`    // GraphQL: selected top-level fields
	Login     string        `json:"login,omitempty"`     // of the token's user; empty: anonymous
	Status    int           `json:"status"`              // answered; 0 when the connection was cut
	Resource  string        `json:"resource,omitempty"`  // core, search, graphql, git
	Points    int           `json:"points"`              // taken from the primary limit
	Secondary int           `json:"secondary"`           // points taken from the secondary limit
	Nodes     int           `json:"nodes,omitempty"`     // GraphQL node count by GitHub's formula
	Content   bool          `json:"content,omitempty"`   // counted as creating content
	Refused   string        `json:"refused,omitempty"`   // the limit that refused it: primary, secondary, content, concurrency
	Effect    []Entity      `json:"effect,omitempty"`    // what changed; empty: nothing
	Fault     string        `json:"fault,omitempty"`     // the fault applied, as its spec wrote it
	Late      bool          `json:"late,omitempty"`      // its effect was put off until after the cut: a later record with Lands tells it
	Lands     int64         `json:"lands,omitempty"`     // of a record without an answer: the request whose late effect this is
}

// keep is how many records stay in memory; older ones are read from the file, or are gone when there is none.
const keep = 50_000

// Log is the journal. Its methods may be called from any goroutine.
type Log struct {
	mu    sync.Mutex
	next  int64
	mem   []Record // ascending by Seq of completion, newest last
	store *store
	err   error
	wake  chan struct{}
}

// Open opens the journal in file, or one in memory when file is empty.
func Open(file string) (*Log, error) {
	l := &Log{next: 1, wake: make(chan struct{})}
	if file == "" {
		return l, nil
	}
	s, err := openStore(file)
	if err != nil {
		return nil, err
	}
	last, err := s.last()
	if err != nil {
		s.close()
		return nil, err
	}
	l.store, l.next = s, last+1
	if l.mem, err = s.after(last - keep); err != nil {
		s.close()
		return nil, err
	}
	return l, nil
}

// Close ends the journal; reading it afterwards answers from memory.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store == nil {
		return l.err
	}
	err := l.store.close()
	l.store = nil
	if l.err != nil {
		return l.err
	}
	return err
}

// Begin gives the number of the next request.
func (l *Log) Begin() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.next
	l.next++
	return n
}

// Add writes a finished record whose Seq came from Begin. When it returns nil the record is durable against a killed process.
func (l *Log) Add(r Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store != nil {
		if err := l.store.add(r); err != nil {
			l.err = err
			return err
		}
	}
	at := len(l.mem)
	for at > 0 && l.mem[at-1].Seq > r.Seq {
		at--
	}
	l.mem = append(l.mem, Record{})
	copy(l.mem[at+1:], l.mem[at:])
	l.mem[at] = r
	if len(l.mem) > 2*keep {
		l.mem = append([]Record(nil), l.mem[len(l.mem)-keep:]...)
	}
	close(l.wake)
	l.wake = make(chan struct{})
	return nil
}

// Last returns the highest number given out so far, 0 at the start: what a test notes before it acts.
func (l *Log) Last() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next - 1
}

// Since returns the finished records with a number above seq, in order of number.
func (l *Log) Since(seq int64) []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store != nil && (len(l.mem) == 0 || l.mem[0].Seq > seq+1) {
		if old, err := l.store.after(seq); err == nil {
			return old
		}
	}
	at := len(l.mem)
	for at > 0 && l.mem[at-1].Seq > seq {
		at--
	}
	return append([]Record(nil), l.mem[at:]...)
}

// Changed returns a channel that closes when the next record is added: what a test waits on instead of sleeping.
func (l *Log) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wake
}

// Totals is what a run of requests cost.
type Totals struct {
	Requests  int            `json:"requests"`
	ByKind    map[string]int `json:"by_kind"` // requests by resource
	Points    map[string]int `json:"points"`  // primary points by resource
	Secondary int            `json:"secondary"`
	Content   int            `json:"content"`
	NotModif  int            `json:"not_modified"`
	Refused   int            `json:"refused"`
	Faults    int            `json:"faults"`
}

// Sum adds up records; late effects are not requests and are left out.
func Sum(records []Record) Totals {
	t := Totals{ByKind: map[string]int{}, Points: map[string]int{}}
	for _, r := range records {
		if r.Lands != 0 {
			continue
		}
		t.Requests++
		t.ByKind[r.Resource]++
		t.Points[r.Resource] += r.Points
		t.Secondary += r.Secondary
		if r.Content {
			t.Content++
		}
		if r.Status == 304 {
			t.NotModif++
		}
		if r.Refused != "" {
			t.Refused++
		}
		if r.Fault != "" {
			t.Faults++
		}
	}
	return t
}
