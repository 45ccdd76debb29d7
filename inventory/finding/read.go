package finding

import (
	"slices"
	"strings"
)

// Read gives the findings of an audit issue in the order of its body, an empty
// list where there are none. The same title and body always give the same.
func Read(title, body string) []Finding {
	return newReader(normal(body)).read(title)
}

func (r *reader) read(title string) []Finding {
	r.readLegend(r.body)
	r.title = r.titled(title)
	r.subject = subjectOf(title)
	r.group(r.root.kids, context{severity: "", rank: firm})
	return r.settle()
}

func newReader(body string) *reader {
	return &reader{body: body, root: blocks(body), heads: map[*node]headline{}, stated: map[*node]facts{},
		parted: map[run]parted{}, opening: map[run]opener{}, split: map[string][]string{}, rated: map[string]Severity{}, weighed: map[string][]int{},
		seen: map[int]bool{}, mentions: map[string][]Location{}, tidied: map[string]string{}, numbers: map[string]int{}, bags: map[string]bag{}}
}

// rank is how sure a place in the body is to hold findings.
type rank uint8

const (
	firm     rank = iota // by its structure and its words
	loose                // a list or a paragraph that nothing marks
	repeated             // an overview or an action list: only where nothing else is found
)

// context is what stands above a block.
type context struct {
	severity Severity // of the heading above
	trail    string   // the words of the headings above, for the subject
	places   []Location
	held     bool // below a heading such as "Findings", or one that is a severity
	rank     rank
	depth    int
	apart    bool // behind a finding, below its heading
}

// record is a finding before it is settled.
type record struct {
	Finding
	id       string
	rank     rank
	explicit bool   // it has a severity of its own
	trail    string // the words of the headings above
	whole    string // all its text, plain
	kindOf   string // what its fields say of type and category
	size     string // what its fields say of effort
	extent   string // what its fields say of scope
	batch    int    // the list, table or run of headings it came with
	at       int
	apart    bool // it stands behind a finding, below its heading
}

type reader struct {
	body    string
	root    *node
	legend  map[string]Severity
	title   Severity // of the whole audit
	subject string   // the words of the title
	common  Severity // what the body says of all its findings
	records []record
	batch   int
	clean   bool // the body says that nothing was found

	// What became of the body's blocks, for Unread.
	seen    map[int]bool // the starts of the items and tables that were looked at as findings
	covered []cover
	missed  []Severity

	// What was read once and is asked for again.
	heads    map[*node]headline
	stated   map[*node]facts
	parted   map[run]parted
	opening  map[run]opener
	split    map[string][]string // sentences
	rated    map[string]Severity // told
	weighed  map[string][]int    // by subject
	mentions map[string][]Location
	tidied   map[string]string // titles
	numbers  map[string]int    // of words
	bags     map[string]bag    // of titles
}

func (r *reader) titled(title string) Severity {
	t := oneLine(title)
	for _, m := range bracketed.FindAllString(t, 8) {
		if n := inBracket.FindStringSubmatch(m); n != nil {
			return word(n[1])
		}
	}
	if m := adjective.FindStringSubmatch(t); m != nil {
		return word(m[1])
	}
	if m := closing.FindStringSubmatch(t); m != nil {
		return word(m[1])
	}
	if _, rest, ok := strings.Cut(t, ":"); ok {
		if m := opening.FindStringSubmatch(strings.TrimSpace(rest)); m != nil {
			return word(m[1])
		}
	}
	return ""
}

func subjectOf(title string) string { return strings.ToLower(oneLine(stripSigns(title))) }

// settle chooses among what was found, drops what is said twice, and fills in
// what is left to tell.
func (r *reader) settle() []Finding {
	best := repeated
	for _, f := range r.records {
		best = min(best, f.rank)
	}
	if best != firm && r.clean {
		return []Finding{}
	}
	var chosen, spare []record
	for _, f := range r.records {
		if f.rank == best {
			chosen = append(chosen, f)
		} else {
			spare = append(spare, f)
		}
	}
	chosen, again := r.again(r.once(chosen))
	spare = append(spare, again...)
	r.enrich(chosen, spare)
	r.spared(chosen, spare)
	slices.SortStableFunc(chosen, func(a, b record) int { return a.at - b.at })
	out := []Finding{}
	for _, f := range chosen {
		if len(out) == MaxFindings {
			break
		}
		r.classify(&f)
		f.Title, f.Fix = shown(f.Title), r.fix(f)
		out = append(out, f.Finding)
	}
	return out
}
