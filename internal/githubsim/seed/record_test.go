package seed

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestRecordsKeepTheirBodies(t *testing.T) {
	records, err := parseRecords("f.txt", "=== issue\ntitle: a: b\nage: 2.5\nlabels: x, good first issue\n\n\none\n\n=== not\n====\n")
	if err == nil {
		t.Fatalf("an unknown kind was read: %v", records)
	}
	records, err = parseRecords("f.txt", "\n=== issue\ntitle: a: b\nage: 2.5\nlabels: x, good first issue\n\n\none\n\n==== two\n\n=== comment\nauthor: me\n\nlate\n")
	if err != nil || len(records) != 2 {
		t.Fatal(records, err)
	}
	r := reader{record: records[0]}
	if r.fields["title"] != "a: b" || r.days("age") != 2.5 || !slices.Equal(r.list("labels"), []string{"x", "good first issue"}) || r.body != "one\n\n==== two" || r.err != nil {
		t.Errorf("read %+v", r)
	}
	if records[1].body != "late" || records[1].at != "f.txt:12" {
		t.Errorf("read %+v", records[1])
	}
}

func TestBadRecordsAreNamedWithTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"hello\n":                     "f.txt:1",
		"=== issue\ntitel: x\n":       "f.txt:2",
		"=== issue\nno colon\n":       "f.txt:2",
		"=== issue\n\nb\n=== thing\n": "f.txt:4",
	} {
		if _, err := parseRecords("f.txt", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want a complaint at %s", text, err, want)
		}
	}
	for key, value := range map[string]string{"age": "soon", "number": "x", "blocked-by": "1, two"} {
		r := &reader{record: record{fields: map[string]string{key: value}, at: "f.txt:1"}}
		switch key {
		case "age":
			r.days(key)
		case "number":
			r.integer(key)
		default:
			r.integers(key)
		}
		if r.err == nil || !strings.Contains(r.err.Error(), "f.txt:1: "+key) {
			t.Errorf("%s %q: %v", key, value, r.err)
		}
	}
}

// Numbers have no holes, follow time, and those that were given are kept.
func TestArrangeNumbersByAge(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var items []*item
		given := map[*item]int{}
		number := 0
		for range rapid.IntRange(0, 6).Draw(t, "pinned") {
			number += rapid.IntRange(1, 9).Draw(t, "gap")
			it := &item{number: number, at: start.Add(time.Duration(number) * time.Hour)}
			given[it] = number
			items = append(items, it)
		}
		highest := number
		for range rapid.IntRange(0, 20).Draw(t, "free") {
			items = append(items, &item{at: start.Add(time.Duration(rapid.IntRange(-5, 99).Draw(t, "age")) * time.Hour)})
		}
		all := arrange(slices.Clone(items), start, func(slots []slot) []*item {
			var made []*item
			for _, s := range slots {
				made = append(made, &item{at: s.at})
			}
			return made
		})
		if len(all) < max(len(items), highest) {
			t.Fatalf("%d items of %d, highest number %d", len(all), len(items), highest)
		}
		for i, it := range all {
			if it.number != i+1 {
				t.Fatalf("place %d has number %d", i+1, it.number)
			}
			if want, ok := given[it]; ok && want != it.number {
				t.Fatalf("number %d became %d", want, it.number)
			}
			if i > 0 && !it.at.After(all[i-1].at) {
				t.Fatalf("number %d is not younger than %d", i+1, i)
			}
		}
		for _, it := range items {
			if !slices.Contains(all, it) {
				t.Fatal("an item was lost")
			}
		}
	})
}
