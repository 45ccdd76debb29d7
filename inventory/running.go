package inventory

// Task is an agent at work on an issue.
type Task struct {
	Ref   Ref    `json:"ref"`
	Agent string `json:"agent"`
}

// Running lists the tasks that agents have in hand, as GitHub shows it: the open
// issues that bear an agent's label. A task ends when its issue is closed or
// its label is taken off.
func Running(s *Snapshot, rules Rules) []Task {
	out := []Task{}
	add := func(i *Issue) {
		if i.Closed || i.IsPull || i.Missing {
			return
		}
		for _, l := range i.Labels {
			if agent, ok := rules.Agent(l); ok {
				out = append(out, Task{i.Ref, agent})
			}
		}
	}
	for r := range s.Repos {
		for i := range s.Repos[r].Issues {
			add(&s.Repos[r].Issues[i])
		}
	}
	for i := range s.Elsewhere {
		add(&s.Elsewhere[i])
	}
	return out
}
