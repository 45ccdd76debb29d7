package classifier

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/inventory/finding"
)

const body = "## Session is not renewed\n\nSeverity: High\n`src/a.go:4`\n"

const good = `{"version":1,"findings":[{"title":"Tokens are logged","severity":"critical","type":"security","scope":"single-file","complexity":"small","locations":[{"path":"src/log.go","line":7}],"category":"owasp","evidence":"It prints them.","fix":"Redact."}]}`

// stand makes a stand-in classifier of a shell script.
func stand(t *testing.T, script string) Command {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the stand-ins are shell scripts")
	}
	path := filepath.Join(t.TempDir(), "classify")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return Command{Args: []string{path}, Patience: 20 * time.Second}
}

func TestAGoodAnswerIsTaken(t *testing.T) {
	list, note := stand(t, "cat >/dev/null\ncat <<'EOF'\n"+good+"\nEOF\n").Read(t.Context(), "[Audit] x", body)
	if note != "" || len(list) != 1 || list[0].Title != "Tokens are logged" || list[0].Severity != finding.Critical ||
		list[0].Locations[0] != (finding.Location{Path: "src/log.go", Line: 7}) || list[0].Fix != "Redact." {
		t.Errorf("%q %+v", note, list)
	}
}

// What the command sees: the body, the title, an empty folder, and no token.
func TestWhatTheCommandSees(t *testing.T) {
	t.Setenv("GITHUB_TOKEN", "ghp_secret")
	t.Setenv("GH_TOKEN", "ghp_secret")
	t.Setenv("OPENAI_API_KEY", "sk-secret")
	t.Setenv("CORE_DIR", "/somewhere")
	seen := filepath.Join(t.TempDir(), "seen")
	c := stand(t, "{ cat; echo \"title=$AUDIT_TITLE\"; ls -A; env; } >'"+seen+"'\necho '"+`{"version":1,"findings":[]}`+"'\n")
	if list, note := c.Read(t.Context(), "[Audit]\n\x1b x", body); note != "" || len(list) != 0 {
		t.Fatalf("%q %+v", note, list)
	}
	raw, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	if !strings.HasPrefix(text, body+"title=[Audit]   x\n") {
		t.Errorf("it saw\n%s", text)
	}
	for _, no := range []string{"secret", "CORE_DIR", "GITHUB", "OPENAI"} {
		if strings.Contains(text, no) {
			t.Errorf("it saw %s:\n%s", no, text)
		}
	}
}

func TestEveryFailureFallsBackToTheRules(t *testing.T) {
	for name, c := range map[string]struct {
		script, note string
	}{
		"garbage":         {"echo 'I found three issues!'", "no JSON"},
		"nothing":         {"true", "no JSON"},
		"a second answer": {"echo '" + good + good + "'", "something follows"},
		"exit 1":          {"echo '" + good + "'; exit 1", "exit status 1"},
		"a flood":         {"while :; do echo '" + strings.Repeat("x", 1000) + "'; done", "more than 1 MiB"},
		"a hang":          {"sleep 60", "did not answer within"},
		"a hanging child": {"sleep 60 & wait", "did not answer within"},
		"no such program": {"", "not found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := stand(t, c.script)
			if strings.Contains(name, "hang") {
				cmd.Patience = 200 * time.Millisecond
			}
			if c.script == "" {
				cmd.Args = []string{"no-such-classifier-anywhere"}
			}
			list, note := cmd.Read(t.Context(), "[Audit] x", body)
			if !strings.Contains(note, c.note) || !strings.Contains(note, "built-in rules") {
				t.Errorf("the note is %q, wants %q", note, c.note)
			}
			if len(list) != 1 || list[0].Title != "Session is not renewed" {
				t.Errorf("the rules gave %+v", list)
			}
		})
	}
	if _, note := (Command{}).Read(t.Context(), "", body); !strings.Contains(note, "no command") {
		t.Errorf("without a command: %q", note)
	}
}

// Each change makes a valid answer one the schema does not allow.
func TestParseIsStrict(t *testing.T) {
	if _, err := Parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{`"version":1`, `"version":2`},
		{`"version":1,`, ``},
		{`"version":1`, `"version":1,"run":"rm -rf /"`},
		{`"title":"Tokens are logged"`, `"title":""`},
		{`"title":"Tokens are logged"`, `"Title":"Tokens are logged"`},
		{`"title":"Tokens are logged"`, `"title":"  "`},
		{`"title":"Tokens are logged"`, `"title":7`},
		{`Tokens are logged`, `Tokens\u001b[31m are`},
		{`Tokens are logged`, `two\nlines`},
		{`Tokens are logged`, `turned\u202eround`},
		{`Tokens are logged`, strings.Repeat("x", finding.MaxTitle+1)},
		{`"critical"`, `"Critical"`},
		{`"critical"`, `"urgent"`},
		{`"security"`, `"legal"`},
		{`"single-file"`, `"file"`},
		{`"small"`, `"tiny"`},
		{`"owasp"`, `"misc"`},
		{`"It prints them."`, `null`},
		{`It prints them.`, strings.Repeat("x", finding.MaxEvidence+1)},
		{`"fix":"Redact."`, `"label":"jules"`},
		{`Redact.`, `\u0007`},
		{`src/log.go`, `/etc/passwd`},
		{`src/log.go`, `../x`},
		{`src/log.go`, `src/../../x`},
		{`src/log.go`, `src\\log.go`},
		{`"line":7`, `"line":-1`},
		{`"line":7`, `"line":1.5`},
		{`"line":7`, `"line":"7"`},
		{`"line":7`, `"line":7,"end":9`},
		{`[{"path":"src/log.go","line":7}]`, `null`},
		{`[{"path":"src/log.go","line":7}]`, `[` + strings.Repeat(`{"path":"a","line":0},`, finding.MaxLocations) + `{"path":"a","line":0}]`},
		{`{"version":1,"findings":[`, `{"version":1,"findings":[` + strings.Repeat(`{},`, finding.MaxFindings)},
		{`}]}`, `}]}]`},
	} {
		text := strings.Replace(good, c[0], c[1], 1)
		if text == good {
			t.Fatalf("%s is not in the answer", c[0])
		}
		if list, err := Parse([]byte(text)); err == nil {
			t.Errorf("%.200s was taken: %+v", c[1], list)
		}
	}
	if _, err := Parse([]byte("{\"version\":1,\"findings\":[]}\xff")); err == nil {
		t.Error("bytes that are no UTF-8 were taken")
	}
}
