package rest

import (
	"encoding/base64"
	"net/http"
	"path"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// unwrapped reads base64 with or without line breaks.
func unwrapped(text string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.NewReplacer("\n", "", "\r", "").Replace(text))
}

// content is a file or folder without its content.
func (c *call) content(r *world.Repo, ref, at, kind, sha string, size int64) object {
	self := c.at(r) + "/contents/" + tailed(at) + "?ref=" + ref
	page := c.HTML + "/" + c.tx.FullName(r)
	git, html := c.at(r)+"/git/blobs/"+sha, page+"/blob/"+ref+"/"+tailed(at)
	var download any = page + "/raw/" + ref + "/" + tailed(at)
	if kind == "dir" {
		git, html, download = c.at(r)+"/git/trees/"+sha, page+"/tree/"+ref+"/"+tailed(at), nil
	}
	return object{"type": kind, "size": size, "name": path.Base(at), "path": at, "sha": sha, "url": self, "git_url": git, "html_url": html, "download_url": download,
		"_links": object{"self": self, "git": git, "html": html}}
}

func kindOfEntry(e gitstore.Entry) string {
	switch {
	case e.Type == "tree":
		return "dir"
	case e.Type == "commit":
		return "submodule"
	case e.Mode == "120000":
		return "symlink"
	}
	return "file"
}

func getContents(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	ref := c.Query.Get("ref")
	if ref == "" {
		ref = r.DefaultBranch
	}
	if len(r.Refs) == 0 {
		return nil, fail(http.StatusNotFound, "This repository is empty.")
	}
	if _, found := c.tx.Resolve(r, ref); !found {
		return nil, fail(http.StatusNotFound, "No commit found for the ref "+ref)
	}
	at := strings.Trim(c.params["path"], "/")
	if f, err := c.tx.File(r, ref, at); at != "" && err == nil && f != nil {
		if c.media() == "raw" {
			return &reply{status: http.StatusOK, raw: f.Content, mime: "application/vnd.github.raw; charset=utf-8"}, nil
		}
		o := c.content(r, ref, at, "file", f.SHA, int64(len(f.Content)))
		o["encoding"], o["content"] = "base64", wrapped(f.Content)
		return ok(o)
	}
	entries, err := c.tx.Tree(r, ref, at)
	if err != nil {
		return nil, errNotFound
	}
	list := []any{}
	for _, e := range entries {
		list = append(list, c.content(r, ref, path.Join(at, e.Name), kindOfEntry(e), e.SHA, e.Size))
	}
	if c.media() == "object" {
		o := c.content(r, ref, at, "dir", "", 0)
		o["entries"] = list
		return &reply{status: http.StatusOK, body: o}, nil
	}
	return ok(list)
}

// readmes are the folders GitHub looks into for a README, in its order.
var readmes = []string{".github", "", "docs"}

func getReadme(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	ref := c.Query.Get("ref")
	if ref == "" {
		ref = r.DefaultBranch
	}
	for _, folder := range readmes {
		entries, err := c.tx.Tree(r, ref, folder)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if name := strings.ToLower(e.Name); e.Type == "blob" && (name == "readme" || strings.HasPrefix(name, "readme.")) {
				c.params = map[string]string{"owner": c.params["owner"], "repo": c.params["repo"], "path": path.Join(folder, e.Name)}
				return getContents(c)
			}
		}
	}
	return nil, errNotFound
}

func putContents(c *call) (*reply, error) {
	return c.writeFile(false)
}

func deleteContents(c *call) (*reply, error) {
	return c.writeFile(true)
}

func (c *call) writeFile(remove bool) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	type by struct{ Name, Email string }
	var in struct {
		Message, Content  *string
		SHA, Branch       string
		Author, Committer *by
	}
	if err := c.decode(&in, !remove); err != nil {
		return nil, err
	}
	f := world.NewFile{Path: strings.Trim(c.params["path"], "/"), Branch: in.Branch, SHA: in.SHA, Delete: remove}
	if remove && len(c.Body) == 0 {
		f.SHA, f.Branch = c.Query.Get("sha"), c.Query.Get("branch")
		if m := c.Query.Get("message"); m != "" {
			in.Message = &m
		}
	}
	if in.Message == nil {
		return nil, malformed(`"message" wasn't supplied.`)
	}
	f.Message = *in.Message
	if !remove {
		if in.Content == nil {
			return nil, malformed(`"content" wasn't supplied.`)
		}
		if f.Content, err = unwrapped(*in.Content); err != nil {
			return nil, fail(http.StatusUnprocessableEntity, "content is not valid Base64")
		}
	} else if f.SHA == "" {
		return nil, malformed(`"sha" wasn't supplied.`)
	}
	if in.Author != nil {
		f.Author = &gitstore.Person{Name: in.Author.Name, Email: in.Author.Email, When: c.tx.Now()}
	}
	if in.Committer != nil {
		f.Committer = &gitstore.Person{Name: in.Committer.Name, Email: in.Committer.Email, When: c.tx.Now()}
	}
	written, err := c.tx.PutFile(r, f)
	if err != nil {
		return nil, err
	}
	m, err := c.tx.Commit(r, written.CommitSHA)
	if err != nil {
		return nil, err
	}
	branch := f.Branch
	if branch == "" {
		branch = r.DefaultBranch
	}
	o := object{"content": nil, "commit": c.gitCommit(r, m)}
	if !remove {
		o["content"] = c.content(r, branch, f.Path, "file", written.BlobSHA, int64(len(f.Content)))
	}
	a := &reply{status: http.StatusOK, body: o}
	if written.Created {
		a.status = http.StatusCreated
	}
	return a, nil
}

// getTree is git/trees, of a tree's id or any revision, with ?recursive.
func getTree(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	sha := c.params["tree_sha"]
	if at, found := c.tx.Resolve(r, sha); found {
		if m, err := c.tx.Commit(r, at); err == nil {
			sha = m.Tree
		}
	}
	_, recursive := c.Query["recursive"]
	list, err := c.treeEntries(r, sha, recursive)
	if err != nil {
		return nil, errNotFound
	}
	return ok(object{"sha": sha, "url": c.at(r) + "/git/trees/" + sha, "tree": list, "truncated": false})
}

// treeEntries lists a tree object, folders before what is in them.
func (c *call) treeEntries(r *world.Repo, sha string, recursive bool) ([]any, error) {
	list := []any{}
	var walk func(tree, folder string) error
	walk = func(tree, folder string) error {
		entries, err := c.tx.TreeByID(r, tree)
		if err != nil {
			return err
		}
		for _, e := range entries {
			full := path.Join(folder, e.Name)
			o := object{"path": full, "mode": e.Mode, "type": e.Type, "sha": e.SHA, "url": c.at(r) + "/git/" + e.Type + "s/" + e.SHA}
			if e.Type == "blob" {
				o["size"] = e.Size
			}
			list = append(list, o)
			if e.Type == "tree" && recursive {
				if err := walk(e.SHA, full); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return list, walk(sha, "")
}

func getBlob(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	sha := c.params["file_sha"]
	content, err := c.tx.Blob(r, sha)
	if err != nil {
		return nil, errNotFound
	}
	if c.media() == "raw" {
		return &reply{status: http.StatusOK, raw: content, mime: "application/vnd.github.raw; charset=utf-8"}, nil
	}
	return ok(object{"sha": sha, "node_id": "B_" + sha, "size": len(content), "url": c.at(r) + "/git/blobs/" + sha, "content": wrapped(content), "encoding": "base64"})
}
