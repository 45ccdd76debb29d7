package cmd

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/orchestrator"
)

// hands are the accounts that put agents' labels on: the token says whose quota
// a task spends (spec/3-budget), so it is the charged member's, or whose
// config.yaml says hands over that agent's work. Another account's token is
// asked once whose it is, a REST request. What is returned may be asked by
// several plans at once.
func (a *app) hands(c *config.Config, own *github.Client, viewer string) func(ctx context.Context, agent, member string) (orchestrator.Labeler, error) {
	var asking sync.Mutex // of what is known, and of what connect opens at its first use
	known := map[string]*github.Client{}
	return func(ctx context.Context, agent, member string) (orchestrator.Labeler, error) {
		variable, login, err := tokenFor(c, agent, member, viewer)
		switch {
		case err != nil:
			return nil, err
		case variable == "":
			return own, nil
		}
		asking.Lock()
		defer asking.Unlock()
		if hub := known[variable+" "+login]; hub != nil {
			return hub, nil
		}
		text, _ := a.env(variable)
		token := github.NewToken(text, variable)
		if token.IsZero() {
			return nil, noHand{member, "the variable " + variable + " is empty"}
		}
		hub, err := a.connect(own.Endpoint(), token)
		if err != nil {
			return nil, err
		}
		of, err := hub.Login(ctx)
		switch {
		case err != nil:
			return nil, err
		case login != "" && !strings.EqualFold(of, login):
			return nil, noHand{member, fmt.Sprintf("the token in %s is @%s's", variable, of)}
		}
		known[variable+" "+login] = hub
		return hub, nil
	}
}

// tokenFor is the variable that holds the token for a task of a member, and whose
// it has to be; no variable: our own token.
func tokenFor(c *config.Config, agent, member, viewer string) (variable, login string, err error) {
	login = member
	if g, ok := c.Agent(agent); ok && g.Token != "" {
		if of, ok := strings.CutPrefix(g.Token, "@"); ok {
			login = of
		} else if g.Quota > 0 { // a quota of its own is that token's, whosever it is
			return g.Token, "", nil
		} else {
			return g.Token, member, nil
		}
	}
	if login == "" || strings.EqualFold(login, viewer) {
		return "", login, nil
	}
	variable, ok := c.TokenVariable(login)
	if !ok {
		return "", login, noHand{login, "config.yaml names no variable that holds their token"}
	}
	return variable, login, nil
}

// noHand tells that a task cannot be charged to a member: nobody can put the
// label on as them.
type noHand struct{ member, why string }

func (e noHand) Error() string {
	return "nothing can be charged to @" + e.member + ": " + e.why + "; see tokens: and agents: in .core/config.yaml"
}

var _ orchestrator.Labeler = (*github.Client)(nil)

// connect makes a client of an account.
func (a *app) connect(end github.Endpoint, token github.Token) (*github.Client, error) {
	o := github.Options{Endpoint: end, Token: token, UserAgent: "core/" + version, Clock: a.clock, Retrying: a.tellRetry, Clear: orchestrator.Cleared}
	if end.Local() {
		o.Gap = -1 // its limits hold as GitHub's; the politeness between writes is for GitHub
	}
	db, err := a.state()
	if err != nil {
		return nil, err
	}
	if db != nil {
		o.Store = db
	}
	return github.New(o)
}
