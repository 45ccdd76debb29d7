package state

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// Outside is what the last refresh saw on GitHub that our log does not hold,
// and of which fleet: what "core dev budget" has to know without asking. It is
// a file of its own because opening a database would take as long as all else
// that command does.
type Outside struct {
	TakenAt    time.Time           `json:"taken_at"`
	Viewer     string              `json:"viewer"` // login of the token's owner
	Fleet      []inventory.RepoRef `json:"fleet"`
	Dispatches []budget.Outside    `json:"dispatches"`
}

func seen(dir string) string { return filepath.Join(dir, "cache", "seen.json") }

// ReadOutside returns what the last refresh of a .core/ folder saw; false when
// there was none, or nobody can read what it left.
func ReadOutside(dir string) (Outside, bool) {
	var o Outside
	raw, err := os.ReadFile(seen(dir))
	return o, err == nil && json.Unmarshal(raw, &o) == nil
}

// SaveOutside keeps what a refresh saw.
func SaveOutside(dir string, o Outside) error {
	raw, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(seen(dir)), 0o755); err != nil {
		return err
	}
	return renameio.WriteFile(seen(dir), append(raw, '\n'), 0o644)
}
