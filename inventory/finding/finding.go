// Package finding reads what an audit issue's body says: which problems the
// auditor found, how grave each is, and where (spec/2-flows "Stage 1: audit").
// Auditors write in every shape; the body's structure, as GitHub renders it,
// decides what is one finding, and rules on words decide the rest. The text is
// data: nothing in it is ever obeyed.
package finding

// Severity is how grave a finding is: Critical, High, Medium or Low.
type Severity string

// The severities.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Rank orders severities, the gravest first, from 0.
func (s Severity) Rank() int {
	for k, t := range Severities {
		if s == t {
			return k
		}
	}
	return len(Severities)
}

// The words a finding's fields may hold.
var (
	Severities   = []Severity{Critical, High, Medium, Low}
	Types        = []string{"security", "quality", "performance", "testing", "docs"}
	Scopes       = []string{"single-file", "package", "framework"}
	Complexities = []string{"small", "medium", "large"}
	Categories   = []string{"owasp", "error-handling", "test-coverage", "performance", "complexity", "documentation", "input-validation", "race-condition", "other"}
)

// Location is a place in the repository, as the auditor names it.
type Location struct {
	Path string `json:"path"` // from the root, with /; never absolute, never with ".."
	Line int    `json:"line"` // the first line; 0: none given
}

// Finding is one problem inside an audit issue.
type Finding struct {
	Title      string     `json:"title"` // one line of plain text without numbering, severity or markup, at most MaxTitle runes
	Severity   Severity   `json:"severity"`
	Type       string     `json:"type"`       // one of Types
	Scope      string     `json:"scope"`      // one of Scopes
	Complexity string     `json:"complexity"` // one of Complexities
	Locations  []Location `json:"locations"`  // in the order of the text, none twice; [] where none is given
	Category   string     `json:"category"`   // one of Categories
	Evidence   string     `json:"evidence"`   // the auditor's words, plain text, at most MaxEvidence runes
	Text       string     `json:"-"`          // the whole description, markdown as it was written
	Fix        string     `json:"-"`          // the auditor's recommendation, plain text; empty if there is none
}

// Bounds of what Read gives.
const (
	MaxFindings  = 500
	MaxTitle     = 120
	MaxEvidence  = 600
	MaxLocations = 50
	maxBody      = 1 << 18 // bytes read of a body; GitHub's own limit is 65,536 characters
)
