package gitstore

import (
	"fmt"
	"maps"
	"slices"
)

// EditTree writes the tree that base (Empty for none) becomes when every path of files holds that blob, or is gone where
// the blob is "". New files get the mode 100644. ErrNotFound: a path to remove, or base, is none.
func (r *Repo) EditTree(base string, files map[string]string) (tree string, err error) {
	tree = base
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if err := CheckPath(path); err != nil {
			return "", err
		}
		if tree, err = r.withFile(tree, path, files[path]); err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
	}
	if tree == Empty {
		return writeLoose(r.dir, object{kind: "tree"})
	}
	return tree, nil
}
