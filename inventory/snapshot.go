package inventory

import (
	"cmp"
	"strings"
	"time"
)

// Snapshot is what one look at GitHub found, in the shape every flow decides
// on. It holds structure; of texts only titles and issue bodies
// (spec/1-domain "Whom to trust, what to read").
type Snapshot struct {
	Host    string    `json:"host"`   // API host the data belongs to
	Viewer  string    `json:"viewer"` // login of the token's owner
	TakenAt time.Time `json:"taken_at"`
	// Since is from when on the label events of issues that nothing else asks
	// after were read.
	Since time.Time `json:"since,omitzero"`
	// Dependencies tells that what blocks an issue was read with it: this
	// GitHub's GraphQL knows. Else it takes a request an issue.
	Dependencies bool `json:"dependencies,omitempty"`
	// SubIssues tells that this GitHub knows native sub-issues.
	SubIssues bool   `json:"sub_issues,omitempty"`
	Repos     []Repo `json:"repos"` // in inventory order
	// Elsewhere are children that epics name in repositories outside the fleet.
	Elsewhere []Issue `json:"elsewhere,omitempty"`
}

// Repo is one repository as read.
type Repo struct {
	Ref           RepoRef   `json:"ref"`
	ID            string    `json:"id"` // node id: the identity; names change
	DefaultBranch string    `json:"default_branch"`
	DefaultHead   string    `json:"default_head"` // sha; empty for an unborn branch
	Language      string    `json:"language"`
	Archived      bool      `json:"archived"`
	IssuesOff     bool      `json:"issues_off"`
	Permission    string    `json:"permission"` // of the viewer: ADMIN MAINTAIN WRITE TRIAGE READ
	OpenIssues    int       `json:"open_issues"`
	OpenPulls     int       `json:"open_pulls"`
	UpdatedAt     time.Time `json:"updated_at"`
	Issues        []Issue   `json:"issues"` // open ones, and closed ones an epic names as children
	Pulls         []Pull    `json:"pulls"`  // open ones
	Branches      []Branch  `json:"branches"`
	ReadAt        time.Time `json:"read_at"`
	// What only the flows that make issues ask for (Details).
	Details *Details `json:"details,omitempty"`
	// What only the flows that follow pull requests ask for (Work).
	Work    *Work    `json:"-"`
	Problem *Problem `json:"problem,omitempty"` // why this repository could not be read; older data may stand beside it
}

// Details is what making issues needs to know of a repository besides what
// every look reads.
type Details struct {
	Labels []string `json:"labels"` // names of all labels there are
	// Made are the issues of trusted authors, closed ones too, that a
	// cross-reference event ties to an open audit of this repository, and those
	// that our journal says were taken back, by number.
	// GitHub writes that event some seconds after an issue was opened: what is
	// open and new is among the Issues, what was made and closed is here. Their
	// LabelEvents are not read.
	Made []Issue `json:"made,omitempty"`
	// Absent are the paths that were asked after and are not in the default
	// branch's head.
	Absent []string `json:"absent,omitempty"`
	// Newest is the highest number of an issue or pull request that was there
	// when the snapshot was taken: what has a higher one may not be in it. It may
	// be too low by a transferred issue or by what came in the seconds around the
	// look, never too high.
	Newest int `json:"newest"`
	// SubIssues tells that this GitHub knows native sub-issues.
	SubIssues bool `json:"sub_issues,omitempty"`
}

// Branch is a ref under refs/heads/epic/, short name and head.
type Branch struct {
	Name string `json:"name"`
	Head string `json:"head"`
}

// Problem tells why something could not be read and what to do about it.
type Problem struct {
	Kind    string `json:"kind"` // not-found, moved, forbidden, rate-limited, unavailable, partial
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Issue is an issue as read. Body is kept only for trusted authors, and where it
// bears a mark of ours and the author is the token's own account (Trust.Keeps).
type Issue struct {
	Ref         Ref          `json:"ref"`
	ID          string       `json:"id"`
	Title       string       `json:"title"`
	Body        string       `json:"body,omitempty"`
	Closed      bool         `json:"closed,omitempty"`
	StateReason string       `json:"state_reason,omitempty"` // COMPLETED, NOT_PLANNED, REOPENED, DUPLICATE
	Locked      bool         `json:"locked,omitempty"`
	Author      string       `json:"author"` // login; bots without "[bot]"; empty: account gone
	AuthorKind  string       `json:"author_kind"`
	Association string       `json:"association"`   // OWNER MEMBER COLLABORATOR CONTRIBUTOR ... NONE
	Own         bool         `json:"own,omitempty"` // the author is the token's account
	Labels      []string     `json:"labels,omitempty"`
	CreatedAt   time.Time    `json:"created_at"`
	UpdatedAt   time.Time    `json:"updated_at"`
	ClosedAt    time.Time    `json:"closed_at,omitzero"`
	EditedAt    time.Time    `json:"edited_at,omitzero"` // last edit of the body
	LabelEvents []LabelEvent `json:"label_events,omitempty"`
	BlockedBy   []Dependency `json:"blocked_by,omitempty"`
	Parent      Ref          `json:"parent,omitzero"`      // native parent, where sub-issues are read (Details)
	SubIssues   int          `json:"sub_issues,omitempty"` // how many native ones it has, closed ones too; read with Parent
	IsPull      bool         `json:"is_pull,omitempty"`    // a checklist may name a pull request
	Missing     bool         `json:"missing,omitempty"`    // named as a child, not to be found
}

// Dependency is an issue this one is blocked by.
type Dependency struct {
	Ref    Ref  `json:"ref"`
	Closed bool `json:"closed"`
}

// LabelEvent is a label put on or taken off.
type LabelEvent struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Added bool   `json:"added"`
	Actor string `json:"actor"`
	// ActorKind is GitHub's type of that account: User, Bot ...
	ActorKind string `json:"actor_kind,omitempty"`
	// ActorMayWrite tells whether the actor has write access; known only for
	// events that decide whether an issue is accepted.
	ActorMayWrite bool      `json:"actor_may_write,omitempty"`
	At            time.Time `json:"at"`
}

// Comment is a comment by id: whose it is, not what it says.
type Comment struct {
	ID        int64
	Mine      bool // by the token's account
	CreatedAt time.Time
}

// Claim is who claimed a child, and when. The zero Claim is nobody's.
type Claim struct {
	SHA string // of the object it points to
	At  time.Time
	By  string // login, empty where GitHub knows none
}

// Pull is an open pull request, by structure alone.
type Pull struct {
	Ref            Ref       `json:"ref"`
	ID             string    `json:"id"`
	Title          string    `json:"title"`
	Author         string    `json:"author"`
	AuthorKind     string    `json:"author_kind"`
	Association    string    `json:"association"`
	Draft          bool      `json:"draft,omitempty"`
	CrossRepo      bool      `json:"cross_repo,omitempty"` // from a fork
	Base           string    `json:"base"`
	Head           string    `json:"head"`
	HeadSHA        string    `json:"head_sha"`
	Mergeable      string    `json:"mergeable"`       // MERGEABLE CONFLICTING UNKNOWN
	ReviewDecision string    `json:"review_decision"` // APPROVED CHANGES_REQUESTED REVIEW_REQUIRED or empty
	Labels         []string  `json:"labels,omitempty"`
	Checks         Checks    `json:"checks"`
	Threads        []Thread  `json:"threads,omitempty"`
	AutoMerge      bool      `json:"auto_merge,omitempty"`
	Queued         bool      `json:"queued,omitempty"`
	CreatedAt      time.Time `json:"created_at"`
	UpdatedAt      time.Time `json:"updated_at"`
	Mentions       []Ref     `json:"mentions,omitempty"` // children with a cross-reference event from this pull
}

// Thread is a review thread: its id and whether it is resolved, never its text.
type Thread struct {
	ID       string `json:"id"`
	Resolved bool   `json:"resolved"`
}

// Checks sums up the check runs and statuses of a head. Zero of all kinds
// does not mean green: CI may not have started.
type Checks struct {
	State   string `json:"state"` // rollup: SUCCESS FAILURE ERROR PENDING EXPECTED; empty: none
	Passed  int    `json:"passed"`
	Failed  int    `json:"failed"`
	Pending int    `json:"pending"`
}

// HasLabel tells whether the issue bears a label, without regard to case as GitHub compares.
func (i Issue) HasLabel(name string) bool { return hasFold(i.Labels, name) }

// Repo returns the repository of the snapshot with that reference.
func (s *Snapshot) Repo(ref RepoRef) (*Repo, bool) {
	for i := range s.Repos {
		if s.Repos[i].Ref.Same(ref) {
			return &s.Repos[i], true
		}
	}
	return nil, false
}

// Find returns an issue wherever the snapshot holds it.
func (s *Snapshot) Find(ref Ref) (*Issue, bool) {
	if r, ok := s.Repo(ref.Repo); ok {
		if i, ok := r.Issue(ref.Number); ok {
			return i, true
		}
	}
	for i := range s.Elsewhere {
		if e := &s.Elsewhere[i]; e.Ref.Number == ref.Number && e.Ref.Repo.Same(ref.Repo) {
			return e, true
		}
	}
	return nil, false
}

// findFrom is Find, but what is in the repository asked from is found without
// going through the fleet.
func (s *Snapshot) findFrom(repo *Repo, ref Ref) (*Issue, bool) {
	if ref.Repo.Same(repo.Ref) {
		if i, ok := repo.Issue(ref.Number); ok {
			return i, true
		}
	}
	return s.Find(ref)
}

// Undispatchable says why nothing can be dispatched in the repository; empty: it can.
func (r *Repo) Undispatchable() string {
	switch {
	case r.Archived:
		return "the repository is archived"
	case r.DefaultHead == "":
		return "the default branch " + r.DefaultBranch + " has no commit: an epic branch cannot start anywhere"
	case r.Permission == "READ" || r.Permission == "TRIAGE":
		return "this token may only " + strings.ToLower(r.Permission) + " there: a branch needs write access"
	}
	return ""
}

// Unwritable says why no issue can be made and labelled there; empty: it can.
func (r *Repo) Unwritable() string {
	switch {
	case r.Archived:
		return "the repository is archived"
	case r.IssuesOff:
		return "its issues are disabled: none can be made"
	case r.Permission == "READ" || r.Permission == "TRIAGE" || r.Permission == "":
		return "this token may only " + cmp.Or(strings.ToLower(r.Permission), "read") + " there: labels and branches need write access"
	}
	return ""
}

// Issue returns an issue of the repository, open or a known child.
func (r *Repo) Issue(number int) (*Issue, bool) {
	for i := range r.Issues {
		if r.Issues[i].Ref.Number == number {
			return &r.Issues[i], true
		}
	}
	return nil, false
}

// Branch returns the epic branch of that name.
func (r *Repo) Branch(name string) (Branch, bool) {
	for _, b := range r.Branches {
		if b.Name == name {
			return b, true
		}
	}
	return Branch{}, false
}
