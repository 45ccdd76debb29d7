package graph

import (
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// repositorySetting answers the fields of Repository that tell how it is set up; not ok: it is none of them.
func (x *execution) repositorySetting(repo *world.Repo, field string) (v any, ok bool) {
	s := repo.Settings
	switch field {
	case "hasIssuesEnabled":
		return !repo.IssuesDisabled, true
	case "isArchived":
		return repo.Archived, true
	case "isPrivate":
		return repo.Private, true
	case "isFork":
		return repo.Fork, true
	case "isEmpty":
		return len(repo.Refs) == 0, true
	case "isInOrganization":
		owner := x.tx.User(repo.OwnerID)
		return owner != nil && owner.Kind == world.Organization, true
	case "visibility":
		if repo.Private {
			return "PRIVATE", true
		}
		return "PUBLIC", true
	case "mergeCommitAllowed":
		return !s.NoMergeCommit, true
	case "squashMergeAllowed":
		return !s.NoSquash, true
	case "rebaseMergeAllowed":
		return !s.NoRebase, true
	case "autoMergeAllowed":
		return s.AutoMerge, true
	case "deleteBranchOnMerge":
		return s.DeleteBranch, true
	case "viewerDefaultMergeMethod":
		switch {
		case !s.NoMergeCommit:
			return "MERGE", true
		case !s.NoSquash:
			return "SQUASH", true
		}
		return "REBASE", true
	case "mergeQueue":
		return x.mergeQueue(repo), true
	case "primaryLanguage":
		return language(repo), true
	case "viewerCanSubscribe":
		return x.actor.User != nil, true
	case "viewerSubscription":
		return "UNSUBSCRIBED", true
	case "viewerPossibleCommitEmails":
		return []any{}, true
	case "projectsUrl":
		return x.web + x.repoPath(repo) + "/projects", true
	case "openGraphImageUrl":
		return "https://opengraph.githubassets.com/1" + x.repoPath(repo), true
	case "forkCount":
		return len(x.forks(repo)), true
	case "hasProjectsEnabled", "hasWikiEnabled", "forkingAllowed", "isBlankIssuesEnabled":
		return true, true
	case "allowUpdateBranch", "hasDiscussionsEnabled", "isDisabled", "isLocked", "isMirror", "isSecurityPolicyEnabled", "isTemplate",
		"isUserConfigurationRepository", "usesCustomOpenGraphImage", "viewerHasStarred", "webCommitSignoffRequired":
		return false, true
	case "diskUsage", "stargazerCount":
		return 0, true
	case "contactLinks", "fundingLinks", "issueTemplates", "pullRequestTemplates":
		return []any{}, true
	case "codeOfConduct", "homepageUrl", "latestRelease", "licenseInfo", "lockReason", "mirrorUrl", "templateRepository",
		"securityPolicyUrl", "viewerDefaultCommitEmail", "milestone":
		return nil, true
	}
	return nil, false
}

func (x *execution) forks(repo *world.Repo) []any {
	var out []any
	for _, r := range x.tx.Repos() {
		if r.ParentID == repo.ID && x.tx.CanSee(x.actor, r) {
			out = append(out, r)
		}
	}
	return out
}

// language is a repository's primary language as a value: null where it is not known.
func language(repo *world.Repo) any {
	if repo.Language == "" {
		return nil
	}
	return record{"Language", map[string]any{"id": "LN_" + encode64(repo.Language), "name": repo.Language, "color": colors[repo.Language]}}
}

// colors are those GitHub's linguist gives to some languages; others are null here.
var colors = map[string]any{
	"Go": "#00ADD8", "PHP": "#4F5D95", "TypeScript": "#3178c6", "JavaScript": "#f1e05a", "Python": "#3572A5",
	"Rust": "#dea584", "C++": "#f34b7d", "C": "#555555", "Shell": "#89e051", "HTML": "#e34c26", "CSS": "#563d7c",
}

// rule is a branch protection as a BranchProtectionRule.
func (x *execution) rule(repo *world.Repo, pattern string, r world.Rules) record {
	return record{"BranchProtectionRule", map[string]any{
		"id": "BPR_" + encode64(x.tx.FullName(repo)+" "+pattern), "pattern": pattern, "repository": repo, "databaseId": nil,
		"allowsDeletions": r.Deletable, "allowsForcePushes": false, "dismissesStaleReviews": false, "isAdminEnforced": false,
		"requiresApprovingReviews": r.Approvals > 0, "requiredApprovingReviewCount": r.Approvals,
		"requiresStatusChecks": len(r.RequiredChecks) > 0, "requiredStatusCheckContexts": many(r.RequiredChecks),
		"requiresStrictStatusChecks": r.UpToDate, "requiresConversationResolution": r.Resolved,
		"requiresCodeOwnerReviews": false, "requiresCommitSignatures": false, "requiresLinearHistory": false, "restrictsPushes": false,
		"matchingRefs": connectionOf(func() list {
			var refs []any
			for _, ref := range x.refs(repo, "refs/heads/") {
				if rules := x.tx.RulesFor(repo, strings.TrimPrefix(ref.Name, "refs/heads/")); rules != nil {
					refs = append(refs, ref)
				}
			}
			return list{items: refs}
		}),
	}}
}
