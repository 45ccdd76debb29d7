package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// put writes files below a folder; a name that ends in "/" is a folder.
func put(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(root, name)
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func get(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name   string
		files  map[string]string
		want   string
		exists bool
	}{
		{"here", map[string]string{"a/b/.core/config.yaml": ""}, "a/b/.core", true},
		{"above", map[string]string{"a/.core/dispatch.log": "", "a/b/": ""}, "a/.core", true},
		{"nearest", map[string]string{".core/config.yaml": "", "a/.core/config.yaml": "", "a/b/": ""}, "a/.core", true},
		{"none", map[string]string{"a/b/": ""}, "a/b/.core", false},
		{"only demo", map[string]string{"a/b/.core/demo/config.yaml": ""}, "a/b/.core", false},
		{"only demo here, real above", map[string]string{"a/b/.core/demo/config.yaml": "", ".core/config.yaml": ""}, ".core", true},
		{"empty", map[string]string{"a/b/.core/": ""}, "a/b/.core", false},
		{"demo and more", map[string]string{"a/b/.core/demo/": "", "a/b/.core/PAUSE": ""}, "a/b/.core", true},
		{"a file of that name", map[string]string{"a/b/.core": "", "a/.core/config.yaml": ""}, "a/.core", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			put(t, root, c.files)
			d, err := Find(filepath.Join(root, "a", "b"))
			if err != nil {
				t.Fatal(err)
			}
			if d.Path != filepath.Join(root, c.want) || d.Exists() != c.exists || d.Demo {
				t.Errorf("got %+v, want %s, %v", d, c.want, c.exists)
			}
		})
	}
}

func TestAt(t *testing.T) {
	root := t.TempDir()
	put(t, root, map[string]string{".core/config.yaml": "", "a/b/": "", "file": ""})
	for path, exists := range map[string]bool{".": true, ".core": true, "a": false, "a/.core": false} {
		d, err := At(filepath.Join(root, path))
		if err != nil || d.Exists() != exists || filepath.Base(d.Path) != DirName {
			t.Errorf("%s: %+v, %v", path, d, err)
		}
	}
	for _, path := range []string{"nowhere", "file"} {
		if _, err := At(filepath.Join(root, path)); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s is taken for a folder: %v", path, err)
		}
	}
}

func TestDemo(t *testing.T) {
	root := t.TempDir()
	d, err := Demo(root)
	if err != nil || d.Exists() || !d.Demo {
		t.Fatalf("%+v, %v", d, err)
	}
	if _, err := Init(d, InitOptions{Org: "acme"}); err != nil {
		t.Fatal(err)
	}
	if d, err = Demo(root); err != nil || !d.Exists() || d.Writable() != nil {
		t.Errorf("%+v, %v, %v", d, err, d.Writable())
	}
	if real, err := Find(root); err != nil || real.Path == filepath.Join(root, DirName) && real.Exists() {
		t.Errorf("the demo counts as a real folder: %+v, %v", real, err)
	}
}

func TestWritable(t *testing.T) {
	root := t.TempDir()
	d, _ := Find(root)
	if err := d.Writable(); !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "core dev init ORG | REPO...") {
		t.Error(err)
	}
	put(t, root, map[string]string{".core/dispatch.log": "2026-02-04T10:00Z core #1 jules -\n"})
	d, _ = Find(root)
	if err := d.Writable(); !errors.Is(err, ErrNoConfig) || !strings.Contains(err.Error(), "core dev init") {
		t.Error(err)
	}
	if _, err := Init(d, InitOptions{Org: "acme"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Writable(); err != nil {
		t.Error(err)
	}
}

func TestInit(t *testing.T) {
	root := t.TempDir()
	d, _ := Find(root)
	done, err := Init(d, InitOptions{Host: "https://GHE.example.com/", Org: "acme",
		Repos:   []Repo{{Ref: inventory.RepoRef{Owner: "acme", Name: "one"}}, {Ref: inventory.RepoRef{Owner: "other", Name: "123"}, DefaultBranch: "main"}},
		Members: []budget.Member{{Login: "octocat", Quota: 100, Repos: []string{"one", "other/123"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{".gitignore", InventoryFile, TeamFile, ReservedFile, ConfigFile}; !slices.Equal(done.Created, want) {
		t.Errorf("made %v, want %v", done.Created, want)
	}
	if get(t, d.File(ReservedFile)) != "" {
		t.Error("reservations.log is not empty")
	}
	c, err := Load(done.Dir, Sources{Env: noEnv})
	if err != nil {
		t.Fatal(err)
	}
	if c.Host != "ghe.example.com" || c.Org != "acme" {
		t.Errorf("config says %s, %s", c.Host, c.Org)
	}
	f, err := ReadFleet(done.Dir, c, nil)
	if err != nil || len(f.Repos) != 2 || f.Repos[0].Ref.String() != "acme/one" || f.Repos[1].Ref.String() != "other/123" || f.Repos[1].DefaultBranch != "main" {
		t.Errorf("%+v, %v", f, err)
	}
	team, err := ReadTeam(done.Dir, c.Owner(), "octocat")
	if err != nil || team.Assumed || team.Pool() != 100 {
		t.Errorf("%+v, %v", team, err)
	}
	before := get(t, d.File(ConfigFile))
	if _, err := Init(d, InitOptions{Org: "another"}); !errors.Is(err, ErrInitialised) {
		t.Errorf("a second init: %v", err)
	}
	if get(t, d.File(ConfigFile)) != before {
		t.Error("a second init changed config.yaml")
	}
}

// TestInitKeeps: what a person or an older day left is completed, never touched.
func TestInitKeeps(t *testing.T) {
	root := t.TempDir()
	team := "members:\n  - {login: octocat, quota: 5, repos: [x]} # mine\n"
	put(t, root, map[string]string{".core/team.yaml": team, ".core/journal/": "", ".core/demo/x": "y"})
	d, _ := Find(root)
	done, err := Init(d, InitOptions{Org: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(done.Kept, []string{TeamFile}) || get(t, d.File(TeamFile)) != team {
		t.Errorf("kept %v", done.Kept)
	}
	// There is a journal: that nothing is held is for reconcile to say.
	if _, err := os.Stat(d.File(ReservedFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reservations.log: %v", err)
	}
}

func TestInitLeavesNothingBehind(t *testing.T) {
	root := t.TempDir()
	d, _ := Find(root)
	if _, err := Init(d, InitOptions{Config: []byte("stragety: none\n")}); err == nil {
		t.Error("a broken config.yaml is taken")
	}
	// config.yaml cannot be made: a dangling link is in its place.
	put(t, root, map[string]string{".core/demo/": ""})
	entries := func() (names []string) {
		list, _ := os.ReadDir(filepath.Join(root, DirName))
		for _, e := range list {
			names = append(names, e.Name())
		}
		return names
	}
	if err := os.Symlink("nowhere", d.File(ConfigFile)); err != nil {
		t.Skip(err)
	}
	if _, err := Init(d, InitOptions{Org: "acme"}); err == nil {
		t.Error("init wrote through a link")
	}
	if got := entries(); !slices.Equal(got, []string{"config.yaml", "demo"}) {
		t.Errorf("left %v", got)
	}
}

func TestPause(t *testing.T) {
	root := t.TempDir()
	now := time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
	d, _ := Find(root)
	if err := SetPause(d, now, "x"); !errors.Is(err, ErrAbsent) {
		t.Errorf("paused nothing: %v", err)
	}
	put(t, root, map[string]string{".core/config.yaml": ""})
	d, _ = Find(root)
	if _, paused, err := Paused(d); paused || err != nil {
		t.Error(paused, err)
	}
	if err := SetPause(d, now, "lunch\x1b[31m\nsecond"); err != nil {
		t.Fatal(err)
	}
	if err := SetPause(d, now.Add(time.Hour), "again"); err != nil {
		t.Fatal(err)
	}
	p, paused, err := Paused(d)
	if !paused || err != nil || !p.Since.Equal(now) || p.Note != "lunch\ufffd[31m" {
		t.Errorf("%+v %v %v", p, paused, err)
	}
	if was, err := ClearPause(d); !was || err != nil {
		t.Error(was, err)
	}
	if was, err := ClearPause(d); was || err != nil {
		t.Error(was, err)
	}
	for _, text := range []string{"", "by hand\n", strings.Repeat("\x00", 9000)} {
		put(t, root, map[string]string{".core/PAUSE": text})
		if _, paused, err := Paused(d); !paused || err != nil {
			t.Errorf("%.9q does not pause: %v", text, err)
		}
	}
	os.Remove(d.File(PauseFile))
	put(t, root, map[string]string{".core/PAUSE/": ""})
	if _, paused, _ := Paused(d); !paused {
		t.Error("a folder of that name does not pause")
	}
}

func TestForeignOwner(t *testing.T) {
	for _, c := range []struct {
		owner, me int
		want      bool
	}{{1000, 1000, false}, {0, 1000, false}, {1001, 1000, true}, {1001, 0, false}} {
		if got := foreign(c.owner, c.me); got != c.want {
			t.Errorf("a folder of %d, seen by %d: %v", c.owner, c.me, got)
		}
	}
}
