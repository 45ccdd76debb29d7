package pattern

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// automaton is the deterministic automaton of a program. A state is the threads
// of the program that wait for the next character, the foremost first, so that
// an earlier alternative goes before a later one.
type automaton struct {
	prog    *syntax.Prog
	longest bool   // every match counts, not the foremost alone
	bounds  []rune // where the characters beyond ASCII change what they do
	states  []*state
	byKey   map[string]int32
	begins  [8]int32 // by what stands before and whether the match begins there

	// of the step that is made
	mark    uint32
	seen    []uint32 // by instruction: the mark of the last step that followed it
	led     []uint32 // likewise: that led to it
	waiting []uint32 // the instructions that take a character, foremost first
	threads []uint32
	hit     bool // a match ended
	key     []byte
}

type state struct {
	threads []uint32
	search  bool // a match may still begin: no other was found
	before  kind
	ascii   [128]move
	beyond  map[int]move
	atEnd   move
}

// move is what a character does: the next state, or its being unknown (0), and
// whether a match ended before the character.
type move int32

const (
	unknown move = 0
	matched move = 1
	dead         = 1 // the state without threads
)

func (m move) next() int32 { return int32(m >> 1) }

// kind is all of the character before that decides what may stand here.
type kind uint8

const (
	edge kind = iota // the text's end or beginning
	newline
	letter // of a word, as \b means it
	other
)

var witness = [...]rune{edge: -1, newline: '\n', letter: 'a', other: ' '}

func kindOf(c rune) kind {
	switch {
	case c < 0:
		return edge
	case c == '\n':
		return newline
	case syntax.IsWordChar(c):
		return letter
	}
	return other
}

// maxStates bounds what an automaton keeps (some 600 bytes a state); with more
// it begins anew.
const maxStates = 3000

func newAutomaton(prog *syntax.Prog, bounds []rune, longest bool) *automaton {
	a := &automaton{prog: prog, longest: longest, bounds: bounds, seen: make([]uint32, len(prog.Inst)), led: make([]uint32, len(prog.Inst))}
	a.forget()
	return a
}

// boundsOf are the characters beyond ASCII at which a program begins to do
// something else.
func boundsOf(prog *syntax.Prog) (out []rune) {
	add := func(lo, hi rune) { // and what is between
		if hi >= utf8.RuneSelf {
			out = append(out, lo, hi+1)
		}
	}
	var classes [][]rune // often the same
	for k := range prog.Inst {
		i := &prog.Inst[k]
		if i.Op != syntax.InstRune && i.Op != syntax.InstRune1 {
			continue
		}
		if len(i.Rune) == 1 {
			c := i.Rune[0]
			add(c, c)
			if syntax.Flags(i.Arg)&syntax.FoldCase != 0 {
				for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
					add(f, f)
				}
			}
			continue
		}
		if slices.ContainsFunc(classes, func(c []rune) bool { return slices.Equal(c, i.Rune) }) {
			continue
		}
		classes = append(classes, i.Rune)
		for j := 0; j+1 < len(i.Rune); j += 2 {
			add(i.Rune[j], i.Rune[j+1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (a *automaton) forget() {
	a.states = []*state{nil, {}}
	a.byKey = map[string]int32{}
	a.begins = [8]int32{}
}

// state is the number of a state, made where there is none yet.
func (a *automaton) state(threads []uint32, search bool, before kind) int32 {
	if len(threads) == 0 && !search {
		return dead
	}
	flags := byte(before) << 1
	if search {
		flags |= 1
	}
	a.key = append(a.key[:0], flags)
	for _, t := range threads {
		a.key = binary.AppendUvarint(a.key, uint64(t))
	}
	if n, ok := a.byKey[string(a.key)]; ok {
		return n
	}
	n := int32(len(a.states))
	a.states = append(a.states, &state{threads: slices.Clone(threads), search: search, before: before})
	a.byKey[string(a.key)] = n
	return n
}

// step is what character c, or the text's end (-1), does in a state.
func (a *automaton) step(from int32, c rune) move {
	s := a.states[from]
	class := 0
	switch {
	case c < 0:
		if s.atEnd != unknown {
			return s.atEnd
		}
	case c >= utf8.RuneSelf:
		at, exact := slices.BinarySearch(a.bounds, c)
		if class = 2 * at; exact {
			class += 2
		}
		if syntax.IsWordChar(c) {
			class++
		}
		if m := s.beyond[class]; m != unknown {
			return m
		}
	}
	if len(a.states) >= maxStates {
		a.forget()
		a.states = append(a.states, s) // moves are relearned: those it has are of the states forgotten
		*s = state{threads: s.threads, search: s.search, before: s.before}
	}
	m := a.learn(s, c)
	switch {
	case c < 0:
		s.atEnd = m
	case c < utf8.RuneSelf:
		s.ascii[c] = m
	default:
		if s.beyond == nil {
			s.beyond = map[int]move{}
		}
		s.beyond[class] = m
	}
	return m
}

// learn runs the program's threads over one character.
func (a *automaton) learn(s *state, c rune) move {
	a.mark++
	a.waiting, a.threads, a.hit = a.waiting[:0], a.threads[:0], false
	flag := syntax.EmptyOpContext(witness[s.before], witness[kindOf(c)])
	for _, t := range s.threads {
		a.follow(t, flag)
	}
	if s.search {
		a.follow(uint32(a.prog.Start), flag)
	}
	m := move(dead) << 1
	if c >= 0 {
		for _, t := range a.waiting {
			if i := &a.prog.Inst[t]; a.led[i.Out] != a.mark && i.MatchRune(c) {
				a.led[i.Out] = a.mark
				a.threads = append(a.threads, i.Out)
			}
		}
		m = move(a.state(a.threads, s.search && !a.hit, kindOf(c))) << 1
	}
	if a.hit {
		m |= matched
	}
	return m
}

// follow adds what an instruction leads to without a character. Behind a match
// nothing counts, unless the longest is wanted.
func (a *automaton) follow(at uint32, flag syntax.EmptyOp) {
	if a.hit && !a.longest || a.seen[at] == a.mark {
		return
	}
	a.seen[at] = a.mark
	i := &a.prog.Inst[at]
	switch i.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		a.follow(i.Out, flag)
		a.follow(i.Arg, flag)
	case syntax.InstCapture, syntax.InstNop:
		a.follow(i.Out, flag)
	case syntax.InstEmptyWidth:
		if syntax.EmptyOp(i.Arg)&^flag == 0 {
			a.follow(i.Out, flag)
		}
	case syntax.InstMatch:
		a.hit = true
	case syntax.InstFail:
	default:
		a.waiting = append(a.waiting, at)
	}
}

// begin is the state in which reading begins: with bound, so does the match.
func (a *automaton) begin(before kind, bound bool) int32 {
	k := before << 1
	if bound {
		k++
	}
	if a.begins[k] == 0 {
		if bound {
			a.begins[k] = a.state([]uint32{uint32(a.prog.Start)}, false, before)
		} else {
			a.begins[k] = a.state(nil, true, before)
		}
	}
	return a.begins[k]
}

// forward is where the leftmost match at or behind from ends, with bound one
// that begins at from; with any, where the first to end does. -1: there is none.
func (a *automaton) forward(t string, from int, bound, any bool) int {
	before := edge
	if from > 0 {
		c, _ := utf8.DecodeLastRuneInString(t[:from])
		before = kindOf(c)
	}
	cur := a.begin(before, bound)
	end := -1
	for at := from; ; {
		for at < len(t) && t[at] < utf8.RuneSelf {
			m := a.states[cur].ascii[t[at]]
			if m == unknown {
				m = a.step(cur, rune(t[at]))
			}
			if m&matched != 0 {
				if end = at; any {
					return end
				}
			}
			if cur = m.next(); cur == dead {
				return end
			}
			at++
		}
		c, width := rune(-1), 0
		if at < len(t) {
			c, width = utf8.DecodeRuneInString(t[at:])
		}
		m := a.step(cur, c)
		if m&matched != 0 {
			if end = at; any {
				return end
			}
		}
		if cur = m.next(); cur == dead { // as it is behind the text
			return end
		}
		at += width
	}
}

// back is where the longest match begins that ends at end, not before from, -1
// without one; of a program that reads backward.
func (a *automaton) back(t string, from, end int) int {
	before := edge
	if end < len(t) {
		c, _ := utf8.DecodeRuneInString(t[end:])
		before = kindOf(c)
	}
	cur := a.begin(before, true)
	begin := -1
	for at := end; ; {
		c, width := rune(-1), 0
		if at > 0 {
			c, width = utf8.DecodeLastRuneInString(t[:at])
		}
		m := unknown
		if c >= 0 && c < utf8.RuneSelf {
			m = a.states[cur].ascii[c]
		}
		if m == unknown {
			m = a.step(cur, c)
		}
		if m&matched != 0 {
			begin = at
		}
		if cur = m.next(); at <= from || cur == dead {
			return begin
		}
		at -= width
	}
}
