package githubsim

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// servePage answers github.localhost for a browser: a plain page for a repository, an issue or a pull request that
// everybody may see, so that the addresses in answers lead somewhere.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request, st site) {
	part := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	title, body := "", ""
	_ = s.world.View(func(tx *world.Tx) error {
		if len(part) < 2 {
			return nil
		}
		repo, _ := tx.Repo(part[0], strings.TrimSuffix(part[1], ".git"))
		if repo == nil || !tx.CanSee(world.Actor{}, repo) {
			return nil
		}
		title, body = tx.FullName(repo), repo.Description
		if len(part) >= 4 && (part[2] == "issues" || part[2] == "pull") {
			title = ""
			n, err := strconv.Atoi(part[3])
			if err != nil {
				return nil
			}
			if i := tx.Issue(repo.ID, n); i != nil {
				title, body = fmt.Sprintf("%s · %s#%d", i.Title, tx.FullName(repo), n), i.Body
			}
		}
		return nil
	})
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if title == "" {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Page not found</title><h1>404</h1>\n")
		return
	}
	fmt.Fprintf(w, "<!DOCTYPE html><title>%s</title><h1>%s</h1><pre>%s</pre>\n", html.EscapeString(title), html.EscapeString(title), html.EscapeString(body))
}
