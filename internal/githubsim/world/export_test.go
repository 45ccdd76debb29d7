package world

import (
	"encoding/json"
	"maps"
	"slices"
)

// Dump is everything in memory: rows as they would be written, and what the
// indexes find, so that an index that fell behind its table shows.
func (w *World) Dump() map[string]any {
	w.mu.RLock()
	defer w.mu.RUnlock()
	all := map[string]any{}
	s := w.s
	for _, t := range []interface{ dump(map[string]any) }{s.users, s.tokens, s.repos, s.labels, s.issues, s.comments,
		s.events, s.edits, s.reactions, s.reviews, s.threads, s.checks, s.plans, s.meta} {
		t.dump(all)
	}
	names := map[string]int64{}
	for k, u := range s.userByLogin {
		names["user "+k] = u.ID
	}
	for k, r := range s.repoByName {
		names["repo "+k] = r.ID
	}
	for k, l := range s.labelByName {
		names["label "+k] = l.ID
	}
	for k, t := range s.tokenByText {
		names["token "+k] = t.UserID
	}
	all["names"] = names
	all["old names"] = sets(s.repoByOldName)
	all["repos of"] = lists(s.reposOf, func(r *Repo) int64 { return r.ID })
	all["labels of"] = lists(s.labelsOf, func(r *Label) int64 { return r.ID })
	all["issues of"] = lists(s.issuesOf, func(r *Issue) int64 { return r.ID })
	all["comments of"] = lists(s.commentsOf, func(r *Comment) int64 { return r.ID })
	all["events of"] = lists(s.eventsOf, func(r *Event) int64 { return r.ID })
	all["edits of"] = lists(s.editsOf, func(r *Edit) int64 { return r.ID })
	all["reactions of"] = lists(s.reactionsOf, func(r *Reaction) int64 { return r.ID })
	all["reviews of"] = lists(s.reviewsOf, func(r *Review) int64 { return r.ID })
	all["threads of"] = lists(s.threadsOf, func(r *Thread) int64 { return r.ID })
	checks := map[string][]int64{}
	for k, list := range s.checksOf {
		for _, c := range list {
			checks[k] = append(checks[k], c.ID)
		}
	}
	all["checks of"] = checks
	all["thread comments"] = maps.Clone(s.threadComments)
	all["pulls"], all["blocking"] = sets(s.pullsByHead), sets(s.blocking)
	merged := map[int64]map[int64]int{}
	for k, m := range s.mergedBy {
		merged[k] = maps.Clone(m)
	}
	all["merged"] = merged
	return all
}

func (t *table[T]) dump(into map[string]any) {
	rows := map[int64]string{}
	for id, row := range t.rows {
		text, err := json.Marshal(row)
		if err != nil {
			text = []byte(err.Error())
		}
		rows[id] = string(text)
	}
	into["rows "+t.kind] = rows
}

func lists[T any](m children[T], id func(*T) int64) map[int64][]int64 {
	flat := map[int64][]int64{}
	for parent, list := range m {
		for _, row := range list {
			flat[parent] = append(flat[parent], id(row))
		}
	}
	return flat
}

func sets[K comparable](m map[K]map[int64]bool) map[K][]int64 {
	flat := map[K][]int64{}
	for k, set := range m {
		flat[k] = slices.Sorted(maps.Keys(set))
	}
	return flat
}
