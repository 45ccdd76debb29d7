package inventory

import (
	"slices"
	"testing"
)

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

// TestMarksInALineByThemselves: outside of code, wherever they stand.
func TestMarksInALineByThemselves(t *testing.T) {
	m, o := Mark{MarkFinding, "0123456789abcdef"}, Mark{MarkEpic, "00000000000000ff"}
	for _, c := range []struct {
		name, body string
		want       []Mark
	}{
		{"last line", "text\n" + m.String(), []Mark{m}},
		{"a footer below", m.String() + "\r\n\r\n---\r\nby a bot", []Mark{m}},
		{"two", m.String() + "\n" + o.String() + " \n", []Mark{m, o}},
		{"in a fence", "```\n" + m.String() + "\n```\n" + o.String(), []Mark{o}},
		{"in an open fence", "~~~~ md\n~~~\n" + m.String(), nil},
		{"behind a closed fence", "````\n```\n````\n" + m.String(), []Mark{m}},
		{"ticks in the line that opens no fence", "``` a `b` ```\n" + m.String(), []Mark{m}},
		{"quoted", "> " + m.String(), nil},
		{"indented", "    " + m.String(), nil},
		{"with text", m.String() + " seen", nil},
		{"none", "", nil},
	} {
		if got := MarksIn(c.body); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestWhoseMarkCounts: a trusted author's, and the token's own account's.
func TestWhoseMarkCounts(t *testing.T) {
	m := Mark{MarkFinding, "0123456789abcdef"}
	for _, c := range []struct {
		association string
		own         bool
		want        Mark
	}{{"MEMBER", false, m}, {"NONE", true, m}, {"CONTRIBUTOR", true, m}, {"NONE", false, Mark{}}, {"CONTRIBUTOR", false, Mark{}}} {
		i := Issue{Author: "a", Association: c.association, Own: c.own, Body: m.String()}
		if got := (Trust{}).Mark(i); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
		if got := (Trust{}).Keeps(i, "a text"); got != (c.association == "MEMBER") {
			t.Errorf("%+v: its text is kept %v", c, got)
		}
	}
}
