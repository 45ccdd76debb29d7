package world

import (
	"slices"
	"strings"
)

// Memo is what somebody who lives in a world writes down for later, under a key
// of one's own. It is no part of GitHub, but lasts and is rolled back with it.
type Memo struct {
	ID   int64  `json:"id"`
	Key  string `json:"key"`
	Text string `json:"text"`
}

// Memo is the text kept under a key, "" when there is none.
func (tx *Tx) Memo(key string) string {
	if m := tx.s.memoByKey[key]; m != nil {
		return m.Text
	}
	return ""
}

// SetMemo keeps a text under a key; "" removes it.
func (tx *Tx) SetMemo(key, text string) {
	m := tx.s.memoByKey[key]
	switch {
	case m == nil && text == "":
	case m == nil:
		tx.s.lastMemo++
		tx.s.memos.put(tx.s.lastMemo, &Memo{ID: tx.s.lastMemo, Key: key, Text: text})
	case text == "":
		tx.s.memos.drop(m.ID)
	case m.Text != text:
		tx.s.memos.update(m.ID, func(m *Memo) { m.Text = text })
	}
}

// Memos are those whose key has a prefix, by key.
func (tx *Tx) Memos(prefix string) []Memo {
	var list []Memo
	for _, m := range tx.s.memos.rows {
		if strings.HasPrefix(m.Key, prefix) {
			list = append(list, *m)
		}
	}
	slices.SortFunc(list, func(a, b Memo) int { return strings.Compare(a.Key, b.Key) })
	return list
}

func (s *state) indexMemo(old, new *Memo) {
	if old != nil {
		delete(s.memoByKey, old.Key)
	}
	if new != nil {
		s.memoByKey[new.Key] = new
		s.lastMemo = max(s.lastMemo, new.ID)
	}
}
