package github

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// SurveyOptions say what a survey takes in.
type SurveyOptions struct {
	Trust inventory.Trust
	// Since bounds the label events of issues that nothing else asks after:
	// those updated from then on are read (the start of the day, or of an
	// agent's window). Zero: 24 hours ago.
	Since time.Time
	// Labels are those of agents, small letters: the label events of open issues that
	// bear one are read, however long ago they were touched.
	Labels map[string]string
	// Previous lends its data, with their age, to a repository that cannot be read.
	Previous *inventory.Snapshot
	Progress func(Progress) // nil: none; called between requests
}

// Progress is how far a survey is.
type Progress struct {
	Repos    int // answered
	Of       int
	Issues   int // read so far
	Requests int // sent by this client so far
}

// survey is one reading of the fleet, in rounds: the first asks for the facts of
// every repository, each further one for whatever the answers showed to be
// missing: pages, children, events, permissions. All that a round wants goes
// into one request, as far as GitHub lets it.
type survey struct {
	c         *Client
	o         SurveyOptions
	started   time.Time
	viewer    string
	deps      bool // this GitHub's GraphQL knows issue dependencies
	subIssues bool // and native sub-issues
	repos     []*repoReading
	byKey     map[string]*repoReading // by the name asked for and by the present one
	elsewhere map[string]*issueReading
	next      []*ask
	answered  int
}

type repoReading struct {
	repo    inventory.Repo
	read    bool // facts are there
	pages   int  // pages still wanted of what children are looked up in
	issues  map[int]*issueReading
	pulls   map[int]*inventory.Pull
	touched []int
}

// issueReading is an issue with what is yet to be decided about it.
type issueReading struct {
	inventory.Issue
	ours     inventory.RepoRef // where it is read
	pending  string            // a stranger's body, until it is known whether the issue was accepted
	children []inventory.Ref   // that are not taken up yet
	child    bool              // an epic names it
	parsed   bool              // its children are known
	// What has been asked for already.
	named, events, links, judged bool
}

// Survey reads the fleet. A fleet of 16 repositories costs at most three
// requests where no connection overflows its first page. Repositories that
// cannot be read are in the snapshot with their Problem; an error means that
// nothing could be read.
func (c *Client) Survey(ctx context.Context, repos []inventory.RepoRef, o SurveyOptions) (inventory.Snapshot, error) {
	s := &survey{c: c, o: o, started: c.clock.Now(), byKey: map[string]*repoReading{}, elsewhere: map[string]*issueReading{}}
	if s.o.Since.IsZero() {
		s.o.Since = s.started.Add(-24 * time.Hour)
	}
	for _, ref := range repos {
		if s.byKey[ref.Key()] != nil {
			continue
		}
		r := &repoReading{repo: inventory.Repo{Ref: ref}, issues: map[int]*issueReading{}, pulls: map[int]*inventory.Pull{}}
		s.repos, s.byKey[ref.Key()] = append(s.repos, r), r
		s.next = append(s.next, s.factsOf(r))
	}
	if len(s.repos) == 0 {
		return s.snapshot(), c.signedIn("read the fleet")
	}
	b := &batch{c: c, name: "Fleet", features: true, answered: s.progress}
	for len(s.next) > 0 {
		asks := s.next
		s.next = nil
		if err := b.run(ctx, asks); err != nil {
			return inventory.Snapshot{}, surveyError(err)
		}
		s.expand()
		b = &batch{c: c, name: "FleetDetails", answered: s.progress}
	}
	return s.snapshot(), nil
}

func surveyError(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Doing == "" {
		out := *e
		out.Doing = "read the fleet"
		return &out
	}
	return err
}

func (s *survey) progress(data map[string]json.RawMessage, asks []*ask) {
	var viewer actorJSON
	if json.Unmarshal(data["viewer"], &viewer) == nil && viewer.Login != "" {
		s.viewer = viewer.login()
	}
	if raw, ok := data["features"]; ok {
		s.deps, s.subIssues = hasField(raw, "blockedBy"), hasField(raw, "parent")
	}
	if s.o.Progress == nil {
		return
	}
	issues := 0
	for _, r := range s.repos {
		issues += len(r.issues)
	}
	s.o.Progress(Progress{Repos: s.answered, Of: len(s.repos), Issues: issues, Requests: s.c.Stats().Requests})
}

// hasField tells whether this GitHub's Issue has a field, by introspection.
func hasField(raw json.RawMessage, name string) bool {
	type field struct {
		Name string `json:"name"`
	}
	var t struct {
		Fields []field `json:"fields"`
	}
	return json.Unmarshal(raw, &t) == nil && slices.Contains(t.Fields, field{name})
}

// factsOf asks for a repository. 100 issues with 20 labels each, 50 pull
// requests with 10 labels, 50 threads, one commit and one check: 5,450 nodes
// and 304 connections, so 16 repositories are 87,200 nodes and 49 points.
func (s *survey) factsOf(r *repoReading) *ask {
	return &ask{repo: r.repo.Ref, selection: "...RepoFacts", since: stamp(s.o.Since), nodes: 5_450,
		fill: func(raw json.RawMessage) error { s.answered++; return s.facts(r, raw) },
		fail: func(e *Error) { s.answered++; s.lend(r, e) },
		warn: func(e *Error) { r.trouble(e, "partial") }}
}

func (s *survey) facts(r *repoReading, raw json.RawMessage) error {
	var j repoJSON
	if err := json.Unmarshal(raw, &j); err != nil {
		return err
	}
	p := &r.repo
	if now := (slugJSON{j.Slug}).ref(); !now.Same(p.Ref) {
		p.Problem = &inventory.Problem{Kind: "moved", Message: p.Ref.String() + " is now " + j.Slug, Hint: "write the new name in .core/inventory.yaml and team.yaml"}
		if s.byKey[now.Key()] == nil {
			s.byKey[now.Key()] = r
		}
	}
	p.ID, p.Archived, p.IssuesOff, p.Permission = j.ID, j.Archived, !j.IssuesOn, j.Permission
	p.OpenIssues, p.OpenPulls, p.UpdatedAt, p.ReadAt = j.Issues.Total, j.Pulls.Total, j.UpdatedAt, s.started
	if j.Language != nil {
		p.Language = j.Language.Name
	}
	if j.Default != nil {
		p.DefaultBranch, p.DefaultHead = j.Default.Name, j.Default.Target.OID
	}
	r.read = true
	s.issuePage(r, &j.Issues)
	s.pullPage(r, &j.Pulls)
	s.branchPage(r, &j.Branches)
	s.touchedPage(r, &j.Touched)
	return nil
}

// trouble notes why a part of a repository is missing; the first reason stays,
// but a rename is not what hides data.
func (r *repoReading) trouble(e *Error, kind string) {
	if r.repo.Problem != nil && r.repo.Problem.Kind != "moved" {
		return
	}
	r.repo.Problem = &inventory.Problem{Kind: kind, Message: e.Message, Hint: e.Hint}
}

// lend puts what is known from before beside the problem of a repository that
// could not be read.
func (s *survey) lend(r *repoReading, e *Error) {
	kind := "unavailable"
	switch e.Kind {
	case KindNotFound:
		kind = "not-found"
		e.Message = r.repo.Ref.String() + " does not exist, or this token may not see it"
	case KindForbidden, KindScope:
		kind = "forbidden"
	}
	if s.o.Previous != nil {
		if old, ok := s.o.Previous.Repo(r.repo.Ref); ok {
			r.repo = *old
		}
	}
	r.repo.Problem = &inventory.Problem{Kind: kind, Message: e.Message, Hint: e.Hint}
}

// snapshot puts together what was read, everything in a fixed order.
func (s *survey) snapshot() inventory.Snapshot {
	out := inventory.Snapshot{Host: s.c.Host(), Viewer: s.viewer, TakenAt: s.started, Since: s.o.Since, Dependencies: s.deps, SubIssues: s.subIssues}
	for _, r := range s.repos {
		if r.read {
			r.repo.Issues, r.repo.Pulls = nil, nil
			for _, i := range r.issues {
				r.repo.Issues = append(r.repo.Issues, s.finish(i))
			}
			for _, p := range r.pulls {
				slices.SortFunc(p.Mentions, inventory.Ref.Compare)
				p.Mentions = slices.Compact(p.Mentions)
				r.repo.Pulls = append(r.repo.Pulls, *p)
			}
			slices.SortFunc(r.repo.Issues, func(a, b inventory.Issue) int { return a.Ref.Compare(b.Ref) })
			slices.SortFunc(r.repo.Pulls, func(a, b inventory.Pull) int { return a.Ref.Compare(b.Ref) })
		}
		out.Repos = append(out.Repos, r.repo)
	}
	for _, i := range s.elsewhere {
		out.Elsewhere = append(out.Elsewhere, s.finish(i))
	}
	slices.SortFunc(out.Elsewhere, func(a, b inventory.Issue) int { return a.Ref.Compare(b.Ref) })
	return out
}

// finish gives a stranger's issue its body back if it was accepted; else the
// text goes no further than here.
func (s *survey) finish(i *issueReading) inventory.Issue {
	if i.pending != "" {
		if ok, _ := s.o.Trust.Issue(i.Issue); ok {
			i.Body = i.pending
		}
	}
	return i.Issue
}
