package tui

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// asks is what a verb asks for by what is selected, or marked, in the focused
// pane, and its name for a person. Where that means nothing, why says what is
// the matter.
func (s *state) asks(v Verb) (ask Ask, name, why string) {
	ask.Verb = v
	if s.board == nil {
		return ask, "", "nothing was read yet"
	}
	switch v {
	case Follow:
		return ask, "what runs", ""
	case Undo:
		if s.page == logPage {
			if k := s.pages[logPage].index(); k >= 0 {
				ask.Plan = s.past[k].ID
				return ask, s.clean(s.past[k].Flow + " " + s.past[k].Target), ""
			}
		}
		return ask, "what was sent last", ""
	case Plan:
		return ask, "today's plan", ""
	case Sit:
		return s.asksSitting()
	case Organise:
		if s.page == issuePage {
			return s.asksIssues()
		}
	case Audit:
		if s.page == issuePage {
			return s.asksAudits()
		}
	}
	switch s.focus {
	case repos:
		return s.asksRepos(ask)
	case epics, phases:
		return s.asksEpics(ask)
	}
	return ask, "", s.keyOf(planFor{v}) + " " + verbWords[v] + " what is selected in Repos, Epics or Phases"
}

var verbWords = map[Verb]string{Dispatch: "dispatches", Audit: "audits", Organise: "makes epics of", Tick: "ticks"}

// asksRepos is what a verb asks for by rows of Repos.
func (s *state) asksRepos(ask Ask) (Ask, string, string) {
	rows := s.lists[repos].chosen()
	if len(rows) == 0 {
		return ask, "", "no repository is selected"
	}
	var names []string
	var epics []int
	why := ""
	for _, k := range rows {
		r := &s.board.fleet.Rows[k]
		name := s.clean(r.Repo.Ref.Name)
		switch ask.Verb {
		case Audit:
			if len(r.Audits) == 0 {
				why = name + " has no open audit: its stage is " + r.Stage.String()
				continue
			}
		case Organise:
			if r.Repo.OpenIssues == 0 {
				why = name + " has no open issue"
				continue
			}
		case Dispatch:
			e, no := s.board.targetOf(r, s.clean)
			if e < 0 {
				why = no
				continue
			}
			epics = append(epics, e)
		case Tick:
			before := len(epics)
			for e := range s.board.fleet.Epics {
				if s.board.fleet.Epics[e].Ref.Repo.Same(r.Repo.Ref) {
					epics = append(epics, e)
				}
			}
			if len(epics) == before {
				why = name + " has no open epic to tick: its stage is " + r.Stage.String()
				continue
			}
		}
		ask.Repos = append(ask.Repos, r.Repo.Ref)
		names = append(names, name)
	}
	switch {
	case len(names) == 0 && len(rows) > 1:
		return ask, "", "none of the " + strconv.Itoa(len(rows)) + " that are marked: " + why
	case len(names) == 0:
		return ask, "", why
	}
	if ask.Verb == Dispatch || ask.Verb == Tick {
		ask.Repos = nil
		return s.ofEpics(ask, epics)
	}
	if len(names) == 1 {
		return ask, names[0], ""
	}
	return ask, count(len(names), "repository", "repositories"), ""
}

// asksEpics is what a verb asks for by rows of Epics, or by the epic of Phases.
func (s *state) asksEpics(ask Ask) (Ask, string, string) {
	rows := s.lists[epics].chosen()
	if s.focus == phases {
		if k := s.lists[epics].index(); k >= 0 {
			rows = []int{k}
		}
	}
	if len(rows) == 0 {
		return ask, "", "no epic is selected"
	}
	for n, k := range rows {
		rows[n] = s.epicRow(k)
	}
	if ask.Verb == Dispatch || ask.Verb == Tick {
		return s.ofEpics(ask, rows)
	}
	for _, k := range rows {
		if r := s.board.fleet.Epics[k].Ref.Repo; !slices.ContainsFunc(ask.Repos, r.Same) {
			ask.Repos = append(ask.Repos, r)
		}
	}
	if len(ask.Repos) == 1 {
		row, ok := s.board.fleet.Row(ask.Repos[0])
		if ask.Verb == Audit && ok && len(row.Audits) == 0 {
			return ask, "", s.clean(ask.Repos[0].Name) + " has no open audit: its stage is " + row.Stage.String()
		}
		return ask, s.clean(ask.Repos[0].Name), ""
	}
	return ask, count(len(ask.Repos), "repository", "repositories"), ""
}

// ofEpics asks for epics, by their places in the fleet.
func (s *state) ofEpics(ask Ask, list []int) (Ask, string, string) {
	for _, k := range list {
		ask.Epics = append(ask.Epics, s.board.fleet.Epics[k].Ref)
	}
	if len(list) == 1 {
		return ask, s.board.facts[list[0]].name, ""
	}
	return ask, count(len(list), "epic", "epics"), ""
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
