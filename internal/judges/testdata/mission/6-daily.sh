# Quick status across all repos with epics
for REPO in core core-php core-mcp core-api; do
OPEN=$(gh issue list --repo dappcore/$REPO --state open --json number --jq 'length')
PRS=$(gh pr list --repo dappcore/$REPO --state open --json number --jq 'length')
echo "$REPO: $OPEN open issues, $PRS open PRs"
done
