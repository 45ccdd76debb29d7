package budget

import "slices"

// way is how far the members' quotas are opened to the windows of the agents that
// share them. A dispatch counts in all windows, and is gated by its own agent's
// alone: what jules does over a day leaves a weekly window as full as it will, and
// hinders nobody but those who count by it. Whatever is sent first, all that is
// planned fits where a member's tasks together are no more than each window that any
// of them goes by has room for. So for each member the narrow windows are either
// opened, and bind all of its tasks, or left shut.
type way struct {
	room []int             // per member: tasks, of all agents together
	open map[Window][]bool // per member; an absent window is open to all
	// net is the members' room with what may be moved in it, where there is one
	// stretch of one window; else nil, and what is assumed stays where it is.
	net *network
}

// mostWays is how many ways are worked out before each member's is no longer looked
// at apart from the others'.
const mostWays = 64

// ways are all that is worth trying, the roomiest first.
func (s *State) ways(windows []Window) []way {
	members := len(s.Team.Members)
	if len(windows) == 0 {
		return []way{{room: make([]int, members)}}
	}
	rooms := make([][]int, len(windows))
	bound := make([][]bool, len(windows)) // what is assumed of a member would be others' where it has no room
	for k, w := range windows {
		overs := s.stretches(w)
		bound[k] = make([]bool, members)
		for i, over := range overs {
			net := s.charge(over, s.shares).net
			if len(windows) == 1 && len(overs) == 1 {
				return []way{{room: net.room, net: net}}
			}
			if i == 0 {
				rooms[k] = slices.Clone(net.room)
			}
			for m := range members {
				rooms[k][m] = min(rooms[k][m], net.room[m])
				for _, flow := range net.flow {
					bound[k][m] = bound[k][m] || flow[m] > 0 && members > 1
				}
			}
		}
	}
	if len(windows) == 1 {
		return []way{{room: rooms[0]}}
	}
	levels := make([][]int, members)
	all, most := 1, 1
	for m := range levels {
		for k := range windows {
			levels[m] = append(levels[m], max(0, rooms[k][m]))
		}
		slices.Sort(levels[m])
		levels[m] = slices.Compact(levels[m])
		slices.Reverse(levels[m])
		least := levels[m][len(levels[m])-1]
		levels[m] = slices.DeleteFunc(levels[m], func(level int) bool {
			return level > least && slices.ContainsFunc(indices(len(windows)), func(k int) bool { return rooms[k][m] < level && bound[k][m] })
		})
		if last := len(levels[m]) - 1; last > 0 && levels[m][last] == 0 {
			levels[m] = levels[m][:last]
		}
		all, most = min(all*len(levels[m]), mostWays+1), max(most, len(levels[m]))
	}
	made := func(level func(m int) int) way {
		w := way{room: make([]int, members), open: map[Window][]bool{}}
		for _, window := range windows {
			w.open[window] = make([]bool, members)
		}
		for m := range members {
			w.room[m] = levels[m][level(m)]
			for k, window := range windows {
				w.open[window][m] = max(0, rooms[k][m]) >= w.room[m]
			}
		}
		return w
	}
	var out []way
	if all > mostWays {
		for n := range most {
			out = append(out, made(func(m int) int { return min(n, len(levels[m])-1) }))
		}
		return out
	}
	for n := range all {
		rest := n
		at := make([]int, members)
		for m := range at {
			at[m], rest = rest%len(levels[m]), rest/len(levels[m])
		}
		out = append(out, made(func(m int) int { return at[m] }))
	}
	return out
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// opens tells whether a member's quota is open to an agent.
func (w way) opens(agent Agent, member int) bool {
	open, several := w.open[agent.Window]
	return !several || open[member]
}
