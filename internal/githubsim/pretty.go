package githubsim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

// readable tells whether GitHub lays JSON out for who asks: it does for curl and for browsers.
func readable(r *http.Request) bool {
	agent := r.Header.Get("User-Agent")
	return strings.HasPrefix(agent, "curl/") || strings.HasPrefix(agent, "Mozilla/")
}

// layOut indents JSON as GitHub does: by two spaces, with an empty line in empty lists and objects.
func layOut(text []byte) []byte {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return text
	}
	lines := bytes.Split(b.Bytes(), []byte("\n"))
	var out bytes.Buffer
	for _, l := range lines {
		bare := bytes.TrimSuffix(l, []byte(","))
		// A text that ends in brackets ends in a quotation mark.
		if bytes.HasSuffix(bare, []byte("[]")) || bytes.HasSuffix(bare, []byte("{}")) {
			indent := l[:len(l)-len(bytes.TrimLeft(l, " "))]
			out.Write(bare[:len(bare)-1])
			out.WriteString("\n\n")
			out.Write(indent)
			l = l[len(bare)-1:]
		}
		out.Write(l)
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// spelled are the headers whose names GitHub writes otherwise than Go does.
var spelled = func() map[string]string {
	names := map[string]string{}
	for _, n := range []string{"ETag", "X-GitHub-Request-Id", "X-GitHub-Media-Type", "X-GitHub-Enterprise-Version", "X-GitHub-Api-Version-Selected", "X-OAuth-Scopes", "X-Accepted-OAuth-Scopes",
		"X-XSS-Protection", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Used", "X-RateLimit-Resource"} {
		names[http.CanonicalHeaderKey(n)] = n
	}
	return names
}()

// spell writes the names of headers as GitHub does.
func spell(h http.Header) {
	for name, theirs := range spelled {
		if v, set := h[name]; set {
			delete(h, name)
			h[theirs] = v
		}
	}
}
