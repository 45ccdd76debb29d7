package world

import "time"

// Permission is what a user may do in a repository, weakest first.
type Permission int

const (
	NoPermission Permission = iota
	Read
	Triage
	Write
	Maintain
	Admin
)

// User is an account: a person, a bot or an organisation.
type User struct {
	ID        int64     `json:"id"`
	Login     string    `json:"login"` // of a bot without "[bot]": REST adds it, GraphQL does not
	Kind      UserKind  `json:"kind"`
	Name      string    `json:"name,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	Members   []int64   `json:"members,omitempty"`   // of an organisation: user ids
	Owners    []int64   `json:"owners,omitempty"`    // of an organisation: those members who administer it
	Concealed []int64   `json:"concealed,omitempty"` // of an organisation: those members whose membership is shown to nobody
}

// UserKind tells accounts apart as GitHub's "type" does.
type UserKind string

const (
	Person       UserKind = "User"
	Bot          UserKind = "Bot"
	Organization UserKind = "Organization"
)

// Token authenticates requests. Its text never appears in a journal.
type Token struct {
	Text    string    `json:"text"`
	UserID  int64     `json:"user_id"`
	Scopes  []string  `json:"scopes"`           // classic scopes: repo, public_repo, read:org, workflow ...
	Repos   []int64   `json:"repos,omitempty"`  // a fine-grained token sees only these; empty: all its user sees
	Expires time.Time `json:"expires,omitzero"` // zero: never
}

// Repo is a repository. Refs mirrors its bare git repository, which holds the objects.
type Repo struct {
	ID             int64                `json:"id"`
	OwnerID        int64                `json:"owner_id"`
	Name           string               `json:"name"`
	OldNames       []string             `json:"old_names,omitempty"` // answered with a redirect
	Description    string               `json:"description,omitempty"`
	Private        bool                 `json:"private,omitempty"`
	Archived       bool                 `json:"archived,omitempty"`
	Fork           bool                 `json:"fork,omitempty"`
	ParentID       int64                `json:"parent_id,omitempty"`
	IssuesDisabled bool                 `json:"issues_disabled,omitempty"`
	DefaultBranch  string               `json:"default_branch"`
	Language       string               `json:"language,omitempty"`
	CreatedAt      time.Time            `json:"created_at"`
	UpdatedAt      time.Time            `json:"updated_at"`
	PushedAt       time.Time            `json:"pushed_at"`
	Collaborators  map[int64]Permission `json:"collaborators,omitempty"` // beside the owner and the organisation's members
	MemberAccess   Permission           `json:"member_access"`           // of every member of the owning organisation
	Refs           map[string]string    `json:"refs"`                    // full name -> object id
	LastNumber     int                  `json:"last_number"`             // highest issue or pull number given out
	Settings       RepoSettings         `json:"settings"`
	Protection     map[string]Rules     `json:"protection,omitempty"` // branch pattern -> what it demands
}

// RepoSettings are the merge settings of a repository.
type RepoSettings struct {
	NoMergeCommit, NoSquash, NoRebase   bool
	AutoMerge, MergeQueue, DeleteBranch bool
}

// Rules are what a protected branch demands before a merge.
type Rules struct {
	Approvals      int
	RequiredChecks []string
	UpToDate       bool // the head must contain the base
	Resolved       bool // every review thread must be resolved
	Deletable      bool // the branch may be deleted all the same
}

// Label belongs to a repository; its name is unique there without regard to case.
type Label struct {
	ID          int64     `json:"id"`
	RepoID      int64     `json:"repo_id"`
	Name        string    `json:"name"`
	Color       string    `json:"color"`
	Description string    `json:"description,omitempty"`
	Default     bool      `json:"default,omitempty"`
	CreatedAt   time.Time `json:"created_at"`
}

// Issue is an issue or, where Pull is set, a pull request; both share one sequence of numbers.
type Issue struct {
	ID           int64     `json:"id"`
	RepoID       int64     `json:"repo_id"`
	Number       int       `json:"number"`
	Title        string    `json:"title"`
	Body         string    `json:"body"`
	AuthorID     int64     `json:"author_id"`
	Closed       bool      `json:"closed,omitempty"`
	Reason       string    `json:"reason,omitempty"` // completed, not_planned, reopened, duplicate
	Locked       bool      `json:"locked,omitempty"`
	LockReason   string    `json:"lock_reason,omitempty"` // off-topic, too heated, resolved, spam
	LabelIDs     []int64   `json:"label_ids,omitempty"`
	AssigneeIDs  []int64   `json:"assignee_ids,omitempty"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
	ClosedAt     time.Time `json:"closed_at,omitzero"`
	ClosedByID   int64     `json:"closed_by_id,omitempty"`
	LastEditedAt time.Time `json:"last_edited_at,omitzero"` // of the body
	EditorID     int64     `json:"editor_id,omitempty"`
	ParentID     int64     `json:"parent_id,omitempty"`  // sub-issue of
	SubIssues    []int64   `json:"sub_issues,omitempty"` // in priority order
	BlockedBy    []int64   `json:"blocked_by,omitempty"`
	Deleted      bool      `json:"deleted,omitempty"`
	MovedTo      int64     `json:"moved_to,omitempty"` // transferred: id of the issue it became
	Pull         *Pull     `json:"pull,omitempty"`
}

// Pull is what a pull request has beyond an issue.
type Pull struct {
	HeadRepoID         int64     `json:"head_repo_id"`
	HeadRef            string    `json:"head_ref"` // short name
	HeadSHA            string    `json:"head_sha"`
	BaseRef            string    `json:"base_ref"`
	BaseSHA            string    `json:"base_sha"`
	Draft              bool      `json:"draft,omitempty"`
	Merged             bool      `json:"merged,omitempty"`
	MergedAt           time.Time `json:"merged_at,omitzero"`
	MergedByID         int64     `json:"merged_by_id,omitempty"`
	MergeSHA           string    `json:"merge_sha,omitempty"`
	Mergeable          string    `json:"mergeable"`                // MERGEABLE, CONFLICTING, UNKNOWN
	MergeableFor       string    `json:"mergeable_for,omitempty"`  // "base sha..head sha" that Mergeable was found for
	MergeableAsked     time.Time `json:"mergeable_asked,omitzero"` // first look at the present pair; known some time later
	AutoMerge          string    `json:"auto_merge,omitempty"`     // method, when enabled
	AutoMergeByID      int64     `json:"auto_merge_by_id,omitempty"`
	Queued             bool      `json:"queued,omitempty"`
	RequestedReviewers []int64   `json:"requested_reviewers,omitempty"`
}

// Comment on an issue or pull request.
type Comment struct {
	ID        int64     `json:"id"`
	IssueID   int64     `json:"issue_id"`
	AuthorID  int64     `json:"author_id"`
	Body      string    `json:"body"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Edited    bool      `json:"edited,omitempty"`
}

// Event is an entry of an issue's timeline.
type Event struct {
	ID        int64     `json:"id"`
	IssueID   int64     `json:"issue_id"`
	Kind      EventKind `json:"kind"`
	ActorID   int64     `json:"actor_id"`
	CreatedAt time.Time `json:"created_at"`
	Label     string    `json:"label,omitempty"` // labeled, unlabeled: name and colour as they were
	Color     string    `json:"color,omitempty"`
	UserID    int64     `json:"user_id,omitempty"` // assigned, review_requested
	From      string    `json:"from,omitempty"`    // renamed: title; base_ref_changed: branch
	To        string    `json:"to,omitempty"`
	SourceID  int64     `json:"source_id,omitempty"`  // cross-referenced: the issue that mentions this one; sub-issues and dependencies: the other issue; closed: the pull request
	SHA       string    `json:"sha,omitempty"`        // merged, closed by commit, head_ref_force_pushed
	CommentID int64     `json:"comment_id,omitempty"` // commented
	ReviewID  int64     `json:"review_id,omitempty"`  // reviewed
	Reason    string    `json:"reason,omitempty"`     // closed
}

// EventKind is the REST name of a timeline event.
type EventKind string

const (
	Labeled         EventKind = "labeled"
	Unlabeled       EventKind = "unlabeled"
	Assigned        EventKind = "assigned"
	Unassigned      EventKind = "unassigned"
	ClosedEvent     EventKind = "closed"
	Reopened        EventKind = "reopened"
	Renamed         EventKind = "renamed"
	Locked          EventKind = "locked"
	Unlocked        EventKind = "unlocked"
	Commented       EventKind = "commented"
	CrossReferenced EventKind = "cross-referenced"
	Merged          EventKind = "merged"
	HeadForcePushed EventKind = "head_ref_force_pushed"
	HeadDeleted     EventKind = "head_ref_deleted"
	BaseChanged     EventKind = "base_ref_changed"
	Reviewed        EventKind = "reviewed"
	ReviewRequested EventKind = "review_requested"
	ReadyForReview  EventKind = "ready_for_review"
	ConvertedDraft  EventKind = "convert_to_draft"
	SubIssueAdded   EventKind = "sub_issue_added"
	SubIssueRemoved EventKind = "sub_issue_removed"
	ParentAdded     EventKind = "parent_issue_added"
	ParentRemoved   EventKind = "parent_issue_removed"
	BlockedByAdded  EventKind = "blocked_by_added"
	BlockedByGone   EventKind = "blocked_by_removed"
	BlockingAdded   EventKind = "blocking_added"
	BlockingGone    EventKind = "blocking_removed"

	ReviewRequestRemoved EventKind = "review_request_removed"
	ReviewDismissed      EventKind = "review_dismissed"
	AutoMergeOn          EventKind = "auto_merge_enabled"
	AutoMergeOff         EventKind = "auto_merge_disabled"
	QueueAdded           EventKind = "added_to_merge_queue"
	QueueRemoved         EventKind = "removed_from_merge_queue"
	Transferred          EventKind = "transferred"
)

// Edit is one saved version of a body (userContentEdits, newest first there).
type Edit struct {
	ID       int64     `json:"id"`
	Subject  int64     `json:"subject"` // issue or comment id
	OfIssue  bool      `json:"of_issue"`
	EditorID int64     `json:"editor_id"`
	EditedAt time.Time `json:"edited_at"`
	Diff     string    `json:"diff"` // GitHub returns the whole text of that version here
}

// Reaction to an issue or a comment.
type Reaction struct {
	ID        int64     `json:"id"`
	IssueID   int64     `json:"issue_id,omitempty"`
	CommentID int64     `json:"comment_id,omitempty"`
	UserID    int64     `json:"user_id"`
	Content   string    `json:"content"` // REST form: +1 -1 laugh confused heart hooray rocket eyes
	CreatedAt time.Time `json:"created_at"`
}

// Review of a pull request.
type Review struct {
	ID          int64     `json:"id"`
	IssueID     int64     `json:"issue_id"`
	AuthorID    int64     `json:"author_id"`
	State       string    `json:"state"` // APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED, PENDING
	Body        string    `json:"body"`
	SHA         string    `json:"sha"`
	SubmittedAt time.Time `json:"submitted_at"`
}

// Thread is a review thread with its comments.
type Thread struct {
	ID         int64           `json:"id"`
	IssueID    int64           `json:"issue_id"`
	ReviewID   int64           `json:"review_id"`
	Path       string          `json:"path"`
	Line       int             `json:"line"`
	Resolved   bool            `json:"resolved,omitempty"`
	ResolverID int64           `json:"resolver_id,omitempty"`
	Outdated   bool            `json:"outdated,omitempty"`
	Comments   []ThreadComment `json:"comments"`
}

// ThreadComment is one comment in a review thread.
type ThreadComment struct {
	ID        int64     `json:"id"`
	ThreadID  int64     `json:"thread_id"`
	AuthorID  int64     `json:"author_id"`
	Body      string    `json:"body"`
	CreatedAt time.Time `json:"created_at"`
}

// Check is a check run, or a commit status where Status is set.
type Check struct {
	ID          int64     `json:"id"`
	RepoID      int64     `json:"repo_id"`
	SHA         string    `json:"sha"`
	Name        string    `json:"name"`                 // of a commit status: its context
	State       string    `json:"state"`                // check run: QUEUED, IN_PROGRESS, COMPLETED
	Conclusion  string    `json:"conclusion,omitempty"` // SUCCESS, FAILURE, NEUTRAL, CANCELLED, TIMED_OUT, ACTION_REQUIRED, SKIPPED, STALE
	Status      string    `json:"status,omitempty"`     // commit status: SUCCESS, FAILURE, PENDING, ERROR
	Workflow    string    `json:"workflow,omitempty"`
	StartedAt   time.Time `json:"started_at,omitzero"`
	CompletedAt time.Time `json:"completed_at,omitzero"`
	CreatorID   int64     `json:"creator_id,omitempty"`
	Again       int       `json:"again,omitempty"` // how often it was re-requested
}
