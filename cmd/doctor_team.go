package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/github"
)

// examineTeam looks at the members of team.yaml, a line each: whether GitHub
// knows the login, and whether the token is at hand and theirs. Then at the
// tokens that agents have of their own.
func (a *app) examineTeam(ctx context.Context, hub *github.Client, viewer string, f *findings) {
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return
	}
	c, err := a.config()
	if err != nil {
		return // said already
	}
	team, err := config.ReadTeam(d, c.Owner(), viewer)
	if err != nil {
		return // said already
	}
	if !team.Assumed {
		var logins []string
		for _, m := range team.Members {
			logins = append(logins, m.Login)
		}
		there, err := hub.Accounts(ctx, logins)
		if err != nil {
			f.failed("team.yaml", err)
		}
		for _, m := range team.Members {
			name, quota := "member @"+m.Login, count(m.Quota, "task")+" a day"
			switch _, known := there[m.Login]; {
			case err == nil && !known:
				f.fail(name, "write in .core/team.yaml the login as "+hub.Host()+" shows it", "nobody on %s is called so: %s cannot be spent", hub.Host(), quota)
			case strings.EqualFold(m.Login, viewer):
				f.ok(name, "%s, with the token in use", quota)
			default:
				a.examineMember(ctx, hub, c, m.Login, quota, f)
			}
		}
	}
	for _, g := range c.Agents {
		if g.Token == "" || strings.HasPrefix(g.Token, "@") {
			continue // of a member
		}
		name := "agent " + g.Name
		if of, err := a.owner(ctx, hub, g.Token); err != nil {
			a.badMemberToken(f, name, g.Token, "a token", err)
		} else {
			f.ok(name, "its label is put on with the token in %s, of @%s", g.Token, of)
		}
	}
}

// examineMember looks at the token of somebody else than the viewer.
func (a *app) examineMember(ctx context.Context, hub *github.Client, c *config.Config, login, quota string, f *findings) {
	name := "member @" + login
	variable, named := c.TokenVariable(login)
	if !named {
		f.warn(name, fmt.Sprintf("name the variable that holds their token in .core/config.yaml, such as tokens: {%s: %s}, and set it", login, strings.TrimPrefix(config.Env(login), "CORE_")+"_TOKEN"),
			"no token of theirs is at hand: %s cannot be spent from here", quota)
		return
	}
	switch of, err := a.owner(ctx, hub, variable); {
	case err != nil:
		a.badMemberToken(f, name, variable, "a token of @"+login, err)
	case !strings.EqualFold(of, login):
		f.fail(name, "set "+variable+" to a token of @"+login, "the token in %s is @%s's: nothing can be charged to @%s", variable, of, login)
	default:
		f.ok(name, "%s, with the token in %s", quota, variable)
	}
}

func (a *app) badMemberToken(f *findings, name, variable, want string, err error) {
	var empty emptyVariable
	if errors.As(err, &empty) {
		f.warn(name, "set "+variable+" to "+want, "the variable %s, which .core/config.yaml names, is empty", variable)
		return
	}
	f.failed(name, err)
}

// emptyVariable is the name of a variable that holds no token.
type emptyVariable string

func (v emptyVariable) Error() string { return "the variable " + string(v) + " is empty" }

// owner asks whose token a variable holds: a REST request.
func (a *app) owner(ctx context.Context, hub *github.Client, variable string) (string, error) {
	text, _ := a.env(variable)
	token := github.NewToken(text, variable)
	if token.IsZero() {
		return "", emptyVariable(variable)
	}
	theirs, err := a.connect(hub.Endpoint(), token)
	if err != nil {
		return "", err
	}
	return theirs.Login(ctx)
}
