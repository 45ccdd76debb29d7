package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// Make works the day's plan out.
func Make(in Input) Plan {
	st := in.Budget.Status()
	p := Plan{
		Version: Version, Date: st.Date, Strategy: in.Settings.Strategy,
		Usable: st.Usable, Spent: st.Used + st.Held + len(st.Outside) + st.UnreadableToday,
		Repos: []RepoPlan{}, Unplaced: []Unplaced{}, Stranded: []Stranded{}, Agents: []AgentUse{}, Advice: []Advice{}, Notes: notes(in, st),
	}
	p.Level, p.Why = in.level()
	p.Reserve = share(st.Usable, in.Settings.Reserve)
	drafts := in.Budget.Drafts(in.agents())
	d := newDay(in, &p, drafts[0])
	for _, draft := range drafts {
		if try := d.on(draft); d.draft == nil || try.taken() > d.draft.taken() {
			d.draft = try
		}
	}
	d.draft.charge(&p)
	p.Remaining = max(0, in.Budget.Left()-p.Tasks+d.draft.lent)
	for _, s := range st.Stranded {
		p.Stranded = append(p.Stranded, Stranded{s.Login, s.Quota, s.Why, s.Repos})
	}
	p.Estimate = estimate(in)
	p.Gauge = gauge(in, p)
	p.Advice = advise(in, p)
	return p
}

// level resolves "auto".
func (in Input) level() (Strategy, string) {
	switch s := in.Settings.Strategy; s {
	case Auto:
		level, why := Step(in.Past)
		return level, why
	case None:
		return None, "no ceiling but the quota"
	default:
		if !s.Known() {
			s = Conservative
		}
		pace := s.Pace()
		over := fmt.Sprintf("%d repositories and more", 10)
		if pace.Repos > 0 {
			over = fmt.Sprintf("at most %d repositories", pace.Repos)
		}
		return s, fmt.Sprintf("%d to %d tasks a day over %s", pace.Least, pace.Most, over)
	}
}

// Pace is the level that holds, and its tasks a day; of a level without a ceiling
// that is all that is usable less the reserve.
func (in Input) Pace(usable int) (Strategy, Pace) {
	level, _ := in.level()
	pace := level.Pace()
	if limit := usable - share(usable, in.Settings.Reserve); pace.Most == 0 || pace.Most > limit {
		pace.Most, pace.Least = limit, min(max(pace.Least, 0), limit)
		if level == None {
			pace.Least = limit
		}
	}
	return level, pace
}

// share is so many percent of a number, rounded up.
func share(of, percent int) int { return (of*percent + 99) / 100 }

// day is a plan in the making, of which several attempts may be made.
type day struct {
	in      Input
	pace    Pace
	limit   int // tasks today at the most
	left    int // of it
	members int // of it at the members' charge at the most
	own     int // of it by agents with a quota of their own at the most
	reserve int
	spread  int // repositories that got something today
	repos   []place
	all     []key    // of all READY children that can be dispatched, in order
	draft   *attempt // the best so far
}

// attempt is one way to do it.
type attempt struct {
	*day
	draft *budget.Draft
	repos []place
	left  int
	lent  int // tasks that agents with a quota of their own do, once it is charged
}

// place is a repository in the making.
type place struct {
	*Repo
	today  int
	own    int  // of it by agents with a quota of their own
	lends  bool // some of its agents have one
	most   int  // tasks it gets at the most; -1 = no limit
	bound  Code // what makes it so few
	why    Code // why nothing can be dispatched there; empty: it can
	taken  int
	refuse Code // why no more of it found room
	order  []int32
}

// agents are all that may be asked.
func (in Input) agents() []string {
	var agents []string
	known := map[string]bool{}
	for _, r := range in.Repos {
		for _, a := range r.Agents {
			if !known[a] {
				known[a] = true
				agents = append(agents, a)
			}
		}
	}
	return agents
}

// lends tells whether an agent has a quota of its own.
func (in Input) lends(agent string) bool {
	at := slices.IndexFunc(in.Budget.Agents, func(a budget.Agent) bool { return strings.EqualFold(a.Name, agent) })
	return at >= 0 && in.Budget.Agents[at].Quota > 0
}

func newDay(in Input, p *Plan, draft *budget.Draft) *day {
	left, ownToday := draft.Own()
	given := 0
	for _, n := range ownToday {
		given += n
	}
	d := &day{in: in, pace: p.Level.Pace(), members: p.Usable - p.Reserve, own: left + given, reserve: p.Reserve}
	p.Limit = d.members + d.own
	if most := d.pace.Most; most > 0 {
		p.Limit, d.members, d.own = min(p.Limit, most), min(d.members, most), min(d.own, most)
	}
	d.limit, d.left = p.Limit, max(0, p.Limit-p.Spent)
	today := in.Budget.Today()
	for _, n := range today {
		d.spread += min(n, 1)
	}
	d.repos = make([]place, len(in.Repos))
	for k := range in.Repos {
		r := &in.Repos[k]
		d.repos[k] = place{Repo: r, today: today[r.Ref.Key()], own: ownToday[r.Ref.Key()], most: -1}
		d.repos[k].lends = slices.ContainsFunc(r.Agents, in.lends)
		if len(r.Ready) == 0 {
			continue
		}
		if d.repos[k].why = Code(draft.Open(r.Ref, r.Agents)); r.Unfit != "" {
			d.repos[k].why = Unfit
		}
	}
	d.sort()
	return d
}

// on makes an attempt with a draft.
func (d *day) on(draft *budget.Draft) *attempt {
	for k := range d.repos {
		if r := &d.repos[k]; len(r.Ready) > 0 {
			draft.Open(r.Ref, r.Agents)
		}
	}
	draft.Cap(draft.Left() - d.reserve)
	a := &attempt{day: d, draft: draft}
	for {
		a.repos, a.left = slices.Clone(d.repos), d.left
		a.choose(d.pace.Repos)
		a.cap()
		a.place()
		if draft.Settle() {
			return a
		}
	}
}

// taken is how many tasks are placed.
func (a *attempt) taken() int {
	n := 0
	for k := range a.repos {
		n += a.repos[k].taken
	}
	return n
}

// choose leaves out the repositories that a strategy has no place for today. Those
// that were dispatched to stay, and take up places, whether or not there is more to
// dispatch; then come those with the first children.
func (d *attempt) choose(most int) {
	if most == 0 {
		return
	}
	chosen := map[int32]bool{}
	spread := d.spread
	for k := range d.repos {
		if r := &d.repos[k]; r.today > 0 && r.why == "" && len(r.Ready) > 0 {
			chosen[int32(k)] = true
		}
	}
	asked := map[int32]bool{} // for room
	for _, k := range d.all {
		if spread >= most {
			break
		}
		if asked[k.repo] || chosen[k.repo] {
			continue
		}
		asked[k.repo] = true
		if d.draft.Room(d.repos[k.repo].Ref) {
			chosen[k.repo] = true
			spread++
		}
	}
	for k := range d.repos {
		if r := &d.repos[k]; r.why == "" && len(r.Ready) > 0 && !chosen[int32(k)] {
			if r.why = Later; asked[int32(k)] {
				r.why = NoQuota
			}
		}
	}
}

// cap works out the limits of each repository. What the members are charged is
// bounded by their limit, and what agents with a quota of their own do by theirs, so
// that neither makes the other's share larger.
func (d *attempt) cap() {
	ready, lent, most, others, lenders := 0, 0, 0, 0, 0
	for k := range d.repos {
		r := &d.repos[k]
		if len(r.Ready) == 0 || r.why != "" && r.why != Later && r.why != NoQuota {
			continue
		}
		others++
		most = max(most, len(r.Ready)+r.today)
		if r.why != "" {
			continue
		}
		if ready += len(r.Ready); r.lends {
			lenders++
			lent += len(r.Ready)
		}
	}
	if others < 2 {
		return
	}
	for k := range d.repos {
		r := &d.repos[k]
		if len(r.Ready) == 0 || r.why != "" {
			continue
		}
		part := func(limit, of, today int) int {
			return max(0, min(share(limit, d.in.Settings.RepoShare), (limit*len(r.Ready)+of-1)/of)-today)
		}
		own := -1
		if r.lends && lenders > 1 {
			own = part(d.own, lent, r.own)
		}
		d.draft.Bound(r.Ref, part(d.members, ready, r.today-r.own), own)
		if d.pace.Most > 0 {
			r.most, r.bound = part(d.limit, ready, r.today), RepoLimit
		}
		if len(r.Ready)+r.today == most {
			if n := max(0, share(most, d.in.Settings.ReadyShare)-r.today); r.most < 0 || n < r.most {
				r.most, r.bound = n, ReadyLimit
			}
		}
	}
}

// place places run after run of children of one repository.
func (d *attempt) place() {
	for at := 0; at < len(d.all) && d.left > 0; {
		k := d.all[at].repo
		n := 1
		for at+n < len(d.all) && d.all[at+n].repo == k {
			n++
		}
		at += n
		r := &d.repos[k]
		if r.why != "" || r.refuse != "" {
			continue
		}
		if r.most >= 0 && r.taken+n > r.most {
			n, r.refuse = r.most-r.taken, r.bound
		}
		if n > d.left {
			n, r.refuse = d.left, Limit
		}
		got, why := d.draft.Take(r.Ref, n)
		if r.taken += got; got < n {
			r.refuse = Code(why)
		}
		d.left -= got
	}
}

// charge writes down who does what, and why not the rest.
func (d *attempt) charge(p *Plan) {
	used := map[string]int{}
	ready, taken := 0, 0
	for k := range d.repos {
		ready += len(d.repos[k].Ready)
		taken += d.repos[k].taken
	}
	p.Unplaced = make([]Unplaced, 0, ready-taken)
	for k := range d.repos {
		r := &d.repos[k]
		if len(r.Ready) == 0 && r.Stuck == 0 {
			continue
		}
		out := RepoPlan{Repo: r.Ref.String(), Ref: r.Ref, Ready: len(r.Ready), Today: r.today, Unstick: r.Stuck}
		out.Children = make([]Planned, 0, r.taken)
		var epic inventory.Ref
		said := ""
		for _, c := range d.draft.Charges(r.Ref) {
			for range c.Tasks {
				child := r.Ready[r.order[len(out.Children)]]
				if child.Epic != epic {
					epic, said = child.Epic, child.Epic.String()
				}
				out.Children = append(out.Children, Planned{child.Ref.String(), said, c.Agent, c.Member, child.Ref, child.Epic})
			}
			if used[c.Agent] += c.Tasks; d.in.lends(c.Agent) {
				d.lent += c.Tasks
			}
		}
		out.Tasks = len(out.Children)
		if out.Tasks < r.taken { // agents of other members than those who have room
			r.refuse = Concurrency
		}
		p.Tasks += out.Tasks
		code := cmp.Or(r.why, r.refuse, Limit)
		out.Reason = d.reason(r, out.Tasks, code)
		if len(r.Ready) == 0 {
			out.Reason = "nothing is READY"
		}
		p.Repos = append(p.Repos, out)
		if out.Tasks == len(r.Ready) {
			continue
		}
		why := d.sentence(r, code)
		if len(r.order) == 0 { // nothing there can be dispatched, so nothing was put in order
			for _, c := range r.Ready {
				p.Unplaced = append(p.Unplaced, Unplaced{c.Ref.String(), code, why})
			}
			continue
		}
		for _, at := range r.order[out.Tasks:] {
			p.Unplaced = append(p.Unplaced, Unplaced{r.Ready[at].Ref.String(), code, why})
		}
	}
	p.Agents = append(p.Agents, sortedUse(used)...)
}

func sortedUse(used map[string]int) []AgentUse {
	var out []AgentUse
	for name, n := range used {
		out = append(out, AgentUse{name, n})
	}
	slices.SortFunc(out, func(a, b AgentUse) int {
		return cmp.Or(cmp.Compare(b.Tasks, a.Tasks), cmp.Compare(a.Agent, b.Agent))
	})
	return out
}
