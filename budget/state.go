package budget

import (
	"cmp"
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Agent is what configuration says about an agent's tasks.
type Agent struct {
	Name        string
	Quota       int    // tasks a window, of its own; 0 = it draws on the members' quotas
	Window      Window // "" is UTCDay
	Concurrency int    // tasks at once; 0 = no limit
	Member      string // whose token dispatches it, and who alone is charged; "" = whoever can be
}

// Reservation is a task that is reserved and neither settled nor released. It
// counts as spent, whatever its date.
type Reservation struct {
	ID   string
	Made time.Time
	Entry
	Lines int // lines the log held for this child when it was reserved
}

// Outside is a dispatch that GitHub's label events show and the log does not.
type Outside struct {
	Repo  inventory.RepoRef `json:"repo"`
	Issue int               `json:"issue"`
	Agent string            `json:"agent"`
	Actor string            `json:"actor"`
	At    time.Time         `json:"at"`
}

// Report is what an agent's own tool said about its usage.
type Report struct {
	Agent string    `json:"agent"`
	Login string    `json:"login,omitempty"` // "" = for all
	Used  int       `json:"used"`
	At    time.Time `json:"at"` // when it was asked
}

// State is all that a budget is worked out from.
type State struct {
	Now      time.Time
	Clock    Clock // GitHub's, beside the one Now is by
	Team     Team
	Agents   []Agent
	Fleet    []inventory.RepoRef // repositories there are; nil = not known
	Spending Spending            // from Earliest() on
	Held     []Reservation
	Outside  []Outside
	// Elsewhere is what another folder claimed, where each has a share of the
	// pool: it is charged there, and not here.
	Elsewhere []Outside
	Reports   []Report
	Running   []inventory.Task // tasks now in progress; one that is held, too, counts once; nil = not known

	fleet     map[string]bool // Fleet by RepoRef.Key, once it was indexed
	connected map[string]bool // what anybody connected, likewise; "" = every repository
}

// index makes what is looked for in Fleet and in the members' lists found at once.
func (s *State) index() {
	if s.connected != nil {
		return
	}
	s.connected = map[string]bool{}
	if s.Fleet != nil {
		s.fleet = make(map[string]bool, len(s.Fleet))
		for _, r := range s.Fleet {
			s.fleet[r.Key()] = true
		}
	}
	for _, m := range s.Team.Members {
		if m.Every {
			s.connected[""] = true
		}
		for _, r := range m.Repos {
			s.connected[repoRef(r, s.Team.Owner).Key()] = true
		}
	}
}

// agent is the configuration of a name; an agent nobody configured draws on
// the members' quotas over a UTC day.
func (s *State) agent(name string) Agent {
	for _, a := range s.Agents {
		if strings.EqualFold(a.Name, name) {
			a.Name, a.Window = strings.ToLower(a.Name), cmp.Or(a.Window, UTCDay)
			return a
		}
	}
	return Agent{Name: strings.ToLower(name), Window: UTCDay}
}

// shares tells whether an agent draws on the members' quotas.
func (s *State) shares(name string) bool { return s.agent(name).Quota <= 0 }

// running is how many tasks an agent has in hand beside those that are held.
func (s *State) running(name string) int {
	counted := map[string]bool{}
	for _, r := range s.Held {
		if strings.EqualFold(r.Agent, name) {
			counted[r.Ref(s.Team.Owner).Key()] = true
		}
	}
	n := 0
	for _, t := range s.Running {
		if strings.EqualFold(t.Agent, name) && !counted[t.Ref.Key()] {
			counted[t.Ref.Key()] = true
			n++
		}
	}
	return n
}
