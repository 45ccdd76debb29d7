package tui

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
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
// is not, a key that no terminal sends, a key that would mean two things in one
// place, whatever but a plain letter or sign that would send, and what would take
// enter from cancelling or ctrl-c from quitting.
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
		for _, key := range keys {
			if !knownKey(key) {
				errs = append(errs, fmt.Errorf("keys: %s: there is no key %q; \"core dev keys\" shows how keys are written", name, key))
			}
		}
	}
	for name := range rebound {
		if !known[name] {
			errs = append(errs, fmt.Errorf("keys: there is no %q; \"core dev keys\" lists what can be bound", name))
		}
	}
	if len(rebound) > 0 {
		errs = append(errs, unsafe(table)...)
		errs = append(errs, clashes(table)...)
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return table, errors.Join(errs...)
}

// unsafe is what the table binds that no configuration may.
func unsafe(table []binding) []error {
	var errs []error
	refuse := func(format string, args ...any) { errs = append(errs, fmt.Errorf("keys: "+format, args...)) }
	plans := map[string]string{} // by key: which verb it plans
	for _, b := range table {
		switch b.want.(type) {
		case planFor, planFit, leaveOut:
			for _, key := range b.keys {
				plans[key] = b.action()
			}
		}
	}
	for _, b := range table {
		name := b.action()
		switch {
		case b.want == (approve{}):
			for _, key := range b.keys {
				if !plainKey(key) {
					refuse("%s may not be %s: only a letter, a figure or a sign sends, alone", name, key)
				} else if verb, ok := plans[key]; ok {
					refuse("%s may not be %s, which means %s: held down it would plan and send", name, key, verb)
				}
			}
		case b.want == (cancel{}):
			if !slices.Contains(b.keys, "enter") {
				refuse("%s must keep enter: there it only ever cancels", name)
			}
		case b.scope == inPreview || b.scope == inQuestion:
			for _, key := range b.keys {
				if base := key[strings.LastIndex(key, "+")+1:]; base == "enter" {
					refuse("%s may not be %s: there enter only ever cancels", name, key)
				}
			}
		case b.want == (interrupt{}) && !slices.Contains(b.keys, "ctrl+c"):
			refuse("%s must keep ctrl+c: it quits from anywhere", name)
		}
	}
	return errs
}

// namedKeys are the keys that are written by a name, besides f1 to f63.
var namedKeys = []string{"enter", "tab", "backspace", "esc", "space", "up", "down", "left", "right", "begin", "find", "insert", "delete", "select", "pgup", "pgdown", "home", "end"}

// modifiers are written before a key, in this order.
var modifiers = []string{"ctrl", "alt", "shift", "meta", "hyper", "super"}

// plainKey tells whether a key is one that types a visible rune, without a modifier
// that is written.
func plainKey(key string) bool {
	r, n := utf8.DecodeRuneInString(key)
	return n == len(key) && n > 0 && r != utf8.RuneError && r != ' ' && unicode.IsPrint(r)
}

// knownKey tells whether a terminal sends a key of that name. What shift makes of a
// letter is written as that letter.
func knownKey(key string) bool {
	if plainKey(key) {
		return true
	}
	rest, others := key, false
	for _, m := range modifiers {
		after, ok := strings.CutPrefix(rest, m+"+")
		if !ok {
			continue
		}
		rest = after
		others = others || m != "shift"
	}
	if plainKey(rest) {
		return others && rest == strings.ToLower(rest)
	}
	if f, ok := strings.CutPrefix(rest, "f"); ok {
		n, err := strconv.Atoi(f)
		return err == nil && n >= 1 && n <= 63 && strconv.Itoa(n) == f
	}
	return slices.Contains(namedKeys, rest)
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
