package world

import (
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

// NewUser describes an account to make. Kind empty is a person.
type NewUser struct {
	Login, Name string
	Kind        UserKind
}

// NewToken describes a token to make; an empty Text is made up, in GitHub's form.
type NewToken struct {
	Text    string
	User    *User
	Scopes  []string
	Repos   []int64 // fine-grained: only these
	Expires time.Time
}

// NewRepo describes a repository to make. DefaultBranch empty is main.
type NewRepo struct {
	Owner                   *User
	Name, Description       string
	Language, DefaultBranch string
	Private, IssuesDisabled bool
	Parent                  *Repo // a fork of it
	MemberAccess            Permission
	Settings                RepoSettings
	Commits                 []gitstore.Commit // its history, made without the git program; see AddCommits
	NoLabels                bool              // without GitHub's nine default labels
}

// RepoEdit changes what is not nil.
type RepoEdit struct {
	Description, DefaultBranch, Language *string
	Private, Archived, IssuesDisabled    *bool
	Settings                             *RepoSettings
	MemberAccess                         *Permission
}

// NewIssue describes an issue to make. Labels and assignees are dropped
// silently, as GitHub does, where the actor may not triage.
type NewIssue struct {
	Title, Body string
	Labels      []string // names; missing ones are made, as REST does
	LabelIDs    []int64
	Assignees   []string // logins
	AssigneeIDs []int64
}

// IssueEdit changes what is not nil.
type IssueEdit struct {
	Title, Body *string
	State       *string   // open, closed
	Reason      *string   // completed, not_planned, duplicate, reopened
	Labels      *[]string // the whole new set, by name; missing ones are made
	LabelIDs    *[]int64  // the whole new set, by id
	Assignees   *[]string // the whole new set
	AssigneeIDs *[]int64
}

// NewLabel describes a label to make. Color is six hexadecimal digits, without #.
type NewLabel struct {
	Name, Color, Description string
	Default                  bool
}

// LabelEdit changes what is not nil.
type LabelEdit struct{ Name, Color, Description *string }

// NewFile describes one file to create, update or (Delete) remove by a commit.
type NewFile struct {
	Path      string
	Content   []byte
	Message   string // empty: GitHub's "Create NAME" and so on
	Branch    string // short name; empty: the default branch
	SHA       string // of the blob replaced; demanded for an update
	Delete    bool
	Author    *gitstore.Person // nil: the actor
	Committer *gitstore.Person
}

// WrittenFile is what PutFile wrote.
type WrittenFile struct {
	CommitSHA, BlobSHA string // BlobSHA is empty after a deletion
	Created            bool
}

// NewPull describes a pull request to make. Head is "branch" or "owner:branch".
type NewPull struct {
	Title, Body, Head, Base string
	HeadRepo                *Repo // nil: found from Head
	Draft                   bool
}

// Merge says how to merge. Method is merge (default), squash or rebase; SHA,
// when set, must be the head.
type Merge struct{ Method, SHA, Title, Message string }

// NewReview describes a review. State is APPROVED, CHANGES_REQUESTED,
// COMMENTED or PENDING.
type NewReview struct {
	State, Body string
	SHA         string // commit reviewed; empty: the head
	Threads     []NewThread
}

// NewThread starts a review thread.
type NewThread struct {
	Path, Body string
	Line       int
}

// NewCheck describes a check run. Status and conclusion in GraphQL's capitals,
// as in Check.
type NewCheck struct {
	SHA, Name, State, Conclusion, Workflow string
	StartedAt, CompletedAt                 time.Time
}

// CheckEdit changes what is not nil.
type CheckEdit struct {
	Name, State, Conclusion *string
	CompletedAt             *time.Time
}
