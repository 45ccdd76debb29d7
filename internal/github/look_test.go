package github

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

// TestCommentIDsBeyond31Bits: GitHub's ids outgrow the Int that databaseId is.
func TestCommentIDsBeyond31Bits(t *testing.T) {
	l := acme(t)
	c, two := l.client("ada"), inventory.Ref{Repo: mainRepo, Number: 2}
	l.as("ada", func(tx *world.Tx) { tx.Grow(1 << 31) })
	id, err := c.PostComment(t.Context(), two, "far out")
	if err != nil || id <= 1<<31 {
		t.Fatal(id, err)
	}
	list, err := c.Comments(t.Context(), two, id-1)
	if err != nil || len(list) != 1 || list[0].ID != id || !list[0].Mine {
		t.Errorf("%+v %v", list, err)
	}
	fresh, err := c.Recheck(t.Context(), inventory.Question{Child: two})
	if err != nil || fresh.Comment != id {
		t.Errorf("%d %v", fresh.Comment, err)
	}
}

// TestACommentWithoutAnIDIsAnError: an id of 0 would pass for "there is none",
// and what was posted would be posted again.
func TestACommentWithoutAnIDIsAnError(t *testing.T) {
	two := inventory.Ref{Repo: mainRepo, Number: 2}
	for _, id := range []string{`,"fullDatabaseId":null`, `,"fullDatabaseId":"0"`, `,"fullDatabaseId":"-1"`, `,"fullDatabaseId":"9223372036854775808"`, ``} {
		of := `{"number":2,"state":"OPEN","comments":{"pageInfo":{},"nodes":[{"viewerDidAuthor":true` + id + `}]}}`
		url, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"data":{"repository":{"issue":` + of + `,"issueOrPullRequest":` + of + `}}}`))
		})
		c, _ := clientOf(t, url)
		if list, err := c.Comments(t.Context(), two, 0); kindOf(err) != KindServer || !strings.Contains(err.Error(), "look at the comments of "+two.String()) {
			t.Errorf("%s: %+v, %v", id, list, err)
		}
		if fresh, err := c.Recheck(t.Context(), inventory.Question{Child: two}); kindOf(err) != KindServer {
			t.Errorf("%s: %+v, %v", id, fresh, err)
		}
	}
}

// TestWhoseClaimItIs: by whom and when, as GitHub knows.
func TestWhoseClaimItIs(t *testing.T) {
	l := acme(t)
	c, name := l.client("ada"), "refs/core/dispatch/2/1"
	if got, err := c.Claim(t.Context(), mainRepo, name); err != nil || got != (inventory.Claim{}) {
		t.Errorf("%+v %v", got, err)
	}
	sha, err := c.MakeMark(t.Context(), mainRepo, "dev", "claim")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CreateRef(t.Context(), mainRepo, name, sha); err != nil {
		t.Fatal(err)
	}
	got, err := c.Claim(t.Context(), mainRepo, name)
	if d := l.clock.Now().Sub(got.At); err != nil || got.SHA != sha || got.By != "ada" || d < 0 || d > time.Minute {
		t.Errorf("%+v %v", got, err)
	}
}
