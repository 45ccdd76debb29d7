package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// Exit statuses, one a kind of end. Scripts may rely on them.
const (
	exitOK        = 0
	exitFailure   = 1  // anything not named below
	exitUsage     = 2  // the command line is wrong
	exitHigh      = 3  // budget --check: over 80 % of the usable quota
	exitExhausted = 4  // budget --check: exhausted; a dispatch refused because it would pass a quota
	exitSignIn    = 5  // no token (also of any member who could be charged), a refused one, or one without the scope or right
	exitNotFound  = 6  // no such repository, epic, issue or file
	exitAway      = 7  // GitHub cannot be reached, fails, or limits us
	exitFile      = 8  // a file in .core/ is missing, wrong, damaged or may not be written (also a training record), or team.yaml lists a repository for nobody
	exitStale     = 9  // the world moved since the plan: plan again
	exitUnsettled = 10 // a task may have been spent; it stays reserved
	exitPaused    = 11 // .core/PAUSE exists
	exitDoctor    = 12 // doctor found something to do
	exitStopped   = 130
)

const exitText = `Exit statuses of core dev

  0    done; for "budget --check": fine
  1    something failed that has no status of its own
  2    the command line is wrong
  3    budget --check: over 80 % of the usable quota is spent
  4    budget --check: the quota is exhausted; or a dispatch was refused
       because it would pass a quota
  5    not signed in, the token was refused, or it lacks a scope or a right;
       or no token is at hand of any member who could be charged
  6    no such repository, epic, issue or file
  7    GitHub cannot be reached, fails, or limits us: try later
  8    a file in .core/ is missing, wrong or damaged (a training record, too),
       or may not be written; or team.yaml lists the repository for nobody, so
       that nobody can be charged
  9    the world moved since the plan was made; nothing more was sent
  10   a task may have been spent: it stays reserved until that is settled
  11   writing is paused (core dev resume)
  12   doctor found something to do
  130  interrupted

With --json an error is one JSON object on standard error (core dev schema error).`

func newExitHelp() *cobra.Command {
	return &cobra.Command{Use: "exit", Short: "Exit statuses (a help topic)", Long: exitText, Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { fmt.Fprintln(c.OutOrStdout(), exitText); return nil }}
}

// usageError is a mistake on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// notFound is something named on the command line that does not exist.
type notFound struct{ text string }

func (e notFound) Error() string { return e.text }

// hinted is an error with what to do about it.
type hinted struct {
	error
	hint string
}

func (e hinted) Unwrap() error { return e.error }

func errUnknownTopic(topic string) error {
	return fmt.Errorf("no command %q: see \"core dev --help\"", topic)
}

func errUnknownCommand(c *cobra.Command, arg string) error {
	text := fmt.Sprintf("unknown command %q for %q", arg, c.CommandPath())
	c.SuggestionsMinimumDistance = 2 // cobra's own default, which it sets too late for this
	if near := c.SuggestionsFor(arg); len(near) > 0 {
		return hinted{errors.New(text), "did you mean " + strings.Join(near, " or ") + "?"}
	}
	return hinted{errors.New(text), "see \"" + c.CommandPath() + " --help\""}
}

func errBadEnv(name, value string, err error) error {
	return fmt.Errorf("%s=%q: %w", name, value, err)
}

// kindOf sorts an error: its kind for machines, its exit status, its sentence
// and what to do.
func kindOf(err error) (kind string, status int, text, hint string) {
	text = err.Error()
	var (
		h   hinted
		u   usageError
		nf  notFound
		ge  *github.Error
		fe  *config.FileError
		he  *config.HostError
		se  *config.SettingError
		ref *flows.Refusal
		ne  *execute.NoEpic
		st  *orchestrator.Stale
		un  *orchestrator.Unsettled
		pa  orchestrator.Paused
		no  *orchestrator.NothingOpen
		cu  *orchestrator.CannotUndo
		nd  *execute.NotDispatched
		cl  *execute.ClaimLives
		np  *execute.NoPull
		unk *journal.Unknown
		nh  noHand
	)
	if errors.As(err, &h) {
		hint = h.hint
	}
	if errors.As(err, &ge) && hint == "" && ge.Hint != "" {
		text, hint = strings.Replace(text, "; "+ge.Hint, "", 1), ge.Hint
	}
	switch {
	case errors.As(err, &un): // also of a run that was interrupted
		return "unsettled", exitUnsettled, text, "the next command that writes finds it out first; \"core dev apply --resume\" goes on with the plan"
	case errors.Is(err, tui.ErrStopped), errors.Is(err, tui.ErrLeft):
		return "interrupted", exitStopped, text, ""
	case errors.Is(err, context.Canceled):
		return "interrupted", exitStopped, "interrupted", ""
	case errors.As(err, &st), errors.As(err, &cl):
		return "stale", exitStale, text, hint
	case errors.As(err, &pa):
		return "paused", exitPaused, text, hint
	case errors.As(err, &ref) && ref.Cause == budget.NoMember:
		return "file", exitFile, text, hint
	case errors.As(err, &ref) && ref.Cause == budget.NoToken:
		return string(github.KindNotSignedIn), exitSignIn, text, hint
	case errors.As(err, &ref):
		return "budget", exitExhausted, text, hint
	case errors.As(err, &nh):
		return string(github.KindNotSignedIn), exitSignIn, text, hint
	case errors.As(err, &u), errors.As(err, &se):
		return "usage", exitUsage, text, hint
	case errors.As(err, &nf), errors.As(err, &ne), errors.As(err, &no), errors.As(err, &cu), errors.As(err, &nd), errors.As(err, &np), errors.As(err, &unk):
		return "not-found", exitNotFound, text, hint
	case errors.As(err, &fe), errors.As(err, &he), errors.Is(err, config.ErrAbsent), errors.Is(err, config.ErrNoConfig), errors.Is(err, config.ErrInitialised), errors.Is(err, config.ErrReadOnly), errors.Is(err, journal.ErrDamaged), isLedger(err), errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return "file", exitFile, text, hint
	case errors.As(err, &ge):
		return string(ge.Kind), githubStatus(ge.Kind), text, hint
	case errors.Is(err, os.ErrNotExist):
		return "not-found", exitNotFound, text, hint
	}
	return "failure", exitFailure, text, hint
}

func githubStatus(k github.Kind) int {
	switch k {
	case github.KindNotSignedIn, github.KindBadToken, github.KindScope, github.KindForbidden:
		return exitSignIn
	case github.KindNotFound, github.KindMoved:
		return exitNotFound
	case github.KindRateLimited, github.KindNetwork, github.KindServer:
		return exitAway
	case github.KindStale, github.KindExists:
		return exitStale
	case github.KindConfig:
		return exitUsage
	}
	return exitFailure
}

// fail prints an error and returns the exit status.
func (a *app) fail(c *cobra.Command, err error) int {
	if c != nil && isCobraUsage(err) {
		err = plainly(c, err)
	}
	a.flush() // what was printed before stands before
	kind, status, text, hint := kindOf(err)
	if status == exitUsage && hint == "" && c != nil {
		hint = "see \"" + c.CommandPath() + " --help\""
	}
	if errors.Is(err, config.ErrAbsent) && hint == "" {
		hint = a.demoHere()
	}
	text, hint = a.placed(text), a.placed(hint)
	if a.opt.json {
		e := errorShape{Version: shapeVersion}
		e.Error.Kind, e.Error.Status, e.Error.Message, e.Error.Hint = kind, status, text, hint
		raw, _ := json.Marshal(e)
		fmt.Fprintln(a.errw, string(escaped(raw)))
		return status
	}
	var fe *config.FileError
	if !errors.As(err, &fe) { // a file error is cleaned already and has lines
		text = terminal.Clean(text)
	}
	fmt.Fprintln(a.errw, "core: "+text)
	if hint != "" {
		fmt.Fprintln(a.errw, "      "+terminal.Clean(hint))
	}
	return status
}

// isCobraUsage knows cobra's own complaints, which have no type.
func isCobraUsage(err error) bool {
	for _, p := range []string{"unknown command ", "unknown flag", "unknown shorthand", "flag needs an argument", "required flag", "accepts ", "requires ", "invalid argument", "if any flags in the group "} {
		if strings.HasPrefix(err.Error(), p) {
			return true
		}
	}
	return false
}
