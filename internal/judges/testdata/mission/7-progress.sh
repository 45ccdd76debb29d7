# Check epic completion per repo
EPIC=299
REPO="dappcore/core"
gh issue view $EPIC --repo $REPO --json body --jq '
.body | split("\n") | map(select(test("^- \\[[ x]\\] #"))) |
{ total: length,
done: map(select(test("^- \\[x\\] #"))) | length,
remaining: map(select(test("^- \\[ \\] #"))) | length }'
