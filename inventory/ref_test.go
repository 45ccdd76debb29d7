package inventory

import "testing"

// TestParseRef: one form is ours alone (name#12), the rest is read as on a
// checklist.
func TestParseRef(t *testing.T) {
	core := RepoRef{Owner: "acme", Name: "core"}
	for _, c := range []struct {
		text string
		home RepoRef
		want string
	}{
		{"12", core, "acme/core#12"},
		{"#12", core, "acme/core#12"},
		{"docs#12", core, "acme/docs#12"},
		{"docs#12", RepoRef{Owner: "acme"}, "acme/docs#12"},
		{"other/docs#12", RepoRef{}, "other/docs#12"},
		{"https://github.com/acme/docs/issues/12", RepoRef{}, "acme/docs#12"},
		{"http://127.0.0.1:8080/acme/docs/pull/12#issuecomment-3", core, "acme/docs#12"},
		{"12", RepoRef{}, ""},
		{"docs#12", RepoRef{}, ""},
		{"docs#+12", core, ""},
		{"../docs#12", core, ""},
		{"#0", core, ""},
		{"#99999999999", core, ""},
		{"", core, ""},
	} {
		got, err := ParseRef(c.text, c.home)
		if (err == nil) != (c.want != "") || err == nil && got.String() != c.want {
			t.Errorf("%q at %q: %v, %v; want %q", c.text, c.home, got, err, c.want)
		}
	}
}
