package github

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/dappcore/core-dev/inventory"
)

// dependencyFields are what GitHub's GraphQL has beyond the published schema the
// tests know: the client asks for them only where the server's own introspection
// lists them.
const dependencyFields = `
extend type Issue {
  blockedBy(after: String, before: String, first: Int, last: Int): IssueConnection!
}`

// schema is the embedded GitHub's, a true subset of GitHub's own.
func schema(t *testing.T) *ast.Schema {
	t.Helper()
	return loadSchema(t, "../githubsim/graph/schema.graphql", dependencyFields)
}

func loadSchema(t *testing.T, path, extension string) *ast.Schema {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: "schema", Input: string(raw)}, &ast.Source{Name: "dependencies", Input: extension})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range parsed.Definitions { // GitHub's own repeats two fields
		seen := map[string]bool{}
		d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool {
			again := seen[f.Name]
			seen[f.Name] = true
			return again
		})
	}
	s, err := validator.ValidateSchemaDocument(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDocumentsAreValid(t *testing.T) {
	s := schema(t)
	for name, text := range documents() {
		if _, errs := gqlparser.LoadQueryWithRules(s, text, rules.NewDefaultRules()); len(errs) > 0 {
			t.Errorf("%s: %v\n%s", name, errs, text)
		}
	}
}

// secret are texts that nobody here may read (spec/1-domain "Whom to trust,
// what to read"), by the type that has them; "*" is any type.
var secret = map[string][]string{
	"*":            {"bodyText", "bodyHTML", "message", "messageBody", "messageHeadline", "diffHunk", "diff", "userContentEdits", "suggestion"},
	"PullRequest":  {"body", "titleHTML", "viewerMergeBodyText", "viewerMergeHeadlineText"},
	"IssueComment": {"body"}, "PullRequestReview": {"body"}, "PullRequestReviewComment": {"body"}, "CommitComment": {"body"},
	"Comment": {"body"}, "Commit": {"message", "messageBody", "messageHeadline"}, "RenamedTitleEvent": {"previousTitle", "currentTitle"},
}

// bodyReaders are the operations that may read the bodies of issues, and why;
// strangers' are dropped as they come in (survey.finish, details.keep).
var bodyReaders = map[string]string{
	"Fleet":        "the checklists and marks of open issues",
	"FleetDetails": "further pages of the same",
	"Details":      "the marks of issues tied to an audit",
	"Ground":       "marks of issues opened since a plan was made",
	"Page":         "one trusted author's epic, whose checklist is written",
	"PageEdits":    "the same",
}

// excepted are the selections that are allowed all the same, by operation: the
// versions of one trusted author's epic, whose checklist is kept in step, and
// their texts where another edit fell between our reading and our writing
// (spec/1-domain "Checklists").
var excepted = map[string][]string{
	"Page":      {"Issue.userContentEdits"},
	"PageEdits": {"Issue.userContentEdits", "UserContentEdit.diff"},
}

// forbidden lists the selections of a document that read such texts.
func forbidden(s *ast.Schema, text string) []string {
	doc, errs := gqlparser.LoadQueryWithRules(s, text, rules.NewDefaultRules())
	if len(errs) > 0 {
		return []string{errs.Error()}
	}
	var bad []string
	operation := ""
	allowed := []string{}
	var walk func(set ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, sel := range set {
			switch n := sel.(type) {
			case *ast.Field:
				typ := ""
				if n.ObjectDefinition != nil {
					typ = n.ObjectDefinition.Name
				}
				if n.Name == "body" && typ == "Issue" && bodyReaders[operation] == "" {
					bad = append(bad, operation+" reads Issue.body")
				}
				for _, f := range append(append([]string(nil), secret["*"]...), secret[typ]...) {
					if n.Name == f && !slices.Contains(allowed, typ+"."+n.Name) {
						bad = append(bad, typ+"."+n.Name)
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
		operation = op.Name
		allowed = excepted[op.Name]
		walk(op.SelectionSet)
	}
	return bad
}

func TestNoDocumentReadsWhatStrangersWrite(t *testing.T) {
	s := schema(t)
	for name, text := range documents() {
		if bad := forbidden(s, text); len(bad) > 0 {
			t.Errorf("%s reads %v", name, bad)
		}
	}
	issueBody := `query %s { repository(owner: "o", name: "n") { issue(number: 1) { body } } }`
	if bad := forbidden(s, fmt.Sprintf(issueBody, "Fleet")); len(bad) > 0 {
		t.Error(bad)
	}
	for _, text := range []string{
		fmt.Sprintf(issueBody, "Probe"), fmt.Sprintf(issueBody, "Recheck"), fmt.Sprintf(issueBody, ""),
		`{ node(id: "x") { ... on IssueComment { body } } }`,
		`{ node(id: "x") { ... on PullRequest { body } } }`,
		`{ node(id: "x") { ... on Commit { messageHeadline } } }`,
		`query Page { repository(owner: "o", name: "n") { pullRequest(number: 1) { userContentEdits(first: 1) { nodes { id } } } } }`,
		`query Page { repository(owner: "o", name: "n") { issue(number: 1) { userContentEdits(first: 1) { nodes { diff } } } } }`,
		`query Comments { repository(owner: "o", name: "n") { issue(number: 1) { userContentEdits(first: 1) { nodes { id } } } } }`,
		`{ repository(owner: "o", name: "n") { pullRequest(number: 1) { reviewThreads(first: 1) { nodes { comments(first: 1) { nodes { body } } } } } } }`,
	} {
		if len(forbidden(s, text)) == 0 {
			t.Errorf("not noticed: %s", text)
		}
	}
}

func TestOnlyUsedDefinitionsAreKept(t *testing.T) {
	all := ""
	for _, d := range documents() {
		all += d
	}
	for name, text := range definitions() {
		if !strings.Contains(all, text) {
			t.Errorf("%s is in the query files and nobody sends it", name)
		}
	}
}

// documents returns one document of every kind the client sends, by operation
// name; generated ones with every selection there is.
func documents() map[string]string {
	out := map[string]string{}
	for _, name := range []string{"OrgRepositories", "Look", "Comments", "Head", "Tree", "ClaimedBy", "Label", "Standing", "Tie", "Page", "PageEdits",
		"PullNow", "PullRest", "OpenPulls", "ResolveThread", "AutoMerge", "AutoMergeOff", "Enqueue", "Record", "RecordRest"} {
		out[name] = document(name)
	}
	out["Accounts"], _ = accountsDocument([]string{"a", "b"})
	out["Recheck"] = recheckDocument(false)
	out["Ground"], _ = groundDocument(inventory.RepoRef{Owner: "o", Name: "n"}, []inventory.Ref{{Repo: inventory.RepoRef{Owner: "o", Name: "n"}, Number: 1}})
	for name, asks := range sampleAsks() {
		out[name], _ = compose(name, asks, name == "Fleet")
	}
	return out
}

// sampleAsks shows every selection the client generates.
func sampleAsks() map[string][]*ask {
	c := &Client{}
	s := &survey{c: c, byKey: map[string]*repoReading{}, elsewhere: map[string]*issueReading{}, o: SurveyOptions{Since: time.Unix(0, 0)}}
	one := inventory.RepoRef{Owner: "o", Name: "one"}
	r := &repoReading{repo: inventory.Repo{Ref: one, OpenPulls: 1}, read: true, issues: map[int]*issueReading{}, pulls: map[int]*inventory.Pull{}}
	two := &repoReading{repo: inventory.Repo{Ref: inventory.RepoRef{Owner: "o", Name: "two"}}, issues: map[int]*issueReading{}, pulls: map[int]*inventory.Pull{}}
	s.byKey[one.Key()] = r
	out := map[string][]*ask{"Fleet": {s.factsOf(r), s.factsOf(two)}}
	open := &issueReading{ours: one, child: true, Issue: inventory.Issue{Ref: inventory.Ref{Repo: one, Number: 1}, ID: "I", Association: "OWNER"}}
	s.detail(r, open)
	s.want(r, 2, true)
	s.want(r, 3, false)
	more := pageJSON{Next: true, Before: true, Start: "cursor", End: "cursor"}
	_ = s.take(open, &detailJSON{LabelEvents: &eventPageJSON{Page: more}, Mentions: &eventPageJSON{Page: more},
		BlockedBy: &issuePageJSON{Page: more}})
	s.issuePage(r, &issuePageJSON{Page: more})
	s.pullPage(r, &pullPageJSON{Page: more})
	s.branchPage(r, &branchPageJSON{Page: more})
	s.touchedPage(r, &issuePageJSON{Page: more})
	s.labelsOf(open, &namesJSON{Page: more})
	s.pullRest(r, &inventory.Pull{Ref: inventory.Ref{Repo: one, Number: 4}}, &pullJSON{Number: 4, Labels: &namesJSON{Page: more}, Threads: threadPageJSON{Page: more}})
	s.acceptor(&issueReading{ours: one, Issue: inventory.Issue{Ref: inventory.Ref{Repo: one, Number: 5}, Labels: []string{inventory.AcceptedLabel},
		LabelEvents: []inventory.LabelEvent{{Label: inventory.AcceptedLabel, Added: true, Actor: "someone"}}}})
	out["FleetDetails"] = s.next
	out["Details"] = detailsAsks(c, one)
	out["Works"] = worksAsks(one)
	out["Fitness"] = fitnessAsks([]inventory.RepoRef{one}, "agent", nil)
	out["References"] = referenceAsks([]Reference{{one, "refs/core/dispatch/1/1"}}, nil)
	out["Probe"] = probeAsks(&inventory.Snapshot{Repos: []inventory.Repo{{Ref: one, Issues: []inventory.Issue{
		{Ref: inventory.Ref{Repo: one, Number: 7}, Author: "a", LabelEvents: []inventory.LabelEvent{{Actor: "b", ActorMayWrite: true}}}}}}, Elsewhere: []inventory.Issue{{Ref: inventory.Ref{Repo: two.repo.Ref, Number: 6}}}}, time.Unix(0, 0), nil, nil)
	return out
}

// detailsAsks shows every selection of Details, further pages too.
func detailsAsks(c *Client, ref inventory.RepoRef) []*ask {
	s := &inventory.Snapshot{SubIssues: true, Repos: []inventory.Repo{{Ref: ref, DefaultHead: "sha",
		Issues: []inventory.Issue{{Ref: inventory.Ref{Repo: ref, Number: 8}, Title: "[Audit] all", Association: "OWNER"}}}}}
	d := newDetails(c, s, []inventory.RepoRef{ref}, DetailsOptions{Paths: map[string][]string{ref.Key(): {"a.txt"}}, Known: map[string][]int{ref.Key(): {9}}})
	m := d.repos[0]
	more := pageJSON{Next: true, End: "cursor"}
	d.labels(m, &namesJSON{Page: more})
	d.parents(m, &parentsJSON{Page: more})
	d.labelsOf(m, 9)
	for _, a := range d.next {
		if a.key == "x8" {
			if err := a.fill(json.RawMessage(`{"made":{"pageInfo":{"hasNextPage":true,"endCursor":"c"}}}`)); err != nil {
				panic(err)
			}
			a.key = "first"
		}
	}
	return d.next
}

// worksAsks shows every selection of Works, further pages too.
func worksAsks(ref inventory.RepoRef) []*ask {
	s := &inventory.Snapshot{Repos: []inventory.Repo{{Ref: ref, Pulls: []inventory.Pull{{Ref: inventory.Ref{Repo: ref, Number: 2}, Head: "work"}}}}}
	w := newWorks(&Client{clock: newClock()}, s, []WorksQuestion{{Repo: ref, Children: []int{1}, Pulls: []int{2}}})
	m := w.repos[0]
	more := `"pageInfo":{"hasNextPage":true,"endCursor":"c","hasPreviousPage":true,"startCursor":"c"}`
	comment := `{"cursor":"c","node":{"fullDatabaseId":"%d","viewerDidAuthor":true,"reactionGroups":[{"content":"EYES","reactors":{"totalCount":1}}]}}`
	for _, a := range slices.Clone(w.next) {
		raw := map[string]string{
			"i1": `{"reactionGroups":[],"mentions":{"nodes":[],` + more + `}}`,
			"p2": `{"number":2,"state":"OPEN","headRefName":"work","labels":{` + more + `},"reviewThreads":{` + more + `},"comments":{` + more +
				`,"edges":[` + fmt.Sprintf(comment, 5) + `,` + fmt.Sprintf(comment, 6) + `]}}`}[a.key]
		if raw == "" {
			continue
		}
		if err := a.fill(json.RawMessage(raw)); err != nil {
			panic(err)
		}
	}
	w.acked(m, m.pulls[2], 7, "first: 1", "")
	return w.next
}
