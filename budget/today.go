package budget

// Today is how many tasks each repository got today, by RepoRef.Key: what the log
// says, what is held and what was seen outside.
func (s State) Today() map[string]int { return s.today(every) }

// Left is what is left today of the members' quotas that can be spent: less all that
// agents which share them were given.
func (s State) Left() int {
	s.index()
	return s.room(s.charge(UTCDay.stretches(s.Now)[0], s.shares))
}

// today counts the agents that counts says.
func (s *State) today(counts func(agent string) bool) map[string]int {
	out := map[string]int{}
	today := DayOf(s.Now)
	keys := make([]string, len(s.Spending.Kinds))
	for i, k := range s.Spending.Kinds {
		keys[i] = repoRef(k.Repo, s.Team.Owner).Key()
	}
	for _, sp := range s.Spending.Spends {
		if sp.At.Day() == today && counts(s.Spending.Kinds[sp.Kind].Agent) {
			out[keys[sp.Kind]] += int(sp.N)
		}
	}
	for _, r := range s.Held {
		if counts(r.Agent) {
			out[repoRef(r.Repo, s.Team.Owner).Key()]++
		}
	}
	for _, o := range s.Outside {
		if DayOf(o.At) == today && counts(o.Agent) {
			out[o.Repo.Key()]++
		}
	}
	return out
}
