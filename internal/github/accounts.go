package github

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// accountsAtOnce is how many accounts one request asks after.
const accountsAtOnce = 100

// Accounts tells which of the logins people have: each as GitHub writes it, by
// the login asked for. What nobody is called is left out.
func (c *Client) Accounts(ctx context.Context, logins []string) (map[string]string, error) {
	out := map[string]string{}
	for some := range slices.Chunk(logins, accountsAtOnce) {
		text, vars := accountsDocument(some)
		r, err := c.query(ctx, "Accounts", text, vars)
		if err != nil {
			return nil, explained("look for the members", err)
		}
		for _, e := range r.errors {
			if e.kind() != KindNotFound {
				return nil, explained("look for the members", e.explain())
			}
		}
		for k, login := range some {
			var user *actorJSON
			if err := json.Unmarshal(r.data[fmt.Sprintf("u%d", k)], &user); err != nil {
				return nil, &Error{Kind: KindServer, Doing: "look for the members", Message: "an answer that cannot be read", Err: err}
			}
			if user != nil {
				out[login] = user.Login
			}
		}
	}
	return out, nil
}

func accountsDocument(logins []string) (string, map[string]any) {
	vars := map[string]any{}
	var params []string
	var body strings.Builder
	for k, login := range logins {
		v := fmt.Sprintf("l%d", k)
		vars[v] = login
		params = append(params, "$"+v+": String!")
		fmt.Fprintf(&body, "  u%d: user(login: $%s) { login }\n", k, v)
	}
	return fmt.Sprintf("query Accounts(%s) {\n  rateLimit { cost }\n%s}", strings.Join(params, ", "), body.String()), vars
}
