package config

import (
	"fmt"
	"strings"
)

// NormalHost is the name by which hosts are compared: lower case, of an API
// address its host alone, and api.github.com, api.NAME.ghe.com as the host
// they serve.
func NormalHost(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	s, _, _ = strings.Cut(s, "/")
	if rest, ok := strings.CutPrefix(s, "api."); ok && (rest == "github.com" || rest == "github.localhost" || strings.HasSuffix(rest, ".ghe.com")) {
		return rest
	}
	return s
}

// HostError says that a ledger belongs to another GitHub.
type HostError struct {
	Ledger string // of config.yaml
	Actual string // that was going to be asked
	Dir    string
}

func (e *HostError) Error() string {
	return fmt.Sprintf("%s belongs to %s, not to %s: its dispatches were made there; use another folder (`core dev init` in it, or --dir), or leave out --api-url, CORE_API_URL, CORE_HOST and GH_HOST",
		visible(e.Dir), e.Ledger, visible(e.Actual))
}

// HostByUser tells whether the API host was named by flag or environment, or is
// the default: a config.yaml may have come with somebody else's repository, and
// is no reason to send a token anywhere.
func (c *Config) HostByUser() bool {
	for _, v := range c.values {
		named := v.Key == "api_url" && c.APIURL != "" || v.Key == "host" && NormalHost(c.Host) == c.APIHost()
		if named && !strings.HasPrefix(v.Origin, ConfigFile+":") {
			return true
		}
	}
	return false
}

// CheckHost refuses an API host that the folder's ledger does not belong to.
// actual is a host or an API address. Where there is no config.yaml there is
// no ledger of ours, and any host may be read.
func (c *Config) CheckHost(dir Dir, actual string) error {
	if c.ledgerHost == "" || c.ledgerHost == NormalHost(actual) {
		return nil
	}
	return &HostError{Ledger: c.ledgerHost, Actual: NormalHost(actual), Dir: dir.Path}
}
