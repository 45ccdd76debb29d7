package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const (
	perPageDefault = 30
	perPageMax     = 100
)

// page cuts list to the page the client asked for and writes the Link header. As on GitHub a page that does not parse is
// the first, per_page above 100 is 100, and a page behind the last is empty.
func page[T any](c *call, list []T) ([]T, http.Header) {
	from, to, header := c.window(len(list))
	return list[from:to], header
}

func (c *call) window(total int) (from, to int, header http.Header) {
	number, size := positive(c.Query.Get("page"), 1), min(positive(c.Query.Get("per_page"), perPageDefault), perPageMax)
	last := max(1, (total+size-1)/size)
	header = http.Header{}
	var links []string
	link := func(n int, rel string) {
		links = append(links, fmt.Sprintf("<%s?%s>; rel=%q", c.Base+c.canonical(), c.queryOf(n), rel))
	}
	if number > 1 {
		link(min(number-1, last), "prev")
	}
	if number < last {
		link(number+1, "next")
		link(last, "last")
	}
	if number > 1 {
		link(1, "first")
	}
	if len(links) > 0 {
		header.Set("Link", strings.Join(links, ", "))
	}
	if number > last {
		return total, total, header
	}
	from = (number - 1) * size
	return from, min(from+size, total), header
}

// queryOf is the request's query for page n: as the client wrote it, with the page in its place or at the end.
func (c *call) queryOf(n int) string {
	var parts []string
	placed := false
	for _, part := range strings.Split(c.RawQuery, "&") {
		name, _, _ := strings.Cut(part, "=")
		switch {
		case part == "" || name == "page" && placed:
			continue
		case name == "page":
			part, placed = "page="+strconv.Itoa(n), true
		}
		parts = append(parts, part)
	}
	if !placed {
		parts = append(parts, "page="+strconv.Itoa(n))
	}
	return strings.Join(parts, "&")
}

// canonical is the path that links give: a repository by its number, which outlives its name.
func (c *call) canonical() string {
	path := c.path()
	if c.repo == nil {
		return path
	}
	parts := strings.SplitN(path, "/", 5) // "", repos, owner, name, rest
	if len(parts) < 5 || parts[1] != "repos" {
		return path
	}
	return fmt.Sprintf("/repositories/%d/%s", c.repo.ID, parts[4])
}

// path is the request's path within the API.
func (c *call) path() string {
	out := c.Match.Template
	for name, value := range c.params {
		parts := strings.Split(value, "/")
		for i := range parts {
			parts[i] = url.PathEscape(parts[i])
		}
		out = strings.Replace(out, "{"+name+"}", strings.Join(parts, "/"), 1)
	}
	return out
}

func positive(text string, otherwise int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return otherwise
	}
	return n
}

// listed answers a page of rendered items.
func listed[T any](c *call, list []T, render func(T) any) (*reply, error) {
	part, header := page(c, list)
	out := make([]any, 0, len(part))
	for _, item := range part {
		out = append(out, render(item))
	}
	return &reply{status: http.StatusOK, body: out, header: header}, nil
}
