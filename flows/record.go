package flows

import (
	"encoding/json"
	"fmt"
)

// Recorded is a step as the journal keeps it: all of its effect, so that a
// process that did not plan it can carry it out.
type Recorded struct {
	Kind   string          `json:"kind"`
	Reason string          `json:"reason"`
	Effect json.RawMessage `json:"effect"`
}

// Record writes a step down.
func Record(s Step) (Recorded, error) {
	raw, err := json.Marshal(s.Effect)
	return Recorded{Kind: s.Effect.Kind(), Reason: s.Reason, Effect: raw}, err
}

// Step reads it again. A kind that this version does not know is an error.
func (r Recorded) Step() (Step, error) {
	read, ok := readers[r.Kind]
	if !ok {
		return Step{}, fmt.Errorf("a step of kind %q: this version does not know it", r.Kind)
	}
	e, err := read(r.Effect)
	if err != nil {
		return Step{}, fmt.Errorf("a step of kind %q: %w", r.Kind, err)
	}
	return Step{Reason: r.Reason, Effect: e}, nil
}

var readers = map[string]func(json.RawMessage) (Effect, error){
	MakeBranch{}.Kind():    read[MakeBranch],
	Reserve{}.Kind():       read[Reserve],
	Comment{}.Kind():       read[Comment],
	AddLabel{}.Kind():      read[AddLabel],
	LogDispatch{}.Kind():   read[LogDispatch],
	Call{}.Kind():          read[Call],
	RemoveLabel{}.Kind():   read[RemoveLabel],
	MakeMark{}.Kind():      read[MakeMark],
	Claim{}.Kind():         read[Claim],
	FreeClaim{}.Kind():     read[FreeClaim],
	NoteRecall{}.Kind():    read[NoteRecall],
	DeleteComment{}.Kind(): read[DeleteComment],
	DeleteBranch{}.Kind():  read[DeleteBranch],
	MakeLabel{}.Kind():     read[MakeLabel],
	MakeIssue{}.Kind():     read[MakeIssue],
	CloseIssue{}.Kind():    read[CloseIssue],
	ReopenIssue{}.Kind():   read[ReopenIssue],
	LinkChild{}.Kind():     read[LinkChild],
	UnlinkChild{}.Kind():   read[UnlinkChild],
	Block{}.Kind():         read[Block],
	Unblock{}.Kind():       read[Unblock],
	AddChildren{}.Kind():   read[AddChildren],
	Retarget{}.Kind():      read[Retarget],
	Ask{}.Kind():           read[Ask],
	ResolveThread{}.Kind(): read[ResolveThread],
	UpdateBranch{}.Kind():  read[UpdateBranch],
	MergeUp{}.Kind():       read[MergeUp],
	AutoMerge{}.Kind():     read[AutoMerge],
	AutoMergeOff{}.Kind():  read[AutoMergeOff],
	Enqueue{}.Kind():       read[Enqueue],
	MergePull{}.Kind():     read[MergePull],
	ClosePull{}.Kind():     read[ClosePull],
	OpenPull{}.Kind():      read[OpenPull],
	Tick{}.Kind():          read[Tick],
	Mend{}.Kind():          read[Mend],
	Capture{}.Kind():       read[Capture],
	NotePull{}.Kind():      read[NotePull],
}

func read[E Effect](raw json.RawMessage) (Effect, error) {
	var e E
	err := json.Unmarshal(raw, &e)
	return e, err
}
