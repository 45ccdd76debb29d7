package plan

import (
	"fmt"
	"strings"
	"time"
)

// fewReady is the depth of the READY queue below which stage 1 is due (the
// mission's "Filling the Pipeline").
const fewReady = 20

// Advice is a rule of the mission that applies now: a proposal, never an act.
type Advice struct {
	Rule string `json:"rule"` // refill, next-tier, sweep, next-epic, raise, throttle
	Text string `json:"text"`
	Repo string `json:"repo,omitempty"`    // owner/name
	Do   string `json:"command,omitempty"` // a command line that does it
}

// advise says which rules apply, in the mission's order.
func advise(in Input, p Plan) []Advice {
	out := []Advice{}
	audits, ready := 0, 0
	var next *Repo // the next tier's first repository with audits
	tierDone := true
	tiered := false
	for k := range in.Repos {
		r := &in.Repos[k]
		ready += len(r.Ready)
		if r.Closed != "" {
			continue // stage 1 can make nothing of its audits
		}
		audits += r.Audits
		if r.Audits > 0 && (next == nil || r.tier() < next.tier()) {
			next = r
		}
		if r.Tier == 1 {
			tiered = true
			tierDone = tierDone && r.Audits == 0 && (r.Epics > 0 || r.Begun)
		}
	}
	if ready < fewReady && next != nil {
		text := fmt.Sprintf("READY is %d, below %d: stage 1 on %s, with %s open", ready, fewReady, next.Ref, audit(next.Audits))
		if over := passedOver(in); over != "" {
			text += "; passed over: " + over
		}
		out = append(out, Advice{"refill", text, next.Ref.String(), "core dev onboard " + next.Ref.String() + " --dry-run"})
	}
	if tiered && tierDone && next != nil && next.Tier > 1 {
		out = append(out, Advice{"next-tier", fmt.Sprintf("every repository of tier 1 has had its epics: go on with tier %d, %s", next.Tier, next.Ref),
			next.Ref.String(), "core dev onboard " + next.Ref.String() + " --dry-run"})
	}
	if audits == 0 && len(in.Repos) > 0 && ready < fewReady {
		text := "no audit is open and READY runs low: time for a new sweep of audits"
		if over := passedOver(in); over != "" {
			text = "no audit is open that stage 1 can do, and READY runs low: time for a new sweep of audits; passed over: " + over
		}
		out = append(out, Advice{Rule: "sweep", Text: text})
	}
	for k := range in.Repos {
		if r := &in.Repos[k]; r.Epics > r.Running && r.Running > 0 && len(r.Ready) > 0 {
			out = append(out, Advice{"next-epic", fmt.Sprintf("%s: an epic is complete and %d of its READY children wait in the next one", r.Ref, len(r.Ready)), r.Ref.String(), ""})
		}
	}
	return append(out, byHour(in, p)...)
}

// passedOver names the repositories with audits that stage 1 can make nothing of.
func passedOver(in Input) string {
	var out []string
	for k := range in.Repos {
		if r := &in.Repos[k]; r.Audits > 0 && r.Closed != "" {
			out = append(out, fmt.Sprintf("%s (%s)", r.Ref, r.Closed))
		}
	}
	return strings.Join(out, ", ")
}

// byHour compares what is spent of the day's usable quota, whatever the strategy
// would have of it, with how much of the UTC day is gone, the day that quotas count
// by: summer time changes nothing.
func byHour(in Input, p Plan) []Advice {
	const noon, evening = 12, 18
	hour, spent := in.Budget.Now.In(time.UTC).Hour(), p.Usable-in.Budget.Left()
	switch {
	case p.Usable <= 0:
		return nil
	case hour < noon && spent*5 > p.Usable*4:
		return []Advice{{Rule: "throttle", Text: fmt.Sprintf("%d of the day's %d usable tasks are spent and it is morning still (UTC): hold back, and unstick what is stuck", spent, p.Usable), Do: "core dev watch --dry-run"}}
	case hour >= noon && hour < evening && spent*2 < p.Usable:
		return raise(p, fmt.Sprintf("%d of the day's %d usable tasks are spent at midday (UTC)", spent, p.Usable))
	}
	return nil
}

// raise proposes the next faster strategy, where it would find something to dispatch.
func raise(p Plan, text string) []Advice {
	faster, held := p.Level.Higher(), false
	for _, u := range p.Unplaced {
		held = held || u.Code == Limit || u.Code == RepoLimit || u.Code == Later
	}
	switch {
	case faster != "" && (held || p.Tasks > 0):
		text += fmt.Sprintf(": dispatch more, with the strategy %s", faster)
	case p.Tasks > 0:
		faster = p.Level
		text += ": dispatch what is READY"
	default:
		return nil
	}
	return []Advice{{Rule: "raise", Text: text, Do: "core dev budget --plan --apply --strategy " + string(faster)}}
}

// tier is for comparing; none comes last.
func (r *Repo) tier() int {
	if r.Tier == 0 {
		return 5
	}
	return r.Tier
}

func audit(n int) string {
	if n == 1 {
		return "1 audit"
	}
	return fmt.Sprintf("%d audits", n)
}
