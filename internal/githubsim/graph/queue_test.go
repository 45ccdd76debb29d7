package graph

import (
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// A pull request is queued only at the head that was expected, waits for its rules there, and is
// merged at once where none are left.
func TestMergeQueue(t *testing.T) {
	f := ghWorld(t)
	f.feature()
	id := f.pull("Nine", "feat", "dev")
	head, queued := "", func() (on, merged bool) {
		p := dig(f.data(`query($i: ID!) { node(id: $i) { ... on PullRequest { isInMergeQueue merged } } }`, map[string]any{"i": id}), "node").(map[string]any)
		return p["isInMergeQueue"].(bool), p["merged"].(bool)
	}
	enqueue := func(at string) Response {
		return f.run(`mutation($i: ID!, $h: GitObjectID) { enqueuePullRequest(input: {pullRequestId: $i, expectedHeadOid: $h}) {
			clientMutationId mergeQueueEntry { id state enqueuer { login } pullRequest { number } mergeQueue { id } } } }`, map[string]any{"i": id, "h": at})
	}
	f.update(f.me, func(tx *world.Tx) {
		repo := tx.RepoByID(f.repo)
		head = tx.Node(id).(*world.Issue).Pull.HeadSHA
		must(tx.Protect(repo, "dev", &world.Rules{Approvals: 1}))
	})
	if r := enqueue(head); len(r.Errors) != 1 || r.Errors[0].Type != Unprocessable {
		t.Errorf("no queue there: %s", compact(r.Errors))
	}
	f.update(f.me, func(tx *world.Tx) {
		settings := tx.RepoByID(f.repo).Settings
		settings.MergeQueue = true
		must(tx.EditRepo(tx.RepoByID(f.repo), world.RepoEdit{Settings: &settings}))
	})
	if r := enqueue("0000000000000000000000000000000000000000"); len(r.Errors) != 1 || r.Errors[0].Type != Unprocessable {
		t.Errorf("another head: %s", compact(r.Errors))
	}
	if r := enqueue(head); len(r.Errors) != 0 {
		t.Fatal(compact(r.Errors))
	}
	if on, merged := queued(); !on || merged {
		t.Errorf("queued %v, merged %v", on, merged)
	}
	if r := enqueue(head); len(r.Errors) != 1 {
		t.Errorf("twice: %s", r.Data)
	}
	if r := f.run(`mutation($i: ID!) { dequeuePullRequest(input: {id: $i}) { mergeQueueEntry { id enqueuer { login } } } }`, map[string]any{"i": id}); len(r.Errors) != 0 {
		t.Error(compact(r.Errors))
	}
	if on, _ := queued(); on {
		t.Error("still queued")
	}
	f.update(f.me, func(tx *world.Tx) { must(tx.Protect(tx.RepoByID(f.repo), "dev", nil)) })
	if r := enqueue(head); len(r.Errors) != 0 {
		t.Fatal(compact(r.Errors))
	}
	if on, merged := queued(); on || !merged {
		t.Errorf("queued %v, merged %v", on, merged)
	}
}

// What an account without write access thinks of a pull request is no opinion of a writer's.
func TestOpinionsOfWriters(t *testing.T) {
	f := ghWorld(t)
	f.feature()
	id := f.pull("Nine", "feat", "dev")
	f.update(f.a, func(tx *world.Tx) {
		must(tx.CreateReview(tx.Node(id).(*world.Issue), world.NewReview{State: "CHANGES_REQUESTED", Body: "no"}))
	})
	for writers, want := range map[bool]float64{true: 0, false: 1} {
		got := dig(f.data(`query($i: ID!, $w: Boolean) { node(id: $i) { ... on PullRequest { latestOpinionatedReviews(first: 5, writersOnly: $w) { totalCount } } } }`,
			map[string]any{"i": id, "w": writers}), "node", "latestOpinionatedReviews", "totalCount")
		if got != want {
			t.Errorf("writers only %v: %v", writers, got)
		}
	}
}
