package cmd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// TestTheNextStartShowsTheLastLook at once, without what only planning needs, and all
// of it where GitHub cannot be read.
func TestTheNextStartShowsTheLastLook(t *testing.T) {
	s := demoScreen(t)
	v, err := s.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, ok := s.Cached()
	if !ok || !got.Partial {
		t.Fatalf("there is one: %v, ready made: %v", ok, got.Partial)
	}
	if !got.Snapshot.TakenAt.Equal(v.Snapshot.TakenAt) || !got.At.Equal(v.At) || got.Budget.UsableRemaining != v.Budget.UsableRemaining {
		t.Errorf("of %s and %s, not %s and %s", got.Snapshot.TakenAt, got.At, v.Snapshot.TakenAt, v.At)
	}
	if len(got.Fleet.Rows) != len(v.Fleet.Rows) || len(got.Fleet.Epics) != len(v.Fleet.Epics) || !reflect.DeepEqual(got.Fleet.People, v.Fleet.People) {
		t.Fatalf("%d rows, %d epics", len(got.Fleet.Rows), len(got.Fleet.Epics))
	}
	for k, e := range v.Fleet.Epics {
		is := got.Fleet.Epics[k]
		if is.Ref != e.Ref || is.Title != e.Title || !reflect.DeepEqual(is.Phases, e.Phases) || len(is.Children) != len(e.Children) {
			t.Fatalf("%+v is not %+v", is, e)
		}
		for n, c := range e.Children {
			if has := is.Children[n]; has.Ref != c.Ref || has.Verdict != c.Verdict || has.Closed() != c.Closed() || has.Title != c.Title || has.Issue.Author != c.Issue.Author || strings.Join(has.Issue.Labels, " ") != strings.Join(c.Issue.Labels, " ") {
				t.Errorf("%+v is not %+v", has, c)
			}
		}
	}
	all, ok := s.Kept()
	if !ok || all.Partial || len(all.Snapshot.Repos) != len(v.Snapshot.Repos) {
		t.Errorf("all that was kept: %v, a part %v", ok, all.Partial)
	}
}

// BenchmarkCached is the view of the first frame as a start of the program reads it:
// 1,000 repositories, 100,000 issues, 3,000 epics of 12 children. "kept" is all of it,
// read and judged.
func BenchmarkCached(b *testing.B) {
	folder := b.TempDir()
	largeFolder(b, folder)
	engine := func() *screenEngine {
		a := newApp(nil, io.Discard, io.Discard)
		a.opt.dir = filepath.Join(folder, ".core")
		d, err := a.dir()
		if err != nil {
			b.Fatal(err)
		}
		return newScreenEngine(a, d)
	}
	s := engine()
	at := time.Now()
	v, ok := s.Kept()
	if !ok {
		b.Fatal("nothing is kept")
	}
	b.Logf("all of it took %s", time.Since(at))
	s.leave(v)
	s.a.close()
	b.ReportAllocs()
	for b.Loop() {
		s := engine()
		if v, ok := s.Cached(); !ok || !v.Partial || len(v.Fleet.Epics) != 3000 {
			b.Fatalf("a view %v, ready made %v", ok, v.Partial)
		}
		s.a.close()
	}
}

// largeFolder is a .core/ after a look at a large fleet.
func largeFolder(b *testing.B, dir string) {
	core := filepath.Join(dir, ".core")
	if err := os.MkdirAll(core, 0o755); err != nil {
		b.Fatal(err)
	}
	var list strings.Builder
	list.WriteString("repos:\n")
	s := inventory.Snapshot{Host: "github.com", Viewer: "m", TakenAt: time.Now().UTC()}
	var refs []inventory.RepoRef
	for r := range 1000 {
		name := fmt.Sprintf("service-%04d", r)
		fmt.Fprintf(&list, "  - name: %s\n    tier: %d\n", name, 1+r%4)
		repo := inventory.Repo{Ref: inventory.RepoRef{Owner: "acme", Name: name}, DefaultBranch: "dev", Language: "Go", Permission: "ADMIN", OpenIssues: 100}
		refs = append(refs, repo.Ref)
		for n := 1; n <= 100; n++ {
			i := inventory.Issue{Ref: inventory.Ref{Repo: repo.Ref, Number: n}, ID: fmt.Sprint("I", r, "-", n), Author: "m", Association: "MEMBER", CreatedAt: s.TakenAt,
				Title: fmt.Sprintf("fix(io): handle the case number %d of the long list of cases", n), Body: strings.Repeat("What is wrong, and where. ", 8)}
			if n%33 == 0 {
				var body strings.Builder
				for c := range 12 {
					fmt.Fprintf(&body, "- [ ] #%d - child\n", n-13+c)
				}
				i.Title, i.Body = fmt.Sprintf("epic(quality): theme %d", n), body.String()
			}
			repo.Issues = append(repo.Issues, i)
		}
		s.Repos = append(s.Repos, repo)
	}
	for name, text := range map[string]string{"config.yaml": "org: acme\n", "inventory.yaml": list.String()} {
		if err := os.WriteFile(filepath.Join(core, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	a := newApp(nil, io.Discard, io.Discard)
	defer a.close()
	a.opt.dir = core
	if _, err := a.dir(); err != nil {
		b.Fatal(err)
	}
	db, err := a.state()
	if err != nil || db == nil {
		b.Fatal(err)
	}
	c, err := a.config()
	if err != nil {
		b.Fatal(err)
	}
	if err := db.SaveSnapshot(snapshotKey("github.com", refs, c.Trust(), c.Labels()), s); err != nil {
		b.Fatal(err)
	}
}
