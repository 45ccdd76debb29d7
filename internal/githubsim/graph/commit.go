package graph

import (
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func (x *execution) commit(c *world.CommitNode, f *selected) (any, error) {
	at := x.repoPath(c.Repo) + "/commit/" + c.SHA
	switch f.def.Name {
	case "id":
		return world.NodeID(c), nil
	case "oid":
		return c.SHA, nil
	case "abbreviatedOid":
		return c.SHA[:min(7, len(c.SHA))], nil
	case "repository":
		return c.Repo, nil
	case "commitResourcePath", "resourcePath":
		return at, nil
	case "commitUrl", "url":
		return x.web + at, nil
	case "treeUrl":
		return x.web + x.repoPath(c.Repo) + "/tree/" + c.SHA, nil
	case "statusCheckRollup":
		return x.rollup(c.Repo, c.SHA), nil
	case "status":
		return x.status(c), nil
	case "associatedPullRequests":
		var items []any
		for _, i := range x.tx.Issues(c.Repo.ID) {
			if i.Pull != nil && (i.Pull.HeadSHA == c.SHA || i.Pull.MergeSHA == c.SHA) {
				items = append(items, i)
			}
		}
		return x.connection(f, x.sorted(items, f.args))
	case "history":
		return x.history(c, f)
	case "tree":
		entries, err := x.tx.Tree(c.Repo, c.SHA, "")
		return x.tree(c.Repo, x.treeID(c.Repo, c.SHA, ""), c.SHA, "", entries), err
	case "additions", "deletions", "changedFilesIfAvailable":
		return x.diffstat(c, f.def.Name)
	}
	info, err := x.tx.Commit(c.Repo, c.SHA)
	if err != nil {
		return nil, err
	}
	return x.commitInfo(c, info, f)
}

func (x *execution) commitInfo(c *world.CommitNode, info *gitstore.CommitInfo, f *selected) (any, error) {
	headline, body, _ := strings.Cut(strings.TrimRight(info.Message, "\n"), "\n")
	switch f.def.Name {
	case "message":
		return strings.TrimRight(info.Message, "\n"), nil
	case "messageHeadline":
		return headline, nil
	case "messageBody":
		return strings.TrimSpace(body), nil
	case "committedDate":
		return info.Committer.When, nil
	case "authoredDate":
		return info.Author.When, nil
	case "author":
		return x.person(info.Author), nil
	case "committer":
		return x.person(info.Committer), nil
	case "authors":
		return x.connection(f, list{items: []any{x.person(info.Author)}})
	case "parents":
		var items []any
		for _, sha := range info.Parents {
			items = append(items, &world.CommitNode{Repo: c.Repo, SHA: sha})
		}
		return x.connection(f, list{items: items})
	}
	return nil, unresolved("Commit", f)
}

// person is who made a commit as a GitActor; its user is told from the address GitHub gives out.
func (x *execution) person(p gitstore.Person) any {
	var user any
	avatar := "https://avatars.githubusercontent.com/u/0?v=4"
	if name, ok := strings.CutSuffix(p.Email, "@users.noreply.github.com"); ok {
		if _, login, numbered := strings.Cut(name, "+"); numbered {
			name = login
		}
		if u := x.tx.UserByLogin(name); u != nil {
			avatar = x.avatar(u, nil)
			if u.Kind == world.Person {
				user = u
			}
		}
	}
	return record{"GitActor", map[string]any{
		"name": p.Name, "email": p.Email, "date": p.When.Format("2006-01-02T15:04:05Z07:00"), "user": user, "avatarUrl": avatar,
	}}
}

// history is read as far as the page may reach, one further for hasNextPage.
func (x *execution) history(c *world.CommitNode, f *selected) (any, error) {
	infos, err := x.tx.Commits(c.Repo, c.SHA, nil, 0)
	if err != nil {
		return nil, err
	}
	var items []any
	since, until := f.args.time("since"), f.args.time("until")
	for _, info := range infos {
		when := info.Committer.When
		if when.Before(since) || !until.IsZero() && when.After(until) {
			continue
		}
		items = append(items, &world.CommitNode{Repo: c.Repo, SHA: info.SHA})
	}
	return x.connection(f, list{items: items})
}

func (x *execution) diffstat(c *world.CommitNode, field string) (any, error) {
	info, err := x.tx.Commit(c.Repo, c.SHA)
	if err != nil {
		return nil, err
	}
	if len(info.Parents) == 0 {
		return 0, nil
	}
	cmp, err := x.tx.Compare(c.Repo, info.Parents[0], c.SHA)
	if err != nil {
		return nil, err
	}
	added, deleted := 0, 0
	for _, file := range cmp.Files {
		added, deleted = added+file.Additions, deleted+file.Deletions
	}
	switch field {
	case "additions":
		return added, nil
	case "deletions":
		return deleted, nil
	}
	return len(cmp.Files), nil
}
