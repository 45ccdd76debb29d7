package world

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// table holds all entities of one kind. A row is never changed in place: a
// change puts a changed copy in its stead, so what a reader holds stays as it
// was, and what a failed Update replaced can be put back.
type table[T any] struct {
	kind   string
	rows   map[int64]*T
	before map[int64]*T // rows the running Update replaced; nil: it made them
	clone  func(*T) *T
	index  func(old, new *T) // keeps the secondary indexes; either may be nil
}

func newTable[T any](kind string, clone func(*T) *T, index func(old, new *T)) *table[T] {
	return &table[T]{kind: kind, rows: map[int64]*T{}, before: map[int64]*T{}, clone: clone, index: index}
}

func (t *table[T]) put(id int64, row *T) {
	old := t.rows[id]
	if _, seen := t.before[id]; !seen {
		t.before[id] = old
	}
	t.set(id, old, row)
}

func (t *table[T]) set(id int64, old, row *T) {
	if row == nil {
		delete(t.rows, id)
	} else {
		t.rows[id] = row
	}
	if t.index != nil {
		t.index(old, row)
	}
}

// update replaces the row by a copy that change has worked on.
func (t *table[T]) update(id int64, change func(*T)) *T {
	row := t.clone(t.rows[id])
	change(row)
	t.put(id, row)
	return row
}

func (t *table[T]) drop(id int64) {
	if t.rows[id] != nil {
		t.put(id, nil)
	}
}

// stored is a table as persistence and rollback see it.
type stored interface {
	name() string
	decode(text []byte) (any, error)
	adopt(id int64, row any)
	touched(visit func(id int64, text []byte) error) error
	each(visit func(id int64))
	accept()
	rollback()
}

func (t *table[T]) name() string { return t.kind }

func (t *table[T]) decode(text []byte) (any, error) {
	row := new(T)
	if err := json.Unmarshal(text, row); err != nil {
		return nil, fmt.Errorf("%s: %w", t.kind, err)
	}
	return row, nil
}

func (t *table[T]) adopt(id int64, row any) { t.set(id, nil, row.(*T)) }

// touched visits what the running Update changed in order of id, with nil text
// for rows that are gone.
func (t *table[T]) touched(visit func(id int64, text []byte) error) error {
	if len(t.before) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(t.before))
	for id := range t.before {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		row := t.rows[id]
		if row == nil {
			if err := visit(id, nil); err != nil {
				return err
			}
			continue
		}
		text, err := json.Marshal(row)
		if err != nil {
			return fmt.Errorf("%s %d: %w", t.kind, id, err)
		}
		if err := visit(id, text); err != nil {
			return err
		}
	}
	return nil
}

// committed is the row as it is on disk, without the running Update.
func (t *table[T]) committed(id int64) *T {
	if old, changed := t.before[id]; changed {
		return old
	}
	return t.rows[id]
}

// each visits the ids that the running Update changed, in order.
func (t *table[T]) each(visit func(id int64)) {
	for _, id := range slices.Sorted(maps.Keys(t.before)) {
		visit(id)
	}
}

func (t *table[T]) accept() { clear(t.before) }

func (t *table[T]) rollback() {
	for id, old := range t.before {
		t.set(id, t.rows[id], old)
	}
	clear(t.before)
}

// children lists rows by the id of what they belong to, in order of their own.
type children[T any] map[int64][]*T

// move takes old out of its parent's list and puts new into its own; either
// may be nil, and a parent of 0 lists nothing.
func (c children[T]) move(old, new *T, parent, id func(*T) int64) {
	find := func(list []*T, want int64) (int, bool) {
		if n := len(list); n > 0 && id(list[n-1]) < want {
			return n, false // the usual case: a new row is the newest
		}
		return slices.BinarySearchFunc(list, want, func(row *T, want int64) int { return cmp.Compare(id(row), want) })
	}
	if old != nil && (new == nil || parent(old) != parent(new)) {
		list := c[parent(old)]
		if at, found := find(list, id(old)); found {
			list = slices.Delete(list, at, at+1)
		}
		if len(list) == 0 {
			delete(c, parent(old))
		} else {
			c[parent(old)] = list
		}
	}
	if new == nil || parent(new) == 0 {
		return
	}
	list := c[parent(new)]
	if at, found := find(list, id(new)); found {
		list[at] = new
	} else {
		c[parent(new)] = slices.Insert(list, at, new)
	}
}
