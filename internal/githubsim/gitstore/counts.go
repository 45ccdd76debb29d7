package gitstore

import (
	"errors"
	"fmt"
)

// counts is how two commits stand to each other.
type counts struct {
	ahead, behind int
	related       bool
}

var counted = remembered[counts]{max: 50_000}

// Counts tells how many commits head has that base has not, and the other way round; related is false where they have no
// common ancestor. It asks the git program only where the history lies in a pack.
func (r *Repo) Counts(base, head string) (ahead, behind int, related bool, err error) {
	key := base + head
	if c, ok := counted.get(key); ok {
		return c.ahead, c.behind, c.related, nil
	}
	c, err := r.count(base, head)
	if errors.Is(err, errPacked) {
		c, err = r.countByGit(base, head)
	}
	if err != nil {
		return 0, 0, false, err
	}
	counted.put(key, c)
	return c.ahead, c.behind, c.related, nil
}

func (r *Repo) count(base, head string) (counts, error) {
	var c counts
	ofBase := map[string]bool{}
	if err := r.reach(base, func(id string) bool { ofBase[id] = true; return false }); err != nil {
		return c, err
	}
	shared := 0
	if err := r.reach(head, func(id string) bool {
		if ofBase[id] {
			shared++
		} else {
			c.ahead++
		}
		return false
	}); err != nil {
		return c, err
	}
	c.behind, c.related = len(ofBase)-shared, shared > 0
	return c, nil
}

func (r *Repo) countByGit(base, head string) (counts, error) {
	var c counts
	fork, err := r.MergeBase(base, head)
	if err != nil {
		return c, err
	}
	out, err := r.git(nil, "rev-list", "--left-right", "--count", base+"..."+head, "--")
	if err != nil {
		return c, err
	}
	c.related = fork != ""
	if _, err := fmt.Sscan(string(out), &c.behind, &c.ahead); err != nil {
		return c, fmt.Errorf("git rev-list --count: %w", err)
	}
	return c, nil
}
