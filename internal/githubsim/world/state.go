package world

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

// state is everything in memory: one table a kind, and indexes that follow
// their tables.
type state struct {
	users     *table[User]
	tokens    *table[tokenRow]
	repos     *table[Repo]
	labels    *table[Label]
	issues    *table[Issue]
	comments  *table[Comment]
	events    *table[Event]
	edits     *table[Edit]
	reactions *table[Reaction]
	reviews   *table[Review]
	threads   *table[Thread]
	checks    *table[Check]
	plans     *table[gitPlan]
	memos     *table[Memo]
	meta      *table[metaRow]

	userByLogin    map[string]*User
	tokenByText    map[string]*Token
	repoByName     map[string]*Repo // "owner id/lower name"
	repoByOldName  map[string]map[int64]bool
	reposOf        children[Repo]
	labelsOf       children[Label]
	labelByName    map[string]*Label // "repo id/lower name"
	issuesOf       children[Issue]   // in order of id, which is that of number
	commentsOf     children[Comment]
	eventsOf       children[Event]
	allEvents      children[Event] // under everywhere
	editsOf        children[Edit]
	reactionsOf    children[Reaction] // of issue or comment id: ids are unique over all kinds
	reviewsOf      children[Review]
	threadsOf      children[Thread]
	threadComments map[int64]int64 // comment id -> thread id
	checksOf       map[string][]*Check
	pullsByHead    map[int64]map[int64]bool // head or base repo -> ids of open pulls
	blocking       map[int64]map[int64]bool // issue -> those it blocks
	mergedBy       map[int64]map[int64]int  // repo -> author -> merged pulls
	memoByKey      map[string]*Memo
	lastMemo       int64 // highest id given to a memo
}

type tokenRow struct {
	ID    int64 `json:"id"`
	Token Token `json:"token"`
}

// gitPlan holds the commits of a repository whose git repository has not been
// needed yet.
type gitPlan struct {
	RepoID  int64             `json:"repo_id"`
	Commits []gitstore.Commit `json:"commits"`
}

// metaRow is the single row of what belongs to no entity.
type metaRow struct {
	NextID   int64             `json:"next_id"`
	LastTime time.Time         `json:"last_time"`
	Settings map[string]string `json:"settings,omitempty"`
}

func same[T any](row *T) *T { c := *row; return &c }

func newState() *state {
	s := &state{
		userByLogin: map[string]*User{}, repoByOldName: map[string]map[int64]bool{}, tokenByText: map[string]*Token{}, repoByName: map[string]*Repo{},
		reposOf: children[Repo]{}, labelsOf: children[Label]{}, labelByName: map[string]*Label{},
		issuesOf: children[Issue]{}, commentsOf: children[Comment]{}, eventsOf: children[Event]{},
		editsOf: children[Edit]{}, reactionsOf: children[Reaction]{}, reviewsOf: children[Review]{},
		threadsOf: children[Thread]{}, threadComments: map[int64]int64{}, checksOf: map[string][]*Check{},
		pullsByHead: map[int64]map[int64]bool{}, blocking: map[int64]map[int64]bool{}, mergedBy: map[int64]map[int64]int{},
		allEvents: children[Event]{}, memoByKey: map[string]*Memo{},
	}
	s.users = newTable("user", cloneUser, s.indexUser)
	s.tokens = newTable("token", same[tokenRow], func(old, new *tokenRow) {
		if old != nil {
			delete(s.tokenByText, old.Token.Text)
		}
		if new != nil {
			s.tokenByText[new.Token.Text] = &new.Token
		}
	})
	s.repos = newTable("repo", cloneRepo, s.indexRepo)
	s.labels = newTable("label", same[Label], s.indexLabel)
	s.issues = newTable("issue", cloneIssue, s.indexIssue)
	s.comments = newTable("comment", same[Comment], func(old, new *Comment) {
		s.commentsOf.move(old, new, func(c *Comment) int64 { return c.IssueID }, func(c *Comment) int64 { return c.ID })
	})
	s.events = newTable("event", same[Event], func(old, new *Event) {
		s.eventsOf.move(old, new, func(e *Event) int64 { return e.IssueID }, func(e *Event) int64 { return e.ID })
		s.allEvents.move(old, new, func(*Event) int64 { return everywhere }, func(e *Event) int64 { return e.ID })
	})
	s.edits = newTable("edit", same[Edit], func(old, new *Edit) {
		s.editsOf.move(old, new, func(e *Edit) int64 { return e.Subject }, func(e *Edit) int64 { return e.ID })
	})
	s.reactions = newTable("reaction", same[Reaction], func(old, new *Reaction) {
		s.reactionsOf.move(old, new, func(r *Reaction) int64 { return r.IssueID + r.CommentID }, func(r *Reaction) int64 { return r.ID })
	})
	s.reviews = newTable("review", same[Review], func(old, new *Review) {
		s.reviewsOf.move(old, new, func(r *Review) int64 { return r.IssueID }, func(r *Review) int64 { return r.ID })
	})
	s.threads = newTable("thread", cloneThread, s.indexThread)
	s.checks = newTable("check", same[Check], s.indexCheck)
	s.plans = newTable("plan", func(p *gitPlan) *gitPlan {
		return &gitPlan{RepoID: p.RepoID, Commits: slices.Clone(p.Commits)}
	}, nil)
	s.memos = newTable("memo", same[Memo], s.indexMemo)
	s.meta = newTable("meta", func(m *metaRow) *metaRow { c := *m; c.Settings = maps.Clone(m.Settings); return &c }, nil)
	s.meta.rows[1] = &metaRow{NextID: 1_000_001}
	return s
}

func (s *state) tables() []stored {
	return []stored{s.users, s.tokens, s.repos, s.labels, s.issues, s.comments, s.events, s.edits,
		s.reactions, s.reviews, s.threads, s.checks, s.plans, s.memos, s.meta}
}

func cloneUser(u *User) *User {
	c := *u
	c.Members, c.Owners, c.Concealed = slices.Clone(u.Members), slices.Clone(u.Owners), slices.Clone(u.Concealed)
	return &c
}

func cloneRepo(r *Repo) *Repo {
	c := *r
	c.OldNames, c.Collaborators = slices.Clone(r.OldNames), maps.Clone(r.Collaborators)
	c.Refs, c.Protection = maps.Clone(r.Refs), maps.Clone(r.Protection)
	return &c
}

func cloneIssue(i *Issue) *Issue {
	c := *i
	c.LabelIDs, c.AssigneeIDs = slices.Clone(i.LabelIDs), slices.Clone(i.AssigneeIDs)
	c.SubIssues, c.BlockedBy = slices.Clone(i.SubIssues), slices.Clone(i.BlockedBy)
	if i.Pull != nil {
		pull := *i.Pull
		pull.RequestedReviewers = slices.Clone(pull.RequestedReviewers)
		c.Pull = &pull
	}
	return &c
}

func cloneThread(t *Thread) *Thread {
	c := *t
	c.Comments = slices.Clone(t.Comments)
	return &c
}

func key(id int64, name string) string {
	return strconv.FormatInt(id, 10) + "/" + strings.ToLower(name)
}

func (s *state) indexUser(old, new *User) {
	if old != nil {
		if at := s.userByLogin[strings.ToLower(old.Login)]; at != nil && at.ID == old.ID {
			delete(s.userByLogin, strings.ToLower(old.Login))
		}
	}
	if new != nil {
		s.userByLogin[strings.ToLower(new.Login)] = new
	}
}

func (s *state) indexRepo(old, new *Repo) {
	if old != nil {
		if at := s.repoByName[key(old.OwnerID, old.Name)]; at != nil && at.ID == old.ID {
			delete(s.repoByName, key(old.OwnerID, old.Name))
		}
		for _, name := range old.OldNames {
			unset(s.repoByOldName, key(old.OwnerID, name), old.ID)
		}
	}
	if new != nil {
		s.repoByName[key(new.OwnerID, new.Name)] = new
		for _, name := range new.OldNames {
			set(s.repoByOldName, key(new.OwnerID, name), new.ID)
		}
	}
	s.reposOf.move(old, new, func(r *Repo) int64 { return r.OwnerID }, func(r *Repo) int64 { return r.ID })
}

func (s *state) indexLabel(old, new *Label) {
	if old != nil {
		if at := s.labelByName[key(old.RepoID, old.Name)]; at != nil && at.ID == old.ID {
			delete(s.labelByName, key(old.RepoID, old.Name))
		}
	}
	if new != nil {
		s.labelByName[key(new.RepoID, new.Name)] = new
	}
	s.labelsOf.move(old, new, func(l *Label) int64 { return l.RepoID }, func(l *Label) int64 { return l.ID })
}

func (s *state) indexIssue(old, new *Issue) {
	s.issuesOf.move(old, new, func(i *Issue) int64 { return i.RepoID }, func(i *Issue) int64 { return i.ID })
	if old != nil {
		for _, by := range old.BlockedBy {
			unset(s.blocking, by, old.ID)
		}
		if p := old.Pull; p != nil {
			unset(s.pullsByHead, p.HeadRepoID, old.ID)
			unset(s.pullsByHead, old.RepoID, old.ID)
			if p.Merged {
				if s.mergedBy[old.RepoID][old.AuthorID]--; s.mergedBy[old.RepoID][old.AuthorID] == 0 {
					delete(s.mergedBy[old.RepoID], old.AuthorID)
				}
				if len(s.mergedBy[old.RepoID]) == 0 {
					delete(s.mergedBy, old.RepoID)
				}
			}
		}
	}
	if new != nil {
		for _, by := range new.BlockedBy {
			set(s.blocking, by, new.ID)
		}
		if p := new.Pull; p != nil {
			if !new.Closed && !new.Deleted {
				set(s.pullsByHead, p.HeadRepoID, new.ID)
				set(s.pullsByHead, new.RepoID, new.ID)
			}
			if p.Merged {
				if s.mergedBy[new.RepoID] == nil {
					s.mergedBy[new.RepoID] = map[int64]int{}
				}
				s.mergedBy[new.RepoID][new.AuthorID]++
			}
		}
	}
}

func set[K comparable](m map[K]map[int64]bool, at K, id int64) {
	if m[at] == nil {
		m[at] = map[int64]bool{}
	}
	m[at][id] = true
}

func unset[K comparable](m map[K]map[int64]bool, at K, id int64) {
	delete(m[at], id)
	if len(m[at]) == 0 {
		delete(m, at)
	}
}

func (s *state) indexThread(old, new *Thread) {
	if old != nil {
		for _, c := range old.Comments {
			delete(s.threadComments, c.ID)
		}
	}
	if new != nil {
		for _, c := range new.Comments {
			s.threadComments[c.ID] = new.ID
		}
	}
	s.threadsOf.move(old, new, func(t *Thread) int64 { return t.IssueID }, func(t *Thread) int64 { return t.ID })
}

func (s *state) indexCheck(old, new *Check) {
	if old != nil {
		at := key(old.RepoID, old.SHA)
		s.checksOf[at] = slices.DeleteFunc(slices.Clone(s.checksOf[at]), func(c *Check) bool { return c.ID == old.ID })
		if len(s.checksOf[at]) == 0 {
			delete(s.checksOf, at)
		}
	}
	if new != nil {
		at := key(new.RepoID, new.SHA)
		list := append(slices.Clone(s.checksOf[at]), new)
		slices.SortFunc(list, func(a, b *Check) int { return int(a.ID - b.ID) })
		s.checksOf[at] = list
	}
}
