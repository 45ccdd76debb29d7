package github

import (
	"os"
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
// given out for another. The error is of KindNotSignedIn.
func FindToken(e Endpoint) (Token, error) {
	return findToken(e, os.Getenv, auth.TokenForHost)
}

func findToken(e Endpoint, env func(string) string, kept func(host string) (text, source string)) (Token, error) {
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
