package github

import (
	"encoding/json"
	"fmt"
)

// known asks for an issue by its number. One that was deleted or transferred is
// not there.
func (d *details) known(m *making, number int) {
	fail := m.fail(fmt.Sprintf("#%d", number))
	d.next = append(d.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("k%d", number), nodes: 21,
		selection: fmt.Sprintf("issue(number: %d) { ...MadeIssue }", number),
		fill: func(raw json.RawMessage) error {
			var j issueJSON
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			d.keep(m, j.Repository, &j)
			return nil
		},
		fail: func(e *Error) {
			if e.Kind != KindNotFound {
				fail(e)
			}
		}})
}
