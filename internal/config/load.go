package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Sources is what stands above config.yaml.
type Sources struct {
	// Env looks up an environment variable; nil: the process's own.
	Env func(name string) (string, bool)
	// Flags holds the flags that were given: the setting's path
	// ("quiet_period") to its text. Lists are separated by commas.
	Flags map[string]string
}

// Load reads config.yaml of a folder, if there is one, and settles every
// setting: flag, then environment, then config.yaml, then default. The error
// of a wrong value names its source; one of config.yaml is a *FileError.
func Load(dir Dir, src Sources) (*Config, error) {
	doc := &document{}
	if dir.Exists() {
		read, err := readDocument(dir.File(ConfigFile))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		default:
			doc = read
		}
	}
	return load(doc, src)
}

// load settles every setting for a parsed config.yaml; an empty document
// without path stands for none.
func load(doc *document, src Sources) (*Config, error) {
	if src.Env == nil {
		src.Env = os.LookupEnv
	}
	l := loader{doc: doc, src: src, given: map[string]raw{}, names: map[string][]string{}}
	if err := l.entries("", doc.root); err != nil {
		return nil, err
	}
	for _, path := range slices.Sorted(maps.Keys(src.Flags)) {
		if findKey(path) == nil {
			return nil, &SettingError{Origin: Flag(path), Message: fmt.Sprintf("no setting is called %q", path), Hint: suggest(path)}
		}
	}
	c := &Config{}
	if doc.path != "" {
		c.ledgerHost = "github.com"
		if v, ok := l.given["host"]; ok {
			c.ledgerHost = NormalHost(v.text)
		}
		c.fileOrg = l.given["org"].text
	}
	_, c.orgFlag = src.Flags["org"]
	for i := range keyTable {
		k := &keyTable[i]
		if !k.starred() {
			if err := l.settle(c, k, ""); err != nil {
				return nil, err
			}
			continue
		}
		for _, name := range l.namesFor(k) {
			if err := l.settle(c, k, name); err != nil {
				return nil, err
			}
		}
	}
	return c, l.agree(c)
}

type loader struct {
	doc   *document
	src   Sources
	given map[string]raw      // what config.yaml says, by path
	names map[string][]string // the user's names below agents, themes, tokens, keys, in file order
}

// entries walks a mapping of config.yaml below a path prefix.
func (l *loader) entries(prefix string, entries []*ast.MappingValueNode) error {
	for _, e := range entries {
		name, err := l.doc.key(e)
		if err != nil {
			return err
		}
		path := prefix + name
		k, star := findKey(path), groupName(prefix)
		if star == "" && strings.Contains(name, ".") {
			k = nil // caps.repo_share is written as a mapping, not with a dot
		}
		if star != "" && k != nil { // themes.NAME: one of the user's names, a value
			if err := l.name(star, name); err != nil {
				return l.doc.errorAt(e.Key.GetToken(), err.Error(), "")
			}
		}
		if k != nil {
			v, err := l.value(k, path, e.Value)
			if err != nil {
				return err
			}
			l.given[path] = v
			continue
		}
		if !isGroup(path) || star == "" && strings.Contains(name, ".") {
			return l.doc.errorAt(e.Key.GetToken(), fmt.Sprintf("there is no setting %q", path), suggest(path))
		}
		if star == "agents" {
			if err := l.name(star, name); err != nil {
				return l.doc.errorAt(e.Key.GetToken(), err.Error(), "")
			}
		}
		below, err := l.doc.mapping(e.Value, path)
		if err != nil {
			return err
		}
		if err := l.entries(path+".", below); err != nil {
			return err
		}
	}
	return nil
}

// name takes note of one of the user's names below agents, themes, tokens or keys.
func (l *loader) name(group, name string) error {
	check := checkName
	switch group {
	case "agents":
		check = checkAgentName
	case "tokens":
		check = checkOwner
	}
	if err := check(name); err != nil {
		return err
	}
	for _, n := range l.names[group] {
		if strings.EqualFold(n, name) {
			return fmt.Errorf("%s.%s is there already, as %q", group, name, n)
		}
	}
	l.names[group] = append(l.names[group], name)
	return nil
}

// value reads a setting of config.yaml as its row's type.
func (l *loader) value(k *Key, path string, n ast.Node) (raw, error) {
	v := raw{
		origin: fmt.Sprintf("%s:%d", ConfigFile, line(n)),
		fail:   func(message, hint string) error { return l.doc.errorAt(begin(n), path+": "+message, hint) },
	}
	var err error
	switch k.kind {
	case list:
		items, bad := l.doc.sequence(n, path)
		if bad != nil {
			return v, bad
		}
		v.list = []string{}
		for _, item := range items {
			s, bad := l.doc.text(item, "an item of "+path)
			if bad != nil {
				return v, bad
			}
			v.list = append(v.list, s)
		}
	case integer, quota:
		if s, ok := n.(*ast.StringNode); ok && k.kind == quota && s.Value == "team" {
			v.text = s.Value
			break
		}
		var i int
		i, err = l.doc.number(n, path)
		v.text = fmt.Sprint(i)
	case truth:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			return v, l.doc.wrongType(n, path, "true or false")
		}
		v.text = fmt.Sprint(b.Value)
	case duration:
		if _, ok := n.(*ast.IntegerNode); ok {
			return v, v.fail("a duration needs its unit", "write 90s, 2m or 1h30m")
		}
		v.text, err = l.doc.text(n, path)
	default:
		v.text, err = l.doc.text(n, path)
	}
	return v, err
}

// settle decides one setting and puts it into the configuration.
func (l *loader) settle(c *Config, k *Key, name string) error {
	path := k.at(name)
	v, ok := l.override(k, path)
	if !ok {
		v, ok = l.given[path]
	}
	if !ok {
		if v, ok = l.fallback(k, name); !ok {
			return nil
		}
	}
	checked, err := k.accept(v)
	if err != nil {
		return err
	}
	k.set(c, name, checked)
	c.values = append(c.values, Value{Key: path, Value: k.kind.display(v), Origin: v.origin})
	return nil
}

// override is a setting's flag, else its environment variable.
func (l *loader) override(k *Key, path string) (raw, bool) {
	named := func(origin, text string) raw {
		v := raw{text: text, origin: origin, fail: func(message, hint string) error {
			return &SettingError{Origin: origin, Message: visible(maskSecrets(message)), Hint: hint}
		}}
		if k.kind == list {
			v.list = splitList(text)
		}
		return v
	}
	if text, ok := l.src.Flags[path]; ok {
		return named(Flag(path), text), true
	}
	if text, ok := l.src.Env(Env(path)); ok && text != "" {
		return named(Env(path), text), true
	}
	if path == "host" {
		if text, ok := l.src.Env("GH_HOST"); ok && text != "" {
			return named("GH_HOST", text), true
		}
	}
	return raw{}, false
}

func splitList(text string) []string {
	out := []string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// fallback is a setting's default.
func (l *loader) fallback(k *Key, name string) (raw, bool) {
	v := raw{text: k.Default, origin: "default", fail: func(message, _ string) error {
		return fmt.Errorf("default of %s: %s", k.at(name), message)
	}}
	switch {
	case k.Path == "agents.*.label":
		v.text = name
	case k.Path == "agents.*.logins":
		v.list = knownLogins[name]
	case k.Path == "themes.*":
		for _, t := range defaultThemes {
			if t.Name == name {
				v.list = t.Match
			}
		}
	case k.Path == "tokens.*", k.Path == "keys.*":
		return raw{}, false
	case v.text == `""`, v.text == "[]":
		v.text = ""
	}
	return v, true
}

// namesFor lists what a "*" row stands for, in order.
func (l *loader) namesFor(k *Key) []string {
	group, _, _ := strings.Cut(k.Path, ".")
	names := []string{}
	switch group {
	case "agents":
		names = append(names, firstAgent)
	case "themes":
		for _, t := range defaultThemes {
			names = append(names, t.Name)
		}
	}
	for _, n := range l.names[group] {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// accept checks a value's type, bounds and words.
func (k *Key) accept(v raw) (value, error) {
	out := value{text: v.text, list: v.list}
	var err error
	switch k.kind {
	case integer, quota:
		if k.kind == quota && v.text == "team" {
			return out, nil
		}
		if out.n, err = parseInt(v.text); err != nil {
			return out, v.fail(fmt.Sprintf("%q is no whole number", v.text), "")
		}
		if out.n < k.min || out.n > k.max {
			hint := ""
			if k.kind == quota {
				hint = "write team for no quota of its own"
			}
			return out, v.fail(fmt.Sprintf("%d is not between %d and %d", out.n, k.min, k.max), hint)
		}
	case truth:
		out.on, err = parseBool(v.text)
	case duration:
		if out.d, err = parseDuration(v.text); err == nil && out.d.Seconds() > float64(k.max) {
			err = fmt.Errorf("%s is longer than %d s", v.text, k.max)
		} else if err == nil && out.d.Seconds() < float64(k.min) {
			err = fmt.Errorf("%s is shorter than %d s", v.text, k.min)
		}
	case list:
		for _, item := range v.list {
			if k.check != nil && err == nil {
				err = k.check(item)
			}
		}
	default:
		if len(k.Allowed) > 0 && !slices.Contains(k.Allowed, v.text) {
			return out, v.fail(fmt.Sprintf("%q is not known", v.text), "write one of "+strings.Join(k.Allowed, ", "))
		}
		if k.check != nil {
			err = k.check(v.text)
		}
	}
	if err == nil {
		for _, s := range append([]string{v.text}, v.list...) {
			if start, _, what := findSecret(s); start >= 0 {
				return out, v.fail("looks like "+what, "name an environment variable that holds it instead")
			}
		}
		return out, nil
	}
	return out, v.fail(err.Error(), "")
}

// agree checks what no single setting can.
func (l *loader) agree(c *Config) error {
	fail := func(path, message, hint string) error {
		if v, ok := l.override(findKey(path), path); ok {
			return v.fail(message, hint)
		}
		if v, ok := l.given[path]; ok {
			return v.fail(message, hint)
		}
		return &FileError{Path: cmp.Or(l.doc.path, ConfigFile), Message: path + ": " + message, Hint: hint}
	}
	for _, name := range c.StandIns {
		if _, ok := c.Agent(name); !ok {
			return fail("stand_ins", fmt.Sprintf("no agent is called %q", name), "name it under agents:")
		}
	}
	if _, ok := c.Agent(c.DefaultAgent); !ok {
		return fail("default_agent", fmt.Sprintf("no agent is called %q", c.DefaultAgent), "name it under agents:")
	}
	labels := map[string]string{}
	for _, a := range c.Agents {
		if a.Kind == "command" && len(a.Command) == 0 {
			return fail("agents."+a.Name+".kind", "the agent has no command", "add agents."+a.Name+".command: [program, argument]")
		}
		if a.Kind != "label" {
			continue
		}
		if other, ok := labels[strings.ToLower(a.Label)]; ok {
			return fail("agents."+a.Name+".label", fmt.Sprintf("%q is the label of agent %s too", a.Label, other), "one label dispatches one agent")
		}
		labels[strings.ToLower(a.Label)] = a.Name
	}
	if c.Share() && c.Claims != "refs" {
		return fail("pool", "a share needs claims: refs: without a claim nobody can tell which folder dispatched a task", "add claims: refs, or write pool: whole")
	}
	if c.Classifier == "command" && len(c.ClassifyWith) == 0 {
		return fail("classifier", "there is no classifier_command", "add classifier_command: [program, argument]")
	}
	return nil
}
