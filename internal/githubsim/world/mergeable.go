package world

import (
	"errors"
)

// Mergeable is MERGEABLE, CONFLICTING or UNKNOWN. The first look at a new pair
// of head and base says UNKNOWN and has git find out; from the next look on
// (or after the delay, see World.SetMergeableDelay) it is known. A closed pull
// request's is never.
func (tx *Tx) Mergeable(pull *Issue) string {
	pull = tx.IssueByID(pull.ID)
	if pull == nil || pull.Pull == nil || pull.Closed {
		return Unknown
	}
	p := pull.Pull
	if p.MergeableFor != tx.pair(pull) {
		tx.w.lookMu.Lock()
		tx.w.looks[pull.ID] = true
		tx.w.lookMu.Unlock()
		return Unknown
	}
	if tx.Now().Before(p.MergeableAsked.Add(tx.w.mergeableDelay)) {
		return Unknown
	}
	return p.Mergeable
}

func (tx *Tx) pair(pull *Issue) string {
	return tx.s.repos.rows[pull.RepoID].Refs[heads+pull.Pull.BaseRef] + ".." + pull.Pull.HeadSHA
}

// MergeState is GraphQL's mergeStateStatus: CLEAN, DIRTY, BLOCKED, BEHIND,
// UNSTABLE, DRAFT or UNKNOWN.
func (tx *Tx) MergeState(pull *Issue) string {
	switch tx.Mergeable(pull) {
	case Unknown:
		return "UNKNOWN"
	case Conflicting:
		return "DIRTY"
	}
	pull = tx.IssueByID(pull.ID)
	repo := tx.s.repos.rows[pull.RepoID]
	if pull.Pull.Draft {
		return "DRAFT"
	}
	if rules := tx.RulesFor(repo, pull.Pull.BaseRef); rules != nil && tx.unmet(repo, pull) != "" {
		if behind, err := tx.behind(repo, pull); rules.UpToDate && err == nil && behind {
			return "BEHIND"
		}
		return "BLOCKED"
	}
	switch tx.Rollup(pull.RepoID, pull.Pull.HeadSHA) {
	case "FAILURE", "PENDING":
		return "UNSTABLE"
	}
	return "CLEAN"
}

// settleLooks finds out what Mergeable was asked for, without holding readers
// up meanwhile.
func (w *World) settleLooks() error {
	w.lookMu.Lock()
	looks := w.looks
	if len(looks) == 0 {
		w.lookMu.Unlock()
		return nil
	}
	w.looks = map[int64]bool{}
	w.lookMu.Unlock()
	answers := map[int64]answer{}
	failed := w.view(func(tx *Tx) (failed error) {
		for id := range looks {
			a, err := tx.find(id)
			if err != nil {
				failed = errors.Join(failed, err)
			} else if a.pair != "" {
				answers[id] = a
			}
		}
		return failed
	})
	return errors.Join(failed, w.update(System(), func(tx *Tx) error {
		for id, a := range answers {
			if pull := tx.IssueByID(id); pull != nil && tx.pair(pull) == a.pair {
				tx.s.issues.update(id, func(i *Issue) {
					i.Pull.Mergeable, i.Pull.MergeableFor, i.Pull.MergeableAsked = a.mergeable, a.pair, tx.Now()
				})
			}
		}
		return nil
	}))
}

type answer struct{ pair, mergeable string }

// find asks git whether a pull request merges; the zero answer when it is closed.
func (tx *Tx) find(id int64) (answer, error) {
	pull := tx.IssueByID(id)
	if pull == nil || pull.Closed {
		return answer{}, nil
	}
	repo := tx.s.repos.rows[pull.RepoID]
	base := repo.Refs[heads+pull.Pull.BaseRef]
	if base == "" {
		return answer{}, nil
	}
	clean, err := tx.Merges(pull)
	if err != nil {
		return answer{}, err
	}
	if !clean {
		return answer{pair: tx.pair(pull), mergeable: Conflicting}, nil
	}
	return answer{pair: tx.pair(pull), mergeable: Mergeable}, nil
}
