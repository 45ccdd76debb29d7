package state

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/renameio/v2"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// Seen is what the last refresh saw dispatched on GitHub, and of which fleet:
// what "core dev budget" has to know without asking. What of it our log and our
// reservations account for is found out whenever it is used: they go on. It is
// a file of its own because opening a database would take as long as all else
// that command does.
type Seen struct {
	TakenAt time.Time           `json:"taken_at"`
	Viewer  string              `json:"viewer"` // login of the token's owner
	Fleet   []inventory.RepoRef `json:"fleet"`
	// Events are the agents' label events of the day, or of an agent's window.
	Events []inventory.Dispatch `json:"events"`
	// Claims are the objects that claim those of the events that were asked
	// after, by the event's id; "" where nobody had claimed it.
	Claims map[string]string `json:"claims,omitempty"`
	// Running are the tasks that agents had in hand; nil: not known.
	Running []inventory.Task `json:"running"`
	// Reports are what the agents' own programs said they used.
	Reports []budget.Report `json:"reports,omitempty"`
	// Viewers are all accounts that looked from this folder.
	Viewers []string `json:"viewers"`
	// Names are the repositories' names by node id, and Former the names they
	// bore, lower case, with the present ones: our log keeps the old.
	Names  map[string]inventory.RepoRef `json:"names"`
	Former map[string]inventory.RepoRef `json:"former,omitempty"`
}

// lag is how far what GitHub answers may be behind what is so.
const lag = 10 * time.Minute

// Follow takes over what earlier refreshes knew: who looked, whose claims the
// events bear, and the names that repositories bore. repos are those of the present one.
func (s *Seen) Follow(before Seen, repos []inventory.Repo) {
	s.Viewers = before.Viewers
	if !slices.Contains(s.Viewers, s.Viewer) {
		s.Viewers = append(slices.Clone(s.Viewers), s.Viewer)
	}
	s.Claims = map[string]string{}
	for _, e := range s.Events {
		// A claim stands. It is older than its label, so that there is none is as
		// good as certain a while after that.
		sha, asked := before.Claims[e.Event]
		if sha != "" || asked && (before.TakenAt.Equal(s.TakenAt) || before.TakenAt.Sub(e.At) > lag) {
			s.Claims[e.Event] = sha
		}
	}
	s.Names, s.Former = map[string]inventory.RepoRef{}, map[string]inventory.RepoRef{}
	for id, name := range before.Names {
		s.Names[id] = name
	}
	for was, name := range before.Former {
		s.Former[was] = name
	}
	for _, r := range repos {
		if r.ID == "" {
			continue
		}
		was, known := s.Names[r.ID]
		s.Names[r.ID] = r.Ref
		if known && !was.Same(r.Ref) {
			for former, name := range s.Former {
				if name.Same(was) {
					s.Former[former] = r.Ref
				}
			}
			s.Former[was.Key()] = r.Ref
		}
	}
	for _, r := range repos { // the name is somebody's again
		delete(s.Former, r.Ref.Key())
	}
}

// Present is the name a repository bears now.
func (s *Seen) Present(ref inventory.RepoRef) inventory.RepoRef {
	if now, ok := s.Former[ref.Key()]; ok {
		return now
	}
	return ref
}

// SoleViewer is the account that looked, unless several did: then whose token
// comes next is not known.
func (s *Seen) SoleViewer() string {
	if len(s.Viewers) > 1 {
		return ""
	}
	return s.Viewer
}

func seen(dir string) string { return filepath.Join(dir, "cache", "seen.json") }

// ReadSeen returns what the last refresh of a .core/ folder saw; false when
// there was none, or nobody can read what it left.
func ReadSeen(dir string) (Seen, bool) {
	var s Seen
	raw, err := os.ReadFile(seen(dir))
	ok := err == nil && json.Unmarshal(raw, &s) == nil
	if !ok {
		return Seen{}, false
	}
	return s, true
}

// SaveSeen keeps what a refresh saw.
func SaveSeen(dir string, s Seen) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(seen(dir)), 0o700); err != nil {
		return err
	}
	return renameio.WriteFile(seen(dir), append(raw, '\n'), 0o600)
}
