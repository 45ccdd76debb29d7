package proof

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/checklist"
)

// judged is a repository of a fleet after its onboarding, as GitHub has it, and
// what was said of it.
type judged struct {
	*bench
	tx      *world.Tx
	repo    *world.Repo
	listed  map[string]bool
	reasons map[string][]string
}

// stands says where a repository ended, and fails where GitHub has it otherwise
// or no reason is true of it.
func (j judged) stands(key string, was, now standing) string {
	j.t.Helper()
	loose := j.loose()
	features := slices.DeleteFunc(slices.Clone(loose), func(i *world.Issue) bool { return !j.feature(i) })
	open := slices.ContainsFunc(j.tx.Issues(j.repo.ID), func(i *world.Issue) bool { return !i.Closed && i.Pull == nil })
	switch {
	case len(now.Audits) > 0 || now.Stage == int(inventory.StageAudit):
		for _, n := range now.Audits {
			j.reasoned(fmt.Sprintf("%s#%d", key, n), key, j.tx.Issue(j.repo.ID, n))
		}
		return "audits, with a reason"
	case now.Stage == int(inventory.StageExecute):
		if !j.running() {
			j.t.Errorf("%s is said to be executing, and no open epic has an open child", key)
		}
		return "executing"
	case now.Direct:
		if len(loose)-len(features) >= 3 && !j.says(key) {
			j.t.Errorf("%s is direct, and %d issues would make an epic", key, len(loose)-len(features))
		}
		return "direct"
	case now.Stage == int(inventory.StageIdle):
		if open {
			j.t.Errorf("%s is said to be idle, and has open issues", key)
		}
		return "idle"
	}
	// Organise: too few for an epic, and not all of them could be dispatched.
	if was.Stage == int(inventory.StageAudit) && len(loose)-len(features) >= 3 && !j.says(key) {
		j.t.Errorf("%s has no epic, and %d issues would make one", key, len(loose)-len(features))
	}
	for _, i := range loose {
		if !j.dispatched(i) {
			j.reasoned(fmt.Sprintf("%s#%d", key, i.Number), key, i)
		}
	}
	if len(loose) == 0 && !open {
		j.t.Errorf("%s is at stage %d with nothing open", key, now.Stage)
	}
	return "organise, with reasons"
}

// toldTrue: whatever is said of a repository and its issues is out of the list,
// and true.
func (j judged) toldTrue(key string) {
	j.t.Helper()
	for target, texts := range j.reasons {
		repo, number, ofIssue := strings.Cut(target, "#")
		if repo != key {
			continue
		}
		var i *world.Issue
		if n, err := strconv.Atoi(number); ofIssue && err == nil {
			i = j.tx.Issue(j.repo.ID, n)
		}
		for _, text := range texts {
			if !is(whys, j, i, text) && !is(besides, j, i, text) {
				j.t.Errorf("%s: it is said %q, which is no reason, or not true", target, text)
			}
		}
	}
}

// loose are the open issues of trusted authors that are no audits and on no
// checklist.
func (j judged) loose() []*world.Issue {
	full := j.tx.FullName(j.repo)
	return slices.DeleteFunc(j.tx.Issues(j.repo.ID), func(i *world.Issue) bool {
		return i.Closed || i.Pull != nil || inventory.IsAuditTitle(i.Title) || !j.trusted(i) ||
			j.listed[strings.ToLower(fmt.Sprintf("%s#%d", full, i.Number))]
	})
}

func (j judged) trusted(i *world.Issue) bool {
	switch j.tx.AuthorAssociation(i) {
	case "OWNER", "MEMBER", "COLLABORATOR":
		return true
	}
	return false
}

func (j judged) dispatched(i *world.Issue) bool {
	return slices.ContainsFunc(j.tx.Events(i.ID), func(e *world.Event) bool {
		return e.Kind == world.Labeled && strings.EqualFold(e.Label, cmp.Or(j.host.sim.Fleet().Label, j.scene.label))
	})
}

// feature tells whether an issue asks for one and comes from no audit.
func (j judged) feature(i *world.Issue) bool {
	return !strings.HasPrefix(i.Body, "Parent audit: #") && (inventory.IsFeature(i.Title) ||
		slices.ContainsFunc(j.tx.LabelsOf(i), func(l *world.Label) bool { return l.Name == "enhancement" || l.Name == "feature" }))
}

// running tells whether an open epic has an open child.
func (j judged) running() bool {
	home := inventory.RepoRef{Owner: j.tx.User(j.repo.OwnerID).Login, Name: j.repo.Name}
	return slices.ContainsFunc(j.tx.Issues(j.repo.ID), func(i *world.Issue) bool {
		return !i.Closed && i.Pull == nil && j.trusted(i) && slices.ContainsFunc(checklist.Parse([]byte(i.Body)).Children, func(c checklist.Child) bool {
			ref, ok := inventory.ChildRef(c, home, "")
			if !ok {
				return false
			}
			r, _ := j.tx.Repo(ref.Repo.Owner, ref.Repo.Name)
			return r != nil && j.tx.Issue(r.ID, ref.Number) != nil && !j.tx.Issue(r.ID, ref.Number).Closed
		})
	})
}

// why is a reason that may be given, and how GitHub stands where it is true; the
// issue is nil where it is said of a repository.
type why struct {
	says *regexp.Regexp
	fits func(j judged, i *world.Issue, m []string) bool
}

// whys are all reasons there are.
var whys = []why{
	{regexp.MustCompile(`^the repository is archived$`), func(j judged, _ *world.Issue, _ []string) bool { return j.repo.Archived }},
	{regexp.MustCompile(`^its issues are disabled: none can be made$`), func(j judged, _ *world.Issue, _ []string) bool { return j.repo.IssuesDisabled }},
	{regexp.MustCompile(`^the default branch (\S+) has no commit: an epic branch cannot start anywhere$`), func(j judged, _ *world.Issue, m []string) bool {
		return j.repo.DefaultBranch == m[1] && j.repo.Refs["refs/heads/"+m[1]] == ""
	}},
	{regexp.MustCompile(`^this token may only (read|triage) there: labels and branches need write access$`), func(j judged, _ *world.Issue, _ []string) bool {
		return j.tx.Permission(j.tx.UserByLogin(j.host.sim.Fleet().Owner), j.repo) < world.Write
	}},
	{regexp.MustCompile(`^idle: it has no open issue$`), func(j judged, _ *world.Issue, _ []string) bool {
		return !slices.ContainsFunc(j.tx.Issues(j.repo.ID), func(i *world.Issue) bool { return !i.Closed && i.Pull == nil })
	}},
	{regexp.MustCompile(`^(\d+) severities stand in it, (\d+) findings? w`), func(j judged, i *world.Issue, m []string) bool {
		marked, _ := strconv.Atoi(m[1])
		return i != nil && inventory.IsAuditTitle(i.Title) && strings.Count(strings.ToLower(i.Body), "severity")+strings.Count(i.Body, "|") >= marked
	}},
	{regexp.MustCompile(`^an agent has it `), func(j judged, i *world.Issue, _ []string) bool { return i != nil && j.dispatched(i) }},
	{regexp.MustCompile(`^a feature needs the owner's word: core dev epic (?:\d+ --repo \S+ --dispatch|create \S+ --direct) --include-feat (\d+)$`), func(j judged, i *world.Issue, m []string) bool {
		return i != nil && inventory.IsFeature(i.Title) && m[1] == strconv.Itoa(i.Number)
	}},
	{regexp.MustCompile(`^blocked by #(\d+), which is open$`), func(j judged, i *world.Issue, m []string) bool {
		n, _ := strconv.Atoi(m[1])
		by := j.tx.Issue(j.repo.ID, n)
		return i != nil && by != nil && !by.Closed && slices.Contains(i.BlockedBy, by.ID)
	}},
	{regexp.MustCompile(`none fits: (\S+) is in nobody's list, so nothing can be dispatched there`), func(j judged, _ *world.Issue, m []string) bool {
		team, err := os.ReadFile(j.core("team.yaml"))
		return err == nil && strings.EqualFold(m[1], j.tx.FullName(j.repo)) && !regexp.MustCompile(`[\s\[,]`+regexp.QuoteMeta(j.repo.Name)+`[\s\],]`).Match(team)
	}},
	{regexp.MustCompile(`^the conversation is locked: no comment can name the target branch$`), func(j judged, i *world.Issue, _ []string) bool { return i != nil && i.Locked }},
}

// besides are sentences that explain no end: what was done, or will be. They are
// true or false as well, and nobody is left behind with one of them alone.
var besides = []why{
	{regexp.MustCompile(`^fewer than 3 issues make no epic: it would be dispatched directly, its target (\S+)$`), func(j judged, i *world.Issue, m []string) bool {
		return i != nil && j.repo.DefaultBranch == m[1] && !j.listed[strings.ToLower(fmt.Sprintf("%s#%d", j.tx.FullName(j.repo), i.Number))]
	}},
	{regexp.MustCompile(`^a feature is no part of an epic made from audits, and fewer than 3 of theme .* make none: it would be dispatched directly, its target (\S+)$`), func(j judged, i *world.Issue, m []string) bool {
		return i != nil && j.repo.DefaultBranch == m[1] && j.feature(i)
	}},
	{regexp.MustCompile(`^phase Phase \d: .* opens when every child of the phases before it is closed: (.+)$`), func(j judged, i *world.Issue, m []string) bool {
		n := 0
		for _, k := range oneNumber.FindAllStringSubmatch(m[1], -1) {
			number, _ := strconv.Atoi(k[1])
			if other := j.tx.Issue(j.repo.ID, number); other == nil || other.Closed || i == nil || other.ParentID != i.ParentID {
				return false
			}
			n++
		}
		return n > 0
	}},
	{regexp.MustCompile(`^READY, left for later by --max \d+$`), func(j judged, i *world.Issue, _ []string) bool { return i != nil && !i.Closed && !j.dispatched(i) }},
	{regexp.MustCompile(`^it is a sub-issue of \S*#(\d+) already: it keeps that parent$`), func(j judged, i *world.Issue, m []string) bool {
		return i != nil && j.tx.IssueByID(i.ParentID) != nil && strconv.Itoa(j.tx.IssueByID(i.ParentID).Number) == m[1]
	}},
	{regexp.MustCompile(`^theme \S+: with (\d+) children it takes no more$`), func(j judged, i *world.Issue, m []string) bool {
		return i != nil && strconv.Itoa(len(checklist.Parse([]byte(i.Body)).Children)) == m[1] && len(m[1]) > 1
	}},
	{regexp.MustCompile(`was closed as not planned: its finding is taken as settled`), func(j judged, i *world.Issue, _ []string) bool {
		return i != nil && i.Closed && i.Reason == "not_planned"
	}},
	{regexp.MustCompile(`^an audit by `), func(j judged, i *world.Issue, _ []string) bool { return i != nil && !j.trusted(i) }},
}

// reasoned wants a reason out of the list, true of an issue or of its repository.
func (j judged) reasoned(key, repo string, i *world.Issue) {
	j.t.Helper()
	if !j.holds(key, i) && !j.says(repo) {
		j.t.Errorf("%s %q is left, and no reason that is true is said: %q %q", key, i.Title, j.reasons[strings.ToLower(key)], j.reasons[repo])
	}
}

// says tells whether a reason that is true is said of the repository.
func (j judged) says(repo string) bool { return j.holds(repo, nil) }

func (j judged) holds(key string, i *world.Issue) bool {
	return slices.ContainsFunc(j.reasons[strings.ToLower(key)], func(text string) bool { return is(whys, j, i, text) })
}

func is(list []why, j judged, i *world.Issue, text string) bool {
	return slices.ContainsFunc(list, func(w why) bool {
		m := w.says.FindStringSubmatch(text)
		return m != nil && w.fits(j, i, m)
	})
}
