package inventory

import "testing"

func TestMarkIsTheLastLine(t *testing.T) {
	m := Mark{Kind: MarkFinding, Key: "0123456789abcdef"}
	for _, c := range []struct {
		name, body string
		want       Mark
	}{
		{"alone", m.String(), m},
		{"last line", "text\n\n" + m.String() + "\n", m},
		{"crlf", "text\r\n\r\n" + m.String() + "\r\n", m},
		{"epic", "- [ ] #1\n\n<!-- core-dev:epic:00000000000000ff -->", Mark{MarkEpic, "00000000000000ff"}},
		{"pasted in the midst", m.String() + "\n\nmore", Mark{}},
		{"behind text in its line", "> " + m.String(), Mark{}},
		{"in a fence", "```\n" + m.String() + "\n```", Mark{}},
		{"another kind", "<!-- core-dev:nothing:0123456789abcdef -->", Mark{}},
		{"short key", "<!-- core-dev:finding:0123 -->", Mark{}},
		{"none", "", Mark{}},
	} {
		if got := ReadMark(c.body); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestParentAuditStandsInALineOfItsOwn(t *testing.T) {
	home := RepoRef{Owner: "acme", Name: "app"}
	for _, c := range []struct{ body, want string }{
		{"Parent audit: #12", "acme/app#12"},
		{"text\r\nParent audit: #12\r\nmore", "acme/app#12"},
		{"**Parent audit:** acme/other#7", "acme/other#7"},
		{"see Parent audit: #12", ""},
		{"Parent audit: the one of May", ""},
		{"    Parent audit: #12", ""},
	} {
		got, ok := ParentAudit(c.body, home, "github.com")
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("%q: %v %v, want %q", c.body, got, ok, c.want)
		}
	}
}
