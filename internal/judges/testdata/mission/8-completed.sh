# Detect completed children (structural only)
EPIC=299
REPO="dappcore/core"
# Get unchecked children
UNCHECKED=$(gh issue view $EPIC --repo $REPO --json body --jq '
[.body | split("\n")[] | select(test("^- \\[ \\] #")) |
capture("^- \\[ \\] #(?<num>[0-9]+)") | .num] | .[]')
# Check which are actually closed
for CHILD in $UNCHECKED; do
STATE=$(gh issue view $CHILD --repo $REPO --json state --jq '.state')
if [ "$STATE" = "CLOSED" ]; then
echo "Child #$CHILD is closed but unchecked — tick parent and dispatch next"
fi
done
