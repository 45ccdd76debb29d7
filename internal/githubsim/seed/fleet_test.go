package seed

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/githubsim/worldtest"
)

// dump is everything a world holds, as text.
func dump(t testing.TB, w *world.World) string {
	t.Helper()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	put := func(v any) {
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	view(t, w, func(tx *world.Tx) {
		put(tx.Users())
		for _, repo := range tx.Repos() {
			put(repo)
			put(tx.Labels(repo))
			for _, i := range tx.Issues(repo.ID) {
				put(i)
				put(tx.Comments(i.ID))
				put(tx.Events(i.ID))
				put(tx.Edits(i.ID))
				put(tx.Reviews(i.ID))
				put(tx.Threads(i.ID))
				if i.Pull != nil {
					put(tx.Checks(repo.ID, i.Pull.HeadSHA))
				}
			}
		}
	})
	return b.String()
}

func TestSameSeedSameWorld(t *testing.T) {
	for _, name := range []string{"mission", "scale:12x40", "empty"} {
		a, infoA := open(t, name, 4)
		b, infoB := open(t, name, 4)
		if dump(t, a) != dump(t, b) {
			t.Errorf("%s: two worlds from one seed differ", name)
		}
		for file, text := range infoA.Files {
			if string(infoB.Files[file]) != string(text) {
				t.Errorf("%s: %s differs", name, file)
			}
		}
		c, _ := open(t, name, 5)
		if dump(t, a) == dump(t, c) {
			t.Errorf("%s: another seed gives the same world", name)
		}
	}
}

func TestUnknownFleetsAreRefused(t *testing.T) {
	w, err := world.Open("", worldtest.NewManualClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, name := range []string{"", "Mission", "scale", "scale:", "scale:3", "scale:0x5", "scale:-1x5", "scale:3x", "scale:axb", "scale:9999999x1"} {
		if _, err := Fleet(w, name, 1); err == nil {
			t.Errorf("fleet %q was made", name)
		}
	}
	if _, err := Fleet(w, "empty", 1); err != nil {
		t.Error(err)
	}
	if _, err := Fleet(w, "mission", 1); err == nil {
		t.Error("a second fleet was put into a world")
	}
}

func TestScaleHasWhatRealFleetsHave(t *testing.T) {
	w, info := open(t, "scale:24x150", 9)
	seen := map[string]bool{}
	view(t, w, func(tx *world.Tx) {
		if len(info.Repos) != 24 {
			t.Errorf("%d repositories, want 24", len(info.Repos))
		}
		for _, name := range info.Repos {
			repo, _ := tx.Repo(info.Org, name)
			if repo == nil {
				t.Fatalf("no repository %s", name)
			}
			issues, pulls := 0, 0
			for _, i := range tx.Issues(repo.ID) {
				if i.Pull != nil {
					pulls++
					continue
				}
				issues++
				author := tx.Association(tx.User(i.AuthorID), repo)
				seen["stranger's audit"] = seen["stranger's audit"] || author == "NONE" && auditTitle.MatchString(i.Title)
				seen["stranger's epic"] = seen["stranger's epic"] || author == "NONE" && epicBody.MatchString(i.Body)
				seen["control character"] = seen["control character"] || strings.ContainsRune(i.Title, '\x1b')
				seen["direction override"] = seen["direction override"] || strings.ContainsRune(i.Title, '\u202e')
				seen["long body"] = seen["long body"] || len(i.Body) > 60_000
				seen["long epic"] = seen["long epic"] || strings.Count(i.Body, "[ ]")+strings.Count(i.Body, "[x]") >= 120
				seen["locked"] = seen["locked"] || i.Locked
				seen["sub-issues"] = seen["sub-issues"] || len(i.SubIssues) > 0
				seen["dependency"] = seen["dependency"] || len(i.BlockedBy) > 0
				seen["feat( child"] = seen["feat( child"] || strings.HasPrefix(i.Title, "feat(") && i.ParentID != 0
				seen["child elsewhere"] = seen["child elsewhere"] || strings.Contains(i.Body, "[ ] "+info.Org+"/")
			}
			seen["no agent label"] = seen["no agent label"] || tx.LabelByName(repo, "agentic") == nil
			seen["archived"] = seen["archived"] || repo.Archived
			seen["private"] = seen["private"] || repo.Private
			seen["renamed"] = seen["renamed"] || len(repo.OldNames) > 0
			seen["fork"] = seen["fork"] || repo.Fork
			seen["no issues"] = seen["no issues"] || repo.IssuesDisabled
			seen["unborn"] = seen["unborn"] || len(repo.Refs) == 0
			seen["pull requests"] = seen["pull requests"] || pulls > 0
			seen["another default branch"] = seen["another default branch"] || repo.DefaultBranch != "dev"
			seen["deleted or moved"] = seen["deleted or moved"] || tx.Tombstone(repo.ID, 3) != nil && tx.Tombstone(repo.ID, 4) != nil
			if want := 150; !repo.IssuesDisabled && (issues < want-2 || issues > want+1) {
				t.Errorf("%s has %d issues, want %d", name, issues, want)
			}
		}
	})
	for _, what := range []string{"stranger's audit", "stranger's epic", "no agent label", "control character", "direction override", "long body", "long epic", "locked",
		"sub-issues", "dependency", "feat( child", "child elsewhere", "archived", "private", "renamed", "fork", "no issues", "unborn",
		"pull requests", "another default branch", "deleted or moved"} {
		if !seen[what] {
			t.Errorf("the fleet has no %s", what)
		}
	}
}

func TestScaleOfAnySizeCanBeMade(t *testing.T) {
	for _, name := range []string{"scale:1x0", "scale:1x1", "scale:2x3", "scale:7x11", "scale:16x20", "scale:3x150"} {
		for seed := range uint64(8) {
			open(t, name, seed)
		}
	}
}

func BenchmarkMission(b *testing.B) {
	for b.Loop() {
		open(b, "mission", 1)
	}
}

func BenchmarkScale1000x100(b *testing.B) {
	for b.Loop() {
		open(b, "scale:1000x100", 1)
	}
}
