package plan

import (
	"fmt"
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
		audits += r.Audits
		ready += len(r.Ready)
		if r.Audits > 0 && (next == nil || r.tier() < next.tier()) {
			next = r
		}
		if r.Tier == 1 {
			tiered = true
			tierDone = tierDone && r.Epics > 0 && r.Audits == 0
		}
	}
	if ready < fewReady && next != nil {
		out = append(out, Advice{"refill", fmt.Sprintf("READY is %d, below %d: stage 1 on %s, with %s open", ready, fewReady, next.Ref, audit(next.Audits)),
			next.Ref.String(), "core dev onboard " + next.Ref.String() + " --dry-run"})
	}
	if tiered && tierDone && next != nil && next.Tier > 1 {
		out = append(out, Advice{"next-tier", fmt.Sprintf("every repository of tier 1 has its epics: go on with tier %d, %s", next.Tier, next.Ref),
			next.Ref.String(), "core dev onboard " + next.Ref.String() + " --dry-run"})
	}
	if audits == 0 && len(in.Repos) > 0 && ready < fewReady {
		out = append(out, Advice{Rule: "sweep", Text: "no audit is open and READY runs low: time for a new sweep of audits"})
	}
	for k := range in.Repos {
		if r := &in.Repos[k]; r.Epics > r.Running && r.Running > 0 && len(r.Ready) > 0 {
			out = append(out, Advice{"next-epic", fmt.Sprintf("%s: an epic is complete and %d of its READY children wait in the next one", r.Ref, len(r.Ready)), r.Ref.String(), ""})
		}
	}
	return append(out, byHour(in, p)...)
}

// byHour compares what was dispatched with how much of the UTC day is gone, the day
// that quotas count by: summer time changes nothing.
func byHour(in Input, p Plan) []Advice {
	const noon, evening = 12, 18
	hour := in.Budget.Now.In(time.UTC).Hour()
	switch {
	case p.Limit <= 0:
		return nil
	case hour < noon && p.Spent*5 > p.Limit*4:
		return []Advice{{Rule: "throttle", Text: fmt.Sprintf("%d of the day's %d are dispatched and it is morning still (UTC): hold back, and unstick what is stuck", p.Spent, p.Limit), Do: "core dev watch --dry-run"}}
	case hour >= noon && hour < evening && p.Spent*2 < p.Limit && p.Tasks > 0:
		return []Advice{{Rule: "raise", Text: fmt.Sprintf("%d of the day's %d are dispatched at midday (UTC): dispatch more", p.Spent, p.Limit), Do: "core dev budget --plan --apply"}}
	}
	return nil
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
