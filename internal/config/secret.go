package config

import "strings"

// secretForm is the beginning of a kind of token and how many characters of
// the token alphabet must follow before it is taken for one.
type secretForm struct {
	prefix string
	least  int
	what   string
}

// The published prefixes of the services a fleet deals with.
var secretForms = []secretForm{
	{"github_pat_", 20, "a GitHub token"},
	{"ghp_", 16, "a GitHub token"},
	{"gho_", 16, "a GitHub token"},
	{"ghu_", 16, "a GitHub token"},
	{"ghs_", 16, "a GitHub token"},
	{"ghr_", 16, "a GitHub token"},
	{"AIza", 20, "a Google API key"},
	{"sk-ant-", 20, "an API key"},
	{"sk-proj-", 20, "an API key"},
	{"glpat-", 16, "a GitLab token"},
	{"xoxb-", 16, "a Slack token"},
	{"-----BEGIN ", 0, "a private key"},
}

// findSecret returns the bytes of the first thing in s that looks like a
// token, and what it looks like; start is -1 where there is none.
func findSecret(s string) (start, end int, what string) {
	start = -1
	for _, f := range secretForms {
		for at := 0; ; {
			i := strings.Index(s[at:], f.prefix)
			if i < 0 {
				break
			}
			i += at
			j := i + len(f.prefix)
			for j < len(s) && tokenByte(s[j]) {
				j++
			}
			at = j
			if j-i-len(f.prefix) < f.least || i > 0 && wordByte(s[i-1]) && !strings.Contains(f.prefix, "_") {
				continue
			}
			if start < 0 || i < start {
				start, end, what = i, j, f.what
			}
			break
		}
	}
	return start, end, what
}

// maskSecrets keeps the published prefix of whatever looks like a token and
// drops the rest.
func maskSecrets(s string) string {
	var b strings.Builder
	for {
		start, end, _ := findSecret(s)
		if start < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:start])
		for _, f := range secretForms {
			if strings.HasPrefix(s[start:], f.prefix) {
				b.WriteString(f.prefix)
				break
			}
		}
		b.WriteString("...")
		s = s[end:]
	}
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_'
}

func tokenByte(c byte) bool { return wordByte(c) || c == '-' }
