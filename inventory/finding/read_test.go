package finding

import (
	"testing"
)

// One body in the commonest shape; the bodies in testdata measure the rest.
func TestRead(t *testing.T) {
	list := Read("[Audit] Sessions", "# Report\n\n## 1. Session is not renewed (high)\n\n`src/auth/login.go:41`\n\nThe id stays.\n\n**Fix:** renew it.\n\n## Strengths\n\n- Cookies are `Secure`.\n")
	if len(list) != 1 {
		t.Fatalf("%d findings: %+v", len(list), list)
	}
	f := list[0]
	if f.Title != "Session is not renewed" || f.Severity != High || f.Type != "security" || f.Fix != "renew it." ||
		len(f.Locations) != 1 || f.Locations[0] != (Location{"src/auth/login.go", 41}) {
		t.Errorf("%+v", f)
	}
}
