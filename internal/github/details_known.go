package github

import (
	"encoding/json"
	"fmt"

	"github.com/dappcore/core-dev/inventory"
)

// parentField is the native parent of one issue.
const parentField = "parent { number repository { nameWithOwner } }"

type parentJSON struct {
	Number     int      `json:"number"`
	Repository slugJSON `json:"repository"`
}

// known asks for an issue of ours by its number. One that was deleted or transferred is
// not there.
func (d *details) known(m *making, number int) {
	fail := m.fail(fmt.Sprintf("#%d", number))
	parent := ""
	if d.snap.SubIssues {
		parent = " " + parentField
	}
	d.next = append(d.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("k%d", number), nodes: 21,
		selection: fmt.Sprintf("issue(number: %d) { ...MadeIssue%s }", number, parent),
		fill: func(raw json.RawMessage) error {
			var j struct {
				issueJSON
				Parent *parentJSON `json:"parent"`
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			if i := j.issue(m.repo.Ref); i.Own || d.o.Trust.Keeps(i, j.Body) {
				d.keep(m, j.Repository, &j.issueJSON, i)
				m.known = append(m.known, number)
				if p := j.Parent; p != nil {
					m.parents[number] = inventory.Ref{Repo: p.Repository.ref(), Number: p.Number}
				}
			}
			return nil
		},
		fail: func(e *Error) {
			if e.Kind != KindNotFound {
				fail(e)
			}
		}})
}
