package github

import (
	"context"
	"encoding/json"
	"time"

	rest "github.com/google/go-github/v92/github"

	"github.com/dappcore/core-dev/inventory"
)

// Account is what a token is and may do.
type Account struct {
	Login       string
	Token       string   // kind and source: "classic token from GITHUB_TOKEN"
	Scopes      []string // of a classic or OAuth token
	ScopesKnown bool     // false: the token has no scopes but permissions of its own
	Limits      []Limit  // core, graphql, search
	ClockAhead  time.Duration
}

// Limit is one primary limit.
type Limit struct {
	Name             string
	Limit, Remaining int
	Reset            time.Time
}

// Account asks who the token belongs to, with its scopes and limits.
func (c *Client) Account(ctx context.Context) (Account, error) {
	doing := "ask " + c.Host() + " about the token"
	if err := c.signedIn(doing); err != nil {
		return Account{}, err
	}
	user, resp, err := c.rest.Users.Get(ctx, "")
	if err != nil {
		return Account{}, c.readError(doing, err)
	}
	out := Account{Login: user.GetLogin(), Token: c.token.String()}
	if resp != nil && len(resp.Header.Values("X-Oauth-Scopes")) > 0 {
		out.Scopes, out.ScopesKnown = scopes(resp.Header.Get("X-Oauth-Scopes")), true
	}
	limits, _, err := c.rest.RateLimit.Get(ctx)
	if err != nil {
		return Account{}, c.readError("ask "+c.Host()+" about its limits", err)
	}
	for _, l := range []struct {
		name string
		rate *rest.Rate
	}{{"core", limits.GetCore()}, {"graphql", limits.GetGraphQL()}, {"search", limits.GetSearch()}} {
		if l.rate != nil {
			out.Limits = append(out.Limits, Limit{Name: l.name, Limit: l.rate.Limit, Remaining: l.rate.Remaining, Reset: l.rate.Reset.Time})
		}
	}
	out.ClockAhead, _ = c.wire.count.clockSkew()
	return out, nil
}

func (c *Client) readError(doing string, err error) error {
	e := c.restError(err)
	if e == nil {
		return err
	}
	e.Doing, e.InDoubt = doing, false
	return e
}

// Fitness is whether a repository is fit to be worked on.
type Fitness struct {
	Ref        inventory.RepoRef
	Problem    *inventory.Problem // nothing else is known then, unless it is "moved"
	Archived   bool
	IssuesOff  bool
	Permission string // of the token's account: ADMIN MAINTAIN WRITE TRIAGE READ
	AgentLabel bool   // the label exists
	Workflows  int    // files in .github/workflows
	Checks     string // rollup of the default branch's head; empty: none
	Owners     string // path of CODEOWNERS; empty: none
}

// CI tells whether anything checks what is pushed.
func (f Fitness) CI() bool { return f.Workflows > 0 || f.Checks != "" }

// Fitness asks for all repositories at once. label is the agent's label.
func (c *Client) Fitness(ctx context.Context, repos []inventory.RepoRef, label string) ([]Fitness, error) {
	out := make([]Fitness, len(repos))
	asks := fitnessAsks(repos, label, out)
	if len(asks) == 0 {
		return out, nil
	}
	b := &batch{c: c, name: "Fitness"}
	if err := b.run(ctx, asks); err != nil {
		return nil, explained("examine the repositories", err)
	}
	return out, nil
}

type fitnessJSON struct {
	Slug       string          `json:"nameWithOwner"`
	Archived   bool            `json:"isArchived"`
	IssuesOn   bool            `json:"hasIssuesEnabled"`
	Permission string          `json:"viewerPermission"`
	Label      json.RawMessage `json:"label"`
	Workflows  *struct {
		Entries []struct{} `json:"entries"`
	} `json:"workflows"`
	Github  *struct{} `json:"ownersGithub"`
	Root    *struct{} `json:"ownersRoot"`
	Docs    *struct{} `json:"ownersDocs"`
	Default *struct {
		Target struct {
			Rollup *rollupJSON `json:"statusCheckRollup"`
		} `json:"target"`
	} `json:"defaultBranchRef"`
}

func fitnessAsks(repos []inventory.RepoRef, label string, out []Fitness) []*ask {
	var asks []*ask
	for i, ref := range repos {
		keep := func(f Fitness) {
			f.Ref = ref
			out[i] = f
		}
		asks = append(asks, &ask{repo: ref, text: label, nodes: 1, selection: "...Fitness label(name: $text) { name }",
			fill: func(raw json.RawMessage) error {
				f, err := readFitness(ref, raw)
				keep(f)
				return err
			},
			fail: func(e *Error) {
				kind := "unavailable"
				switch e.Kind {
				case KindNotFound:
					kind = "not-found"
				case KindForbidden, KindScope:
					kind = "forbidden"
				}
				keep(Fitness{Problem: &inventory.Problem{Kind: kind, Message: e.Message, Hint: e.Hint}})
			}})
	}
	return asks
}

func readFitness(ref inventory.RepoRef, raw json.RawMessage) (Fitness, error) {
	var j fitnessJSON
	if err := json.Unmarshal(raw, &j); err != nil {
		return Fitness{}, err
	}
	f := Fitness{Archived: j.Archived, IssuesOff: !j.IssuesOn, Permission: j.Permission, AgentLabel: len(j.Label) > 0 && string(j.Label) != "null"}
	if now := (slugJSON{j.Slug}).ref(); !now.Same(ref) {
		f.Problem = &inventory.Problem{Kind: "moved", Message: ref.String() + " is now " + j.Slug, Hint: "write the new name in .core/inventory.yaml and team.yaml"}
	}
	if j.Workflows != nil {
		f.Workflows = len(j.Workflows.Entries)
	}
	if j.Default != nil && j.Default.Target.Rollup != nil {
		f.Checks = j.Default.Target.Rollup.State
	}
	switch { // GitHub takes the first it finds, in this order
	case j.Github != nil:
		f.Owners = ".github/CODEOWNERS"
	case j.Root != nil:
		f.Owners = "CODEOWNERS"
	case j.Docs != nil:
		f.Owners = "docs/CODEOWNERS"
	}
	return f, nil
}
