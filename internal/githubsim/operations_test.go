package githubsim

import (
	"fmt"
	"slices"
	"testing"
)

// These tests send every operation that is served; the judge behind the server compares each request and answer with
// GitHub's description, so that here only what the description cannot say is asked.

const widgets = "/repos/acme/widgets"

func TestAccountsAndRepositories(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	for _, path := range []string{"/", "/meta", "/rate_limit", "/user", "/users/ann", "/users/bob", "/users/robo%5Bbot%5D", "/orgs/acme", widgets, widgets + "/topics",
		widgets + "/languages", widgets + "/milestones", widgets + "/codeowners/errors", widgets + "/collaborators", widgets + "/collaborators/bob/permission",
		widgets + "/actions/workflows", widgets + "/actions/permissions", widgets + "/assignees"} {
		p.do("GET", path, nil).want(200)
		p.do("GET", "/api/v3"+path, nil).want(200)
	}
	for _, path := range []string{"/orgs/acme/repos", "/user/repos", "/users/acme/repos"} {
		if n := len(p.do("GET", path, nil).want(200).list()); n < 3 {
			t.Errorf("%s: %d repositories", path, n)
		}
	}
	p.do("GET", widgets+"/collaborators/bob", nil).want(204)
	p.do("GET", widgets+"/assignees/bob", nil).want(204)
	p.do("GET", widgets+"/assignees/cat", nil).want(404)
	p.do("GET", widgets+"/collaborators/cat", nil).want(404)
	for _, path := range []string{"/users/nobody", "/orgs/ann", "/repos/acme/none", "/orgs/none/repos", "/repos/none/none/issues", "/nothing/here"} {
		p.do("GET", path, nil).want(404)
	}
	p.as("").do("GET", "/user", nil).want(401)
	p.as("bob").do("PATCH", widgets, object{"description": "x"}).want(403)
	o := p.do("PATCH", widgets, object{"description": "Better things", "allow_squash_merge": false}).want(200).object()
	if o["description"] != "Better things" || o["allow_squash_merge"] != false || o["allow_merge_commit"] != true {
		t.Errorf("%v %v %v", o["description"], o["allow_squash_merge"], o["allow_merge_commit"])
	}
	errs := p.do("GET", widgets+"/codeowners/errors", nil).object()["errors"].([]any)
	if len(errs) != 1 || errs[0].(object)["line"] != 2.0 {
		t.Errorf("CODEOWNERS: %v", errs)
	}
}

type object = map[string]any

func TestIssueOperations(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	a := p.do("POST", widgets+"/issues", object{"title": "New", "body": "See #1", "labels": []string{"bug", "fresh"}, "assignees": []string{"bob"}}).want(201)
	made := a.object()
	issue := fmt.Sprintf("%s/issues/%.0f", widgets, made["number"])
	if want := p.url + issue; made["url"] != want || a.Header.Get("Location") != want {
		t.Errorf("url %v, Location %q, want %s", made["url"], a.Header.Get("Location"), want)
	}
	if got := p.do("GET", "/api/v3"+issue, nil).want(200).object()["url"]; got != p.url+"/api/v3"+issue {
		t.Errorf("below /api/v3 the url is %v", got)
	}
	if n := len(made["labels"].([]any)); n != 2 {
		t.Errorf("%d labels, want the missing one made, too", n)
	}
	for query, want := range map[string]int{"": 6, "?labels=bug": 6, "?labels=bug,fresh": 1, "?labels=none-such": 0, "?assignee=bob": 1, "?assignee=none": 5, "?assignee=*": 1,
		"?creator=ann": 6, "?creator=bob": 0, "?state=closed": 0, "?state=all&per_page=2": 2, "?since=2030-01-01T00:00:00Z": 0, "?mentioned=bob": 0, "?sort=updated&direction=asc": 6} {
		if n := len(p.do("GET", widgets+"/issues"+query, nil).want(200).list()); n != want {
			t.Errorf("%s: %d issues, want %d", query, n, want)
		}
	}
	p.do("GET", widgets+"/issues?state=ajar", nil).want(422)
	p.do("GET", widgets+"/issues?creator=nobody", nil).want(422)
	closed := p.do("PATCH", issue, object{"state": "closed", "state_reason": "not_planned", "title": "Newer"}).want(200).object()
	if closed["state"] != "closed" || closed["state_reason"] != "not_planned" || closed["closed_by"].(object)["login"] != "ann" || closed["title"] != "Newer" {
		t.Errorf("%v", closed)
	}
	p.do("PATCH", issue, object{"state": "open"}).want(200)
	p.do("PATCH", issue, object{"body": nil, "labels": []string{}, "assignees": []string{}}).want(200)
	p.do("PUT", issue+"/lock", object{"lock_reason": "spam"}).want(204)
	p.as("cat").do("POST", issue+"/comments", object{"body": "hi"}).want(403)
	p.do("DELETE", issue+"/lock", nil).want(204)
	for _, path := range []string{"/events", "/timeline", "/comments", "/labels", "/reactions"} {
		p.do("GET", issue+path, nil).want(200)
	}
	p.do("GET", widgets+"/issues/events", nil).want(200)
	p.do("GET", widgets+"/issues/comments", nil).want(200)

	p.do("POST", issue+"/labels", object{"labels": []string{"jules"}}).want(200)
	p.do("PUT", issue+"/labels", object{"labels": []string{"bug", "jules"}}).want(200)
	p.do("DELETE", issue+"/labels/jules", nil).want(200)
	p.do("DELETE", issue+"/labels/jules", nil).want(404)
	p.do("DELETE", issue+"/labels", nil).want(204)
	p.do("POST", issue+"/assignees", object{"assignees": []string{"bob"}}).want(201)
	p.do("DELETE", issue+"/assignees", object{"assignees": []string{"bob"}}).want(200)
	p.do("POST", issue+"/reactions", object{"content": "rocket"}).want(201)
	id := p.do("POST", issue+"/reactions", object{"content": "rocket"}).want(200).object()["id"]
	p.do("POST", issue+"/reactions", object{"content": "shrug"}).want(422)
	p.do("DELETE", fmt.Sprintf("%s/reactions/%.0f", issue, id), nil).want(204)
	p.do("DELETE", fmt.Sprintf("%s/reactions/%.0f", issue, id), nil).want(404)
	kinds := []string{}
	for _, e := range p.do("GET", issue+"/timeline?per_page=100", nil).list() {
		kinds = append(kinds, fmt.Sprint(e["event"]))
	}
	for _, want := range []string{"labeled", "unlabeled", "assigned", "unassigned", "closed", "reopened", "renamed", "locked", "unlocked"} {
		if !slices.Contains(kinds, want) {
			t.Errorf("no %s in the timeline: %v", want, kinds)
		}
	}
	found := slices.ContainsFunc(p.do("GET", widgets+"/issues/1/timeline", nil).list(), func(e object) bool { return e["event"] == "cross-referenced" })
	if !found {
		t.Error("a body that mentions #1 left no cross-reference there")
	}
}

func TestCommentOperations(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	made := p.as("bob").do("POST", widgets+"/issues/1/comments", object{"body": "Hello"}).want(201).object()
	at := fmt.Sprintf("%s/issues/comments/%.0f", widgets, made["id"])
	if made["author_association"] != "COLLABORATOR" {
		t.Errorf("bob is %v", made["author_association"])
	}
	p.do("GET", at, nil).want(200)
	p.as("cat").do("PATCH", at, object{"body": "mine now"}).want(403)
	p.as("bob").do("PATCH", at, object{"body": "Hello there"}).want(200)
	p.do("PATCH", at, object{}).want(422)
	p.do("POST", at+"/reactions", object{"content": "+1"}).want(201)
	list := p.do("GET", at+"/reactions", nil).want(200).list()
	p.do("DELETE", fmt.Sprintf("%s/reactions/%.0f", at, list[0]["id"]), nil).want(204)
	p.do("GET", widgets+"/issues/comments?sort=updated&direction=desc", nil).want(200)
	p.do("GET", widgets+"/issues/1/comments?since=2020-01-01T00:00:00Z", nil).want(200)
	for _, m := range []string{"raw", "text", "html", "full"} {
		q := p.request("GET", at, nil)
		q.Header.Set("Accept", "application/vnd.github."+m+"+json")
		p.send(q).want(200)
	}
	p.do("DELETE", at, nil).want(204)
	p.do("GET", at, nil).want(404)
	p.do("DELETE", at, nil).want(404)
}

func TestLabelOperations(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	p.do("POST", widgets+"/labels", object{"name": "a/b c", "color": "00ff00", "description": "odd"}).want(201)
	a := p.do("POST", widgets+"/labels", object{"name": "A/B C", "color": "00ff00"}).want(422).object()
	if code := a["errors"].([]any)[0].(object)["code"]; code != "already_exists" {
		t.Errorf("code %v", code)
	}
	p.do("POST", widgets+"/labels", object{"name": "x", "color": "#00ff00"}).want(422)
	p.do("POST", widgets+"/labels", object{"color": "00ff00"}).want(422)
	p.as("cat").do("POST", widgets+"/labels", object{"name": "x", "color": "00ff00"}).want(403)
	p.do("GET", widgets+"/labels/a%2Fb%20c", nil).want(200)
	p.do("PATCH", widgets+"/labels/a%2Fb%20c", object{"new_name": "plain", "color": "ff0000"}).want(200)
	p.do("GET", widgets+"/labels/a%2Fb%20c", nil).want(404)
	p.do("GET", widgets+"/labels?per_page=3", nil).want(200)
	p.do("DELETE", widgets+"/labels/plain", nil).want(204)
	p.do("DELETE", widgets+"/labels/plain", nil).want(404)
}

func TestRelationOperations(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	id := func(n int) any { return p.do("GET", fmt.Sprintf("%s/issues/%d", widgets, n), nil).object()["id"] }
	one := widgets + "/issues/1"
	for n := 2; n <= 4; n++ {
		p.do("POST", one+"/sub_issues", object{"sub_issue_id": id(n)}).want(201)
	}
	p.do("POST", widgets+"/issues/5/sub_issues", object{"sub_issue_id": id(2)}).want(422)
	p.do("POST", widgets+"/issues/5/sub_issues", object{"sub_issue_id": id(2), "replace_parent": true}).want(201)
	p.do("POST", one+"/sub_issues", object{"sub_issue_id": 1}).want(404)
	p.do("PATCH", one+"/sub_issues/priority", object{"sub_issue_id": id(4), "before_id": id(3)}).want(200)
	if l := p.do("GET", one+"/sub_issues", nil).want(200).list(); len(l) != 2 || l[0]["number"] != 4.0 {
		t.Errorf("sub-issues: %d", len(l))
	}
	if n := p.do("GET", widgets+"/issues/3/parent", nil).want(200).object()["number"]; n != 1.0 {
		t.Errorf("parent %v", n)
	}
	p.do("GET", one+"/parent", nil).want(404)
	p.do("DELETE", one+"/sub_issue", object{"sub_issue_id": id(3)}).want(200)

	by := widgets + "/issues/2/dependencies/blocked_by"
	p.do("POST", by, object{"issue_id": id(1)}).want(201)
	p.do("POST", by, object{"issue_id": id(2)}).want(422)
	if l := p.do("GET", by, nil).want(200).list(); len(l) != 1 {
		t.Errorf("blocked by %d", len(l))
	}
	if l := p.do("GET", one+"/dependencies/blocking", nil).want(200).list(); len(l) != 1 || l[0]["number"] != 2.0 {
		t.Errorf("blocking %v", l)
	}
	sum := p.do("GET", widgets+"/issues/2", nil).object()["issue_dependencies_summary"].(object)
	if sum["blocked_by"] != 1.0 {
		t.Errorf("%v", sum)
	}
	p.do("DELETE", fmt.Sprintf("%s/%.0f", by, id(1)), nil).want(200)
	for _, n := range []int{1, 2, 3} {
		p.do("GET", fmt.Sprintf("%s/issues/%d/timeline", widgets, n), nil).want(200)
		p.do("GET", fmt.Sprintf("%s/issues/%d/events", widgets, n), nil).want(200)
	}
}

func TestSearchOperations(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	if n := p.do("GET", "/search/issues?q=repo:acme/widgets+is:issue+label:bug&per_page=2", nil).want(200).object()["total_count"]; n != 5.0 {
		t.Errorf("%v found", n)
	}
	p.do("GET", "/search/issues", nil).want(422)
	p.do("GET", "/search/issues?q=repo:acme/none", nil).want(422)
	p.as("cat").do("GET", "/search/issues?q=repo:acme/vault", nil).want(422)
}
