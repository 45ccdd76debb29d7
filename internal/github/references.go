package github

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/dappcore/core-dev/inventory"
)

// Reference is a reference of a repository, by its full name.
type Reference struct {
	Repo inventory.RepoRef
	Name string
}

// References reads what references point to, all in one request unless they are
// very many. One that is not there points to "". One that could not be read is
// not in the map, and the error says why the first of these was not.
func (c *Client) References(ctx context.Context, wanted []Reference) (map[Reference]string, error) {
	out := map[Reference]string{}
	if len(wanted) == 0 {
		return out, nil
	}
	var first *Error
	b := &batch{c: c, name: "References"}
	err := b.run(ctx, referenceAsks(wanted, func(r Reference, sha string, e *Error) {
		switch {
		case e == nil || e.Kind == KindNotFound:
			out[r] = sha
		case first == nil:
			first = e
		}
	}))
	if err == nil && first != nil {
		err = first
	}
	if err != nil {
		return out, explained("read who claimed what", err)
	}
	return out, nil
}

func referenceAsks(wanted []Reference, found func(Reference, string, *Error)) []*ask {
	asks := make([]*ask, len(wanted))
	for k, r := range wanted {
		asks[k] = &ask{repo: r.Repo, key: fmt.Sprintf("ref%d", k), text: r.Name, nodes: 1,
			selection: "ref(qualifiedName: $text) { target { oid } }",
			fill: func(raw json.RawMessage) error {
				var j struct {
					Target targetJSON `json:"target"`
				}
				if err := json.Unmarshal(raw, &j); err != nil {
					return err
				}
				found(r, j.Target.OID, nil)
				return nil
			},
			fail: func(e *Error) { found(r, "", e) }}
	}
	return asks
}
