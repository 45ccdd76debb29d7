package graph

import (
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/searchindex"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func TestIssueAnswer(t *testing.T) {
	f := newFixture(t, Options{})
	f.label("audit")
	id := f.issue("Fix <it>", "first body", "audit")
	f.clock.Advance(time.Minute)
	f.data(`mutation($i: ID!) { updateIssue(input: {id: $i, body: "second body"}) { clientMutationId } }`, map[string]any{"i": id})
	f.data(`mutation($i: ID!) { addReaction(input: {subjectId: $i, content: ROCKET}) { reaction { content } } }`, map[string]any{"i": id})
	f.data(`mutation($i: ID!) { closeIssue(input: {issueId: $i, stateReason: NOT_PLANNED}) { issue { state } } }`, map[string]any{"i": id})
	got := string(f.run(`query { repository(owner: "O", name: "R") { nameWithOwner issue(number: 1) {
		__typename number title body state stateReason closed closedAt createdAt updatedAt lastEditedAt editor { login } authorAssociation viewerDidAuthor
		author { __typename login ... on User { name } }
		labels(first: 5) { totalCount nodes { name color } }
		userContentEdits(first: 5) { nodes { diff editedAt editor { login } } }
		reactionGroups { content users { totalCount } }
		timelineItems(first: 9, itemTypes: [LABELED_EVENT, CLOSED_EVENT]) { totalCount filteredCount nodes { __typename ... on LabeledEvent { actor { login } createdAt label { name } } ... on ClosedEvent { stateReason } } }
		url milestone { title } projectItems(first: 1) { nodes { id } } parent { number }
	} } }`, nil).Data)
	want := `{"repository":{"nameWithOwner":"o/r","issue":{"__typename":"Issue","number":1,"title":"Fix \u003cit\u003e","body":"second body","state":"CLOSED","stateReason":"NOT_PLANNED","closed":true,"closedAt":"2026-05-04T09:02:00Z","createdAt":"2026-05-04T09:01:00Z","updatedAt":"2026-05-04T09:02:00Z","lastEditedAt":"2026-05-04T09:02:00Z","editor":{"login":"me"},"authorAssociation":"MEMBER","viewerDidAuthor":true,` +
		`"author":{"__typename":"User","login":"me","name":"Me Myself"},"labels":{"totalCount":1,"nodes":[{"name":"audit","color":"ededed"}]},` +
		`"userContentEdits":{"nodes":[{"diff":"second body","editedAt":"2026-05-04T09:02:00Z","editor":{"login":"me"}},{"diff":"first body","editedAt":"2026-05-04T09:01:00Z","editor":{"login":"me"}}]},` +
		`"reactionGroups":[{"content":"THUMBS_UP","users":{"totalCount":0}},{"content":"THUMBS_DOWN","users":{"totalCount":0}},{"content":"LAUGH","users":{"totalCount":0}},{"content":"HOORAY","users":{"totalCount":0}},{"content":"CONFUSED","users":{"totalCount":0}},{"content":"HEART","users":{"totalCount":0}},{"content":"ROCKET","users":{"totalCount":1}},{"content":"EYES","users":{"totalCount":0}}],` +
		`"timelineItems":{"totalCount":2,"filteredCount":2,"nodes":[{"__typename":"LabeledEvent","actor":{"login":"me"},"createdAt":"2026-05-04T09:01:00Z","label":{"name":"audit"}},{"__typename":"ClosedEvent","stateReason":"NOT_PLANNED"}]},` +
		`"url":"https://github.com/o/r/issues/1","milestone":null,"projectItems":{"nodes":[]},"parent":null}}}`
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestFilesAnswer(t *testing.T) {
	f := newFixture(t, Options{})
	got := string(f.run(`query { repository(owner: "o", name: "r") {
		defaultBranchRef { name target { ... on Commit { messageHeadline committedDate author { user { login } } } } }
		owners: object(expression: "dev:CODEOWNERS") { ... on Blob { text byteSize isBinary } }
		workflows: object(expression: "HEAD:.github/workflows") { ... on Tree { entries { name path type } } }
		none: object(expression: "dev:nothing") { id }
	} }`, nil).Data)
	want := `{"repository":{"defaultBranchRef":{"name":"dev","target":{"messageHeadline":"Begin","committedDate":"2026-05-04T09:00:00Z","author":{"user":{"login":"me"}}}},` +
		`"owners":{"text":"* @me\n","byteSize":6,"isBinary":false},"workflows":{"entries":[{"name":"ci.yml","path":".github/workflows/ci.yml","type":"blob"}]},"none":null}}`
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// A new issue is not found until the index has caught up; a removed label is found a while longer.
func TestSearchRunsBehind(t *testing.T) {
	f := newFixture(t, Options{Search: searchindex.New(30 * time.Second)})
	f.label("audit")
	count := func(text string) int {
		return int(dig(f.data(`query($q: String!) { search(query: $q, type: ISSUE, first: 5) { issueCount } }`, map[string]any{"q": text}), "search", "issueCount").(float64))
	}
	f.issue("Slow index", "words here", "audit")
	if n := count("repo:o/r label:audit is:issue"); n != 0 {
		t.Fatalf("found %d at once", n)
	}
	f.clock.Advance(31 * time.Second)
	if n := count(`repo:o/r label:audit is:open "slow index" author:me -is:pr`); n != 1 {
		t.Fatalf("found %d after the delay", n)
	}
	f.update(f.me, func(tx *world.Tx) { must(tx.SetLabels(tx.Issue(f.repo, 1), []string{})) })
	if n := count("repo:o/r label:audit"); n != 1 {
		t.Errorf("the index knows already that the label went")
	}
	f.clock.Advance(31 * time.Second)
	if n := count("repo:o/r label:audit"); n != 0 {
		t.Errorf("the index never learns that the label went")
	}
}

// gh pages through a search with last and after: GitHub reads both forward.
func TestSearchReadsLastForward(t *testing.T) {
	f := newFixture(t, Options{})
	for range 5 {
		f.issue("Some issue", "")
	}
	var numbers []string
	vars := map[string]any{"n": 2}
	for range 5 {
		s := dig(f.data(`query($n: Int, $after: String) { search(query: "repo:o/r", type: ISSUE, last: $n, after: $after) { nodes { ... on Issue { number } } pageInfo { hasNextPage endCursor } } }`, vars), "search")
		numbers = append(numbers, compact(dig(s, "nodes")))
		if dig(s, "pageInfo", "hasNextPage") == false {
			break
		}
		vars["after"] = dig(s, "pageInfo", "endCursor")
	}
	if got := strings.Join(numbers, ""); got != `[{"number":5},{"number":4}][{"number":3},{"number":2}][{"number":1}]` {
		t.Errorf("%s", got)
	}
}

// The introspection query every generic client sends.
func TestIntrospection(t *testing.T) {
	f := newFixture(t, Options{})
	s := dig(f.data(`query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name } types { ...FullType } directives { name description locations args { ...InputValue } } } }
		fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } inputFields { ...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
		fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
		fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }`, nil), "__schema")
	if dig(s, "queryType", "name") != "Query" || dig(s, "subscriptionType") != nil || len(dig(s, "types").([]any)) < 250 {
		t.Errorf("%.300s", compact(s))
	}
	got := string(f.run(`query { __type(name: "IssueState") { kind enumValues { name } } union: __type(name: "Closer") { possibleTypes { name } } none: __type(name: "Nope") { name }
		field: __type(name: "ClosePullRequestPayload") { fields { name type { kind name ofType { name } } } } }`, nil).Data)
	want := `{"__type":{"kind":"ENUM","enumValues":[{"name":"CLOSED"},{"name":"OPEN"}]},"union":{"possibleTypes":[{"name":"Commit"},{"name":"ProjectV2"},{"name":"PullRequest"}]},"none":null,` +
		`"field":{"fields":[{"name":"clientMutationId","type":{"kind":"SCALAR","name":"String","ofType":null}},{"name":"pullRequest","type":{"kind":"OBJECT","name":"PullRequest","ofType":null}}]}}`
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestDirectives(t *testing.T) {
	f := newFixture(t, Options{})
	got := string(f.run(`query($yes: Boolean!, $no: Boolean!) { viewer { login @include(if: $yes) id @skip(if: $yes) name @include(if: $no) ... on User @include(if: $no) { email } __typename } }`, map[string]any{"yes": true, "no": false}).Data)
	if got != `{"viewer":{"login":"me","__typename":"User"}}` {
		t.Errorf("%s", got)
	}
}

func TestRenamedRepositoryIsFollowed(t *testing.T) {
	f := newFixture(t, Options{})
	f.update(f.me, func(tx *world.Tx) { must(tx.RenameRepo(tx.RepoByID(f.repo), "new")) })
	if got := string(f.run(`query { repository(owner: "o", name: "r") { name } }`, nil).Data); got != `{"repository":{"name":"new"}}` {
		t.Errorf("%s", got)
	}
	if resp := f.run(`query { repository(owner: "o", name: "r", followRenames: false) { name } }`, nil); len(resp.Errors) != 1 || resp.Errors[0].Type != NotFound {
		t.Errorf("%s", compact(resp))
	}
}
