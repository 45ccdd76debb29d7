package searchindex

import (
	"strings"
	"time"
	"unicode"
)

// Query is a search text taken apart.
type Query struct {
	Terms []Term
	Words []Words
	In    []string // title, body, comments; empty: all of them
	Sort  string   // created, updated, comments, reactions; "" is best match
	Asc   bool
}

// Term is one qualifier. Values are alternatives.
type Term struct {
	Not    bool
	Name   string // lower case
	Values []string
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

// Parse takes a search text apart. It accepts every text.
func Parse(text string) Query {
	var q Query
	for _, part := range split(text) {
		not := false
		if rest, ok := strings.CutPrefix(part, "-"); ok && rest != "" {
			part, not = rest, true
		}
		if strings.EqualFold(part, "NOT") || strings.EqualFold(part, "AND") {
			continue
		}
		name, value, qualified := strings.Cut(part, ":")
		name = strings.ToLower(name)
		if !qualified || !known[name] || value == "" || strings.HasPrefix(part, `"`) {
			if tokens := Tokens(strings.Trim(part, `"`)); len(tokens) > 0 {
				q.Words = append(q.Words, Words{Not: not, Tokens: tokens})
			}
			continue
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
	return q
}

func order(value string) (sort string, asc bool) {
	sort, direction, _ := strings.Cut(strings.ToLower(value), "-")
	return sort, direction == "asc"
}

// split cuts at spaces outside quotes; quotes stay.
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
