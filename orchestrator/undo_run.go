package orchestrator

import (
	"slices"

	"github.com/dappcore/core-dev/flows"
)

// UndoRun plans what takes back all that one run of a command did, with all its
// rounds: an undo for each of its plans, newest first, as one proposal. It is the
// run of the plan named, or where id is empty the newest that left something. An
// undo with nothing to do is among them for what it says cannot be taken back.
// *CannotUndo: there is none, it has not ended yet, or was taken back.
func (a *Applier) UndoRun(id string) (run string, plans []flows.Plan, err error) {
	list, err := a.History(0)
	if err != nil {
		return "", nil, err
	}
	tried := map[string]bool{}
	for _, e := range list {
		if id != "" && e.ID != id || id == "" && (e.Flow == undoFlow || e.State == Undone || e.Done == 0) || tried[e.Run] {
			continue
		}
		tried[e.Run] = true
		if e.State == Broken {
			return "", nil, &CannotUndo{e.ID, e.Detail}
		}
		plans, err := a.undoRun(list, e.Run)
		if err != nil || id != "" || slices.ContainsFunc(plans, func(p flows.Plan) bool { return len(p.Steps) > 0 }) {
			return e.Run, plans, err
		}
	}
	if id != "" {
		_, err := a.Plan(id)
		return "", nil, err
	}
	return "", nil, &CannotUndo{"", "there is no run that left anything to take back"}
}

// undoRun takes back the plans of a run; list is the whole journal, newest first.
func (a *Applier) undoRun(list []Entry, run string) ([]flows.Plan, error) {
	var out []flows.Plan
	list = slices.Clone(list)
	for k := range list {
		e := list[k]
		if e.Run != run || e.State == Undone || e.Done == 0 && e.State != Open && e.State != Running {
			continue
		}
		switch e.State {
		case Open, Running:
			return nil, &CannotUndo{e.ID, "it has not ended yet"}
		}
		p, err := a.undo(e, list[:k], list[k+1:])
		if err != nil {
			return nil, err
		}
		out = append(out, p)
		if len(p.Steps) > 0 {
			// What the older ones made is used by it no more: beside takes them back
			// after it, and not at all where it fails.
			list[k].State = Undone
		}
	}
	if len(out) == 0 {
		return nil, &CannotUndo{run, "its run was taken back already, or did nothing"}
	}
	return out, nil
}
