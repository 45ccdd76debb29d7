package graph

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// rollup is the combined state of a commit's checks as a value: null when it has none.
func (x *execution) rollup(repo *world.Repo, sha string) any {
	state := x.tx.Rollup(repo.ID, sha)
	if state == "" {
		return nil
	}
	return record{"StatusCheckRollup", map[string]any{
		"id":     "SCR_" + encode64(x.tx.FullName(repo)+" "+sha),
		"state":  state,
		"commit": &world.CommitNode{Repo: repo, SHA: sha},
		"contexts": connectionOf(func() list {
			checks := x.tx.Checks(repo.ID, sha)
			return list{items: many(checks), more: counts(checks)}
		}),
	}}
}

// counts are the sums StatusCheckRollupContextConnection has beside its nodes.
func counts(checks []*world.Check) map[string]any {
	runs, statuses := 0, 0
	byRun, byStatus := map[string]int{}, map[string]int{}
	for _, c := range checks {
		if c.Status != "" {
			statuses++
			byStatus[c.Status]++
			continue
		}
		runs++
		if c.State == "COMPLETED" {
			byRun[c.Conclusion]++
		} else {
			byRun[c.State]++
		}
	}
	tally := func(typ string, by map[string]int) []any {
		out := []any{}
		for _, v := range schema().Types[schema().Types[typ].Fields.ForName("state").Type.Name()].EnumValues {
			if by[v.Name] > 0 {
				out = append(out, record{typ, map[string]any{"state": v.Name, "count": by[v.Name]}})
			}
		}
		return out
	}
	return map[string]any{
		"checkRunCount": runs, "statusContextCount": statuses,
		"checkRunCountsByState":      tally("CheckRunStateCount", byRun),
		"statusContextCountsByState": tally("StatusContextStateCount", byStatus),
	}
}

// required tells whether a pull request's base branch demands a check.
func (x *execution) required(c *world.Check, f *selected) (any, error) {
	var pull *world.Issue
	if f.args.given("pullRequestId") {
		pull, _ = x.tx.Node(f.args.text("pullRequestId")).(*world.Issue)
	} else if f.args.given("pullRequestNumber") {
		pull = x.tx.Issue(c.RepoID, f.args.number("pullRequestNumber"))
	}
	if pull == nil || pull.Pull == nil {
		return nil, &Error{Type: Unprocessable, Message: "Must provide a valid `pullRequestId` or `pullRequestNumber`."}
	}
	rules := x.tx.RulesFor(x.tx.RepoByID(pull.RepoID), pull.Pull.BaseRef)
	return rules != nil && slices.Contains(rules.RequiredChecks, c.Name), nil
}

func (x *execution) checkRun(c *world.Check, f *selected) (any, error) {
	repo := x.tx.RepoByID(c.RepoID)
	at := fmt.Sprintf("%s/runs/%d", x.repoPath(repo), c.ID)
	switch f.def.Name {
	case "id":
		return world.NodeID(c), nil
	case "databaseId":
		return c.ID, nil
	case "name":
		return c.Name, nil
	case "status":
		return c.State, nil
	case "conclusion":
		if c.Conclusion == "" || c.State != "COMPLETED" {
			return nil, nil
		}
		return c.Conclusion, nil
	case "startedAt":
		return c.StartedAt, nil
	case "completedAt":
		return c.CompletedAt, nil
	case "detailsUrl", "permalink", "url":
		return x.web + at, nil
	case "resourcePath":
		return at, nil
	case "summary", "text", "title":
		return nil, nil
	case "repository":
		return repo, nil
	case "isRequired":
		return x.required(c, f)
	case "checkSuite":
		return x.suite(repo, c), nil
	}
	return nil, unresolved("CheckRun", f)
}

// suite is the check suite of a check run: the runs of one commit that belong to one workflow.
func (x *execution) suite(repo *world.Repo, c *world.Check) any {
	at := fmt.Sprintf("%s/commit/%s/checks?check_suite_id=%d", x.repoPath(repo), c.SHA, c.ID)
	name := x.tx.FullName(repo) + " " + c.SHA + " " + c.Workflow
	var run any
	if c.Workflow != "" {
		path := fmt.Sprintf("%s/actions/runs/%d", x.repoPath(repo), c.ID)
		run = record{"WorkflowRun", map[string]any{
			"id": "WFR_" + encode64(name), "databaseId": c.ID, "event": "pull_request", "runNumber": 1, "createdAt": c.StartedAt,
			"updatedAt": c.StartedAt, "resourcePath": path, "url": x.web + path, "workflow": x.workflow(repo, c),
		}}
	}
	return record{"CheckSuite", map[string]any{
		"id": "CS_" + encode64(name), "databaseId": c.ID, "createdAt": c.StartedAt, "updatedAt": c.StartedAt,
		"status": c.State, "conclusion": conclusion(c), "commit": &world.CommitNode{Repo: repo, SHA: c.SHA}, "repository": repo,
		"branch": nil, "app": app(c), "resourcePath": at, "url": x.web + at, "workflowRun": run,
		"checkRuns": connectionOf(func() list {
			var items []any
			for _, o := range x.tx.Checks(repo.ID, c.SHA) {
				if o.Status == "" && o.Workflow == c.Workflow {
					items = append(items, o)
				}
			}
			return list{items: items}
		}),
	}}
}

func conclusion(c *world.Check) any {
	if c.Conclusion == "" {
		return nil
	}
	return c.Conclusion
}

func app(c *world.Check) any {
	if c.Workflow == "" {
		return nil
	}
	return record{"App", map[string]any{"id": "A_" + encode64("github-actions"), "databaseId": 15368, "name": "GitHub Actions", "slug": "github-actions"}}
}

func (x *execution) workflow(repo *world.Repo, c *world.Check) any {
	at := x.repoPath(repo) + "/actions/workflows/" + escape(c.Workflow) + ".yml"
	return record{"Workflow", map[string]any{
		"id": "W_" + encode64(x.tx.FullName(repo)+" "+c.Workflow), "databaseId": repo.ID, "name": c.Workflow, "state": "ACTIVE",
		"createdAt": repo.CreatedAt, "updatedAt": repo.CreatedAt, "resourcePath": at, "url": x.web + at,
	}}
}

// status is a commit's statuses, without its check runs, as a value: null when it has none.
func (x *execution) status(c *world.CommitNode) any {
	var contexts []any
	worst := "SUCCESS"
	for _, s := range x.tx.Checks(c.Repo.ID, c.SHA) {
		if s.Status == "" {
			continue
		}
		contexts = append(contexts, s)
		if s.Status == "FAILURE" || s.Status == "ERROR" || s.Status == "PENDING" && worst == "SUCCESS" {
			worst = s.Status
		}
	}
	if contexts == nil {
		return nil
	}
	return record{"Status", map[string]any{
		"id": "CST_" + encode64(x.tx.FullName(c.Repo)+" "+c.SHA), "commit": c, "contexts": contexts, "state": worst,
	}}
}

func (x *execution) statusContext(c *world.Check, f *selected) (any, error) {
	repo := x.tx.RepoByID(c.RepoID)
	switch f.def.Name {
	case "id":
		return world.NodeID(c), nil
	case "context":
		return c.Name, nil
	case "state":
		return c.Status, nil
	case "createdAt":
		if c.StartedAt.IsZero() {
			return x.tx.Now(), nil
		}
		return c.StartedAt, nil
	case "creator":
		return x.user(c.CreatorID), nil
	case "avatarUrl":
		return "https://avatars.githubusercontent.com/u/" + strconv.FormatInt(c.CreatorID, 10) + "?v=4", nil
	case "commit":
		return &world.CommitNode{Repo: repo, SHA: c.SHA}, nil
	case "description", "targetUrl":
		return nil, nil
	case "isRequired":
		return x.required(c, f)
	}
	return nil, unresolved("StatusContext", f)
}
