package plan

// usualChildren is how many children an audit comes to where the team's own audits
// do not tell (spec/3-budget "Plan"; the mission's 37 audits and about 85 children).
const usualChildren = 2.2

// tellingAudits is how many audits have to be made into children before their own
// rate counts.
const tellingAudits = 5

// Estimate is what is still inside audits that nobody has processed.
type Estimate struct {
	Audits   int     `json:"audits"`    // open
	PerAudit float64 `json:"per_audit"` // children an audit
	Own      bool    `json:"own"`       // the rate is the team's own
	Of       int     `json:"of"`        // by so many audits of theirs
	Children int     `json:"children"`  // audits times the rate, rounded
}

func estimate(in Input) Estimate {
	e := Estimate{PerAudit: usualChildren, Of: in.Processed}
	if in.Processed >= tellingAudits {
		e.PerAudit, e.Own = float64(in.Made)/float64(in.Processed), true
	}
	for _, r := range in.Repos {
		e.Audits += r.Audits
	}
	e.Children = int(float64(e.Audits)*e.PerAudit + 0.5)
	return e
}
