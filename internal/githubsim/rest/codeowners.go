package rest

import (
	"fmt"
	"strings"
)

// unknownOwners lists the owners of a CODEOWNERS file that are no account here, as GitHub's "Unknown owner".
func (c *call) unknownOwners(path, content string) []any {
	out := []any{}
	for n, line := range strings.Split(content, "\n") {
		code, _, _ := strings.Cut(line, "#")
		fields := strings.Fields(code)
		if len(fields) < 2 {
			continue
		}
		for _, owner := range fields[1:] {
			login, isLogin := strings.CutPrefix(owner, "@")
			login, _, _ = strings.Cut(login, "/")
			if (isLogin && c.tx.UserByLogin(login) != nil) || (!isLogin && strings.Contains(owner, "@")) {
				continue
			}
			column := strings.Index(line, owner) + 1
			out = append(out, object{"line": n + 1, "column": column, "kind": "Unknown owner", "source": line, "path": path,
				"suggestion": fmt.Sprintf("make sure %s exists and has write access to the repository", owner),
				"message":    fmt.Sprintf("Unknown owner on line %d: make sure %s exists and has write access to the repository\n\n  %s\n  %s^", n+1, owner, line, strings.Repeat(" ", column-1))})
		}
	}
	return out
}
