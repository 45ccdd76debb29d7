package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/dappcore/core-dev/budget"
)

// ErrMember is AddMember's answer where the login is a member already, and
// ErrNoMember RemoveMember's where it is none.
var (
	ErrMember   = errors.New("is a member already")
	ErrNoMember = errors.New("is no member")
	ErrLast     = errors.New("is the only member")
)

// MemberError says which login of team.yaml cannot be added or removed, and why:
// Is ErrMember, ErrNoMember or ErrLast.
type MemberError struct {
	Login string // as the file writes it
	Line  int    // in team.yaml, from 1; 0: it is not there
	Is    error
}

func (e *MemberError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("@%s %v, on line %d of %s", e.Login, e.Is, e.Line, TeamFile)
	}
	return fmt.Sprintf("@%s %v of %s", e.Login, e.Is, TeamFile)
}

func (e *MemberError) Unwrap() error { return e.Is }

// AddMember works out team.yaml with one more member at the end of its list.
// Comments, order, spacing and line ends stay as they are, as for EditInventory.
func AddMember(dir Dir, owner string, m budget.Member) (Change, error) {
	return change(dir, TeamFile, teamFile(nil), func(path string, was []byte) ([]byte, error) { return addMember(path, was, owner, m) })
}

// RemoveMember works out team.yaml without a member: their lines go, with the
// comments on these lines; what stands above and below stays.
func RemoveMember(dir Dir, owner, login string) (Change, error) {
	return change(dir, TeamFile, teamFile(nil), func(path string, was []byte) ([]byte, error) { return removeMember(path, was, owner, login) })
}

func addMember(path string, was []byte, owner string, m budget.Member) ([]byte, error) {
	e, err := operateTeam(path, was, owner)
	if err != nil {
		return nil, err
	}
	if at := e.at(m.Login); at >= 0 {
		return nil, &MemberError{e.list.Members[at].Login, line(e.list.nodes[at]), ErrMember}
	}
	fields := []string{"login: " + plainOrQuoted(m.Login), fmt.Sprintf("quota: %d", m.Quota), "repos: [" + strings.Join(quoted(m.Repos), ", ") + "]"}
	e.insert(e.list.key, "members",
		func(indent string) string { return indent + "- " + strings.Join(fields, e.eol+indent+"  ") + e.eol },
		func() string { return "{" + strings.Join(fields, ", ") + "}" })
	m.Repos = append([]string{}, m.Repos...)
	return e.done(append(slices.Clone(e.list.Members), m))
}

func removeMember(path string, was []byte, owner, login string) ([]byte, error) {
	e, err := operateTeam(path, was, owner)
	if err != nil {
		return nil, err
	}
	at := e.at(login)
	switch {
	case at < 0:
		return nil, &MemberError{login, 0, ErrNoMember}
	case len(e.list.Members) == 1:
		return nil, &MemberError{e.list.Members[at].Login, line(e.list.nodes[at]), ErrLast}
	}
	seq, ok := e.list.key.Value.(*ast.SequenceNode)
	if !ok || !e.cut(seq, at) {
		return nil, e.unsafe("what belongs to @" + login + " cannot be told from the rest")
	}
	return e.done(slices.Delete(slices.Clone(e.list.Members), at, at+1))
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = plainOrQuoted(n)
	}
	return out
}

type teamEditor struct {
	surgery
	owner string
	list  memberList
}

func operateTeam(path string, was []byte, owner string) (teamEditor, error) {
	e := teamEditor{owner: owner}
	doc, err := parseDocument(path, was)
	if err != nil {
		return e, err
	}
	e.surgery = operate(doc)
	e.list, err = membersOf(doc, owner)
	return e, err
}

// at is where a login is in the list, or -1.
func (e *teamEditor) at(login string) int {
	return slices.IndexFunc(e.list.Members, func(m budget.Member) bool { return strings.EqualFold(m.Login, login) })
}

// done are the edited bytes, which must say exactly what was wanted.
func (e *teamEditor) done(want []budget.Member) ([]byte, error) {
	now := e.apply()
	doc, err := parseDocument(e.doc.path, now)
	if err != nil {
		return nil, e.unsafe(firstLine(err.Error()))
	}
	got, err := teamOf(doc, e.owner)
	if err != nil {
		return nil, e.unsafe(firstLine(err.Error()))
	}
	if !reflect.DeepEqual(got.Members, want) {
		return nil, e.unsafe("the result would not say what was asked")
	}
	return now, nil
}
