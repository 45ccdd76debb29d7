package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/internal/agents"
	"github.com/dappcore/core-dev/internal/agents/local"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/git"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// Folders of .core/ for what commands of this machine do.
const (
	worktreesFolder = "worktrees"
	agentsFolder    = "agents"
)

// shop makes merges and worktrees, with our own token.
func (a *app) shop(hub *github.Client, d config.Dir, c *config.Config) *git.Shop {
	s := &git.Shop{Dir: d.File(worktreesFolder), Site: hub.Endpoint().Site(), Name: "core dev", Email: "core-dev@users.noreply.github.com", Now: a.now,
		Token: func(context.Context) (string, error) { return hub.Secret(), nil }}
	for _, g := range c.Agents {
		if g.Kind == "command" && len(g.Command) > 0 {
			s.Command = g.Command
			break
		}
	}
	return s
}

// workshop is the shop as the orchestrator asks for it.
type workshop struct{ shop *git.Shop }

func (w workshop) Merge(ctx context.Context, repo inventory.RepoRef, pull int, branch, base, head string) (orchestrator.Work, error) {
	work, err := w.shop.Merge(ctx, repo, pull, branch, base, head)
	var stale *git.Stale
	if errors.As(err, &stale) {
		err = &orchestrator.Stale{Target: stale.Target, Why: stale.Why}
	}
	if err != nil {
		if ctx.Err() == nil && stale == nil {
			err = notNow{err}
		}
		return nil, err
	}
	return work, nil
}

// notNow is a merge that could not be tried: git or the network failed. It concerns
// its pull request alone, and may be tried again.
type notNow struct{ error }

func (e notNow) Unwrap() error { return e.error }
func (notNow) Local() bool     { return true }

var _ orchestrator.Workshop = workshop{}

// locals are the agents that are commands of this machine. The demo has none: its
// GitHub ends with the command that shows it.
func (a *app) locals() []*local.Agent {
	c, err := a.config()
	if err != nil || a.opt.demo {
		return nil
	}
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return nil
	}
	var out []*local.Agent
	for _, g := range c.Agents {
		if g.Kind == "command" && len(g.Command) > 0 {
			out = append(out, &local.Agent{Dir: d.File(agentsFolder), Name: g.Name, Limit: g.Concurrency, Now: a.now,
				Spawn: func(key string) error { return a.spawn(d, g.Name, key) }})
		}
	}
	return out
}

// calls are their names.
func (a *app) calls() map[string]bool {
	out := map[string]bool{}
	for _, l := range a.locals() {
		out[l.Name] = true
	}
	return out
}

// caller is a local agent as the orchestrator asks for it.
type caller struct{ *local.Agent }

func (c caller) Start(ctx context.Context, t orchestrator.CallTask) error {
	return c.Agent.Start(ctx, agents.Task{ID: t.ID, Child: t.Child, Epic: t.Epic, Branch: t.Branch})
}

func (a *app) callers() map[string]orchestrator.Caller {
	out := map[string]orchestrator.Caller{}
	for _, l := range a.locals() {
		out[l.Name] = caller{l}
	}
	return out
}

// goOnLocal begins what no process looks after any more.
func (a *app) goOnLocal() error {
	for _, l := range a.locals() {
		if err := l.Resume(); err != nil {
			return fmt.Errorf("go on with the tasks of %s: %w", l.Name, err)
		}
	}
	return nil
}

// readLocal makes a child count as dispatched from the second on that a local agent
// has it: dispatch.log knows minutes, and no label event tells of it.
func (a *app) readLocal(l *look) error {
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return err
	}
	all, err := local.Records(d.File(agentsFolder))
	for _, r := range all {
		k := l.records[r.Child.Key()]
		if !r.Stopped.IsZero() || k.Began.After(r.Begun) {
			continue
		}
		if r.Started.After(k.LastLine) {
			k.LastLine = r.Started
		}
		k.Began, k.GaveUp = r.Begun, r.Why
		l.records[r.Child.Key()] = k
	}
	return err
}

// runLocal adds what the commands of this machine work on: no label tells of it.
func (a *app) runLocal() ([]inventory.Task, error) {
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return nil, err
	}
	var out []inventory.Task
	all, err := local.Records(d.File(agentsFolder))
	for _, r := range all {
		if r.Open() {
			out = append(out, inventory.Task{Ref: r.Child, Agent: r.Agent})
		}
	}
	return out, err
}

// spawn begins "core dev agent attend", which goes on when this process ends, is
// interrupted or killed, and when its terminal is closed.
func (a *app) spawn(d config.Dir, agent, key string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"dev", "agent", "attend", agent, key, "--dir", filepath.Dir(d.Path)}
	if a.opt.apiURL != "" {
		args = append(args, "--api-url", a.opt.apiURL)
	}
	p := exec.Command(self, args...)
	p.Dir = filepath.Dir(d.Path)
	log, err := os.OpenFile(d.File(filepath.Join(agentsFolder, "attend.log")), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	p.Stderr = log
	p.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := p.Start(); err != nil {
		return err
	}
	return p.Process.Release()
}

// bench is where a local agent's command works.
type bench struct {
	shop  *git.Shop
	hub   *github.Client
	agent config.Agent
	out   *os.File
	token string // that config.yaml gives the command; empty: none
	clear func(context.Context) error
}

func (b bench) Work(ctx context.Context, r local.Record, env []string, begin func(context.Context) error) (sha, why string, err error) {
	if b.token != "" {
		env = append(env, "GITHUB_TOKEN="+b.token)
	}
	res, err := b.shop.Carry(ctx, git.Order{Repo: r.Child.Repo, From: r.Branch, Branch: r.Head(), Text: fmt.Sprintf("Work on #%d", r.Child.Number),
		Command: b.agent.Command, Patience: workTime, Env: env, Out: b.out, Begin: func(ctx context.Context) error { return errors.Join(b.clear(ctx), begin(ctx)) }, Clear: b.clear})
	return res.SHA, res.Why, err
}

// workTime is how long a command may work on a child.
const workTime = 2 * time.Hour

func (b bench) Pushed(ctx context.Context, repo inventory.RepoRef, branch string) (string, error) {
	return b.shop.Pushed(ctx, repo, branch)
}

func (b bench) Open(ctx context.Context, repo inventory.RepoRef, head, base, title, body string) error {
	if err := b.clear(ctx); err != nil {
		return err
	}
	return b.hub.OpenOnce(ctx, repo, head, base, title, body)
}

// unpaused waits while writing is paused.
func unpaused(d config.Dir) func(context.Context) error {
	return func(ctx context.Context) error {
		for {
			if paused, err := (brake{d}).Paused(); err != nil || !paused {
				return err
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(5 * time.Second):
			}
		}
	}
}

func newAgent(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "agent",
		Short: "What the agents of this machine do",
		Long: `Lists the tasks of the agents that are commands of this machine (agents.NAME.kind:
command): what they work on, and what became of what they were given.`,
		Example:           `  core dev agent`,
		Args:              noArgs,
		ValidArgsFunction: completeNothing,
		RunE:              func(*cobra.Command, []string) error { return a.listLocal() },
	}
	c.AddCommand(&cobra.Command{
		Use: "attend AGENT KEY", Short: "Look after one task", Hidden: true, Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return a.attend(c.Context(), args[0], args[1]) },
	})
	return c
}

// tasksShape is what "core dev agent --json" prints.
type tasksShape struct {
	Version int         `json:"version"`
	Tasks   []taskShape `json:"tasks"`
}

type taskShape struct {
	ID      string     `json:"id"` // of the dispatch
	Agent   string     `json:"agent"`
	Child   string     `json:"child"`   // owner/name#12
	Epic    string     `json:"epic"`    // empty: dispatched directly
	Branch  string     `json:"branch"`  // that its pull request goes into
	State   string     `json:"state"`   // in a word or a few
	Started time.Time  `json:"started"` // handed over
	Begun   *time.Time `json:"begun"`   // its command, about to run; null: not yet
	SHA     string     `json:"sha"`     // that was pushed; empty: none yet
	Ended   *time.Time `json:"ended"`   // nothing more will come; null: something may
	Stopped *time.Time `json:"stopped"` // taken back; null: it was not
	Why     string     `json:"why"`     // it ended without a pull request
}

func shapeTasks(all []local.Record) tasksShape {
	out := tasksShape{shapeVersion, []taskShape{}}
	for _, r := range all {
		t := taskShape{
			ID: r.ID, Agent: r.Agent, Child: r.Child.String(), Branch: r.Branch, State: r.State(), Started: r.Started.UTC(),
			Begun: instant(r.Begun), SHA: r.SHA, Ended: instant(r.Ended), Stopped: instant(r.Stopped), Why: r.Why,
		}
		if r.Epic.Number > 0 {
			t.Epic = r.Epic.String()
		}
		out.Tasks = append(out.Tasks, t)
	}
	return out
}

func (a *app) listLocal() error {
	d, err := a.dir()
	if err != nil {
		return err
	}
	all, err := local.Records(d.File(agentsFolder))
	if err != nil {
		return err
	}
	if a.opt.json {
		return a.printJSON(shapeTasks(all))
	}
	if len(all) == 0 {
		fmt.Fprintln(a.out, "no agent of this machine was given anything")
		return nil
	}
	t := a.table()
	for _, r := range all {
		t.Row(r.Started.UTC().Format("2006-01-02 15:04Z"), r.Agent, r.Child.String(), terminal.Clean(r.State()))
	}
	t.Flush()
	return nil
}

// attend looks after one task until it has ended.
func (a *app) attend(ctx context.Context, name, key string) error {
	longLived()
	d, err := a.writable()
	if err != nil {
		return err
	}
	hub, err := a.client(ctx)
	if err != nil {
		return err
	}
	if err := a.checkHost(); err != nil {
		return err
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	g, ok := c.Agent(name)
	if !ok || g.Kind != "command" {
		return usageError{fmt.Errorf("%q is no agent of this machine", name)}
	}
	for _, l := range a.locals() {
		if l.Name != name {
			continue
		}
		out, err := os.OpenFile(filepath.Join(l.Dir, filepath.Base(key)+".log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		defer out.Close()
		variable := g.Token
		if login, ok := strings.CutPrefix(g.Token, "@"); ok {
			variable, _ = c.TokenVariable(login)
		}
		token := ""
		if variable != "" {
			token, _ = a.env(variable)
		}
		return l.Attend(ctx, key, bench{a.shop(hub, d, c), hub, g, out, token, unpaused(d)})
	}
	return usageError{fmt.Errorf("%q has no command", name)}
}
