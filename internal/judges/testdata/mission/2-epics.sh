# 1. List all open issues (implementation issues from Stage 1 + any pre-existing)
gh issue list --repo dappcore/REPO --state open \
--json number,title,labels --jq 'sort_by(.number) | .[]'
# 2. Check for existing epics
gh search issues --repo dappcore/REPO --state open --json number,title,body \
--jq '.[] | select(.body | test("- \\[[ x]\\] #\\d+")) | {number, title}'
# 4. Verify: epic exists with children
gh issue view EPIC_NUMBER --repo dappcore/REPO
