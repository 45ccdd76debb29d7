package flows

import "github.com/dappcore/core-dev/inventory"

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
	}
	return repo.Unwritable()
}
