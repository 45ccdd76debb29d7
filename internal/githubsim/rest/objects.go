package rest

import (
	"encoding/base64"
	"net/http"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

func createBlob(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	var in struct {
		Content  *string
		Encoding string
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	if in.Content == nil {
		return nil, malformed(`"content" wasn't supplied.`)
	}
	content := []byte(*in.Content)
	switch in.Encoding {
	case "", "utf-8":
	case "base64":
		if content, err = unwrapped(*in.Content); err != nil {
			return nil, fail(http.StatusUnprocessableEntity, "content is not valid Base64")
		}
	default:
		return nil, fail(http.StatusUnprocessableEntity, "encoding is neither utf-8 nor base64")
	}
	sha, err := c.tx.WriteBlob(r, content)
	if err != nil {
		return nil, err
	}
	return created(object{"sha": sha, "url": c.at(r) + "/git/blobs/" + sha})
}

// createTree takes files of mode 100644 only: nothing else is kept apart here.
func createTree(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	var in struct {
		Base string `json:"base_tree"`
		Tree []struct {
			Path, Mode, Type string
			SHA, Content     *string
		}
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	if len(in.Tree) == 0 {
		return nil, fail(http.StatusUnprocessableEntity, "Invalid tree info")
	}
	base := in.Base
	if m, err := c.tx.Commit(r, base); base != "" && err == nil {
		base = m.Tree // GitHub takes a commit here, too
	}
	files := map[string]string{}
	for _, e := range in.Tree {
		if e.Mode != "" && e.Mode != "100644" {
			return nil, fail(http.StatusUnprocessableEntity, "tree.mode "+e.Mode+" is not supported: 100644 is")
		}
		switch {
		case e.Content != nil:
			if files[e.Path], err = c.tx.WriteBlob(r, []byte(*e.Content)); err != nil {
				return nil, err
			}
		case e.SHA != nil:
			files[e.Path] = *e.SHA
		default:
			files[e.Path] = ""
		}
	}
	sha, err := c.tx.WriteTree(r, base, files)
	if err != nil {
		return nil, err
	}
	list, err := c.treeEntries(r, sha, false)
	if err != nil {
		return nil, err
	}
	return created(object{"sha": sha, "url": c.at(r) + "/git/trees/" + sha, "tree": list, "truncated": false})
}

func createCommit(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	type by struct {
		Name, Email string
		Date        time.Time
	}
	var in struct {
		Message, Tree     *string
		Parents           []string
		Author, Committer *by
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	if in.Message == nil || in.Tree == nil {
		return nil, malformed(`"message" or "tree" wasn't supplied.`)
	}
	who := func(b *by) *gitstore.Person {
		if b == nil {
			return nil
		}
		p := &gitstore.Person{Name: b.Name, Email: b.Email, When: b.Date}
		if p.When.IsZero() {
			p.When = c.tx.Now()
		}
		return p
	}
	sha, err := c.tx.WriteCommit(r, *in.Tree, in.Parents, who(in.Author), who(in.Committer), *in.Message)
	if err != nil {
		return nil, err
	}
	m, err := c.tx.Commit(r, sha)
	if err != nil {
		return nil, err
	}
	return created(c.gitCommit(r, m))
}

// wrapped is base64 in lines of 60 characters, each ended, as GitHub sends content.
func wrapped(content []byte) string {
	text := base64.StdEncoding.EncodeToString(content)
	out := make([]byte, 0, len(text)+len(text)/60+1)
	for len(text) > 60 {
		out = append(append(out, text[:60]...), '\n')
		text = text[60:]
	}
	if text != "" {
		out = append(append(out, text...), '\n')
	}
	return string(out)
}
