package budget

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Ask is a wish to dispatch so many tasks.
type Ask struct {
	Repo   inventory.RepoRef
	Agent  string
	Tasks  int
	Member string // the one to be charged; "" = whoever can be
}

// Grant charges part of an ask to a member.
type Grant struct {
	Ask    int // index into the asks
	Member string
	Tasks  int
}

// Why is the reason an ask does not fit.
type Why string

const (
	NoMember      Why = "no-member"   // the repository is in nobody's list
	NoToken       Why = "no-token"    // only members without a token connected it
	NoQuota       Why = "quota"       // the agent's window has no more room for it
	NoConcurrency Why = "concurrency" // the agent is at its limit of tasks at once
	NoMore        Why = "reserve"     // Draft.Cap is reached: the rest of the members' quotas is kept
	NoShare       Why = "repo"        // Draft.Bound is reached
)

// Refusal says what of an ask does not fit, and what would.
type Refusal struct {
	Ask   int
	Why   Why
	Asked int
	Fits  int
	Frees time.Time // when the window gives something back; zero where waiting does not help
	Text  string    // a sentence for a person, with what to do
}

// Verdict answers a list of asks.
type Verdict struct {
	Grants   []Grant
	Refusals []Refusal
}

// OK tells whether all that was asked for fits.
func (v Verdict) OK() bool { return len(v.Refusals) == 0 }

// Fits is how many tasks of an ask fit.
func (v Verdict) Fits(ask int) int {
	n := 0
	for _, g := range v.Grants {
		if g.Ask == ask {
			n += g.Tasks
		}
	}
	return n
}

// Admit answers how much of the asks may be reserved now, and who is charged.
// Earlier asks go first; none ever takes a member, or an agent with a quota of
// its own, beyond its quota. waiting is other work that is ready: among the
// members who can be charged it chooses so that most of that stays possible.
func (s State) Admit(asks, waiting []Ask) Verdict {
	a := admission{state: &s, pots: map[Window][]*network{}, own: map[string]int{}, slots: map[string]int{}}
	for _, ask := range asks {
		a.open(s.agent(ask.Agent))
	}
	guide := a.guide(asks, waiting)
	var v Verdict
	for i, ask := range asks {
		if ask.Tasks <= 0 {
			continue
		}
		agent := s.agent(ask.Agent)
		granted, why := a.grant(&v, i, agent, ask, guide)
		if granted < ask.Tasks {
			v.Refusals = append(v.Refusals, a.refuse(i, agent, ask, granted, why))
		}
	}
	return v
}

// admission is the room there is while asks are answered one after another.
type admission struct {
	state *State
	pots  map[Window][]*network // of the members' quotas: a network for each stretch of a window
	own   map[string]int        // left of an agent's own quota
	slots map[string]int        // left of an agent's tasks at once; absent = no limit
}

// open works out an agent's room once.
func (a *admission) open(agent Agent) {
	s := a.state
	if agent.Concurrency > 0 {
		held := 0
		for _, r := range s.Held {
			if only(agent.Name)(r.Agent) {
				held++
			}
		}
		a.slots[agent.Name] = max(0, agent.Concurrency-s.running(agent.Name)-held)
	}
	if agent.Quota > 0 {
		a.own[agent.Name] = s.agentIn(agent, s.stretches(agent.Window)).Remaining
		return
	}
	if a.pots[agent.Window] == nil {
		for _, over := range s.stretches(agent.Window) {
			a.pots[agent.Window] = append(a.pots[agent.Window], s.charge(over, s.shares).net)
		}
	}
}

// guide is, per ask, how much each member would best be charged: a maximum flow
// of the asks first, and of the waiting work after them.
func (a *admission) guide(asks, waiting []Ask) map[int][]int {
	s := a.state
	guide := map[int][]int{}
	for window, pots := range a.pots {
		net := pots[0].clone()
		classes := map[int]int{}
		of := func(ask Ask) bool {
			agent := s.agent(ask.Agent)
			return agent.Quota <= 0 && agent.Window == window
		}
		for i, ask := range asks {
			if of(ask) {
				classes[i] = net.class(s.payers(ask))
				net.push(classes[i], ask.Tasks)
			}
		}
		for _, w := range waiting {
			if of(w) {
				net.push(net.class(s.chargeable(w.Repo)), w.Tasks)
			}
		}
		for i, class := range classes {
			guide[i] = net.flow[class]
		}
	}
	return guide
}

// grant charges what fits of one ask.
func (a *admission) grant(v *Verdict, i int, agent Agent, ask Ask, guide map[int][]int) (int, Why) {
	s := a.state
	members := s.payers(ask)
	if len(members) == 0 {
		if s.Team.Connected(ask.Repo) {
			return 0, NoToken
		}
		return 0, NoMember
	}
	limit := ask.Tasks
	if slots, limited := a.slots[agent.Name]; limited {
		limit = min(limit, slots)
	}
	granted := 0
	give := func(member string, n int) {
		if n > 0 {
			v.Grants = append(v.Grants, Grant{i, member, n})
			granted += n
		}
	}
	if left, own := a.own[agent.Name]; own {
		n := min(limit, left)
		a.own[agent.Name] -= n
		give(cmp.Or(agent.Member, s.Team.Members[members[0]].Login), n)
	} else {
		want, per := limit, make([]int, len(s.Team.Members))
		for m, n := range guide[i] {
			got := a.take(agent.Window, m, min(n, want))
			per[m] += got
			want -= got
		}
		for _, m := range members {
			got := a.take(agent.Window, m, want)
			per[m] += got
			want -= got
		}
		for m, n := range per {
			give(s.Team.Members[m].Login, n)
		}
	}
	if _, limited := a.slots[agent.Name]; limited {
		a.slots[agent.Name] -= granted
	}
	if granted < limit {
		return granted, NoQuota
	}
	return granted, NoConcurrency
}

// take charges a member as much of n as every stretch of the asking agent's
// window has room for, and that in the windows of other agents too, which do
// not gate it.
func (a *admission) take(window Window, member, n int) int {
	for i, net := range a.pots[window] {
		got := net.take(member, n)
		for _, earlier := range a.pots[window][:i] {
			earlier.charge(member, got-n)
		}
		n = got
	}
	for other, nets := range a.pots {
		if other == window {
			continue
		}
		for _, net := range nets {
			net.charge(member, n-net.take(member, n))
		}
	}
	return n
}

// payers are the members who can be charged for an ask. An agent's own quota
// may be somebody's who did not connect the repository.
func (s *State) payers(ask Ask) []int {
	members := s.chargeable(ask.Repo)
	if agent := s.agent(ask.Agent); agent.Member != "" {
		if m := s.Team.member(agent.Member); m >= 0 && s.Team.Members[m].NoToken || ask.Member != "" && !strings.EqualFold(ask.Member, agent.Member) {
			return nil
		}
		if agent.Quota > 0 {
			return members
		}
		ask.Member = agent.Member
	}
	if ask.Member != "" {
		members = slices.DeleteFunc(members, func(m int) bool { return !strings.EqualFold(s.Team.Members[m].Login, ask.Member) })
	}
	return members
}

// chargeable are the members who can be charged for a repository, those first
// whose quota has fewest other uses.
func (s *State) chargeable(repo inventory.RepoRef) []int {
	var out []int
	for i, m := range s.Team.Members {
		if !m.NoToken && m.connects(repo, s.Team.Owner) {
			out = append(out, i)
		}
	}
	uses := func(i int) int {
		if s.Team.Members[i].Every {
			return 1 << 30
		}
		return len(s.Team.Members[i].Repos)
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(uses(a), uses(b)) })
	return out
}

func (a *admission) refuse(i int, agent Agent, ask Ask, fits int, why Why) Refusal {
	s := a.state
	r := Refusal{Ask: i, Why: why, Asked: ask.Tasks, Fits: fits}
	switch why {
	case NoMember:
		r.Text = fmt.Sprintf("%s is in nobody's list, so nothing can be dispatched there: add it to .core/team.yaml, for example %s",
			ask.Repo, s.Team.LineToAdd(ask.Repo))
	case NoToken:
		r.Text = fmt.Sprintf("%s is connected only by members whose token is not configured: name one in .core/config.yaml", ask.Repo)
	case NoConcurrency:
		r.Text = fmt.Sprintf("%s runs %d tasks at once and %d are running or reserved: %d of %d asked for %s fit now; wait until one is done",
			agent.Name, agent.Concurrency, agent.Concurrency-a.slots[agent.Name]-fits, fits, ask.Tasks, ask.Repo)
	default:
		st := s.agentIn(agent, s.stretches(agent.Window))
		r.Text = fmt.Sprintf("%s: %d of %d tasks asked for %s fit (window %s, quota %d: %d used, %d held, %d seen outside, %d unreadable)",
			agent.Name, fits, ask.Tasks, ask.Repo, st.Window, st.Quota, st.Used, st.Held, st.Outside, st.Unreadable)
		if st.Frees != nil {
			r.Frees = *st.Frees
			r.Text += "; more from " + st.Frees.Format("2006-01-02T15:04Z")
			if !r.Frees.After(s.Now) { // by our clock alone
				from, _ := s.span()
				r.Frees = r.Frees.Add(s.Now.Sub(from))
				r.Text += " by GitHub's clock, which is surely past that at " + r.Frees.Format("15:04:05Z") + " by this machine's"
			}
		}
	}
	return r
}
