package day

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// recordVersion is of the record's form.
const recordVersion = 1

// Record is what is remembered of a day's sessions.
type Record struct {
	Version int    `json:"version"`
	Date    string `json:"date"` // UTC, "2026-02-04"
	Marks   []Mark `json:"marks"`
}

// Mark says that a step was done.
type Mark struct {
	Step Step      `json:"step"`
	At   time.Time `json:"at"`
	// Left is the digest of what was left to do then, such as what waits its turn;
	// empty: nothing.
	Left string `json:"left,omitempty"`
}

// NewRecord is an empty one of the day an instant falls on, UTC.
func NewRecord(now time.Time) Record {
	return Record{Version: recordVersion, Date: now.UTC().Format(time.DateOnly), Marks: []Mark{}}
}

// ErrForeign tells of a record that this program did not write, or another version
// of it.
var ErrForeign = errors.New("it is no record of a day that this program knows")

// ParseRecord reads what Bytes wrote. Whatever else it is given is ErrForeign.
func ParseRecord(text []byte) (Record, error) {
	var r Record
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if _, err := time.Parse(time.DateOnly, r.Date); err != nil || r.Version != recordVersion || d.More() {
		return Record{}, ErrForeign
	}
	seen := map[Step]bool{}
	for _, m := range r.Marks {
		if !m.Step.Known() || seen[m.Step] {
			return Record{}, ErrForeign
		}
		seen[m.Step] = true
	}
	return r, nil
}

// Bytes is the record as it is kept.
func (r Record) Bytes() []byte {
	if r.Marks == nil {
		r.Marks = []Mark{}
	}
	out, _ := json.MarshalIndent(r, "", " ") // nothing in it can fail
	return append(out, '\n')
}

// Of is the mark of a step.
func (r Record) Of(s Step) (Mark, bool) {
	at := slices.IndexFunc(r.Marks, func(m Mark) bool { return m.Step == s })
	if at < 0 {
		return Mark{}, false
	}
	return r.Marks[at], true
}

// With is the record with a mark more, in the place of an earlier one of its step.
func (r Record) With(m Mark) Record {
	r.Marks = slices.DeleteFunc(slices.Clone(r.Marks), func(o Mark) bool { return o.Step == m.Step })
	r.Marks = append(r.Marks, m)
	slices.SortFunc(r.Marks, func(a, b Mark) int { return int(a.Step) - int(b.Step) })
	return r
}
