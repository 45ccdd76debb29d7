package limits

// ContentTable names the requests that count as creating content. GitHub does not publish its list; its OpenAPI
// description marks issues, comments, pull requests, reviews and merges as triggering notifications. Labels are counted
// too, so that a client that stays below these limits stays below GitHub's.
var ContentTable = map[string]bool{
	"POST /repos/{owner}/{repo}/issues":                                  true,
	"PATCH /repos/{owner}/{repo}/issues/{issue_number}":                  true,
	"POST /repos/{owner}/{repo}/issues/{issue_number}/comments":          true,
	"PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}":           true,
	"POST /repos/{owner}/{repo}/issues/{issue_number}/labels":            true,
	"PUT /repos/{owner}/{repo}/issues/{issue_number}/labels":             true,
	"POST /repos/{owner}/{repo}/issues/{issue_number}/assignees":         true,
	"POST /repos/{owner}/{repo}/issues/{issue_number}/reactions":         true,
	"POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions":  true,
	"POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues":        true,
	"POST /repos/{owner}/{repo}/labels":                                  true,
	"PATCH /repos/{owner}/{repo}/labels/{name}":                          true,
	"POST /repos/{owner}/{repo}/pulls":                                   true,
	"PATCH /repos/{owner}/{repo}/pulls/{pull_number}":                    true,
	"PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge":                true,
	"POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews":             true,
	"POST /repos/{owner}/{repo}/pulls/{pull_number}/comments":            true,
	"POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers": true,
	"PUT /repos/{owner}/{repo}/contents/{path}":                          true,

	"createIssue": true, "updateIssue": true, "closeIssue": true, "reopenIssue": true, "transferIssue": true,
	"addComment": true, "updateIssueComment": true, "addLabelsToLabelable": true, "createLabel": true, "updateLabel": true,
	"addAssigneesToAssignable": true, "replaceActorsForAssignable": true, "addReaction": true, "addSubIssue": true,
	"createPullRequest": true, "updatePullRequest": true, "mergePullRequest": true, "addPullRequestReview": true,
	"addPullRequestReviewThread": true, "addPullRequestReviewThreadReply": true, "requestReviews": true,
	"closePullRequest": true, "reopenPullRequest": true, "markPullRequestReadyForReview": true,
}

// CreatesContent tells whether a request counts: key is "METHOD template" for REST, the field's name for a mutation.
func (l *Limiter) CreatesContent(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if v, ok := l.cfg.Content[key]; ok {
		return v
	}
	return ContentTable[key]
}
