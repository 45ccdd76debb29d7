package people

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// job is a check that a workflow file asks for.
type job struct {
	Workflow, Name string // as GitHub shows them
	Base           string // name without what a matrix adds
}

// workflow is the part of a workflow file that says which checks there will be.
type workflow struct {
	Name string        `yaml:"name"`
	On   any           `yaml:"on"`
	Jobs yaml.MapSlice `yaml:"jobs"`
}

// jobs are the checks that the workflow files of a commit ask for when a pull request, or a branch of that name, gets it.
// A file that cannot be read asks for none, as on GitHub.
func (t *turn) jobs(repo *world.Repo, sha, branch string) ([]job, error) {
	const folder = ".github/workflows"
	entries, err := t.tx.Names(repo, sha, folder)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []job
	for _, f := range entries {
		if !strings.HasSuffix(f.Name, ".yml") && !strings.HasSuffix(f.Name, ".yaml") {
			continue
		}
		text, err := t.tx.Blob(repo, f.SHA)
		if err != nil {
			return nil, err
		}
		list = append(list, t.p.parsed(f.SHA, text).jobs(branch)...)
	}
	return list, nil
}

// parsed reads a workflow file, once for every content.
func (p *People) parsed(blob string, text []byte) *workflow {
	if w := p.workflows[blob]; w != nil {
		return w
	}
	w := &workflow{}
	if yaml.Unmarshal(text, w) != nil {
		*w = workflow{}
	}
	if p.workflows == nil {
		p.workflows = map[string]*workflow{}
	}
	p.workflows[blob] = w
	return w
}

// jobs are those of a workflow for a pull request ("") or a branch.
func (w *workflow) jobs(branch string) []job {
	if !w.triggers(branch) {
		return nil
	}
	var list []job
	for _, item := range w.Jobs {
		id := fmt.Sprint(item.Key)
		body, _ := item.Value.(map[string]any)
		name := id
		if n, ok := body["name"].(string); ok {
			name = n
		}
		for _, suffix := range matrix(body) {
			list = append(list, job{Workflow: w.Name, Name: name + suffix, Base: id})
		}
	}
	return list
}

// triggers tells whether a pull request ("") or a push to a branch starts the workflow. The epic branches of a repository
// that checks pushes at all are checked, whatever its filter.
func (w *workflow) triggers(branch string) bool {
	event := "push"
	if branch == "" {
		event = "pull_request"
	}
	switch on := w.On.(type) {
	case string:
		return on == event
	case []any:
		return slices.Contains(on, any(event))
	case map[string]any:
		_, ok := on[event]
		return ok
	}
	return false
}

// matrix is what a job's matrix adds to its name: " (8.2)" and so on; one empty text without.
func matrix(body map[string]any) []string {
	strategy, _ := body["strategy"].(map[string]any)
	axes, _ := strategy["matrix"].(map[string]any)
	var names []string
	for name := range axes {
		if name != "include" && name != "exclude" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	list := []string{""}
	for _, name := range names {
		values, _ := axes[name].([]any)
		var next []string
		for _, head := range list {
			for _, v := range values {
				next = append(next, strings.TrimPrefix(head+", "+fmt.Sprint(v), ", "))
			}
		}
		if len(next) > 0 {
			list = next
		}
	}
	for i, text := range list {
		if text != "" {
			list[i] = " (" + text + ")"
		}
	}
	return list
}
