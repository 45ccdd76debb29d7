package githubsim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/people"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// ruled has people live in the small world by calm manners whose agent is robo, and who review nothing.
func ruled(p *probe) {
	p.Helper()
	m := people.Calm()
	m.Agents[0].Login, m.Reviews = "robo", people.Reviews{}
	err := p.s.world.Update(world.System(), func(tx *world.Tx) error {
		repo, _ := tx.Repo("acme", "widgets")
		_, err := tx.AddCollaborator(repo, tx.UserByLogin("robo"), world.Write)
		return err
	})
	if err == nil {
		err = p.s.people.SetManners(m)
	}
	if err != nil {
		p.Fatal(err)
	}
}

// TestPeopleLiveBetweenRequests: what is due by then has happened when a request is answered, seen through both APIs.
func TestPeopleLiveBetweenRequests(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	ruled(p)
	p.do("POST", widgets+"/issues/1/comments", object{"body": "Target branch: `feature/one`"}).want(201)
	p.do("POST", widgets+"/issues/1/labels", object{"labels": []string{"jules"}}).want(200)
	p.clock.Advance(2 * time.Minute)
	if eyes := p.do("GET", widgets+"/issues/1/reactions", nil).want(200).list(); len(eyes) != 1 || eyes[0]["content"] != "eyes" {
		t.Fatalf("reactions %v", eyes)
	}
	p.clock.Advance(time.Hour)
	pulls := p.do("GET", widgets+"/pulls?base=feature/one", nil).want(200).list()
	if len(pulls) != 1 {
		t.Fatalf("%d pull requests", len(pulls))
	}
	q := `{repository(owner:"acme",name:"widgets"){issue(number:1){reactionGroups{content reactors(first:5){nodes{... on Bot{login}}}}
		timelineItems(first:50,itemTypes:[CROSS_REFERENCED_EVENT]){nodes{... on CrossReferencedEvent{source{... on PullRequest{number baseRefName author{login}}}}}}}
		pullRequest(number:` + fmt.Sprint(pulls[0]["number"]) + `){isInMergeQueue mergeQueueEntry{state} closingIssuesReferences(first:5){totalCount} reviewThreads(first:5){totalCount} mergeStateStatus}}}`
	got := string(p.do("POST", "/graphql", object{"query": q}).want(200).Body)
	for _, want := range []string{`"content":"EYES","reactors":{"nodes":[{"login":"robo"}]}`, `"baseRefName":"feature/one"`, `"closingIssuesReferences":{"totalCount":0}`, `"mergeQueueEntry":null`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	state := p.do("GET", "/_sim/people", nil).want(200).object()
	counts, _ := state["counts"].(map[string]any)
	if state["manners"] != "calm" || counts["agent.pull"] != 1.0 || state["error"] != nil {
		t.Errorf("people %v", state)
	}
	if deeds, _ := state["deeds"].([]any); len(deeds) < 2 {
		t.Errorf("deeds %v", state["deeds"])
	}
}

func TestPeopleAreSteeredByName(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	if s := p.do("GET", "/_sim/people", nil).want(200).object(); s["manners"] != "none" || s["due"] != 0.0 {
		t.Errorf("at first %v", s)
	}
	if s := p.do("POST", "/_sim/people", object{"manners": "lively"}).want(200).object(); s["manners"] != "lively" || s["due"] == 0.0 {
		t.Errorf("then %v", s)
	}
	p.do("POST", "/_sim/people", object{"manners": "sleepy"}).want(400)
	if s := p.do("POST", "/_sim/people", object{"manners": "none"}).want(200).object(); s["manners"] != "none" {
		t.Errorf("in the end %v", s)
	}
}

// TestPeopleStayInAFolder: a server that is opened again without a word about people has those it had.
func TestPeopleStayInAFolder(t *testing.T) {
	dir := t.TempDir()
	for n, opts := range []Options{{Dir: dir, Fleet: "scale:2x10", Seed: 3, People: people.Calm()}, {Dir: dir}, {Dir: dir, People: people.None()}, {Dir: dir}} {
		s, err := Open(t.Context(), opts)
		if err != nil {
			t.Fatal(err)
		}
		want := "calm"
		if n >= 2 {
			want = "none"
		}
		if got := s.People().Manners().Name; got != want {
			t.Errorf("opening %d: %s, want %s", n, got, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPeopleActWhileNobodyAsks: a server that serves at a speed has its people act by themselves.
func TestPeopleActWhileNobodyAsks(t *testing.T) {
	s, err := Open(t.Context(), Options{Speed: 36_000, Limits: unlimited()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.world.Update(world.System(), furnish); err != nil {
		t.Fatal(err)
	}
	if err := s.people.SetManners(people.Lively()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); len(s.people.State(0).Deeds) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("nobody did anything")
		}
	}
}

// TestTheMergeQueueThroughGraphQL: into the queue, its place there, and out of it again.
func TestTheMergeQueueThroughGraphQL(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	ruled(p)
	if err := p.s.world.Update(world.System(), func(tx *world.Tx) error {
		repo, _ := tx.Repo("acme", "widgets")
		_, err := tx.EditRepo(repo, world.RepoEdit{Settings: &world.RepoSettings{MergeQueue: true}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	number := func(head string) (string, string) {
		o := p.do("POST", widgets+"/pulls", object{"title": head, "head": head, "base": "dev"}).want(201).object()
		return o["node_id"].(string), fmt.Sprint(o["number"])
	}
	ask := func(q string, id string) string {
		return string(p.do("POST", "/graphql", object{"query": q, "variables": object{"id": id}}).want(200).Body)
	}
	const enqueue = `mutation($id:ID!){enqueuePullRequest(input:{pullRequestId:$id}){mergeQueueEntry{position state enqueuer{login} jump mergeQueue{entries(first:5){totalCount nodes{pullRequest{title}}}}}}}`
	one, first := number("feature/one")
	two, _ := number("clash/a")
	if got, want := ask(enqueue, one), `"position":1,"state":"MERGEABLE","enqueuer":{"login":"ann"},"jump":false`; !strings.Contains(got, want) {
		t.Errorf("no %s in %s", want, got)
	}
	if got, want := ask(enqueue, two), `"position":2`; !strings.Contains(got, want) || !strings.Contains(got, `"entries":{"totalCount":2`) {
		t.Errorf("no %s in %s", want, got)
	}
	if got := ask(enqueue, two); !strings.Contains(got, "already in the queue") {
		t.Errorf("twice: %s", got)
	}
	if got := ask(`mutation($id:ID!){dequeuePullRequest(input:{id:$id}){mergeQueueEntry{pullRequest{title}}}}`, two); !strings.Contains(got, `"title":"clash/a"`) {
		t.Errorf("out: %s", got)
	}
	p.clock.Advance(time.Hour)
	if o := p.do("GET", widgets+"/pulls/"+first, nil).want(200).object(); o["merged"] != true {
		t.Errorf("the first is not merged: %v", o["merged"])
	}
}

func TestACheckRunIsRequestedAgain(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	at := p.do("POST", widgets+"/check-runs", object{"name": "test", "head_sha": p.tip("dev"), "conclusion": "failure"}).want(201).object()
	path := fmt.Sprintf("%s/check-runs/%.0f/rerequest", widgets, at["id"])
	p.as("cat").do("POST", path, nil).want(403)
	p.do("POST", path, nil).want(201)
	runs := p.do("GET", widgets+"/commits/dev/check-runs", nil).want(200).object()
	if list, _ := runs["check_runs"].([]any); len(list) != 1 || list[0].(map[string]any)["status"] != "queued" {
		t.Errorf("runs %v", runs)
	}
	p.do("POST", widgets+"/check-runs/1/rerequest", nil).want(404)
}

func (p *probe) tip(branch string) string {
	p.Helper()
	o := p.do("GET", widgets+"/git/ref/heads/"+branch, nil).want(200).object()
	return o["object"].(map[string]any)["sha"].(string)
}
