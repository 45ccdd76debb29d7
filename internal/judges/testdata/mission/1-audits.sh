# 1. List audit issues
gh issue list --repo dappcore/REPO --state open \
--json number,title --jq '.[] | select(.title | test("\\[Audit\\]|audit:"))'
# 3. Verify: count new issues created
gh issue list --repo dappcore/REPO --state open --label audit \
--json number --jq 'length'
