package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

const eyes = "EYES"

// reactionJSON is one kind of reaction to something.
type reactionJSON struct {
	Content  string `json:"content"`
	Reactors struct {
		Total int `json:"totalCount"`
		Edges []struct {
			At   time.Time  `json:"reactedAt"`
			Node *actorJSON `json:"node"`
		} `json:"edges"`
	} `json:"reactors"`
}

// acks are those who put eyes on a comment, or on an issue itself (0).
func acks(groups []reactionJSON, comment int64) []inventory.Ack {
	var out []inventory.Ack
	for _, g := range groups {
		if g.Content != eyes {
			continue
		}
		for _, e := range g.Reactors.Edges {
			if who := e.Node.login(); who != "" {
				out = append(out, inventory.Ack{Comment: comment, Login: who, Kind: e.Node.kind(), At: e.At})
			}
		}
	}
	return out
}

type commentJSON struct {
	ID     databaseID     `json:"fullDatabaseId"`
	Mine   bool           `json:"viewerDidAuthor"`
	Groups []reactionJSON `json:"reactionGroups"`
}

// seen tells whether somebody put eyes on a comment of ours.
func (c *commentJSON) seen() bool {
	if !c.Mine {
		return false
	}
	for _, g := range c.Groups {
		if g.Content == eyes && g.Reactors.Total > 0 {
			return true
		}
	}
	return false
}

type commentPageJSON struct {
	Page  pageJSON `json:"pageInfo"`
	Edges []struct {
		Cursor string      `json:"cursor"`
		Node   commentJSON `json:"node"`
	} `json:"edges"`
}

// comments looks through the comments of a pull request, newest page first, and
// asks who it was that put eyes on one of ours.
func (w *works) comments(m *working, p *pullReading, page *commentPageJSON) error {
	if page == nil {
		return errors.New("no list of comments")
	}
	n := p.Ref.Number
	for k := range page.Edges {
		switch c := &page.Edges[k].Node; {
		case c.ID == 0:
			return errors.New("a comment without an id")
		case !c.seen():
		case k > 0:
			w.acked(m, p, int64(c.ID), "first: 1, after: $text", page.Edges[k-1].Cursor)
		case len(page.Edges) > 1:
			w.acked(m, p, int64(c.ID), "last: 1, before: $text", page.Edges[1].Cursor)
		default:
			w.acked(m, p, int64(c.ID), "first: 1", "")
		}
	}
	if !page.Page.Before {
		return nil
	}
	w.next = append(w.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("o%d", n), text: page.Page.Start, nodes: 100,
		selection: fmt.Sprintf("pullRequest(number: %d) { "+commentsPage+" }", n, ", before: $text"),
		fill: func(raw json.RawMessage) error {
			var j struct {
				Comments *commentPageJSON `json:"comments"`
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			return w.comments(m, p, j.Comments)
		},
		fail: m.fail(fmt.Sprintf("comments of #%d", n))})
	return nil
}

// acked asks who reacted to one comment, found by the one beside it. It is
// another one where a comment was deleted meanwhile: the next look will tell.
func (w *works) acked(m *working, p *pullReading, id int64, place, cursor string) {
	w.next = append(w.next, &ask{repo: m.repo.Ref, key: fmt.Sprintf("c%d", id), text: cursor, nodes: ackNodes,
		selection: fmt.Sprintf("pullRequest(number: %d) { comments(%s) { ...Acked } }", p.Ref.Number, place),
		fill: func(raw json.RawMessage) error {
			var j struct {
				Comments struct {
					Nodes []commentJSON `json:"nodes"`
				} `json:"comments"`
			}
			if err := json.Unmarshal(raw, &j); err != nil {
				return err
			}
			for _, c := range j.Comments.Nodes {
				if int64(c.ID) == id && c.Mine {
					p.Acks = append(p.Acks, acks(c.Groups, id)...)
				}
			}
			return nil
		},
		fail: m.fail(fmt.Sprintf("who saw a comment on #%d", p.Ref.Number))})
}
