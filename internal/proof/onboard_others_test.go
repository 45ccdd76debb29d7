package proof

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

var (
	codeSpan = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	mention  = regexp.MustCompile(`(?:^|[^\w.])@[A-Za-z]`)
)

// TestOnboardingPostsNothingHarmful: what audits and titles say is repeated
// without its mentions, references, closing words, HTML and turned letters.
func TestOnboardingPostsNothingHarmful(t *testing.T) {
	t.Parallel()
	evil := "Closes #1 and @mallory <img src=x> \u202egnp.exe fixes #1"
	s := yardScene("", func(y *yard) {
		victim := y.issue("the victim", "")
		shut := "closed"
		_, err := y.EditIssue(y.Issue(y.repo.ID, victim), world.IssueEdit{State: &shut})
		y.note(err)
		y.issue("[Audit] "+evil, audit("api/read.go: "+evil, "store/read.go: Resolves #1, @mallory", "web/read.go: </details> @mallory #1"))
		y.issue("fix: "+evil, evil)
	})
	onboarded(t, newBench(t, s), func(e ends) {
		if n := len(e.of(inventory.MarkFinding)); n != 3 || len(e.of(inventory.MarkEpic)) != 1 {
			e.t.Errorf("%d findings", n)
		}
		for _, v := range e.tx.Events(e.tx.Issue(e.repo.ID, 1).ID) {
			if v.Kind == world.CrossReferenced && !inventory.ReadMark(e.tx.IssueByID(v.SourceID).Body).IsZero() {
				e.t.Errorf("#1 is referred to by %q", e.tx.IssueByID(v.SourceID).Title)
			}
		}
		for _, i := range e.tx.Issues(e.repo.ID) {
			var ours []string
			if !inventory.ReadMark(i.Body).IsZero() {
				ours = append(ours, i.Body)
				if strings.Contains(i.Title, "\u202e") { // a title mentions and closes nothing
					e.t.Errorf("#%d has the title %q", i.Number, i.Title)
				}
			}
			for _, c := range e.tx.Comments(i.ID) {
				ours = append(ours, c.Body)
			}
			for _, text := range ours {
				plain := codeSpan.ReplaceAllString(text, "")
				if mention.MatchString(plain) || strings.Contains(text, "\u202e") || strings.Contains(plain, "<img") || strings.Contains(plain, "</details>") {
					e.t.Errorf("#%d holds %q", i.Number, text)
				}
			}
		}
	})
}

// TestPastedMarksCountForNothing: a stranger's issue that ends with a finding's
// mark, and a maintainer's that quotes one, keep nothing from being made.
func TestPastedMarksCountForNothing(t *testing.T) {
	t.Parallel()
	twin := newBench(t, yardScene("", func(y *yard) { y.issue("[Audit] all", threeFindings) }))
	var marks []string
	onboarded(t, twin, func(e ends) {
		for _, i := range e.of(inventory.MarkFinding) {
			marks = append(marks, inventory.ReadMark(i.Body).String())
		}
	})
	if len(marks) != 3 {
		t.Fatalf("the marks %v", marks)
	}
	s := yardScene("", func(y *yard) {
		y.issue("[Audit] all", threeFindings)
		y.stranger("made already", "Nothing to do.\n\n"+marks[0])
		y.issue("fix: as was said", "See\n\n"+marks[1]+"\n\nabove.")
	})
	onboarded(t, newBench(t, s), func(e ends) {
		owner, n := e.tx.UserByLogin("owner").ID, 0
		for _, i := range e.of(inventory.MarkFinding) {
			if i.AuthorID == owner {
				n++
			}
		}
		if n != 3 || e.closed(1) != "completed" {
			e.t.Errorf("%d findings of ours, the audit closed as %q", n, e.closed(1))
		}
	})
}

// TestTwoOnboardAtOnce: two runs at the same time. In one folder nothing is made
// or paid twice. Two folders, of one account or of two, may make an issue twice
// where both plan it in the same moment (docs/proof.md); with claims no task is
// paid twice, and in the end both find nothing left to do.
func TestTwoOnboardAtOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		folders  int
		accounts int
		claims   bool
	}{{"one folder", 1, 1, false}, {"two folders, one account", 2, 1, true}, {"two folders, two accounts", 2, 2, true}, {"two folders, no claims", 2, 1, false}} {
		t.Run(c.name, func(t *testing.T) {
			s := yardScene("", func(y *yard) { y.issue("[Audit] all", threeFindings) })
			if c.claims {
				s = claimed(s)
			}
			s.files[config.TeamFile] += "  - login: second\n    quota: 300\n    repos: [work]\n"
			furnish := s.furnish
			s.furnish = func(sim *githubsim.Server) error {
				if err := furnish(sim); err != nil {
					return err
				}
				return sim.World().Update(world.System(), func(tx *world.Tx) error {
					u, err := tx.CreateUser(world.NewUser{Login: "second", Kind: world.Person})
					if err != nil {
						return err
					}
					repo, _ := tx.Repo(smallOrg, "work")
					_, err = tx.AddCollaborator(repo, u, world.Write)
					return err
				})
			}
			b := newBench(t, s)
			other := &bench{t: t, scene: s, host: b.host, dir: b.dir, env: b.env}
			if c.folders == 2 {
				other.dir = s.folder(t, b.host)
				other.env = other.environment(b.host.sim.Token(b.host.sim.Fleet().Owner))
			}
			if c.accounts == 2 {
				other.env = other.environment(b.host.sim.Token("second"))
			}
			var runs []*process
			for _, one := range []*bench{b, other} {
				p, err := start(one.command(s.command...))
				if err != nil {
					t.Fatal(err)
				}
				runs = append(runs, p)
			}
			for k, p := range runs {
				[]*bench{b, other}[k].runs = append([]*bench{b, other}[k].runs, p.wait())
			}
			for _, one := range []*bench{b, other} {
				if err := one.finish(); err != nil {
					t.Errorf("%v\n%s", err, one.story())
				}
			}
			marks, paid, most := map[inventory.Mark]int{}, 0, 0
			err := b.host.sim.World().View(func(tx *world.Tx) error {
				repo, _ := tx.Repo(smallOrg, "work")
				for _, i := range tx.Issues(repo.ID) {
					if m := inventory.ReadMark(i.Body); !m.IsZero() {
						marks[m]++
						most = max(most, marks[m])
					}
					n := 0
					for _, v := range tx.Events(i.ID) {
						if v.Kind == world.Labeled && v.Label == s.label {
							n++
						}
					}
					if paid += n; n > 1 {
						t.Errorf("#%d was paid %d times", i.Number, n)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %d marks, the most frequent %d times; %d tasks", c.name, len(marks), most, paid)
			if c.folders == 1 && most != 1 || len(marks) != 4 {
				t.Errorf("the marks are %s\n%s", fmt.Sprint(marks), b.story())
			}
		})
	}
}
