package budget

import (
	"slices"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// Draft places tasks for a plan of a whole day: like Admit it passes nobody's
// quota, but it decides who is charged only in the end, so that what was placed
// first never takes the room that something later alone could have used.
//
// What is placed is a maximum flow: from the repositories over the agents that are
// limited at once to those who pay, the members and the agents with a quota of their
// own, and over what all members together may be charged. Placed one after another,
// tasks therefore come out as many as can be at all, and of those the ones that came
// first. Three things are more than a flow can tell: see State.Drafts for agents of
// several windows, Settle for limits at once where the repositories' agents and
// members differ, and around midnight what is assumed of older lines stays where it
// is.
//
// A draft is used in this order: Open each repository, Cap and Bound, then Take, and
// in the end Settle and Charges.
type Draft struct {
	state   *State
	way     way
	sharing []Agent // that draw on the members' quotas
	own     []Agent // with a quota of their own
	left    map[string]int
	slots   map[string]int // left of an agent's tasks at once; absent = no limit
	connect map[string][]int
	every   []int // members who connected every repository
	classes map[string]*drafted
	order   []*drafted
	cap     int // what the members may be charged, all together; -1 = no limit

	net    *placing // from the first Take on
	placed []placedTasks
	hands  map[*drafted][]handed // by Settle
}

// drafted is one repository's part of a draft.
type drafted struct {
	repo    inventory.RepoRef
	agents  []Agent // who may do it, in the order they are tried
	members []int   // who may be charged
	why     Why     // nobody can pay
	// What its tasks at the members' charge, and those of agents with a quota of
	// their own, are bounded by; hands by what the agents limited at once take.
	bound, ownBound, hands int
	routes                 routes
}

// placedTasks are those of one Take.
type placedTasks struct {
	class *drafted
	tasks int
}

// handed is what a member is charged for a repository, and how much of it each of the
// sharing agents does.
type handed struct {
	member, class, left int
	agents              []int
}

// Charge says that so many tasks of a repository go to an agent at a member's
// charge.
type Charge struct {
	Agent  string
	Member string
	Tasks  int
}

// Draft begins one for the agents that may be asked, the roomiest of Drafts.
func (s State) Draft(agents []string) *Draft { return s.Drafts(agents)[0] }

// Drafts begins one for each way of opening the members' quotas to agents of several
// windows; mostly there is one. The best plan is the one of them that places most. All
// ways are there for small teams; for large ones those that treat all members alike.
func (s State) Drafts(agents []string) []*Draft {
	s.index()
	base := Draft{cap: -1, state: &s, left: map[string]int{}, slots: map[string]int{}, connect: map[string][]int{}}
	seen := map[string]bool{}
	var windows []Window
	for _, name := range agents {
		agent := s.agent(name)
		if seen[agent.Name] {
			continue
		}
		seen[agent.Name] = true
		if agent.Concurrency > 0 {
			base.slots[agent.Name] = s.slots(agent)
		}
		if agent.Quota > 0 {
			base.own = append(base.own, agent)
			base.left[agent.Name] = s.agentIn(agent, s.stretches(agent.Window)).Remaining
			continue
		}
		base.sharing = append(base.sharing, agent)
		if !slices.Contains(windows, agent.Window) {
			windows = append(windows, agent.Window)
		}
	}
	for i, m := range s.Team.Members {
		if m.Every {
			base.every = append(base.every, i)
			continue
		}
		for _, r := range m.Repos {
			key := repoRef(r, s.Team.Owner).Key()
			if at := base.connect[key]; len(at) == 0 || at[len(at)-1] != i {
				base.connect[key] = append(at, i)
			}
		}
	}
	var out []*Draft
	for _, w := range s.ways(windows) {
		d := base
		d.way, d.classes = w, map[string]*drafted{}
		out = append(out, &d)
	}
	return out
}

// slots is how many more tasks an agent takes at once.
func (s *State) slots(agent Agent) int {
	held := 0
	for _, r := range s.Held {
		if strings.EqualFold(r.Agent, agent.Name) {
			held++
		}
	}
	return max(0, agent.Concurrency-s.running(agent.Name)-held)
}

// Open prepares a repository, with the agents that may work there in the order
// they are tried, and says why nothing can be charged there at all; empty: it can.
func (d *Draft) Open(repo inventory.RepoRef, agents []string) Why {
	key := repo.Key()
	if p, ok := d.classes[key]; ok {
		return p.why
	}
	p := &drafted{repo: repo, bound: unbounded, ownBound: unbounded, hands: unbounded}
	d.classes[key] = p
	d.order = append(d.order, p)
	members, connected := d.members(key)
	switch {
	case !connected:
		p.why = NoMember
	case len(members) == 0:
		p.why = NoToken
	}
	if p.why != "" {
		return p.why
	}
	p.members = members
	for _, name := range agents {
		agent := d.state.agent(name)
		if m := d.state.Team.member(agent.Member); m >= 0 && d.state.Team.Members[m].NoToken || agent.Member != "" && m < 0 && agent.Quota <= 0 {
			continue // nothing can be charged to the one whose token it goes by
		}
		if agent.Quota > 0 || slices.ContainsFunc(members, func(m int) bool { return d.named(agent, m) }) {
			p.agents = append(p.agents, agent)
		}
	}
	if len(p.agents) == 0 {
		p.why = NoToken
	}
	return p.why
}

// named tells whether an agent that shares the members' quotas may be charged to one.
func (d *Draft) named(agent Agent, member int) bool {
	return agent.Member == "" || strings.EqualFold(agent.Member, d.state.Team.Members[member].Login)
}

// members are those who can be charged for a repository, and whether anybody
// connected it.
func (d *Draft) members(key string) (out []int, connected bool) {
	all := d.connect[key]
	if len(d.every) > 0 {
		all = append(slices.Clone(all), d.every...)
	}
	for _, i := range all {
		if !d.state.Team.Members[i].NoToken {
			out = append(out, i)
		}
	}
	return out, len(all) > 0
}

// Cap bounds what the members are charged, all together: the rest of their quotas
// is kept. Agents with a quota of their own are not bound by it.
func (d *Draft) Cap(tasks int) { d.cap = max(0, tasks) }

// Bound bounds a repository's tasks: those the members are charged for, and those of
// agents with a quota of their own. Below zero is no bound.
func (d *Draft) Bound(repo inventory.RepoRef, members, own int) {
	p := d.classes[repo.Key()]
	if p == nil {
		return
	}
	d.net = nil // the network holds them
	if p.bound = members; members < 0 {
		p.bound = unbounded
	}
	if p.ownBound = own; own < 0 {
		p.ownBound = unbounded
	}
}

// Left is what is left of the members' quotas that can be spent, before anything is
// placed.
func (d *Draft) Left() int {
	sum := 0
	for i, room := range d.way.room {
		if d.state.usable(i) {
			sum += max(0, room)
		}
	}
	return sum
}

// Own is what the agents with a quota of their own still take, before anything is
// placed, and what all such agents were given today in each repository, by RepoRef.Key.
func (d *Draft) Own() (left int, today map[string]int) {
	for _, agent := range d.own {
		left += d.ownRoom(agent)
	}
	return left, d.state.today(func(agent string) bool { return !d.state.shares(agent) })
}

// ownRoom is what an agent with a quota of its own still takes.
func (d *Draft) ownRoom(agent Agent) int {
	room := d.left[agent.Name]
	if slots, limited := d.slots[agent.Name]; limited {
		room = min(room, slots)
	}
	return room
}

// Room tells whether one more task of a repository would find room now. It places
// nothing.
func (d *Draft) Room(repo inventory.RepoRef) bool {
	p := d.classes[repo.Key()]
	return p != nil && p.why == "" && d.open().search(p.routes.node)
}

// Take places up to n more tasks of a repository that was opened, and says how
// many found room, and where not all did, why.
func (d *Draft) Take(repo inventory.RepoRef, n int) (placed int, why Why) {
	p := d.classes[repo.Key()]
	switch {
	case p == nil:
		return 0, NoMember
	case p.why != "":
		return 0, p.why
	}
	net := d.open()
	for _, r := range p.routes.list {
		for _, e := range r.edges {
			if placed < n {
				placed += net.through(r.hub, e, n-placed)
			}
		}
	}
	placed += net.push(p.routes.node, n-placed)
	d.placed = append(d.placed, placedTasks{p, placed})
	if placed < n {
		why = d.full(p)
	}
	return placed, why
}
