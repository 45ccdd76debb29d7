package graph

import (
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func createRef(x *execution, in args) (map[string]any, error) {
	repo, err := entity[*world.Repo](x, in.text("repositoryId"))
	if err != nil {
		return nil, err
	}
	name := in.text("name")
	if repo.Refs[name] != "" {
		return nil, &Error{Type: Unprocessable, Message: `A ref named "` + name + `" already exists in the repository.`}
	}
	repo, err = x.tx.CreateRef(repo, name, in.text("oid"))
	if err != nil {
		return nil, err
	}
	return map[string]any{"ref": x.refNamed(repo, name)}, nil
}

func updateRef(x *execution, in args) (map[string]any, error) {
	ref, err := entity[*world.RefNode](x, in.text("refId"))
	if err != nil {
		return nil, err
	}
	repo, err := x.tx.UpdateRef(ref.Repo, ref.Name, in.text("oid"), in.flag("force"))
	if err != nil {
		return nil, err
	}
	return map[string]any{"ref": x.refNamed(repo, ref.Name)}, nil
}

func deleteRef(x *execution, in args) (map[string]any, error) {
	ref, err := entity[*world.RefNode](x, in.text("refId"))
	if err != nil {
		return nil, err
	}
	_, err = x.tx.DeleteRef(ref.Repo, ref.Name)
	return nil, err
}
