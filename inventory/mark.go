package inventory

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Mark is the fingerprint at the end of an issue that we made: by it, and never
// by a title, a later run knows what was made already (spec/2-flows "Stage 1").
// It counts only on an issue of a trusted author or of the token's own account
// (Trust.Mark), and only as the body's last line: quoted or pasted in the midst of
// a text it is no mark. The folder that made an issue knows it without (Provenance).
type Mark struct {
	Kind MarkKind
	Key  string // 16 hexadecimal digits; the same for the same thing, whoever plans it
}

// MarkKind is what an issue of ours is.
type MarkKind string

const (
	MarkFinding   MarkKind = "finding"   // an implementation issue
	MarkFramework MarkKind = "framework" // a framework issue
	MarkEpic      MarkKind = "epic"
)

// NewMark is the mark of what these parts name: the kind and the same parts make
// the same key on every machine.
func NewMark(kind MarkKind, parts ...string) Mark {
	h := sha256.New()
	for _, p := range append([]string{string(kind)}, parts...) {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return Mark{Kind: kind, Key: hex.EncodeToString(h.Sum(nil)[:8])}
}

// String is the line as it stands in the body, hidden when it is drawn.
func (m Mark) String() string {
	return "<!-- core-dev:" + string(m.Kind) + ":" + m.Key + " -->"
}

// IsZero tells whether there is none.
func (m Mark) IsZero() bool { return m == Mark{} }

var markLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|\n)<!-- core-dev:(finding|framework|epic):([0-9a-f]{16}) -->\s*$`)
})

// ReadMark reads the mark of a body; zero where there is none.
func ReadMark(body string) Mark {
	body = strings.TrimRight(body, " \t\r\n")
	if !strings.HasSuffix(body, "-->") {
		return Mark{}
	}
	// the line is short: what stands before it is not searched
	if cut := len(body) - 64; cut > 0 {
		body = body[cut:]
	}
	m := markLine().FindStringSubmatch(body)
	if m == nil {
		return Mark{}
	}
	return Mark{Kind: MarkKind(m[1]), Key: m[2]}
}

var markAlone = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^<!-- core-dev:(finding|framework|epic):([0-9a-f]{16}) -->[ \t]*$`)
})

// MarksIn reads every mark that is a line by itself, outside of fenced code. Only
// who knows by more than the text that an issue is its own may go by it.
func MarksIn(body string) []Mark {
	var out []Mark
	fence := ""
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\r\n")
		text := strings.TrimLeft(line, " ")
		if len(line)-len(text) < 4 {
			switch run := text[:len(text)-len(strings.TrimLeft(text, text[:min(1, len(text))]))]; {
			case fence == "" && len(run) >= 3 && (run[0] == '`' && !strings.Contains(text[len(run):], "`") || run[0] == '~'):
				fence = run
				continue
			case fence != "" && strings.HasPrefix(run, fence) && strings.TrimSpace(text[len(run):]) == "":
				fence = ""
				continue
			}
		}
		if fence == "" && strings.HasPrefix(line, "<!-- core-dev:") {
			if m := markAlone().FindStringSubmatch(line); m != nil {
				out = append(out, Mark{Kind: MarkKind(m[1]), Key: m[2]})
			}
		}
	}
	return out
}

var parentAudit = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[ \t]{0,3}(?:\*\*)?Parent audit:(?:\*\*)?[ \t]*(\S+?)[ \t]*\r?$`)
})

// ParentAudit is the audit issue that an implementation issue says it came
// from, in a line of its own: "Parent audit: #12".
func ParentAudit(body string, home RepoRef, host string) (Ref, bool) {
	if !strings.Contains(body, "Parent audit:") { // most bodies, and the expression is slow
		return Ref{}, false
	}
	m := parentAudit().FindStringSubmatch(body)
	if m == nil {
		return Ref{}, false
	}
	ref, err := ParseRef(m[1], home, host)
	return ref, err == nil
}

// ParentAuditLine writes it.
func ParentAuditLine(audit Ref, from RepoRef) string { return "Parent audit: " + audit.From(from) }

// ParentLine is the comment that names a child's epic.
func ParentLine(epic Ref, from RepoRef) string { return "Parent: " + epic.From(from) }
