package graph

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// args are coerced arguments or an input object.
type args map[string]any

// given tells whether the argument has a value that is not null.
func (a args) given(name string) bool { return a[name] != nil }

func (a args) text(name string) string { s, _ := a[name].(string); return s }

func (a args) flag(name string) bool { b, _ := a[name].(bool); return b }

func (a args) number(name string) int { n, _ := a[name].(int64); return int(n) }

func (a args) time(name string) time.Time { t, _ := a[name].(time.Time); return t }

func (a args) object(name string) args { m, _ := a[name].(map[string]any); return m }

// texts are the strings of a list; null entries are left out.
func (a args) texts(name string) []string {
	list, _ := a[name].([]any)
	var out []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// order is the field and whether it descends, of an {field, direction} argument; d and desc when absent.
func (a args) order(d string, desc bool) (string, bool) {
	o := a.object("orderBy")
	if o == nil {
		return d, desc
	}
	return o.text("field"), o.text("direction") == "DESC"
}

func joined(names []string) string { return strings.Join(names, ", ") }

func cmpText(a, b []any) int { return cmp.Compare(fmt.Sprint(a...), fmt.Sprint(b...)) }
