package flows

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestARecordedStepIsTheSameAgain: whatever a step holds, the journal gives it
// back, and every kind can be read.
func TestARecordedStepIsTheSameAgain(t *testing.T) {
	kinds := map[string]bool{}
	same := func(rt *rapid.T, e Effect) {
		kinds[e.Kind()] = true
		step := Step{Reason: rapid.String().Draw(rt, "reason"), Effect: e}
		w, err := Record(step)
		if err != nil {
			rt.Fatal(err)
		}
		raw, err := json.Marshal(w)
		if err != nil || strings.ContainsRune(string(raw), '\n') {
			rt.Fatalf("%s, %v", raw, err)
		}
		var back Recorded
		if err := json.Unmarshal(raw, &back); err != nil {
			rt.Fatal(err)
		}
		again, err := back.Step()
		if err != nil || !reflect.DeepEqual(again, step) {
			rt.Fatalf("%#v came back as %#v, %v", step, again, err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		same(rt, rapid.Make[MakeBranch]().Draw(rt, "e"))
		same(rt, rapid.Make[Reserve]().Draw(rt, "e"))
		same(rt, rapid.Make[Comment]().Draw(rt, "e"))
		same(rt, rapid.Make[AddLabel]().Draw(rt, "e"))
		same(rt, rapid.Make[LogDispatch]().Draw(rt, "e"))
		same(rt, rapid.Make[Call]().Draw(rt, "e"))
		same(rt, rapid.Make[RemoveLabel]().Draw(rt, "e"))
		same(rt, rapid.Make[MakeMark]().Draw(rt, "e"))
		same(rt, rapid.Make[Claim]().Draw(rt, "e"))
		same(rt, rapid.Make[FreeClaim]().Draw(rt, "e"))
		same(rt, rapid.Make[NoteRecall]().Draw(rt, "e"))
		same(rt, rapid.Make[DeleteComment]().Draw(rt, "e"))
		same(rt, rapid.Make[DeleteBranch]().Draw(rt, "e"))
		same(rt, rapid.Make[MakeLabel]().Draw(rt, "e"))
		same(rt, timed[MakeIssue]().Draw(rt, "e"))
		same(rt, timed[CloseIssue]().Draw(rt, "e"))
		same(rt, rapid.Make[ReopenIssue]().Draw(rt, "e"))
		same(rt, rapid.Make[LinkChild]().Draw(rt, "e"))
		same(rt, rapid.Make[UnlinkChild]().Draw(rt, "e"))
		same(rt, rapid.Make[Block]().Draw(rt, "e"))
		same(rt, rapid.Make[Unblock]().Draw(rt, "e"))
		same(rt, rapid.Make[AddChildren]().Draw(rt, "e"))
		same(rt, rapid.Make[Retarget]().Draw(rt, "e"))
		same(rt, rapid.Make[Ask]().Draw(rt, "e"))
		same(rt, rapid.Make[ResolveThread]().Draw(rt, "e"))
		same(rt, rapid.Make[UpdateBranch]().Draw(rt, "e"))
		same(rt, rapid.Make[MergeUp]().Draw(rt, "e"))
		same(rt, rapid.Make[AutoMerge]().Draw(rt, "e"))
		same(rt, rapid.Make[AutoMergeOff]().Draw(rt, "e"))
		same(rt, rapid.Make[Enqueue]().Draw(rt, "e"))
		same(rt, rapid.Make[MergePull]().Draw(rt, "e"))
		same(rt, rapid.Make[ClosePull]().Draw(rt, "e"))
		same(rt, rapid.Make[OpenPull]().Draw(rt, "e"))
		same(rt, rapid.Make[Tick]().Draw(rt, "e"))
		same(rt, rapid.Make[Mend]().Draw(rt, "e"))
		same(rt, rapid.Make[Capture]().Draw(rt, "e"))
		note := rapid.Make[NotePull]().Draw(rt, "e")
		if len(note.Note.Threads) == 0 { // none is none
			note.Note.Threads = nil
		}
		same(rt, note)
	})
	for kind := range readers {
		if !kinds[kind] {
			t.Errorf("kind %q was not tried", kind)
		}
	}
	if _, err := (Recorded{Kind: "no such", Effect: json.RawMessage("{}")}).Step(); err == nil || !strings.Contains(err.Error(), "no such") {
		t.Errorf("an unknown kind was read: %v", err)
	}
}

// timed draws effects with times in them, whole seconds as GitHub gives them.
func timed[E Effect]() *rapid.Generator[E] {
	seconds := rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "seconds"), 0).UTC()
	})
	return rapid.MakeCustom[E](rapid.MakeConfig{Types: map[reflect.Type]*rapid.Generator[any]{reflect.TypeFor[time.Time](): seconds.AsAny()}})
}
