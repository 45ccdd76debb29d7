package orchestrator

// LeftOpen are the plans that an earlier run left open and that nobody works
// on, newest first. A plan that cannot be read is left out: History lists it.
func (a *Applier) LeftOpen() ([]Entry, error) {
	ids, err := a.Journal.Unfinished()
	if err != nil {
		return nil, err
	}
	var out []Entry
	for k := len(ids) - 1; k >= 0; k-- {
		if e, err := a.Plan(ids[k]); err == nil && e.State == Open {
			out = append(out, e)
		}
	}
	return out, nil
}
