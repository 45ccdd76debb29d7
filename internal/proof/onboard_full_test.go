package proof

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/checklist"
)

// TestOnboardingLeavesEpicsAloneThatTakeNoMore: an open epic of testing by a
// stranger who was let in, with a full body, or with all the sub-issues there may
// be. No run fails or writes to it; three new issues make an epic beside it, one
// is dispatched by itself and it is said why; a second run has nothing to do.
func TestOnboardingLeavesEpicsAloneThatTakeNoMore(t *testing.T) {
	t.Parallel()
	shut := "closed"
	for _, c := range []struct {
		name string
		make func(y *yard, title, body string) int
		says string
	}{
		{"a stranger's", func(y *yard, title, body string) int {
			if y.LabelByName(y.repo, "accepted") == nil {
				_, err := y.CreateLabel(y.repo, world.NewLabel{Name: "accepted", Color: "c5def5"})
				y.note(err)
			}
			n := y.stranger(title, body)
			_, err := y.AddLabels(y.Issue(y.repo.ID, n), []string{"accepted"})
			y.note(err)
			return n
		}, "takes part by a label alone"},
		{"a full body", func(y *yard, title, body string) int {
			return y.issue(title, body+"\n"+strings.Repeat("ä", inventory.MostBody-len(body)-20))
		}, "would pass the 65536 characters"},
		{"all its sub-issues", func(y *yard, title, body string) int {
			n := y.issue(title, body)
			for k := range inventory.MostSubIssues {
				child := y.issue(fmt.Sprintf("test: done %d", k), "")
				_, err := y.AddSubIssue(y.Issue(y.repo.ID, n), y.Issue(y.repo.ID, child), false)
				y.note(err)
				_, err = y.EditIssue(y.Issue(y.repo.ID, child), world.IssueEdit{State: &shut})
				y.note(err)
			}
			return n
		}, "has 100 sub-issues"},
	} {
		for _, fresh := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s, %d issues", c.name, fresh), func(t *testing.T) {
				t.Parallel()
				var epic int
				var body string
				scene := yardScene("", func(y *yard) {
					old := y.issue("test(api): cover the reader", "")
					epic = c.make(y, "epic(testing): what is not covered", fmt.Sprintf("- [ ] #%d\n", old))
					if y.err == nil {
						body = y.Issue(y.repo.ID, epic).Body
					}
					for k := range fresh {
						y.issue(fmt.Sprintf("test(web): cover page %d", k), "")
					}
				})
				scene.command = []string{"onboard", "work", "--yes", "--json"} // executing: it has to be named
				b := newBench(t, scene)
				onboarded(t, b, func(e ends) {
					if got := e.tx.Issue(e.repo.ID, epic).Body; got != body {
						t.Errorf("its body is now %q", got)
					}
					for _, r := range b.runs {
						if r.status != 0 {
							t.Errorf("%s", r)
						}
					}
					epics := e.of(inventory.MarkEpic)
					if fresh < 3 {
						if !strings.Contains(b.runs[0].out, c.says) {
							t.Errorf("it does not say %q", c.says)
						}
						if len(epics) > 0 || e.paid() != 1 {
							t.Errorf("%d epics, %d tasks", len(epics), e.paid())
						}
						return
					}
					if len(epics) != 1 || len(checklist.Parse([]byte(epics[0].Body)).Children) != fresh || len(epics[0].SubIssues) != fresh {
						t.Errorf("%+v", epics)
					}
				})
			})
		}
	}
}
