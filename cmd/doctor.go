package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/terminal"
)

func newDoctor(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check tokens, limits, git, clock, .core/, members and every repository",
		Long: `Checks what the fleet needs, a line each: ok, or what to do. Exit status 12
when something is wrong. Asks GitHub a handful of questions and writes nothing.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			checks := a.examine(c.Context())
			defer a.printStats(c.Context())
			for _, k := range checks {
				if k.Status == "fail" {
					a.status = exitDoctor
				}
			}
			if a.opt.json {
				return a.printJSON(doctorShape{shapeVersion, checks})
			}
			wide := 0
			for _, k := range checks {
				wide = max(wide, terminal.Width(k.Name))
			}
			for _, k := range checks {
				fmt.Fprintf(a.out, "%-4s  %-*s  %s\n", k.Status, wide, k.Name, detailLines(k.Detail, wide))
				if k.Do != "" {
					fmt.Fprintf(a.out, "      %*s  -> %s\n", wide, "", terminal.Clean(a.placed(k.Do)))
				}
			}
			return nil
		},
	}
}

// findings collects what the doctor sees.
type findings []checkShape

func (f *findings) ok(name, format string, args ...any) {
	*f = append(*f, checkShape{name, "ok", fmt.Sprintf(format, args...), ""})
}
func (f *findings) warn(name, do, format string, args ...any) {
	*f = append(*f, checkShape{name, "warn", fmt.Sprintf(format, args...), do})
}
func (f *findings) fail(name, do, format string, args ...any) {
	*f = append(*f, checkShape{name, "fail", fmt.Sprintf(format, args...), do})
}

func (f *findings) failed(name string, err error) {
	_, _, text, hint := kindOf(err)
	f.fail(name, hint, "%s", text)
}

func (a *app) examine(ctx context.Context) []checkShape {
	var f findings
	a.examineGit(ctx, &f)
	if a.opt.demo {
		if err := a.startDemo(ctx); err != nil {
			f.failed("demo", err)
			return f
		}
	}
	if !a.examineFolder(&f) {
		return f
	}
	hub, err := a.client(ctx)
	if err != nil {
		f.failed("token", err)
		return f
	}
	if err := a.checkHost(); err != nil {
		f.failed("ledger", err)
	}
	acc, err := hub.Account(ctx)
	if err != nil {
		f.failed("token", err)
		return f
	}
	f.ok("token", "%s, %s, of @%s", hub.Host(), acc.Token, acc.Login)
	switch has := strings.Join(acc.Scopes, ", "); {
	case !acc.ScopesKnown:
		f.ok("scopes", "none: the token carries permissions of its own, seen per repository below")
	case !strings.Contains(","+strings.Join(acc.Scopes, ",")+",", ",repo,"):
		f.fail("scopes", "gh auth refresh --scopes repo, or a token with the scope repo", "%s: without repo nothing can be dispatched in private repositories", orWord(has, "none"))
	default:
		f.ok("scopes", "%s", has)
	}
	for _, l := range acc.Limits {
		if l.Remaining*10 < l.Limit {
			f.warn("limit "+l.Name, "wait until "+l.Reset.UTC().Format("15:04Z"), "%d of %d left", l.Remaining, l.Limit)
		} else {
			f.ok("limit "+l.Name, "%d of %d left, resets %s", l.Remaining, l.Limit, l.Reset.UTC().Format("15:04Z"))
		}
	}
	if off := acc.ClockAhead.Abs(); off > time.Minute {
		f.fail("clock", "set the clock: the daily budget is counted by it", "this machine and %s differ by %s", hub.Host(), off.Round(time.Second))
	} else {
		f.ok("clock", "within %s of GitHub's", max(off.Round(time.Second), time.Second))
	}
	a.examineTeam(ctx, hub, acc.Login, &f)
	a.examineRepos(ctx, &f)
	return f
}

func (a *app) examineGit(ctx context.Context, f *findings) {
	out, err := exec.CommandContext(ctx, "git", "--version").Output()
	if err != nil {
		f.fail("git", "install git 2.38 or newer", "the git program was not found")
		return
	}
	has := strings.TrimPrefix(strings.TrimSpace(string(out)), "git version ")
	if !gitServes(has) {
		f.fail("git", "install git 2.38 or newer", "%s is older than 2.38: the embedded GitHub merges with git merge-tree --write-tree", has)
		return
	}
	f.ok("git", "%s", has)
}

// gitServes tells whether a version such as "2.39.5 (Apple Git-154)" is 2.38 or
// newer.
func gitServes(version string) bool {
	var major, minor int
	n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor)
	return n == 2 && (major > 2 || major == 2 && minor >= 38)
}

// examineFolder looks at .core/; false when the settings cannot be read.
func (a *app) examineFolder(f *findings) bool {
	d, err := a.dir()
	if err != nil {
		f.failed(".core/", err)
		return false
	}
	switch err := d.Writable(); {
	case err == nil:
		f.ok(".core/", "%s", d.Path)
	case errors.Is(err, config.ErrAbsent):
		f.warn(".core/", "core dev init ORG | REPO...", "none: what reads works with --org or --repo, what writes is refused")
	case errors.Is(err, config.ErrReadOnly):
		f.warn(".core/", "chown or chmod it, or name another folder with --dir", "%s is read-only for this account: what reads works, what writes is refused", d.Path)
	default:
		f.failed(".core/", err)
	}
	c, err := a.config()
	if err != nil {
		f.failed("config.yaml", err)
		return false
	}
	if !d.Exists() {
		return true
	}
	if p, paused, err := config.Paused(d); err != nil {
		f.failed("PAUSE", err)
	} else if paused {
		f.warn("PAUSE", "core dev resume", "writing is paused%s", parenthesised(p.Note))
	}
	if text := openText(a.leftOpen()); text != "" {
		f.warn("plan", a.called("core dev apply --resume")+" goes on with it", "%s", text)
	}
	if _, err := config.ReadTeam(d, c.Owner(), ""); err != nil {
		f.failed("team.yaml", err)
	}
	a.examineLedger(c, f)
	return true
}

// examineLedger reads the log and the reservations once.
func (a *app) examineLedger(c *config.Config, f *findings) {
	s := budget.State{Now: a.now(), Agents: c.Allowances()}
	if err := a.readLedger(c, &s, budget.Earliest(s.Now, s.Agents)); err != nil {
		f.failed("ledger", err)
		return
	}
	st, err := a.fullStatus(c, s)
	switch {
	case err != nil:
		f.failed("ledger", err)
	case a.heldUnknown:
		f.fail("ledger", "core dev budget reconcile", "reservations.log is missing or damaged: nobody knows what is reserved, so nothing may be written")
	case len(st.Unreadable) > 0:
		u := st.Unreadable[0]
		f.warn("ledger", "core dev budget lists them; mend the lines by hand", "%d unreadable lines, the first %s:%d", len(st.Unreadable), u.File, u.Line)
	default:
		f.ok("ledger", "%d used today, %d held", st.Used, st.Held)
	}
}

func (a *app) examineRepos(ctx context.Context, f *findings) {
	c, err := a.config()
	if err != nil {
		f.failed("config.yaml", err)
		return
	}
	fl, err := a.fleet(c)
	if err != nil {
		f.failed("repositories", err)
		return
	}
	refs, err := a.refs(ctx, fl, a.hub)
	if err != nil {
		f.failed("repositories", err)
		return
	}
	agent, _ := c.Agent(c.DefaultAgent)
	found, err := a.hub.Fitness(ctx, refs, agent.Label)
	if err != nil {
		f.failed("repositories", err)
		return
	}
	ci := map[string]string{}
	for _, r := range fl.Repos {
		ci[r.Ref.Key()] = r.CI
	}
	for _, r := range found {
		name := r.Ref.String()
		if r.Problem != nil {
			f.fail(name, r.Problem.Hint, "%s", r.Problem.Message)
			continue
		}
		var good, do []string
		bad := false
		note := func(ok bool, yes, todo string) {
			if ok {
				good = append(good, yes)
			} else {
				do = append(do, todo)
			}
		}
		if r.Archived || r.IssuesOff || r.Permission == "READ" || r.Permission == "TRIAGE" {
			bad = true
		}
		note(!r.Archived, "active", "it is archived: take it out of inventory.yaml")
		note(!r.IssuesOff, "issues on", "issues are switched off: switch them on, or take it out of inventory.yaml")
		note(r.Permission != "READ" && r.Permission != "TRIAGE", strings.ToLower(r.Permission), "the account may only "+strings.ToLower(r.Permission)+": ask for write access")
		note(r.AgentLabel, "label "+agent.Label, fmt.Sprintf("make the label: gh label create %s --repo %s", agent.Label, name))
		switch {
		case r.CI():
			good = append(good, "CI")
		case cmp.Or(ci[r.Ref.Key()], c.CI) == "none":
			good = append(good, "no CI, as the settings say")
		default:
			do = append(do, "no CI: add a workflow, or write ci: none in inventory.yaml (then reviews alone gate)")
		}
		note(r.Owners != "", "CODEOWNERS", "add .github/CODEOWNERS so that reviews are asked for")
		switch {
		case bad:
			f.fail(name, strings.Join(do, "; "), "%s", strings.Join(good, ", "))
		case len(do) > 0:
			f.warn(name, strings.Join(do, "; "), "%s", strings.Join(good, ", "))
		default:
			f.ok(name, "%s", strings.Join(good, ", "))
		}
	}
}

// detailLines cleans a detail and keeps its lines, such as an excerpt of a file,
// below each other.
func detailLines(text string, wide int) string {
	lines := strings.Split(text, "\n")
	for k := range lines {
		lines[k] = terminal.Clean(lines[k])
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", wide+8))
}
