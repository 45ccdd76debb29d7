package checklist

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// ErrNoPlace says that a body has no place where a child could be added
// without changing the meaning of what stands there.
var ErrNoPlace = errors.New("cannot be added to the checklist without changing the rest of the body")

// New is a child to be added.
type New struct {
	Reference
	Title string // one line, harmless already
	// Phase is the heading it goes under, as text without number signs: the
	// phase of that name, else the one of that ordinal, else a new one: before
	// the first of a higher ordinal, else behind the last. Empty: among the
	// children without a heading.
	Phase string
}

// Add returns body with a line "- [ ] #12 - Title" for each child that is not
// on the checklist yet, at the end of its phase's children, in the order given.
// Where the phase is missing it is made where its ordinal has it, else behind the
// last one, before "Acceptance Criteria" and before a closing line of hidden text. Every other byte stays as
// it is, the line ends in use are kept, and every item and heading there was
// means what it meant; where that cannot be had, the error wraps ErrNoPlace.
// Where nothing is to be added, body itself is returned. home, its owner and
// repository, is what a bare #12 in the body belongs to.
func Add(body []byte, home Reference, children []New) ([]byte, error) {
	known := Parse(body).Children
	missing := make([]New, 0, len(children))
	for _, c := range children {
		there := slices.ContainsFunc(known, func(k Child) bool { return k.reference().at(home).Same(c.at(home)) }) ||
			slices.ContainsFunc(missing, func(m New) bool { return m.at(home).Same(c.at(home)) })
		if !there {
			missing = append(missing, c)
		}
	}
	for len(missing) > 0 {
		phase := missing[0].Phase
		group := slices.DeleteFunc(slices.Clone(missing), func(c New) bool { return c.Phase != phase })
		missing = slices.DeleteFunc(missing, func(c New) bool { return c.Phase == phase })
		next, err := addTo(body, strings.Join(strings.Fields(phase), " "), group)
		if err != nil {
			return nil, err
		}
		body = next
	}
	return body, nil
}

// Has tells whether a body's checklist names the issue.
func Has(body []byte, home, ref Reference) bool {
	return slices.ContainsFunc(Parse(body).Children, func(k Child) bool { return k.reference().at(home).Same(ref.at(home)) })
}

// at fills in what a bare reference leaves out.
func (r Reference) at(home Reference) Reference {
	if r.Repo == "" {
		r.Owner, r.Repo = home.Owner, home.Repo
	}
	return r
}

// mostPlaces is how many places are tried: each costs a reading of the body.
const mostPlaces = 16

func addTo(body []byte, phase string, group []New) ([]byte, error) {
	page := readPage(body)
	for k, p := range page.places(phase) {
		if k == mostPlaces {
			break
		}
		if next := page.insert(p, group); page.holds(next, p, group) {
			return next, nil
		}
	}
	return nil, fmt.Errorf("%s %w", group[0].Reference, ErrNoPlace)
}

// page is a body with what is known of its lines.
type page struct {
	body   []byte
	list   List
	blocks []*block
	starts []int // of each line, and the body's length
	eol    string
}

func readPage(body []byte) page {
	p := page{body: body, list: Parse(body), blocks: outline(body), eol: "\n"}
	for at := 0; at < len(body); {
		p.starts = append(p.starts, at)
		n := bytes.IndexAny(body[at:], "\r\n")
		if n < 0 {
			break
		}
		end := at + n + 1
		if body[end-1] == '\r' && end < len(body) && body[end] == '\n' {
			end++
		}
		if at == 0 {
			p.eol = string(body[at+n : end])
		}
		at = end
	}
	p.starts = append(p.starts, len(body))
	return p
}

// line is the n-th line, from 1, with its end; empty past the last.
func (p page) line(n int) []byte {
	if n < 1 || n >= len(p.starts) {
		return nil
	}
	return p.body[p.starts[n-1]:p.starts[n]]
}

func (p page) isBlank(n int) bool { return len(bytes.TrimSpace(p.line(n))) == 0 }

// place is where items may go: behind a line, perhaps with a heading of their own.
type place struct {
	after  int    // line
	level  int    // of the heading to be made; 0: none
	name   string // the phase's
	marker byte
	apart  bool // a blank line before them
}

// places are those where items of the phase may go, the best first.
func (p page) places(name string) []place {
	phase := p.phase(name)
	if phase < 0 {
		return p.openings(name)
	}
	var last *block
	out := []place{}
	for _, c := range p.list.Children {
		if c.PhaseIndex == phase {
			last = p.item(c)
		}
	}
	name = p.list.Phases[phase].Name
	for b := last; b != nil; b = b.parent {
		if b.kind == item {
			marker := b.marker
			if marker != '*' && marker != '+' {
				marker = '-'
			}
			out = append(out, place{after: b.end, name: name, marker: marker}, place{after: b.end, name: name, marker: '-', apart: true})
		}
	}
	return out
}

// phase is the phase of that name, or of that ordinal; -1: there is none.
func (p page) phase(name string) int {
	at := slices.IndexFunc(p.list.Phases, func(x Phase) bool { return strings.EqualFold(x.Name, name) })
	if ordinal, rank, _ := ordinalOf(name); at < 0 && rank > 0 {
		at = slices.IndexFunc(p.list.Phases, func(x Phase) bool { return x.HasOrdinal && x.Ordinal == ordinal })
	}
	return at
}

func (p page) item(c Child) *block {
	at := slices.IndexFunc(p.blocks, func(b *block) bool { return b.kind == item && b.task && b.box == c.Offset })
	if at < 0 {
		return nil
	}
	return p.blocks[at]
}

var (
	acceptance = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)^acceptance\s+criteria`) })
	hiddenLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^<!--.*-->\s*$`) })
)

// openings are the places for the first item of a phase: below its heading
// where that stands there without one, else below a heading made for it.
func (p page) openings(name string) []place {
	var out []place
	level, from := 3, 0
	for _, c := range p.list.Children {
		if b := p.item(c); b != nil {
			from = max(from, b.end)
		}
	}
	end := len(p.starts) - 1 // behind the last line, before a closing hidden one
	for end > 0 && p.isBlank(end) {
		end--
	}
	if end > 0 && hiddenLine().Match(p.line(end)) {
		for end--; end > 0 && p.isBlank(end); end-- {
		}
	}
	ordinal, rank, _ := ordinalOf(name)
	var last *block // heading of the last phase
	for _, b := range p.blocks {
		if b.kind != heading || b.parent.kind != document {
			continue
		}
		title := plain(b.text)
		if name != "" && strings.EqualFold(title, name) {
			out = append(out, place{after: b.end, name: title, marker: '-', apart: true})
		}
		at := slices.IndexFunc(p.list.Phases, func(x Phase) bool { return x.Name != "" && x.Name == title })
		if at >= 0 && rank > 0 && p.list.Phases[at].HasOrdinal && p.list.Phases[at].Ordinal > ordinal {
			out = append(out, place{after: b.line - 1, name: name, marker: '-', apart: true, level: b.level})
			rank = 0 // before the first of them
		}
		switch {
		case at >= 0:
			last, level = b, b.level
		case from == 0 && acceptance().MatchString(title):
			out = append(out, place{after: b.line - 1, name: name, marker: '-', apart: true, level: headed(name, level)})
		case last != nil && b.line > from && (b.level <= level || acceptance().MatchString(title)):
			out = append(out, place{after: b.line - 1, name: name, marker: '-', apart: true, level: headed(name, level)})
			last = nil
		}
	}
	out = append(out, place{after: end, name: name, marker: '-', apart: true, level: headed(name, level)})
	if from > 0 {
		out = append(out, place{after: from, name: name, marker: '-', apart: true, level: headed(name, level)})
	}
	return out
}

func headed(name string, level int) int {
	if name == "" {
		return 0
	}
	return level
}

// insert puts the lines of the group there.
func (p page) insert(at place, group []New) []byte {
	for at.after > 0 && at.apart && p.isBlank(at.after) && p.isBlank(at.after-1) {
		at.after-- // of several blank lines, behind the first
	}
	var text strings.Builder
	if at.after > 0 && !bytes.ContainsAny(p.line(at.after), "\r\n") {
		text.WriteString(p.eol)
	}
	if at.apart && at.after > 0 && !p.isBlank(at.after) {
		text.WriteString(p.eol)
	}
	if at.level > 0 {
		text.WriteString(strings.Repeat("#", at.level) + " " + at.name + p.eol + p.eol)
	}
	for _, c := range group {
		text.WriteString(string(at.marker) + " [ ] " + c.Reference.String())
		if title := strings.Join(strings.Fields(c.Title), " "); title != "" {
			text.WriteString(" - " + title)
		}
		text.WriteString(p.eol)
	}
	if at.apart && p.line(at.after+1) != nil && !p.isBlank(at.after+1) {
		text.WriteString(p.eol)
	}
	pos := p.starts[at.after]
	lines := text.String()
	if pos == len(p.body) && len(p.body) > 0 && !bytes.ContainsAny(p.body[len(p.body)-1:], "\r\n") {
		lines = strings.TrimSuffix(lines, p.eol) // it ended without a line end, and still does
	}
	return slices.Concat(p.body[:pos], []byte(lines), p.body[pos:])
}

// holds tells whether next is the page with the group in its phase and nothing
// else another: every item and heading, and every child in its phase.
func (p page) holds(next []byte, at place, group []New) bool {
	after := readPage(next)
	added := map[int]bool{} // offsets of their boxes
	var rest []Child
	for _, c := range after.list.Children {
		if len(added) < len(group) && c.reference().Same(group[len(added)].Reference) && c.Phase == at.name && !c.Checked {
			added[c.Offset] = true
			continue
		}
		rest = append(rest, c)
	}
	if len(added) != len(group) || len(rest) != len(p.list.Children) || after.list.Items != p.list.Items+len(group) || after.list.Checked != p.list.Checked {
		return false
	}
	for k, c := range rest {
		was := p.list.Children[k]
		if c.reference() != was.reference() || c.Checked != was.Checked || c.Phase != was.Phase || c.Text != was.Text || next[c.Offset-1] != '[' {
			return false
		}
	}
	blocks := slices.DeleteFunc(slices.Clone(after.blocks), func(b *block) bool {
		return b.task && added[b.box] && b.end == b.line // one line, and nothing taken in
	})
	made := at.level > 0
	for _, was := range p.blocks {
		if len(blocks) > 0 && made && !was.like(blocks[0]) && blocks[0].kind == heading && plain(blocks[0].text) == at.name {
			blocks, made = blocks[1:], false
		}
		if len(blocks) == 0 || !was.like(blocks[0]) {
			return false
		}
		blocks = blocks[1:]
	}
	return len(blocks) == 0 || made && len(blocks) == 1 && blocks[0].kind == heading && plain(blocks[0].text) == at.name
}

// like tells whether two blocks of an outline mean the same.
func (b *block) like(o *block) bool {
	return b.kind == o.kind && b.level == o.level && b.task == o.task && b.ticked == o.ticked &&
		bytes.Equal(b.ownText(), o.ownText()) && bytes.Equal(bytes.TrimSpace(b.text), bytes.TrimSpace(o.text)) &&
		b.parent.kind == o.parent.kind && b.height() == o.height()
}

// height is how many lines a block and what is below it take, blank ones inside included.
func (b *block) height() int { return b.end - b.line }
