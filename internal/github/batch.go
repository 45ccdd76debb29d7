package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// What one request may hold. GitHub allows 500,000 nodes; a query that takes
// longer than ten seconds is given up, which costs more than asking twice.
const (
	maxNodes     = 450_000
	maxAsks      = 1_000
	firstChunk   = 24 // repositories
	maxTries     = 3  // of a single ask that GitHub will not answer
	hopelessness = 6  // failures in a row after which GitHub is taken to be down
)

// ask is one thing wanted of one repository: a selection under an alias. Many
// go into one request, and each is answered or fails alone.
type ask struct {
	repo      inventory.RepoRef
	key       string // alias inside the repository; empty: fields of the repository itself
	selection string // "$text" stands for the variable that carries text
	text      string // a value that must not be part of the document
	since     string // value of $since, where the selection uses it
	nodes     int    // by GitHub's formula
	fill      func(raw json.RawMessage) error
	fail      func(*Error)
	warn      func(*Error) // part of the answer is missing; nil: like fail
	none      func()       // the answer is that there is none; nil: like fail

	alias string // of the repository, while composing
	tries int
}

// chunker remembers how many repositories GitHub answers at once.
type chunker struct {
	mu    sync.Mutex
	repos int
}

func (c *chunker) limit() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.repos
}

func (c *chunker) shrink(repos int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.repos = max(1, min(c.repos, (repos+1)/2))
}

// chunks cuts asks into requests GitHub accepts, a repository's asks together
// where they fit. At most repos of them are asked for whole.
func chunks(asks []*ask, repos int) [][]*ask {
	order, groups := group(asks)
	var out [][]*ask
	var now []*ask
	nodes, count := 0, 0
	flush := func() {
		if len(now) > 0 {
			out = append(out, now)
		}
		now, nodes, count = nil, 0, 0
	}
	for _, key := range order {
		heavy, whole := 0, 0
		for _, a := range groups[key] {
			heavy += a.nodes
			if a.key == "" {
				whole = 1
			}
		}
		if count+whole > repos || nodes+heavy > maxNodes || len(now)+len(groups[key]) > maxAsks {
			flush()
		}
		for _, a := range groups[key] {
			if len(now) >= maxAsks || (nodes+a.nodes > maxNodes && len(now) > 0) {
				flush()
			}
			now, nodes = append(now, a), nodes+a.nodes
		}
		count += whole
	}
	flush()
	return out
}

// halves cuts a batch in two: by repositories, then within one.
func halves(asks []*ask) (a, b []*ask) {
	order, groups := group(asks)
	if len(order) == 1 {
		return asks[:len(asks)/2], asks[len(asks)/2:]
	}
	for i, key := range order {
		if i < (len(order)+1)/2 {
			a = append(a, groups[key]...)
		} else {
			b = append(b, groups[key]...)
		}
	}
	return a, b
}

// batch is the answering of asks in as few requests as GitHub lets it be.
type batch struct {
	c        *Client
	name     string // operation
	features bool   // ask, too, what this GitHub's Issue has
	answered func(data map[string]json.RawMessage, asks []*ask)
	failures int // in a row
}

// run answers all asks. The error is of a kind that hides everything: no
// token, a limit, no network, GitHub down, the caller's cancellation.
func (b *batch) run(ctx context.Context, asks []*ask) error {
	work := chunks(asks, b.c.chunk.limit())
	for len(work) > 0 {
		next := work[0]
		work = work[1:]
		again, err := b.once(ctx, next)
		if err != nil {
			return err
		}
		work = append(again, work...)
	}
	return nil
}

// once sends one request and hands out its answers; what has to be asked again
// comes back, in smaller parts.
func (b *batch) once(ctx context.Context, asks []*ask) (again [][]*ask, err error) {
	text, vars := compose(b.name, asks, b.features)
	r, err := b.c.query(ctx, b.name, text, vars)
	var e *Error
	switch {
	case err == nil:
		b.failures = 0
	case errors.Is(err, errTooMuch):
		return b.split(ctx, asks, &Error{Kind: KindServer, Message: "GitHub gave up on the query", Hint: "try again"})
	case errors.As(err, &e) && (e.Kind == KindServer || e.Kind == KindForbidden || e.Kind == KindNotFound):
		return b.split(ctx, asks, e)
	default:
		return nil, err
	}
	redo := b.judge(asks, r)
	b.deliver(asks, r, redo)
	if b.answered != nil {
		b.answered(r.data, asks)
	}
	var left []*ask
	var why *Error
	for _, a := range asks {
		if e, ok := redo[a]; ok && e != nil {
			left, why = append(left, a), e
		}
	}
	if len(left) == 0 {
		return nil, nil
	}
	return b.split(ctx, left, why)
}

// split returns a batch in halves, or, where it is a single ask, once more
// until its tries are used up; then the ask fails.
func (b *batch) split(ctx context.Context, asks []*ask, why *Error) ([][]*ask, error) {
	b.failures++
	if why.Kind == KindServer && b.failures > hopelessness+len(asks) {
		return nil, why
	}
	if len(asks) > 1 {
		b.c.wire.count.splits.Add(1)
		order, _ := group(asks)
		if len(order) > 1 {
			b.c.chunk.shrink(len(order))
		}
		x, y := halves(asks)
		return [][]*ask{x, y}, nil
	}
	a := asks[0]
	if a.tries++; a.tries < maxTries && why.Kind == KindServer {
		b.c.wire.count.retries.Add(1)
		return [][]*ask{asks}, b.c.clock.Sleep(ctx, time.Duration(a.tries)*firstBackoff)
	}
	a.fail(why)
	return nil, nil
}

// judge finds out what the errors of an answer mean to each ask: an error in
// the result says ask again in smaller parts, nil that it has failed already.
func (b *batch) judge(asks []*ask, r *result) map[*ask]*Error {
	redo := map[*ask]*Error{}
	type field struct{ alias, key string }
	keyed := map[field]bool{}
	for _, a := range asks {
		keyed[field{a.alias, a.key}] = a.key != ""
	}
	for _, g := range r.errors {
		e := g.explain()
		for _, a := range asks {
			if a.key == "" && keyed[field{g.at(0), g.at(1)}] {
				continue // another ask's answer
			}
			if len(g.Path) > 0 && g.at(0) != a.alias {
				continue
			}
			if len(g.Path) > 1 && a.key != "" && g.at(1) != a.key {
				continue
			}
			if _, judged := redo[a]; judged {
				continue
			}
			whole := len(g.Path) == 1 || (len(g.Path) == 2 && a.key != "")
			switch {
			case g.tooMuch() || (len(g.Path) == 0 && e.Kind == KindServer):
				redo[a] = e
			case whole || a.warn == nil:
				redo[a] = nil
				a.fail(e)
			default:
				a.warn(e)
			}
		}
	}
	return redo
}

func (b *batch) deliver(asks []*ask, r *result, judged map[*ask]*Error) {
	objects := map[string]map[string]json.RawMessage{}
	for _, a := range asks {
		if _, done := judged[a]; done {
			continue
		}
		raw := r.data[a.alias]
		if a.key != "" {
			o, ok := objects[a.alias]
			if !ok && json.Unmarshal(raw, &o) == nil {
				objects[a.alias] = o
			}
			raw = o[a.key]
		}
		if string(raw) == "null" && a.none != nil {
			a.none()
			continue
		}
		if len(raw) == 0 || string(raw) == "null" {
			a.fail(&Error{Kind: KindNotFound, Message: "not found, or hidden from this token"})
			continue
		}
		if err := a.fill(raw); err != nil {
			a.fail(&Error{Kind: KindServer, Message: fmt.Sprintf("an answer that cannot be read (%v)", err), Err: err})
		}
	}
}
