package audit

import (
	"testing"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory/finding"
)

func TestWhatAPatternNeedsOneWayFor(t *testing.T) {
	for _, c := range []struct {
		category string
		titles   []string
		want     string
	}{
		{"owasp", []string{"permission is not asked for", "role is not checked", "any scope is taken"}, "for access control"},
		{"owasp", []string{"token in the log", "secrets in the log", "keys in the image"}, "to handle secrets"},
		{"owasp", []string{"this", "that", "permission"}, "to keep it secure"},
		{"error-handling", []string{"a", "b", "c"}, "to handle errors"},
		{"other", []string{"containers are odd", "two containers", "many containers"}, "for containers"},
		{"other", []string{"a", "b", "c"}, "for quality"},
	} {
		p := pattern{kind: "quality", category: c.category}
		for _, title := range c.titles {
			p.members = append(p.members, found{Finding: finding.Finding{Title: title}})
		}
		p.shared = shared(p.members)
		if got := p.common(); got != c.want {
			t.Errorf("%v: %q, want %q", c.titles, got, c.want)
		}
	}
}

func TestAScopeIsNotSaidTwice(t *testing.T) {
	for _, c := range [][3]string{
		{"README", "README.md asks for PHP 8.1", "docs(README): asks for PHP 8.1"},
		{"README", "README.md: two typos", "docs(README): two typos"},
		{"Requests", "ImportRequest.php accepts all", "docs(Requests): ImportRequest.php accepts all"},
		{"a", "a lock is lost", "docs(a): a lock is lost"},
	} {
		if got := title("docs", c[0], c[1]); got != c[2] {
			t.Errorf("%q, want %q", got, c[2])
		}
	}
}

// TestAnAuditThatMayBeUnreadIsNotClosed: more severities stand in it than
// findings were read. Its issues are made; then there is nothing to do, and why.
func TestAnAuditThatMayBeUnreadIsNotClosed(t *testing.T) {
	findings := map[int][]finding.Finding{5: {one("a hole", "a.go")}}
	audit := auditOf(5)
	audit.Body = "A hole in a.go (Severity: high), another (Severity: low), and a third (severity: low).\n"
	w, p := world(findings, audit)
	first := issues(p.Plan(w))
	if len(first) != 1 {
		t.Fatalf("%d issues", len(first))
	}
	w, p = world(findings, audit, made(20, first[0]))
	for range 2 {
		plan := p.Plan(w)
		want := flows.Skip{Target: ref(5).String(), Reason: "3 severities stand in it, 1 finding was read: look at it (core dev audit findings) before it is closed"}
		if len(plan.Steps) != 0 || len(plan.Skipped) != 1 || plan.Skipped[0] != want {
			t.Errorf("%+v\n%+v", plan.Steps, plan.Skipped)
		}
	}
	audit.Body = "A hole in a.go (Severity: high), another (Severity: low).\n"
	w, p = world(findings, audit, made(20, first[0]))
	if steps := p.Plan(w).Steps; len(steps) != 2 {
		t.Errorf("%+v", steps)
	}
}

// TestASingleUnreadCriticalKeepsAnAuditOpen: one severity that came into no
// finding is enough, and the plan says which; one less grave is not.
func TestASingleUnreadCriticalKeepsAnAuditOpen(t *testing.T) {
	for body, want := range map[string]string{
		"Critical: there are secrets in the config\n": "1 Critical in it came into no finding: look at it (core dev audit findings) before it is closed",
		"High: there are secrets in the config\n":     "1 High in it came into no finding: look at it (core dev audit findings) before it is closed",
		"Medium: there are names without a sense\n":   "",
	} {
		audit := auditOf(5)
		audit.Body = "## 1. A hole (low)\n\n`a.go:3` has it.\n\n" + body
		read := finding.Read(audit.Title, audit.Body)
		if len(read) != 1 {
			t.Fatalf("%d findings", len(read))
		}
		findings := map[int][]finding.Finding{5: read}
		w, p := world(findings, audit)
		first := issues(p.Plan(w))
		w, p = world(findings, audit, made(20, first[0]))
		plan := p.Plan(w)
		if want == "" {
			if len(plan.Steps) != 2 {
				t.Errorf("%q: %+v", body, plan)
			}
			continue
		}
		if len(plan.Steps) != 0 || len(plan.Skipped) != 1 || plan.Skipped[0] != (flows.Skip{Target: ref(5).String(), Reason: want}) {
			t.Errorf("%q: %+v\n%+v", body, plan.Steps, plan.Skipped)
		}
	}
}
