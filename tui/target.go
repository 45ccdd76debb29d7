package tui

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// target is the epic, as index into the fleet's, that a dispatch means by what
// is selected in the focused pane: the epic of Epics and Phases, and on Repos
// the repository's first with READY children. Without one it is -1, and why
// says what is the matter.
func (s *state) target() (k int, why string) {
	if s.board == nil {
		return -1, "nothing was read yet"
	}
	switch s.focus {
	case repos:
		row := s.lists[repos].index()
		if row < 0 {
			return -1, "no repository is selected"
		}
		return s.board.targetOf(&s.board.fleet.Rows[row], s.clean)
	case epics, phases:
		row := s.lists[epics].index()
		if row < 0 {
			return -1, "no epic is selected"
		}
		return s.epicRow(row), ""
	}
	return -1, "d dispatches what is selected in Repos, Epics or Phases"
}

// targetOf is the first epic of a repository with READY children.
func (b *board) targetOf(r *inventory.Row, clean func(string) string) (int, string) {
	name, first := clean(r.Repo.Ref.Name), -1
	for k := range b.fleet.Epics {
		if !b.fleet.Epics[k].Ref.Repo.Same(r.Repo.Ref) {
			continue
		}
		if b.facts[k].ready > 0 {
			return k, ""
		}
		if first < 0 {
			first = k
		}
	}
	if first < 0 {
		return -1, name + " has no open epic to dispatch: its stage is " + r.Stage.String()
	}
	return -1, name + " has nothing READY: in " + b.facts[first].name + " " + b.whyNothing(first)
}

// whyNothing says of an epic without READY children what its children do
// instead: "1 running, 2 wait, 1 needs you".
func (b *board) whyNothing(k int) string {
	e := &b.fleet.Epics[k]
	if len(e.Children) == 0 {
		return "there are no children"
	}
	if b.facts[k].done == len(e.Children) {
		return "every child is done"
	}
	var order []string
	n := map[string]int{}
	for c := range e.Children {
		word := stateWord(e.Children[c].Verdict)
		switch word {
		case "done":
			continue
		case "person", "your word":
			word = "needs you"
		}
		if n[word]++; n[word] == 1 {
			order = append(order, word)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return n[b] - n[a] })
	for i, word := range order {
		order[i] = strconv.Itoa(n[word]) + " " + word
	}
	return strings.Join(order, ", ")
}

// nothingIn is whyNothing of an epic that has nothing READY; empty when it has,
// or is not known.
func (b *board) nothingIn(ref inventory.Ref) string {
	if b == nil {
		return ""
	}
	for k := range b.fleet.Epics {
		if b.fleet.Epics[k].Ref.Key() == ref.Key() && b.facts[k].ready == 0 {
			return b.whyNothing(k)
		}
	}
	return ""
}
