package flows

import (
	"slices"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Made are the issues that this folder's journal has as made here, by
// inventory.RepoRef.Key and number. What the journal says holds whatever somebody
// wrote into an issue since. Nil knows of none.
type Made map[string]map[int]inventory.Provenance

// Mark is what an issue was made as: by the journal, else by the mark it ends with,
// where its author is trusted or ourselves. Zero: it is none of ours.
func (w World) Mark(i *inventory.Issue) inventory.Mark {
	if p, ok := w.Made[i.Ref.Repo.Key()][i.Ref.Number]; ok && !i.CreatedAt.After(p.At.Add(slowest)) { // else a repository of that name was made anew
		return p.Mark
	}
	return w.Rules.Trust.Mark(*i)
}

// slowest bounds how long GitHub's lists may lack an issue that was made: they are
// behind by seconds.
const slowest = time.Hour

// Unlisted are the numbers of a repository's issues that the journal has and the
// look does not, where a flow must know of them: those made lately, which GitHub's
// lists may be slow to show, and older ones of these marks, or of a kind it asks
// for, which may be closed. They are read one by one (Details), by number.
func (w World) Unlisted(repo *inventory.Repo, wanted func(inventory.Mark) bool) []int {
	var out []int
	for n, p := range w.Made[repo.Ref.Key()] {
		if _, listed := repo.Issue(n); listed || !wanted(p.Mark) && p.At.Before(w.Now.Add(-slowest)) {
			continue
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
