package world

import "github.com/dappcore/core-dev/internal/githubsim/gitstore"

var errBody = refused("not written")

func (tx *Tx) CreateUser(n NewUser) (*User, error) { return nil, errBody }

// CreateOrg makes an organisation whose owners administer it.
func (tx *Tx) CreateOrg(login, name string, owners ...*User) (*User, error) { return nil, errBody }
func (tx *Tx) AddMember(org, user *User, owner bool) (*User, error)         { return nil, errBody }
func (tx *Tx) CreateToken(n NewToken) (*Token, error)                       { return nil, errBody }

func (tx *Tx) CreateRepo(n NewRepo) (*Repo, error)                  { return nil, errBody }
func (tx *Tx) EditRepo(repo *Repo, e RepoEdit) (*Repo, error)       { return nil, errBody }
func (tx *Tx) RenameRepo(repo *Repo, name string) (*Repo, error)    { return nil, errBody }
func (tx *Tx) ArchiveRepo(repo *Repo, archived bool) (*Repo, error) { return nil, errBody }
func (tx *Tx) AddCollaborator(repo *Repo, user *User, p Permission) (*Repo, error) {
	return nil, errBody
}
func (tx *Tx) RemoveCollaborator(repo *Repo, user *User) (*Repo, error) { return nil, errBody }

// Protect sets what a branch pattern (path.Match) demands; nil rules lift it.
func (tx *Tx) Protect(repo *Repo, pattern string, rules *Rules) (*Repo, error) { return nil, errBody }

// RulesFor are the rules of a branch, nil when unprotected.
func (tx *Tx) RulesFor(repo *Repo, branch string) *Rules { return nil }

func (tx *Tx) CreateIssue(repo *Repo, n NewIssue) (*Issue, error)  { return nil, errBody }
func (tx *Tx) EditIssue(issue *Issue, e IssueEdit) (*Issue, error) { return nil, errBody }
func (tx *Tx) DeleteIssue(issue *Issue) error                      { return errBody }
func (tx *Tx) TransferIssue(issue *Issue, to *Repo, createLabels bool) (*Issue, error) {
	return nil, errBody
}
func (tx *Tx) LockIssue(issue *Issue, reason string) (*Issue, error) { return nil, errBody }
func (tx *Tx) UnlockIssue(issue *Issue) (*Issue, error)              { return nil, errBody }

func (tx *Tx) CreateComment(issue *Issue, body string) (*Comment, error) { return nil, errBody }
func (tx *Tx) EditComment(c *Comment, body string) (*Comment, error)     { return nil, errBody }
func (tx *Tx) DeleteComment(c *Comment) error                            { return errBody }

// Reactions: content in REST's form. created is false when it was there already.
func (tx *Tx) AddIssueReaction(issue *Issue, content string) (r *Reaction, created bool, err error) {
	return nil, false, errBody
}
func (tx *Tx) AddCommentReaction(c *Comment, content string) (r *Reaction, created bool, err error) {
	return nil, false, errBody
}
func (tx *Tx) RemoveReaction(r *Reaction) error { return errBody }

func (tx *Tx) CreateLabel(repo *Repo, n NewLabel) (*Label, error)       { return nil, errBody }
func (tx *Tx) EditLabel(l *Label, e LabelEdit) (*Label, error)          { return nil, errBody }
func (tx *Tx) DeleteLabel(l *Label) error                               { return errBody }
func (tx *Tx) AddLabels(issue *Issue, names []string) (*Issue, error)   { return nil, errBody }
func (tx *Tx) AddLabelIDs(issue *Issue, ids []int64) (*Issue, error)    { return nil, errBody }
func (tx *Tx) RemoveLabel(issue *Issue, name string) (*Issue, error)    { return nil, errBody }
func (tx *Tx) RemoveLabelIDs(issue *Issue, ids []int64) (*Issue, error) { return nil, errBody }
func (tx *Tx) SetLabels(issue *Issue, names []string) (*Issue, error)   { return nil, errBody }

func (tx *Tx) AddAssignees(issue *Issue, logins []string) (*Issue, error)    { return nil, errBody }
func (tx *Tx) RemoveAssignees(issue *Issue, logins []string) (*Issue, error) { return nil, errBody }
func (tx *Tx) SetAssigneeIDs(issue *Issue, ids []int64) (*Issue, error)      { return nil, errBody }

func (tx *Tx) AddSubIssue(parent, child *Issue, replaceParent bool) (*Issue, error) {
	return nil, errBody
}
func (tx *Tx) RemoveSubIssue(parent, child *Issue) (*Issue, error) { return nil, errBody }

// ReprioritizeSubIssue moves child behind after or before before; exactly one is not nil.
func (tx *Tx) ReprioritizeSubIssue(parent, child, after, before *Issue) (*Issue, error) {
	return nil, errBody
}
func (tx *Tx) AddBlockedBy(issue, blocker *Issue) (*Issue, error)    { return nil, errBody }
func (tx *Tx) RemoveBlockedBy(issue, blocker *Issue) (*Issue, error) { return nil, errBody }

// Refs by full name: refs/heads/x.
func (tx *Tx) CreateRef(repo *Repo, name, sha string) (*Repo, error)             { return nil, errBody }
func (tx *Tx) UpdateRef(repo *Repo, name, sha string, force bool) (*Repo, error) { return nil, errBody }
func (tx *Tx) DeleteRef(repo *Repo, name string) (*Repo, error)                  { return nil, errBody }
func (tx *Tx) PutFile(repo *Repo, f NewFile) (*WrittenFile, error)               { return nil, errBody }

// AddCommits makes commits and moves their branches, without events; for seeds.
// It returns the commits' ids in order. A Parent that names a branch (or is
// absent: the Branch itself, or the default branch) is taken at its tip.
func (tx *Tx) AddCommits(repo *Repo, commits ...gitstore.Commit) ([]string, error) {
	return nil, errBody
}

// SyncRefs takes over what a push (by the transaction's actor) did to the git repository.
func (tx *Tx) SyncRefs(repo *Repo) (*Repo, error) { return nil, errBody }

func (tx *Tx) CreatePull(repo *Repo, n NewPull) (*Issue, error) { return nil, errBody }

// EditPullBase retargets.
func (tx *Tx) EditPullBase(pull *Issue, base string) (*Issue, error)         { return nil, errBody }
func (tx *Tx) MergePull(pull *Issue, m Merge) (*Issue, error)                { return nil, errBody }
func (tx *Tx) UpdateBranch(pull *Issue, expectedHead string) (*Issue, error) { return nil, errBody }
func (tx *Tx) SetDraft(pull *Issue, draft bool) (*Issue, error)              { return nil, errBody }
func (tx *Tx) EnableAutoMerge(pull *Issue, method string) (*Issue, error)    { return nil, errBody }
func (tx *Tx) DisableAutoMerge(pull *Issue) (*Issue, error)                  { return nil, errBody }
func (tx *Tx) EnqueuePull(pull *Issue) (*Issue, error)                       { return nil, errBody }
func (tx *Tx) DequeuePull(pull *Issue) (*Issue, error)                       { return nil, errBody }
func (tx *Tx) RequestReviewers(pull *Issue, logins []string) (*Issue, error) { return nil, errBody }
func (tx *Tx) RemoveReviewers(pull *Issue, logins []string) (*Issue, error)  { return nil, errBody }
func (tx *Tx) CreateReview(pull *Issue, n NewReview) (*Review, error)        { return nil, errBody }
func (tx *Tx) SubmitReview(r *Review, state, body string) (*Review, error)   { return nil, errBody }
func (tx *Tx) DismissReview(r *Review, message string) (*Review, error)      { return nil, errBody }
func (tx *Tx) CreateThread(pull *Issue, n NewThread) (*Thread, error)        { return nil, errBody }
func (tx *Tx) ReplyThread(t *Thread, body string) (*ThreadComment, error)    { return nil, errBody }
func (tx *Tx) ResolveThread(t *Thread, resolved bool) (*Thread, error)       { return nil, errBody }

func (tx *Tx) CreateCheck(repo *Repo, n NewCheck) (*Check, error) { return nil, errBody }
func (tx *Tx) UpdateCheck(c *Check, e CheckEdit) (*Check, error)  { return nil, errBody }

// CreateStatus sets a commit status; state SUCCESS, FAILURE, PENDING, ERROR.
func (tx *Tx) CreateStatus(repo *Repo, sha, context, state string) (*Check, error) {
	return nil, errBody
}

// Rollup is the combined state of a commit's checks and statuses: SUCCESS,
// FAILURE, PENDING, ERROR, EXPECTED; "" when there are none.
func (tx *Tx) Rollup(repoID int64, sha string) string { return "" }

// Mergeable is MERGEABLE, CONFLICTING or UNKNOWN. The first look at a new pair
// of head and base says UNKNOWN and has it computed.
func (tx *Tx) Mergeable(pull *Issue) string { return "UNKNOWN" }

// MergeState is GraphQL's mergeStateStatus: CLEAN, DIRTY, BLOCKED, BEHIND, UNSTABLE, DRAFT, UNKNOWN.
func (tx *Tx) MergeState(pull *Issue) string { return "UNKNOWN" }

// ReviewDecision is APPROVED, CHANGES_REQUESTED, REVIEW_REQUIRED or "".
func (tx *Tx) ReviewDecision(pull *Issue) string { return "" }

// Reading git. sha may be a full object id; rev additionally a branch, tag or full ref name.
func (tx *Tx) Resolve(repo *Repo, rev string) (sha string, ok bool)        { return "", false }
func (tx *Tx) Commit(repo *Repo, sha string) (*gitstore.CommitInfo, error) { return nil, errBody }
func (tx *Tx) Commits(repo *Repo, from string, exclude []string, limit int) ([]*gitstore.CommitInfo, error) {
	return nil, errBody
}
func (tx *Tx) Tree(repo *Repo, rev, path string) ([]gitstore.Entry, error) { return nil, errBody }
func (tx *Tx) File(repo *Repo, rev, path string) (*gitstore.File, error)   { return nil, errBody }
func (tx *Tx) Blob(repo *Repo, sha string) ([]byte, error)                 { return nil, errBody }
func (tx *Tx) Compare(repo *Repo, base, head string) (*gitstore.Comparison, error) {
	return nil, errBody
}

// PullCommits and PullFiles are a pull request's commits (oldest first) and changed files.
func (tx *Tx) PullCommits(pull *Issue) ([]*gitstore.CommitInfo, error) { return nil, errBody }
func (tx *Tx) PullFiles(pull *Issue) ([]gitstore.FileChange, error)    { return nil, errBody }

// GitDir is the path of the bare git repository, made now if it was not yet:
// what git http-backend serves. Hooks are off in its config.
func (w *World) GitDir(repoID int64) (string, error) { return "", errBody }

// SyncRefs runs Tx.SyncRefs as actor: to be called after a receive-pack.
func (w *World) SyncRefs(actor Actor, repoID int64) error { return errBody }

// GitEnv is the environment every git process (http-backend too) must run in,
// beside its own variables: no system or user configuration, no prompts.
func GitEnv() []string { return nil }
