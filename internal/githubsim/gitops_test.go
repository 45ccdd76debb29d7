package githubsim

import (
	"encoding/base64"
	"fmt"
	"testing"
)

func (p *probe) head(branch string) string {
	p.Helper()
	return p.do("GET", widgets+"/git/ref/heads/"+branch, nil).want(200).object()["object"].(object)["sha"].(string)
}

func TestRefOperations(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	dev := p.head("dev")
	ref := p.do("GET", widgets+"/git/refs/heads/dev", nil).want(200).object()
	if ref["ref"] != "refs/heads/dev" || ref["object"].(object)["sha"] != dev {
		t.Errorf("%v", ref)
	}
	p.do("GET", widgets+"/git/refs/heads", nil).want(200)
	p.do("GET", widgets+"/git/refs", nil).want(200)
	if n := len(p.do("GET", widgets+"/git/matching-refs/heads/fea", nil).want(200).list()); n != 1 {
		t.Errorf("%d match", n)
	}
	p.do("GET", widgets+"/git/ref/heads/none", nil).want(404)
	p.do("GET", widgets+"/git/refs/heads/none", nil).want(404)
	p.do("POST", widgets+"/git/refs", object{"ref": "refs/heads/epic/7", "sha": dev}).want(201)
	again := p.do("POST", widgets+"/git/refs", object{"ref": "refs/heads/epic/7", "sha": dev}).want(422).object()
	if again["message"] != "Reference already exists" {
		t.Errorf("%v", again["message"])
	}
	gone := p.do("POST", widgets+"/git/refs", object{"ref": "refs/heads/x", "sha": "0123456789012345678901234567890123456789"}).want(422).object()
	if gone["message"] != "Object does not exist" {
		t.Errorf("%v", gone["message"])
	}
	p.do("POST", widgets+"/git/refs", object{"ref": "heads/x", "sha": dev}).want(422)
	p.do("PATCH", widgets+"/git/refs/heads/epic/7", object{"sha": p.head("feature/one")}).want(200)
	p.do("PATCH", widgets+"/git/refs/heads/epic/7", object{"sha": dev}).want(422)
	p.do("PATCH", widgets+"/git/refs/heads/epic/7", object{"sha": dev, "force": true}).want(200)
	p.as("cat").do("DELETE", widgets+"/git/refs/heads/epic/7", nil).want(403)
	p.do("DELETE", widgets+"/git/refs/heads/epic/7", nil).want(204)
	p.do("DELETE", widgets+"/git/refs/heads/epic/7", nil).want(422)
}

func TestHistoryOperations(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	dev := p.head("dev")
	for _, path := range []string{"/commits", "/commits?sha=feature/one&per_page=1", "/commits/dev", "/commits/feature/one", "/commits/" + dev, "/git/commits/" + dev,
		"/git/trees/dev?recursive=1", "/git/trees/" + dev, "/compare/dev...feature/one", "/compare/feature/one...clash/a", "/compare/dev...dev", "/branches", "/branches?protected=true",
		"/branches/dev", "/branches/feature/one", "/contents/README.md", "/contents/src", "/contents", "/contents/src/b.go?ref=clash/a", "/contents/.github/workflows/ci.yml"} {
		p.do("GET", widgets+path, nil).want(200)
	}
	for path, status := range map[string]int{"/commits/none": 422, "/git/commits/" + "0123456789012345678901234567890123456789": 404, "/git/trees/none": 404, "/compare/dev...none": 404,
		"/branches/none": 404, "/branches/dev/protection": 404, "/contents/none": 404, "/contents/README.md?ref=none": 404, "/git/blobs/0123456789012345678901234567890123456789": 404} {
		p.do("GET", widgets+path, nil).want(status)
	}
	sha := p.do("GET", widgets+"/contents/README.md", nil).object()["sha"]
	blob := p.do("GET", fmt.Sprintf("%s/git/blobs/%s", widgets, sha), nil).want(200).object()
	if blob["encoding"] != "base64" {
		t.Errorf("%v", blob)
	}
	q := p.request("GET", widgets+"/contents/README.md", nil)
	q.Header.Set("Accept", "application/vnd.github.raw+json")
	if got := string(p.send(q).want(200).Body); got != "# Widgets\n" {
		t.Errorf("raw content %q", got)
	}
	c := p.do("GET", widgets+"/compare/feature/one...clash/a", nil).object()
	if c["status"] != "diverged" || c["ahead_by"] != 1.0 || c["behind_by"] != 1.0 {
		t.Errorf("%v ahead %v behind %v", c["status"], c["ahead_by"], c["behind_by"])
	}
}

func TestContentOperations(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	file := widgets + "/contents/docs/new.md"
	content := base64.StdEncoding.EncodeToString([]byte("hello\n"))
	made := p.do("PUT", file, object{"message": "add", "content": content, "branch": "feature/one"}).want(201).object()
	sha := made["content"].(object)["sha"]
	p.do("PUT", file, object{"message": "again", "content": content, "branch": "feature/one"}).want(422)
	p.do("PUT", file, object{"message": "again", "content": content, "branch": "feature/one", "sha": "0123456789012345678901234567890123456789"}).want(409)
	p.do("PUT", file, object{"message": "again", "content": base64.StdEncoding.EncodeToString([]byte("bye\n")), "branch": "feature/one", "sha": sha}).want(200)
	p.do("PUT", file, object{"content": content}).want(422)
	p.do("PUT", file, object{"message": "x", "content": "%%%"}).want(422)
	sha = p.do("GET", file+"?ref=feature/one", nil).want(200).object()["sha"]
	p.do("DELETE", file, object{"message": "drop", "branch": "feature/one", "sha": sha}).want(200)
	p.do("GET", file+"?ref=feature/one", nil).want(404)
	p.as("cat").do("PUT", file, object{"message": "add", "content": content}).want(403)
}

func TestPullOperations(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	made := p.do("POST", widgets+"/pulls", object{"title": "One", "head": "feature/one", "base": "dev", "body": "Closes #1"}).want(201).object()
	pull := fmt.Sprintf("%s/pulls/%.0f", widgets, made["number"])
	p.do("POST", widgets+"/pulls", object{"title": "One", "head": "feature/one", "base": "dev"}).want(422)
	p.do("POST", widgets+"/pulls", object{"title": "None", "head": "dev", "base": "dev"}).want(422)
	p.do("POST", widgets+"/pulls", object{"title": "None", "head": "nowhere", "base": "dev"}).want(422)
	p.do("GET", pull, nil).want(200)
	if o := p.do("GET", pull, nil).want(200).object(); o["mergeable"] != true || o["commits"] != 1.0 || o["changed_files"] != 1.0 {
		t.Errorf("mergeable %v, commits %v, files %v", o["mergeable"], o["commits"], o["changed_files"])
	}
	for query, want := range map[string]int{"": 1, "?head=acme:feature/one": 1, "?head=bob:feature/one": 0, "?base=main": 0, "?state=closed": 0, "?sort=updated&direction=desc": 1} {
		if n := len(p.do("GET", widgets+"/pulls"+query, nil).want(200).list()); n != want {
			t.Errorf("%s: %d", query, n)
		}
	}
	for _, path := range []string{"/files", "/commits", "/reviews", "/comments", "/requested_reviewers"} {
		p.do("GET", pull+path, nil).want(200)
	}
	p.do("GET", fmt.Sprintf("%s/issues/%.0f", widgets, made["number"]), nil).want(200)
	p.do("GET", fmt.Sprintf("%s/issues/%.0f/timeline", widgets, made["number"]), nil).want(200)
	p.do("PATCH", pull, object{"title": "First"}).want(200)
	p.do("POST", pull+"/requested_reviewers", object{"reviewers": []string{"bob"}}).want(201)
	p.do("DELETE", pull+"/requested_reviewers", object{"reviewers": []string{"bob"}}).want(200)
	p.as("bob").do("POST", pull+"/reviews", object{"event": "REQUEST_CHANGES", "body": "no", "comments": []object{{"path": "src/c.go", "body": "why", "line": 3}}}).want(200)
	p.as("bob").do("POST", pull+"/reviews", object{"event": "APPROVE"}).want(200)
	p.do("POST", pull+"/reviews", object{"event": "APPROVE"}).want(422)
	p.do("POST", pull+"/reviews", object{"event": "PRAISE"}).want(422)
	sha := p.head("feature/one")
	note := p.do("POST", pull+"/comments", object{"body": "here", "commit_id": sha, "path": "src/c.go", "line": 1}).want(201).object()
	p.do("POST", pull+"/comments", object{"body": "there", "commit_id": sha, "path": "src/c.go", "in_reply_to": note["id"]}).want(201)
	if n := len(p.do("GET", pull+"/comments", nil).want(200).list()); n != 3 {
		t.Errorf("%d review comments", n)
	}
	p.do("GET", pull+"/reviews", nil).want(200)
	p.do("GET", pull+"/merge", nil).want(404)
	p.do("PUT", pull+"/merge", object{"sha": p.head("dev")}).want(409)
	p.as("cat").do("PUT", pull+"/merge", object{}).want(403)
	merged := p.do("PUT", pull+"/merge", object{"sha": sha, "merge_method": "squash"}).want(200).object()
	if merged["sha"] != p.head("dev") {
		t.Errorf("merged as %v, dev is %v", merged["sha"], p.head("dev"))
	}
	p.do("GET", pull+"/merge", nil).want(204)
	p.do("PUT", pull+"/merge", object{}).want(405)

	clash := fmt.Sprintf("%s/pulls/%.0f", widgets, p.do("POST", widgets+"/pulls", object{"title": "Two", "head": "clash/a", "base": "feature/one", "draft": true}).want(201).object()["number"])
	p.do("PATCH", clash, object{"base": "dev"}).want(200)
	p.do("PUT", clash+"/update-branch", object{"expected_head_sha": sha}).want(422)
	p.do("PUT", clash+"/update-branch", object{}).want(202)
	p.do("PATCH", clash, object{"state": "closed"}).want(200)
	merges := widgets + "/merges"
	p.do("POST", merges, object{"base": "dev", "head": "clash/a"}).want(201)
	p.do("POST", merges, object{"base": "dev", "head": "clash/a"}).want(204)
	b := p.do("GET", widgets+"/contents/src/b.go?ref=feature/one", nil).want(200).object()
	p.do("PUT", widgets+"/contents/src/b.go", object{"message": "m", "content": "eA==", "branch": "feature/one", "sha": b["sha"]}).want(200)
	p.do("POST", merges, object{"base": "dev", "head": "feature/one"}).want(409)
	p.do("POST", merges, object{"base": "dev", "head": "nowhere"}).want(404)
	p.as("cat").do("POST", merges, object{"base": "dev", "head": "clash/a"}).want(403)
	p.do("GET", widgets+"/pulls/1", nil).want(404)
}

func TestCheckOperations(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	sha := p.head("feature/one")
	run := p.do("POST", widgets+"/check-runs", object{"name": "build", "head_sha": sha, "status": "in_progress"}).want(201).object()
	p.do("PATCH", fmt.Sprintf("%s/check-runs/%.0f", widgets, run["id"]), object{"status": "completed", "conclusion": "success"}).want(200)
	p.do("POST", widgets+"/check-runs", object{"name": "build", "head_sha": "0123456789012345678901234567890123456789"}).want(422)
	p.do("POST", widgets+"/statuses/"+sha, object{"state": "success", "context": "lint"}).want(201)
	p.do("POST", widgets+"/statuses/"+sha, object{"state": "great"}).want(422)
	for _, ref := range []string{sha, "feature/one"} {
		if n := p.do("GET", widgets+"/commits/"+ref+"/check-runs", nil).want(200).object()["total_count"]; n != 1.0 {
			t.Errorf("%v runs", n)
		}
		p.do("GET", widgets+"/commits/"+ref+"/check-suites", nil).want(200)
		if o := p.do("GET", widgets+"/commits/"+ref+"/status", nil).want(200).object(); o["state"] != "success" || o["total_count"] != 1.0 {
			t.Errorf("%v of %v", o["state"], o["total_count"])
		}
	}
	p.do("GET", widgets+"/commits/none/check-runs", nil).want(422)
}

func TestGitDatabaseOperations(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	tip := p.head("dev")
	blob := p.do("POST", widgets+"/git/blobs", object{"content": "made by hand\n", "encoding": "utf-8"}).want(201).object()["sha"]
	p.do("POST", widgets+"/git/blobs", object{"content": "%%", "encoding": "base64"}).want(422)
	entry := func(path string) object { return object{"path": path, "mode": "100644", "type": "blob", "sha": blob} }
	tree := p.do("POST", widgets+"/git/trees", object{"base_tree": tip, "tree": []object{entry("src/d.txt"), {"path": "README.md", "mode": "100644", "type": "blob", "sha": nil}}}).want(201).object()["sha"]
	p.do("POST", widgets+"/git/trees", object{"tree": []object{entry("../up")}}).want(422)
	p.do("GET", fmt.Sprintf("%s/git/trees/%s?recursive=1", widgets, tree), nil).want(200)
	made := p.do("POST", widgets+"/git/commits", object{"message": "by hand", "tree": tree, "parents": []string{tip}}).want(201).object()["sha"]
	p.do("POST", widgets+"/git/commits", object{"message": "no", "tree": blob}).want(422)
	p.as("cat").do("POST", widgets+"/git/blobs", object{"content": "x"}).want(403)
	p.do("PATCH", widgets+"/git/refs/heads/dev", object{"sha": made}).want(200)
	p.do("GET", widgets+"/contents/README.md", nil).want(404)
	q := p.request("GET", widgets+"/contents/src/d.txt", nil)
	q.Header.Set("Accept", "application/vnd.github.raw")
	if got := string(p.send(q).want(200).Body); got != "made by hand\n" {
		t.Errorf("%q", got)
	}
}
