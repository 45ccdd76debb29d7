package budget

// Today is how many tasks each repository got today, by RepoRef.Key: what the log
// says, what is held and what was seen outside.
func (s State) Today() map[string]int {
	out := map[string]int{}
	today := DayOf(s.Now)
	keys := make([]string, len(s.Spending.Kinds))
	for i, k := range s.Spending.Kinds {
		keys[i] = repoRef(k.Repo, s.Team.Owner).Key()
	}
	for _, sp := range s.Spending.Spends {
		if sp.At.Day() == today {
			out[keys[sp.Kind]] += int(sp.N)
		}
	}
	for _, r := range s.Held {
		out[repoRef(r.Repo, s.Team.Owner).Key()]++
	}
	for _, o := range s.Outside {
		if DayOf(o.At) == today {
			out[o.Repo.Key()]++
		}
	}
	return out
}
