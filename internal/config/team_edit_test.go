package config

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
)

func TestAddMember(t *testing.T) {
	m := budget.Member{Login: "bodane", Quota: 300, Repos: []string{"a", "x/b"}}
	block := "  - login: bodane\n    quota: 300\n    repos: [a, x/b]\n"
	for _, c := range []struct{ name, was, now string }{
		{"no list", "# mine\n", "# mine\nmembers:\n" + block},
		{"empty list", "members: [] # none yet\n", "members:  # none yet\n" + block},
		{"key alone", "members:\n", "members:\n" + block},
		{"appended", "members:\n- login: Snider # me\n  quota: 5\n  repos: [core,\n     core-php] # two\n\n# end\n", "members:\n- login: Snider # me\n  quota: 5\n  repos: [core,\n     core-php] # two\n- login: bodane\n  quota: 300\n  repos: [a, x/b]\n\n# end\n"},
		{"flow", "members: [{login: Snider, repos: []}]\n", "members: [{login: Snider, repos: []}, {login: bodane, quota: 300, repos: [a, x/b]}]\n"},
		{"comment on the last", "members:\n  - login: Snider\n    repos: [a]\n    # to be connected: b\n\n  # on leave until May\n\n# the end\n", "members:\n  - login: Snider\n    repos: [a]\n    # to be connected: b\n\n  # on leave until May\n" + block + "\n# the end\n"},
		{"key alone, comment", "members:\n  # nobody yet\n", "members:\n  # nobody yet\n" + block},
		{"comment at the end", "members:\n  - {login: Snider, repos: []}\n  # to be connected", "members:\n  - {login: Snider, repos: []}\n  # to be connected\n" + block},
		{"comment of what follows", "members:\n  - {login: Snider, repos: []}\n# the end\n", "members:\n  - {login: Snider, repos: []}\n" + block + "# the end\n"},
		{"CRLF, no end", "members:\r\n  - {login: Snider, repos: []}", "members:\r\n  - {login: Snider, repos: []}\r\n" + strings.ReplaceAll(block, "\n", "\r\n")},
	} {
		if got, err := addMember("team.yaml", []byte(c.was), "acme", m); err != nil || string(got) != c.now {
			t.Errorf("%s:\ngot  %q\nwant %q (%v)", c.name, got, c.now, err)
		}
	}
	_, err := addMember("team.yaml", []byte("members:\n\n- repos: []\n  login: '@BoDane'\n"), "acme", m)
	var there *MemberError
	if !errors.As(err, &there) || !errors.Is(err, ErrMember) || there.Line != 3 || there.Login != "BoDane" {
		t.Errorf("added twice: %v", err)
	}
	if _, err := addMember("team.yaml", []byte("member:\n"), "acme", m); err == nil {
		t.Error("a broken file was edited")
	}
}

func TestRemoveMember(t *testing.T) {
	for _, c := range []struct{ name, was, now string }{
		{"first", "members:\n  # of one\n  - login: bodane # b\n    repos: [a,\n      b]\n  # of two\n  - {login: Snider, repos: []}\n", "members:\n  # of one\n  # of two\n  - {login: Snider, repos: []}\n"},
		{"last, no end", "members:\n- login: Snider\n  repos: []\n-\n  login: bodane\n  repos: []", "members:\n- login: Snider\n  repos: []\n"},
		{"flow, first", "members: [{login: bodane, repos: []}, {login: Snider, repos: []}]\n", "members: [{login: Snider, repos: []}]\n"},
		{"flow, last", "members: [{login: Snider, repos: []}, {login: bodane, repos: []} ]\n", "members: [{login: Snider, repos: []} ]\n"},
		{"flow with a comment between", "members: [{login: bodane, repos: []}, # why\n  {login: Snider, repos: []}]\n", ""},
	} {
		got, err := removeMember("team.yaml", []byte(c.was), "acme", "BODANE")
		if c.now == "" {
			if err == nil || !strings.Contains(err.Error(), "edit it by hand") {
				t.Errorf("%s: %q, %v", c.name, got, err)
			}
		} else if err != nil || string(got) != c.now {
			t.Errorf("%s:\ngot  %q\nwant %q (%v)", c.name, got, c.now, err)
		}
	}
	for login, want := range map[string]error{"nobody": ErrNoMember, "snider": ErrLast} {
		if _, err := removeMember("team.yaml", []byte("members:\n- login: Snider\n  repos: []\n"), "acme", login); !errors.Is(err, want) {
			t.Errorf("%s: %v", login, err)
		}
	}
}

// TestTeamEditsKeepEveryByte: whatever a person wrote, an added member's lines come
// to the file and nothing else changes; taken out again the file is what it was;
// and a removed member's lines alone go.
func TestTeamEditsKeepEveryByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		eol := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "eol")
		indent := strings.Repeat(" ", rapid.IntRange(0, 4).Draw(t, "indent"))
		noise := rapid.SampledFrom([]string{"", eol, "# note: [x" + eol, indent + "  # in: {there" + eol})
		head := noise.Draw(t, "head") + "members:" + eol
		n := rapid.IntRange(1, 6).Draw(t, "members")
		var members, gaps []string
		for i := range n {
			fields := []string{
				fmt.Sprintf(rapid.SampledFrom([]string{"login: m%d", "login: \"m%d\"", "login: '@m%d'"}).Draw(t, "login"), i),
				rapid.SampledFrom([]string{"repos: []", "repos: [a, \"b\"]", "repos: [acme/a]"}).Draw(t, "repos"),
			}
			if rapid.Bool().Draw(t, "quota") {
				fields = append(fields, "quota: 7")
			}
			fields = rapid.Permutation(fields).Draw(t, "order")
			if rapid.Bool().Draw(t, "flow") {
				members = append(members, indent+"- {"+strings.Join(fields, ", ")+"}"+eol)
			} else {
				comment := rapid.SampledFrom([]string{"", " # why"}).Draw(t, "comment")
				members = append(members, indent+"- "+strings.Join(fields, comment+eol+indent+"  ")+comment+eol)
			}
			gaps = append(gaps, noise.Draw(t, "gap"))
		}
		file := func(but int) string {
			out := head
			for i := range members {
				if i != but {
					out += members[i]
				}
				out += gaps[i]
			}
			return out
		}
		was := file(-1)
		now, err := addMember("team.yaml", []byte(was), "acme", budget.Member{Login: "new", Quota: 300, Repos: []string{"core"}})
		if err != nil {
			t.Fatalf("%v\n%s", err, was)
		}
		below := gaps[n-1]
		if indent != "" && strings.Contains(below, "  #") {
			below = "" // a comment that stands in is of the member before it
		}
		rest := strings.TrimSuffix(was, below)
		if !strings.HasPrefix(string(now), rest) || !strings.HasSuffix(string(now), below) || len(now) <= len(was) {
			t.Fatalf("something else changed:\n%s\nwas:\n%s", now, was)
		}
		back, err := removeMember("team.yaml", now, "acme", "new")
		if err != nil || string(back) != was {
			t.Fatalf("taken out again: %v\n%s\nwas:\n%s", err, back, was)
		}
		if n == 1 {
			return
		}
		gone := rapid.IntRange(0, n-1).Draw(t, "gone")
		less, err := removeMember("team.yaml", []byte(was), "acme", fmt.Sprintf("M%d", gone))
		if err != nil || string(less) != file(gone) {
			t.Fatalf("without m%d: %v\n%s\nwas:\n%s", gone, err, less, was)
		}
	})
}

func TestChangeIsShownAndMade(t *testing.T) {
	root := t.TempDir()
	put(t, root, map[string]string{".core/config.yaml": "org: acme\n"})
	d, _ := Find(root)
	c, err := AddMember(d, "acme", budget.Member{Login: "new", Quota: 3, Repos: []string{"core"}})
	if err != nil || c.Empty() || !slices.Contains(c.Lines(), "+   - login: new") {
		t.Fatalf("%v %v", c.Lines(), err)
	}
	if _, err := os.Stat(d.File(TeamFile)); err == nil {
		t.Error("it is made before it was asked for")
	}
	if err := c.Make(d); err != nil {
		t.Fatal(err)
	}
	team, err := ReadTeam(d, "acme", "")
	if err != nil || len(team.Members) != 1 || team.Members[0].Quota != 3 {
		t.Errorf("%+v %v", team, err)
	}
	if c, err = AddMember(d, "acme", budget.Member{Login: "other", Quota: 300}); err != nil {
		t.Fatal(err)
	}
	if got := c.Lines(); !slices.Equal(got, []string{"+   - login: other", "+     quota: 300", "+     repos: []"}) {
		t.Errorf("shown as %q", got)
	}
	put(t, root, map[string]string{".core/team.yaml": "# theirs\n"})
	if err := c.Make(d); err == nil || get(t, d.File(TeamFile)) != "# theirs\n" {
		t.Errorf("somebody's edit is written over: %v", err)
	}
}
