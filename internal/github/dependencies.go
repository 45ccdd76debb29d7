package github

import (
	"context"
	"fmt"
	"net/http"

	"github.com/dappcore/core-dev/inventory"
)

// Dependencies reads, by REST, what issues are blocked by, where a survey could
// not bring it along (an Enterprise Server whose GraphQL does not know issue
// dependencies); else it costs nothing. It fills in the issues of the snapshot
// and is meant for the few children about to be dispatched: a request each.
func (c *Client) Dependencies(ctx context.Context, s *inventory.Snapshot, refs []inventory.Ref) error {
	if s.Dependencies {
		return nil
	}
	for _, ref := range refs {
		i, ok := s.Find(ref)
		if !ok {
			continue
		}
		found, err := c.blockers(ctx, ref)
		if err != nil {
			return err
		}
		i.BlockedBy = found
	}
	return nil
}

func (c *Client) blockers(ctx context.Context, ref inventory.Ref) ([]inventory.Dependency, error) {
	doing := "read what blocks " + ref.String()
	var out []inventory.Dependency
	for page := 1; page > 0; {
		// go-github's Issue would decode bodies; only these fields are looked at.
		var issues []struct {
			Number int    `json:"number"`
			State  string `json:"state"`
			Repo   string `json:"repository_url"`
		}
		req, err := c.rest.NewRequest(ctx, http.MethodGet, fmt.Sprintf("repos/%s/%s/issues/%d/dependencies/blocked_by?per_page=100&page=%d", ref.Repo.Owner, ref.Repo.Name, ref.Number, page), nil)
		if err != nil {
			return nil, &Error{Kind: KindInvalid, Doing: doing, Message: "not a reference GitHub knows", Err: err}
		}
		resp, err := c.rest.Do(req, &issues)
		if err != nil {
			return nil, c.readError(doing, err)
		}
		for _, i := range issues {
			out = append(out, inventory.Dependency{Ref: inventory.Ref{Repo: repoOfURL(i.Repo, ref.Repo), Number: i.Number}, Closed: i.State == "closed"})
		}
		page = resp.NextPage
	}
	return out, nil
}
