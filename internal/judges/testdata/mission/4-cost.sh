# Count total children across all epics about to be dispatched
TOTAL=0
for EPIC in NUM1 NUM2 NUM3; do
COUNT=$(gh issue view $EPIC --repo dappcore/REPO --json body --jq \
'[.body | split("\n")[] | select(test("^- \\[ \\] #"))] | length')
TOTAL=$((TOTAL + COUNT))
echo "Epic #$EPIC: $COUNT children"
done
echo "Total dispatch cost: $TOTAL tasks"
