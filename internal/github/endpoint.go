package github

import (
	"net"
	"net/url"
	"strings"
)

// Endpoint is where one GitHub host answers.
type Endpoint struct {
	Host    string   // name for the ledger: "github.com", "git.example.org", "127.0.0.1:8080"
	REST    *url.URL // ends in "/"
	GraphQL *url.URL
}

// DefaultAPI is the API of github.com.
const DefaultAPI = "https://api.github.com"

// ParseEndpoint reads the value of --api-url: empty, "github.com" or
// "https://api.github.com" for github.com; "https://api.TENANT.ghe.com";
// "git.example.org" or "https://git.example.org[/api/v3]" for an Enterprise
// Server; any loopback or *.localhost URL for an embedded GitHub. Plain http is
// refused elsewhere, because the token would travel readable.
func ParseEndpoint(apiURL string) (Endpoint, error) {
	bad := func(why string) (Endpoint, error) {
		return Endpoint{}, &Error{Kind: KindConfig, Doing: "API URL " + strings.ToValidUTF8(redactURL(apiURL), "?"), Message: why,
			Hint: "write https://api.github.com, https://HOST for an Enterprise Server, or the URL that `core dev demo serve` prints"}
	}
	text := strings.TrimSpace(apiURL)
	if text == "" {
		text = DefaultAPI
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return bad("not a URL")
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return bad("not an http or https URL")
	case u.Hostname() == "":
		return bad("names no host")
	case u.User != nil:
		return bad("holds a user name or password; tokens come from GITHUB_TOKEN or gh")
	case u.RawQuery != "" || u.Fragment != "":
		return bad("has a query or fragment")
	case u.Scheme == "http" && !local(u.Hostname()):
		return bad("plain http would show the token to the network")
	}
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); (u.Scheme == "https" && port == "443") || (u.Scheme == "http" && port == "80") {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	at := func(host, path string) *url.URL { return &url.URL{Scheme: u.Scheme, Host: host, Path: path} }
	path := strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), "/graphql")
	switch host := u.Hostname(); {
	case host == "github.com" || host == "www.github.com" || host == "api.github.com":
		return Endpoint{Host: "github.com", REST: at("api.github.com", "/"), GraphQL: at("api.github.com", "/graphql")}, nil
	case strings.HasSuffix(host, ".ghe.com"): // data residency: the API lives at api.TENANT.ghe.com
		tenant := strings.TrimPrefix(u.Host, "api.")
		return Endpoint{Host: tenant, REST: at("api."+tenant, "/"), GraphQL: at("api."+tenant, "/graphql")}, nil
	case local(host) && path == "":
		return Endpoint{Host: u.Host, REST: at(u.Host, "/"), GraphQL: at(u.Host, "/graphql")}, nil
	}
	prefix := strings.TrimSuffix(strings.TrimSuffix(path, "/api"), "/api/v3") // behind a path of a reverse proxy
	return Endpoint{Host: u.Host, REST: at(u.Host, prefix+"/api/v3/"), GraphQL: at(u.Host, prefix+"/api/graphql")}, nil
}

// Local tells whether the host is this machine: an embedded GitHub.
func (e Endpoint) Local() bool { return local(e.REST.Hostname()) }

// owns tells whether a request may carry the token: same scheme, same host.
func (e Endpoint) owns(u *url.URL) bool {
	return u.Scheme == e.REST.Scheme && strings.EqualFold(u.Host, e.REST.Host)
}

func local(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// redactURL leaves out what a URL may hold of credentials.
func redactURL(text string) string {
	if k := strings.IndexAny(text, "?#"); k >= 0 {
		text = text[:k]
	}
	if k := strings.LastIndex(text, "@"); k >= 0 {
		return "…" + text[k:]
	}
	return text
}
