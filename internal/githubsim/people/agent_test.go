package people

import (
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func TestALabelledIssueGetsEyesThenAPullRequestOntoItsTarget(t *testing.T) {
	pl := settle(t, "", "mission", 1, Calm())
	n := pl.fresh("core-php", 1)[0]
	pl.call("core-php", n, "epic/900-security")
	i := pl.issue("core-php", n)
	pl.pass(2 * time.Minute)
	pl.see(func(tx *world.Tx) {
		eyes := tx.Reactions(i.ID)
		if len(eyes) != 1 || eyes[0].Content != "eyes" || tx.User(eyes[0].UserID).Login != jules {
			t.Fatalf("reactions %+v, want the agent's eyes", eyes)
		}
		if at := eyes[0].CreatedAt; at.Before(day0.Add(10*time.Second)) || at.After(day0.Add(time.Minute)) {
			t.Errorf("eyes at %s", at)
		}
	})
	pl.pass(40 * time.Minute)
	pulls := pl.pullsOf(i)
	if len(pulls) != 1 {
		t.Fatalf("%d pull requests, want 1; %v", len(pulls), pl.p.State(0).Counts)
	}
	pull := pulls[0]
	if pull.Pull.BaseRef != "epic/900-security" || pull.Pull.Draft || pull.Pull.HeadRepoID != pull.RepoID {
		t.Errorf("pull request %+v", pull.Pull)
	}
	pl.see(func(tx *world.Tx) {
		if author := tx.User(pull.AuthorID); author.Login != jules || author.Kind != world.Bot {
			t.Errorf("by %+v", author)
		}
		files, err := tx.PullFiles(pull)
		if err != nil || len(files) == 0 {
			t.Errorf("files %v, %v", files, err)
		}
		if clean, err := tx.Merges(pull); err != nil || !clean {
			t.Errorf("merges: %v, %v", clean, err)
		}
	})
	pl.pass(20 * time.Minute)
	pl.see(func(tx *world.Tx) {
		var names []string
		for _, c := range tx.Checks(pull.RepoID, pull.Pull.HeadSHA) {
			names = append(names, c.Name+" "+c.Conclusion)
		}
		if got, want := len(names), 3; got != want || names[0] != "pest (8.2) SUCCESS" {
			t.Errorf("checks %v", names)
		}
	})
}
