package config

import (
	"strings"
	"time"

	"github.com/dappcore/core-dev/budget"
)

// Key is one row of the table of settings: what it is called, what it may
// hold, and what it means. The loader, `core dev config`, the config.yaml that
// init writes and docs/config.md all read this table.
type Key struct {
	Path    string   // "caps.repo_share"; a "*" stands for a name of the user's
	Type    string   // in words
	Default string   // as written in YAML; of a "*" row: what holds when it is not written
	Allowed []string // the only words; empty: no such list
	Meaning string
	Idle    bool // checked, printed and kept, but no command acts on it

	kind     kind
	min, max int
	check    func(string) error
	set      func(c *Config, name string, v value)
}

// value is a setting after its type was checked.
type value struct {
	text string
	list []string
	n    int
	on   bool
	d    time.Duration
}

// The agent without any configuration, and the accounts and labels of those
// whose names are known (spec/7-facts).
const firstAgent = "jules"

const (
	defaultLabel  = "the agent's name"
	defaultLogins = "known for jules, copilot, codex; else []"
	maxAgentQuota = 1_000_000 // tasks a window
)

const day = 24 * 60 * 60 // seconds

var windowWords = []string{string(budget.UTCDay), string(budget.Rolling), string(budget.Both), string(budget.Weekly), string(budget.Monthly)}

var knownLogins = map[string][]string{
	"jules":   {"google-labs-jules[bot]"},
	"copilot": {"copilot-swe-agent[bot]"},
	"codex":   {"chatgpt-codex-connector[bot]"},
}

var defaultThemes = []Theme{
	{"security", []string{"security"}},
	{"quality", []string{"quality"}},
	{"testing", []string{"testing"}},
	{"docs", []string{"docs"}},
	{"performance", []string{"performance"}},
}

var keyTable = finish([]Key{
	{Path: "host", Default: "github.com", check: checkHost,
		Meaning: "the GitHub this folder's ledger belongs to; against another host writing is refused",
		set:     func(c *Config, _ string, v value) { c.Host = NormalHost(v.text) }},
	{Path: "api_url", Default: `""`, check: checkURL,
		Meaning: "address of the API where it is not the host's own: a GitHub Enterprise, an embedded GitHub",
		set:     func(c *Config, _ string, v value) { c.APIURL = v.text }},
	{Path: "org", Default: `""`, check: checkOwner,
		Meaning: "owner of repositories written without one; its unarchived repositories are the fleet when no file names any",
		set:     func(c *Config, _ string, v value) { c.Org = v.text }},

	{Path: "default_agent", Default: firstAgent, check: checkAgentName,
		Meaning: "who implements where inventory.yaml names nobody",
		set:     func(c *Config, _ string, v value) { c.DefaultAgent = v.text }},
	{Path: "agents.*.kind", Default: "label", Allowed: []string{"label", "command"},
		Meaning: "how work is handed over: by a label on the issue, or by a command run in a worktree, whose result is pushed and opened as a pull request (docs/agents.md)",
		set:     func(c *Config, n string, v value) { c.agent(n).Kind = v.text }},
	{Path: "agents.*.label", Default: defaultLabel, check: checkLabel,
		Meaning: "the label that dispatches; putting it on spends one task",
		set:     func(c *Config, n string, v value) { c.agent(n).Label = v.text }},
	{Path: "agents.*.logins", Default: defaultLogins, kind: list, check: checkName,
		Meaning: "accounts the agent acts as; what they write is trusted as a member's",
		set:     func(c *Config, n string, v value) { c.agent(n).Logins = v.list }},
	{Path: "agents.*.command", Default: "[]", kind: list,
		Meaning: "program and arguments of an agent of kind command; that of the first one resolves merge conflicts, too (docs/agents.md)",
		set:     func(c *Config, n string, v value) { c.agent(n).Command = v.list }},
	{Path: "agents.*.quota", Default: "team", kind: quota, min: 1, max: maxAgentQuota,
		Meaning: "tasks a window of its own; team: it draws on the members' quotas",
		set:     func(c *Config, n string, v value) { c.agent(n).Quota = v.n }},
	{Path: "agents.*.window", Default: "utc-day", Allowed: windowWords,
		Meaning: "the span its quota counts over; both: the UTC day and any 24 hours",
		set:     func(c *Config, n string, v value) { c.agent(n).Window = budget.Window(v.text) }},
	{Path: "agents.*.concurrency", Default: "0", kind: integer, max: 10_000,
		Meaning: "tasks it works on at once; 0: no limit known",
		set:     func(c *Config, n string, v value) { c.agent(n).Concurrency = v.n }},
	{Path: "agents.*.token", Default: `""`, check: checkToken,
		Meaning: "whose token hands over the work: the name of an environment variable, or @login of a member; empty: the member charged",
		set:     func(c *Config, n string, v value) { c.agent(n).Token = v.text }},
	{Path: "agents.*.paid", Default: "false", kind: truth,
		Meaning: "its tasks cost money: as one of stand_ins it is tried after those that are free",
		set:     func(c *Config, n string, v value) { c.agent(n).Paid = v.on }},
	{Path: "stand_ins", Default: "[]", kind: list, check: checkAgentName,
		Meaning: "agents that take, in a day's plan, what a repository's own agent has no room for; tried in this order, those that are free first",
		set:     func(c *Config, _ string, v value) { c.StandIns = v.list }},
	{Path: "tokens.*", Default: "the token of the person at the keyboard, for that person", check: checkEnvName,
		Meaning: "by member's login, the environment variable that holds the member's token; the quota of a member without one is stranded",
		set: func(c *Config, n string, v value) {
			if c.Tokens == nil {
				c.Tokens = map[string]string{}
			}
			c.Tokens[strings.ToLower(n)] = v.text
		}},

	{Path: "strategy", Default: "conservative", Allowed: []string{"conservative", "moderate", "aggressive", "none", "auto"},
		Meaning: "the pace: 10-20, 50-80 or 150-200 tasks a day; none: no ceiling but the quota; auto: one step up after a good day, down after a bad one",
		set:     func(c *Config, _ string, v value) { c.Strategy = v.text }},
	{Path: "reserve", Default: "10", kind: integer, max: 90,
		Meaning: "percent of the usable quota kept back for retries, rounded up",
		set:     func(c *Config, _ string, v value) { c.Reserve = v.n }},
	{Path: "caps.repo_share", Default: "40", kind: integer, min: 1, max: 100,
		Meaning: "percent of the day's limit one repository gets at most while another has READY work",
		set:     func(c *Config, _ string, v value) { c.RepoShare = v.n }},
	{Path: "caps.ready_share", Default: "80", kind: integer, min: 1, max: 100,
		Meaning: "percent of its READY children, rounded up, the repository with the most of them gets at most while another has READY work",
		set:     func(c *Config, _ string, v value) { c.ReadyShare = v.n }},

	{Path: "gates.merge", Default: "auto", Allowed: []string{"auto", "ask"},
		Meaning: "a pull request that is green and resolved is merged, or waits for the word of a person at a terminal",
		set:     func(c *Config, _ string, v value) { c.Merge = v.text }},
	{Path: "gates.auto_merge", Default: "true", kind: truth,
		Meaning: "whether GitHub's auto-merge may be enabled while checks are pending",
		set:     func(c *Config, _ string, v value) { c.AutoMerge = v.on }},
	{Path: "gates.reassign", Default: `""`, check: checkAgentOrNone,
		Meaning: "the agent that gets a child, for another task, when three heads of a pull request failed their checks; empty: a person",
		set:     func(c *Config, _ string, v value) { c.Reassign = v.text }},
	{Path: "next_epic", Default: "propose", Allowed: []string{"propose", "start"},
		Meaning: "when an epic is done: name the repository's next one, or begin it",
		set:     func(c *Config, _ string, v value) { c.NextEpic = v.text }},

	{Path: "watch.interval", Default: "2m", kind: duration, min: 2, max: day,
		Meaning: "how often watching looks; sooner where GitHub is about to settle something",
		set:     func(c *Config, _ string, v value) { c.Watch.Interval = v.d }},
	{Path: "watch.ack", Default: "30m", kind: duration, min: 60, max: 30 * day,
		Meaning: "how long an agent may take to acknowledge a dispatch before a person is told",
		set:     func(c *Config, _ string, v value) { c.Watch.Ack = v.d }},
	{Path: "watch.session", Default: "6h", kind: duration, min: 60, max: 30 * day,
		Meaning: "how long an agent may take to a pull request before a person is told",
		set:     func(c *Config, _ string, v value) { c.Watch.Session = v.d }},
	{Path: "watch.give_up", Default: "24h", kind: duration, min: 60, max: 30 * day,
		Meaning: "how long a dispatch may be without a pull request before its child is READY again",
		set:     func(c *Config, _ string, v value) { c.Watch.GiveUp = v.d }},
	{Path: "watch.answer", Default: "2h", kind: duration, min: 60, max: 30 * day,
		Meaning: "how long an agent may take to answer a request for a fix, or failed checks, before a person is told",
		set:     func(c *Config, _ string, v value) { c.Watch.Answer = v.d }},
	{Path: "watch.checks", Default: "2h", kind: duration, min: 60, max: 30 * day,
		Meaning: "how long checks may run, or not start, before a person is told",
		set:     func(c *Config, _ string, v value) { c.Watch.Checks = v.d }},
	{Path: "watch.review", Default: "24h", kind: duration, min: 60, max: 30 * day,
		Meaning: "how long a required review may be missing before a person is told again",
		set:     func(c *Config, _ string, v value) { c.Watch.Review = v.d }},
	{Path: "watch.behind", Default: "25", kind: integer, min: 0, max: 100000,
		Meaning: "how many commits of the default branch an epic's branch may lack before those are merged into it; 0: any number",
		set:     func(c *Config, _ string, v value) { c.Watch.Behind = v.n }},
	{Path: "accepted_label", Default: "accepted", check: checkLabel,
		Meaning: "label by which a person with write access lets a stranger's issue take part",
		set:     func(c *Config, _ string, v value) { c.AcceptedLabel = v.text }},
	{Path: "ci", Default: "actions", Allowed: ciWords,
		Meaning: "what gates a merge where inventory.yaml does not say: none means reviews alone",
		set:     func(c *Config, _ string, v value) { c.CI = v.text }},

	{Path: "themes.*", Default: "security, quality, testing, docs, performance, each its own label", kind: list, check: checkName,
		Meaning: "by theme, the labels, and then the words of a title, that put an issue into an epic of that theme; naming one of the five replaces its words, [] drops it",
		set: func(c *Config, n string, v value) {
			if len(v.list) > 0 {
				c.Themes = append(c.Themes, Theme{Name: n, Match: v.list})
			}
		}},
	{Path: "classifier", Default: "rules", Allowed: []string{"rules", "command"},
		Meaning: "who reads findings out of audits: the built-in rules, or a command that answers in the JSON schema (core dev schema classifier); where it does not, the rules do. For the flows the first answer to an audit text is kept in .core/journal/readings/ and counts from then on, the rules' too where the command failed",
		set:     func(c *Config, _ string, v value) { c.Classifier = v.text }},
	{Path: "classifier_command", Default: "[]", kind: list,
		Meaning: "program and arguments of the classifier; the audit's body is its standard input, the title in AUDIT_TITLE, and it gets no token",
		set:     func(c *Config, _ string, v value) { c.ClassifyWith = v.list }},

	{Path: "quiet_period", Default: "60s", kind: duration, max: int(time.Hour / time.Second),
		Meaning: "how long a write whose answer was lost may still land before it counts as not sent; after a killed process it begins when the next one looks",
		set:     func(c *Config, _ string, v value) { c.QuietPeriod = v.d }},
	{Path: "claims", Default: "none", Allowed: []string{"none", "refs"},
		Meaning: "refs: a ref on GitHub claims a child before the first write, for several machines on one fleet",
		set:     func(c *Config, _ string, v value) { c.Claims = v.text }},
	{Path: "pool", Default: "whole", Allowed: []string{"whole", "share"},
		Meaning: "what the quotas are of: the whole pool, so that what other folders dispatched counts here too; or this folder's own share of it, so that what another folder claimed (claims: refs) is charged there",
		set:     func(c *Config, _ string, v value) { c.Pool = v.text }},

	{Path: "notifications.desktop", Default: "false", kind: truth,
		Meaning: "tell the desktop when a person is needed",
		set:     func(c *Config, _ string, v value) { c.NotifyDesktop = v.on }},
	{Path: "notifications.bell", Default: "false", kind: truth,
		Meaning: "ring the terminal's bell when a person is needed",
		set:     func(c *Config, _ string, v value) { c.NotifyBell = v.on }},
	{Path: "notifications.webhook", Default: `""`, check: checkHook,
		Meaning: "address that gets a POST of JSON (core dev schema notification) when a person is needed",
		set:     func(c *Config, _ string, v value) { c.NotifyHook = v.text }},
	{Path: "keys.*", Default: "the screen's own", kind: list, check: checkName,
		Meaning: "by action of the screen, as core dev keys names it, the keys that start it",
		set: func(c *Config, n string, v value) { c.Keys = append(c.Keys, Binding{Action: n, Keys: v.list}) }},
})

// finish fills in what a row's other fields say already.
func finish(table []Key) []Key {
	for i := range table {
		k := &table[i]
		k.Type = k.kind.String()
		if len(k.Allowed) > 0 {
			k.Type = strings.Join(k.Allowed, ", ")
		}
		if k.Idle {
			k.Meaning += "; no command acts on it"
		}
	}
	return table
}

// starred tells whether a row stands for many settings, one for each name.
func (k *Key) starred() bool { return strings.Contains(k.Path, "*") }

// at is the path for one name.
func (k *Key) at(name string) string { return strings.Replace(k.Path, "*", name, 1) }

// Env is the environment variable for a setting, given its path:
// "caps.repo_share" is CORE_CAPS_REPO_SHARE.
func Env(path string) string {
	return "CORE_" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, path)
}

// Flag is the flag for a setting: "caps.repo_share" is --caps-repo-share.
func Flag(path string) string {
	return "--" + strings.NewReplacer(".", "-", "_", "-").Replace(path)
}
