package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/budget"
)

func loadText(t *testing.T, text string, src Sources) *Config {
	t.Helper()
	doc, err := parseDocument(".core/config.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if src.Env == nil {
		src.Env = noEnv
	}
	c, err := load(doc, src)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func env(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := pairs[name]; return v, ok }
}

func effective(c *Config, key string) Value {
	for _, v := range c.Effective() {
		if v.Key == key {
			return v
		}
	}
	return Value{}
}

func TestPrecedence(t *testing.T) {
	text := "# mine\nstrategy: moderate\ncaps:\n  repo_share: 30\nagents:\n  codex:\n    window: monthly\n    quota: 40\n    token: \"@bodane\"\n"
	src := Sources{
		Env:   env(map[string]string{"CORE_STRATEGY": "aggressive", "CORE_CAPS_READY_SHARE": "70", "CORE_AGENTS_CODEX_QUOTA": "50", "CORE_CLAIMS": "refs", "CORE_CLASSIFIER_COMMAND": "sort-it, --json"}),
		Flags: map[string]string{"strategy": "none", "quiet_period": "2m"},
	}
	c := loadText(t, text, src)
	for _, want := range []Value{
		{"strategy", "none", "--strategy"},
		{"quiet_period", "2m", "--quiet-period"},
		{"claims", "refs", "CORE_CLAIMS"},
		{"caps.ready_share", "70", "CORE_CAPS_READY_SHARE"},
		{"caps.repo_share", "30", "config.yaml:4"},
		{"agents.codex.quota", "50", "CORE_AGENTS_CODEX_QUOTA"},
		{"agents.codex.window", "monthly", "config.yaml:7"},
		{"agents.codex.label", "codex", "default"},
		{"agents.jules.logins", `["google-labs-jules[bot]"]`, "default"},
		{"classifier_command", "[sort-it, \"--json\"]", "CORE_CLASSIFIER_COMMAND"},
		{"host", "github.com", "default"},
		{"org", `""`, "default"},
	} {
		if got := effective(c, want.Key); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if c.Strategy != "none" || c.QuietPeriod != 2*time.Minute || c.RepoShare != 30 || c.ReadyShare != 70 || c.Reserve != 10 {
		t.Errorf("fields do not follow: %+v", c)
	}
	want := []budget.Agent{{Name: "jules", Window: budget.UTCDay}, {Name: "codex", Quota: 50, Window: budget.Monthly, Member: "bodane"}}
	if got := c.Allowances(); !slices.Equal(got, want) {
		t.Errorf("allowances %+v, want %+v", got, want)
	}
	if l := c.Labels(); len(l) != 2 || l["jules"] != "jules" || l["codex"] != "codex" {
		t.Errorf("labels %v", l)
	}
	if tr := c.Trust(); !tr.Author("google-labs-jules", "Bot", "NONE") || tr.Author("stranger", "User", "NONE") {
		t.Errorf("trust %+v", tr)
	}
}

func TestSourcesAreNamedInErrors(t *testing.T) {
	for _, c := range []struct {
		src  Sources
		want string
	}{
		{Sources{Env: env(map[string]string{"CORE_STRATEGY": "fast"})}, "CORE_STRATEGY: \"fast\" is not known"},
		{Sources{Env: noEnv, Flags: map[string]string{"reserve": "95"}}, "--reserve: 95 is not between 0 and 90"},
		{Sources{Env: noEnv, Flags: map[string]string{"reserv": "9"}}, `no setting is called "reserv"`},
		{Sources{Env: env(map[string]string{"CORE_CLASSIFIER": "command"})}, "CORE_CLASSIFIER: there is no classifier_command"},
		{Sources{Env: env(map[string]string{"CORE_ORG": "ghp_0123456789abcdefghij0123456789abcdef"})}, "CORE_ORG: \"ghp_...\""},
		{Sources{Env: env(map[string]string{"CORE_CLASSIFIER_COMMAND": "x,gho_0123456789abcdefghij0123456789abcdef"})}, "looks like a GitHub token"},
	} {
		_, err := load(&document{}, c.src)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q in it", err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "0123456789") {
			t.Errorf("the secret is shown: %v", err)
		}
	}
}

func TestHostOfTheLedger(t *testing.T) {
	dir := Dir{Path: "/x/.core", exists: true}
	c := loadText(t, "host: ghe.example.com\n", Sources{Env: env(map[string]string{"GH_HOST": "github.com"})})
	if c.APIHost() != "github.com" || effective(c, "host").Origin != "GH_HOST" {
		t.Errorf("GH_HOST is not heeded: %+v", effective(c, "host"))
	}
	if err := c.CheckHost(dir, c.APIHost()); err == nil || !strings.Contains(err.Error(), "belongs to ghe.example.com, not to github.com") {
		t.Errorf("another host is let in: %v", err)
	}
	for _, same := range []string{"ghe.example.com", "GHE.example.com", "https://ghe.example.com/api/v3"} {
		if err := c.CheckHost(dir, same); err != nil {
			t.Error(err)
		}
	}
	c = loadText(t, "org: x\n", Sources{Flags: map[string]string{"api_url": "http://127.0.0.1:8080"}})
	if err := c.CheckHost(dir, c.APIHost()); err == nil {
		t.Error("a ledger of github.com is used against 127.0.0.1:8080")
	}
	if err := c.CheckHost(dir, "https://api.github.com/"); err != nil {
		t.Error(err)
	}
	none, err := load(&document{}, Sources{Env: noEnv})
	if err != nil {
		t.Fatal(err)
	}
	if err := none.CheckHost(dir, "127.0.0.1:8080"); err != nil {
		t.Errorf("without a ledger any host may be read: %v", err)
	}
}

func TestThemesAreReplacedAndDropped(t *testing.T) {
	c := loadText(t, "themes:\n  docs: []\n  quality: [quality, lint]\n  i18n: [translation]\n", Sources{})
	var got []string
	for _, th := range c.Themes {
		got = append(got, th.Name+"="+strings.Join(th.Match, "+"))
	}
	want := "security=security quality=quality+lint testing=testing performance=performance i18n=translation"
	if strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// TestTemplate: what init writes changes nothing, and neither does taking the
// comment signs away, examples of names apart.
func TestTemplate(t *testing.T) {
	text := Template("github.com", "", "dappcore")
	bare := loadText(t, "host: github.com\norg: dappcore\n", Sources{})
	strip := func(vs []Value) []Value {
		out := []Value{}
		for _, v := range vs {
			if strings.HasPrefix(v.Key, "tokens.") || strings.HasPrefix(v.Key, "keys.") {
				continue
			}
			out = append(out, Value{Key: v.Key, Value: v.Value})
		}
		return out
	}
	if got := loadText(t, text, Sources{}); !slices.Equal(strip(got.Effective()), strip(bare.Effective())) {
		t.Error("the template changes a setting")
	}
	open := regexp.MustCompile(`(?m)^#([a-z]|  )`).ReplaceAllString(text, "$1")
	got := loadText(t, open, Sources{})
	if !slices.Equal(strip(got.Effective()), strip(bare.Effective())) {
		t.Errorf("the uncommented template changes a setting:\n%v\n%v", got.Effective(), bare.Effective())
	}
	for _, v := range got.Effective() {
		if !strings.HasPrefix(v.Origin, "config.yaml:") {
			t.Errorf("%s is not in the template", v.Key)
		}
	}
}

// TestEnvAndFlagNames: no two settings share a name, or one of a plain flag.
func TestEnvAndFlagNames(t *testing.T) {
	seen := map[string]string{"CORE_DIR": "--dir", "CORE_DEMO": "--demo", "CORE_REPO": "--repo"}
	for _, k := range keyTable {
		name := Env(k.Path)
		if other, ok := seen[name]; ok {
			t.Errorf("%s and %s are both %s", other, k.Path, name)
		}
		seen[name] = k.Path
		if k.Meaning == "" || k.Type == "" || k.Default == "" {
			t.Errorf("%s is not documented", k.Path)
		}
	}
}

// TestReference holds docs/config.md to the table of settings.
func TestReference(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "config.md")
	want := reference()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/config.md is not what the table of settings says: go test ./internal/config -run TestReference -update")
	}
}

// Those that stand in are tried free ones first, and have to be agents.
func TestStandIns(t *testing.T) {
	c := loadText(t, "stand_ins: [codex, copilot, jules]\nagents:\n  codex:\n    paid: true\n  copilot:\n    quota: 40\n", Sources{})
	if got := strings.Join(c.Fallback(), " "); got != "copilot jules codex" {
		t.Errorf("tried are %s", got)
	}
	_, err := load(&document{}, Sources{Env: env(map[string]string{"CORE_STAND_INS": "nobody"})})
	if err == nil || !strings.Contains(err.Error(), `no agent is called "nobody"`) {
		t.Errorf("%v", err)
	}
}
