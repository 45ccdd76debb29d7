package github

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// Nothing on GitHub is dated when somebody's rights change, so a probe asks for
// them: an author's association is the same on every issue of theirs in a
// repository, so one stands for all.

// mostAuthors bounds how many authors of a repository a probe asks after: those
// whose word counts come first.
const mostAuthors = 50

type authored struct {
	number      int
	association string
}

// rightsAsks ask whether whoever is trusted in a repository still is.
func rightsAsks(r *inventory.Repo, changed func(inventory.RepoRef, string)) []*ask {
	var asks []*ask
	for _, a := range authors(r) {
		asks = append(asks, &ask{repo: r.Ref, key: fmt.Sprintf("w%d", a.number), nodes: 1,
			selection: fmt.Sprintf("issueOrPullRequest(number: %d) { ...ProbeAuthor }", a.number),
			fill: func(raw json.RawMessage) error {
				var j struct {
					Issue string `json:"association"`
					Pull  string `json:"pullAssociation"`
				}
				if err := json.Unmarshal(raw, &j); err != nil {
					return err
				}
				if now := j.Issue + j.Pull; now != a.association {
					changed(r.Ref, fmt.Sprintf("the author of #%d is %s now", a.number, strings.ToLower(now)))
				}
				return nil
			},
			fail: func(e *Error) { changed(r.Ref, e.Message) }})
	}
	for k, who := range acceptors(r) {
		asks = append(asks, &ask{repo: r.Ref, key: fmt.Sprintf("a%d", k), text: who, nodes: 1,
			selection: "collaborators(login: $text, first: 1) { ...Access }",
			fill: func(raw json.RawMessage) error {
				may, err := mayWrite(raw, who)
				if err == nil && !may {
					changed(r.Ref, who+" may not write any more")
				}
				return err
			},
			fail: func(*Error) { changed(r.Ref, "whether "+who+" may write is not known any more") }})
	}
	return asks
}

// authors are an issue or pull request of every author there is, those with
// rights first.
func authors(r *inventory.Repo) []authored {
	seen := map[string]bool{}
	var with, without []authored
	add := func(login, association string, number int) {
		if login == "" || seen[login] {
			return
		}
		seen[login] = true
		a := authored{number, association}
		switch association {
		case "OWNER", "MEMBER", "COLLABORATOR":
			with = append(with, a)
		default:
			without = append(without, a)
		}
	}
	for _, i := range r.Issues {
		if !i.Closed && !i.Missing {
			add(i.Author, i.Association, i.Ref.Number)
		}
	}
	for _, p := range r.Pulls {
		add(p.Author, p.Association, p.Ref.Number)
	}
	all := slices.Concat(with, without)
	return all[:min(len(all), max(mostAuthors, len(with)))]
}

// acceptors are those whose label lets a stranger's issue take part.
func acceptors(r *inventory.Repo) []string {
	var out []string
	for _, i := range r.Issues {
		for _, e := range i.LabelEvents {
			if e.ActorMayWrite && !slices.Contains(out, e.Actor) {
				out = append(out, e.Actor)
			}
		}
	}
	return out
}
