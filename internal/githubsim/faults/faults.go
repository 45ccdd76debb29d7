// Package faults answers for what goes wrong on request: which of GitHub's failures a request meets.
//
// A spec is a list of rules separated by commas. A rule is
//
//	KIND[=ARG]@MATCH[#N | #N+ | %P]
//
// KIND says what happens:
//
//	500 502 503     answered with that status; nothing happened
//	502-after       it happened, and was answered 502
//	cut-before      the connection closes; nothing happened
//	cut-after       it happened, then the connection closes without an answer
//	late=DUR        the connection closes; it happens DUR of virtual time later
//	slow=DUR        the answer takes DUR of real time longer
//	timeout         GitHub's ten seconds are over: 504 on REST, 502 with an error on GraphQL; nothing happened
//	partial         GraphQL: a part of the data is null with RESOURCE_LIMITS_EXCEEDED
//	ratelimit       the primary limit is used up
//	secondary       refused by a secondary limit, retry-after 60
//	garbage         it happened; the body of the answer is not JSON
//	stale-search    a search answers from the index before the last changes
//	lag=DUR         lists lack the issues and pull requests of the last DUR of virtual time, timelines the references
//	                they make; asked for by its number each is there
//
// MATCH says to which requests: "METHOD /path/glob" for REST ("*" for any method; in a path "*" is one segment, a final
// "**" any rest), the name of a GraphQL operation or of a top-level field, or "*" for every request. #N means the Nth matching
// request only (from 1), #N+ that one and all after it, %P each with a probability of P percent drawn from the seed;
// without either, every matching request. The first rule that applies is taken. DUR is a Go duration such as 90s.
//
// Requests of git are matched as REST by their path, such as "GET /acme/widgets.git/**"; of the kinds they know 500, 502, 503 and
// cut-before.
//
//	502@POST /repos/*/*/issues/*/labels#2,late=5m@addComment,cut-after@*%1
package faults

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kind names what happens.
type Kind string

const (
	Error500    Kind = "500"
	Error502    Kind = "502"
	Error503    Kind = "503"
	After502    Kind = "502-after"
	CutBefore   Kind = "cut-before"
	CutAfter    Kind = "cut-after"
	Late        Kind = "late"
	Slow        Kind = "slow"
	Timeout     Kind = "timeout"
	Partial     Kind = "partial"
	RateLimit   Kind = "ratelimit"
	Secondary   Kind = "secondary"
	Garbage     Kind = "garbage"
	StaleSearch Kind = "stale-search"
	Lag         Kind = "lag"
)

// timed tells the kinds, and whether one takes a duration.
var timed = map[Kind]bool{Error500: false, Error502: false, Error503: false, After502: false, CutBefore: false, CutAfter: false,
	Late: true, Slow: true, Timeout: false, Partial: false, RateLimit: false, Secondary: false, Garbage: false, StaleSearch: false, Lag: true}

// Rule is one parsed rule.
type Rule struct {
	Kind    Kind
	Wait    time.Duration // of late, slow and lag
	Method  string        // REST method, "*" for any; empty for a GraphQL rule and for "*"
	Path    string        // REST path glob
	Name    string        // GraphQL operation or field; "*" matches every request
	Nth     int           // 0: every
	Onwards bool          // from the Nth on
	Percent float64       // 0: not by chance
}

// String writes the rule as a spec that parses to it.
func (r Rule) String() string {
	var b strings.Builder
	b.WriteString(string(r.Kind))
	if timed[r.Kind] {
		b.WriteString("=" + r.Wait.String())
	}
	b.WriteByte('@')
	if r.Method != "" {
		b.WriteString(r.Method + " " + r.Path)
	} else {
		b.WriteString(r.Name)
	}
	switch {
	case r.Nth > 0 && r.Onwards:
		fmt.Fprintf(&b, "#%d+", r.Nth)
	case r.Nth > 0:
		fmt.Fprintf(&b, "#%d", r.Nth)
	case r.Percent > 0:
		b.WriteString("%" + strconv.FormatFloat(r.Percent, 'g', -1, 64))
	}
	return b.String()
}

// Request is what a rule is matched against.
type Request struct {
	Method    string
	Path      string   // of REST, without /api/v3
	Operation string   // of GraphQL
	Fields    []string // of GraphQL: top-level fields
}

func (r Rule) matches(q Request) bool {
	if r.Name == "*" {
		return true
	}
	if r.Name != "" {
		if q.Operation == r.Name {
			return true
		}
		for _, f := range q.Fields {
			if f == r.Name {
				return true
			}
		}
		return false
	}
	return (r.Method == "*" || r.Method == q.Method) && glob(r.Path, q.Path)
}

func glob(pattern, path string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i, w := range want {
		if w == "**" && i == len(want)-1 {
			return true
		}
		if i >= len(have) || (w != "*" && w != have[i]) {
			return false
		}
	}
	return len(want) == len(have)
}

// Set holds the rules in force. Its methods may be called from any goroutine.
type Set struct {
	mu    sync.Mutex
	rules []*counted
	rand  *rand.Rand
}

type counted struct {
	Rule
	seen int
}

// NewSet parses spec; seed decides the draws of %P.
func NewSet(spec string, seed uint64) (*Set, error) {
	s := &Set{rand: rand.New(rand.NewPCG(seed, 0x6661756c7473))}
	return s, s.Replace(spec)
}

// Replace puts the rules of spec in the place of those in force, with their counts at zero. A bad spec changes nothing.
func (s *Set) Replace(spec string) error {
	rules, err := Parse(spec)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
	for _, r := range rules {
		s.rules = append(s.rules, &counted{Rule: r})
	}
	return nil
}

// Add puts rules behind those in force.
func (s *Set) Add(rules ...Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rules {
		s.rules = append(s.rules, &counted{Rule: r})
	}
}

// String writes the rules in force as a spec.
func (s *Set) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, r := range s.rules {
		all = append(all, r.String())
	}
	return strings.Join(all, ",")
}

// Next counts a request against every rule it matches and returns the first rule that applies to it, or nil.
func (s *Set) Next(q Request) *Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	var hit *Rule
	for _, r := range s.rules {
		if !r.matches(q) {
			continue
		}
		r.seen++
		applies := true
		switch {
		case r.Nth > 0 && r.Onwards:
			applies = r.seen >= r.Nth
		case r.Nth > 0:
			applies = r.seen == r.Nth
		case r.Percent > 0:
			applies = s.rand.Float64()*100 < r.Percent
		}
		if applies && hit == nil {
			rule := r.Rule
			hit = &rule
		}
	}
	return hit
}
