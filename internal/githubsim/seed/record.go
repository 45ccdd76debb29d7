package seed

import (
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// record is one entry of a data file: a line "=== kind", "key: value" lines,
// an empty line, and a body up to the next line that starts with "=== ".
type record struct {
	kind   string
	fields map[string]string
	body   string // without blank lines around it
	at     string // file:line, for errors
}

// known are the keys a record of a kind may have.
var known = map[string]string{
	"issue":   " number title author age closed labels gone dispatched refused branch branch-missing sub-issues blocked-by merged-into ",
	"pull":    " title author age child mentions base from-branch head draft fork checks ",
	"comment": " author age ",
	"commit":  " file age ",
	"review":  " author age state ",
	"thread":  " path line resolved ",
	"branch":  " name ",
	"file":    " path ",
}

// parseRecords reads the records of one file.
func parseRecords(name, text string) ([]record, error) {
	var records []record
	var body []string
	heading := false
	finish := func() {
		if len(records) > 0 {
			records[len(records)-1].body = strings.Trim(strings.Join(body, "\n"), "\n")
		}
		body = nil
	}
	for i, line := range strings.Split(text, "\n") {
		at := fmt.Sprintf("%s:%d", name, i+1)
		if kind, ok := strings.CutPrefix(line, "=== "); ok {
			finish()
			if known[kind] == "" {
				return nil, fmt.Errorf("%s: no such kind of record: %q", at, kind)
			}
			records = append(records, record{kind: kind, fields: map[string]string{}, at: at})
			heading = true
			continue
		}
		if len(records) == 0 {
			if line == "" {
				continue
			}
			return nil, fmt.Errorf("%s: text before the first record", at)
		}
		if !heading {
			body = append(body, line)
			continue
		}
		if line == "" {
			heading = false
			continue
		}
		last := records[len(records)-1]
		key, value, ok := strings.Cut(line, ":")
		if !ok || !strings.Contains(known[last.kind], " "+key+" ") {
			return nil, fmt.Errorf("%s: %q is no key of a record %q", at, key, last.kind)
		}
		last.fields[key] = strings.TrimSpace(value)
	}
	finish()
	return records, nil
}

// readRecords reads the files of a folder that match a pattern, by name.
func readRecords(folder, pattern string) ([]record, error) {
	names, err := fs.Glob(data, path.Join("data", folder, pattern))
	if err != nil {
		return nil, err
	}
	var all []record
	for _, name := range names {
		text, err := data.ReadFile(name)
		if err != nil {
			return nil, err
		}
		records, err := parseRecords(name, string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, records...)
	}
	return all, nil
}

// reader takes typed values from a record and keeps the first problem.
type reader struct {
	record
	err error
}

func (r *reader) fail(key, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %s: want %s, have %q", r.at, key, want, r.fields[key])
	}
}

// days is a number of days before now, 0 when absent.
func (r *reader) days(key string) float64 {
	text, ok := r.fields[key]
	if !ok {
		return 0
	}
	days, err := strconv.ParseFloat(text, 64)
	if err != nil || days <= 0 {
		r.fail(key, "a number of days")
	}
	return days
}

// integer is a whole number, 0 when absent.
func (r *reader) integer(key string) int {
	text, ok := r.fields[key]
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		r.fail(key, "a whole number")
	}
	return n
}

func (r *reader) yes(key string) bool { return r.fields[key] == "yes" }

// list is a list with commas between.
func (r *reader) list(key string) []string {
	var values []string
	for _, v := range strings.Split(r.fields[key], ",") {
		if v = strings.TrimSpace(v); v != "" {
			values = append(values, v)
		}
	}
	return values
}

// integers is a list of whole numbers.
func (r *reader) integers(key string) []int {
	var values []int
	for _, v := range r.list(key) {
		n, err := strconv.Atoi(v)
		if err != nil {
			r.fail(key, "whole numbers with commas between")
		}
		values = append(values, n)
	}
	return values
}
