package seed

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// cast are the people and names of a drawn fleet.
type cast struct {
	org, owner string
	members    []string
	strangers  []string
	label      string // that calls the agent
	names      []string
	perRepo    int
	roomy      bool   // few enough issues for comments on each
	huge       int    // bodies near the limit still to be given out
	plain      string // name of a repository without oddity; empty: there is none
}

// scale is a fleet of so many repositories with so many issues each, in which
// everything is drawn: names, branches, texts, and the oddities real fleets have.
func scale(s *script, repos, issues int) (Info, error) {
	c := drawCast(s.random, repos, issues)
	if err := s.organisation(c.org, c.owner, c.members); err != nil {
		return Info{}, err
	}
	accounts := []account{{julesLogin, "Jules", world.Bot}, {"coderabbitai", "CodeRabbit", world.Bot}}
	for _, login := range c.strangers {
		accounts = append(accounts, account{login: login, kind: world.Person})
	}
	if err := s.people(accounts); err != nil {
		return Info{}, err
	}
	info := Info{Org: c.org, Owner: c.owner, Repos: c.names, Label: c.label}
	odd := oddities(s.random, repos)
	if i := slices.Index(odd, ordinary); i >= 0 {
		c.plain = c.names[i]
	}
	plans := make([]*repository, repos)
	for i, name := range c.names {
		plans[i] = s.drawRepository(c, name, odd[i])
	}
	for i, r := range plans {
		if err := s.drawPast(c, r, odd[i]); err != nil {
			return info, err
		}
	}
	info.Files = c.files(plans, odd)
	return info, nil
}

// The oddities a repository of a drawn fleet may have.
const (
	ordinary = iota
	archived
	private
	renamed
	forked
	withoutIssues
	unborn
	readOnlyPast // locked, deleted and transferred issues
	crowded      // an epic of 120 children, bodies near the limit
	oddityCount
)

// oddities deals each oddity to one repository, as far as they go round: at
// most half of them are odd.
func oddities(random *rand.Rand, repos int) []int {
	deal := make([]int, repos)
	for i, at := range random.Perm(repos) {
		if i >= max(repos/2, 1) && repos < 2*oddityCount || i+1 >= oddityCount {
			break
		}
		deal[at] = i + 1
	}
	if repos == 1 {
		deal[0] = ordinary
	}
	return deal
}

func drawCast(random *rand.Rand, repos, issues int) *cast {
	c := &cast{perRepo: issues, roomy: repos*issues <= 20_000, huge: 3}
	taken := map[string]bool{}
	unique := func(draw func() string) string {
		name := draw()
		for n := 2; taken[strings.ToLower(name)]; n++ {
			name = fmt.Sprintf("%s-%d", draw(), n)
		}
		taken[strings.ToLower(name)] = true
		return name
	}
	c.org = unique(func() string { return pick(random, materials) + "-" + pick(random, groups) })
	login := func() string { return pick(random, firstNames) + pick(random, []string{"", "-dev", "42", "-x"}) }
	c.owner = unique(login)
	for range 1 + random.IntN(4) {
		c.members = append(c.members, unique(login))
	}
	for range 3 + random.IntN(4) {
		c.strangers = append(c.strangers, unique(login))
	}
	c.label = pick(random, []string{"jules", "agent:jules", "Jules", "dispatch/jules"})
	for range repos {
		c.names = append(c.names, unique(func() string {
			name := pick(random, nouns)
			switch random.IntN(4) {
			case 0:
				name = pick(random, materials) + "-" + name
			case 1:
				name += "." + pick(random, []string{"go", "php", "io", "lib"})
			case 2:
				name += "_" + pick(random, nouns)
			}
			return name
		}))
	}
	return c
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// drawRepository draws a repository without its past.
func (s *script) drawRepository(c *cast, name string, odd int) *repository {
	kind := pick(s.random, []struct{ layer, language, lang string }{
		{"go", "Go", "go"}, {"go", "Go", "go"}, {"laravel", "PHP", "php"}, {"laravel", "PHP", "php"},
		{"plugin", "Shell", "sh"}, {"ansible", "Jinja", "yaml"}, {"docker", "Dockerfile", "docker"},
	})
	r := &repository{
		s: s, owner: c.org, name: name, description: sentence(s.random), language: kind.language, layer: kind.layer,
		branch: pick(s.random, []string{"main", "dev", "master", "trunk", "release/next"}),
		owners: c.owner, agent: julesLogin, label: c.label,
		created: s.ago(260 + s.random.Float64()*100), memberAccess: world.Write,
		collaborators: []collaborator{{julesLogin, world.Write}},
		private:       odd == private, issuesDisabled: odd == withoutIssues,
	}
	for _, m := range c.members {
		r.collaborators = append(r.collaborators, collaborator{m, pick(s.random, []world.Permission{world.Write, world.Maintain, world.Triage})})
	}
	if s.random.IntN(5) > 0 { // else nobody has prepared it
		r.labels = workLabels(c.label, kind.lang)
	}
	if odd == renamed {
		r.formerName = name + "-old"
	}
	return r
}

// drawPast draws the issues, pull requests and files of a repository.
func (s *script) drawPast(c *cast, r *repository, odd int) error {
	var items []*item
	if odd != withoutIssues {
		items = s.drawIssues(c, r, odd)
	}
	var texts []string
	for _, it := range items {
		if len(texts) < 8 && strings.Contains(strings.ToLower(it.title), "audit") {
			texts = append(texts, it.body)
		}
	}
	owner := c.owner
	if s.random.IntN(4) == 0 {
		owner = ""
	}
	var err error
	if odd != unborn {
		if r.files, err = tree(r.layer, c.org, r.name, owner, mentioned(texts, nil)); err != nil {
			return err
		}
		if s.random.IntN(4) == 0 {
			delete(r.files, ".github/workflows/ci.yml")
		}
	}
	if odd == forked {
		s.drawUpstream(c, r)
	}
	r.make()
	if odd != unborn && len(c.names) <= 64 {
		items = append(items, s.drawPulls(c, r, items)...)
	}
	if odd == unborn {
		for _, it := range items {
			it.branch = ""
		}
	}
	if odd == readOnlyPast && len(items) > 8 {
		items[1].locked = true
		items[2].deleted = s.ago(0.5)
		items[3].movedTo, items[3].movedAt = c.plain, s.ago(0.01)
	}
	r.tell(items)
	if odd == archived {
		s.act(s.ago(0.02), "", func() error {
			_, err := s.tx.ArchiveRepo(r.row, true)
			return err
		})
	}
	return nil
}

// drawUpstream makes the repository of a stranger that r is a fork of.
func (s *script) drawUpstream(c *cast, r *repository) {
	up := &repository{
		s: s, owner: c.strangers[0], name: r.name, owners: c.strangers[0], branch: r.branch, language: r.language,
		created: r.created.Add(-day), files: r.files,
	}
	up.make()
	r.upstream, r.files = up, nil
}

// drawPulls opens pull requests for children that were dispatched.
func (s *script) drawPulls(c *cast, r *repository, items []*item) []*item {
	var pulls []*item
	for _, it := range items {
		if it.handed == nil || it.handed.target == "" || len(pulls) == 5 || s.random.IntN(3) == 0 {
			continue
		}
		p := mergedPull(s, r, it, it.handed.target, s.ago(0.9-0.1*float64(len(pulls))), time.Time{})
		p.pull.draft = s.random.IntN(5) == 0
		for _, name := range []string{"test", "lint"} {
			if result := pick(s.random, []string{"success", "success", "success", "failure", "pending", ""}); result != "" {
				p.pull.checks = append(p.pull.checks, check{name, result})
			}
		}
		if s.random.IntN(3) == 0 && !r.private {
			path := slices.Collect(maps.Keys(p.pull.files))[0]
			p.pull.reviews = []review{{author: "coderabbitai", state: "commented", body: sentence(s.random), at: p.at.Add(20 * time.Minute),
				threads: []thread{{path: path, line: 1, body: sentence(s.random), resolved: s.random.IntN(2) == 0}}}}
		}
		p.number = len(items) + len(pulls) + 1
		pulls = append(pulls, p)
	}
	return pulls
}

// files are the .core/ files of a drawn fleet. Repositories the pipeline
// cannot work on are left out.
func (c *cast) files(repos []*repository, odd []int) map[string][]byte {
	var inventory, names strings.Builder
	inventory.WriteString("repos:\n")
	for i, r := range repos {
		if odd[i] == archived || odd[i] == withoutIssues {
			continue
		}
		ci := "none"
		files := r.files
		if r.upstream != nil {
			files = r.upstream.files
		}
		if files[".github/workflows/ci.yml"] != "" {
			ci = "actions"
		}
		fmt.Fprintf(&inventory, "  - name: %q\n    default_branch: %s\n    language: %s\n    agent: jules\n    ci: %s\n", r.name, r.branch, strings.ToLower(r.language), ci)
		if names.Len() > 0 {
			names.WriteString(", ")
		}
		fmt.Fprintf(&names, "%q", r.name)
	}
	team := fmt.Sprintf("members:\n  - login: %q\n    quota: 300\n    repos: [%s]\n", c.owner, names.String())
	for _, m := range c.members {
		team += fmt.Sprintf("  - login: %q\n    quota: 100\n    repos: []\n", m)
	}
	config := fmt.Sprintf("host: github.localhost\norg: %s\ndefault_agent: jules\nagents:\n  jules:\n    label: %q\n    logins: [%q]\n", c.org, c.label, julesLogin+"[bot]")
	return map[string][]byte{"inventory.yaml": []byte(inventory.String()), "team.yaml": []byte(team), "config.yaml": []byte(config)}
}
