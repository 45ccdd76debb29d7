package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// FuzzReaders: garbage is an error or a value, never a panic; what is shown of
// it cannot act on a terminal; and an accepted inventory can be edited or is
// refused whole.
func FuzzReaders(f *testing.F) {
	files, _ := filepath.Glob("testdata/errors/*.yaml")
	for _, path := range files {
		data, _ := os.ReadFile(path)
		f.Add(data)
	}
	f.Add([]byte(Template("github.com", "", "acme")))
	f.Add([]byte(inventoryHeader + "  - {name: a}\n"))
	f.Add([]byte(missionTeam))
	for _, s := range []string{"[", "{", "- ", "? ", "a: ", "&a ", "!!x ", "|\n ", "'", "\"\\", "\r", "%YAML\n---\n", "<<: *a\n"} {
		f.Add([]byte(strings.Repeat(s, 40)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range []string{"config", "inventory", "team"} {
			if err := readAs(name, data); err != nil {
				for _, r := range strings.ReplaceAll(err.Error(), "\n", "") {
					if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
						t.Fatalf("%s: the error shows %U: %q", name, r, err)
					}
				}
				if start, _, _ := findSecret(err.Error()); start >= 0 {
					t.Fatalf("%s: the error shows a token: %v", name, err)
				}
			}
		}
		if readAs("inventory", data) == nil {
			now, err := editInventory("inventory.yaml", data, "dappcore", []Edit{AddRepo(Repo{Ref: ref("new"), Tier: 1, TierSet: true})})
			if err == nil && readAs("inventory", now) != nil {
				t.Fatalf("edited into something unreadable: %q", now)
			}
		}
	})
}
