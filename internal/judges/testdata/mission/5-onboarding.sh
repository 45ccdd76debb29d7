REPO="dappcore/REPO_NAME"
ORG="dappcore"
# ─── STAGE 1: Process Audits ───
# List audit issues
AUDITS=$(gh issue list --repo $REPO --state open \
--json number,title --jq '.[] | select(.title | test("\\[Audit\\]|audit:")) | .number')
# For each audit, create implementation issues (run audit-issues flow)
for AUDIT in $AUDITS; do
echo "Processing audit #$AUDIT..."
# Subagent or manual: read audit, classify, create issues
# See RFC.flow-audit-issues.md for full process
done
# Verify implementation issues created
gh issue list --repo $REPO --state open --json number,title,labels \
--jq '.[] | "\(.number)\t\(.title)"'
# ─── STAGE 2: Create Epics ───
# List all open issues for grouping
gh issue list --repo $REPO --state open --json number,title,labels \
--jq 'sort_by(.number) | .[] | "\(.number)\t\(.title)\t\(.labels | map(.name) | join(","))"'
# Group by theme, create epic(s) per create-epic flow
# For small repos: 1 epic covering everything
# For large repos: split by security/quality/testing/docs
# Get default branch SHA
DEFAULT_BRANCH="dev" # or "main" for infra repos
SHA=$(gh api repos/$REPO/git/refs/heads/$DEFAULT_BRANCH --jq '.object.sha')
# Create epic issue (fill in children from grouping)
EPIC_URL=$(gh issue create --repo $REPO \
--title "epic(audit): Audit findings implementation" \
--label "agentic,complexity:large" \
--body "BODY_WITH_CHILDREN")
EPIC_NUMBER=$(echo $EPIC_URL | grep -o '[0-9]*$')
# Link children
for CHILD in CHILD_NUMBERS; do
gh issue comment $CHILD --repo $REPO --body "Parent: #$EPIC_NUMBER"
done
# Create epic branch
gh api repos/$REPO/git/refs -X POST \
-f ref="refs/heads/epic/$EPIC_NUMBER-audit" \
-f sha="$SHA"
# ─── STAGE 3: Dispatch ───
# Label Phase 1 blockers for agent dispatch
for BLOCKER in PHASE1_NUMBERS; do
gh issue edit $BLOCKER --repo $REPO --add-label jules
gh issue comment $BLOCKER --repo $REPO \
--body "Target branch: \`epic/$EPIC_NUMBER-audit\` (epic #$EPIC_NUMBER)"
done
# Monitor via issue-epic flow
echo "Epic #$EPIC_NUMBER dispatched. Monitor via issue-epic flow."
