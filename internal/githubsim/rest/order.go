package rest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

//go:embed order.txt
var orderText string

// shape is a kind of object with the order of its keys.
type shape struct {
	tells []string
	rank  map[string]int
}

// shapes are the lines of order.txt.
var shapes = sync.OnceValue(func() []shape {
	var all []shape
	for _, l := range strings.Split(orderText, "\n") {
		tells, keys, found := strings.Cut(l, ":")
		if !found || strings.HasPrefix(l, "#") {
			continue
		}
		s := shape{tells: strings.Fields(tells), rank: map[string]int{}}
		for i, k := range strings.Fields(keys) {
			s.rank[k] = i
		}
		all = append(all, s)
	}
	return all
})

// keys are those of an object in GitHub's order.
func keys(o object) []string {
	list := make([]string, 0, len(o))
	for k := range o {
		list = append(list, k)
	}
	var rank map[string]int
	for _, s := range shapes() {
		if !slices.ContainsFunc(s.tells, func(k string) bool { _, has := o[k]; return !has }) {
			rank = s.rank
			break
		}
	}
	place := func(k string) int {
		if n, listed := rank[k]; listed {
			return n
		}
		return len(rank)
	}
	slices.SortFunc(list, func(a, b string) int {
		if d := place(a) - place(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return list
}

// write appends v as JSON: objects in GitHub's order, and <, > and & as they are.
func write(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case object:
		if v == nil {
			break
		}
		b.WriteByte('{')
		for i, k := range keys(v) {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writePlain(b, k); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := write(b, v[k]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	case []any:
		if v == nil {
			break
		}
		return writeList(b, v)
	case []object:
		if v == nil {
			break
		}
		return writeList(b, v)
	}
	return writePlain(b, v)
}

func writeList[T any](b *bytes.Buffer, list []T) error {
	b.WriteByte('[')
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := write(b, v); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

func writePlain(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the end of the line that an Encoder writes
	return nil
}
