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
		got, err := ParseRef(c.text, c.home, "")
		if (err == nil) != (c.want != "") || err == nil && got.String() != c.want {
			t.Errorf("%q at %q: %v, %v; want %q", c.text, c.home, got, err, c.want)
		}
	}
}

// An issue of another host is none of ours, whatever its repository is called.
func TestOnlyTheHostAtHandCounts(t *testing.T) {
	for _, c := range []struct {
		url, host string
		want      bool
	}{
		{"https://github.com/org/a/issues/2", "github.com", true},
		{"https://www.GitHub.com/org/a/issues/2", "github.com", true},
		{"https://evil.example/org/a/issues/2", "github.com", false},
		{"https://github.com.evil.example/org/a/issues/2", "github.com", false},
		{"https://github.com/org/a/issues/2", "git.example.org", false},
		{"http://127.0.0.1:8080/org/a/issues/2", "127.0.0.1:9090", true}, // an embedded GitHub, started again
		{"http://127.0.0.1.evil.example/org/a/issues/2", "git.example.org", false},
		{"http://localhost:1/org/a/issues/2", "github.com", false},
	} {
		_, err := ParseRef(c.url, RepoRef{"org", "a"}, c.host)
		s := fleetOf(repo("a", issue(1, "epic", body("- [ ] "+c.url+"\n")), issue(2, "one")))
		s.Host = c.host
		f := Assess(s, Rules{}, nil)
		if child := len(f.Epics) == 1; (err == nil) != c.want || child != c.want {
			t.Errorf("%s on %s: argument %v, child %v; want %v", c.url, c.host, err, child, c.want)
		}
	}
}
