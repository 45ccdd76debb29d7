package git

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// program is git, in one git directory.
type program struct {
	dir   string    // the git directory
	tree  string    // the working tree; empty: none
	lock  *os.File  // handed on, so that it is held as long as git runs
	token *secret   // nil: the server is not asked for anything
	who   []string  // variables that name the author, date and all
	in    io.Reader // its standard input
}

// secret is a token, and how it is kept out of sight.
type secret struct{ text, header, site string }

func newSecret(text, site string) *secret {
	s := &secret{text: text, site: strings.TrimSuffix(site, "/") + "/"}
	if text != "" {
		s.header = base64.StdEncoding.EncodeToString([]byte("x-access-token:" + text))
	}
	return s
}

func (s *secret) hide(text string) string {
	if s == nil || s.text == "" {
		return text
	}
	return strings.NewReplacer(s.text, "***", s.header, "***").Replace(text)
}

// failure is a git process that did not succeed.
type failure struct {
	verb string
	code int    // -1: it was ended
	said string // the last thing it said, cleaned
	all  string // everything, to tell cases apart; never shown
}

func (f *failure) Error() string {
	if f.said == "" {
		return fmt.Sprintf("git %s failed (%d)", f.verb, f.code)
	}
	return "git " + f.verb + ": " + f.said
}

// settings hold for every git process here, against whatever the repository's own
// configuration says.
var settings = []string{
	"core.hooksPath", "/dev/null",
	"core.fsmonitor", "false",
	"core.attributesFile", "/dev/null",
	"core.excludesFile", "/dev/null",
	"core.protectHFS", "true",
	"core.protectNTFS", "true",
	"core.quotePath", "true",
	"core.autocrlf", "false",
	"core.logAllRefUpdates", "false",
	"protocol.allow", "never",
	"protocol.http.allow", "always",
	"protocol.https.allow", "always",
	"submodule.recurse", "false",
	"fetch.recurseSubmodules", "false",
	"push.recurseSubmodules", "no",
	"fetch.fsckObjects", "false",
	"gc.auto", "0",
	"gc.autoDetach", "false",
	"maintenance.auto", "false",
	"maintenance.autoDetach", "false",
	"merge.conflictStyle", "merge",
	"merge.renormalize", "false",
	"merge.verifySignatures", "false",
	"commit.gpgSign", "false",
	"push.gpgSign", "false",
	"credential.helper", "",
	"http.lowSpeedLimit", "1000", // bytes a second, for so many seconds: a silent server
	"http.lowSpeedTime", "60",
	"advice.detachedHead", "false",
	"rerere.enabled", "true",
	"rerere.autoUpdate", "true",
}

// network are the variables that tell git's HTTP how to reach the world.
var network = []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"}

// closed is the environment in which git reads nobody's configuration and asks
// nobody anything.
func closed(extra ...string) []string {
	env := []string{
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_ATTR_NOSYSTEM=1",
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=", "GIT_EDITOR=:", "GIT_SEQUENCE_EDITOR=:", "GIT_PAGER=cat",
		"GIT_ALLOW_PROTOCOL=http:https", "GIT_NO_REPLACE_OBJECTS=1", "GIT_LFS_SKIP_SMUDGE=1",
	}
	all := append(append([]string{}, settings...), extra...)
	env = append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(len(all)/2))
	for k := 0; k < len(all); k += 2 {
		n := strconv.Itoa(k / 2)
		env = append(env, "GIT_CONFIG_KEY_"+n+"="+all[k], "GIT_CONFIG_VALUE_"+n+"="+all[k+1])
	}
	return env
}

func (p program) env() []string {
	var extra []string
	if p.token != nil && p.token.text != "" {
		extra = []string{"http." + p.token.site + ".extraHeader", "Authorization: Basic " + p.token.header}
	}
	env := append(closed(extra...), "LC_ALL=C", "HOME=/nonexistent", "GIT_LITERAL_PATHSPECS=1", "GIT_DIR="+p.dir, "PATH="+os.Getenv("PATH"))
	if p.tree != "" {
		env = append(env, "GIT_WORK_TREE="+p.tree)
	}
	if tmp := os.Getenv("TMPDIR"); tmp != "" {
		env = append(env, "TMPDIR="+tmp)
	}
	for _, name := range network {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return append(env, p.who...)
}

var errSlow = errors.New("git took longer than " + Transfer.String())

// run runs git and gives its output. An error is a *failure, or the context's.
func (p program) run(ctx context.Context, args ...string) ([]byte, error) {
	ctx, stop := context.WithTimeoutCause(ctx, Transfer, errSlow)
	defer stop()
	c := exec.CommandContext(ctx, "git", args...)
	c.Dir = p.dir
	if p.tree != "" {
		c.Dir = p.tree
	}
	c.Env = p.env()
	c.Stdin = p.in
	if p.lock != nil {
		c.ExtraFiles = []*os.File{p.lock}
	}
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	c.WaitDelay = 5 * time.Second
	alone(c)
	err := c.Run()
	if err == nil {
		return out.Bytes(), nil
	}
	if cause := context.Cause(ctx); cause != nil {
		return nil, fmt.Errorf("git %s: %w", args[0], cause)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	all := p.token.hide(said.String())
	return out.Bytes(), &failure{verb: args[0], code: exit.ExitCode(), said: lastWord(all), all: all}
}

// ended tells whether git itself ended with that code.
func ended(err error, code int) bool {
	var f *failure
	return errors.As(err, &f) && f.code == code
}

// lastWord is the line of git's own that says why, and never one of the server's
// choosing.
func lastWord(text string) string {
	last := ""
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "fatal: ") || strings.HasPrefix(line, "error: ") {
			last = line
		}
	}
	last = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(last, ""))
	if r := []rune(last); len(r) > 240 {
		last = string(r[:240]) + "…"
	}
	return last
}
