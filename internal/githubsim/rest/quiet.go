package rest

import (
	"net/http"
)

// What nobody does here: nobody is notified, nothing is released, and checks come without runs of workflows. Clients ask
// for these lists on their way to something else, and find them empty.

func notifications(c *call) (*reply, error) {
	if c.Actor.User == nil {
		return nil, fail(http.StatusUnauthorized, "Requires authentication")
	}
	return ok([]any{})
}

func receivedEvents(c *call) (*reply, error) {
	if c.tx.UserByLogin(c.params["username"]) == nil {
		return nil, errNotFound
	}
	return ok([]any{})
}

func workflowRuns(c *call) (*reply, error) {
	if _, err := c.repository(); err != nil {
		return nil, err
	}
	return ok(object{"total_count": 0, "workflow_runs": []any{}})
}

func releases(c *call) (*reply, error) {
	if _, err := c.repository(); err != nil {
		return nil, err
	}
	return ok([]any{})
}
