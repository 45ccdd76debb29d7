package config

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
)

// findKey is the row for a path of config.yaml.
func findKey(path string) *Key {
	for i := range keyTable {
		k := &keyTable[i]
		if k.Path == path {
			return k
		}
		before, after, ok := strings.Cut(k.Path, "*")
		if !ok || !strings.HasPrefix(path, before) {
			continue
		}
		name, found := strings.CutSuffix(path[len(before):], after)
		if found && name != "" && (after == "" || !strings.Contains(name, ".")) {
			return k
		}
	}
	return nil
}

// groupName is "agents" for the prefix "agents.": the names below are the user's.
func groupName(prefix string) string {
	group, rest, _ := strings.Cut(prefix, ".")
	for i := range keyTable {
		if rest == "" && strings.HasPrefix(keyTable[i].Path, group+".*") {
			return group
		}
	}
	return ""
}

// isGroup tells whether settings lie below a path.
func isGroup(path string) bool {
	for i := range keyTable {
		p := keyTable[i].Path
		if strings.HasPrefix(p, path+".") {
			return true
		}
		before, after, ok := strings.Cut(p, "*")
		if ok && after != "" && strings.HasPrefix(path, before) && path != before && !strings.Contains(path[len(before):], ".") {
			return true
		}
	}
	return false
}

// suggest names the setting a misspelt one probably meant.
func suggest(path string) string {
	best, distance := "", 3
	for i := range keyTable {
		for p := keyTable[i].Path; p != ""; {
			try := p
			if strings.Contains(try, "*") { // compare as if its name were the one given
				if parts, star := strings.Split(path, "."), strings.Split(try, "."); len(parts) == len(star) {
					for j := range star {
						if star[j] == "*" {
							star[j] = parts[j]
						}
					}
					try = strings.Join(star, ".")
				}
			}
			if d := levenshtein.ComputeDistance(path, try); d > 0 && d < distance && !strings.Contains(try, "*") {
				best, distance = try, d
			}
			cut := strings.LastIndexByte(p, '.')
			if cut < 0 {
				break
			}
			p = p[:cut]
		}
	}
	if best == "" {
		return "docs/config.md lists them all"
	}
	return fmt.Sprintf("did you mean %q?", best)
}
