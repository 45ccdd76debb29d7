package checklist

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// head is a heading at the top level of a document.
type head struct {
	level   int
	name    string
	ordinal int
	rank    int    // how much its ordinal counts: 2 "Phase 1", 1 "1. Foundations", 0 none
	word    string // before its ordinal, in lower case: "phase"
	phase   int    // index into List.Phases plus one; 0 before its first child
}

// headings are those that the place in the document lies below, outermost
// first.
type headings struct {
	open []*head
	none head // stands for the lack of one
}

func (h *headings) enter(b *block) {
	for len(h.open) > 0 && h.open[len(h.open)-1].level >= b.level {
		h.open = h.open[:len(h.open)-1]
	}
	name := plain(b.text)
	ordinal, rank, word := ordinalOf(name)
	h.open = append(h.open, &head{level: b.level, name: name, ordinal: ordinal, rank: rank, word: word})
}

// phase is the index of the phase that a child at this place belongs to: that
// of the outermost heading that says "Phase 1" or the like, else of the
// outermost numbered one, else of the innermost. So a note's or a theme's
// heading inside a phase does not take children out of the order. "Phase 2" a
// level below "Phase 1" is the next phase all the same.
func (h *headings) phase(list *List) int {
	at := &h.none
	for _, head := range h.open {
		switch {
		case head.rank > at.rank, head.rank == 0 && at.rank == 0, head.rank == 2 && head.word == at.word:
			at = head
		}
	}
	if at.phase == 0 {
		list.Phases = append(list.Phases, Phase{Name: at.name, Ordinal: at.ordinal, HasOrdinal: at.rank > 0})
		at.phase = len(list.Phases)
	}
	return at.phase - 1
}

var (
	spokenOrdinal = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)^(phase|wave|stage|step|milestone|sprint|part|iteration|round|batch)[\s#:_-]*` +
			`(\d{1,6}|[ivx]{1,6}|one|two|three|four|five|six|seven|eight|nine|ten)(?:$|[^\pL\pN_])`)
	})
	numberedOrdinal = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\d{1,6})(?:[.):]\s|\s*[-–—:]\s)`)
	})
	numerals = map[string]int{
		"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
		"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10,
		"xi": 11, "xii": 12, "xiii": 13, "xiv": 14, "xv": 15, "xvi": 16, "xvii": 17, "xviii": 18, "xix": 19, "xx": 20,
	}
)

// ordinalOf reads the ordinal of a heading: "Phase 1: Foundations", "Wave 2",
// "Phase II", "Stage three", "1. Foundations". Symbols before it do not count.
// Of "Phase 1.5" the whole part counts.
func ordinalOf(name string) (ordinal, rank int, word string) {
	name = strings.TrimLeftFunc(name, func(r rune) bool { return !isWord(r) })
	if m := spokenOrdinal().FindStringSubmatch(name); m != nil {
		word = strings.ToLower(m[1])
		if n, ok := numerals[strings.ToLower(m[2])]; ok {
			return n, 2, word
		}
		if n, err := strconv.Atoi(m[2]); err == nil {
			return n, 2, word
		}
	}
	if m := numberedOrdinal().FindStringSubmatch(name); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n, 1, ""
		}
	}
	return 0, 0, ""
}
