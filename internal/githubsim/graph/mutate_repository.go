package graph

import (
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func createRepository(x *execution, in args) (map[string]any, error) {
	n := world.NewRepo{
		Name: in.text("name"), Description: in.text("description"),
		Private: in.text("visibility") != "PUBLIC", IssuesDisabled: in.given("hasIssuesEnabled") && !in.flag("hasIssuesEnabled"),
	}
	if err := absent(in, "teamId"); err != nil {
		return nil, err
	}
	if in.given("ownerId") {
		var err error
		if n.Owner, err = entity[*world.User](x, in.text("ownerId")); err != nil {
			return nil, err
		}
	}
	repo, err := x.tx.CreateRepo(n)
	return one("repository", repo, err)
}

// archive archives a repository or takes that back.
func archive(archived bool) mutation {
	return func(x *execution, in args) (map[string]any, error) {
		repo, err := entity[*world.Repo](x, in.text("repositoryId"))
		if err != nil {
			return nil, err
		}
		repo, err = x.tx.ArchiveRepo(repo, archived)
		return one("repository", repo, err)
	}
}
