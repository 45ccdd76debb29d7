package budget

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// StatusVersion is the version of Status's JSON form. Fields may be added to a
// version; what is there keeps its name and meaning.
const StatusVersion = 1

// Status is the budget at one instant.
type Status struct {
	Version int    `json:"version"`
	Date    string `json:"date"` // the UTC day, "2026-02-04"

	Used            int `json:"used"`             // readable lines dated today, all agents
	Held            int `json:"held"`             // open reservations
	Pool            int `json:"pool"`             // sum of the members' quotas
	Usable          int `json:"usable"`           // what of it connected repositories can take
	Remaining       int `json:"remaining"`        // pool - used - held - outside - today's unreadable lines; may be negative
	UsableRemaining int `json:"usable_remaining"` // what is left of usable, never negative
	UnreadableToday int `json:"unreadable_today"` // unreadable lines that hold today's date
	Unassigned      int `json:"unassigned"`       // part of used that fits into nobody's quota

	Members    []MemberStatus `json:"members"`
	Agents     []AgentStatus  `json:"agents"`
	Stranded   []Stranded     `json:"stranded"`
	Unlisted   []Unlisted     `json:"unlisted"`
	Outside    []Outside      `json:"outside"`   // those of today
	Elsewhere  []Outside      `json:"elsewhere"` // those of today that are charged to other folders
	Unreadable []Unreadable   `json:"unreadable"`
	Reports    []ReportStatus `json:"reports"`
}

// MemberStatus is one member's day: all agents, as in Status.Used.
type MemberStatus struct {
	Login     string   `json:"login"`
	Quota     int      `json:"quota"`
	Used      int      `json:"used"`
	Assumed   int      `json:"assumed"` // part of used whose lines name no member
	Held      int      `json:"held"`
	Remaining int      `json:"remaining"` // less what was seen outside or is unreadable and assumed to be theirs; may be negative
	Repos     []string `json:"repos"`
	Every     bool     `json:"every_repo"`
}

// AgentStatus is an agent's own window, which alone gates its dispatches.
type AgentStatus struct {
	Name        string     `json:"name"`
	Window      Window     `json:"window"`
	Own         bool       `json:"own_quota"` // false: it draws on the members' quotas, and the counts are of all agents that do
	Quota       int        `json:"quota"`
	Used        int        `json:"used"`
	Held        int        `json:"held"`
	Outside     int        `json:"outside"`
	Unreadable  int        `json:"unreadable"`
	Remaining   int        `json:"remaining"`
	Frees       *time.Time `json:"frees,omitempty"` // when the window gives something back, if anything counts
	Concurrency int        `json:"concurrency"`     // 0 = no limit
	Running     *int       `json:"running"`         // beside those held; nil = not known
}

// Stranded is quota that nothing can spend.
type Stranded struct {
	Login string   `json:"login"`
	Quota int      `json:"quota"`
	Why   string   `json:"why"`
	Repos []string `json:"repos"` // connecting one of these frees it; empty where that is not what is missing
}

// Unlisted is a repository that nobody connected, so nothing can be dispatched
// there.
type Unlisted struct {
	Repo string `json:"repo"`
	Add  string `json:"add"` // the line to write in team.yaml
}

// ReportStatus sets an agent's own figure beside the log's.
type ReportStatus struct {
	Report
	Logged  int  `json:"logged"`
	Differs bool `json:"differs"`
}

// Level is how much of the usable quota is spent.
type Level int

const (
	Fine      Level = iota
	High            // over 80 % of usable
	Exhausted       // nothing usable is left
)

// Level tells how much of today's usable quota is spent.
func (s Status) Level() Level {
	spent := s.Usable - s.UsableRemaining
	switch {
	case s.UsableRemaining <= 0:
		return Exhausted
	case spent*5 > s.Usable*4:
		return High
	}
	return Fine
}

// Status works out the budget.
func (s State) Status() Status {
	s.index()
	today := UTCDay.stretches(s.Now)[0]
	c := s.charge(today, every)
	st := Status{
		Version: StatusVersion, Date: DayOf(s.Now).String(),
		Used: c.total[fromLog], Held: c.total[fromHeld],
		UnreadableToday: c.total[fromUnreadable], Unassigned: c.unplaced[fromLog],
		Pool: s.Team.Pool(), UsableRemaining: s.room(c),
		Members: []MemberStatus{}, Agents: []AgentStatus{}, Stranded: []Stranded{}, Unlisted: []Unlisted{},
		Outside: []Outside{}, Elsewhere: []Outside{}, Unreadable: []Unreadable{}, Reports: []ReportStatus{},
	}
	st.Remaining = st.Pool - st.Used - st.Held - c.total[fromOutside] - st.UnreadableToday
	for i, m := range s.Team.Members {
		ms := MemberStatus{Login: m.Login, Quota: m.quota(), Remaining: c.net.room[i], Repos: append([]string{}, m.Repos...), Every: m.Every}
		ms.Used, ms.Assumed = c.of(i, fromLog)
		ms.Held, _ = c.of(i, fromHeld)
		st.Members = append(st.Members, ms)
		if s.usable(i) {
			st.Usable += m.quota()
		} else if m.quota() > 0 {
			st.Stranded = append(st.Stranded, s.stranded(m))
		}
	}
	for _, name := range s.agentNames() {
		st.Agents = append(st.Agents, s.agentStatus(s.agent(name)))
	}
	for _, repo := range s.Fleet {
		if !s.connected[""] && !s.connected[repo.Key()] {
			st.Unlisted = append(st.Unlisted, Unlisted{repo.String(), s.Team.LineToAdd(repo)})
		}
	}
	for _, o := range s.Outside {
		if today.holds(MinuteOf(o.At)) {
			st.Outside = append(st.Outside, o)
		}
	}
	for _, o := range s.Elsewhere {
		if today.holds(MinuteOf(o.At)) {
			st.Elsewhere = append(st.Elsewhere, o)
		}
	}
	for _, r := range s.Reports {
		rs := ReportStatus{Report: r, Logged: s.logged(r)}
		rs.Differs = rs.Logged != r.Used
		st.Reports = append(st.Reports, rs)
	}
	return st
}

// stranded says why nothing can spend a member's quota.
func (s *State) stranded(m Member) Stranded {
	out := Stranded{Login: m.Login, Quota: m.quota(), Repos: []string{}}
	switch {
	case m.NoToken && len(m.Repos) > 0:
		out.Why = "no token of this member is configured"
		return out
	case len(m.Repos) == 0:
		out.Why = "no repository connected"
	default:
		out.Why = "none of its repositories is in the fleet"
	}
	if s.Fleet != nil {
		for _, r := range s.Fleet {
			out.Repos = append(out.Repos, r.String())
		}
		return out
	}
	for _, other := range s.Team.Members {
		for _, r := range other.Repos {
			if !slices.Contains(out.Repos, r) {
				out.Repos = append(out.Repos, r)
			}
		}
	}
	return out
}

// agentNames are the configured agents in their order, then those that only the
// log, a reservation or GitHub names, by name.
func (s *State) agentNames() []string {
	var names []string
	others := map[string]bool{}
	for _, a := range s.Agents {
		names = append(names, strings.ToLower(a.Name))
	}
	seen := func(name string) {
		if name = strings.ToLower(name); !slices.Contains(names, name) {
			others[name] = true
		}
	}
	counted := make([]bool, len(s.Spending.Kinds))
	for _, sp := range s.Spending.Spends {
		if !counted[sp.Kind] {
			counted[sp.Kind] = true
			seen(s.Spending.Kinds[sp.Kind].Agent)
		}
	}
	for _, r := range s.Held {
		seen(r.Agent)
	}
	for _, o := range s.Outside {
		seen(o.Agent)
	}
	return append(names, slices.Sorted(maps.Keys(others))...)
}

// agentStatus is where an agent stands in its window at this instant.
func (s *State) agentStatus(a Agent) AgentStatus { return s.agentIn(a, a.Window.stretches(s.Now)) }

// agentIn looks at the stretch that has least room for an agent.
func (s *State) agentIn(a Agent, overs []stretch) AgentStatus {
	var tightest AgentStatus
	for i, over := range overs {
		st := s.agentOver(a, over)
		if i == 0 || st.Remaining < tightest.Remaining {
			tightest = st
		}
	}
	return tightest
}

func (s *State) agentOver(a Agent, over stretch) AgentStatus {
	st := AgentStatus{
		Name: a.Name, Window: a.Window, Own: a.Quota > 0,
		Concurrency: max(a.Concurrency, 0),
	}
	if s.Running != nil {
		n := s.running(a.Name)
		st.Running = &n
	}
	counts := s.shares
	if st.Own {
		counts = only(a.Name)
	}
	c := s.charge(over, counts)
	st.Used, st.Held, st.Outside, st.Unreadable = c.total[fromLog], c.total[fromHeld], c.total[fromOutside], c.total[fromUnreadable]
	if st.Own {
		st.Quota = a.Quota
		st.Remaining = max(0, a.Quota-c.spent())
	} else {
		for i, m := range s.Team.Members {
			if s.usable(i) {
				st.Quota += m.quota()
			}
		}
		st.Remaining = s.room(c)
	}
	if at := c.frees(over); !at.IsZero() {
		st.Frees = &at
	}
	return st
}

func (c *charges) spent() int {
	return c.total[fromLog] + c.total[fromHeld] + c.total[fromOutside] + c.total[fromUnreadable]
}

// frees is when the stretch gives something back: all at once, or when its
// oldest dispatch expires. Zero when nothing dated counts.
func (c *charges) frees(over stretch) time.Time {
	if c.oldest == math.MaxInt64 {
		return time.Time{}
	}
	if !over.renewed.IsZero() {
		return over.renewed
	}
	return (max(c.oldest, over.from) + minutesADay + 1).Time()
}

// logged is the log's figure for what an agent's tool reports: its lines of
// the day the tool was asked.
func (s *State) logged(r Report) int {
	day, n := DayOf(r.At), 0
	for _, sp := range s.Spending.Spends {
		k := s.Spending.Kinds[sp.Kind]
		if sp.At.Day() == day && strings.EqualFold(k.Agent, r.Agent) && (r.Login == "" || strings.EqualFold(k.Member, r.Login)) {
			n += int(sp.N)
		}
	}
	return n
}
