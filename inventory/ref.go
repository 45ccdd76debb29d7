// Package inventory holds what exists: repositories, issues, pull requests,
// epics with their phases and children, and the snapshot they are read into.
// It is pure: no I/O, no clock, no process.
package inventory

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/inventory/checklist"
)

// RepoRef names a repository on one API host.
type RepoRef struct {
	Owner string `json:"owner"`
	Name  string `json:"name"`
}

// String is "owner/name", or "name" where the owner is unknown.
func (r RepoRef) String() string {
	if r.Owner == "" {
		return r.Name
	}
	return r.Owner + "/" + r.Name
}

// IsZero tells whether the reference names nothing.
func (r RepoRef) IsZero() bool { return r == RepoRef{} }

// Same compares as GitHub does: owner and name without regard to case.
func (r RepoRef) Same(o RepoRef) bool {
	return strings.EqualFold(r.Name, o.Name) && strings.EqualFold(r.Owner, o.Owner)
}

// Key is the lower-case form, for use in maps.
func (r RepoRef) Key() string { return strings.ToLower(r.String()) }

// Compare orders by owner, then name.
func (r RepoRef) Compare(o RepoRef) int {
	return cmp.Or(cmp.Compare(r.Owner, o.Owner), cmp.Compare(r.Name, o.Name))
}

// isOwner: letters and digits, inside also - and _ (the logins of managed
// users), 39 characters at most, as GitHub's sign-up has it.
func isOwner(s string) bool {
	return len(s) >= 1 && len(s) <= 39 && isAlnum(s[0]) && only(s, "-_")
}

// isName: letters, digits, . - and _, 100 characters at most, and neither of
// the two names that are folders.
func isName(s string) bool {
	return len(s) >= 1 && len(s) <= 100 && s != "." && s != ".." && only(s, "._-")
}

func only(s, more string) bool {
	for k := range len(s) {
		if !isAlnum(s[k]) && strings.IndexByte(more, s[k]) < 0 {
			return false
		}
	}
	return true
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// ParseRepo reads "owner/name", or "name" when owner is given as the default.
// What GitHub would not accept as a name is refused, so that a repository
// argument can never become another path or a flag.
func ParseRepo(text, owner string) (RepoRef, error) {
	r := RepoRef{Owner: owner, Name: text}
	if o, n, ok := strings.Cut(text, "/"); ok {
		r = RepoRef{Owner: o, Name: n}
	}
	if r.Owner == "" {
		return RepoRef{}, fmt.Errorf("repository %q has no owner: write owner/name, or name an organisation with --org", text)
	}
	if !isOwner(r.Owner) || !isName(r.Name) {
		return RepoRef{}, fmt.Errorf("%q is not a repository name (owner/name)", text)
	}
	return r, nil
}

// Ref names an issue or a pull request.
type Ref struct {
	Repo   RepoRef `json:"repo"`
	Number int     `json:"number"`
}

// String is "owner/name#12".
func (r Ref) String() string { return r.Repo.String() + "#" + strconv.Itoa(r.Number) }

// Key is the lower-case form, for use in maps.
func (r Ref) Key() string { return r.Repo.Key() + "#" + strconv.Itoa(r.Number) }

// From is the reference as written from a repository: "#12" at home,
// "owner/name#12" elsewhere.
func (r Ref) From(home RepoRef) string {
	if r.Repo.Same(home) {
		return "#" + strconv.Itoa(r.Number)
	}
	return r.String()
}

// Compare orders by repository, then number.
func (r Ref) Compare(o Ref) int {
	return cmp.Or(r.Repo.Compare(o.Repo), cmp.Compare(r.Number, o.Number))
}

// OnHost tells whether a URL's host is the GitHub host: the one without a host
// always is. The port of an embedded GitHub changes, so all of this machine's
// are one.
func OnHost(url, host string) bool {
	url, host = strings.TrimPrefix(strings.ToLower(url), "www."), strings.ToLower(host)
	return url == "" || url == host || local(url) && local(host)
}

func local(host string) bool {
	name := host
	if at := strings.LastIndexByte(host, ':'); at >= 0 && !strings.HasSuffix(host, "]") {
		name = host[:at]
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || strings.HasPrefix(name, "127.") || name == "[::1]"
}

// ChildRef is the issue that a child of a checklist in home names; false where
// its URL is of another host than the one home is on.
func ChildRef(c checklist.Child, home RepoRef, host string) (Ref, bool) {
	ref := Ref{Repo: home, Number: c.Number}
	if c.Repo != "" {
		ref.Repo = RepoRef{Owner: c.Owner, Name: c.Repo}
	}
	return ref, OnHost(c.Host, host)
}

// ParseRef reads "#12", "12", "name#12", "owner/name#12" or an issue or pull
// URL, as checklist.ParseReference does. home fills in what is missing. A URL
// must be of the host; empty: of any.
func ParseRef(text string, home RepoRef, host string) (Ref, error) {
	full := text
	if name, _, ok := strings.Cut(text, "#"); ok && isName(name) { // on a checklist no issue is written so
		if home.Owner == "" {
			_, err := ParseRepo(name, "")
			return Ref{}, err
		}
		full = home.Owner + "/" + text
	}
	r, err := checklist.ParseReference(full)
	switch {
	case err != nil:
		return Ref{}, fmt.Errorf("%q is not an issue: write #12, name#12, owner/name#12 or its URL", text)
	case host != "" && !OnHost(r.Host, host):
		return Ref{}, fmt.Errorf("%q is an issue on %s, and this is %s", text, r.Host, host)
	case r.Repo != "":
		return Ref{Repo: RepoRef{Owner: r.Owner, Name: r.Repo}, Number: r.Number}, nil
	case home.IsZero():
		return Ref{}, fmt.Errorf("%q names no repository: add --repo, or write owner/name#%d", text, r.Number)
	}
	return Ref{Repo: home, Number: r.Number}, nil
}
