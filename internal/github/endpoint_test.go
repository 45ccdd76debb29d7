package github

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestEndpoints(t *testing.T) {
	for _, c := range []struct{ in, host, rest, graphql string }{
		{"", "github.com", "https://api.github.com/", "https://api.github.com/graphql"},
		{"github.com", "github.com", "https://api.github.com/", "https://api.github.com/graphql"},
		{"https://api.github.com/", "github.com", "https://api.github.com/", "https://api.github.com/graphql"},
		{"https://api.github.com/graphql", "github.com", "https://api.github.com/", "https://api.github.com/graphql"},
		{"https://acme.ghe.com", "acme.ghe.com", "https://api.acme.ghe.com/", "https://api.acme.ghe.com/graphql"},
		{"https://api.acme.ghe.com", "acme.ghe.com", "https://api.acme.ghe.com/", "https://api.acme.ghe.com/graphql"},
		{"git.example.org", "git.example.org", "https://git.example.org/api/v3/", "https://git.example.org/api/graphql"},
		{"https://git.example.org/api/v3/", "git.example.org", "https://git.example.org/api/v3/", "https://git.example.org/api/graphql"},
		{"https://git.example.org/api/graphql", "git.example.org", "https://git.example.org/api/v3/", "https://git.example.org/api/graphql"},
		{"https://Git.Example.org:8443", "git.example.org:8443", "https://git.example.org:8443/api/v3/", "https://git.example.org:8443/api/graphql"},
		{"http://127.0.0.1:4000", "127.0.0.1:4000", "http://127.0.0.1:4000/", "http://127.0.0.1:4000/graphql"},
		{"http://localhost:4000/", "localhost:4000", "http://localhost:4000/", "http://localhost:4000/graphql"},
		{"http://api.github.localhost/", "api.github.localhost", "http://api.github.localhost/", "http://api.github.localhost/graphql"},
		{"http://127.0.0.1:4000/api/v3", "127.0.0.1:4000", "http://127.0.0.1:4000/api/v3/", "http://127.0.0.1:4000/api/graphql"},
	} {
		e, err := ParseEndpoint(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if e.Host != c.host || e.REST.String() != c.rest || e.GraphQL.String() != c.graphql {
			t.Errorf("%q: %s %s %s", c.in, e.Host, e.REST, e.GraphQL)
		}
	}
}

func TestEndpointsRefused(t *testing.T) {
	for _, in := range []string{"http://git.example.org", "http://api.github.com", "http://127.0.0.1.example.org", "ftp://git.example.org",
		"https://user:secret@git.example.org", "https://", "https://h/?token=secret", "https://user:secret@git.example.org/?token=secret", "https://h/#secret", "https://user:secret@@h/", "://", "http://notlocalhost", "https://h/%zz"} {
		_, err := ParseEndpoint(in)
		if !errors.Is(err, &Error{Kind: KindConfig}) {
			t.Errorf("%q: %v", in, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error shows a credential: %v", in, err)
		}
	}
}

func TestTokenOfAHostIsGivenToNoOther(t *testing.T) {
	env, known := map[string]string{}, true
	kept := map[string]string{"github.com": "kept-dotcom", "git.example.org": "kept-ghes"}
	find := func(url string) (Token, error) {
		e, err := ParseEndpoint(url)
		if err != nil {
			t.Fatal(err)
		}
		return findToken(e, known, func(k string) string { return env[k] }, func(h string) (string, string) { return kept[h], "oauth_token" })
	}
	for _, c := range []struct {
		set       string
		url, want string
	}{
		{"", "https://api.github.com", "kept-dotcom"},
		{"", "https://git.example.org", "kept-ghes"},
		{"", "https://other.example.org", ""},
		{"", "http://127.0.0.1:1", ""},
		{"GH_TOKEN GITHUB_TOKEN", "https://api.github.com", "env-GH_TOKEN"},
		{"GITHUB_TOKEN", "https://api.github.com", "env-GITHUB_TOKEN"},
		{"GITHUB_TOKEN", "https://acme.ghe.com", "env-GITHUB_TOKEN"},
		{"GITHUB_TOKEN", "http://127.0.0.1:1", "env-GITHUB_TOKEN"},
		{"GH_TOKEN GITHUB_TOKEN", "https://git.example.org", "kept-ghes"},
		{"GH_TOKEN GITHUB_TOKEN", "https://other.example.org", ""},
		{"GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN GH_TOKEN", "https://other.example.org", "env-GH_ENTERPRISE_TOKEN"},
		{"GH_ENTERPRISE_TOKEN", "https://api.github.com", "kept-dotcom"},
	} {
		clear(env)
		for _, k := range strings.Fields(c.set) {
			env[k] = "env-" + k
		}
		got, err := find(c.url)
		if got.text != c.want {
			t.Errorf("%s with %q: %q, want %q", c.url, c.set, got.text, c.want)
		}
		if (c.want == "") != errors.Is(err, &Error{Kind: KindNotSignedIn}) {
			t.Errorf("%s with %q: error %v", c.url, c.set, err)
		}
	}
}

func TestPrintingATokenHidesIt(t *testing.T) {
	tok := NewToken(testToken, "GITHUB_TOKEN")
	for _, format := range []string{"%v", "%s", "%+v", "%#v", "%q"} {
		if s := fmt.Sprintf(format, tok); strings.Contains(s, "verysecret") {
			t.Errorf("%s shows it: %s", format, s)
		}
		if s := fmt.Sprintf(format, struct{ T Token }{tok}); strings.Contains(s, "verysecret") {
			t.Errorf("%s shows it in a struct: %s", format, s)
		}
	}
}

// A host that a file of somebody's repository may have named gets no token out
// of the environment.
func TestAVariablesTokenGoesOnlyToAHostTheUserNamed(t *testing.T) {
	none := func(string) (string, string) { return "", "default" }
	for _, c := range []struct {
		url   string
		known bool
		want  string
	}{
		{"https://git.example.org", false, ""},
		{"https://acme.ghe.com", false, ""},
		{"https://git.example.org", true, "text"},
		{"https://acme.ghe.com", true, "text"},
		{"https://api.github.com", false, "text"},
		{"http://127.0.0.1:1", false, "text"},
	} {
		e, err := ParseEndpoint(c.url)
		if err != nil {
			t.Fatal(err)
		}
		got, err := findToken(e, c.known, func(string) string { return "text" }, none)
		if got.text != c.want || (c.want == "") != errors.Is(err, &Error{Kind: KindNotSignedIn}) {
			t.Errorf("%s, known %t: %q %v", c.url, c.known, got.text, err)
		}
		if err != nil && !strings.Contains(err.Error(), "GH_HOST="+e.Host) {
			t.Errorf("%s: it is not said what to do: %v", c.url, err)
		}
	}
}

func TestATokenThatIsNoneIsSentNowhere(t *testing.T) {
	e, _ := ParseEndpoint("https://api.github.com")
	for _, text := range []string{"ghp_one\nghp_two", "ghp_one two", "ghp_\x00", "ghp_é"} {
		_, err := New(Options{Endpoint: e, Token: NewToken(text, "GITHUB_TOKEN")})
		if !errors.Is(err, &Error{Kind: KindBadToken}) || strings.Contains(err.Error(), "ghp_") || !strings.Contains(err.Error(), "GITHUB_TOKEN") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := New(Options{Endpoint: e, Token: NewToken("ghp_one\n", "GITHUB_TOKEN")}); err != nil {
		t.Errorf("a line break at its end is none of it: %v", err)
	}
}
