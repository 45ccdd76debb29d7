package budget

import "slices"

// network assigns charges to members: classes of charges on one side, members'
// quotas on the other, an edge where the class may be charged to the member.
// Charges are added in order; each finds room by an augmenting path, moving
// earlier ones where that helps, so what fits in all is a maximum flow.
type network struct {
	room  []int   // per member: quota left; below zero where more was spent
	allow [][]int // per class: the members it may be charged to, preferred first
	flow  [][]int // per class and member
	full  []bool  // per class: nothing more fits, and never will
	users [][]int // per member: the classes that were ever charged to it

	via   []step // scratch of augment
	seen  []bool
	queue []int
}

// step is one of a path: class moves from one member to the next.
type step struct{ class, from int }

func (n *network) class(allow []int) int {
	n.allow = append(n.allow, allow)
	n.flow = append(n.flow, make([]int, len(n.room)))
	n.full = append(n.full, false)
	return len(n.allow) - 1
}

// clone copies what push and take change.
func (n *network) clone() *network {
	c := &network{room: slices.Clone(n.room), allow: slices.Clone(n.allow), full: slices.Clone(n.full)}
	for _, flow := range n.flow {
		c.flow = append(c.flow, slices.Clone(flow))
	}
	for _, users := range n.users {
		c.users = append(c.users, slices.Clone(users))
	}
	return c
}

// give charges an amount of a class to a member.
func (n *network) give(class, member, amount int) {
	if n.flow[class][member] == 0 {
		for len(n.users) < len(n.room) {
			n.users = append(n.users, nil)
		}
		if !slices.Contains(n.users[member], class) {
			n.users[member] = append(n.users[member], class)
		}
	}
	n.flow[class][member] += amount
}

// charge takes from a member's quota whether or not it is there.
func (n *network) charge(member, amount int) { n.room[member] -= amount }

// push charges up to amount to a class and returns how much found room.
func (n *network) push(class, amount int) int {
	pushed := 0
	for pushed < amount && !n.full[class] {
		moved := n.augment(class, -1, amount-pushed)
		if moved == 0 {
			n.full[class] = true
		}
		pushed += moved
	}
	return pushed
}

// take charges up to amount to one member, moving other charges away from it
// where they can go elsewhere, and returns how much found room.
func (n *network) take(member, amount int) int {
	taken := 0
	for taken < amount {
		step := min(amount-taken, n.room[member])
		if step <= 0 {
			if n.augment(-1, member, amount-taken) == 0 {
				break
			}
			continue
		}
		n.room[member] -= step
		taken += step
	}
	return taken
}

// augment finds the shortest path to a member with room: for a class, to charge
// it; for a member, to move charges off it. It returns the amount that went.
func (n *network) augment(class, member, amount int) int {
	if len(n.seen) != len(n.room) {
		n.via, n.seen = make([]step, len(n.room)), make([]bool, len(n.room))
	}
	clear(n.seen)
	via, seen, queue := n.via, n.seen, n.queue[:0]
	defer func() { n.queue = queue[:0] }()
	enter := func(to int, s step) {
		if !seen[to] {
			seen[to], via[to] = true, s
			queue = append(queue, to)
		}
	}
	if class >= 0 {
		for _, m := range n.allow[class] {
			enter(m, step{class, -1})
		}
	} else {
		enter(member, step{-1, -1})
	}
	for next := 0; next < len(queue); next++ {
		at := queue[next]
		if n.room[at] > 0 && at != member {
			amount = min(amount, n.room[at])
			for m := at; via[m].from >= 0; m = via[m].from {
				amount = min(amount, n.flow[via[m].class][via[m].from])
			}
			n.room[at] -= amount
			for m := at; via[m].class >= 0; m = via[m].from {
				n.give(via[m].class, m, amount)
				if via[m].from < 0 {
					break
				}
				n.flow[via[m].class][via[m].from] -= amount
				if via[m].from == member {
					n.room[member] += amount
					break
				}
			}
			return amount
		}
		if at >= len(n.users) {
			continue
		}
		for _, c := range n.users[at] {
			if n.flow[c][at] > 0 {
				for _, m := range n.allow[c] {
					enter(m, step{c, at})
				}
			}
		}
	}
	return 0
}
