package flows

import (
	"cmp"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// NoGround says why no issue can be made in a repository, labelled and tied;
// empty where it can. known: it is part of the fleet. The plan needs its Details.
func NoGround(repo *inventory.Repo, known bool) string {
	switch {
	case !known:
		return "it is not part of the fleet: add it to .core/inventory.yaml"
	case repo.Details == nil && repo.Problem != nil:
		return repo.Problem.Message
	case repo.Details == nil:
		return "its labels and links could not be read"
	case repo.Archived:
		return "the repository is archived"
	case repo.IssuesOff:
		return "its issues are disabled: none can be made"
	case repo.Permission == "READ" || repo.Permission == "TRIAGE" || repo.Permission == "":
		return "this token may only " + cmp.Or(strings.ToLower(repo.Permission), "read") + " there: labels and branches need write access"
	}
	return ""
}
