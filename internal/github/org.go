package github

import (
	"context"
	"encoding/json"

	"github.com/dappcore/core-dev/inventory"
)

// OrgRepos lists the unarchived repositories of an organisation or user by name.
func (c *Client) OrgRepos(ctx context.Context, owner string) ([]inventory.RepoRef, error) {
	doing := "list the repositories of " + owner
	vars := map[string]any{"login": owner}
	var out []inventory.RepoRef
	for {
		r, err := c.query(ctx, "OrgRepositories", document("OrgRepositories"), vars)
		if err != nil {
			return nil, explained(doing, err)
		}
		var o *struct {
			Repositories struct {
				Page  pageJSON `json:"pageInfo"`
				Nodes []struct {
					Name     string    `json:"name"`
					Owner    actorJSON `json:"owner"`
					Archived bool      `json:"isArchived"`
				} `json:"nodes"`
			} `json:"repositories"`
		}
		if err := json.Unmarshal(r.data["repositoryOwner"], &o); err != nil {
			return nil, &Error{Kind: KindServer, Doing: doing, Message: "an answer that cannot be read", Err: err}
		}
		if o == nil {
			return nil, &Error{Kind: KindNotFound, Doing: doing, Message: "no organisation or user of that name, or hidden from this token", Hint: "check --org"}
		}
		for _, n := range o.Repositories.Nodes {
			if !n.Archived && n.Name != "" {
				out = append(out, inventory.RepoRef{Owner: n.Owner.Login, Name: n.Name})
			}
		}
		if !o.Repositories.Page.Next {
			return out, nil
		}
		vars["after"] = o.Repositories.Page.End
	}
}
