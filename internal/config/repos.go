package config

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"github.com/dappcore/core-dev/inventory"
)

// Repo is one entry of inventory.yaml. What is empty there is empty here.
type Repo struct {
	Ref           inventory.RepoRef // Owner is empty where nothing says whose it is
	DefaultBranch string
	Tier          int // 1 to 4; 0 with TierSet: none
	TierSet       bool
	Language      string
	Agent         string
	CI            string // none, actions or other
	Line          int    // in inventory.yaml, from 1; 0: not from there
}

// Rule is what the inventory has to know of the entry.
func (r Repo) Rule() inventory.RepoRule {
	return inventory.RepoRule{Ref: r.Ref, Tier: r.Tier, TierSet: r.TierSet, Language: r.Language, Agent: r.Agent, CI: r.CI}
}

// ciWords say what gates a merge: nothing but reviews, GitHub Actions, or
// another service that reports checks or statuses.
var ciWords = []string{"actions", "none", "other"}

var repoFields = []string{"name", "default_branch", "tier", "language", "agent", "ci"}

// ReadInventory reads inventory.yaml, in its order; a missing file is an empty
// one. owner is whose the repositories written without an owner are.
func ReadInventory(dir Dir, owner string) ([]Repo, error) {
	if !dir.Exists() {
		return nil, nil
	}
	doc, err := readDocument(dir.File(InventoryFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list, err := inventoryOf(doc, owner)
	return list.repos, err
}

// repoList is a parsed inventory.yaml: the entries, and their places in the tree.
type repoList struct {
	repos []Repo
	nodes []ast.Node            // the mapping of each entry
	key   *ast.MappingValueNode // of `repos:`; nil: the file has none
}

func inventoryOf(doc *document, owner string) (repoList, error) {
	var l repoList
	for _, e := range doc.root {
		name, err := doc.key(e)
		if err != nil {
			return l, err
		}
		if name != "repos" {
			return l, doc.errorAt(e.Key.GetToken(), fmt.Sprintf("there is no key %q", name), "the file holds one list, repos:")
		}
		l.key = e
		items, err := doc.sequence(e.Value, "repos")
		if err != nil {
			return l, err
		}
		first := map[string]int{}
		for _, item := range items {
			r, err := readRepo(doc, item, owner)
			if err != nil {
				return l, err
			}
			if at, ok := first[r.Ref.Key()]; ok {
				return l, newFileError(doc.path, doc.data, r.Line, 0, fmt.Sprintf("%s is listed twice, on lines %d and %d", r.Ref, at, r.Line), "keep one of them")
			}
			first[r.Ref.Key()] = r.Line
			l.repos, l.nodes = append(l.repos, r), append(l.nodes, item)
		}
	}
	return l, nil
}

// readRepo reads one entry of `repos:`.
func readRepo(doc *document, item ast.Node, owner string) (Repo, error) {
	r := Repo{Line: line(item)}
	if s, ok := item.(*ast.StringNode); ok {
		return r, doc.errorAt(begin(item), "a repository is a mapping, found text", "write - name: "+plainOrQuoted(s.Value))
	}
	fields, err := doc.mapping(item, "a repository")
	if err != nil {
		return r, err
	}
	for _, f := range fields {
		if err := r.field(doc, f, owner); err != nil {
			return r, err
		}
	}
	if r.Ref.IsZero() {
		return r, doc.errorAt(begin(item), "a repository has no name", "add name: NAME, or name: OWNER/NAME")
	}
	return r, nil
}

func (r *Repo) field(doc *document, f *ast.MappingValueNode, owner string) error {
	key, err := doc.key(f)
	if err != nil {
		return err
	}
	if !slices.Contains(repoFields, key) {
		return doc.errorAt(f.Key.GetToken(), fmt.Sprintf("a repository has no key %q", key), "there are "+strings.Join(repoFields, ", "))
	}
	fail := func(message string) error { return doc.errorAt(begin(f.Value), message, "") }
	if key == "tier" {
		if r.Tier, err = doc.tier(f.Value); err != nil {
			return err
		}
		r.TierSet = true
		return nil
	}
	s, err := doc.text(f.Value, key)
	if err != nil {
		return err
	}
	switch key {
	case "name":
		r.Line = line(f.Key)
		if r.Ref, err = parseRepo(s, owner); err != nil {
			return fail(err.Error())
		}
	case "default_branch":
		if r.DefaultBranch = s; !isBranch(s) || strings.Contains(s, "..") || strings.HasSuffix(s, "/") {
			return fail(fmt.Sprintf("%q is not the name of a branch", s))
		}
	case "language":
		if r.Language = s; checkName(s) != nil {
			return fail(fmt.Sprintf("%q is not the name of a language", s))
		}
	case "agent":
		r.Agent, err = s, checkAgentName(s)
		if err != nil {
			return fail(err.Error())
		}
	case "ci":
		if r.CI = s; !slices.Contains(ciWords, s) {
			return fail(fmt.Sprintf("ci %q is not known: write one of %s", s, strings.Join(ciWords, ", ")))
		}
	}
	return nil
}

// tier reads 1 to 4, or none (0).
func (d *document) tier(n ast.Node) (int, error) {
	if s, ok := n.(*ast.StringNode); ok && s.Value == "none" {
		return 0, nil
	}
	if i, ok := n.(*ast.IntegerNode); ok {
		if t, err := strconv.Atoi(i.GetToken().Value); err == nil && t >= 1 && t <= 4 {
			return t, nil
		}
	}
	return 0, d.errorAt(n.GetToken(), "a tier is 1, 2, 3, 4 or none", "delete the line to have it computed")
}

// isBranch is what git and GitHub take for a branch, less what a shell or a
// reader could trip over: letters, digits and a few signs, 250 characters at
// most, not beginning with - or /.
func isBranch(s string) bool {
	n := 0
	for _, c := range s {
		n++
		if !unicode.IsLetter(c) && !unicode.IsNumber(c) && !strings.ContainsRune("_@+=.#%", c) && (n == 1 || c != '/' && c != '-') {
			return false
		}
	}
	return n >= 1 && n <= 250 && utf8.ValidString(s)
}

// parseRepo reads "name" or "owner/name"; without any owner the name alone
// stands, which is enough to read the log by.
func parseRepo(text, owner string) (inventory.RepoRef, error) {
	if owner != "" || strings.Contains(text, "/") {
		return inventory.ParseRepo(text, owner)
	}
	r, err := inventory.ParseRepo(text, "x")
	return inventory.RepoRef{Name: r.Name}, err
}
