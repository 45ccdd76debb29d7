package execute

import (
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Observe is what one look adds to the journal's memory, before anything is
// decided: heads that were not seen before, with the review threads that stood
// then; how their checks ended; since when GitHub does not tell whether one can be
// merged; that a conflict is gone. Whoever decides on it folds it in first.
func (x Watch) Observe(w flows.World) []flows.NotePull {
	var out []flows.NotePull
	for _, b := range x.gather(w).pulls {
		if b.doubt != "" && w.Courses.Of(b.pull.Ref).Child.Number == 0 {
			continue // not ours: nothing of it is remembered
		}
		var child inventory.Ref
		if b.task != nil {
			child = b.task.Ref
		} else {
			child = b.epic.Ref
		}
		for _, n := range observe(w.Courses.Of(b.pull.Ref), b.pull, child) {
			out = append(out, flows.NotePull{Pull: b.pull.Ref, Note: n})
		}
	}
	return out
}

func observe(c inventory.Course, p *inventory.PullWork, child inventory.Ref) []inventory.PullNote {
	var out []inventory.PullNote
	note := func(n inventory.PullNote) { out = append(out, n) }
	if _, known := c.Head(p.HeadSHA); !known && p.HeadSHA != "" {
		threads := make([]string, len(p.Threads))
		for k, t := range p.Threads {
			threads[k] = t.ID
		}
		note(inventory.PullNote{Kind: inventory.NoteHead, SHA: p.HeadSHA, Ours: updated(c, p), Threads: threads, Child: child.String()})
	}
	if p.State != inventory.PullOpen {
		return out
	}
	h, _ := c.Head(p.HeadSHA)
	if p.Checks.Failed > 0 && !h.Red {
		note(inventory.PullNote{Kind: inventory.NoteRed, SHA: p.HeadSHA})
	}
	if p.Checks.State == "SUCCESS" && !h.Green {
		note(inventory.PullNote{Kind: inventory.NoteGreen, SHA: p.HeadSHA})
	}
	known := p.Mergeable == "MERGEABLE" || p.Mergeable == "CONFLICTING"
	if known && !c.Unknown.IsZero() {
		note(inventory.PullNote{Kind: inventory.NoteKnown})
	}
	if !known && c.Unknown.IsZero() {
		note(inventory.PullNote{Kind: inventory.NoteUnknown})
	}
	if p.Mergeable == "MERGEABLE" {
		for _, a := range c.Asks {
			if a.What == inventory.FixConflict && a.At.After(c.Clean) {
				note(inventory.PullNote{Kind: inventory.NoteClean})
				break
			}
		}
	}
	return out
}

// updated tells whether a head came of the update that we had GitHub make: a merge
// whose first parent is the head we asked that of.
func updated(c inventory.Course, p *inventory.PullWork) bool {
	if len(p.Parents) != 2 {
		return false
	}
	for _, sha := range c.Updated {
		if sha == p.Parents[0] {
			return true
		}
	}
	return false
}
