package rest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

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

func searchRepositories(c *call) (*reply, error) {
	text := c.Query.Get("q")
	if text == "" {
		return nil, invalid("Search", "q", "missing")
	}
	q := searchindex.Parse(text)
	var found []*world.Repo
	for _, r := range c.tx.Repos() {
		if c.tx.CanSee(c.Actor, r) && c.matches(r, q) {
			found = append(found, r)
		}
	}
	part, header := page(c, found)
	items := []any{}
	for _, r := range part {
		o := c.repoObject(r)
		o["score"] = json.RawMessage("1.0")
		items = append(items, o)
	}
	return &reply{status: http.StatusOK, header: header, body: object{"total_count": len(found), "incomplete_results": false, "items": items}}, nil
}

// matches decides over a repository: the qualifiers user, org, repo, language, archived and is, and words of name and description.
func (c *call) matches(r *world.Repo, q searchindex.Query) bool {
	name := c.tx.FullName(r)
	for _, t := range q.Terms {
		hit := slices.ContainsFunc(t.Values, func(v string) bool {
			switch t.Name {
			case "user", "org":
				return strings.EqualFold(c.tx.User(r.OwnerID).Login, v)
			case "repo":
				return strings.EqualFold(name, v)
			case "archived":
				return strconv.FormatBool(r.Archived) == v
			case "is":
				return v == "private" && r.Private || v == "public" && !r.Private
			}
			return true
		})
		if hit == t.Not {
			return false
		}
	}
	text := strings.ToLower(r.Name + " " + r.Description)
	for _, w := range q.Words {
		if strings.Contains(text, strings.ToLower(strings.Join(w.Tokens, " "))) == w.Not {
			return false
		}
	}
	return true
}

// hit is an issue as a search result.
func (c *call) hit(i *world.Issue) object {
	o := c.issue(i)
	o["score"] = json.RawMessage("1.0")
	if o["body"] == nil {
		delete(o, "body")
	}
	return o
}
