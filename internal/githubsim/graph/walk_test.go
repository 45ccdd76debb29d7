package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// everything is a selection of every field of a type, objects to the given depth.
func everything(typ string, depth int) string {
	d := schema().Types[typ]
	if d.IsAbstractType() {
		parts := []string{"__typename"}
		for _, p := range schema().GetPossibleTypes(d) {
			// Aliases keep fields of one name and several types apart.
			parts = append(parts, "... on "+p.Name+" { "+fieldsOf(p, depth, p.Name+"_")+" }")
		}
		return strings.Join(parts, " ")
	}
	return fieldsOf(d, depth, "")
}

func fieldsOf(d *ast.Definition, depth int, prefix string) string {
	out := []string{"__typename"}
	for _, f := range d.Fields {
		if strings.HasPrefix(f.Name, "__") || d.Name == "Query" {
			continue
		}
		args, ok := required(f)
		if !ok {
			continue
		}
		text := f.Name + args
		if prefix != "" {
			text = prefix + f.Name + ": " + text
		}
		if below := schema().Types[f.Type.Name()]; below.IsCompositeType() {
			next := depth - 1
			if isPlumbing(below) {
				next = depth
			}
			if next < 0 {
				text += " { __typename }"
			} else {
				text += " { " + everything(below.Name, next) + " }"
			}
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

// isPlumbing tells the types between an object and the objects it leads to.
func isPlumbing(d *ast.Definition) bool {
	return strings.HasSuffix(d.Name, "Connection") || d.Name == "PageInfo"
}

// required are the arguments a field cannot do without.
func required(f *ast.FieldDefinition) (string, bool) {
	var parts []string
	for _, a := range f.Arguments {
		switch {
		case a.Name == "first":
			parts = append(parts, "first: 2")
		case a.Name == "pullRequestNumber":
			parts = append(parts, "pullRequestNumber: 9")
		case !a.Type.NonNull || a.DefaultValue != nil:
		case a.Type.Name() == "Int":
			parts = append(parts, a.Name+": 7")
		case a.Name == "refPrefix":
			parts = append(parts, `refPrefix: "refs/heads/"`)
		case a.Type.Name() == "String":
			parts = append(parts, a.Name+`: "r"`)
		default:
			return "", false
		}
	}
	if parts == nil {
		return "", true
	}
	return "(" + strings.Join(parts, ", ") + ")", true
}

// full is a world with one of everything, and the node id of each by its type.
func full(t *testing.T) (*fixture, map[string]string) {
	f := ghWorld(t)
	f.feature()
	pull := f.pull("Nine", "feat", "dev")
	ids := map[string]string{}
	f.update(f.me, func(tx *world.Tx) {
		repo := tx.RepoByID(f.repo)
		issue := tx.Issue(repo.ID, 7)
		note := func(v any) { ids[typeOf(v)] = world.NodeID(v) }
		must(tx.AddSubIssue(tx.Issue(repo.ID, 1), issue, false))
		must(tx.RemoveSubIssue(tx.Issue(repo.ID, 1), tx.Issue(repo.ID, 7)))
		must(tx.AddSubIssue(tx.Issue(repo.ID, 1), tx.Issue(repo.ID, 7), false))
		c := must(tx.CreateComment(tx.Issue(repo.ID, 7), "see #8"))
		note(must(tx.EditComment(c, "see #8 and o/r#6")))
		r, _, err := tx.AddCommentReaction(c, "+1")
		note(must(r, err))
		title, body, closed, open := "Fix it now", "changed", "closed", "open"
		must(tx.EditIssue(tx.Issue(repo.ID, 7), world.IssueEdit{Title: &title, Body: &body}))
		must(tx.AddAssignees(tx.Issue(repo.ID, 7), []string{"me"}))
		must(tx.RemoveAssignees(tx.Issue(repo.ID, 7), []string{"me"}))
		must(tx.SetLabels(tx.Issue(repo.ID, 7), []string{"jules"}))
		must(tx.LockIssue(tx.Issue(repo.ID, 7), "resolved"))
		must(tx.UnlockIssue(tx.Issue(repo.ID, 7)))
		must(tx.EditIssue(tx.Issue(repo.ID, 7), world.IssueEdit{State: &closed}))
		must(tx.EditIssue(tx.Issue(repo.ID, 7), world.IssueEdit{State: &open}))
		p := tx.Node(pull).(*world.Issue)
		must(tx.SetDraft(p, true))
		p = must(tx.SetDraft(tx.IssueByID(p.ID), false))
		must(tx.CreateCheck(repo, world.NewCheck{SHA: p.Pull.HeadSHA, Name: "test", State: "COMPLETED", Conclusion: "SUCCESS", Workflow: "CI", StartedAt: start, CompletedAt: start}))
		must(tx.CreateStatus(repo, p.Pull.HeadSHA, "deploy", "PENDING"))
		for _, check := range tx.Checks(repo.ID, p.Pull.HeadSHA) {
			note(check)
		}
		note(must(tx.CreateReview(p, world.NewReview{State: "COMMENTED", Body: "a look"})))
		thread := must(tx.CreateThread(tx.IssueByID(p.ID), world.NewThread{Path: "feature.txt", Line: 1, Body: "why?"}))
		must(tx.ReplyThread(thread, "because"))
		thread = tx.Thread(thread.ID)
		note(thread)
		note(&thread.Comments[0])
		note(tx.RepoByID(f.repo))
		note(tx.LabelByName(repo, "jules"))
		note(tx.Issue(repo.ID, 7))
		note(tx.IssueByID(p.ID))
		note(tx.UserByLogin("me"))
		note(tx.UserByLogin("o"))
		note(tx.UserByLogin("google-labs-jules"))
		note(&world.RefNode{Repo: repo, Name: "refs/heads/dev"})
		note(&world.CommitNode{Repo: repo, SHA: p.Pull.HeadSHA})
		for _, edit := range tx.Edits(issue.ID) {
			note(edit)
		}
		for _, i := range tx.Issues(repo.ID) {
			for _, e := range tx.Events(i.ID) {
				if eventTypes[e.Kind] != "" {
					note(e)
				}
			}
		}
	})
	return f, ids
}

// TestEveryFieldAnswers: no field the schema offers is without a resolver, and none returns what its
// type forbids, on any entity and one step further.
func TestEveryFieldAnswers(t *testing.T) {
	f, ids := full(t)
	if len(ids) < 32 {
		t.Fatalf("only %d kinds of entity: %v", len(ids), slices.Sorted(maps.Keys(ids)))
	}
	for _, typ := range slices.Sorted(maps.Keys(ids)) {
		t.Run(typ, func(t *testing.T) {
			doc := fmt.Sprintf("query { node(id: %q) { ... on %s { %s } } }", ids[typ], typ, everything(typ, 1))
			resp := f.run(doc, nil)
			for _, e := range resp.Errors {
				// The world has no issue, milestone, ... for made-up arguments: that is an answer too.
				if e.Type == "" {
					t.Errorf("%s: %s", compact(e.Path), e.Message)
				}
			}
			if len(resp.Data) == 0 || strings.HasPrefix(string(resp.Data), `{"node":null`) {
				t.Errorf("no data: %.200s", resp.Data)
			}
		})
	}
}

// TestEveryMutationIsImplemented: the schema's mutations and the table are the same.
func TestEveryMutationIsImplemented(t *testing.T) {
	for _, f := range schema().Mutation.Fields {
		if mutations[f.Name] == nil {
			t.Errorf("%s is offered and not implemented", f.Name)
		}
	}
	for name := range mutations {
		if schema().Mutation.Fields.ForName(name) == nil {
			t.Errorf("%s is implemented and not offered", name)
		}
	}
}
