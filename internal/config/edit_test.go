package config

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/inventory"
)

func ref(name string) inventory.RepoRef { return inventory.RepoRef{Owner: "acme", Name: name} }

func TestEditInventory(t *testing.T) {
	add := AddRepo(Repo{Ref: ref("new"), DefaultBranch: "dev", Tier: 2, TierSet: true})
	for _, c := range []struct {
		name, was, now string
		edits          []Edit
	}{
		{"tier is put in", "# head\nrepos:\n  - name: a # main\n    ci: none\n\n  # b\n  - name: b\n", "# head\nrepos:\n  - name: a # main\n    tier: 3\n    ci: none\n\n  # b\n  - name: b\n", []Edit{EnterTier(ref("a"), 3)}},
		{"tier is kept", "repos:\n- name: a\n  tier: 4\n", "repos:\n- name: a\n  tier: 4\n", []Edit{EnterTier(ref("a"), 1)}},
		{"quoted none is kept", "repos:\n- {name: a, tier: 'none'}\n", "repos:\n- {name: a, tier: 'none'}\n", []Edit{EnterTier(ref("a"), 2)}},
		{"tier is entered", "repos:\n- name: a\n", "repos:\n- name: a\n  tier: none\n", []Edit{EnterTier(ref("a"), 0)}},
		{"first one counts", "repos:\n- name: a\n", "repos:\n- name: a\n  tier: 1\n", []Edit{EnterTier(ref("a"), 1), EnterTier(ref("a"), 2)}},
		{"flow entry", "repos:\n  - {name: a, ci: none}\n", "repos:\n  - {name: a, tier: 3, ci: none}\n", []Edit{EnterTier(ref("a"), 3)}},
		{"appended", "repos:\n    - name: a\n      ci: none # why\n\n# the end\n", "repos:\n    - name: a\n      ci: none # why\n    - name: new\n      default_branch: dev\n      tier: 2\n\n# the end\n", []Edit{add}},
		{"no final newline", "repos:\n- name: a", "repos:\n- name: a\n- name: new\n  default_branch: dev\n  tier: 2\n", []Edit{add}},
		{"CRLF", "repos:\r\n- name: a\r\n", "repos:\r\n- name: a\r\n  tier: 1\r\n- name: new\r\n  default_branch: dev\r\n  tier: 2\r\n", []Edit{add, EnterTier(ref("a"), 1)}},
		{"empty list", "repos: [] # none yet\n# end\n", "repos:  # none yet\n  - name: new\n    default_branch: dev\n    tier: 2\n# end\n", []Edit{add}},
		{"nothing listed", "repos: # none\n", "repos: # none\n  - name: new\n    default_branch: dev\n    tier: 2\n", []Edit{add}},
		{"no list", "# hello", "# hello\nrepos:\n  - name: new\n    default_branch: dev\n    tier: 2\n", []Edit{add}},
		{"flow list", "repos: [{name: a}]\n", "repos: [{name: a}, {name: new, default_branch: dev, tier: 2}]\n", []Edit{add}},
		{"there already", "repos:\n- name: ACME/New\n", "repos:\n- name: ACME/New\n", []Edit{add}},
		{"added, then tiered", "repos:\n", "repos:\n  - name: x/y\n    tier: 4\n", []Edit{AddRepo(Repo{Ref: inventory.RepoRef{Owner: "x", Name: "y"}}), EnterTier(inventory.RepoRef{Owner: "x", Name: "y"}, 4)}},
		{"odd names", "repos:\n", "repos:\n  - name: \"123\"\n  - name: \"true\"\n  - name: .github\n", []Edit{AddRepo(Repo{Ref: ref("123")}), AddRepo(Repo{Ref: ref("true")}), AddRepo(Repo{Ref: ref(".github")})}},
		{"umlauts before", "repos:\n- {language: \"Übersetzung 世\", name: a}\n", "repos:\n- {language: \"Übersetzung 世\", name: a, tier: 1}\n", []Edit{EnterTier(ref("a"), 1)}},
		{"byte order mark", "\ufeffrepos: []\n", "\ufeffrepos: \n  - name: z\n", []Edit{AddRepo(Repo{Ref: ref("z")})}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := editInventory("inventory.yaml", []byte(c.was), "acme", c.edits)
			if c.now == "" {
				if err == nil {
					t.Errorf("edited into %q", got)
				}
				return
			}
			if err != nil || string(got) != c.now {
				t.Errorf("got  %q\nwant %q (%v)", got, c.now, err)
			}
		})
	}
	if _, err := editInventory("inventory.yaml", []byte("repos:\n"), "acme", []Edit{EnterTier(ref("a"), 1)}); err == nil || !strings.Contains(err.Error(), "acme/a is not listed") {
		t.Error(err)
	}
}

// TestEditKeepsEveryLine: whatever a person wrote, edits add lines or a
// tier to one, and every other line stays where it was, in order.
func TestEditKeepsEveryLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		eol := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "eol")
		indent := strings.Repeat(" ", rapid.IntRange(0, 4).Draw(t, "indent"))
		noise := rapid.SampledFrom([]string{"", eol, "# note: [x" + eol, indent + "  # in: {there" + eol})
		var b strings.Builder
		b.WriteString(noise.Draw(t, "head") + "repos:" + eol)
		n := rapid.IntRange(1, 6).Draw(t, "repos")
		for i := range n {
			fields := []string{fmt.Sprintf(rapid.SampledFrom([]string{"name: r%d", "name: \"r%d\"", "name: 'acme/r%d'"}).Draw(t, "name"), i)}
			if rapid.Bool().Draw(t, "tiered") {
				fields = append(fields, "tier: "+rapid.SampledFrom([]string{"1", "4", "none", "\"none\""}).Draw(t, "tier"))
			}
			if rapid.Bool().Draw(t, "language") {
				fields = append(fields, "language: \"日本 # no comment\"")
			}
			fields = rapid.Permutation(fields).Draw(t, "order")
			if rapid.Bool().Draw(t, "flow") {
				b.WriteString(indent + "- {" + strings.Join(fields, ", ") + "}" + eol)
			} else {
				comment := rapid.SampledFrom([]string{"", " # why"}).Draw(t, "comment")
				b.WriteString(indent + "- " + strings.Join(fields, comment+eol+indent+"  ") + comment + eol)
			}
			b.WriteString(noise.Draw(t, "between"))
		}
		was := b.String()
		var edits []Edit
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			if rapid.Bool().Draw(t, "adds") {
				edits = append(edits, AddRepo(Repo{Ref: ref(fmt.Sprintf("n%d", rapid.IntRange(0, 2).Draw(t, "new"))), CI: "none"}))
			} else {
				edits = append(edits, EnterTier(ref(fmt.Sprintf("r%d", rapid.IntRange(0, n-1).Draw(t, "old"))), rapid.IntRange(0, 4).Draw(t, "to")))
			}
		}
		now, err := editInventory("inventory.yaml", []byte(was), "acme", edits)
		if err != nil {
			t.Fatalf("%v\n%s", err, was)
		}
		again, err := editInventory("inventory.yaml", now, "acme", edits)
		if err != nil || len(edits) == 1 && string(again) != string(now) {
			t.Fatalf("a second time changes it: %v\n%s", err, again)
		}
		rest := strings.Split(string(now), eol)
		for _, l := range strings.Split(was, eol) {
			for len(rest) > 0 && rest[0] != l && !strings.Contains(l, "tier") && !strings.Contains(l, "{") {
				rest = rest[1:]
			}
			if len(rest) == 0 {
				t.Fatalf("%q is gone\nwas:\n%s\nnow:\n%s", l, was, now)
			}
		}
	})
}

func TestEditsOfTwoProcesses(t *testing.T) {
	root := t.TempDir()
	put(t, root, map[string]string{".core/config.yaml": "org: acme\n", ".core/inventory.yaml": "# mine\nrepos:\n"})
	d, _ := Find(root)
	if err := os.Chmod(d.File(InventoryFile), 0o640); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if changed, err := EditInventory(d, "acme", AddRepo(Repo{Ref: ref(fmt.Sprintf("r%d", i))})); err != nil || !changed {
				t.Error(changed, err)
			}
		})
	}
	wg.Wait()
	repos, err := ReadInventory(d, "acme")
	if err != nil || len(repos) != 8 || !strings.HasPrefix(get(t, d.File(InventoryFile)), "# mine\n") {
		t.Errorf("%d repositories, %v", len(repos), err)
	}
	if st, _ := os.Stat(d.File(InventoryFile)); st.Mode().Perm() != 0o640 {
		t.Errorf("permissions became %v", st.Mode())
	}
	if changed, err := EditInventory(d, "acme", AddRepo(Repo{Ref: ref("r3")})); changed || err != nil {
		t.Error(changed, err)
	}
	os.Remove(d.File(InventoryFile))
	if changed, err := EditInventory(d, "acme", AddRepo(Repo{Ref: ref("r3")})); !changed || err != nil {
		t.Error(changed, err)
	}
	if _, err := EditInventory(Dir{Path: "/x"}, "acme"); !errors.Is(err, ErrAbsent) {
		t.Error(err)
	}
}

// TestReplaceKeepsForeignEdits: an editor that saved in between is not overwritten.
func TestReplaceKeepsForeignEdits(t *testing.T) {
	root := t.TempDir()
	put(t, root, map[string]string{"f": "theirs"})
	err := replaceFile(root+"/f", []byte("what we read"), []byte("ours"))
	if err == nil || get(t, root+"/f") != "theirs" {
		t.Errorf("%v, %q", err, get(t, root+"/f"))
	}
	if list, _ := os.ReadDir(root); len(list) != 1 {
		t.Errorf("left %v", list)
	}
}
