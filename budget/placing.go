package budget

import (
	"cmp"
	"slices"

	"github.com/dappcore/core-dev/inventory"
)

// placing is a draft's network: repositories, agents limited at once, payers, the
// sink.
type placing struct {
	*flow
	pool   int32 // edge: what the members are charged, all together
	payers []int32
	agents map[string]placedAgent // those that stand between repositories and members
	gate   int                    // what all agents take at once, where the pool is bounded by it; -1 = it is not
	uneven bool                   // limits at once are kept by Settle
}

// placedAgent is an agent that is limited at once: an edge of as many tasks, and one
// to each member.
type placedAgent struct {
	node    int32
	slots   int32
	members map[int]int32
}

// routes are a repository's ways to those who pay.
type routes struct {
	node        int32
	shared, own int32 // edges: what the members are charged, what other agents take; 0 = none
	list        []route
}

// route is one agent's.
type route struct {
	agent Agent
	hub   int32 // routes.shared or routes.own
	edges []int32
	whom  []int // the edges' members; nil: an agent on its own edge
}

// through pushes over a repository's hub and one edge behind it.
func (f *flow) through(hub, edge int32, amount int) int {
	got := f.along(edge, min(amount, f.cap[hub]))
	f.add(hub, got)
	return got
}

// open builds the network from what was opened, once.
func (d *Draft) open() *placing {
	if d.net != nil {
		return d.net
	}
	n := &placing{flow: newFlow(), agents: map[string]placedAgent{}, gate: -1}
	d.net = n
	limited, even, same := d.limits()
	most := unbounded
	if d.cap >= 0 {
		most = d.cap
	}
	if !even && same {
		n.gate = 0
		for name := range limited {
			n.gate += d.slots[name]
		}
		most = min(most, n.gate)
	}
	n.uneven = !even && !same
	pool := n.node()
	n.pool = n.edge(pool, sink, most)
	for _, room := range d.way.room {
		payer := n.node()
		n.edge(payer, pool, room)
		n.payers = append(n.payers, payer)
	}
	d.assumed()
	own := map[string]int32{}
	for _, agent := range d.own {
		own[agent.Name] = n.node()
		n.edge(own[agent.Name], sink, d.ownRoom(agent))
	}
	for _, p := range d.order {
		if p.why != "" {
			continue
		}
		p.routes = routes{node: n.node()}
		r := &p.routes
		hub := func(at *int32, bound int) int32 {
			if *at == 0 {
				*at = n.edge(r.node, n.node(), bound)
			}
			return *at
		}
		covered := make([]bool, len(d.way.room))
		for _, agent := range p.agents {
			if agent.Quota > 0 {
				edge := hub(&r.own, p.ownBound)
				r.list = append(r.list, route{agent, edge, []int32{n.edge(n.to[edge], own[agent.Name], unbounded)}, nil})
				continue
			}
			edge := hub(&r.shared, min(p.bound, p.hands))
			members := d.payers(p, agent)
			if even && limited[agent.Name] {
				if len(members) > 0 {
					a := d.between(agent, members)
					r.list = append(r.list, route{agent, edge, []int32{n.edge(n.to[edge], a.node, unbounded)}, nil})
				}
				continue
			}
			to := route{agent: agent, hub: edge}
			for _, m := range members {
				if !covered[m] {
					covered[m] = true
					to.edges, to.whom = append(to.edges, n.edge(n.to[edge], n.payers[m], unbounded)), append(to.whom, m)
				}
			}
			r.list = append(r.list, to)
		}
	}
	return n
}

// payers are the members that an agent's tasks of a repository may be charged to.
func (d *Draft) payers(p *drafted, agent Agent) []int {
	var out []int
	for _, m := range p.members {
		if d.named(agent, m) && d.way.opens(agent, m) {
			out = append(out, m)
		}
	}
	return out
}

// limits are the agents with a limit at once that share the members' quotas. It is
// even where each has the same members in every repository, so that it can stand
// between the two; same where every repository has the same of them and no others, so
// that one limit for all members together will do.
func (d *Draft) limits() (limited map[string]bool, even, same bool) {
	limited = map[string]bool{}
	first := map[string][]int{}
	var all []string
	even, same = true, true
	for _, p := range d.order {
		var names []string
		for _, agent := range p.agents {
			if agent.Quota > 0 {
				continue
			}
			names = append(names, agent.Name)
			if _, some := d.slots[agent.Name]; !some {
				continue
			}
			limited[agent.Name] = true
			members := d.payers(p, agent)
			if before, known := first[agent.Name]; !known {
				first[agent.Name] = members
			} else if !slices.Equal(before, members) {
				even = false
			}
			if len(members) < len(p.members) {
				same = false
			}
		}
		if len(names) == 0 {
			continue
		}
		slices.Sort(names)
		names = slices.Compact(names)
		if all == nil {
			all = names
		}
		same = same && slices.Equal(all, names)
	}
	for _, name := range all {
		same = same && limited[name]
	}
	return limited, even, same
}

// between is the agent's place between repositories and members.
func (d *Draft) between(agent Agent, members []int) placedAgent {
	n := d.net
	a, known := n.agents[agent.Name]
	if known {
		return a
	}
	a = placedAgent{node: n.node(), members: map[int]int32{}}
	out := n.node()
	a.slots = n.edge(a.node, out, d.slots[agent.Name])
	for _, m := range members {
		a.members[m] = n.edge(out, n.payers[m], unbounded)
	}
	n.agents[agent.Name] = a
	return a
}

// assumed are the older lines that may be charged to one member or another.
func (d *Draft) assumed() {
	if d.way.net == nil {
		return
	}
	for class, flow := range d.way.net.flow {
		if len(d.way.net.allow[class]) < 2 || !slices.ContainsFunc(flow, func(n int) bool { return n > 0 }) {
			continue
		}
		node := d.net.node()
		for _, m := range d.way.net.allow[class] {
			e := d.net.edge(node, d.net.payers[m], unbounded)
			d.net.add(e, flow[m])
		}
	}
}

// full is why no more of a repository finds room.
func (d *Draft) full(p *drafted) Why {
	n, r := d.net, p.routes
	if r.shared == 0 || len(d.way.room) == 0 {
		return d.ownFull(p)
	}
	if n.cap[r.shared] == 0 {
		if p.hands < p.bound {
			return NoConcurrency
		}
		return NoShare
	}
	busy, some := true, false
	for _, to := range r.list {
		if to.agent.Quota > 0 {
			continue
		}
		a, between := n.agents[to.agent.Name]
		some = true
		busy = busy && between && n.cap[a.slots] == 0
	}
	switch {
	case some && busy:
		return NoConcurrency
	case n.cap[n.pool] == 0 && n.gate >= 0 && (d.cap < 0 || n.gate < d.cap):
		return NoConcurrency
	case n.cap[n.pool] == 0:
		return NoMore
	}
	return NoQuota
}

// ownFull is the same where only agents with a quota of their own are asked.
func (d *Draft) ownFull(p *drafted) Why {
	if own := p.routes.own; own != 0 && d.net.cap[own] == 0 {
		return NoShare
	}
	for _, agent := range p.agents {
		if slots, limited := d.slots[agent.Name]; limited && slots < d.left[agent.Name] {
			return NoConcurrency
		}
	}
	return NoQuota
}

// Settle tells whether the agents that are limited at once take all that was placed;
// mostly they do, since the draft placed no more. Where limits, agents and members
// differ between the repositories, who does what is given out in the order of
// placing, agents making room for one another where they can; where something was
// cut off all the same, the repositories are bounded by what was given out, the draft
// is empty again, and all is to be taken anew, so that others get what was freed.
func (d *Draft) Settle() bool {
	if d.net == nil || !d.net.uneven {
		return true
	}
	net := &network{}
	for _, agent := range d.sharing {
		room, limited := d.slots[agent.Name]
		if !limited {
			room = unbounded
		}
		net.room = append(net.room, room)
	}
	d.hands = map[*drafted][]handed{}
	left := map[*drafted]int{}
	for _, p := range d.order {
		for m, n := range d.charged(p) {
			if n == 0 {
				continue
			}
			var who []int
			for k, agent := range d.sharing {
				if slices.ContainsFunc(p.agents, func(a Agent) bool { return a.Name == agent.Name }) && slices.Contains(d.payers(p, agent), m) {
					who = append(who, k)
				}
			}
			d.hands[p] = append(d.hands[p], handed{member: m, class: net.class(who), left: n})
			left[p] += n
		}
	}
	for _, t := range d.placed {
		n := t.tasks
		for k := range d.hands[t.class] {
			h := &d.hands[t.class][k]
			got := net.push(h.class, min(n, h.left))
			h.left -= got
			left[t.class] -= got
			n -= got
		}
	}
	settled := true
	for p, n := range left {
		for k := range d.hands[p] {
			d.hands[p][k].agents = net.flow[d.hands[p][k].class]
		}
		if n > 0 {
			settled, p.hands = false, d.net.of(p.routes.shared)-n
		}
	}
	if !settled {
		d.net, d.placed = nil, nil
	}
	return settled
}

// charged is what each member is charged for a repository over an edge of its own.
func (d *Draft) charged(p *drafted) []int {
	out := make([]int, len(d.way.room))
	for _, to := range p.routes.list {
		for k, m := range to.whom {
			out[m] += d.net.of(to.edges[k])
		}
	}
	return out
}

// Charges says, when all is placed, who does a repository's tasks and who is
// charged. It may be asked once a repository.
func (d *Draft) Charges(repo inventory.RepoRef) []Charge {
	p := d.classes[repo.Key()]
	if p == nil || p.why != "" || d.net == nil {
		return nil
	}
	n, members := d.net, d.state.Team.Members
	var out []Charge
	flow := d.charged(p)
	for _, agent := range p.agents {
		if at := slices.IndexFunc(p.routes.list, func(to route) bool { return to.agent.Name == agent.Name && to.whom == nil && len(to.edges) > 0 }); at >= 0 {
			tasks := n.of(p.routes.list[at].edges[0])
			if agent.Quota > 0 && tasks > 0 {
				out = append(out, Charge{agent.Name, cmp.Or(agent.Member, members[p.members[0]].Login), tasks})
				continue
			}
			a := n.agents[agent.Name]
			for _, m := range d.payers(p, agent) {
				if got := min(tasks, n.of(a.members[m])); got > 0 {
					out = append(out, Charge{agent.Name, members[m].Login, got})
					n.add(a.members[m], -got)
					tasks -= got
				}
			}
			continue
		}
		if agent.Quota > 0 {
			continue
		}
		slots, limited := d.slots[agent.Name]
		for _, m := range d.payers(p, agent) {
			got := flow[m]
			if n.uneven {
				got = d.handed(p, agent, m)
			} else if limited {
				got = min(got, slots)
				slots -= got
				d.slots[agent.Name] = slots
			}
			if got > 0 {
				out = append(out, Charge{agent.Name, members[m].Login, got})
				flow[m] -= got
			}
		}
	}
	return out
}

// handed is what Settle gave an agent of a repository's tasks at a member's charge.
func (d *Draft) handed(p *drafted, agent Agent, member int) int {
	at := slices.IndexFunc(d.sharing, func(a Agent) bool { return a.Name == agent.Name })
	for _, h := range d.hands[p] {
		if h.member == member {
			return h.agents[at]
		}
	}
	return 0
}
