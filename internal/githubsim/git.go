package githubsim

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/faults"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// gitPath takes a request of git's smart HTTP apart: /OWNER/NAME.git/SERVICE, with or without ".git".
func gitPath(r *http.Request) (repo [2]string, service string, isGit bool) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	for _, s := range []string{"info/refs", "git-upload-pack", "git-receive-pack", "HEAD"} {
		name, found := strings.CutSuffix(path, "/"+s)
		if !found {
			continue
		}
		owner, name, two := strings.Cut(name, "/")
		if !two || strings.Contains(name, "/") || (s == "HEAD" && !strings.HasSuffix(name, ".git")) {
			return repo, "", false
		}
		return [2]string{owner, strings.TrimSuffix(name, ".git")}, s, true
	}
	return repo, "", false
}

var backend = sync.OnceValue(func() string {
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		return ""
	}
	return filepath.Join(strings.TrimSpace(string(out)), "git-http-backend")
})

// serveGit hands a git request to git http-backend, after GitHub's checks.
func (s *Server) serveGit(w http.ResponseWriter, r *http.Request, name [2]string, service string) {
	record := requestlog.Record{Seq: s.log.Begin(), Time: s.world.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Resource: resourceGit}
	start := time.Now()
	seen := &statusWriter{ResponseWriter: w}
	defer func() {
		record.Status, record.Wall = seen.status, time.Since(start)
		_ = s.log.Add(record)
	}()
	if rule := s.faults.Next(faults.Request{Method: r.Method, Path: r.URL.Path}); rule != nil {
		record.Fault = rule.String()
		switch rule.Kind {
		case faults.Error500, faults.Error502, faults.Error503:
			status, _ := strconv.Atoi(string(rule.Kind))
			plain(seen, status, http.StatusText(status)+"\n")
			return
		case faults.CutBefore:
			panic(http.ErrAbortHandler)
		default:
			record.Fault = ""
		}
	}
	actor, known, err := s.authenticate(r)
	if err != nil || !known {
		askPassword(seen, "Invalid username or token. Password authentication is not supported for Git operations.\n")
		return
	}
	who := &exchange{actor: actor}
	record.Login = who.user()
	push := service == "git-receive-pack" || r.URL.Query().Get("service") == "git-receive-pack"
	var repo *world.Repo
	var may world.Permission
	var moved string
	_ = s.world.View(func(tx *world.Tx) error {
		found, redirected := tx.Repo(name[0], name[1])
		if found == nil || !tx.CanSee(actor, found) {
			return nil
		}
		repo, may = found, tx.Permission(actor.User, found)
		if redirected {
			moved = tx.FullName(found)
		}
		return nil
	})
	switch {
	case actor.User == nil && (repo == nil || push):
		askPassword(seen, "No anonymous write access.\n")
		return
	case repo == nil:
		plain(seen, http.StatusNotFound, "Repository not found.\n")
		return
	case moved != "":
		to := siteOf(r).html + "/" + moved + ".git/" + service
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		http.Redirect(seen, r, to, http.StatusMovedPermanently)
		return
	case push && (may < world.Write || !(actor.HasScope("repo") || (!repo.Private && actor.HasScope("public_repo")))):
		plain(seen, http.StatusForbidden, "Permission to "+name[0]+"/"+name[1]+".git denied to "+record.Login+".\n")
		return
	case push && repo.Archived:
		plain(seen, http.StatusForbidden, "This repository was archived so it is read-only.\n")
		return
	}
	dir, err := s.world.GitDir(repo.ID)
	if err != nil {
		plain(seen, http.StatusInternalServerError, "Internal Server Error\n")
		return
	}
	if err := runBackend(seen, r, dir, service, record.Login); err != nil {
		plain(seen, http.StatusInternalServerError, "Internal Server Error\n")
		return
	}
	if service == "git-receive-pack" {
		actor.Changed = noteIn(&record)
		if err := s.world.SyncRefs(actor, repo.ID); err != nil {
			record.Refused = err.Error()
		}
	}
}

// runBackend runs git http-backend on the repository in dir. CGI knows no chunked bodies, so one is read whole.
func runBackend(w http.ResponseWriter, r *http.Request, dir, service, login string) error {
	inner := r.Clone(r.Context())
	inner.URL.Path = "/" + service
	inner.Header.Del("Authorization")
	if inner.ContentLength < 0 {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		inner.Body, inner.ContentLength, inner.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	}
	env := append(world.GitEnv(), "GIT_PROJECT_ROOT="+dir, "GIT_HTTP_EXPORT_ALL=1", "GIT_PROTOCOL="+r.Header.Get("Git-Protocol"))
	if login != "" {
		env = append(env, "REMOTE_USER="+login)
	}
	h := &cgi.Handler{Path: backend(), Dir: dir, Env: env, InheritEnv: []string{"PATH"}, Stderr: io.Discard}
	if _, err := os.Stat(h.Path); err != nil {
		return err
	}
	h.ServeHTTP(w, inner)
	return nil
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

func askPassword(w http.ResponseWriter, text string) {
	w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
	plain(w, http.StatusUnauthorized, text)
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
