package graph

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// pageLimit is GitHub's bound on first and last.
const pageLimit = 100

// list is everything a connection holds, before it is cut into pages.
type list struct {
	items []any
	// key is what the items are sorted by, ties broken by their ids; nil: items have their own
	// order, and a cursor finds its place by the item's id or else its former index.
	key  func(any) string
	desc bool
	// more are further fields of the connection, and of the edge of an item.
	more map[string]any
	edge func(any) map[string]any
	// node makes the node of an item; nil: the item itself.
	node func(any) any
	// forward: last without before reads from the beginning, as GitHub's search does; gh pages
	// through it with last and after.
	forward bool
	// total counts beyond the items, as issueCount does.
	total string
	// counts are what a timeline tells of its pages, set by connection.
	counts map[string]any
}

// connection cuts l into the page f asks for.
func (x *execution) connection(f *selected, l list) (any, error) {
	if x.wants(f, "nodes", "edges") {
		if err := checkPage(f); err != nil {
			return nil, err
		}
	}
	if nodeType(f.def.Type.Name()) == "User" && l.node == nil {
		// Bots and organisations are no Users: GitHub leaves them out of a UserConnection.
		l.items = slices.DeleteFunc(slices.Clone(l.items), func(v any) bool { return typeOf(v) != "User" })
	}
	l.sort()
	from, to := 0, len(l.items)
	if f.args.given("after") {
		i, err := l.place(f.args.text("after"))
		if err != nil {
			return nil, err
		}
		from = i.after
	}
	if f.args.given("before") {
		i, err := l.place(f.args.text("before"))
		if err != nil {
			return nil, err
		}
		to = max(from, i.at)
	}
	low, high := from, to
	switch {
	case f.args.given("first"):
		to = min(to, from+f.args.number("first"))
	case f.args.given("last") && l.forward && !f.args.given("before"):
		to = min(to, from+f.args.number("last"))
	case f.args.given("last"):
		from = max(from, to-f.args.number("last"))
	}
	x.nodes += to - from
	l.counts = map[string]any{"filteredCount": high - low, "pageCount": to - from}
	return x.pageOf(f, l, from, to, low > 0 || from > low, to < high || high < len(l.items)), nil
}

// sort brings the items into the order of their keys, which are made once each.
func (l *list) sort() {
	if l.key == nil {
		return
	}
	type keyed struct {
		key  string
		item any
	}
	rows := make([]keyed, len(l.items))
	for i, v := range l.items {
		rows[i] = keyed{l.key(v), v}
	}
	order := func(a, b keyed) int {
		c := strings.Compare(a.key, b.key)
		if c == 0 {
			c = strings.Compare(idKey(a.item), idKey(b.item))
		}
		if l.desc {
			return -c
		}
		return c
	}
	if slices.IsSortedFunc(rows, order) {
		return
	}
	slices.SortStableFunc(rows, order)
	l.items = make([]any, len(rows))
	for i, r := range rows {
		l.items[i] = r.item
	}
}

func (x *execution) pageOf(f *selected, l list, from, to int, before, after bool) any {
	items := l.items[from:to]
	fields := map[string]any{}
	maps.Copy(fields, l.counts)
	maps.Copy(fields, l.more)
	total := l.total
	if total == "" {
		total = "totalCount"
	}
	fields[total] = len(l.items)
	node := func(v any) any {
		if l.node != nil {
			return l.node(v)
		}
		return v
	}
	fields["nodes"] = lazy(func() any {
		out := make([]any, len(items))
		for i, v := range items {
			out[i] = node(v)
		}
		return out
	})
	edgeType := edgeType(f.def.Type.Name())
	fields["edges"] = lazy(func() any {
		out := make([]any, len(items))
		for i, v := range items {
			e := map[string]any{"node": node(v), "cursor": l.cursor(from + i)}
			if l.edge != nil {
				maps.Copy(e, l.edge(v))
			}
			out[i] = record{edgeType, e}
		}
		return out
	})
	info := map[string]any{"hasNextPage": after, "hasPreviousPage": before, "startCursor": nil, "endCursor": nil}
	if len(items) > 0 {
		info["startCursor"], info["endCursor"] = l.cursor(from), l.cursor(to-1)
	}
	fields["pageInfo"] = record{"PageInfo", info}
	return record{f.def.Type.Name(), fields}
}

// nodeType is the type of a connection's nodes.
func nodeType(connection string) string {
	d := schema().Types[connection]
	if d == nil || d.Fields.ForName("nodes") == nil {
		return ""
	}
	return d.Fields.ForName("nodes").Type.Name()
}

// edgeType is the type of a connection's edges.
func edgeType(connection string) string {
	d := schema().Types[connection]
	if d == nil || d.Fields.ForName("edges") == nil {
		return ""
	}
	return d.Fields.ForName("edges").Type.Name()
}

// wants tells whether the answer to f has to hold one of the fields.
func (x *execution) wants(f *selected, fields ...string) bool {
	for _, g := range x.collector.under(f.def.Type.Name(), f) {
		if slices.Contains(fields, g.def.Name) {
			return true
		}
	}
	return false
}

// checkPage refuses what GitHub's resolvers refuse; the field is then null, the rest is answered.
func checkPage(f *selected) error {
	name := f.def.Name
	first, last := f.args.given("first"), f.args.given("last")
	if !first && !last {
		return &Error{Type: MissingPage, Message: fmt.Sprintf("You must provide a `first` or `last` value to properly paginate the `%s` connection.", name)}
	}
	for _, side := range []string{"first", "last"} {
		n := f.args.number(side)
		if n > pageLimit {
			return &Error{Type: ExcessivePage, Message: fmt.Sprintf("Requesting %d records on the `%s` connection exceeds the `%s` limit of %d records.", n, name, side, pageLimit)}
		}
		if n < 0 {
			return &Error{Type: ExcessivePage, Message: fmt.Sprintf("`%s` on the `%s` connection cannot be less than zero.", side, name)}
		}
	}
	return nil
}

// mark is what a cursor holds, opaque to clients.
type mark struct {
	Key   string `json:"k,omitempty"`
	ID    string `json:"i"`
	Index int    `json:"n"`
}

func (l list) cursor(i int) string {
	m := mark{ID: idKey(l.items[i]), Index: i}
	if l.key != nil {
		m.Key = l.key(l.items[i])
	}
	b, _ := json.Marshal(m) // strings and an int always encode
	return encode64("cursor:v2:" + string(b))
}

// spot is where a cursor points to: the index of its item, and that of the one after it.
type spot struct{ at, after int }

func (l list) place(cursor string) (spot, error) {
	raw, err := base64.StdEncoding.DecodeString(cursor)
	text, ok := strings.CutPrefix(string(raw), "cursor:v2:")
	var m mark
	if err != nil || !ok || json.Unmarshal([]byte(text), &m) != nil || m.Index < 0 {
		return spot{}, &Error{Type: BadCursor, Message: fmt.Sprintf("`%s` does not appear to be a valid cursor.", cursor)}
	}
	if l.key == nil {
		if m.Index < len(l.items) && idKey(l.items[m.Index]) == m.ID {
			return spot{m.Index, m.Index + 1}, nil
		}
		for i, v := range l.items {
			if idKey(v) == m.ID {
				return spot{i, i + 1}, nil
			}
		}
		i := min(m.Index, len(l.items))
		return spot{i, i}, nil
	}
	i, found := slices.BinarySearchFunc(l.items, m, func(v any, m mark) int {
		c := strings.Compare(l.key(v), m.Key)
		if c == 0 {
			c = strings.Compare(idKey(v), m.ID)
		}
		if l.desc {
			return -c
		}
		return c
	})
	if found {
		return spot{i, i + 1}, nil
	}
	return spot{i, i}, nil
}

// idKey is an item's identity as text that sorts like the number.
func idKey(v any) string {
	switch v := v.(type) {
	case *world.Issue:
		return fixed(v.ID)
	case *world.Repo:
		return fixed(v.ID)
	case *world.Label:
		return fixed(v.ID)
	case *world.User:
		return fixed(v.ID)
	case *world.Comment:
		return fixed(v.ID)
	case *world.Event:
		return fixed(v.ID)
	case *world.Review:
		return fixed(v.ID)
	case *world.Thread:
		return fixed(v.ID)
	case *world.Check:
		return fixed(v.ID)
	case *world.Edit:
		return fixed(v.ID)
	case *world.Reaction:
		return fixed(v.ID)
	case *world.ThreadComment:
		return fixed(v.ID)
	case *world.RefNode:
		return v.Name
	case *world.CommitNode:
		return v.SHA
	case record:
		if id, ok := v.fields["id"].(string); ok {
			return id
		}
	}
	return ""
}

// fixed is a number of at most 19 digits as text that sorts like it.
func fixed(id int64) string {
	digits := strconv.FormatInt(id, 10)
	return "0000000000000000000"[:max(0, 19-len(digits))] + digits
}

// many turns entities into items.
func many[T any](xs []T) []any {
	out := make([]any, len(xs))
	for i, x := range xs {
		out[i] = x
	}
	return out
}
