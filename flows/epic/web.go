package epic

import "github.com/dappcore/core-dev/inventory"

// web knows what an issue waits for.
type web struct {
	snap *inventory.Snapshot
	seen map[string]map[string]bool // by Ref.Key: what was asked after already
}

func newWeb(s *inventory.Snapshot) web { return web{s, map[string]map[string]bool{}} }

// behind are the open issues that an issue waits for, by Ref.Key, those included
// that it waits for through others, wherever these stand.
func (w web) behind(i *inventory.Issue) map[string]bool {
	if len(i.BlockedBy) == 0 { // most
		return nil
	}
	if out, ok := w.seen[i.Ref.Key()]; ok {
		return out
	}
	out := map[string]bool{}
	for todo := []*inventory.Issue{i}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, d := range next.BlockedBy {
			found, ok := w.snap.Find(d.Ref)
			if d.Closed || out[d.Ref.Key()] || ok && found.Closed {
				continue
			}
			out[d.Ref.Key()] = true
			if ok {
				todo = append(todo, found)
			}
		}
	}
	w.seen[i.Ref.Key()] = out
	return out
}
