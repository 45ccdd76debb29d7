package github

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// recheckDocument asks for all that a dispatch rests on, in one request.
func recheckDocument(apart bool) string {
	text := definitions()["Recheck"]
	if apart { // the server would refuse a field it does not know
		text = strings.Replace(text, blockersField, "", 1)
	}
	return document(text)
}

// Recheck is Look with all that the trust in an issue and its readiness rest
// on: what blocks it, and whether its acceptor still may write. acceptor is who
// put the accepted label on, empty where the author is trusted; label events of
// anybody else are not known to be by somebody who may. apart: this GitHub's
// GraphQL does not know what blocks an issue; that takes a request by REST.
func (c *Client) Recheck(ctx context.Context, ref inventory.Ref, acceptor string, apart bool) (inventory.Issue, error) {
	doing := "look at " + ref.String()
	var j struct {
		Access json.RawMessage `json:"access"`
		Issue  *struct {
			issueJSON
			Events  eventPageJSON `json:"timelineItems"`
			Blocked issuePageJSON `json:"blockedBy"`
		} `json:"issue"`
	}
	vars := map[string]any{"owner": ref.Repo.Owner, "name": ref.Repo.Name, "number": ref.Number, "who": acceptor, "stranger": acceptor != ""}
	if err := c.lookBy(ctx, doing, "Recheck", recheckDocument(apart), vars, &j); err != nil {
		return inventory.Issue{}, err
	}
	if j.Issue == nil {
		return inventory.Issue{}, gone(doing)
	}
	out := j.Issue.issue(ref.Repo)
	events, renamed := j.Issue.Events.labelEvents()
	out.LabelEvents = events
	if renamed.After(out.EditedAt) {
		out.EditedAt = renamed
	}
	if j.Issue.Events.Page.Before {
		all, err := c.Look(ctx, ref)
		if err != nil {
			return inventory.Issue{}, err
		}
		out = all
	}
	if acceptor != "" {
		may, err := mayWrite(j.Access, acceptor)
		if err != nil {
			return inventory.Issue{}, &Error{Kind: KindServer, Doing: doing, Message: "an answer that cannot be read", Err: err}
		}
		markActor(&out, acceptor, may)
	}
	for _, b := range j.Issue.Blocked.Nodes {
		out.BlockedBy = append(out.BlockedBy, inventory.Dependency{Ref: inventory.Ref{Repo: b.Repository.ref(), Number: b.Number}, Closed: b.State != "OPEN"})
	}
	if apart || j.Issue.Blocked.Page.Next {
		blockers, err := c.blockers(ctx, ref)
		if err != nil {
			return inventory.Issue{}, err
		}
		out.BlockedBy = blockers
	}
	return out, nil
}

// markActor notes of an actor's label events whether they may write. A bot's
// slug may be a collaborator's login: only a person accepts.
func markActor(i *inventory.Issue, who string, may bool) {
	for k := range i.LabelEvents {
		if e := &i.LabelEvents[k]; strings.EqualFold(e.Actor, who) {
			e.ActorMayWrite = may && e.ActorKind == "User"
		}
	}
}
