package budget

import (
	"math"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// source is where a charge comes from; the sums of each are shown apart.
type source int

const (
	fromLog source = iota
	fromHeld
	fromOutside
	fromUnreadable
	sources
)

// charges are what one stretch of time cost the members.
type charges struct {
	net      *network
	total    [sources]int
	named    [][sources]int // per member, what names it
	classOf  map[classKey]int
	source   []source // per class
	stray    [sources]int
	unplaced [sources]int // nobody has a quota left for it
	oldest   Minute       // the first dispatch that counts; MaxInt64 = none
}

type classKey struct {
	source source
	repo   string
}

// charge works out who is charged for a stretch, counting the agents that
// counts says. Order: what names a member, then the log's other lines in its
// order, what was seen outside, unreadable lines, and last what no connected
// member could be charged for.
func (s *State) charge(over stretch, counts func(agent string) bool) *charges {
	c := &charges{
		net:     &network{room: make([]int, len(s.Team.Members))},
		named:   make([][sources]int, len(s.Team.Members)),
		classOf: map[classKey]int{},
		oldest:  math.MaxInt64,
	}
	for i, m := range s.Team.Members {
		c.net.room[i] = m.quota()
	}
	c.held(s, counts)
	c.log(s, over, counts)
	for _, r := range s.Held {
		if counts(r.Agent) && r.Member == "" {
			c.assume(s, fromHeld, repoRef(r.Repo, s.Team.Owner), 1)
		}
	}
	for _, o := range s.Outside {
		if m := MinuteOf(o.At); counts(o.Agent) && over.holds(m) {
			c.total[fromOutside]++
			c.oldest = min(c.oldest, m)
			c.assume(s, fromOutside, o.Repo, 1)
		}
	}
	for day, n := range s.Spending.Unreadable {
		// A line that nobody can read might be of any minute of its day.
		if day.Start() < over.until && (day+1).Start() > over.from {
			c.total[fromUnreadable] += n
			c.stray[fromUnreadable] += n
			c.oldest = min(c.oldest, (day+1).Start()-1)
		}
	}
	anybody := s.anybody()
	for src := range sources {
		if n := c.stray[src]; n > 0 {
			class := c.class(src, "", anybody)
			c.unplaced[src] = n - c.net.push(class, n)
		}
	}
	return c
}

// log counts the log's lines. Every kind is looked up once, so a day of very
// many lines costs an addition each.
func (c *charges) log(s *State, over stretch, counts func(string) bool) {
	const skip, assumed = -1, -2
	type target struct{ member, class int }
	targets := make([]target, len(s.Spending.Kinds))
	for i, k := range s.Spending.Kinds {
		member := s.Team.member(k.Member)
		switch {
		case !counts(k.Agent):
			member = skip
		case member < 0:
			member = assumed
		}
		targets[i] = target{member, -1}
	}
	for _, sp := range s.Spending.Spends {
		t := &targets[sp.Kind]
		if t.member == skip || !over.holds(sp.At) {
			continue
		}
		n := int(sp.N)
		c.total[fromLog] += n
		c.oldest = min(c.oldest, sp.At)
		if t.member >= 0 {
			c.named[t.member][fromLog] += n
			c.net.charge(t.member, n)
		}
	}
	for _, sp := range s.Spending.Spends {
		t := &targets[sp.Kind]
		if t.member != assumed || !over.holds(sp.At) {
			continue
		}
		k := s.Spending.Kinds[sp.Kind]
		if k.Member != "" {
			c.stray[fromLog] += int(sp.N) // of a member who is not in the team any more
			continue
		}
		if t.class < 0 {
			repo := repoRef(k.Repo, s.Team.Owner)
			t.class = c.class(fromLog, repo.Key(), s.assumable(repo))
		}
		c.stray[fromLog] += int(sp.N) - c.net.push(t.class, int(sp.N))
	}
}

// held counts open reservations, whatever their date.
func (c *charges) held(s *State, counts func(string) bool) {
	for _, r := range s.Held {
		if !counts(r.Agent) {
			continue
		}
		c.total[fromHeld]++
		if m := s.Team.member(r.Member); m >= 0 {
			c.named[m][fromHeld]++
			c.net.charge(m, 1)
		} else if r.Member != "" {
			c.stray[fromHeld]++
		}
	}
}

func (c *charges) assume(s *State, src source, repo inventory.RepoRef, n int) {
	class := c.class(src, repo.Key(), s.assumable(repo))
	c.stray[src] += n - c.net.push(class, n)
}

func (c *charges) class(src source, repo string, allow []int) int {
	key := classKey{src, repo}
	class, known := c.classOf[key]
	if !known {
		class = c.net.class(allow)
		c.classOf[key] = class
		c.source = append(c.source, src)
	}
	return class
}

// of is what a member is charged from one source, and how much of it is
// assumed.
func (c *charges) of(member int, src source) (all, assumed int) {
	for class, flow := range c.net.flow {
		if class < len(c.source) && c.source[class] == src {
			assumed += flow[member]
		}
	}
	return c.named[member][src] + assumed, assumed
}

// assumable are the members who may have been charged for a repository. One
// without a token is charged only where nobody else can have been: what it
// dispatched would otherwise hide what the others spent.
func (s *State) assumable(repo inventory.RepoRef) []int {
	var with, without []int
	for i, m := range s.Team.Members {
		switch {
		case !m.connects(repo, s.Team.Owner):
		case m.NoToken:
			without = append(without, i)
		default:
			with = append(with, i)
		}
	}
	if len(with) > 0 {
		return with
	}
	return without
}

// anybody are all members, those first whose quota could still be used.
func (s *State) anybody() []int {
	var usable, rest []int
	for i := range s.Team.Members {
		if s.usable(i) {
			usable = append(usable, i)
		} else {
			rest = append(rest, i)
		}
	}
	return append(usable, rest...)
}

// usable tells whether a member's quota can be spent at all.
func (s *State) usable(member int) bool {
	m := s.Team.Members[member]
	return !m.NoToken && s.reaches(m)
}

// room is what is left of the quotas that can be spent.
func (s *State) room(c *charges) int {
	sum := 0
	for i, left := range c.net.room {
		if s.usable(i) {
			sum += max(left, 0)
		}
	}
	return sum
}

func every(string) bool { return true }

func only(name string) func(string) bool {
	return func(agent string) bool { return strings.EqualFold(agent, name) }
}
