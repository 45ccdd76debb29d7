package inventory

import "testing"

// A branch's name goes into a comment of ours, so one that is more than a name
// there is left to a person.
func TestABranchWhoseNameIsNotPlainIsNotTaken(t *testing.T) {
	for name, plainly := range map[string]bool{
		"epic/1-security":        true,
		"epic/1-v2.0+more_x":     true,
		"epic/1-`@acme/everyone": false,
		"epic/1-@someone":        false,
		"epic/1-<img>":           false,
		"epic/1-#7":              false,
		"epic/1-\u202ex":         false,
	} {
		r := repo("a", issue(1, "epic", body("- [ ] #2\n")), issue(2, "one"))
		r.Branches = []Branch{{Name: name, Head: "1"}}
		want := CodeReady
		if !plainly {
			want = CodeBranch
		}
		if got := verdicts(t, fleetOf(r), plain, nil)[2]; got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
