package rest

import (
	"net/http"

	"github.com/dappcore/core-dev/internal/githubsim/searchindex"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func searchIssues(c *call) (*reply, error) {
	text := c.Query.Get("q")
	if text == "" {
		return nil, invalid("Search", "q", "missing")
	}
	q := searchindex.Parse(text)
	if by := c.Query.Get("sort"); by != "" {
		q.Sort, q.Asc = by, c.Query.Get("order") == "asc"
	}
	found := c.Search.Find(c.tx, c.Actor, q)
	if len(found.Unknown) > 0 && !found.Scoped {
		return nil, &fault{status: http.StatusUnprocessableEntity, message: "Validation Failed", errors: []any{object{
			"message":  "The listed users and repositories cannot be searched either because the resources do not exist or you do not have permission to view them.",
			"resource": "Search", "field": "q", "code": "invalid"}}}
	}
	list := found.Issues
	if len(list) > searchindex.MostResults {
		list = list[:searchindex.MostResults]
		number, size := positive(c.Query.Get("page"), 1), min(positive(c.Query.Get("per_page"), perPageDefault), perPageMax)
		if (number-1)*size >= searchindex.MostResults {
			return nil, fail(http.StatusUnprocessableEntity, "Only the first 1000 search results are available")
		}
	}
	part, header := page(c, list)
	items := []any{}
	for _, i := range part {
		items = append(items, c.hit(i))
	}
	return &reply{status: http.StatusOK, header: header,
		body: object{"total_count": len(found.Issues), "incomplete_results": false, "items": items, "search_type": "lexical"}}, nil
}

// hit is an issue as a search result.
func (c *call) hit(i *world.Issue) object {
	o := c.issue(i)
	o["score"] = 1.0
	if o["body"] == nil {
		delete(o, "body")
	}
	return o
}
