package seed

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// missionRepos are the repositories of the inventory table, in its order, with
// what the table does not say.
var missionRepos = []struct {
	name, branch, language, lang, layer, description string
	history                                          int // closed issues from earlier days
	codeOwner                                        string
}{
	{"core", "dev", "Go", "go", "go", "Command line and framework for every repository of the organisation", 0, missionOwner},
	{"core-php", "dev", "PHP", "php", "laravel", "Modular Laravel framework", 21, missionOwner},
	{"core-claude", "dev", "Shell", "", "plugin", "Plugins, skills and hooks for coding agents", 14, missionOwner},
	{"core-api", "dev", "PHP", "php", "laravel", "REST API, keys and webhooks", 12, missionOwner},
	{"core-admin", "dev", "PHP", "php", "laravel", "Administration panel", 9, missionOwner},
	{"core-mcp", "dev", "PHP", "php", "laravel", "Model Context Protocol server", 11, missionOwner},
	{"core-tenant", "dev", "PHP", "php", "laravel", "Workspaces, members and entitlements", 8, missionOwner},
	{"core-developer", "dev", "PHP", "php", "laravel", "Tools for developers in the panel", 7, missionOwner},
	{"core-service-commerce", "dev", "PHP", "php", "laravel", "Orders, subscriptions, payments", 13, missionOwner},
	{"core-devops", "dev", "Go", "go", "go", "Deployment and servers", 6, missionOwner},
	{"core-agent", "dev", "Go", "go", "go", "Queue and runner for coding agents", 5, missionOwner},
	{"core-template", "dev", "PHP", "php", "laravel", "Starting point for a new application", 6, missionOwner},
	{"build", "dev", "Go", "go", "go", "Build, sign and publish", 4, missionOwner},
	{"ansible-coolify", "main", "Jinja", "", "ansible", "Coolify on a fresh server", 2, missionOwner},
	{"docker-server-php", "main", "Dockerfile", "", "docker", "Container image of the PHP server", 3, ""},
	{"docker-server-blockchain", "main", "Dockerfile", "", "docker", "Container image of a blockchain node", 1, ""},
}

const (
	missionOrg    = "dappcore"
	missionOwner  = "Snider"
	missionMember = "bodane"
	julesLogin    = "google-labs-jules"
)

// mission is the fleet of the inventory table.
func mission(s *script) (Info, error) {
	info := Info{Org: missionOrg, Owner: missionOwner, Files: map[string][]byte{}}
	for _, name := range []string{"inventory.yaml", "team.yaml", "config.yaml"} {
		text, err := data.ReadFile("data/mission/" + name)
		if err != nil {
			return info, err
		}
		info.Files[name] = text
	}
	if err := s.organisation(missionOrg, missionOwner, []string{missionMember}); err != nil {
		return info, err
	}
	if err := s.people([]account{
		{julesLogin, "Jules", world.Bot},
		{"coderabbitai", "CodeRabbit", world.Bot},
		{"github-actions", "GitHub Actions", world.Bot},
		{"tmoreau-dev", "Thierry Moreau", world.Person},
		{"hannah-okafor", "Hannah Okafor", world.Person},
		{"quickfix-lab", "", world.Person},
	}); err != nil {
		return info, err
	}
	for _, m := range missionRepos {
		info.Repos = append(info.Repos, m.name)
		r := &repository{
			s: s, owner: missionOrg, name: m.name, description: m.description, language: m.language, branch: m.branch,
			owners: missionOwner, agent: julesLogin, label: "jules", created: s.ago(140), memberAccess: world.Write,
			collaborators: []collaborator{{missionMember, world.Write}, {julesLogin, world.Write}, {"github-actions", world.Write}},
		}
		r.settings.AutoMerge = m.branch == "dev"
		var languages []string
		if m.lang != "" {
			languages = append(languages, m.lang)
		}
		r.labels = workLabels("jules", languages...)
		items, gone, err := missionItems(s, r, m.name)
		if err != nil {
			return info, err
		}
		var texts []string
		for _, it := range items {
			if it.closed.IsZero() && it.pull == nil {
				texts = append(texts, it.body)
			}
		}
		if r.files, err = tree(m.layer, missionOrg, m.name, m.codeOwner, mentioned(texts, gone)); err != nil {
			return info, err
		}
		titles, err := history(s, m.layer)
		if err != nil {
			return info, err
		}
		for i := range m.history {
			items = append(items, closedIssue(s, titles, s.ago(60+s.random.Float64()*60-float64(i)), missionOwner))
		}
		r.make()
		r.tell(arrange(items, s.ago(135), filler(s, r, titles)))
	}
	return info, nil
}

// missionItems reads the issues and pull requests of one repository. Apart
// from core, whose numbers are given, ages are stretched a little at random,
// so that another seed gives another order.
func missionItems(s *script, r *repository, name string) (items []*item, gone []string, err error) {
	folder := path.Join("mission", name)
	records, err := readRecords(folder, "*.txt")
	if err != nil {
		return nil, nil, err
	}
	if name == "core" {
		items, err = coreItems(s, r, records)
		return items, nil, err
	}
	for _, rec := range records {
		rd := &reader{record: rec}
		switch rec.kind {
		case "issue":
			stretch := 0.85 + s.random.Float64()*0.3
			items = append(items, issueItem(s, rd, stretch))
			gone = append(gone, rd.list("gone")...)
		case "comment":
			last := items[len(items)-1]
			since := last.at.Add(time.Duration(1+len(last.comments)) * 3 * time.Hour)
			last.comments = append(last.comments, remark{rd.fields["author"], rec.body, since})
		default:
			return nil, nil, fmt.Errorf("%s: a record %q has no place here", rec.at, rec.kind)
		}
		if rd.err != nil {
			return nil, nil, rd.err
		}
	}
	return items, gone, nil
}

// issueItem is the issue a record tells of.
func issueItem(s *script, rd *reader, stretch float64) *item {
	it := &item{
		number: rd.integer("number"), title: rd.fields["title"], author: rd.fields["author"], body: rd.body,
		at: s.ago(rd.days("age") * stretch), labels: rd.list("labels"),
		blockedBy: rd.integers("blocked-by"), subIssues: rd.integers("sub-issues"), branch: rd.fields["branch"],
	}
	if rd.yes("branch-missing") {
		it.branch = ""
	}
	if age := rd.days("closed"); age > 0 {
		it.closed = s.ago(age)
	}
	return it
}

// history is the list of titles a repository's past is made of, shuffled.
func history(s *script, layer string) ([]string, error) {
	name := "data/history-go.txt"
	if layer == "laravel" {
		name = "data/history-php.txt"
	}
	text, err := data.ReadFile(name)
	if err != nil {
		return nil, err
	}
	titles := strings.Split(strings.TrimSpace(string(text)), "\n")
	s.random.Shuffle(len(titles), func(i, j int) { titles[i], titles[j] = titles[j], titles[i] })
	return titles, nil
}

// closedIssue is an issue of the past.
func closedIssue(s *script, titles []string, at time.Time, author string) *item {
	it := &item{
		title: titles[s.random.IntN(len(titles))], author: author, at: at,
		closed: at.Add(time.Duration(float64(day) * (0.3 + 4*s.random.Float64()))),
	}
	if s.random.IntN(9) == 0 {
		it.reason = "not_planned"
	}
	return it
}

// filler makes closed issues and the merged pull requests that closed them,
// in turn, each title once.
func filler(s *script, r *repository, titles []string) func([]slot) []*item {
	used := 0
	return func(slots []slot) []*item {
		var items []*item
		for i, sl := range slots {
			if i%2 == 0 {
				title := titles[used%len(titles)]
				used++
				items = append(items, &item{title: title, author: []string{missionOwner, missionMember}[used%2], at: sl.at,
					closed: sl.next.Add(max(sl.next.Sub(sl.at)/2, 2*time.Hour))})
				continue
			}
			issue := items[i-1]
			issue.closed = time.Time{}
			items = append(items, mergedPull(s, r, issue, r.branch, sl.at, sl.at.Add(max(sl.next.Sub(sl.at)/2, 2*time.Hour))))
		}
		return items
	}
}

// mergedPull is a pull request that solved an issue and was merged into base.
func mergedPull(s *script, r *repository, issue *item, base string, at, merged time.Time) *item {
	task := s.random.Uint64N(1 << 60)
	return &item{title: issue.title, author: r.agent, at: at, pull: &pull{
		head: fmt.Sprintf("%s-%d", slug(issue.title), task%10_000_000), base: base, merged: merged,
		files:  map[string]string{"changes/" + slug(issue.title) + ".md": issue.title + "\n"},
		solves: []*item{issue}, task: task,
	}}
}

// slug is a title as a part of a branch's name.
func slug(title string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(title) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}
