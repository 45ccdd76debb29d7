package github

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/openapi"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/githubsim/worldtest"
	"github.com/dappcore/core-dev/inventory"
)

// simClock is the embedded GitHub's time and ours.
type simClock struct{ *worldtest.ManualClock }

func (c simClock) Sleep(ctx context.Context, d time.Duration) error {
	c.Advance(d)
	return ctx.Err()
}

// lab is an embedded GitHub with a client, and every request the client sent.
type lab struct {
	*testing.T
	sim   *githubsim.Server
	clock simClock
	url   string

	mu   sync.Mutex
	sent []string // bodies of GraphQL requests
}

func openLab(t *testing.T, fleet string) *lab {
	t.Helper()
	l := &lab{T: t, clock: simClock{worldtest.NewManualClock(time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC))}}
	var err error
	if l.sim, err = githubsim.Open(t.Context(), githubsim.Options{Fleet: fleet, Seed: 7, Clock: l.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.sim.Close() })
	server := httptest.NewServer(judge(t).Middleware(l.sim))
	t.Cleanup(server.Close)
	l.url = server.URL
	return l
}

// unjudged is for faults that are no answer of GitHub's, such as garbage.
func (l *lab) unjudged() {
	server := httptest.NewServer(l.sim)
	l.Cleanup(server.Close)
	l.url = server.URL
}

// theChecker holds every REST exchange of these tests against GitHub's own
// description.
var theChecker = sync.OnceValues(func() (*openapi.Checker, error) { return openapi.New(openapi.Undescribed) })

func judge(t *testing.T) *openapi.Checker {
	t.Helper()
	c, err := theChecker()
	if err != nil {
		t.Fatal(err)
	}
	before := len(c.Faults())
	t.Cleanup(func() {
		for _, f := range c.Faults()[before:] {
			t.Error(f)
		}
	})
	return c
}

func (l *lab) client(login string) *Client {
	l.Helper()
	e, err := ParseEndpoint(l.url)
	if err != nil {
		l.Fatal(err)
	}
	c, err := New(Options{Endpoint: e, Token: NewToken(l.sim.Token(login), "GITHUB_TOKEN"), Clock: l.clock, Record: l.record})
	if err != nil {
		l.Fatal(err)
	}
	return c
}

func (l *lab) record(r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/graphql") {
		return
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		l.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, string(raw))
}

// as changes the world in the name of a user.
func (l *lab) as(login string, f func(tx *world.Tx)) {
	l.Helper()
	err := l.sim.World().Update(world.System(), func(tx *world.Tx) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("%v", r)
			}
		}()
		if login != "" {
			tx.As(world.Actor{User: tx.UserByLogin(login)})
		}
		f(tx)
		return nil
	})
	if err != nil {
		l.Fatal(err)
	}
	l.clock.Advance(time.Minute)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// since is the journal after a mark.
func (l *lab) since(mark int64) []requestlog.Record { return l.sim.Requests().Since(mark) }

// fleet lists the repositories the seed made.
func (l *lab) fleet() []inventory.RepoRef {
	var out []inventory.RepoRef
	for _, name := range l.sim.Fleet().Repos {
		out = append(out, inventory.RepoRef{Owner: l.sim.Fleet().Org, Name: name})
	}
	return out
}

var (
	mainRepo  = inventory.RepoRef{Owner: "acme", Name: "main"}
	otherRepo = inventory.RepoRef{Owner: "acme", Name: "other"}
)

// acme is a small fleet with everything a survey has to tell apart.
func acme(t *testing.T) *lab {
	l := openLab(t, "empty")
	l.as("", func(tx *world.Tx) {
		for _, login := range []string{"ada", "mallory", "wendy", "tom", "linus"} {
			must(tx.CreateUser(world.NewUser{Login: login, Kind: world.Person}))
		}
		must(tx.CreateUser(world.NewUser{Login: "google-labs-jules", Kind: world.Bot}))
		org := must(tx.CreateOrg("acme", "Acme", tx.UserByLogin("ada")))
		who := gitstore.Person{Name: "Ada", Email: "ada@example.org", When: tx.Now()}
		for _, name := range []string{"main", "other"} {
			r := must(tx.CreateRepo(world.NewRepo{Owner: org, Name: name, Language: "Go", DefaultBranch: "dev", MemberAccess: world.Read,
				Commits: []gitstore.Commit{{Branch: "dev", Message: "first", Author: who, Files: map[string]string{"a.txt": "a\n", ".github/workflows/ci.yml": "on: push\n", "CODEOWNERS": "* @ada\n"}}}}))
			must(tx.AddCollaborator(r, tx.UserByLogin("wendy"), world.Write))
			must(tx.AddCollaborator(r, tx.UserByLogin("tom"), world.Triage))
			must(tx.CreateLabel(r, world.NewLabel{Name: "jules", Color: "ffffff"}))
			must(tx.CreateLabel(r, world.NewLabel{Name: "accepted", Color: "ffffff"}))
		}
		must(tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin("linus"), Name: "lib"}))
	})
	open := l.open
	open("ada", mainRepo, "epic(security): all", "### Phase 1\n- [ ] #2 - one\n- [x] #3 - two\n- [ ] acme/other#1\n- [ ] linus/lib#1 - theirs\n- [ ] #999\n- [ ] #9\n")
	open("ada", mainRepo, "fix: one", "body two")
	open("ada", mainRepo, "fix: two", "body three")
	open("mallory", mainRepo, "do as I say", "evil: - [ ] #2")
	open("mallory", mainRepo, "accepted", "- [ ] #2")
	open("mallory", mainRepo, "by triage", "evil triage")
	open("mallory", mainRepo, "edited later", "harmless")
	open("ada", mainRepo, "done today", "x")
	l.as("ada", func(tx *world.Tx) {
		r, _ := tx.Repo("acme", "main")
		head, _ := tx.Resolve(r, "dev")
		must(tx.CreateRef(r, "refs/heads/epic/1-all", head))
		must(tx.CreateRef(r, "refs/heads/work", head))
		must(tx.PutFile(r, world.NewFile{Path: "b.txt", Content: []byte("b\n"), Message: "more", Branch: "work"}))
		p := must(tx.CreatePull(r, world.NewPull{Title: "fix one", Body: "secret description, closes #2", Head: "work", Base: "epic/1-all"}))
		if p.Number != 9 {
			t.Fatalf("the pull request is #%d", p.Number)
		}
	})
	open("ada", otherRepo, "there", "y")
	open("linus", inventory.RepoRef{Owner: "linus", Name: "lib"}, "far away", "z")
	return l
}

func (l *lab) issue(tx *world.Tx, repo string, n int) *world.Issue {
	r, _ := tx.Repo("acme", repo)
	return tx.Issue(r.ID, n)
}

func (l *lab) label(login string, n int, label string) {
	l.Helper()
	l.as(login, func(tx *world.Tx) { must(tx.AddLabels(l.issue(tx, "main", n), []string{label})) })
}

func closeIssue(tx *world.Tx, i *world.Issue) {
	state, reason := "closed", "completed"
	must(tx.EditIssue(i, world.IssueEdit{State: &state, Reason: &reason}))
}

// nothingSecret holds every request of the run against the reading rules.
func (l *lab) nothingSecret() {
	l.Helper()
	s := schema(l.T)
	for _, raw := range l.sent {
		var q sent
		if err := json.Unmarshal([]byte(raw), &q); err != nil {
			l.Fatal(err)
		}
		if bad := forbidden(s, q.Query); len(bad) > 0 {
			l.Errorf("%s reads %v", q.OperationName, bad)
		}
	}
	if len(l.sent) == 0 {
		l.Error("no request was recorded")
	}
}

// agree compares a snapshot with the world it was taken of.
func (l *lab) agree(s inventory.Snapshot) {
	l.Helper()
	err := l.sim.World().View(func(tx *world.Tx) error {
		for _, r := range s.Repos {
			repo, _ := tx.Repo(r.Ref.Owner, r.Ref.Name)
			issues, pulls := 0, 0
			for _, w := range tx.Issues(repo.ID) {
				switch {
				case w.Closed:
				case w.Pull != nil:
					pulls++
					l.agreePull(tx, &r, w)
				default:
					issues++
					l.agreeIssue(tx, &r, w)
				}
			}
			if issues != r.OpenIssues || pulls != r.OpenPulls || pulls != len(r.Pulls) {
				l.Errorf("%s: %d issues, %d pull requests; the world has %d, %d", r.Ref, r.OpenIssues, len(r.Pulls), issues, pulls)
			}
			branches := 0
			for name := range repo.Refs {
				if strings.HasPrefix(name, "refs/heads/epic/") {
					branches++
				}
			}
			if branches != len(r.Branches) {
				l.Errorf("%s: %d epic branches, the world has %d", r.Ref, len(r.Branches), branches)
			}
		}
		return nil
	})
	if err != nil {
		l.Fatal(err)
	}
}

func (l *lab) agreeIssue(tx *world.Tx, r *inventory.Repo, w *world.Issue) {
	l.Helper()
	i, ok := r.Issue(w.Number)
	if !ok {
		l.Errorf("%s#%d is missing", r.Ref, w.Number)
		return
	}
	if i.Title != w.Title || i.Closed || len(i.Labels) != len(w.LabelIDs) || !i.UpdatedAt.Equal(w.UpdatedAt.Truncate(time.Second)) {
		l.Errorf("%s: %+v, the world has %+v", i.Ref, i, w)
	}
	trusted := inventory.Trust{}.Author(i.Author, i.AuthorKind, i.Association)
	if trusted && i.Body != w.Body || !trusted && i.Body != "" && len(i.LabelEvents) == 0 {
		l.Errorf("%s: body %q", i.Ref, i.Body)
	}
	if len(i.LabelEvents) > 0 {
		events := 0
		for _, e := range tx.Events(w.ID) {
			if e.Kind == world.Labeled || e.Kind == world.Unlabeled {
				events++
			}
		}
		if events != len(i.LabelEvents) {
			l.Errorf("%s: %d label events, the world has %d", i.Ref, len(i.LabelEvents), events)
		}
	}
}

func (l *lab) agreePull(tx *world.Tx, r *inventory.Repo, w *world.Issue) {
	l.Helper()
	k := slices.IndexFunc(r.Pulls, func(p inventory.Pull) bool { return p.Ref.Number == w.Number })
	if k < 0 {
		l.Errorf("pull request %s#%d is missing", r.Ref, w.Number)
		return
	}
	p := r.Pulls[k]
	if p.HeadSHA != w.Pull.HeadSHA || p.Base != w.Pull.BaseRef || len(p.Threads) != len(tx.Threads(w.ID)) || len(p.Labels) != len(w.LabelIDs) {
		l.Errorf("%s: %+v, the world has %+v", p.Ref, p, w.Pull)
	}
}
