package config

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// raw is a value as one of the sources gave it, with the way to complain
// about it in that source's own terms.
type raw struct {
	text   string
	list   []string
	origin string
	fail   func(message, hint string) error
}

// kind is the type of a key's value.
type kind int

const (
	text kind = iota
	integer
	truth
	duration
	list
	quota // a whole number, or the word team
)

func (k kind) String() string {
	return [...]string{"text", "whole number", "true or false", "duration", "list", "whole number or team"}[k]
}

// display writes a value as one would in config.yaml.
func (k kind) display(v raw) string {
	if k != list {
		if k == text && v.text == "" {
			return `""`
		}
		return v.text
	}
	words := make([]string, len(v.list))
	for i, w := range v.list {
		words[i] = plainOrQuoted(w)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// parseInt reads plain decimal digits, with a minus sign perhaps.
func parseInt(s string) (int, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	return int(n), err
}

func parseBool(s string) (bool, error) {
	switch s {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("%q is not true or false", s)
}

// parseDuration reads Go's notation: 90s, 2m, 1h30m.
func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a duration such as 90s, 2m or 1h30m", s)
	}
	return d, nil
}

var plainWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z_./][A-Za-z0-9_./+-]*$`)
})

// plainOrQuoted writes a string so that YAML reads it back as that string.
func plainOrQuoted(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n", ".inf", ".nan":
		return strconv.Quote(s)
	}
	if plainWord().MatchString(s) {
		return s
	}
	return strconv.Quote(s)
}

// The checks of a text value: nil, or what is wrong with it.

func checkHost(s string) error {
	host := s
	if h, port, ok := strings.Cut(s, ":"); ok {
		if p, err := parseInt(port); err != nil || p < 1 || p > 65535 {
			return fmt.Errorf("%q is not a host: write a name such as github.com, without https:// and path", s)
		}
		host = h
	}
	if host == "" || len(host) > 253 || strings.Trim(host, "-.") != host || strings.IndexFunc(host, notHostRune) >= 0 {
		return fmt.Errorf("%q is not a host: write a name such as github.com, without https:// and path", s)
	}
	return nil
}

func notHostRune(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.')
}

func checkURL(s string) error {
	if s == "" {
		return nil
	}
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	host, path, _ := strings.Cut(rest, "/")
	if k := strings.IndexAny(s, "?#"); k >= 0 { // what stands there may be a secret
		return fmt.Errorf("%q is followed by a query or fragment: an API address, such as https://github.example.com/api/v3, has none", s[:k])
	}
	if strings.Contains(s, "@") {
		return fmt.Errorf("an API address holds no user name or token: those come from the environment")
	}
	if !ok || checkHost(host) != nil || strings.Contains(path, " ") {
		return fmt.Errorf("%q is not an API address such as https://github.example.com/api/v3", s)
	}
	return nil
}

// checkHook is of an address that gets what a person is needed for. It is never shown:
// whoever knows it may post there.
func checkHook(s string) error {
	if checkURL(s) != nil {
		return errors.New("not an address such as https://hooks.example.com/core, without query, fragment, user name or token")
	}
	return nil
}

// checkOwner accepts what GitHub accepts as the login of a user or an organisation.
func checkOwner(s string) error {
	if s == "" {
		return nil
	}
	if _, err := inventory.ParseRepo(s+"/x", ""); err != nil || strings.Contains(s, "/") {
		return fmt.Errorf("%q is not the name of a user or an organisation", s)
	}
	return nil
}

var agentName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_-]{0,38}$`) })

func checkAgentName(s string) error {
	if !agentName().MatchString(s) {
		return fmt.Errorf("%q is not an agent's name: small letters, digits, - and _, as it stands in dispatch.log", s)
	}
	return nil
}

// checkAgentOrNone takes an agent's name, or nothing.
func checkAgentOrNone(s string) error {
	if s == "" {
		return nil
	}
	return checkAgentName(s)
}

func checkLabel(s string) error {
	if s == "" || len(s) > 100 || strings.Contains(s, ",") || strings.TrimSpace(s) != s || visible(s) != s {
		return fmt.Errorf("%q is not a label: at most 50 characters, no comma", s)
	}
	return nil
}

var envName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`) })

func checkEnvName(s string) error {
	if !envName().MatchString(s) {
		return fmt.Errorf("%q is not the name of an environment variable (capitals, digits, _)", s)
	}
	return nil
}

// checkToken accepts the name of a variable or @login, never a token.
func checkToken(s string) error {
	if login, ok := strings.CutPrefix(s, "@"); ok && login != "" {
		return checkOwner(login)
	}
	if s == "" || checkEnvName(s) == nil {
		return nil
	}
	return fmt.Errorf("%q is neither the name of an environment variable nor @login", s)
}

func checkName(s string) error {
	if s == "" || len(s) > 60 || visible(s) != s || strings.TrimSpace(s) != s {
		return fmt.Errorf("%q is not a name", s)
	}
	return nil
}
