package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Key is one line of the key table, as "core dev keys" prints it.
type Key struct {
	Name    string   `json:"name"` // as the configuration names it: "audit", "preview-send"
	Where   string   `json:"where"`
	Keys    []string `json:"keys"`
	Help    string   `json:"help"`    // empty: the same as the line above, the other way round
	Command string   `json:"command"` // the same on the command line; empty: there is none
}

// Keys is the key table with what the configuration binds otherwise.
func Keys(rebound map[string][]string) ([]Key, error) {
	list, err := bound(rebound)
	if err != nil {
		return nil, err
	}
	var out []Key
	for _, b := range list {
		out = append(out, Key{b.action(), scopeNames[b.scope], b.keys, b.help, b.cli})
	}
	return out, nil
}

// action is what the configuration calls it: its name, in the panes; elsewhere with
// where that is.
func (b *binding) action() string {
	if b.scope == inPanes {
		return b.name
	}
	return scopeNames[b.scope] + "-" + b.name
}

// bound is the key table with what is bound otherwise. It refuses a name that there
// is not, a key that would mean two things in one place, a ctrl key or enter that
// would send, and an enter in the preview that would not cancel.
func bound(rebound map[string][]string) ([]binding, error) {
	table := slices.Clone(keyTable)
	known := map[string]bool{}
	var errs []error
	for k := range table {
		b := &table[k]
		name := b.action()
		known[name] = true
		keys, ok := rebound[name]
		if !ok {
			continue
		}
		if len(keys) == 0 {
			errs = append(errs, fmt.Errorf("keys: %s is bound to no key", name))
			continue
		}
		b.keys = keys
		if b.want == (approve{}) {
			for _, key := range keys {
				if key == "enter" || strings.Contains(key, "ctrl+") || strings.Contains(key, "alt+") {
					errs = append(errs, fmt.Errorf("keys: %s may not be %s: enter only ever cancels, and no ctrl or alt key writes", name, key))
				}
			}
		}
	}
	for name := range rebound {
		if !known[name] {
			errs = append(errs, fmt.Errorf("keys: there is no %q; \"core dev keys\" lists what can be bound", name))
		}
	}
	if len(rebound) > 0 {
		errs = append(errs, clashes(table)...)
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return table, errors.Join(errs...)
}

// clashes are the keys that mean two things in one place. Two lines that share
// their keys in the table itself do so on purpose: only one of them ever applies.
func clashes(table []binding) []error {
	together := map[[2]string]bool{}
	for i, a := range keyTable {
		for _, b := range keyTable[i+1:] {
			if a.scope == b.scope && slices.ContainsFunc(a.keys, func(k string) bool { return slices.Contains(b.keys, k) }) {
				together[[2]string{a.name, b.name}] = true
			}
		}
	}
	var errs []error
	for i, a := range table {
		for _, b := range table[i+1:] {
			if a.scope != b.scope && a.scope != anywhere && b.scope != anywhere || together[[2]string{a.name, b.name}] {
				continue
			}
			for _, k := range a.keys {
				if slices.Contains(b.keys, k) {
					errs = append(errs, fmt.Errorf("keys: %s means both %s and %s", k, a.action(), b.action()))
				}
			}
		}
	}
	return errs
}
