package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/dappcore/core-dev/inventory"
)

// Edit is a change of inventory.yaml: AddRepo or EnterTier.
type Edit struct {
	add  *Repo
	ref  inventory.RepoRef
	tier int
}

// AddRepo appends a repository; one that is listed already is left as it is.
func AddRepo(r Repo) Edit { return Edit{add: &r} }

// EnterTier gives a listed repository its tier, 1 to 4, or 0 for none; a tier
// that is there is kept, since a person may have chosen it.
func EnterTier(ref inventory.RepoRef, tier int) Edit { return Edit{ref: ref, tier: tier} }

// EditInventory applies edits to inventory.yaml and tells whether anything
// changed. Comments, order, spacing and line ends stay as they are: only the
// bytes of the edits are put in, and the result is read back and compared
// before it replaces the file. owner is as for ReadInventory.
func EditInventory(dir Dir, owner string, edits ...Edit) (changed bool, err error) {
	if !dir.Exists() {
		return false, dir.Writable()
	}
	path := dir.File(InventoryFile)
	err = locked(dir, func() error {
		was, err := os.ReadFile(path)
		missing := errors.Is(err, fs.ErrNotExist)
		if missing {
			was = []byte(inventoryHeader)
		} else if err != nil {
			return err
		}
		now, err := editInventory(path, was, owner, edits)
		if err != nil {
			return err
		}
		if changed = !bytes.Equal(was, now); !changed {
			return nil
		}
		if missing {
			return createFile(path, now)
		}
		return replaceFile(path, was, now)
	})
	return changed && err == nil, err
}

// editInventory is the file's bytes with the edits made.
func editInventory(path string, was []byte, owner string, edits []Edit) ([]byte, error) {
	doc, err := parseDocument(path, was)
	if err != nil {
		return nil, err
	}
	list, err := inventoryOf(doc, owner)
	if err != nil {
		return nil, err
	}
	e := editor{doc: doc, list: list, owner: owner, want: slices.Clone(list.repos), starts: lineStarts(was), eol: lineEnd(was)}
	for _, edit := range edits {
		if edit.add != nil {
			e.addRepo(*edit.add)
		} else if err := e.enterTier(edit); err != nil {
			return nil, err
		}
	}
	now := e.apply()
	if err := e.verify(now); err != nil {
		return nil, err
	}
	return now, nil
}

// splice replaces the bytes from at to end by text.
type splice struct {
	at, end int
	text    string
}

type editor struct {
	doc     *document
	list    repoList
	owner   string
	want    []Repo // what the edited file must say
	starts  []int  // offset of each line
	eol     string
	added   []Repo
	splices []splice
}

func (e *editor) addRepo(r Repo) {
	for _, w := range e.want {
		if w.Ref.Same(r.Ref) {
			return
		}
	}
	e.added, e.want = append(e.added, r), append(e.want, r)
}

func (e *editor) enterTier(edit Edit) error {
	at := slices.IndexFunc(e.want, func(r Repo) bool { return r.Ref.Same(edit.ref) })
	if at < 0 {
		return fmt.Errorf("%s: %s is not listed, so it has no tier: add it first", e.doc.path, edit.ref)
	}
	r := &e.want[at]
	if r.TierSet {
		return nil
	}
	r.Tier, r.TierSet = edit.tier, true
	if at >= len(e.list.nodes) { // added by an edit before this one
		for i := range e.added {
			if e.added[i].Ref.Same(edit.ref) {
				e.added[i] = *r
			}
		}
		return nil
	}
	word := tierWord(edit.tier)
	node := e.list.nodes[at]
	fields, err := e.doc.mapping(node, "a repository")
	if err != nil {
		return err
	}
	var name *ast.MappingValueNode
	for _, f := range fields {
		if key, _ := e.doc.key(f); key == "name" {
			name = f
		}
	}
	_, after := e.span(name.Value.GetToken())
	text := ", tier: " + word
	if m, ok := node.(*ast.MappingNode); !ok || !m.IsFlowStyle {
		after = e.lineEndAt(after)
		text = e.eol + strings.Repeat(" ", column(name.Key)-1) + "tier: " + word
	}
	e.splices = append(e.splices, splice{after, after, text})
	return nil
}

func tierWord(tier int) string {
	if tier == 0 {
		return "none"
	}
	return fmt.Sprint(tier)
}

// apply puts the added repositories and the splices into the file's bytes.
func (e *editor) apply() []byte {
	if len(e.added) > 0 {
		e.placeAdded()
	}
	slices.SortStableFunc(e.splices, func(a, b splice) int { return cmp.Compare(a.at, b.at) })
	var out []byte
	from := 0
	for _, s := range e.splices {
		out = append(append(out, e.doc.data[from:s.at]...), s.text...)
		from = s.end
	}
	return append(out, e.doc.data[from:]...)
}

// placeAdded decides where the new entries go, by how the list is written.
func (e *editor) placeAdded() {
	data := e.doc.data
	end := len(data)
	if e.list.key == nil { // no `repos:` yet
		text := "repos:" + e.eol + e.block("  ")
		if end > 0 && data[end-1] != '\n' {
			text = e.eol + text
		}
		e.splices = append(e.splices, splice{end, end, text})
		return
	}
	seq, _ := e.list.key.Value.(*ast.SequenceNode)
	indent := "  "
	var after int
	switch {
	case seq == nil: // `repos:` alone
		_, after = e.span(e.list.key.Key.GetToken())
	case seq.IsFlowStyle && len(seq.Values) > 0:
		at := e.offset(seq.End.Position)
		e.splices = append(e.splices, splice{at, at, ", " + e.flow()})
		return
	case seq.IsFlowStyle: // `repos: []`
		start, stop := e.offset(seq.Start.Position), e.offset(seq.End.Position)+1
		e.splices = append(e.splices, splice{start, stop, ""})
		after = stop
	default:
		indent = strings.Repeat(" ", seq.Start.Position.Column-1)
		after = e.starts[min(lastLine(seq), len(e.starts))-1]
	}
	after = e.lineEndAt(after)
	text := e.eol + strings.TrimSuffix(e.block(indent), e.eol)
	if after == end {
		text += e.eol
	}
	e.splices = append(e.splices, splice{after, after, text})
}

// fields of an entry as they are written, those without value left out.
func (e *editor) fields(r Repo) []string {
	name := r.Ref.String()
	if e.owner != "" && strings.EqualFold(r.Ref.Owner, e.owner) {
		name = r.Ref.Name
	}
	out := []string{"name: " + plainOrQuoted(name)}
	add := func(key, text string) {
		if text != "" {
			out = append(out, key+": "+plainOrQuoted(text))
		}
	}
	add("default_branch", r.DefaultBranch)
	if r.TierSet {
		out = append(out, "tier: "+tierWord(r.Tier))
	}
	add("language", r.Language)
	add("agent", r.Agent)
	if r.CI != "" {
		out = append(out, "ci: "+r.CI)
	}
	return out
}

func (e *editor) block(indent string) string {
	var b strings.Builder
	for _, r := range e.added {
		b.WriteString(indent + "- " + strings.Join(e.fields(r), e.eol+indent+"  ") + e.eol)
	}
	return b.String()
}

func (e *editor) flow() string {
	items := make([]string, len(e.added))
	for i, r := range e.added {
		items[i] = "{" + strings.Join(e.fields(r), ", ") + "}"
	}
	return strings.Join(items, ", ")
}

// verify reads the edited file back: it must say exactly what was wanted.
func (e *editor) verify(now []byte) error {
	failed := func(why string) error {
		return fmt.Errorf("%s is written in a way that cannot be edited safely (%s), and was left as it is: edit it by hand", e.doc.path, why)
	}
	doc, err := parseDocument(e.doc.path, now)
	if err != nil {
		return failed(firstLine(err.Error()))
	}
	got, err := inventoryOf(doc, e.owner)
	if err != nil {
		return failed(firstLine(err.Error()))
	}
	strip := func(list []Repo) []Repo {
		out := slices.Clone(list)
		for i := range out {
			out[i].Line = 0
		}
		return out
	}
	if !reflect.DeepEqual(strip(got.repos), strip(e.want)) {
		return failed("the result would not say what was asked")
	}
	return nil
}

// offset is where a token stands in the file, in bytes.
func (e *editor) offset(p *token.Position) int {
	if p.Line < 1 || p.Line > len(e.starts) {
		return len(e.doc.data)
	}
	at := e.starts[p.Line-1]
	if p.Line == 1 && bytes.HasPrefix(e.doc.data, byteOrderMark) {
		at += len(byteOrderMark)
	}
	for range p.Column - 1 {
		if at >= len(e.doc.data) {
			break
		}
		at++
		for at < len(e.doc.data) && e.doc.data[at]&0xC0 == 0x80 { // the rest of the character
			at++
		}
	}
	return at
}

// span is the bytes a scalar takes in the file, its quotes included.
func (e *editor) span(tk *token.Token) (start, end int) {
	start = e.offset(tk.Position)
	end = start + len(tk.Value)
	if start < len(e.doc.data) && (e.doc.data[start] == '"' || e.doc.data[start] == '\'') {
		end += 2
	}
	return start, min(end, len(e.doc.data))
}

// lineEndAt is the end, before its line break, of the line that holds an offset.
func (e *editor) lineEndAt(at int) int {
	if i := bytes.IndexAny(e.doc.data[at:], "\r\n"); i >= 0 {
		return at + i
	}
	return len(e.doc.data)
}

func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, c := range data {
		if c == '\n' || c == '\r' && (i+1 == len(data) || data[i+1] != '\n') {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// lineEnd is the line break a file uses.
func lineEnd(data []byte) string {
	if bytes.Contains(data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

func column(n ast.Node) int { return n.GetToken().Position.Column }

// lastLine is the last line, from 1, that a node's tokens stand on.
func lastLine(n ast.Node) int {
	last := line(n)
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			last = max(last, lastLine(v))
		}
		if n.End != nil {
			last = max(last, n.End.Position.Line)
		}
	case *ast.MappingValueNode:
		last = max(last, lastLine(n.Key), lastLine(n.Value))
	case *ast.SequenceNode:
		for _, v := range n.Values {
			last = max(last, lastLine(v))
		}
		if n.End != nil {
			last = max(last, n.End.Position.Line)
		}
	}
	return last
}
