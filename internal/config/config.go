package config

import (
	"strings"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// Config is config.yaml with everything that overrides it, and the defaults
// below it. Each field is documented in the table of keys.
type Config struct {
	Host   string
	APIURL string
	Org    string

	DefaultAgent string
	Agents       []Agent           // jules first, then in the file's order
	StandIns     []string          // agents, as written
	Tokens       map[string]string // login, lower case, to the name of an environment variable

	Strategy      string
	Reserve       int // percent
	RepoShare     int // percent
	ReadyShare    int // percent
	Merge         string
	AutoMerge     bool
	Reassign      string // agent; empty: a person
	NextEpic      string // propose, start
	Watch         Watch
	AcceptedLabel string
	Themes        []Theme
	Classifier    string
	ClassifyWith  []string
	CI            string
	NotifyDesktop bool
	NotifyBell    bool
	NotifyHook    string // URL
	Keys          []Binding
	QuietPeriod   time.Duration
	Claims        string
	Pool          string

	ledgerHost string // of config.yaml; empty: there is none
	fileOrg    string // of config.yaml
	orgFlag    bool   // the organisation came by flag
	values     []Value
}

// Agent is one who implements.
type Agent struct {
	Name        string // as in dispatch.log
	Kind        string // "label": a label hands over the work; "command": a command of this machine does
	Label       string
	Logins      []string // accounts it acts as, with or without "[bot]"
	Command     []string // program and arguments
	Quota       int      // tasks a window of its own; 0: it draws on the members' quotas
	Window      budget.Window
	Concurrency int    // tasks at once; 0: no limit known
	Paid        bool   // its tasks cost money
	Token       string // environment variable, or @login of a member; empty: of the member charged
}

// Watch is how often pull requests are looked at, and how long things may take
// before somebody hears of them.
type Watch struct {
	Interval, Ack, Session, GiveUp, Answer, Checks, Review time.Duration
}

// Theme is a name for a group of issues and the words that put one there.
type Theme struct {
	Name  string
	Match []string // labels, then words of a title
}

// Binding is an action of the screen and the keys that start it.
type Binding struct {
	Action string
	Keys   []string
}

// Value is one effective setting, for `core dev config`.
type Value struct {
	Key    string `json:"key"`
	Value  string `json:"value"`  // as one would write it in config.yaml
	Origin string `json:"origin"` // "config.yaml:12", "CORE_STRATEGY", "--strategy" or "default"
}

// Effective lists every setting in the table's order, and where it came from.
func (c *Config) Effective() []Value { return c.values }

// Agent returns the configured agent of that name.
func (c *Config) Agent(name string) (Agent, bool) {
	for _, a := range c.Agents {
		if a.Name == name {
			return a, true
		}
	}
	return Agent{}, false
}

// Labels maps each agent's label, lower case, to the agent's name.
func (c *Config) Labels() map[string]string {
	m := map[string]string{}
	for _, a := range c.Agents {
		if a.Kind == "label" {
			m[strings.ToLower(a.Label)] = a.Name
		}
	}
	return m
}

// Trust says whose text takes part, as far as configuration decides it.
func (c *Config) Trust() inventory.Trust {
	t := inventory.Trust{Accepted: c.AcceptedLabel}
	for _, a := range c.Agents {
		t.Agents = append(t.Agents, a.Logins...)
	}
	return t
}

// Allowances is what the budget has to know about the agents.
func (c *Config) Allowances() []budget.Agent {
	out := make([]budget.Agent, len(c.Agents))
	for i, a := range c.Agents {
		out[i] = budget.Agent{Name: a.Name, Quota: a.Quota, Window: a.Window, Concurrency: a.Concurrency}
		if login, ok := strings.CutPrefix(a.Token, "@"); ok {
			out[i].Member = login
		}
	}
	return out
}

// Fallback are the agents that stand in for a repository's own in a day's plan, in
// the order they are tried: those that are free before those that are paid.
func (c *Config) Fallback() []string {
	var free, paid []string
	for _, name := range c.StandIns {
		if a, ok := c.Agent(name); ok && a.Paid {
			paid = append(paid, name)
		} else if ok {
			free = append(free, name)
		}
	}
	return append(free, paid...)
}

// TokenVariable is the name of the environment variable which holds the token
// of a member, and whether one is configured.
func (c *Config) TokenVariable(login string) (string, bool) {
	v, ok := c.Tokens[strings.ToLower(login)]
	return v, ok
}

// Share tells that the quotas are this folder's own share, not the whole pool's.
func (c *Config) Share() bool { return c.Pool == "share" }

// APIHost is the host requests go to: of api_url where that is set, else host.
func (c *Config) APIHost() string {
	if c.APIURL != "" {
		return NormalHost(c.APIURL)
	}
	return NormalHost(c.Host)
}

// agent returns the agent of that name, made if it is new.
func (c *Config) agent(name string) *Agent {
	for i := range c.Agents {
		if c.Agents[i].Name == name {
			return &c.Agents[i]
		}
	}
	c.Agents = append(c.Agents, Agent{Name: name})
	return &c.Agents[len(c.Agents)-1]
}
