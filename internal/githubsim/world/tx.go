package world

import (
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

// Tx is the state as seen within one View or Update. It does not outlive it.
type Tx struct {
	w       *World
	s       *state
	actor   Actor
	now     time.Time
	at      time.Time // set by At
	writing bool

	made   []int64                     // repositories made by this Update
	synced map[int64]map[string]string // repositories whose references were taken over from git, and those
	drafts map[int64]*gitstore.Draft   // of repositories without a git repository yet
}

// Now is the time every mutation of this transaction records.
func (tx *Tx) Now() time.Time {
	if !tx.at.IsZero() {
		return tx.at
	}
	return tx.now
}

// At makes the mutations that follow record t; the zero time goes back to the
// clock's. For seeds, whose fleets have a past.
func (tx *Tx) At(t time.Time) {
	if !t.IsZero() {
		t = t.UTC().Truncate(time.Second)
	}
	tx.at = t
}

// As makes actor the author of the mutations that follow. For seeds.
func (tx *Tx) As(actor Actor) { tx.actor = actor }

// Actor is who acts.
func (tx *Tx) Actor() Actor { return tx.actor }

// Viewer is the acting user, nil for anonymous.
func (tx *Tx) Viewer() *User {
	if tx.actor.User == nil {
		return nil
	}
	return tx.s.users.rows[tx.actor.User.ID]
}

// SeedIDs makes ids given out from now on follow base (at least 1,000,000 is
// wise: GitHub's have seven digits and more). For seeds, before anything else.
func (tx *Tx) SeedIDs(base int64) {
	tx.s.meta.update(1, func(m *metaRow) { m.NextID = max(m.NextID, base) })
}

// Setting is a value kept beside the entities, "" when absent.
func (tx *Tx) Setting(name string) string { return tx.s.meta.rows[1].Settings[name] }

// SetSetting keeps a value beside the entities; "" removes it.
func (tx *Tx) SetSetting(name, value string) {
	tx.s.meta.update(1, func(m *metaRow) {
		if value == "" {
			delete(m.Settings, name)
			return
		}
		if m.Settings == nil {
			m.Settings = map[string]string{}
		}
		m.Settings[name] = value
	})
}

// Grow leaves ids out up to this one, as on a GitHub where as much was made
// before.
func (tx *Tx) Grow(id int64) {
	tx.s.meta.update(1, func(m *metaRow) { m.NextID = max(m.NextID, id+1) })
}

func (tx *Tx) nextID() int64 {
	var id int64
	tx.s.meta.update(1, func(m *metaRow) {
		id = m.NextID
		m.NextID++
	})
	return id
}
