package rest

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func (c *call) checkRun(k *world.Check) object {
	r := c.tx.RepoByID(k.RepoID)
	at := fmt.Sprintf("%s/check-runs/%d", c.at(r), k.ID)
	page := fmt.Sprintf("%s/%s/runs/%d", c.HTML, c.tx.FullName(r), k.ID)
	return object{"id": k.ID, "head_sha": k.SHA, "node_id": world.NodeID(k), "external_id": "", "url": at, "html_url": page, "details_url": page,
		"status": strings.ToLower(k.State), "conclusion": conclusion(k.Conclusion), "started_at": stamp(k.StartedAt), "completed_at": stamp(k.CompletedAt),
		"output": object{"title": nil, "summary": nil, "text": nil, "annotations_count": 0, "annotations_url": at + "/annotations"}, "name": k.Name,
		"check_suite": object{"id": suiteID(k)}, "app": c.app(r), "pull_requests": []any{}}
}

// conclusion in REST's lower case; STALE is told as null, for REST's list of a check run's conclusions lacks it.
func conclusion(s string) any {
	if s == "" || s == "STALE" {
		return nil
	}
	return strings.ToLower(s)
}

// app is who runs checks here: GitHub Actions.
func (c *call) app(r *world.Repo) object {
	owner := c.user(c.tx.User(r.OwnerID))
	return object{"id": 15368, "slug": "github-actions", "node_id": "A_kwHNJr_NPAg", "owner": owner, "name": "GitHub Actions", "description": "Automate your workflow",
		"external_url": c.HTML + "/features/actions", "html_url": c.HTML + "/apps/github-actions", "created_at": stamp(r.CreatedAt), "updated_at": stamp(r.CreatedAt),
		"permissions": object{"checks": "write"}, "events": []string{}}
}

// suiteID numbers the suite of a check run: one for each workflow of a commit.
func suiteID(k *world.Check) int64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d/%s/%s", k.RepoID, k.SHA, k.Workflow)
	return int64(h.Sum64() >> 24)
}

func (c *call) status(k *world.Check) object {
	r := c.tx.RepoByID(k.RepoID)
	return object{"url": c.at(r) + "/statuses/" + k.SHA, "avatar_url": nil, "id": k.ID, "node_id": world.NodeID(k), "state": strings.ToLower(k.Status),
		"description": nil, "target_url": nil, "context": k.Name, "created_at": stamp(k.StartedAt), "updated_at": stamp(latest(k.StartedAt, k.CompletedAt))}
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// runs are the newest check runs of a commit by name.
func (c *call) runs(r *world.Repo, sha string, statuses bool) []*world.Check {
	var out []*world.Check
	for _, k := range c.tx.Checks(r.ID, sha) {
		if (k.Status != "") != statuses {
			continue
		}
		at := slices.IndexFunc(out, func(o *world.Check) bool { return o.Name == k.Name && o.Workflow == k.Workflow })
		if at >= 0 && c.Query.Get("filter") != "all" {
			out = slices.Delete(out, at, at+1)
		}
		out = append(out, k)
	}
	return out
}

func checkRuns(c *call) (*reply, error) {
	r, sha, err := c.commitAt("ref")
	if err != nil {
		return nil, err
	}
	wanted, named := c.Query.Get("status"), c.Query.Get("check_name")
	list := slices.DeleteFunc(c.runs(r, sha, false), func(k *world.Check) bool {
		return (wanted != "" && strings.ToLower(k.State) != wanted) || (named != "" && k.Name != named)
	})
	part, header := page(c, list)
	out := []any{}
	for _, k := range part {
		out = append(out, c.checkRun(k))
	}
	return &reply{status: http.StatusOK, header: header, body: object{"total_count": len(list), "check_runs": out}}, nil
}

func checkSuites(c *call) (*reply, error) {
	r, sha, err := c.commitAt("ref")
	if err != nil {
		return nil, err
	}
	groups := map[int64][]*world.Check{}
	var order []int64
	for _, k := range c.runs(r, sha, false) {
		id := suiteID(k)
		if groups[id] == nil {
			order = append(order, id)
		}
		groups[id] = append(groups[id], k)
	}
	part, header := page(c, order)
	out := []any{}
	for _, id := range part {
		suite, err := c.checkSuite(r, id, sha, groups[id])
		if err != nil {
			return nil, err
		}
		out = append(out, suite)
	}
	return &reply{status: http.StatusOK, header: header, body: object{"total_count": len(order), "check_suites": out}}, nil
}

func (c *call) checkSuite(r *world.Repo, id int64, sha string, runs []*world.Check) (object, error) {
	m, err := c.tx.Commit(r, sha)
	if err != nil {
		return nil, err
	}
	status, end := "completed", any("success")
	for _, k := range runs {
		if k.State != "COMPLETED" {
			status, end = "in_progress", nil
			break
		}
		if k.Conclusion != "SUCCESS" && k.Conclusion != "NEUTRAL" && k.Conclusion != "SKIPPED" {
			end = strings.ToLower(k.Conclusion)
		}
	}
	at := fmt.Sprintf("%s/check-suites/%d", c.at(r), id)
	var branch any
	for _, full := range matching(r, "refs/heads/") {
		if r.Refs[full] == sha {
			branch = strings.TrimPrefix(full, "refs/heads/")
		}
	}
	return object{"id": id, "node_id": fmt.Sprintf("CS_%d", id), "head_branch": branch, "head_sha": sha, "status": status, "conclusion": end, "url": at, "before": nil,
		"after": sha, "pull_requests": []any{}, "app": c.app(r), "repository": c.repoObject(r), "created_at": stamp(runs[0].StartedAt), "updated_at": stamp(runs[0].StartedAt),
		"head_commit": object{"id": m.SHA, "tree_id": m.Tree, "message": m.Message, "timestamp": stamp(m.Author.When),
			"author":    object{"name": m.Author.Name, "email": m.Author.Email},
			"committer": object{"name": m.Author.Name, "email": m.Author.Email}},
		"latest_check_runs_count": len(runs), "check_runs_url": at + "/check-runs"}, nil
}

func combinedStatus(c *call) (*reply, error) {
	r, sha, err := c.commitAt("ref")
	if err != nil {
		return nil, err
	}
	list := c.runs(r, sha, true)
	state := "success"
	if len(list) == 0 {
		state = "pending"
	}
	for _, k := range list {
		switch {
		case k.Status == "FAILURE" || k.Status == "ERROR":
			state = "failure"
		case k.Status == "PENDING" && state == "success":
			state = "pending"
		}
	}
	part, header := page(c, list)
	out := []any{}
	for _, k := range part {
		out = append(out, c.status(k))
	}
	return &reply{status: http.StatusOK, header: header, body: object{"state": state, "statuses": out, "sha": sha, "total_count": len(list), "repository": c.repoObject(r),
		"commit_url": c.at(r) + "/commits/" + sha, "url": c.at(r) + "/commits/" + sha + "/status"}}, nil
}

func createStatus(c *call) (*reply, error) {
	r, sha, err := c.commitAt("sha")
	if err != nil {
		return nil, err
	}
	var in struct{ State, Context string }
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	if in.Context == "" {
		in.Context = "default"
	}
	if !slices.Contains([]string{"error", "failure", "pending", "success"}, in.State) {
		return nil, invalid("Status", "state", "invalid")
	}
	k, err := c.tx.CreateStatus(r, sha, in.Context, strings.ToUpper(in.State))
	if err != nil {
		return nil, err
	}
	o := c.status(k)
	o["creator"] = c.userByID(k.CreatorID)
	return created(o)
}

// runIn is the body of creating and updating a check run.
type runIn struct {
	Name        *string
	SHA         string `json:"head_sha"`
	Status      *string
	Conclusion  *string
	StartedAt   time.Time  `json:"started_at"`
	CompletedAt *time.Time `json:"completed_at"`
}

func (in *runIn) check() (state, end string, err error) {
	state = "QUEUED"
	if in.Conclusion != nil {
		state, end = "COMPLETED", strings.ToUpper(*in.Conclusion)
	} else if in.Status != nil {
		if state = strings.ToUpper(*in.Status); state == "COMPLETED" {
			return "", "", invalid("CheckRun", "conclusion", "missing_field")
		}
	}
	return state, end, nil
}

func createCheckRun(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	var in runIn
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	if in.Name == nil {
		return nil, malformed(`"name" wasn't supplied.`)
	}
	sha, found := c.tx.Resolve(r, in.SHA)
	if !found {
		return nil, custom("CheckRun", "head_sha", "No commit found for SHA: "+in.SHA)
	}
	n := world.NewCheck{SHA: sha, Name: *in.Name, StartedAt: in.StartedAt}
	if n.State, n.Conclusion, err = in.check(); err != nil {
		return nil, err
	}
	if in.CompletedAt != nil {
		n.CompletedAt = *in.CompletedAt
	}
	k, err := c.tx.CreateCheck(r, n)
	if err != nil {
		return nil, err
	}
	a, err := created(c.checkRun(k))
	a.header.Del("Location") // the description names none
	return a, err
}

// run is the check run that a path names.
func (c *call) run() (*world.Check, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	id, err := c.id("check_run_id")
	if err != nil {
		return nil, err
	}
	k := c.tx.Check(id)
	if k == nil || k.RepoID != r.ID || k.Status != "" {
		return nil, errNotFound
	}
	return k, nil
}

// rerequestCheckRun has a check run again. GitHub leaves it to the app that made it to answer with a new run; here GitHub
// Actions does, at once.
func rerequestCheckRun(c *call) (*reply, error) {
	k, err := c.run()
	if err != nil {
		return nil, err
	}
	if _, err := c.tx.RerequestCheck(k); err != nil {
		return nil, err
	}
	return &reply{status: http.StatusCreated, body: object{}}, nil
}

func updateCheckRun(c *call) (*reply, error) {
	k, err := c.run()
	if err != nil {
		return nil, err
	}
	var in runIn
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	e := world.CheckEdit{Name: in.Name, CompletedAt: in.CompletedAt}
	if in.Status != nil || in.Conclusion != nil {
		state, end, err := in.check()
		if err != nil {
			return nil, err
		}
		e.State, e.Conclusion = &state, &end
	}
	if k, err = c.tx.UpdateCheck(k, e); err != nil {
		return nil, err
	}
	return ok(c.checkRun(k))
}
