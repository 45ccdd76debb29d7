package people

import (
	"cmp"
	"container/heap"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// errand is something to be done at a time. Which fields say what is up to its kind.
type errand struct {
	Seq     int64     `json:"seq"`
	Due     time.Time `json:"due"`
	Kind    string    `json:"kind"`
	Who     string    `json:"who,omitempty"`     // login of the doer
	Repo    int64     `json:"repo,omitempty"`    // id
	Issue   int64     `json:"issue,omitempty"`   // id, of a pull request too
	Subject int64     `json:"subject,omitempty"` // id of an event, comment or check
	By      int64     `json:"by,omitempty"`      // id of who asked for it
	SHA     string    `json:"sha,omitempty"`     // the head this is about
	Text    string    `json:"text,omitempty"`
	N       int       `json:"n,omitempty"` // which time
}

const errandKey = "people/errand/"

func (e errand) key() string { return fmt.Sprintf("%s%012d", errandKey, e.Seq) }

// before is the order errands are done in: by time, then as they were thought of.
func (e errand) before(f errand) int {
	return cmp.Or(e.Due.Compare(f.Due), cmp.Compare(e.Seq, f.Seq))
}

// schedule holds the errands to come, the next one first.
type schedule []errand

func (s schedule) Len() int           { return len(s) }
func (s schedule) Less(i, j int) bool { return s[i].before(s[j]) < 0 }
func (s schedule) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *schedule) Push(e any)        { *s = append(*s, e.(errand)) }
func (s *schedule) Pop() any {
	last := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return last
}

// book is what the people keep besides their errands.
type book struct {
	Manners   Manners        `json:"manners"`
	LastEvent int64          `json:"last_event"` // the newest event they have seen
	LastTime  time.Time      `json:"last_time"`  // of the newest act
	Seq       int64          `json:"seq"`        // of the newest errand
	Counts    map[string]int `json:"counts"`     // what was done, how often
	Busy      map[string]int `json:"busy"`       // "agent caller": tasks in work
	Next      map[string]int `json:"next"`       // what else is numbered
}

const bookKey = "people/book"

// later puts an errand into the schedule, d after the time of this turn.
func (t *turn) later(d time.Duration, e errand) {
	t.book.Seq++
	e.Seq, e.Due = t.book.Seq, t.at.Add(d).Truncate(time.Second)
	text, err := json.Marshal(e)
	if err != nil { // plain fields: it cannot
		panic(err)
	}
	t.tx.SetMemo(e.key(), string(text))
	t.made = append(t.made, e)
}

// recall reads what was remembered under a key; false when there is nothing.
func (t *turn) recall(key string, into any) bool {
	text := t.tx.Memo("people/" + key)
	if text == "" {
		return false
	}
	return json.Unmarshal([]byte(text), into) == nil
}

// remember keeps a value under a key; nil forgets.
func (t *turn) remember(key string, value any) {
	if value == nil {
		t.tx.SetMemo("people/"+key, "")
		return
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	t.tx.SetMemo("people/"+key, string(text))
}

// load reads the book and the schedule from the world.
func (p *People) load() error {
	return p.w.View(func(tx *txn) error {
		p.due, p.book = nil, newBook()
		if text := tx.Memo(bookKey); text != "" {
			if err := json.Unmarshal([]byte(text), &p.book); err != nil {
				return fmt.Errorf("what the people remember: %w", err)
			}
		}
		for _, m := range tx.Memos(errandKey) {
			var e errand
			if err := json.Unmarshal([]byte(m.Text), &e); err != nil {
				return fmt.Errorf("errand %s: %w", strings.TrimPrefix(m.Key, errandKey), err)
			}
			p.due = append(p.due, e)
		}
		heap.Init(&p.due)
		return nil
	})
}

func newBook() book {
	return book{Manners: None(), Counts: map[string]int{}, Busy: map[string]int{}, Next: map[string]int{}}
}
