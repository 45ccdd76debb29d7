package rest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// repository finds the repository the path names. One the actor may not know of is a 404, a former name a redirect.
func (c *call) repository() (*world.Repo, error) {
	r, redirected := c.tx.Repo(c.params["owner"], c.params["repo"])
	if r == nil || !c.tx.CanSee(c.Actor, r) {
		return nil, errNotFound
	}
	c.repo = r
	if redirected {
		tail := strings.SplitN(strings.Trim(c.path(), "/"), "/", 4)
		to := fmt.Sprintf("%s/repositories/%d", c.Base, r.ID)
		if len(tail) == 4 {
			to += "/" + tail[3]
		}
		return nil, c.moved(to)
	}
	return r, nil
}

// moved is a redirect: 301 for reads, 307 for the rest, so that a method is kept.
func (c *call) moved(to string) *fault {
	if q := c.Query.Encode(); q != "" {
		to += "?" + q
	}
	f := &fault{status: http.StatusMovedPermanently, message: "Moved Permanently", header: http.Header{"Location": {to}}}
	if c.Method != http.MethodGet && c.Method != http.MethodHead {
		f.status = http.StatusTemporaryRedirect
	}
	return f
}

// issueAt finds the issue or pull request the path names.
func (c *call) issueAt() (*world.Repo, *world.Issue, error) {
	r, err := c.repository()
	if err != nil {
		return nil, nil, err
	}
	n, err := c.number("issue_number")
	if err != nil {
		return nil, nil, err
	}
	if i := c.tx.Issue(r.ID, n); i != nil {
		if r.IssuesDisabled && i.Pull == nil {
			return nil, nil, errDisabled
		}
		return r, i, nil
	}
	gone := c.tx.Tombstone(r.ID, n)
	switch {
	case gone == nil:
		return nil, nil, errNotFound
	case gone.Deleted:
		return nil, nil, fail(http.StatusGone, "This issue was deleted")
	}
	to := c.tx.IssueByID(gone.MovedTo)
	if to == nil {
		return nil, nil, fail(http.StatusGone, "This issue was deleted")
	}
	there := c.tx.RepoByID(to.RepoID)
	if !c.tx.CanSee(c.Actor, there) {
		return nil, nil, errNotFound
	}
	tail := strings.SplitN(strings.Trim(c.path(), "/"), "/", 6)
	address := fmt.Sprintf("%s/repositories/%d/issues/%d", c.Base, there.ID, to.Number)
	if len(tail) == 6 {
		address += "/" + tail[5]
	}
	return nil, nil, c.moved(address)
}

var errDisabled = &fault{status: http.StatusGone, message: "Issues has been disabled in this repository.", docs: "https://docs.github.com/v3/issues/"}

// pullAt finds the pull request the path names.
func (c *call) pullAt() (*world.Repo, *world.Issue, error) {
	r, err := c.repository()
	if err != nil {
		return nil, nil, err
	}
	n, err := c.number("pull_number")
	if err != nil {
		return nil, nil, err
	}
	i := c.tx.Issue(r.ID, n)
	if i == nil || i.Pull == nil {
		return nil, nil, errNotFound
	}
	return r, i, nil
}

// issueByID finds an issue a body names by its database id, in any repository the actor sees.
func (c *call) issueByID(id int64) *world.Issue {
	i := c.tx.IssueByID(id)
	if i == nil || !c.tx.CanSee(c.Actor, c.tx.RepoByID(i.RepoID)) {
		return nil
	}
	return i
}

// signedIn refuses anonymous callers.
func (c *call) signedIn() error {
	if c.Actor.User == nil {
		return fail(http.StatusUnauthorized, "Requires authentication")
	}
	return nil
}

// atLeast refuses an actor with less than p, as GitHub does: 404 where the resource is only for those who have it.
func (c *call) atLeast(r *world.Repo, p world.Permission) error {
	if err := c.signedIn(); err != nil {
		return err
	}
	if c.permission(r) < p {
		return fail(http.StatusForbidden, "Must have "+p.String()+" access to this repository.")
	}
	return nil
}

// seen leaves the repositories the actor may know of.
func (c *call) seen(list []*world.Repo) []*world.Repo {
	return slices.DeleteFunc(slices.Clone(list), func(r *world.Repo) bool { return !c.tx.CanSee(c.Actor, r) })
}
