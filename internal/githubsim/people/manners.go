package people

import (
	"fmt"
	"strings"
	"time"
)

// Manners say how often and how fast people do what they do. The zero Manners are nobody's.
type Manners struct {
	Name   string    `json:"name"`
	Agents []Profile `json:"agents,omitempty"`
	CI     CI        `json:"ci"`

	Reviews     Reviews `json:"reviews"`
	Maintainers Round   `json:"maintainers"`
	Strangers   Round   `json:"strangers"`
	Queue       Queue   `json:"queue"`
	House       House   `json:"house"`
	Care        Care    `json:"care"`
	Regret      Chance  `json:"regret"` // a maintainer takes a call back before there is a pull request
}

// nobody tells that no one lives by these manners.
func (m Manners) nobody() bool { return m.Name == "" || m.Name == none }

// Profile is one hosted agent.
type Profile struct {
	Login    string `json:"login"`              // of its bot, without "[bot]"; the account is made where there is none
	Name     string `json:"name,omitempty"`     // of that account
	Label    string `json:"label,omitempty"`    // calls it; "" none does
	Assigned bool   `json:"assigned,omitempty"` // assigning it calls it
	AtOnce   int    `json:"at_once"`            // tasks at a time for one caller; 0: no limit

	Ignore      Chance `json:"ignore"` // it never says or does anything
	Full        Chance `json:"full"`   // other tasks of the caller's, elsewhere, leave no place
	Acknowledge Delay  `json:"acknowledge"`
	Work        Delay  `json:"work"`
	Slow        Chance `json:"slow"` // the work takes SlowWork
	SlowWork    Delay  `json:"slow_work"`
	GiveUp      Chance `json:"give_up"` // it has nothing to show in the end
	GoOn        Chance `json:"go_on"`   // it does not notice that its label was taken off or the issue closed

	WrongBase Chance `json:"wrong_base"` // it takes the default branch, whatever it was told
	AsCaller  Chance `json:"as_caller"`  // the pull request is opened in the caller's name
	Draft     Chance `json:"draft"`
	Ready     Delay  `json:"ready"`
	Overlap   Chance `json:"overlap"`  // it changes a file that others change, too
	Broken    Chance `json:"broken"`   // its first commits fail a check
	Hopeless  Chance `json:"hopeless"` // nothing it does afterwards helps

	Answer      Delay  `json:"answer"`
	Late        Chance `json:"late"` // an answer takes LateAnswer
	LateAnswer  Delay  `json:"late_answer"`
	Silent      Chance `json:"silent"` // no answer, though sometimes an acknowledgement
	Badly       Chance `json:"badly"`  // an answer that does not help
	Repair      Chance `json:"repair"` // a failed check is looked after
	RepairAfter Delay  `json:"repair_after"`
	Strangers   Chance `json:"strangers"` // it obeys those without write access
}

// CI are the machines that check commits.
type CI struct {
	Queue  Delay  `json:"queue"` // from a push to checks that wait
	Start  Delay  `json:"start"`
	Run    Delay  `json:"run"`
	Slow   Chance `json:"slow"` // a check takes SlowRun
	Long   Delay  `json:"slow_run"`
	Flake  Chance `json:"flake"`  // a check fails once for no reason
	Absent Chance `json:"absent"` // a head is never checked
}

const none = "none"

// None has nobody live in the world.
func None() Manners { return Manners{Name: none} }

// Names are those of all manners there are.
func Names() []string { return []string{none, "calm", "brisk", "lively", "wild"} }

// withCopilot is what a name ends in whose fleet has another agent, too.
const withCopilot = "+copilot"

// Named finds manners by their name: none, calm, brisk, lively or wild. With "+copilot" at its end there is a second agent, which
// is called by assigning it.
func Named(name string) (Manners, error) {
	base, second := strings.CutSuffix(name, withCopilot)
	var m Manners
	switch base {
	case none:
		m = None()
	case "calm":
		m = Calm()
	case "brisk":
		m = Brisk()
	case "lively":
		m = Lively()
	case "wild":
		m = Wild()
	default:
		return m, fmt.Errorf("people %q are unknown: want none, calm, brisk, lively or wild, the last four with +copilot or without", name)
	}
	if second && !m.nobody() {
		a := m.Agents[0]
		a.Login, a.Name, a.Label, a.Assigned = "copilot-swe-agent", "Copilot", "", true
		m.Name, m.Agents = name, append(m.Agents, a)
	}
	return m, nil
}

const (
	second = time.Second
	minute = time.Minute
	hour   = time.Hour
)

// jules is the agent that every fleet has.
const jules = "google-labs-jules"

// Calm are manners with which all goes well, and quickly.
func Calm() Manners {
	return Manners{
		Name: "calm",
		Agents: []Profile{{
			Login: jules, Name: "Jules", Label: "jules", AtOnce: 60,
			Acknowledge: Delay{10 * second, 60 * second}, Work: Delay{10 * minute, 30 * minute},
			Ready: Delay{5 * minute, 10 * minute}, Overlap: 0.2,
			Answer: Delay{3 * minute, 10 * minute}, Repair: 1, RepairAfter: Delay{3 * minute, 10 * minute},
		}},
		CI:      CI{Queue: Delay{2 * second, 15 * second}, Start: Delay{5 * second, 30 * second}, Run: Delay{1 * minute, 4 * minute}},
		Reviews: Reviews{Bot: "coderabbitai", ByBot: 0.5, BotAfter: Delay{2 * minute, 8 * minute}, ByPerson: 0.3, PersonAfter: Delay{5 * minute, 20 * minute}, Approve: 1},
		Queue:   Queue{Turn: Delay{30 * second, 2 * minute}, Patience: 100},
	}
}

// Lively are the manners of an ordinary fleet: most goes well, and everything that can happen does in a month.
func Lively() Manners {
	return Manners{
		Name: "lively",
		Agents: []Profile{{
			Login: jules, Name: "Jules", Label: "jules", AtOnce: 60,
			Ignore: 0.03, Full: 0.02, Acknowledge: Delay{15 * second, 4 * minute}, Work: Delay{10 * minute, 60 * minute},
			Slow: 0.08, SlowWork: Delay{2 * hour, 8 * hour}, GiveUp: 0.04, GoOn: 0.15,
			WrongBase: 0.06, AsCaller: 0.15, Draft: 0.12, Ready: Delay{10 * minute, 2 * hour},
			Overlap: 0.45, Broken: 0.2, Hopeless: 0.04,
			Answer: Delay{4 * minute, 30 * minute}, Late: 0.1, LateAnswer: Delay{2 * hour, 10 * hour}, Silent: 0.08, Badly: 0.15,
			Repair: 0.85, RepairAfter: Delay{5 * minute, 40 * minute}, Strangers: 0.3,
		}},
		CI: CI{Queue: Delay{2 * second, 40 * second}, Start: Delay{5 * second, 3 * minute}, Run: Delay{1 * minute, 9 * minute},
			Slow: 0.05, Long: Delay{30 * minute, 3 * hour}, Flake: 0.04, Absent: 0.03},
		Reviews: Reviews{Bot: "coderabbitai", ByBot: 0.6, BotAfter: Delay{3 * minute, 20 * minute}, Threads: 3,
			ByPerson: 0.3, PersonAfter: Delay{20 * minute, 6 * hour}, Approve: 0.55, Object: 0.5, Again: 0.25, Settle: 0.2,
			Late: 0.25, LateAfter: Delay{12 * hour, 40 * hour}, Forget: 0.15},
		Maintainers: Round{Every: Delay{40 * minute, 8 * hour}, Acts: map[string]int{"close-pull": 6, "merge-pull": 6, "rename": 8, "edit-epic": 20,
			"close-child": 6, "accept": 8, "reopen": 5, "label-off": 4, "label-on": 6, "rerun": 10, "draft": 3}},
		Strangers: Round{Every: Delay{1 * hour, 10 * hour}, Acts: map[string]int{"audit": 6, "paste": 6, "epic": 5, "instruct": 15, "imitate": 10,
			"fork-pull": 6, "many-pull": 4, "mention": 5}},
		Queue:  Queue{Turn: Delay{1 * minute, 8 * minute}, Patience: 40},
		House:  House{Approval: 0.15, Checks: 0.25, Resolved: 0.15, Queue: 0.12},
		Care:   Care{Every: Delay{3 * hour, 12 * hour}, Rest: Delay{16 * hour, 60 * hour}, Most: 4},
		Regret: 0.03,
	}
}

// Brisk are manners for who wants to see it all within days: there are reviews, conflicts, failed checks, wrong bases and late
// answers, nobody interferes, and somebody soon looks after what waits for a person.
func Brisk() Manners {
	m := Lively()
	m.Name = "brisk"
	a := &m.Agents[0]
	a.Ignore, a.Full, a.GiveUp, a.AsCaller, a.Hopeless = 0, 0, 0, 0.05, 0.02
	a.Work, a.SlowWork, a.Ready = Delay{8 * minute, 40 * minute}, Delay{1 * hour, 3 * hour}, Delay{5 * minute, 30 * minute}
	a.Answer, a.LateAnswer, a.RepairAfter = Delay{3 * minute, 15 * minute}, Delay{1 * hour, 3 * hour}, Delay{3 * minute, 15 * minute}
	m.CI.Absent, m.CI.Long = 0.01, Delay{20 * minute, 1 * hour}
	m.Reviews.PersonAfter, m.Reviews.Late, m.Reviews.Forget, m.Reviews.Again = Delay{5 * minute, 90 * minute}, 0, 0.05, 0.1
	m.Maintainers, m.Strangers, m.Regret = Round{}, Round{}, 0
	m.Care = Care{Every: Delay{1 * hour, 3 * hour}, Rest: Delay{3 * hour, 8 * hour}, Most: 8}
	return m
}

// Wild are manners with faults everywhere.
func Wild() Manners {
	m := Lively()
	m.Name = "wild"
	a := &m.Agents[0]
	a.AtOnce, a.Full = 5, 0.1
	a.Ignore, a.Slow, a.GiveUp, a.GoOn = 0.15, 0.25, 0.1, 0.5
	a.WrongBase, a.AsCaller, a.Draft, a.Overlap = 0.25, 0.4, 0.3, 0.9
	a.Broken, a.Hopeless, a.Late, a.Silent, a.Badly, a.Repair, a.Strangers = 0.5, 0.2, 0.3, 0.25, 0.4, 0.6, 0.8
	m.CI.Slow, m.CI.Flake, m.CI.Absent = 0.15, 0.15, 0.15
	m.Reviews.ByBot, m.Reviews.ByPerson, m.Reviews.Approve, m.Reviews.Again, m.Reviews.Forget = 0.9, 0.6, 0.3, 0.5, 0.4
	m.Maintainers.Every, m.Strangers.Every = Delay{10 * minute, 2 * hour}, Delay{15 * minute, 2 * hour}
	m.Regret = 0.1
	m.House = House{Approval: 0.3, Checks: 0.4, Resolved: 0.3, Queue: 0.25}
	return m
}

// profile finds the agent of a bot's login.
func (t *turn) profile(login string) *Profile {
	for i := range t.book.Manners.Agents {
		if t.book.Manners.Agents[i].Login == login {
			return &t.book.Manners.Agents[i]
		}
	}
	return nil
}
