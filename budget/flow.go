package budget

// flow is a network of capacities that only ever fill: what is pushed from a node to
// the sink stays, though it may take another way when more is pushed. So pushed one
// after another, amounts come out as a maximum flow.
type flow struct {
	out [][]int32 // per node: its edges
	to  []int32   // per edge; an edge's other direction is the number beside it
	cap []int     // per edge: what still fits
	// dead are the nodes that the sink cannot be reached from, and never will be:
	// whatever goes elsewhere leaves what they lead to as it is.
	dead []bool

	seen  []int32 // scratch of augment: the round a node was seen in
	via   []int32
	queue []int32
	round int32
}

// sink is where everything goes.
const sink = 0

// unbounded is a capacity that nothing fills.
const unbounded = 1 << 40

func newFlow() *flow {
	f := &flow{}
	f.node()
	return f
}

func (f *flow) node() int32 {
	f.out = append(f.out, nil)
	return int32(len(f.out) - 1)
}

// edge leads from one node to another; its number, plus one, is the way back.
func (f *flow) edge(from, to int32, room int) int32 {
	e := int32(len(f.to))
	f.to, f.cap = append(f.to, to, from), append(f.cap, max(0, room), 0)
	f.out[from], f.out[to] = append(f.out[from], e), append(f.out[to], e+1)
	return e
}

// of is what goes over an edge.
func (f *flow) of(e int32) int { return f.cap[e+1] }

// add sends an amount over an edge, whatever it holds.
func (f *flow) add(e int32, amount int) {
	f.cap[e] -= amount
	f.cap[e^1] += amount
}

// along pushes up to amount over an edge and on to the sink, where that moves
// nothing: over the first edges that have room.
func (f *flow) along(e int32, amount int) int {
	amount = min(amount, f.cap[e])
	if at := f.to[e]; at != sink {
		got := 0
		for _, next := range f.out[at] {
			if got == amount || f.dead != nil && f.dead[at] {
				break
			}
			if next&1 == 0 {
				got += f.along(next, amount-got)
			}
		}
		amount = got
	}
	f.add(e, amount)
	return amount
}

// push sends up to amount from a node to the sink and returns how much found a way.
func (f *flow) push(from int32, amount int) int {
	pushed := 0
	for pushed < amount && f.search(from) {
		some := amount - pushed
		for at := int32(sink); at != from; at = f.to[f.via[at]^1] {
			some = min(some, f.cap[f.via[at]])
		}
		for at := int32(sink); at != from; at = f.to[f.via[at]^1] {
			f.add(f.via[at], some)
		}
		pushed += some
	}
	return pushed
}

// search looks for the shortest way to the sink.
func (f *flow) search(from int32) bool {
	for len(f.seen) < len(f.out) {
		f.seen, f.via, f.dead = append(f.seen, 0), append(f.via, 0), append(f.dead, false)
	}
	if f.dead[from] {
		return false
	}
	f.round++
	f.seen[from] = f.round
	f.queue = append(f.queue[:0], from)
	for next := 0; next < len(f.queue); next++ {
		for _, e := range f.out[f.queue[next]] {
			to := f.to[e]
			if f.cap[e] <= 0 || f.seen[to] == f.round || f.dead[to] {
				continue
			}
			f.seen[to], f.via[to] = f.round, e
			if to == sink {
				return true
			}
			f.queue = append(f.queue, to)
		}
	}
	for _, at := range f.queue {
		f.dead[at] = true
	}
	return false
}
