package cmd

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/dappcore/core-dev/internal/githubsim/openapi"
)

// theChecker judges every REST exchange of the whole run by GitHub's own
// description.
var theChecker = sync.OnceValues(func() (*openapi.Checker, error) { return openapi.New(openapi.Undescribed) })

// theReading is what was asked for over the whole run (spec/1-domain "Whom to
// trust, what to read").
var theReading = &reading{documents: map[string]string{}, routes: map[string]int{}}

type reading struct {
	mu        sync.Mutex
	documents map[string]string // document -> what is wrong with it, "" nothing
	routes    map[string]int    // REST reads
	faults    []string
}

// watchReading looks at every request before it is answered.
func watchReading(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/_sim/"):
		case isGraphQL(r):
			theReading.graphQL(body(r))
		case r.Method == http.MethodGet:
			theReading.read(r.URL.Path)
		}
		next.ServeHTTP(w, r)
	})
}

// reads are the REST reads a run may make; none of them has text of people.
var reads = []*regexp.Regexp{
	regexp.MustCompile(`^/rate_limit$`),
	regexp.MustCompile(`^/user$`),
	regexp.MustCompile(`^/meta$`),
	regexp.MustCompile(`^/repos/[^/]+/[^/]+/issues/\d+/dependencies/blocked_by$`),
	regexp.MustCompile(`^/[^/]+/[^/]+\.git/info/refs$`), // git's, for the files of a worktree
}

func (d *reading) read(path string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.routes[path]++
	path = strings.TrimPrefix(path, "/api/v3")
	if !slices.ContainsFunc(reads, func(re *regexp.Regexp) bool { return re.MatchString(path) }) {
		d.faults = append(d.faults, "GET "+path+" is not among the reads a run may make")
	}
}

func (d *reading) graphQL(raw []byte) {
	var sent struct{ Query string }
	if err := json.Unmarshal(raw, &sent); err != nil {
		return // the server refuses it
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, seen := d.documents[sent.Query]; seen {
		return
	}
	bad := strings.Join(forbidden(sent.Query), ", ")
	d.documents[sent.Query] = bad
	if bad != "" {
		d.faults = append(d.faults, "a query reads "+bad+":\n"+sent.Query)
	}
}

// theSchema is all that the embedded GitHub answers.
var theSchema = sync.OnceValue(func() *ast.Schema {
	var sources []*ast.Source
	names, _ := filepath.Glob("../internal/githubsim/graph/*.graphql")
	for _, n := range names {
		raw, err := os.ReadFile(n)
		if err != nil {
			panic(err)
		}
		sources = append(sources, &ast.Source{Name: n, Input: string(raw)})
	}
	return gqlparser.MustLoadSchema(sources...)
})

// written are the fields that hold what people wrote, by the type they are of;
// "*" is any type. A new type with such a field is forbidden until it is
// looked at: body is allowed on Issue alone.
var written = map[string][]string{
	"*":                 {"body", "bodyText", "bodyHTML", "message", "messageBody", "messageBodyHTML", "messageHeadline", "messageHeadlineHTML", "diffHunk", "userContentEdits", "text"},
	"RenamedTitleEvent": {"previousTitle", "currentTitle"},
	"UserContentEdit":   {"diff"},
	"Blob":              {"text"},
}

// allowed are the exceptions, by the operations that may: a look reads the
// checklists of open issues (Fleet, FleetDetails), and the flows that make issues
// the marks of those that name an audit (Details), or were opened since a plan
// was made (Ground). Page reads one trusted author's epic to write its checklist,
// with which versions of it there are; PageEdits what these say, where another
// edit fell between our reading and our writing.
var allowed = map[string][]string{
	"Issue.body":             {"Fleet", "FleetDetails", "Details", "Ground", "Page", "PageEdits"},
	"Issue.userContentEdits": {"Page", "PageEdits"},
	"UserContentEdit.diff":   {"PageEdits"},
}

// mutations are the writes that GitHub has in GraphQL alone.
var mutations = []string{"AutoMerge", "Enqueue", "ResolveThread"}

// forbidden lists the selections of a document that nobody here may read.
func forbidden(document string) []string {
	doc, errs := gqlparser.LoadQueryWithRules(theSchema(), document, rules.NewDefaultRules())
	if doc == nil || len(errs) > 0 {
		return []string{fmt.Sprintf("what cannot be told (%v)", errs)}
	}
	found := map[string]bool{}
	operation := ""
	var walk func(set ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, sel := range set {
			switch n := sel.(type) {
			case *ast.Field:
				if n.ObjectDefinition != nil {
					name := n.ObjectDefinition.Name + "." + n.Name
					if (slices.Contains(written["*"], n.Name) || slices.Contains(written[n.ObjectDefinition.Name], n.Name)) && !slices.Contains(allowed[name], operation) {
						found[name] = true
					}
				}
				walk(n.SelectionSet)
			case *ast.InlineFragment:
				walk(n.SelectionSet)
			case *ast.FragmentSpread:
				walk(n.Definition.SelectionSet)
			}
		}
	}
	for _, op := range doc.Operations {
		if op.Operation == ast.Mutation && !slices.Contains(mutations, op.Name) {
			found["mutation "+op.Name] = true // writes are REST where REST has them
		}
		operation = op.Name
		walk(op.SelectionSet)
	}
	var out []string
	for name := range found {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

func TestForbiddenReadingIsNoticed(t *testing.T) {
	for document, want := range map[string]string{
		`query Fleet { repository(owner: "o", name: "n") { issue(number: 1) { body title } } }`:                                   "",
		`query Probe { repository(owner: "o", name: "n") { issue(number: 1) { body title } } }`:                                   "Issue.body",
		`{ repository(owner: "o", name: "n") { pullRequest(number: 1) { body } } }`:                                               "PullRequest.body",
		`{ repository(owner: "o", name: "n") { issue(number: 1) { comments(first: 1) { nodes { x: bodyText } } } } }`:             "IssueComment.bodyText",
		`{ node(id: "x") { ... on PullRequestReview { body } ... on PullRequestReviewComment { body } } }`:                        "PullRequestReview.body, PullRequestReviewComment.body",
		`query A { node(id: "x") { ...C } } fragment C on Commit { messageHeadline }`:                                             "Commit.messageHeadline",
		`query Page { repository(owner: "o", name: "n") { issue(number: 1) { userContentEdits(first: 1) { nodes { diff } } } } }`: "UserContentEdit.diff",
		`mutation Enqueue { enqueuePullRequest(input: {pullRequestId: "x"}) { clientMutationId } }`:                               "",
		`mutation Close { closeIssue(input: {issueId: "x"}) { clientMutationId } }`:                                               "mutation Close",
		`{ nonsense }`: "what cannot be told",
	} {
		got := strings.Join(forbidden(document), ", ")
		if got != want && (want == "" || !strings.HasPrefix(got, want)) {
			t.Errorf("%s\nreads %q, want %q", document, got, want)
		}
	}
	d := &reading{routes: map[string]int{}}
	for _, path := range []string{"/repos/o/r/issues/1/comments", "/repos/o/r/pulls/3/reviews", "/repos/o/r/commits", "/search/issues"} {
		d.read(path)
	}
	if len(d.faults) != 4 {
		t.Errorf("of four reads that nobody may make these were noticed: %v", d.faults)
	}
}

// The whole run must have had at least this much looked at.
const (
	documentFloor = 12
	checkedFloor  = 8
)

// floors prints what was checked over the run and fails it when that is less
// than it must be.
func floors() int {
	if !wholeRun {
		return 0
	}
	checker, err := theChecker()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	lines, exchanges := checker.Counts()
	fmt.Printf("checked against GitHub's description: %d operations x statuses in %d exchanges\n", len(lines), exchanges)
	for _, l := range lines {
		fmt.Println("  " + l)
	}
	fmt.Printf("%d different GraphQL documents walked, %d REST reads\n", len(theReading.documents), len(theReading.routes))
	for _, m := range regexp.MustCompile(`(?m)^  (\d+) `).FindAllStringSubmatch(exitText, -1) {
		status, _ := strconv.Atoi(m[1])
		if _, ok := seenStatus.Load(status); !ok {
			fmt.Printf("no script met the exit status %d\n", status)
			return 1
		}
	}
	for name := range printed {
		if _, ok := judged.Load(name); !ok {
			fmt.Printf("no script printed the shape %s\n", name)
			return 1
		}
	}
	if len(lines) < checkedFloor || len(theReading.documents) < documentFloor {
		fmt.Printf("too few: want %d operations x statuses and %d documents\n", checkedFloor, documentFloor)
		return 1
	}
	return 0
}
