package github

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/cli/go-gh/v2/pkg/auth"
)

// Token is a credential and where it came from. Printing it, in any way, never
// shows its text.
type Token struct {
	text   string
	Source string // GH_TOKEN, GITHUB_TOKEN, ..., "gh" for one that gh keeps
}

// NewToken makes a token of its text.
func NewToken(text, source string) Token { return Token{text: strings.TrimSpace(text), Source: source} }

// IsZero tells whether there is no token.
func (t Token) IsZero() bool { return t.text == "" }

// String names the kind and the source, never the text.
func (t Token) String() string {
	if t.IsZero() {
		return "no token"
	}
	return t.Kind() + " from " + t.Source
}

// GoString keeps %#v from showing the text.
func (t Token) GoString() string { return t.String() }

// misformed says what in a token no token of GitHub's has; empty: nothing.
func (t Token) misformed() string {
	for _, r := range t.text {
		if r <= ' ' || r > '~' {
			return "a line break, a space or another character that no token has"
		}
	}
	return ""
}

// Login asks whose token the client has.
func (c *Client) Login(ctx context.Context) (string, error) {
	doing := "ask " + c.Host() + " whose token " + c.token.Source + " holds"
	if err := c.signedIn(doing); err != nil {
		return "", err
	}
	user, _, err := c.rest.Users.Get(ctx, "")
	if err != nil {
		return "", c.readError(doing, err)
	}
	return user.GetLogin(), nil
}

// Kind reads the kind of token off its prefix, as GitHub documents prefixes.
func (t Token) Kind() string {
	for _, k := range []struct{ prefix, kind string }{
		{"ghp_", "classic token"}, {"github_pat_", "fine-grained token"}, {"gho_", "OAuth token of an app such as gh"},
		{"ghu_", "user token of a GitHub App"}, {"ghs_", "installation token of a GitHub App"},
	} {
		if strings.HasPrefix(t.text, k.prefix) {
			return k.kind
		}
	}
	return "token of unknown kind"
}

// FindToken looks for the token of a host where gh does, in gh's order: for
// github.com, ghe.com tenants and an embedded GitHub GH_TOKEN then
// GITHUB_TOKEN; for an Enterprise Server GH_ENTERPRISE_TOKEN then
// GITHUB_ENTERPRISE_TOKEN; then what gh keeps for exactly that host, in its
// configuration or the system's keyring. A token kept for one host is never
// given out for another, and a variable's only for github.com, an embedded
// GitHub, a host gh knows, or one that was named by the user: a file that came
// with somebody's repository may name any host. The error is of KindNotSignedIn.
func FindToken(e Endpoint, byUser bool) (Token, error) {
	return findToken(e, byUser || slices.Contains(auth.KnownHosts(), e.Host), os.Getenv, auth.TokenForHost)
}

func findToken(e Endpoint, known bool, env func(string) string, kept func(host string) (text, source string)) (Token, error) {
	if !known && !e.Local() && e.Host != "github.com" {
		for _, name := range tokenNames(e) {
			if env(name) != "" {
				return Token{}, &Error{Kind: KindNotSignedIn, Doing: "sign in to " + e.Host,
					Message: "only .core/config.yaml names this host, so the token in " + name + " is not sent there",
					Hint:    "if it is meant for it, set GH_HOST=" + e.Host + ", or run: gh auth login --hostname " + e.Host}
			}
		}
	}
	for _, name := range tokenNames(e) {
		if t := NewToken(env(name), name); !t.IsZero() {
			return t, nil
		}
	}
	if !e.Local() {
		text, _ := kept(e.Host)
		if t := NewToken(text, "gh"); !t.IsZero() {
			return t, nil
		}
	}
	return Token{}, &Error{Kind: KindNotSignedIn, Doing: "sign in to " + e.Host, Message: "no token", Hint: signInHint(e)}
}

// tokenNames are the environment variables that hold a token for a host, the
// first one with precedence.
func tokenNames(e Endpoint) []string {
	if !e.Local() && auth.IsEnterprise(e.Host) {
		return []string{"GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"}
	}
	return []string{"GH_TOKEN", "GITHUB_TOKEN"}
}

// signInHint says how a host gets a token.
func signInHint(e Endpoint) string {
	if e.Local() {
		return "set GITHUB_TOKEN to a token of the embedded GitHub"
	}
	return "set " + tokenNames(e)[0] + ", or run: gh auth login --hostname " + e.Host
}
