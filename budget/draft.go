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
// What is placed is a maximum flow between repositories and those who pay for
// them, the members and the agents with a quota of their own. Placed one after
// another, tasks therefore come out as many as can be at all, and of those the
// ones that came first. That is exact where the agents share one window of one
// stretch; where there are several, or around midnight, room is asked for in each
// of them, with what is assumed of older lines left where it is.
type Draft struct {
	state   *State
	net     *network
	own     map[string]int // payer of an agent with a quota of its own
	slots   map[string]int // left of an agent's tasks at once; absent = no limit
	connect map[string][]int
	every   []int // members who connected every repository
	classes map[string]*drafted
	gated   bool // every agent that shares the members' quotas is limited at once
	gate    int  // what they still take, all together
	cap     int  // what the members may be charged, all together; -1 = no limit
}

// drafted is one repository's part of a draft.
type drafted struct {
	repo   inventory.RepoRef
	agents []Agent // who may do it, in the order they are tried
	class  int     // in the network; -1 = nobody can pay
	why    Why
}

// Charge says that so many tasks of a repository go to an agent at a member's
// charge.
type Charge struct {
	Agent  string
	Member string
	Tasks  int
}

// Draft begins one for the agents that may be asked.
func (s State) Draft(agents []string) *Draft {
	d := &Draft{gated: true, cap: -1, state: &s, own: map[string]int{}, slots: map[string]int{}, connect: map[string][]int{}, classes: map[string]*drafted{}}
	var overs []stretch
	var own []Agent
	seen := map[string]bool{}
	for _, name := range agents {
		agent := s.agent(name)
		if seen[agent.Name] {
			continue
		}
		seen[agent.Name] = true
		left := 0
		if agent.Concurrency > 0 {
			left = s.slots(agent)
			d.slots[agent.Name] = left
		}
		if agent.Quota > 0 {
			own = append(own, agent)
			continue
		}
		d.gated = d.gated && agent.Concurrency > 0
		d.gate += left
		for _, over := range s.stretches(agent.Window) {
			if !slices.Contains(overs, over) {
				overs = append(overs, over)
			}
		}
	}
	d.net = s.drafting(overs)
	for _, agent := range own {
		room := s.agentIn(agent, s.stretches(agent.Window)).Remaining
		if left, limited := d.slots[agent.Name]; limited {
			room = min(room, left)
		}
		d.own[agent.Name] = d.net.payer(room)
	}
	d.net.dead = make([]bool, len(d.net.room))
	for i, m := range s.Team.Members {
		if m.Every {
			d.every = append(d.every, i)
			continue
		}
		for _, r := range m.Repos {
			key := repoRef(r, s.Team.Owner).Key()
			if at := d.connect[key]; len(at) == 0 || at[len(at)-1] != i {
				d.connect[key] = append(at, i)
			}
		}
	}
	return d
}

// drafting is the network of the members' room: of one stretch with what may be
// moved in it, of several the least of each.
func (s *State) drafting(overs []stretch) *network {
	if len(overs) == 1 {
		return s.charge(overs[0], s.shares).net.clone()
	}
	net := &network{room: make([]int, len(s.Team.Members))}
	for i, m := range s.Team.Members {
		net.room[i] = m.quota()
	}
	for _, over := range overs {
		for i, room := range s.charge(over, s.shares).net.room {
			net.room[i] = min(net.room[i], room)
		}
	}
	return net
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
func (d *Draft) Open(repo inventory.RepoRef, agents []string) Why { return d.open(repo, agents).why }

func (d *Draft) open(repo inventory.RepoRef, agents []string) *drafted {
	key := repo.Key()
	if p, ok := d.classes[key]; ok {
		return p
	}
	p := &drafted{repo: repo, class: -1}
	d.classes[key] = p
	members, connected := d.members(key)
	switch {
	case !connected:
		p.why = NoMember
		return p
	case len(members) == 0:
		p.why = NoToken
		return p
	}
	var payers []int
	for _, name := range agents {
		agent := d.state.agent(name)
		theirs := members
		if agent.Member != "" {
			m := d.state.Team.member(agent.Member)
			switch {
			case m >= 0 && d.state.Team.Members[m].NoToken:
				theirs = nil
			case agent.Quota <= 0:
				theirs = slices.DeleteFunc(slices.Clone(members), func(i int) bool { return i != m })
			}
		}
		if len(theirs) == 0 {
			continue
		}
		p.agents = append(p.agents, agent)
		if agent.Quota > 0 {
			theirs = []int{d.own[agent.Name]}
		}
		for _, at := range theirs {
			if !slices.Contains(payers, at) {
				payers = append(payers, at)
			}
		}
	}
	if len(payers) == 0 {
		p.why = NoToken
		return p
	}
	p.class = d.net.class(payers)
	return p
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

// Take places up to n more tasks of a repository that was opened, and says how
// many found room, and where not all did, why.
func (d *Draft) Take(repo inventory.RepoRef, n int) (placed int, why Why) {
	p := d.classes[repo.Key()]
	switch {
	case p == nil:
		return 0, NoMember
	case p.class < 0:
		return 0, p.why
	}
	for placed < n {
		most := n - placed
		why := Why("")
		if d.gated && d.gate < most {
			most, why = d.gate, NoConcurrency
		}
		if d.cap >= 0 && d.cap < most {
			most, why = d.cap, NoMore
		}
		if most == 0 {
			// Only agents with a quota of their own still take something.
			if placed += d.takeOwn(p, n-placed); placed < n {
				return placed, why
			}
			return placed, ""
		}
		before := d.shared()
		got := d.net.push(p.class, most)
		charged := before - d.shared()
		d.gate -= charged
		if d.cap >= 0 {
			d.cap -= charged
		}
		if placed += got; got == 0 {
			return placed, NoQuota
		}
	}
	return placed, ""
}

// Cap bounds what the members are charged from now on, all together: the rest of
// their quotas is kept. Agents with a quota of their own are not bound by it.
func (d *Draft) Cap(tasks int) { d.cap = max(0, tasks) }

// Left is what is left of the members' quotas that can be spent.
func (d *Draft) Left() int {
	sum := 0
	for i := range d.state.Team.Members {
		if d.state.usable(i) {
			sum += max(0, d.net.room[i])
		}
	}
	return sum
}

// Own is what the agents with a quota of their own still take, and what they were
// given today.
func (d *Draft) Own() (left, today int) {
	for _, at := range d.own {
		left += max(0, d.net.room[at])
	}
	day := DayOf(d.state.Now)
	theirs := func(agent string) bool { _, ok := d.own[strings.ToLower(agent)]; return ok }
	for _, sp := range d.state.Spending.Spends {
		if sp.At.Day() == day && theirs(d.state.Spending.Kinds[sp.Kind].Agent) {
			today += int(sp.N)
		}
	}
	for _, r := range d.state.Held {
		if theirs(r.Agent) {
			today++
		}
	}
	for _, o := range d.state.Outside {
		if DayOf(o.At) == day && theirs(o.Agent) {
			today++
		}
	}
	return left, today
}

// shared is what is left of the members' quotas.
func (d *Draft) shared() int {
	if !d.gated && d.cap < 0 {
		return 0
	}
	sum := 0
	for _, room := range d.net.room[:len(d.state.Team.Members)] {
		sum += room
	}
	return sum
}

// takeOwn places tasks with agents that have a quota of their own, in order.
func (d *Draft) takeOwn(p *drafted, n int) int {
	placed := 0
	for _, agent := range p.agents {
		at, own := d.own[agent.Name]
		if !own {
			continue
		}
		got := min(n-placed, max(0, d.net.room[at]))
		d.net.room[at] -= got
		d.net.give(p.class, at, got)
		placed += got
	}
	return placed
}

// Charges says, when all is placed, who does a repository's tasks and who is
// charged. It may be asked once a repository, in the order that agents which are
// limited at once should go by; where such a limit cuts something off that was
// placed, the sum is less.
func (d *Draft) Charges(repo inventory.RepoRef) []Charge {
	p := d.classes[repo.Key()]
	if p == nil || p.class < 0 {
		return nil
	}
	var out []Charge
	members := d.state.Team.Members
	flow := slices.Clone(d.net.flow[p.class])
	for _, agent := range p.agents {
		if at, own := d.own[agent.Name]; own {
			if n := flow[at]; n > 0 {
				payer := agent.Member
				if payer == "" {
					theirs, _ := d.members(repo.Key())
					payer = members[theirs[0]].Login
				}
				out = append(out, Charge{agent.Name, payer, n})
				flow[at] = 0
			}
			continue
		}
		slots, limited := d.slots[agent.Name]
		for m := range members {
			n := flow[m]
			if agent.Member != "" && !strings.EqualFold(agent.Member, members[m].Login) {
				n = 0
			}
			if limited {
				n = min(n, slots)
				slots -= n
			}
			if n > 0 {
				out = append(out, Charge{agent.Name, members[m].Login, n})
				flow[m] -= n
			}
		}
		if limited {
			d.slots[agent.Name] = slots
		}
	}
	return out
}

// Room tells whether one more task of a repository would find room now. It places
// nothing.
func (d *Draft) Room(repo inventory.RepoRef) bool {
	p := d.classes[repo.Key()]
	if p == nil || p.class < 0 {
		return false
	}
	return d.net.reaches(p.class)
}
