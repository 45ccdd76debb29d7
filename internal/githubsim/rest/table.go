package rest

// Templates that hold more than one operation.
const (
	repoPath   = "/repos/{owner}/{repo}"
	issuePath  = repoPath + "/issues/{issue_number}"
	pullPath   = repoPath + "/pulls/{pull_number}"
	comment    = repoPath + "/issues/comments/{comment_id}"
	labelPath  = repoPath + "/labels/{name}"
	refsPath   = repoPath + "/git/refs/{ref}"
	fileTree   = repoPath + "/contents/{path}"
	reviewers  = pullPath + "/requested_reviewers"
	dependency = issuePath + "/dependencies/"
)

// table lists every operation this package answers: the one place that knows them all.
func table() []route {
	read := func(template string, run func(*call) (*reply, error)) route {
		return route{method: "GET", template: template, run: run}
	}
	write := func(method, template string, run func(*call) (*reply, error)) route {
		return route{method: method, template: template, run: run, write: true}
	}
	return []route{
		read("/", index), read("/meta", meta), read("/rate_limit", rateLimit),
		read("/user", currentUser), read("/user/repos", ownRepos), read("/users/{username}", userByName), read("/users/{username}/repos", userRepos),
		read("/notifications", notifications), read("/users/{username}/received_events", receivedEvents),
		read("/search/repositories", searchRepositories),
		read("/user/orgs", ownOrgs), read("/users/{username}/orgs", userOrgs), read("/orgs/{org}/members", orgMembers), read(repoPath+"/tags", tags), read("/orgs/{org}", orgByName), read("/orgs/{org}/repos", orgRepos), read("/search/issues", searchIssues),

		read(repoPath, getRepo), write("PATCH", repoPath, patchRepo), write("DELETE", repoPath, refuseDeletion), read(repoPath+"/topics", topics), read(repoPath+"/languages", languages),
		read(repoPath+"/milestones", milestones), read(repoPath+"/codeowners/errors", codeownersErrors),
		read(repoPath+"/collaborators", collaborators), read(repoPath+"/collaborators/{username}", isCollaborator),
		read(repoPath+"/collaborators/{username}/permission", permissionOf),
		read(repoPath+"/actions/workflows", workflows), read(repoPath+"/actions/permissions", actionsPermissions),
		read(repoPath+"/actions/runs", workflowRuns), read(repoPath+"/releases", releases),

		read(repoPath+"/issues", listIssues), write("POST", repoPath+"/issues", createIssue),
		read(repoPath+"/issues/comments", repoComments), read(repoPath+"/issues/events", repoEvents),
		read(comment, getComment), write("PATCH", comment, patchComment), write("DELETE", comment, deleteComment),
		read(comment+"/reactions", commentReactions), write("POST", comment+"/reactions", reactToComment),
		write("DELETE", comment+"/reactions/{reaction_id}", dropCommentReaction),
		read(issuePath, getIssue), write("PATCH", issuePath, patchIssue),
		write("PUT", issuePath+"/lock", lockIssue), write("DELETE", issuePath+"/lock", unlockIssue),
		read(issuePath+"/comments", issueComments), write("POST", issuePath+"/comments", createComment),
		read(issuePath+"/events", issueEvents), read(issuePath+"/timeline", timeline),
		read(issuePath+"/labels", issueLabels), write("POST", issuePath+"/labels", addLabels), write("PUT", issuePath+"/labels", setLabels),
		write("DELETE", issuePath+"/labels", clearLabels), write("DELETE", issuePath+"/labels/{name}", removeLabel),
		write("POST", issuePath+"/assignees", addAssignees), write("DELETE", issuePath+"/assignees", removeAssignees),
		read(issuePath+"/reactions", issueReactions), write("POST", issuePath+"/reactions", reactToIssue),
		write("DELETE", issuePath+"/reactions/{reaction_id}", dropIssueReaction),
		read(issuePath+"/sub_issues", subIssues), write("POST", issuePath+"/sub_issues", addSubIssue),
		write("DELETE", issuePath+"/sub_issue", removeSubIssue), write("PATCH", issuePath+"/sub_issues/priority", moveSubIssue),
		read(issuePath+"/parent", parentIssue),
		read(dependency+"blocked_by", blockedBy), write("POST", dependency+"blocked_by", addBlockedBy),
		write("DELETE", dependency+"blocked_by/{issue_id}", removeBlockedBy), read(dependency+"blocking", blocking),

		read(repoPath+"/labels", repoLabels), write("POST", repoPath+"/labels", createLabel),
		read(labelPath, getLabel), write("PATCH", labelPath, patchLabel), write("DELETE", labelPath, deleteLabel),
		read(repoPath+"/assignees", assignees), read(repoPath+"/assignees/{assignee}", isAssignable),

		read(repoPath+"/git/ref/{ref}", getRef), read(repoPath+"/git/matching-refs/{ref}", matchingRefs),
		read(repoPath+"/git/refs", getRefs), read(refsPath, getRefs), write("POST", repoPath+"/git/refs", createRef),
		write("PATCH", refsPath, updateRef), write("DELETE", refsPath, deleteRef),
		read(repoPath+"/git/commits/{commit_sha}", getGitCommit), read(repoPath+"/git/trees/{tree_sha}", getTree), read(repoPath+"/git/blobs/{file_sha}", getBlob),
		write("POST", repoPath+"/git/commits", createCommit), write("POST", repoPath+"/git/trees", createTree), write("POST", repoPath+"/git/blobs", createBlob),
		read(repoPath+"/commits", listCommits), read(repoPath+"/commits/{ref}", getCommit), read(repoPath+"/compare/{basehead}", compare),
		write("POST", repoPath+"/merges", mergeBranch),
		read(repoPath+"/branches", branches), read(repoPath+"/branches/{branch}", getBranch), read(repoPath+"/branches/{branch}/protection", branchProtection),
		read(repoPath+"/readme", getReadme), read(repoPath+"/contents", getContents), read(fileTree, getContents), write("PUT", fileTree, putContents), write("DELETE", fileTree, deleteContents),

		read(repoPath+"/pulls", listPulls), write("POST", repoPath+"/pulls", createPull), read(pullPath, getPull), write("PATCH", pullPath, patchPull),
		read(pullPath+"/files", pullFiles), read(pullPath+"/commits", pullCommits), read(pullPath+"/merge", isMerged), write("PUT", pullPath+"/merge", mergePull),
		write("PUT", pullPath+"/update-branch", updateBranch), read(pullPath+"/reviews", reviews), write("POST", pullPath+"/reviews", createReview),
		read(pullPath+"/comments", reviewComments), write("POST", pullPath+"/comments", createReviewComment),
		read(reviewers, requestedReviewers), write("POST", reviewers, requestReviewers), write("DELETE", reviewers, removeReviewers),

		read(repoPath+"/commits/{ref}/check-runs", checkRuns), read(repoPath+"/commits/{ref}/check-suites", checkSuites),
		read(repoPath+"/commits/{ref}/status", combinedStatus), write("POST", repoPath+"/statuses/{sha}", createStatus),
		write("POST", repoPath+"/check-runs", createCheckRun), write("PATCH", repoPath+"/check-runs/{check_run_id}", updateCheckRun),
		write("POST", repoPath+"/check-runs/{check_run_id}/rerequest", rerequestCheckRun),
	}
}
