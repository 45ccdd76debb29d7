package tui

import (
	"strconv"

	"github.com/dappcore/core-dev/inventory"
)

// pointer is what is selected, as one may name it elsewhere.
type pointer struct {
	ref  inventory.Ref // Number 0: the repository
	pull bool
}

// pointed is the thing on GitHub that is selected.
func (s *state) pointed() (pointer, bool) {
	if s.board == nil {
		return pointer{}, false
	}
	switch s.page {
	case pullPage:
		if k := s.pages[pullPage].index(); k >= 0 {
			p := &s.pulls.list[k]
			return pointer{p.Ref, p.Ref.Key() != p.Child.Key()}, true
		}
		return pointer{}, false
	case issuePage:
		if k := s.pages[issuePage].index(); k >= 0 {
			return pointer{ref: s.issues[k].ref}, true
		}
		return pointer{}, false
	case noPage:
	default:
		return pointer{}, false
	}
	switch s.focus {
	case repos:
		if k := s.lists[repos].index(); k >= 0 {
			return pointer{ref: inventory.Ref{Repo: s.board.fleet.Rows[k].Repo.Ref}}, true
		}
	case epics:
		if e, _, ok := s.epic(); ok {
			return pointer{ref: e.Ref}, true
		}
	case phases:
		e, c, ok := s.child()
		switch {
		case ok:
			return pointer{ref: c.Ref}, true
		case e != nil:
			return pointer{ref: e.Ref}, true
		}
	}
	return pointer{}, false
}

// name is its reference, cleaned.
func (p pointer) name(clean func(string) string) string {
	if p.ref.Number == 0 {
		return clean(p.ref.Repo.String())
	}
	return clean(p.ref.String())
}

// address is its page; empty where nobody knows where the pages are.
func (p pointer) address(web string, clean func(string) string) string {
	if web == "" {
		return ""
	}
	at := web + "/" + clean(p.ref.Repo.String())
	switch {
	case p.ref.Number == 0:
		return at
	case p.pull:
		return at + "/pull/" + strconv.Itoa(p.ref.Number)
	}
	return at + "/issues/" + strconv.Itoa(p.ref.Number)
}

// pointing copies what is selected, or opens its page.
func (s state) pointing(in intent) (state, []order) {
	p, ok := s.pointed()
	if !ok {
		return s, nil
	}
	text := p.name(s.clean)
	if in != (copyName{}) {
		if text = p.address(s.board.view.Web, s.clean); text == "" {
			return s.told("where its page is, is not known", true), nil
		}
	}
	if in == (browse{}) {
		return s.told("opens "+text, false), []order{openURL{text}}
	}
	return s.told("copied: "+text, false), []order{copyText{text}}
}
