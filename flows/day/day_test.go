package day

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// The eleven steps of the mission, five in the morning, three at midday, three in
// the evening.
func TestElevenSteps(t *testing.T) {
	n, keys := 0, map[string]bool{}
	for _, s := range Sessions {
		for _, step := range s.Steps() {
			n++
			if int(step) != n || step.Session() != s || step.Title() == "" || keys[step.Key()] {
				t.Errorf("%d: %d %s %q %q", n, step, step.Session(), step.Key(), step.Title())
			}
			keys[step.Key()] = true
		}
	}
	if n != 11 || len(Morning.Steps()) != 5 || len(Midday.Steps()) != 3 || len(Evening.Steps()) != 3 || Session("night").Steps() != nil {
		t.Errorf("%d steps", n)
	}
}

// A session that was broken off goes on where it stopped; what changed is looked at
// anew.
func TestJudge(t *testing.T) {
	at := time.Date(2026, 2, 4, 8, 0, 0, 0, time.UTC)
	tick := func(n int) []flows.Plan {
		var p flows.Plan
		ref := inventory.Ref{Repo: inventory.RepoRef{Owner: "acme", Name: "widgets"}, Number: n}
		p.Add(flows.Step{Effect: flows.Tick{Epic: ref, Child: ref}, Reason: "whatever"})
		return []flows.Plan{p}
	}
	r := NewRecord(at)
	if got := Judge(r, Fact{Step: Results, Digest: Digest(tick(1))}); got != Open {
		t.Errorf("at first %s", got)
	}
	r = r.With(Mark{Step: Results, At: at, Left: Digest(tick(1))})
	for want, f := range map[State]Fact{
		Done:    {Step: Results, Digest: Digest(tick(1))},
		Changed: {Step: Results, Digest: Digest(tick(2))},
		Open:    {Step: Unstick},
	} {
		if got := Judge(r, f); got != want {
			t.Errorf("%+v: %s", f, got)
		}
	}
	if got := Judge(r, Fact{Step: Results, Digest: Digest(nil)}); got != Done {
		t.Errorf("nothing to do: %s", got)
	}
	if got := Judge(r.With(Mark{Step: Budget, At: at}), Fact{Step: Budget}); got != Open {
		t.Errorf("what only shows something is %s", got)
	}
	if n, ok := Next(r, Morning); n != Budget || !ok {
		t.Errorf("goes on with %d", n)
	}
	for _, s := range Morning.Steps() {
		r = r.With(Mark{Step: s, At: at})
	}
	if n, ok := Next(r, Morning); ok || len(r.Marks) != 5 {
		t.Errorf("a done session goes on with %d", n)
	}
}

func TestRecordReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := NewRecord(time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), 0))
		for _, s := range rapid.SliceOf(rapid.IntRange(1, 11)).Draw(t, "steps") {
			r = r.With(Mark{Step: Step(s), At: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0).UTC(), Left: rapid.SampledFrom([]string{"", "0f"}).Draw(t, "left")})
		}
		got, err := ParseRecord(r.Bytes())
		if err != nil || string(got.Bytes()) != string(r.Bytes()) {
			t.Fatalf("%v\n%s\n%s", err, got.Bytes(), r.Bytes())
		}
	})
}

func FuzzParseRecord(f *testing.F) {
	for _, text := range []string{"", "{}", `{"version":1,"date":"2026-02-04","marks":[{"step":3,"at":"2026-02-04T08:00:00Z"}]}`, `{"version":1,"date":"2026-02-04","marks":[{"step":12}]}`, `{"version":1,"date":"x"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseRecord(text)
		if err != nil {
			return
		}
		if again, err := ParseRecord(r.Bytes()); err != nil || again.Date != r.Date || len(again.Marks) != len(r.Marks) {
			t.Fatalf("%q is read and cannot be written: %v", text, err)
		}
	})
}
