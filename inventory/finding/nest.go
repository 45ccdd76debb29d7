package finding

// nest puts what stands below a heading into its section. A <details> ends at
// its own end or at the next heading.
func nest(flat []*node, depth int) []*node {
	var out []*node
	var open []*node // sections, outermost first
	put := func(n *node) {
		if len(open) > 0 {
			last := open[len(open)-1]
			last.kids = append(last.kids, n)
			return
		}
		out = append(out, n)
	}
	for _, n := range flat {
		switch {
		case n.closes:
			for k := len(open) - 1; k >= 0; k-- {
				if open[k].level == 7 {
					open = open[:k]
					break
				}
			}
		case n.kind == section && n.level == 7:
			put(n)
			open = append(open, n)
		case n.kind == section:
			for len(open) > 0 && open[len(open)-1].level >= n.level && (open[len(open)-1].level != 7 || !inDetails(open, n)) {
				open = open[:len(open)-1]
			}
			put(n)
			open = append(open, n)
		default:
			put(n)
		}
	}
	return out
}

// inDetails tells whether a heading stays inside the open <details>: it is
// deeper than the heading the details stand under.
func inDetails(open []*node, n *node) bool {
	for k := len(open) - 2; k >= 0; k-- {
		if open[k].level != 7 {
			return n.level > open[k].level
		}
	}
	return true
}

// ends gives each node the bytes up to where the next one begins.
func ends(n *node) {
	at := n.start
	for _, k := range n.kids {
		if k.start < at {
			k.start = at
		}
		at = k.start
	}
	for i, k := range n.kids {
		k.end = n.end
		if i+1 < len(n.kids) {
			k.end = n.kids[i+1].start
		}
		ends(k)
	}
}
