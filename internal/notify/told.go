package notify

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"
)

// Told remembers what people were told, so that a schedule which looks again and
// again tells them once. It is a memory, no record: where it is lost they are told
// again.
type Told struct {
	file  string // empty: it is forgotten with the process
	known map[string]time.Time
}

// forgets is how long a thing is remembered that nobody is told of any more.
const forgets = 30 * 24 * time.Hour

// Remember opens the memory of a file; an empty path keeps it in the process.
func Remember(file string) *Told {
	t := &Told{file: file, known: map[string]time.Time{}}
	if raw, err := os.ReadFile(file); file != "" && err == nil {
		_ = json.Unmarshal(raw, &t.known) // what cannot be read is told anew
	}
	return t
}

// News takes what people are needed for now and returns what they were not told
// of. What is gone is forgotten, so that its return is news; about tells what this
// look can judge of: the rest is another's and stays.
func (t *Told) News(now time.Time, keys []string, about func(key string) bool) ([]string, error) {
	present := map[string]bool{}
	var news []string
	before := maps.Clone(t.known)
	for _, k := range keys {
		if _, told := t.known[k]; !told && !present[k] {
			news = append(news, k)
			t.known[k] = now
		}
		present[k] = true
	}
	maps.DeleteFunc(t.known, func(k string, at time.Time) bool {
		return !present[k] && (about(k) || now.Sub(at) > forgets)
	})
	if t.file == "" || maps.EqualFunc(before, t.known, time.Time.Equal) {
		return news, nil
	}
	raw, err := json.Marshal(t.known)
	if err != nil {
		return news, err
	}
	if err := os.MkdirAll(filepath.Dir(t.file), 0o700); err != nil {
		return news, err
	}
	return news, renameio.WriteFile(t.file, append(raw, '\n'), 0o600)
}
