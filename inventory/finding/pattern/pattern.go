// Package pattern is regular expressions that are compiled at their first use
// and matched by a deterministic automaton, built as texts ask for it: a step a
// byte, whatever the expression. What it answers is what package regexp does
// (leftmost, first alternative first), only sooner: audits are read by some
// hundred rules on words, few of which match.
package pattern

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Pattern is a regular expression in the syntax of package regexp. It may be
// used by several goroutines.
type Pattern struct {
	expr func() string
	once sync.Once

	subs  int                   // how many groups it has
	re    func() *regexp.Regexp // for them, made when one is asked for
	first bool                  // a match begins where the text does
	last  bool                  // and ends where it ends
	with  string                // every match begins so

	mu       sync.Mutex       // guards what is learned
	known    map[string][]int // by the text looked at: bounds of groups
	ahead    *automaton       // finds where the leftmost match ends
	tree     *syntax.Regexp   // until backward is made of it
	backward *automaton       // finds where it began; made when something matches
}

// New is a pattern. A faulty expression panics at its first use.
func New(expr string) *Pattern { return &Pattern{expr: func() string { return expr }} }

// Made is a pattern whose expression is made at its first use.
func Made(expr func() string) *Pattern { return &Pattern{expr: expr} }

// compile makes no more than the answer no takes, which is nearly always given: a
// program that starts has these hundred rules to make.
func (p *Pattern) compile() {
	expr := p.expr()
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic("pattern: " + err.Error())
	}
	p.subs = tree.MaxCap()
	p.re = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
	prog := must(syntax.Compile(tree.Simplify()))
	p.with, _ = prog.Prefix()
	p.first = prog.StartCond()&syntax.EmptyBeginText != 0
	p.last = atEnd(tree)
	p.ahead = newAutomaton(prog, boundsOf(prog), false)
	p.tree = tree
}

// reading is the automaton that reads backward; p.mu is held.
func (p *Pattern) reading() *automaton {
	if p.backward == nil {
		prog := must(syntax.Compile(reversed(p.tree).Simplify()))
		p.backward, p.tree = newAutomaton(prog, p.ahead.bounds, true), nil
	}
	return p.backward
}

// atEnd tells that every match ends where the text does; false where that takes
// more than a look.
func atEnd(t *syntax.Regexp) bool {
	switch t.Op {
	case syntax.OpEndText:
		return true
	case syntax.OpCapture:
		return atEnd(t.Sub[0])
	case syntax.OpConcat:
		return len(t.Sub) > 0 && atEnd(t.Sub[len(t.Sub)-1])
	}
	return false
}

func must(prog *syntax.Prog, err error) *syntax.Prog {
	if err != nil {
		panic(err)
	}
	return prog
}

// reversed turns an expression into that of the same texts read from their end.
func reversed(t *syntax.Regexp) *syntax.Regexp {
	switch t.Op {
	case syntax.OpConcat:
		slices.Reverse(t.Sub)
	case syntax.OpLiteral:
		t.Rune = slices.Clone(t.Rune) // a program may have them
		slices.Reverse(t.Rune)
	case syntax.OpBeginText:
		t.Op = syntax.OpEndText
	case syntax.OpEndText:
		t.Op = syntax.OpBeginText
	case syntax.OpBeginLine:
		t.Op = syntax.OpEndLine
	case syntax.OpEndLine:
		t.Op = syntax.OpBeginLine
	}
	for _, s := range t.Sub {
		reversed(s)
	}
	return t
}

// MatchString tells whether the pattern occurs in t.
func (p *Pattern) MatchString(t string) bool {
	p.once.Do(p.compile)
	if !strings.Contains(t, p.with) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last && !p.first {
		return p.reading().back(t, 0, len(t)) >= 0
	}
	return p.ahead.forward(t, 0, p.first, true) >= 0
}

// find is the leftmost match at or behind from.
func (p *Pattern) find(t string, from int) (a, b int, ok bool) {
	if p.first && from > 0 || !strings.Contains(t[from:], p.with) {
		return 0, 0, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last && !p.first { // the longest from the text's end is the leftmost
		a = p.reading().back(t, from, len(t))
		return a, len(t), a >= 0
	}
	if b = p.ahead.forward(t, from, p.first, false); b < 0 {
		return 0, 0, false
	}
	if p.first {
		return 0, b, true
	}
	return p.reading().back(t, from, b), b, true
}

// groups are the bounds of a match and of its groups: package regexp looks at
// the match and the character on either side of it, and, should that be another
// match there, at all of the text.
func (p *Pattern) groups(t string, a, b int) []int {
	if p.subs == 0 {
		return []int{a, b}
	}
	_, w := utf8.DecodeLastRuneInString(t[:a])
	_, v := utf8.DecodeRuneInString(t[b:])
	lo, hi := a-w, b+v
	if m := p.within(t[lo:hi]); m != nil && m[0] == a-lo && m[1] == b-lo {
		out := make([]int, len(m))
		for k := range m {
			out[k] = m[k]
			if m[k] >= 0 {
				out[k] += lo
			}
		}
		return out
	}
	for _, m := range p.re().FindAllStringSubmatchIndex(t, -1) {
		if m[0] == a && m[1] == b {
			return m
		}
	}
	panic("pattern: " + p.re().String() + " matches otherwise than package regexp")
}

// maxKnown and maxKnownText bound what is kept of groups: the same names of
// fields and words of gravity come again and again.
const (
	maxKnown     = 2000
	maxKnownText = 60 // bytes
)

// within is the leftmost match in a piece of a text.
func (p *Pattern) within(piece string) []int {
	if len(piece) > maxKnownText {
		return p.re().FindStringSubmatchIndex(piece)
	}
	p.mu.Lock()
	m, ok := p.known[piece]
	p.mu.Unlock()
	if ok {
		return m
	}
	m = p.re().FindStringSubmatchIndex(piece)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= maxKnown {
		p.known = map[string][]int{}
	}
	p.known[strings.Clone(piece)] = m
	return m
}

// each calls take for the matches in turn, as package regexp chooses them, at
// most n where n is not negative.
func (p *Pattern) each(t string, n int, take func(a, b int)) {
	p.once.Do(p.compile)
	last := -1
	for at := 0; n != 0 && at <= len(t); {
		a, b, ok := p.find(t, at)
		if !ok {
			return
		}
		fresh := true
		if b == at { // empty
			fresh = a != last
			_, w := utf8.DecodeRuneInString(t[at:])
			at += max(w, 1)
		} else {
			at = b
		}
		last = b
		if fresh {
			take(a, b)
			n--
		}
	}
}

// FindStringIndex is the leftmost match's bounds; nil without one.
func (p *Pattern) FindStringIndex(t string) (at []int) {
	p.each(t, 1, func(a, b int) { at = []int{a, b} })
	return at
}

// FindString is the leftmost match, empty without one.
func (p *Pattern) FindString(t string) (m string) {
	p.each(t, 1, func(a, b int) { m = t[a:b] })
	return m
}

// FindStringSubmatchIndex is the bounds of the leftmost match and of its groups.
func (p *Pattern) FindStringSubmatchIndex(t string) (m []int) {
	p.each(t, 1, func(a, b int) { m = p.groups(t, a, b) })
	return m
}

// FindStringSubmatch is the leftmost match and its groups; nil without one.
func (p *Pattern) FindStringSubmatch(t string) []string {
	return texts(t, p.FindStringSubmatchIndex(t))
}

func texts(t string, m []int) []string {
	if m == nil {
		return nil
	}
	out := make([]string, len(m)/2)
	for k := range out {
		if m[2*k] >= 0 {
			out[k] = t[m[2*k]:m[2*k+1]]
		}
	}
	return out
}

// FindAllString is the first n matches, all with -1.
func (p *Pattern) FindAllString(t string, n int) (out []string) {
	p.each(t, n, func(a, b int) { out = append(out, t[a:b]) })
	return out
}

// FindAllStringIndex is the bounds of the first n matches, of all with -1.
func (p *Pattern) FindAllStringIndex(t string, n int) (out [][]int) {
	p.each(t, n, func(a, b int) { out = append(out, []int{a, b}) })
	return out
}

// FindAllStringSubmatch is the first n matches with their groups, all with -1.
func (p *Pattern) FindAllStringSubmatch(t string, n int) (out [][]string) {
	p.each(t, n, func(a, b int) { out = append(out, texts(t, p.groups(t, a, b))) })
	return out
}

// FindAllStringSubmatchIndex is the bounds of the first n matches and of their
// groups, of all with -1.
func (p *Pattern) FindAllStringSubmatchIndex(t string, n int) (out [][]int) {
	p.each(t, n, func(a, b int) { out = append(out, p.groups(t, a, b)) })
	return out
}

// Count is the number of matches, at most n.
func (p *Pattern) Count(t string, n int) (found int) {
	p.each(t, n, func(int, int) { found++ })
	return found
}

// ReplaceAllString replaces every match; $1 in with is its first group.
func (p *Pattern) ReplaceAllString(t, with string) string {
	var out []byte
	last := 0
	p.each(t, -1, func(a, b int) {
		if out == nil {
			out = make([]byte, 0, len(t)+len(with))
		}
		out = append(out, t[last:a]...)
		if strings.Contains(with, "$") {
			out = p.re().ExpandString(out, with, t, p.groups(t, a, b))
		} else {
			out = append(out, with...)
		}
		last = b
	})
	if out == nil {
		return t
	}
	return string(append(out, t[last:]...))
}
