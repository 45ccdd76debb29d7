package inventory

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"
)

func TestTrainingRecord(t *testing.T) {
	at := func(m int) time.Time { return time.Date(2026, 2, 4, 10, m, 0, 0, time.UTC) }
	home := RepoRef{Owner: "o", Name: "a"}
	pull := Ref{Repo: home, Number: 50}
	var c Course
	for k, n := range []PullNote{
		{Kind: NoteHead, SHA: "h1", Child: "o/a#12"},
		{Kind: NoteAsked, Fix: FixReviews, Comment: 7, SHA: "h1"},
		{Kind: NoteHead, SHA: "h2", Threads: []string{"t1", "t2"}},
		{Kind: NoteResolved, Threads: []string{"t1"}},
		{Kind: NoteResolved, Threads: []string{"t2", "t1"}},
		{Kind: NoteAsked, Fix: FixConflict, Comment: 8, SHA: "h2"},
		{Kind: NoteUpdated, SHA: "h2"},
		{Kind: NoteMade, New: "h3"},
	} {
		c = c.With(at(k), n)
	}
	f := TrainingFacts{Child: Ref{Repo: home, Number: 12}, ChildAt: at(0).Add(-time.Hour), ChildLabels: []string{"High", "security", "package", "jules"},
		Pull: pull, State: PullMerged, Author: "google-labs-jules", AuthorKind: "Bot", OpenedAt: at(0), EndedAt: at(30), Threads: make([]TrainingThread, 2),
		Commits: []TrainingCommit{{SHA: "h1", At: at(0), Checks: Checks{State: "FAILURE", Failed: 2}, Done: at(3)}, {SHA: "h2", At: at(2), Checks: Checks{State: "SUCCESS", Passed: 1}, Done: at(9)}}}
	child := &Issue{Ref: f.Child, Body: "Parent audit: #5\n", BlockedBy: []Dependency{{Ref: Ref{Repo: home, Number: 8}}, {Ref: Ref{Repo: home, Number: 9}}, {Ref: Ref{Repo: home, Number: 10}}}}
	framework := func(r Ref) bool { return r == Ref{Repo: home, Number: 9} }
	got, err := json.Marshal(NewTraining(Ref{Repo: home, Number: 100}, f, c, child, framework, "github.com"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"version":1,"repo":"o/a","epic":"o/a#100","child":"o/a#12","pr":"o/a#50","issue_created_at":"2026-02-04T09:00:00Z","pr_opened_at":"2026-02-04T10:00:00Z",` +
		`"first_ci_pass_at":"2026-02-04T10:09:00Z","merged_at":"2026-02-04T10:30:00Z","commits":[{"sha":"h1","timestamp":"2026-02-04T10:00:00Z"},{"sha":"h2","timestamp":"2026-02-04T10:02:00Z"}],` +
		`"review_cycles":[{"thread_ids":["t1","t2"],"thread_count":2,"instruction_sent":"reviews","instruction_at":"2026-02-04T10:01:00Z","response_commit_sha":"h2","response_commit_at":"2026-02-04T10:02:00Z","threads_resolved_at":"2026-02-04T10:04:00Z"}],` +
		`"conflict_cycles":[{"thread_count":0,"instruction_sent":"conflict","instruction_at":"2026-02-04T10:05:00Z"}],` +
		`"ci_runs":[{"sha":"h1","conclusion":"failure","checks_failed":2},{"sha":"h2","conclusion":"success","checks_failed":0}],` +
		`"automations":[{"action":"ask","at":"2026-02-04T10:05:00Z","count":2},{"action":"resolve","at":"2026-02-04T10:04:00Z","count":2},{"action":"update-branch","at":"2026-02-04T10:07:00Z","count":1}],` +
		`"outcome":"merged","totals":{"commits":2,"review_cycles":1,"conflict_cycles":1,"ci_runs":2,"ci_failures":1,"threads":2},"duration_seconds":1800,` +
		`"implementer":{"login":"google-labs-jules","model":"gemini","provider":"google"},"origin":{"audit_issue":"o/a#5","category":"security","severity":"high","scope":"package","pattern":true,"framework_issue":"o/a#9"}}`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	child.BlockedBy = child.BlockedBy[:1]
	if o := NewTraining(Ref{}, f, c, child, framework, "github.com").Origin; o.Pattern || o.Framework != "" {
		t.Errorf("blocked by an issue that is no framework issue of ours: %+v", o)
	}
	if who := Implementer("claude", "User"); who.Provider != "human" {
		t.Errorf("a person called claude: %+v", who)
	}
}

// A model or provider that the schema of a record does not list would make every
// record of it a faulty one.
func TestTheSchemaListsEveryImplementer(t *testing.T) {
	for _, name := range []string{"record", "sample"} {
		raw, err := os.ReadFile("../docs/schema/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Properties struct {
				Implementer struct {
					Properties struct {
						Model, Provider struct{ Enum []string }
					}
				}
			}
		}
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		known := doc.Properties.Implementer.Properties
		for login := range implementers {
			if i := Implementer(login, "Bot"); !slices.Contains(known.Model.Enum, i.Model) || !slices.Contains(known.Provider.Enum, i.Provider) {
				t.Errorf("%s does not list %s of %s", name, i.Model, i.Provider)
			}
		}
	}
}
