package seed

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/githubsim/worldtest"
)

// noon is when the worlds of these tests stand.
var noon = time.Date(2026, 2, 4, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, name string, seed uint64) (*world.World, Info) {
	t.Helper()
	w, err := world.Open("", worldtest.NewManualClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	info, err := Fleet(w, name, seed)
	if err != nil {
		t.Fatal(err)
	}
	return w, info
}

func view(t testing.TB, w *world.World, look func(tx *world.Tx)) {
	t.Helper()
	if err := w.View(func(tx *world.Tx) error { look(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

// row is a line of the mission's inventory table.
type row struct {
	repo        string
	open, audit int
	epics       []int
	branch      string
}

var table = []row{
	{"core", 45, 0, []int{101, 118, 127, 133, 299, 300, 301, 302}, "dev"},
	{"core-php", 28, 15, nil, "dev"},
	{"core-claude", 30, 0, nil, "dev"},
	{"core-api", 22, 3, nil, "dev"},
	{"core-admin", 14, 2, nil, "dev"},
	{"core-mcp", 24, 5, nil, "dev"},
	{"core-tenant", 14, 2, nil, "dev"},
	{"core-developer", 19, 2, nil, "dev"},
	{"core-service-commerce", 30, 2, nil, "dev"},
	{"core-devops", 3, 1, nil, "dev"},
	{"core-agent", 14, 0, nil, "dev"},
	{"core-template", 12, 1, nil, "dev"},
	{"build", 9, 1, nil, "dev"},
	{"ansible-coolify", 1, 1, nil, "main"},
	{"docker-server-php", 1, 1, nil, "main"},
	{"docker-server-blockchain", 1, 1, nil, "main"},
}

// The filters of the mission document's own gh lines.
var (
	auditTitle = regexp.MustCompile(`\[Audit\]|audit:`)
	epicBody   = regexp.MustCompile(`- \[[ x]\] #\d+`)
	trusted    = []string{"OWNER", "MEMBER", "COLLABORATOR"}
)

func count(tx *world.Tx, owner, name string) row {
	repo, _ := tx.Repo(owner, name)
	r := row{repo: name, branch: repo.DefaultBranch}
	for _, i := range tx.Issues(repo.ID) {
		if i.Closed || i.Pull != nil {
			continue
		}
		r.open++
		if auditTitle.MatchString(i.Title) && slices.Contains(trusted, tx.Association(tx.User(i.AuthorID), repo)) {
			r.audit++
		}
		if epicBody.MatchString(i.Body) {
			r.epics = append(r.epics, i.Number)
		}
	}
	return r
}

func TestMissionHasTheTablesCounts(t *testing.T) {
	for _, seed := range []uint64{0, 1, 77} {
		w, info := open(t, "mission", seed)
		view(t, w, func(tx *world.Tx) {
			for i, want := range table {
				got := count(tx, info.Org, want.repo)
				if got.open != want.open || got.audit != want.audit || got.branch != want.branch || !slices.Equal(got.epics, want.epics) {
					t.Errorf("seed %d: have %+v, want %+v", seed, got, want)
				}
				if info.Repos[i] != want.repo {
					t.Errorf("repository %d is %s, want %s", i, info.Repos[i], want.repo)
				}
			}
			org := tx.UserByLogin(info.Org)
			if n := len(tx.ReposOf(org.ID)); n != len(table) {
				t.Errorf("%d repositories, want %d", n, len(table))
			}
		})
	}
}

// The tiers of inventory.yaml are those of the rule for entry, but for the
// pinned one, and give the document's priority list.
func TestInventoryFileHasTheRulesTiersAndOrder(t *testing.T) {
	w, info := open(t, "mission", 1)
	tiers := map[string]int{}
	var order []string
	name := ""
	for _, line := range strings.Split(string(info.Files["inventory.yaml"]), "\n") {
		if v, ok := strings.CutPrefix(line, "  - name: "); ok {
			name = v
			order = append(order, name)
		}
		if v, ok := strings.CutPrefix(line, "    tier: "); ok {
			v, _, _ = strings.Cut(v, " ")
			tiers[name], _ = strconv.Atoi(v)
		}
	}
	if !slices.Equal(order, info.Repos) {
		t.Errorf("inventory.yaml lists %v, want %v", order, info.Repos)
	}
	counts := map[string]row{}
	view(t, w, func(tx *world.Tx) {
		for _, repo := range info.Repos {
			counts[repo] = count(tx, info.Org, repo)
		}
	})
	for repo, r := range counts {
		want := 4
		switch {
		case r.audit == 0 && len(r.epics) > 0:
			want = 0
		case r.audit == 0:
			want = 3
		case r.audit >= 3 && r.open >= 20:
			want = 1
		case r.audit >= 2 && r.open >= 10:
			want = 2
		}
		if repo == "core-service-commerce" {
			want = 4
		}
		if tiers[repo] != want {
			t.Errorf("%s has tier %d, want %d", repo, tiers[repo], want)
		}
	}
	listed := slices.DeleteFunc(slices.Clone(order), func(r string) bool { return tiers[r] == 0 })
	slices.SortStableFunc(listed, func(a, b string) int {
		return cmp.Or(cmp.Compare(tiers[a], tiers[b]), cmp.Compare(counts[b].open, counts[a].open))
	})
	want := strings.Fields(`core-php core-mcp core-api core-developer core-admin core-tenant core-claude core-agent
		core-service-commerce core-template build core-devops ansible-coolify docker-server-php docker-server-blockchain`)
	if !slices.Equal(listed, want) {
		t.Errorf("order is\n%v, want\n%v", listed, want)
	}
}

var (
	headingLine = regexp.MustCompile(`^#{2,3} (.*)`)
	itemLine    = regexp.MustCompile(`^(?:[-*+]|\d+\.) \[([ x])\] (.*)`)
	startRef    = regexp.MustCompile(`^(?:\*\*|\[)?(?:([\w-]+/[\w-]+))?#(\d+)`)
	endRef      = regexp.MustCompile(`\(?#(\d+)\)?$`)
)

// ready works out which children of an epic may be dispatched, by the words of
// the domain alone. It holds for the checklists of this fleet only.
func ready(t *testing.T, tx *world.Tx, repo *world.Repo, epic *world.Issue) []int {
	type child struct{ issue, phase int }
	var children []child
	phase, ordinals, left := 0, map[int]bool{}, map[int]bool{}
	for _, line := range strings.Split(epic.Body, "\n") {
		if m := headingLine.FindStringSubmatch(line); m != nil {
			phase++
			ordinals[phase] = strings.ContainsAny(m[1], "123")
			continue
		}
		m := itemLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		ref := startRef.FindStringSubmatch(m[2])
		if ref == nil {
			if end := endRef.FindStringSubmatch(m[2]); end != nil {
				ref = []string{"", "", end[1]}
			}
		}
		if ref == nil || ref[1] != "" {
			continue
		}
		n, _ := strconv.Atoi(ref[2])
		i := tx.Issue(repo.ID, n)
		if i == nil {
			t.Fatalf("epic #%d: %q names no issue", epic.Number, line)
		}
		if !i.Closed {
			left[phase] = true
			if m[1] == " " {
				children = append(children, child{n, phase})
			}
		}
	}
	var list []int
	for _, c := range children {
		i := tx.Issue(repo.ID, c.issue)
		blocked := slices.ContainsFunc(i.BlockedBy, func(id int64) bool { return !tx.IssueByID(id).Closed })
		for before := 1; before < c.phase; before++ {
			blocked = blocked || ordinals[c.phase] && ordinals[before] && left[before]
		}
		dispatched := slices.ContainsFunc(tx.Events(i.ID), func(e *world.Event) bool { return e.Kind == world.Labeled && e.Label == "jules" })
		stranger := !slices.Contains(trusted, tx.Association(tx.User(i.AuthorID), repo))
		if !blocked && !dispatched && !stranger && !strings.HasPrefix(i.Title, "feat") {
			list = append(list, c.issue)
		}
	}
	return list
}

func TestCoreHasEightReadyChildren(t *testing.T) {
	w, info := open(t, "mission", 5)
	view(t, w, func(tx *world.Tx) {
		repo, _ := tx.Repo(info.Org, "core")
		got := map[int][]int{}
		total := 0
		for _, n := range table[0].epics {
			got[n] = ready(t, tx, repo, tx.Issue(repo.ID, n))
			total += len(got[n])
		}
		if total != 8 || !slices.Equal(got[101], []int{112, 113, 114, 115}) {
			t.Errorf("ready: %v, %d in all, want 8 and 112 to 115 in #101", got, total)
		}
		build, _ := tx.Repo(info.Org, "build")
		if i := tx.Issue(build.ID, 31); i == nil || i.Closed || i.Title != "test(archive): fuzz the readers" {
			t.Errorf("the child of #301 in another repository is %+v", i)
		}
	})
}

func TestCoreHasPullRequestsInEveryState(t *testing.T) {
	w, info := open(t, "mission", 1)
	states := map[string]string{} // head branch -> mergeable
	for range 2 {                 // known from the second look on
		view(t, w, func(tx *world.Tx) {
			repo, _ := tx.Repo(info.Org, "core")
			for _, i := range tx.Issues(repo.ID) {
				if i.Pull != nil && !i.Closed {
					states[i.Pull.HeadRef] = tx.Mergeable(i)
				}
			}
		})
	}
	if len(states) != 11 {
		t.Errorf("%d open pull requests, want 11: %v", len(states), states)
	}
	for head, state := range states {
		want := "MERGEABLE"
		if head == "fix-symlink-copy-1180247" {
			want = "CONFLICTING"
		}
		if state != want {
			t.Errorf("%s is %s, want %s", head, state, want)
		}
	}
}

func TestMissionsPastIsPast(t *testing.T) {
	w, info := open(t, "mission", 3)
	view(t, w, func(tx *world.Tx) {
		for _, name := range info.Repos {
			repo, _ := tx.Repo(info.Org, name)
			last := repo.CreatedAt
			for _, i := range tx.Issues(repo.ID) {
				if i.CreatedAt.Before(last) {
					t.Errorf("%s#%d is older than the number before it", name, i.Number)
				}
				last = i.CreatedAt
				at := i.CreatedAt
				for _, e := range tx.Events(i.ID) {
					if e.CreatedAt.Before(at) {
						t.Errorf("%s#%d: event %s at %s, after one at %s", name, i.Number, e.Kind, e.CreatedAt, at)
					}
					at = e.CreatedAt
					if e.Kind == world.Labeled && e.Label == "jules" && noon.Sub(e.CreatedAt) < 25*time.Hour {
						t.Errorf("%s#%d was dispatched %s ago: it counts on today's budget", name, i.Number, noon.Sub(e.CreatedAt))
					}
				}
				if at.After(noon) {
					t.Errorf("%s#%d has a future", name, i.Number)
				}
			}
		}
	})
}

func TestAuditsNameFilesThatExist(t *testing.T) {
	w, info := open(t, "mission", 1)
	view(t, w, func(tx *world.Tx) {
		for _, name := range []string{"core-php", "build", "ansible-coolify", "docker-server-php"} {
			repo, _ := tx.Repo(info.Org, name)
			var missing []string
			for _, i := range tx.Issues(repo.ID) {
				if i.Closed || !auditTitle.MatchString(i.Title) {
					continue
				}
				for path, line := range mentioned([]string{i.Body}, nil) {
					file, err := tx.File(repo, repo.DefaultBranch, path)
					if err != nil {
						missing = append(missing, path)
					} else if n := strings.Count(string(file.Content), "\n"); n < line {
						t.Errorf("%s: %s has %d lines, an audit names line %d", name, path, n, line)
					}
				}
			}
			want := 0
			if name == "core-php" {
				want = 1 // src/Core/Jobs/LegacyBilling.php is gone, so its finding is stale
			}
			if len(missing) != want {
				t.Errorf("%s: not in the repository: %v", name, missing)
			}
		}
	})
}
