// Package tui is the screen: five panes over one snapshot, and the one preview
// through which anything is ever sent.
//
// A key's journey: a key press is looked up in the key table (keys.go), the
// innermost scope first, and becomes an intent (intent.go). The reducer
// (reduce.go) is a pure function of state and intent; what it wants done it
// returns as orders, which are data. The edge (edge.go) alone carries orders
// out, in commands, and their results come back as news to the same reducer.
// Update does no I/O, and nothing but an approved proposal reaches Engine.Apply.
//
// Text from outside (titles, reasons, errors) is cleaned where a board is made
// of a view (board.go) and measured as the renderer measures it (text.go).
package tui
