package notify

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

// News is what people are needed for now and were not told of.
func (t *Told) News(keys []string) []string {
	var news []string
	for _, k := range keys {
		if _, told := t.known[k]; !told && !slices.Contains(news, k) {
			news = append(news, k)
		}
	}
	return news
}

// Keep remembers what people were told of; what is gone of what they are needed for
// is forgotten, so that its return is news. about tells what this look can judge of:
// the rest is another's and stays.
func (t *Told) Keep(now time.Time, keys, told []string, about func(key string) bool) error {
	before := maps.Clone(t.known)
	for _, k := range told {
		t.known[k] = now
	}
	maps.DeleteFunc(t.known, func(k string, at time.Time) bool {
		return !slices.Contains(keys, k) && (about(k) || now.Sub(at) > forgets)
	})
	if t.file == "" || maps.EqualFunc(before, t.known, time.Time.Equal) {
		return nil
	}
	raw, err := json.Marshal(t.known)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(t.file), 0o700); err != nil {
		return err
	}
	return renameio.WriteFile(t.file, append(raw, '\n'), 0o600)
}
