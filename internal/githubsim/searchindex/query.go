package searchindex

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// Query is a search text taken apart.
type Query struct {
	Terms []Term
	Words []Words
	In    []string // title, body, comments; empty: all of them
	// Groups are what stands in parentheses or around OR; all must hold.
	Groups []Group
	Sort   string // created, updated, comments, reactions; "" is best match
	Asc    bool
}

// Term is one qualifier. Values are alternatives.
type Term struct {
	Not    bool
	Name   string // lower case
	Values []string
}

// Group holds when one of its alternatives does.
type Group struct {
	Not bool
	Any []Query
}

// Words is one free word, or a quoted phrase: tokens that must follow each other.
type Words struct {
	Not    bool
	Tokens []string
}

// known are the qualifiers this index understands; anything else with a colon is free text, as at GitHub.
var known = map[string]bool{
	"repo": true, "org": true, "user": true, "state": true, "is": true, "type": true, "label": true, "author": true,
	"assignee": true, "involves": true, "commenter": true, "mentions": true, "review-requested": true, "reviewed-by": true,
	"in": true, "sort": true, "no": true, "created": true, "updated": true, "closed": true, "merged": true, "head": true,
	"base": true, "draft": true, "archived": true, "comments": true, "reason": true, "review": true, "milestone": true,
}

// Parse takes a search text apart. It accepts every text; parentheses that do not match close at
// the end. AND and OR bind as at GitHub: what stands side by side holds together, OR parts it.
func Parse(text string) Query {
	p := parser{parts: split(text)}
	q := p.any()
	for len(p.parts) > 0 { // a parenthesis that nothing opened
		p.parts = p.parts[1:]
		q = join(q, p.any())
	}
	return q
}

// deepest is how far parentheses nest; GitHub takes five levels, more are read as if not there.
const deepest = 5

type parser struct {
	parts []string
	depth int
}

// any reads alternatives up to a closing parenthesis.
func (p *parser) any() Query {
	alternatives := []Query{p.all()}
	for len(p.parts) > 0 && p.parts[0] == "OR" {
		p.parts = p.parts[1:]
		alternatives = append(alternatives, p.all())
	}
	if len(alternatives) == 1 {
		return alternatives[0]
	}
	q := Query{Groups: []Group{{Any: alternatives}}}
	for _, a := range alternatives {
		if a.Sort != "" {
			q.Sort, q.Asc = a.Sort, a.Asc
		}
	}
	return q
}

// all reads what stands side by side.
func (p *parser) all() Query {
	var q Query
	not := false
	for len(p.parts) > 0 && p.parts[0] != "OR" && p.parts[0] != ")" {
		part := p.parts[0]
		p.parts = p.parts[1:]
		switch part {
		case "AND":
			continue
		case "NOT", "-":
			not = true
			continue
		case "(":
			if p.depth == deepest {
				continue
			}
			p.depth++
			inner := p.any()
			p.depth--
			if len(p.parts) > 0 {
				p.parts = p.parts[1:]
			}
			if not {
				q.Groups = append(q.Groups, Group{Not: true, Any: []Query{inner}})
			} else {
				q = join(q, inner)
			}
		default:
			q.add(part, not)
		}
		not = false
	}
	return q
}

// join makes one query of two that must both hold.
func join(a, b Query) Query {
	a.Terms, a.Words = append(a.Terms, b.Terms...), append(a.Words, b.Words...)
	a.In, a.Groups = append(a.In, b.In...), append(a.Groups, b.Groups...)
	if b.Sort != "" {
		a.Sort, a.Asc = b.Sort, b.Asc
	}
	return a
}

// add takes in one qualifier, word or phrase.
func (q *Query) add(part string, not bool) {
	if rest, ok := strings.CutPrefix(part, "-"); ok && rest != "" {
		part, not = rest, true
	}
	name, value, qualified := strings.Cut(part, ":")
	name = strings.ToLower(name)
	if !qualified || !known[name] || value == "" || strings.HasPrefix(part, `"`) {
		if tokens := Tokens(strings.Trim(part, `"`)); len(tokens) > 0 {
			q.Words = append(q.Words, Words{Not: not, Tokens: tokens})
		}
		return
	}
	values := alternatives(value)
	switch name {
	case "in":
		q.In = append(q.In, values...)
	case "sort":
		q.Sort, q.Asc = order(values[0])
	default:
		q.Terms = append(q.Terms, Term{Not: not, Name: name, Values: values})
	}
}

// terms are a query's qualifiers with those of its groups.
func (q Query) terms() []Term {
	out := slices.Clone(q.Terms)
	for _, g := range q.Groups {
		if g.Not {
			continue
		}
		for _, a := range g.Any {
			out = append(out, a.terms()...)
		}
	}
	return out
}

func order(value string) (sort string, asc bool) {
	sort, direction, _ := strings.Cut(strings.ToLower(value), "-")
	return sort, direction == "asc"
}

// split cuts at spaces and around parentheses outside quotes; quotes stay.
func split(text string) []string {
	var out []string
	var b strings.Builder
	quoted := false
	flush := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
			b.Reset()
		}
	}
	for _, r := range text {
		if r == '"' {
			quoted = !quoted
		}
		if unicode.IsSpace(r) && !quoted {
			flush()
			continue
		}
		if (r == '(' || r == ')') && !quoted {
			flush()
			out = append(out, string(r))
			continue
		}
		b.WriteRune(r)
	}
	flush()
	return out
}

// alternatives cuts at commas outside quotes and drops the quotes.
func alternatives(value string) []string {
	var out []string
	var b strings.Builder
	quoted := false
	for _, r := range value {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ',' && !quoted:
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteRune(r)
		}
	}
	return append(out, b.String())
}

// Tokens are the words of a text as the index holds them: letters and digits, lower case.
func Tokens(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// within tells whether t lies in a range such as >=2024-01-01, 2024-01-01..2024-02-01, *..2024-02-01
// or 2024-01-01 (that day). A text that is no range holds nothing.
func within(t time.Time, text string) bool {
	if t.IsZero() {
		return false
	}
	if from, to, ok := strings.Cut(text, ".."); ok {
		low, _, okLow := moment(from)
		_, high, okHigh := moment(to)
		return (from == "*" || okLow && !t.Before(low)) && (to == "*" || okHigh && t.Before(high))
	}
	for _, op := range []string{">=", "<=", ">", "<", ""} {
		rest, ok := strings.CutPrefix(text, op)
		if !ok {
			continue
		}
		low, high, valid := moment(rest)
		switch {
		case !valid:
			return false
		case op == ">=":
			return !t.Before(low)
		case op == ">":
			return !t.Before(high)
		case op == "<":
			return t.Before(low)
		case op == "<=":
			return t.Before(high)
		}
		return !t.Before(low) && t.Before(high)
	}
	return false
}

// moment is the span a date or time stands for: a day, or a second.
func moment(text string) (low, high time.Time, ok bool) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, t.AddDate(0, 0, 1), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, t.Add(time.Second), true
		}
	}
	return time.Time{}, time.Time{}, false
}
