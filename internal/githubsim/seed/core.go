package seed

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// coreItems reads the repository whose epics are being executed: epics,
// children in every state, pull requests on real branches.
func coreItems(s *script, r *repository, records []record) ([]*item, error) {
	c := &coreReader{s: s, r: r, byNumber: map[int]*item{}, tasks: s.random.Uint64N(1 << 60)}
	for _, rec := range records {
		rd := &reader{record: rec}
		if err := c.take(rd); err != nil {
			return nil, err
		}
		if rd.err != nil {
			return nil, rd.err
		}
	}
	for _, link := range c.links {
		if err := link(); err != nil {
			return nil, err
		}
	}
	for _, it := range c.items {
		c.settle(it)
	}
	return append(c.items, c.merged...), nil
}

type coreReader struct {
	s        *script
	r        *repository
	items    []*item
	merged   []*item // pull requests of closed children
	byNumber map[int]*item
	links    []func() error // to be followed once everything is read
	branch   string         // of the present "branch" record; empty: commits belong to a pull request
	tasks    uint64
	epics    []*item
	bases    map[*item]string // where a closed child's work was merged
}

func (c *coreReader) take(rd *reader) error {
	var last *item
	if len(c.items) > 0 {
		last = c.items[len(c.items)-1]
	}
	switch rd.kind {
	case "issue":
		c.issue(rd)
	case "pull":
		c.pull(rd)
	case "comment":
		last.comments = append(last.comments, remark{rd.fields["author"], rd.body, c.s.ago(rd.days("age"))})
	case "branch":
		c.branch = rd.fields["name"]
	case "commit":
		files := map[string]string{rd.fields["file"]: rd.body + "\n"}
		if c.branch == "" {
			last.pull.files = files
			return nil
		}
		branch := c.branch
		c.s.act(c.s.ago(rd.days("age")), missionOwner, func() error {
			_, err := c.r.commit(branch, nil, missionOwner, "chore: "+rd.fields["file"], files)
			return err
		})
	case "review":
		last.pull.reviews = append(last.pull.reviews, review{
			author: rd.fields["author"], state: rd.fields["state"], body: rd.body, at: c.s.ago(rd.days("age")),
		})
	case "thread":
		rev := &last.pull.reviews[len(last.pull.reviews)-1]
		rev.threads = append(rev.threads, thread{rd.fields["path"], rd.body, rd.integer("line"), rd.yes("resolved")})
	default:
		return fmt.Errorf("%s: a record %q has no place here", rd.at, rd.kind)
	}
	return nil
}

func (c *coreReader) issue(rd *reader) {
	it := issueItem(c.s, rd, 1)
	c.items = append(c.items, it)
	c.byNumber[it.number] = it
	if base := rd.fields["merged-into"]; base != "" {
		if c.bases == nil {
			c.bases = map[*item]string{}
		}
		c.bases[it] = base
	}
	if age := rd.days("dispatched"); age > 0 {
		it.handed = &handover{at: c.s.ago(age), refused: rd.fields["refused"]}
	}
	if rd.fields["branch"] == "" {
		return
	}
	c.epics = append(c.epics, it)
	c.links = append(c.links, func() error { return c.children(it, rd.at) })
}

var childLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*(?:[-*+]|\d+\.) \[[ x]\] (?:.*?[^\w/])?#(\d+)`)
})

// children makes the issues on an epic's checklist its own, and starts it
// without ticks: they came as the children were closed.
func (c *coreReader) children(epic *item, at string) error {
	var lastTick time.Time
	for _, line := range strings.Split(epic.body, "\n") {
		m := childLine().FindStringSubmatch(line)
		if m == nil {
			continue
		}
		n, err := strconv.Atoi(m[1])
		child := c.byNumber[n]
		if err != nil || child == nil {
			return fmt.Errorf("%s: %q names no issue of this repository", at, line)
		}
		child.parent = epic.number
		if strings.Contains(line, "[x]") && child.closed.After(lastTick) {
			lastTick = child.closed
		}
	}
	if !lastTick.IsZero() {
		epic.ticked, epic.tickedAt = epic.body, lastTick.Add(10*time.Minute)
		epic.body = strings.ReplaceAll(epic.body, "[x]", "[ ]")
	}
	return nil
}

func (c *coreReader) pull(rd *reader) {
	c.branch = ""
	it := &item{title: rd.fields["title"], author: rd.fields["author"], at: c.s.ago(rd.days("age")), body: rd.body, pull: &pull{
		head: rd.fields["head"], base: rd.fields["base"], fromBranch: rd.fields["from-branch"],
		draft: rd.yes("draft"), fork: rd.yes("fork"), mentions: rd.integer("mentions"),
	}}
	for _, text := range strings.Fields(rd.fields["checks"]) {
		name, result, _ := strings.Cut(text, "=")
		it.pull.checks = append(it.pull.checks, check{name, result})
	}
	if n := rd.integer("child"); n > 0 {
		c.tasks++
		it.pull.task = c.tasks
		c.links = append(c.links, func() error {
			child := c.byNumber[n]
			if child == nil {
				return fmt.Errorf("%s: there is no #%d", rd.at, n)
			}
			it.pull.solves = []*item{child}
			return nil
		})
	}
	c.items = append(c.items, it)
}

// settle gives a dispatched child its target branch, and a closed one the
// pull request that closed it and the dispatch before.
func (c *coreReader) settle(it *item) {
	epic := c.byNumber[it.parent]
	if epic == nil || it.pull != nil {
		return
	}
	if it.handed != nil {
		it.handed.target = epic.branch
	}
	if it.closed.IsZero() {
		return
	}
	base := c.bases[it]
	if base == "" {
		base = epic.branch
		it.handed = &handover{at: it.closed.Add(-20 * time.Hour), target: base}
	}
	merged := it.closed
	it.closed = time.Time{} // the merge closes it
	p := mergedPull(c.s, c.r, it, base, merged.Add(-5*time.Hour), merged)
	p.pull.checks = []check{{"test", "success"}, {"lint", "success"}, {"build", "success"}}
	c.merged = append(c.merged, p)
}
