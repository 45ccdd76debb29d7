package github

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// The shapes of answers, field by field as the documents in queries/ select them.

type actorJSON struct {
	Kind  string `json:"__typename"`
	Login string `json:"login"`
}

// login is the account's name without "[bot]"; empty when the account is gone.
func (a *actorJSON) login() string {
	if a == nil {
		return ""
	}
	return strings.TrimSuffix(a.Login, "[bot]")
}

func (a *actorJSON) kind() string {
	if a == nil {
		return ""
	}
	return a.Kind
}

type pageJSON struct {
	Next   bool   `json:"hasNextPage"`
	End    string `json:"endCursor"`
	Before bool   `json:"hasPreviousPage"`
	Start  string `json:"startCursor"`
}

type namesJSON struct {
	Page  pageJSON `json:"pageInfo"`
	Nodes []struct {
		Name string `json:"name"`
	} `json:"nodes"`
}

func (n *namesJSON) names() []string {
	if n == nil {
		return nil
	}
	var out []string
	for _, l := range n.Nodes {
		out = append(out, l.Name)
	}
	return out
}

type slugJSON struct {
	Slug string `json:"nameWithOwner"`
}

func (s slugJSON) ref() inventory.RepoRef {
	owner, name, _ := strings.Cut(s.Slug, "/")
	return inventory.RepoRef{Owner: owner, Name: name}
}

type issueJSON struct {
	Type        string     `json:"__typename"`
	ID          string     `json:"id"`
	Number      int        `json:"number"`
	Title       string     `json:"title"`
	Body        string     `json:"body"`
	State       string     `json:"state"`
	PullState   string     `json:"pullState"`
	StateReason string     `json:"stateReason"`
	Locked      bool       `json:"locked"`
	CreatedAt   time.Time  `json:"createdAt"`
	UpdatedAt   time.Time  `json:"updatedAt"`
	ClosedAt    time.Time  `json:"closedAt"`
	EditedAt    time.Time  `json:"lastEditedAt"`
	Author      *actorJSON `json:"author"`
	Association string     `json:"authorAssociation"`
	Own         bool       `json:"viewerDidAuthor"`
	Labels      *namesJSON `json:"labels"`
	Repository  slugJSON   `json:"repository"`
}

// issue leaves the body out: whether it is kept is decided by trust.
func (j *issueJSON) issue(repo inventory.RepoRef) inventory.Issue {
	return inventory.Issue{
		Ref: inventory.Ref{Repo: repo, Number: j.Number}, ID: j.ID, Title: j.Title,
		Closed: cmp.Or(j.State, j.PullState) != "OPEN", StateReason: j.StateReason, Locked: j.Locked,
		Author: j.Author.login(), AuthorKind: j.Author.kind(), Association: j.Association, Own: j.Own, Labels: j.Labels.names(),
		CreatedAt: j.CreatedAt, UpdatedAt: j.UpdatedAt, ClosedAt: j.ClosedAt, EditedAt: j.EditedAt,
		IsPull: j.Type == "PullRequest",
	}
}

type issuePageJSON struct {
	Total int         `json:"totalCount"`
	Page  pageJSON    `json:"pageInfo"`
	Nodes []issueJSON `json:"nodes"`
}

type threadPageJSON struct {
	Total int      `json:"totalCount"`
	Page  pageJSON `json:"pageInfo"`
	Nodes []struct {
		ID       string `json:"id"`
		Resolved bool   `json:"isResolved"`
	} `json:"nodes"`
}

func (t *threadPageJSON) threads() []inventory.Thread {
	var out []inventory.Thread
	for _, n := range t.Nodes {
		out = append(out, inventory.Thread{ID: n.ID, Resolved: n.Resolved})
	}
	return out
}

type countJSON struct {
	State string `json:"state"`
	Count int    `json:"count"`
}

type rollupJSON struct {
	State    string `json:"state"`
	Contexts struct {
		Runs     []countJSON `json:"checkRunCountsByState"`
		Statuses []countJSON `json:"statusContextCountsByState"`
	} `json:"contexts"`
}

// checks counts as GitHub's own client does: skipped and neutral pass, whatever
// is not over is pending. A nil rollup has no checks at all.
func (r *rollupJSON) checks() inventory.Checks {
	if r == nil {
		return inventory.Checks{}
	}
	out := inventory.Checks{State: r.State}
	for _, c := range slices.Concat(r.Contexts.Runs, r.Contexts.Statuses) {
		switch c.State {
		case "SUCCESS", "NEUTRAL", "SKIPPED":
			out.Passed += c.Count
		case "FAILURE", "ERROR", "CANCELLED", "TIMED_OUT", "ACTION_REQUIRED", "STARTUP_FAILURE":
			out.Failed += c.Count
		default:
			out.Pending += c.Count
		}
	}
	return out
}

type pullJSON struct {
	ID             string         `json:"id"`
	Number         int            `json:"number"`
	Title          string         `json:"title"`
	Draft          bool           `json:"isDraft"`
	CrossRepo      bool           `json:"isCrossRepository"`
	Base           string         `json:"baseRefName"`
	Head           string         `json:"headRefName"`
	HeadSHA        string         `json:"headRefOid"`
	Mergeable      string         `json:"mergeable"`
	ReviewDecision string         `json:"reviewDecision"`
	Queued         bool           `json:"isInMergeQueue"`
	CreatedAt      time.Time      `json:"createdAt"`
	UpdatedAt      time.Time      `json:"updatedAt"`
	Author         *actorJSON     `json:"author"`
	Association    string         `json:"authorAssociation"`
	AutoMerge      *struct{}      `json:"autoMergeRequest"`
	Labels         *namesJSON     `json:"labels"`
	Threads        threadPageJSON `json:"reviewThreads"`
	Commits        commitsJSON    `json:"commits"`
}

type commitsJSON struct {
	Nodes []struct {
		Commit struct {
			OID     string      `json:"oid"`
			Rollup  *rollupJSON `json:"statusCheckRollup"`
			Parents struct {
				Nodes []targetJSON `json:"nodes"`
			} `json:"parents"`
		} `json:"commit"`
	} `json:"nodes"`
}

func (c commitsJSON) checks() inventory.Checks {
	if len(c.Nodes) == 0 {
		return inventory.Checks{}
	}
	return c.Nodes[0].Commit.Rollup.checks()
}

func (j *pullJSON) pull(repo inventory.RepoRef) inventory.Pull {
	return inventory.Pull{
		Ref: inventory.Ref{Repo: repo, Number: j.Number}, ID: j.ID, Title: j.Title,
		Author: j.Author.login(), AuthorKind: j.Author.kind(), Association: j.Association,
		Draft: j.Draft, CrossRepo: j.CrossRepo, Base: j.Base, Head: j.Head, HeadSHA: j.HeadSHA,
		Mergeable: j.Mergeable, ReviewDecision: j.ReviewDecision, Labels: j.Labels.names(),
		Checks: j.Commits.checks(), Threads: j.Threads.threads(), AutoMerge: j.AutoMerge != nil, Queued: j.Queued,
		CreatedAt: j.CreatedAt, UpdatedAt: j.UpdatedAt,
	}
}

type pullPageJSON struct {
	Total int        `json:"totalCount"`
	Page  pageJSON   `json:"pageInfo"`
	Nodes []pullJSON `json:"nodes"`
}

type targetJSON struct {
	OID string `json:"oid"`
}

type branchPageJSON struct {
	Page  pageJSON `json:"pageInfo"`
	Nodes []struct {
		Name   string     `json:"name"`
		Prefix string     `json:"prefix"`
		Target targetJSON `json:"target"`
	} `json:"nodes"`
}

// branches names refs as `git branch` does, whatever part of the name GitHub
// counts to the prefix.
func (p *branchPageJSON) branches() []inventory.Branch {
	var out []inventory.Branch
	for _, n := range p.Nodes {
		name := strings.TrimPrefix(n.Name, "refs/heads/")
		if !strings.HasPrefix(name, "epic/") {
			name = strings.TrimPrefix(n.Prefix, "refs/heads/") + name
		}
		out = append(out, inventory.Branch{Name: name, Head: n.Target.OID})
	}
	return out
}

type defaultBranchJSON struct {
	Name   string     `json:"name"`
	Target targetJSON `json:"target"`
}

type repoJSON struct {
	ID         string `json:"id"`
	Slug       string `json:"nameWithOwner"`
	Archived   bool   `json:"isArchived"`
	IssuesOn   bool   `json:"hasIssuesEnabled"`
	Permission string `json:"viewerPermission"`
	Language   *struct {
		Name string `json:"name"`
	} `json:"primaryLanguage"`
	UpdatedAt time.Time          `json:"updatedAt"`
	Default   *defaultBranchJSON `json:"defaultBranchRef"`
	Issues    issuePageJSON      `json:"issues"`
	Pulls     pullPageJSON       `json:"pullRequests"`
	Branches  branchPageJSON     `json:"branches"`
	Touched   issuePageJSON      `json:"touched"`
}

type eventJSON struct {
	Type  string     `json:"__typename"`
	ID    string     `json:"id"`
	At    time.Time  `json:"createdAt"`
	Actor *actorJSON `json:"actor"`
	Label struct {
		Name string `json:"name"`
	} `json:"label"`
	Source struct {
		Number     int      `json:"number"`
		Repository slugJSON `json:"repository"`
	} `json:"source"`
}

type eventPageJSON struct {
	Page  pageJSON    `json:"pageInfo"`
	Nodes []eventJSON `json:"nodes"`
}

// labelEvents keeps the label events, and tells when the title last changed:
// an edit, too, for whoever accepted the issue as it was.
func (p *eventPageJSON) labelEvents() (events []inventory.LabelEvent, renamed time.Time) {
	for _, e := range p.Nodes {
		switch e.Type {
		case "LabeledEvent", "UnlabeledEvent":
			events = append(events, inventory.LabelEvent{ID: e.ID, Label: e.Label.Name, Added: e.Type == "LabeledEvent", Actor: e.Actor.login(), ActorKind: e.Actor.kind(), At: e.At})
		case "RenamedTitleEvent":
			if e.At.After(renamed) {
				renamed = e.At
			}
		}
	}
	return events, renamed
}

// repoOfURL reads the repository off REST's repository_url; home where there is none.
func repoOfURL(address string, home inventory.RepoRef) inventory.RepoRef {
	_, slug, ok := strings.Cut(address, "/repos/")
	owner, name, two := strings.Cut(slug, "/")
	if !ok || !two {
		return home
	}
	return inventory.RepoRef{Owner: owner, Name: name}
}
