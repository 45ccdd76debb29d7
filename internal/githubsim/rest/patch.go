package rest

import (
	"net/http"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// patch answers for the media types diff and patch: what head has that base has not, as git diff or as git format-patch
// prints it. nil: another one is wanted.
func (c *call) patch(r *world.Repo, base, head string) (*reply, error) {
	kind := c.media()
	var text []byte
	var err error
	switch kind {
	case "diff":
		text, err = c.tx.DiffText(r, base, head)
	case "patch":
		text, err = c.tx.MailText(r, base, head)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, raw: text, mime: "application/vnd.github." + kind + "; charset=utf-8"}, nil
}
