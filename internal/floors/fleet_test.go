package floors

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// fleetNames are the repositories that the embedded GitHub's fleets are made of,
// read from what they are made from, and the organisation they belong to.
func fleetNames(t *testing.T) (names []string, org string) {
	read := func(name string) []byte {
		raw, err := os.ReadFile("../githubsim/seed/data/mission/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for _, m := range regexp.MustCompile(`(?m)^\s*-?\s*name:\s*"?([A-Za-z0-9._-]+)`).FindAllStringSubmatch(string(read("inventory.yaml")), -1) {
		names = append(names, m[1])
	}
	owner := regexp.MustCompile(`(?m)^org:\s*"?([A-Za-z0-9_-]+)`).FindSubmatch(read("config.yaml"))
	if len(names) < 10 || owner == nil {
		t.Fatalf("%d repositories of %q: the fleet's inventory is read wrongly", len(names), owner)
	}
	return names, string(owner[1])
}

// named finds a repository of the fleet in the text of a file: by its full name,
// or by one that is no word of the language.
func named(names []string, org string) *regexp.Regexp {
	var telling []string
	for _, n := range names {
		if strings.Contains(n, "-") {
			telling = append(telling, regexp.QuoteMeta(n))
		}
	}
	full := regexp.QuoteMeta(org) + `/[A-Za-z0-9._-]+`
	return regexp.MustCompile(`(?i)(?:^|[^A-Za-z0-9_.-])(` + full + `|` + strings.Join(telling, "|") + `)(?:$|[^A-Za-z0-9_-])`)
}

// TestNobodyKnowsTheFleet: the program is for any fleet, so nothing but the
// embedded GitHub names a repository of the one that is shown.
func TestNobodyKnowsTheFleet(t *testing.T) {
	names, org := fleetNames(t)
	find := named(names, org)
	eachFile(t, func(path, rel string) {
		if strings.HasPrefix(rel, "internal/githubsim/") {
			return
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		clean := strings.ReplaceAll(string(text), module, "")
		for k, line := range strings.Split(clean, "\n") {
			if m := find.FindStringSubmatch(line); m != nil {
				t.Errorf("%s:%d names %s, a repository of the fleet that is shown: write owner/repo, or acme/widgets", rel, k+1, m[1])
			}
		}
	})
	for _, line := range []string{"// see " + org + "/x#1", `"` + names[1] + `"`, "epics of " + names[2] + "."} {
		if !find.MatchString(line) {
			t.Errorf("not noticed: %s", line)
		}
	}
	if line := "a hard-core-phpish word"; find.MatchString(line) {
		t.Errorf("noticed: %s", line)
	}
}
