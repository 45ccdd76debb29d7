package cmd

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/orchestrator"
)

// What an earlier run left open is said wherever somebody may look for it; only
// sending settles it.

// leftOpen are the plans that were left open, newest first. What cannot be read
// is told by "core dev log".
func (a *app) leftOpen() []orchestrator.Entry {
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return nil
	}
	list, err := (&orchestrator.Applier{Journal: a.plans(d.File(journalFolder))}).LeftOpen()
	if err != nil {
		return nil
	}
	return list
}

// openText says that plans are open; empty: none is.
func openText(list []orchestrator.Entry) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("plan %s is open after %d of %s", list[0].ID, list[0].Done, count(len(list[0].Steps), "step"))
	}
	return fmt.Sprintf("%d plans are open, the newest, %s, after %d of %s", len(list), list[0].ID, list[0].Done, count(len(list[0].Steps), "step"))
}

// openLine says it with how to go on; empty: no plan is open.
func (a *app) openLine() string {
	text := openText(a.leftOpen())
	if text != "" {
		text += ": " + a.called("core dev apply --resume") + " goes on with it"
	}
	return text
}

func (a *app) printOpen(indent string) {
	if text := a.openLine(); text != "" {
		fmt.Fprintln(a.out, indent+text)
	}
}

// openNote is what a preview says of what is open: an approval settles it first.
func (a *app) openNote() string {
	text := openText(a.leftOpen())
	if text != "" {
		text += ": sending settles it first; " + a.called("core dev apply --resume") + " goes on with it"
	}
	return text
}

// settleFirst settles what is open before a plan that a person approved is
// sent. Where that settled more than the plan's end, the plan was made on what
// is not so any more.
func (a *app) settleFirst(ctx context.Context, emit func(orchestrator.Event)) error {
	left, err := a.settle(ctx, emit)
	if err != nil {
		return err
	}
	for _, s := range left {
		if s.End == orchestrator.Settled {
			return &orchestrator.Stale{Target: "plan " + s.Plan, Why: "it was left open and is settled now, so that this plan has to be made anew"}
		}
	}
	return nil
}

// refusePaused refuses while writing is paused, with why.
func (a *app) refusePaused() error {
	d, err := a.dir()
	if err != nil {
		return err
	}
	p, paused, err := config.Paused(d)
	if err == nil && paused {
		err = orchestrator.Paused{Note: p.Note}
	}
	return err
}

// called writes a command line of ours so that it works here: by the way this
// program was called where its name alone does not lead to it, and on the demo.
func (a *app) called(line string) string { return a.caller()(line) }

// caller is called for one that asks often: what is looked up is looked up once.
func (a *app) caller() func(line string) string {
	flags, name := a.here(), "core"
	if _, err := exec.LookPath(name); err != nil {
		name = terminal.Clean(os.Args[0])
	}
	return func(line string) string {
		if flags != "" && !strings.Contains(line, flags) {
			line += flags
		}
		if name == "core" {
			return line
		}
		return name + strings.TrimPrefix(line, "core")
	}
}

// here are the flags, each after a space, by which another command finds what this
// one works on: the demo, or the folder and the API that were named on the command
// line. What the environment says holds for the next command, too.
func (a *app) here() string {
	text := ""
	add := func(flag, env, value string) {
		if set, _ := a.env(env); value == "" || set == value {
			return
		}
		if strings.ContainsFunc(value, func(r rune) bool { return !plainRune(r) }) {
			value = "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
		}
		text += " " + flag + " " + terminal.Clean(value)
	}
	if a.opt.demo {
		text = " --demo"
	}
	add("--dir", "CORE_DIR", a.opt.dir)
	if !a.opt.demo && a.conf != nil { // an address that was not refused holds no secret
		add("--api-url", "CORE_API_URL", a.opt.apiURL)
	}
	return text
}

// plainRune tells of what means the same to every shell.
func plainRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+,=", r)
}

// placed writes where our files are, and which commands work on them, as it is here:
// the demo's files are in .core/demo/, and its commands need --demo. Texts that are
// made without knowing of either go through it before they are printed.
func (a *app) placed(text string) string {
	if a.opt.demo {
		text = demoFiles.Replace(text)
	}
	flags := a.here()
	if flags == "" || !strings.Contains(text, "core dev ") {
		return text
	}
	var out strings.Builder
	for at := ourCommand().FindStringIndex(text); at != nil; at = ourCommand().FindStringIndex(text) {
		rest := text[at[1]:]
		end := len(rest)
		if next := strings.Index(rest, "core dev "); next >= 0 {
			end = next
		}
		out.WriteString(text[:at[0]])
		if strings.Contains(rest[:end], flags) || strings.Contains(rest[:end], " --help") { // written for here already, or the same anywhere
			out.WriteString(text[at[0]:at[1]])
		} else {
			out.WriteString("core dev" + flags + strings.TrimPrefix(text[at[0]:at[1]], "core dev"))
		}
		text = rest
	}
	return out.String() + text
}

// ourCommand finds a command that works on a folder of ours within a text.
var ourCommand = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\bcore dev (?:agent|apply|audit|benchmark|budget|checklist|config|doctor|epic|evening|fix|inventory|log|midday|morning|onboard|pause|recall|resume|team|training|undo|watch|why)\b`)
})

var demoFiles = strings.NewReplacer(
	".core/config.yaml", ".core/demo/config.yaml", ".core/inventory.yaml", ".core/demo/inventory.yaml", ".core/team.yaml", ".core/demo/team.yaml", ".core/PAUSE", ".core/demo/PAUSE")

// calledDemo is "core dev demo" with a flag, as called writes it.
func (a *app) calledDemo(flag string) string {
	return strings.Replace(a.called("core dev demo "+flag), " --demo", "", 1)
}

// sayInterrupted tells, of a command that was interrupted while it sent, how it
// is gone on with.
func (a *app) sayInterrupted(ctx context.Context, d *delivery) {
	if ctx.Err() == nil || a.opt.json {
		return
	}
	d.gauge.clear()
	if text := a.openLine(); text != "" {
		a.notice("%s", text)
	}
}
