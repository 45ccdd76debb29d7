package config

import (
	"strings"
	"testing"
)

const missionTeam = `members:
- login: Snider
  quota: 300
  repos: [core, core-php, core-mcp, core-api, core-admin, core-tenant,
   core-developer, core-service-commerce, core-devops, core-template,
   build, ansible-coolify, docker-server-php, docker-server-blockchain]
- login: bodane
  quota: 300
  repos: [] # to be connected
`

func fleetOf(t *testing.T, files map[string]string, src Sources, repos ...string) (string, error) {
	t.Helper()
	root := t.TempDir()
	put(t, root, files)
	d, err := Find(root)
	if err != nil {
		t.Fatal(err)
	}
	if src.Env == nil {
		src.Env = noEnv
	}
	c, err := Load(d, src)
	if err != nil {
		return "", err
	}
	f, err := ReadFleet(d, c, repos)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, r := range f.Repos {
		b.WriteString(r.Ref.String() + "@" + r.Origin + " ")
	}
	return b.String() + "| " + f.Org, nil
}

func TestFleet(t *testing.T) {
	inv := "repos:\n  - name: b\n  - name: other/a\n    tier: 1\n"
	team := "members:\n  - login: x\n    repos: [c, b]\n"
	conf := "org: acme\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		flags map[string]string
		repos []string
		want  string
	}{
		{"inventory, then team", map[string]string{".core/config.yaml": conf, ".core/inventory.yaml": inv, ".core/team.yaml": team}, nil, nil,
			"acme/b@inventory.yaml:2 other/a@inventory.yaml:3 acme/c@team.yaml:3 | acme"},
		{"team alone", map[string]string{".core/config.yaml": conf, ".core/team.yaml": team}, nil, nil, "acme/c@team.yaml:3 acme/b@team.yaml:3 | acme"},
		{"org alone", map[string]string{".core/config.yaml": conf}, nil, nil, "| acme"},
		{"no folder", nil, map[string]string{"org": "acme"}, nil, "| acme"},
		{"nothing", nil, nil, nil, "| "},
		{"arguments", map[string]string{".core/config.yaml": conf, ".core/inventory.yaml": inv}, nil, []string{"z", "Other/A", "z"}, "acme/z@--repo other/a@--repo | acme"},
		{"another org", map[string]string{".core/config.yaml": conf, ".core/inventory.yaml": inv}, map[string]string{"org": "elsewhere"}, nil, "| elsewhere"},
		{"the same org", map[string]string{".core/config.yaml": conf, ".core/inventory.yaml": inv}, map[string]string{"org": "Acme"}, nil,
			"acme/b@inventory.yaml:2 other/a@inventory.yaml:3 | Acme"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := fleetOf(t, c.files, Sources{Flags: c.flags}, c.repos...)
			if err != nil || got != c.want {
				t.Errorf("got %q, want %q (%v)", got, c.want, err)
			}
		})
	}
	if _, err := fleetOf(t, map[string]string{".core/inventory.yaml": "repos:\n  - {name: a, agent: nobody}\n"}, Sources{}); err == nil || !strings.Contains(err.Error(), `inventory.yaml:2: a is given to agent "nobody"`) {
		t.Error(err)
	}
	if _, err := fleetOf(t, nil, Sources{}, "core"); err == nil || !strings.Contains(err.Error(), "--org") {
		t.Error(err)
	}
}

func TestMissionTeam(t *testing.T) {
	doc, err := parseDocument(TeamFile, []byte(missionTeam))
	if err != nil {
		t.Fatal(err)
	}
	team, err := teamOf(doc, "dappcore")
	if err != nil {
		t.Fatal(err)
	}
	if team.Pool() != 600 || len(team.Members) != 2 || len(team.Members[0].Repos) != 14 || len(team.Members[1].Repos) != 0 {
		t.Errorf("%+v", team)
	}
}

func TestTeamWithoutFile(t *testing.T) {
	root := t.TempDir()
	for _, files := range []map[string]string{nil, {".core/config.yaml": ""}, {".core/team.yaml": teamHeader}, {".core/team.yaml": ""}} {
		put(t, root, files)
		d, _ := Find(root)
		team, err := ReadTeam(d, "acme", "octocat")
		if err != nil || !team.Assumed || len(team.Members) != 1 || team.Pool() != 300 || !team.Members[0].Every || team.Members[0].Login != "octocat" {
			t.Errorf("%v: %+v, %v", files, team, err)
		}
	}
}

func TestMarkTokens(t *testing.T) {
	c := loadText(t, "tokens:\n  Bodane: B_TOKEN\n  carol: C_TOKEN\n", Sources{})
	text := "members:\n  - {login: Snider, repos: []}\n  - {login: bodane, repos: []}\n  - {login: carol, repos: []}\n"
	filled := env(map[string]string{"B_TOKEN": "x"})
	for viewer, want := range map[string]string{"snider": "..-", "": "..-", "dave": "-.-", "carol": "-.."} {
		doc, _ := parseDocument(TeamFile, []byte(text))
		team, err := teamOf(doc, "acme")
		if err != nil {
			t.Fatal(err)
		}
		team.MarkTokens(c, viewer, filled)
		got := ""
		for _, m := range team.Members {
			got += map[bool]string{true: "-", false: "."}[m.NoToken]
		}
		if got != want {
			t.Errorf("viewer %q: %s, want %s", viewer, got, want)
		}
	}
}
