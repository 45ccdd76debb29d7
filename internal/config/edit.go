package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

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
	err = locked(dir, func() error {
		c, err := ChangeInventory(dir, owner, edits...)
		if err != nil || c.Empty() {
			return err
		}
		changed = true
		return c.write()
	})
	return changed && err == nil, err
}

// ChangeInventory is what EditInventory would do, and does nothing.
func ChangeInventory(dir Dir, owner string, edits ...Edit) (Change, error) {
	return change(dir, InventoryFile, inventoryHeader, func(path string, was []byte) ([]byte, error) {
		return editInventory(path, was, owner, edits)
	})
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
	e := editor{surgery: operate(doc), list: list, owner: owner, want: slices.Clone(list.repos)}
	for _, edit := range edits {
		if edit.add != nil {
			e.addRepo(*edit.add)
		} else if err := e.enterTier(edit); err != nil {
			return nil, err
		}
	}
	if len(e.added) > 0 {
		e.insert(e.list.key, "repos", e.block, e.flow)
	}
	now := e.apply()
	if err := e.verify(now); err != nil {
		return nil, err
	}
	return now, nil
}

type editor struct {
	surgery
	list  repoList
	owner string
	want  []Repo // what the edited file must say
	added []Repo
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
	doc, err := parseDocument(e.doc.path, now)
	if err != nil {
		return e.unsafe(firstLine(err.Error()))
	}
	got, err := inventoryOf(doc, e.owner)
	if err != nil {
		return e.unsafe(firstLine(err.Error()))
	}
	strip := func(list []Repo) []Repo {
		out := slices.Clone(list)
		for i := range out {
			out[i].Line = 0
		}
		return out
	}
	if !reflect.DeepEqual(strip(got.repos), strip(e.want)) {
		return e.unsafe("the result would not say what was asked")
	}
	return nil
}
