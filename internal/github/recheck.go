package github

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

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

// Recheck reads afresh, in one request, all that the dispatch of a child rests
// on; with q.Apart what blocks it takes a request more, by REST. Label events of
// anybody but q.Acceptor are not known to be by somebody who may write.
func (c *Client) Recheck(ctx context.Context, q inventory.Question) (inventory.Fresh, error) {
	doing := "look at " + q.Child.String()
	r, err := c.query(ctx, "Recheck", recheckDocument(q.Apart), map[string]any{
		"owner": q.Child.Repo.Owner, "name": q.Child.Repo.Name, "number": q.Child.Number, "who": q.Acceptor, "stranger": q.Acceptor != "",
		"listed": q.Epic.Number != 0, "epicOwner": q.Epic.Repo.Owner, "epicName": q.Epic.Repo.Name, "epic": q.Epic.Number})
	if err != nil {
		return inventory.Fresh{}, explained(doing, err)
	}
	var out inventory.Fresh
	if out.Epic, err = epicOf(q.Epic, r); err != nil {
		return inventory.Fresh{}, explained(doing, err)
	}
	var j struct {
		Access json.RawMessage `json:"access"`
		Issue  *struct {
			issueJSON
			Events   eventPageJSON `json:"timelineItems"`
			Blocked  issuePageJSON `json:"blockedBy"`
			Comments struct {
				Nodes []struct {
					ID databaseID `json:"fullDatabaseId"`
				} `json:"nodes"`
			} `json:"comments"`
		} `json:"issue"`
	}
	if err := r.repository(doing, &j); err != nil {
		return inventory.Fresh{}, err
	}
	if j.Issue == nil {
		return inventory.Fresh{}, gone(doing)
	}
	for _, n := range j.Issue.Comments.Nodes {
		if n.ID == 0 {
			return inventory.Fresh{}, noID(doing)
		}
		out.Comment = max(out.Comment, int64(n.ID))
	}
	i := j.Issue.issue(q.Child.Repo)
	events, renamed := j.Issue.Events.labelEvents()
	i.LabelEvents = events
	if renamed.After(i.EditedAt) {
		i.EditedAt = renamed
	}
	if j.Issue.Events.Page.Before {
		if i, err = c.Look(ctx, q.Child); err != nil {
			return inventory.Fresh{}, err
		}
	}
	if q.Acceptor != "" {
		may, err := mayWrite(j.Access, q.Acceptor)
		if err != nil {
			return inventory.Fresh{}, &Error{Kind: KindServer, Doing: doing, Message: "an answer that cannot be read", Err: err}
		}
		markActor(&i, q.Acceptor, may)
	}
	for _, b := range j.Issue.Blocked.Nodes {
		i.BlockedBy = append(i.BlockedBy, inventory.Dependency{Ref: inventory.Ref{Repo: b.Repository.ref(), Number: b.Number}, Closed: b.State != "OPEN"})
	}
	if q.Apart || j.Issue.Blocked.Page.Next {
		if i.BlockedBy, err = c.blockers(ctx, q.Child); err != nil {
			return inventory.Fresh{}, err
		}
	}
	out.Issue = i
	return out, nil
}

// epicOf takes the epic out of an answer. That it is not there is an answer, not
// an error: it leaves r.errors.
func epicOf(epic inventory.Ref, r *result) (inventory.Issue, error) {
	out := inventory.Issue{Ref: epic, Missing: epic.Number != 0}
	r.errors = slices.DeleteFunc(r.errors, func(e gqlError) bool { return e.at(0) == "epic" && e.kind() == KindNotFound })
	if len(r.errors) > 0 {
		return out, r.errors[0].explain()
	}
	var j *struct {
		Issue *struct {
			State    string    `json:"state"`
			EditedAt time.Time `json:"lastEditedAt"`
		} `json:"issue"`
	}
	if raw := r.data["epic"]; len(raw) > 0 {
		if err := json.Unmarshal(raw, &j); err != nil {
			return out, &Error{Kind: KindServer, Message: "an answer that cannot be read", Err: err}
		}
	}
	if j != nil && j.Issue != nil {
		out.Missing, out.Closed, out.EditedAt = false, j.Issue.State != "OPEN", j.Issue.EditedAt
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
