package graph

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

const pageQuery = `query Page($first: Int, $last: Int, $after: String, $before: String, $order: IssueOrder) {
	repository(owner: "o", name: "r") { issues(first: $first, last: $last, after: $after, before: $before, orderBy: $order) {
		totalCount nodes { number } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`

type page struct {
	numbers     []int
	next, prev  bool
	first, last string
}

func (f *fixture) page(vars map[string]any) page {
	c := dig(f.data(pageQuery, vars), "repository", "issues")
	var p page
	for i := range dig(c, "nodes").([]any) {
		p.numbers = append(p.numbers, int(dig(c, "nodes", i, "number").(float64)))
	}
	p.next, p.prev = dig(c, "pageInfo", "hasNextPage").(bool), dig(c, "pageInfo", "hasPreviousPage").(bool)
	p.first, _ = dig(c, "pageInfo", "startCursor").(string)
	p.last, _ = dig(c, "pageInfo", "endCursor").(string)
	return p
}

// TestPagesAreTheWhole: pages of any size, in any order, forward or backward, put together are
// exactly the connection, each item once.
func TestPagesAreTheWhole(t *testing.T) {
	f := newFixture(t, Options{})
	for i := range 23 {
		f.issue(fmt.Sprintf("Issue %d", i), "")
		if i%3 == 0 {
			f.clock.Advance(-time.Minute) // some share their second
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		order := map[string]any{
			"field":     rapid.SampledFrom([]string{"CREATED_AT", "UPDATED_AT", "COMMENTS"}).Draw(rt, "field"),
			"direction": rapid.SampledFrom([]string{"ASC", "DESC"}).Draw(rt, "direction"),
		}
		whole := f.page(map[string]any{"first": 100, "order": order}).numbers
		if sorted := slices.Sorted(slices.Values(whole)); len(slices.Compact(sorted)) != 23 {
			rt.Fatalf("whole: %v", whole)
		}
		size := rapid.IntRange(1, 30).Draw(rt, "size")
		forward := rapid.Bool().Draw(rt, "forward")
		var got []int
		vars := map[string]any{"order": order, "first": size}
		if !forward {
			vars = map[string]any{"order": order, "last": size}
		}
		for range 30 {
			p := f.page(vars)
			if forward {
				got = append(got, p.numbers...)
				vars["after"] = p.last
				if !p.next {
					break
				}
			} else {
				got = append(slices.Clone(p.numbers), got...)
				vars["before"] = p.first
				if !p.prev {
					break
				}
			}
		}
		if !slices.Equal(got, whole) {
			rt.Fatalf("pages of %d: %v\nwhole %v", size, got, whole)
		}
	})
}

// A change between two pages neither repeats nor hides what did not change.
func TestCursorSurvivesChanges(t *testing.T) {
	f := newFixture(t, Options{})
	for i := range 6 {
		f.issue(fmt.Sprintf("Issue %d", i+1), "")
	}
	order := map[string]any{"field": "UPDATED_AT", "direction": "DESC"}
	first := f.page(map[string]any{"first": 3, "order": order})
	if !slices.Equal(first.numbers, []int{6, 5, 4}) {
		t.Fatalf("first page %v", first.numbers)
	}
	f.clock.Advance(time.Minute)
	f.update(f.me, func(tx *world.Tx) { must(tx.CreateComment(tx.Issue(f.repo, 4), "moved to the front")) })
	if next := f.page(map[string]any{"first": 3, "after": first.last, "order": order}); !slices.Equal(next.numbers, []int{3, 2, 1}) {
		t.Errorf("next page %v", next.numbers)
	}
}

func TestPageInfo(t *testing.T) {
	f := newFixture(t, Options{})
	for i := range 3 {
		f.issue(fmt.Sprintf("Issue %d", i+1), "")
	}
	for _, c := range []struct {
		vars       map[string]any
		numbers    []int
		next, prev bool
	}{
		{map[string]any{"first": 3}, []int{1, 2, 3}, false, false},
		{map[string]any{"first": 2}, []int{1, 2}, true, false},
		{map[string]any{"last": 2}, []int{2, 3}, false, true},
		{map[string]any{"first": 0}, nil, true, false},
	} {
		p := f.page(c.vars)
		if !slices.Equal(p.numbers, c.numbers) || p.next != c.next || p.prev != c.prev {
			t.Errorf("%v: %+v", c.vars, p)
		}
	}
}
