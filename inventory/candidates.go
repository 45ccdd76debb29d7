package inventory

// Candidates are the issues of a repository that stage 2 organises or, where
// they are too few for an epic, dispatches directly (spec/2-flows "Stage 2"):
// open, trusted, not dispatched, no pull request, no audit, no epic, and on no
// checklist of an open epic, of whichever repository; by number.
//
// An issue of ours that bears the mark of an epic is an epic here even while its
// checklist names nobody. Framework issues are candidates like any other: they
// become blockers of their epic. So are features: the feature gate bars the
// dispatch, not the organising (spec/1-domain "feat( gate").
//
// f is what Assess made of s.
func Candidates(s *Snapshot, f *Fleet, rules Rules, records Records, repo RepoRef) []*Issue {
	r, ok := s.Repo(repo)
	if !ok {
		return nil
	}
	var out []*Issue
	for k := range r.Issues { // by number already
		i := &r.Issues[k]
		if i.Closed || i.IsPull || i.Missing || f.taken[i.Ref.Key()] || IsAuditTitle(i.Title) || ReadMark(i.Body).Kind == MarkEpic {
			continue
		}
		if ok, _ := rules.Trust.Issue(*i); !ok {
			continue
		}
		if _, why := Dispatched(i, rules, records[i.Ref.Key()]); why != "" {
			continue
		}
		out = append(out, i)
	}
	return out
}
