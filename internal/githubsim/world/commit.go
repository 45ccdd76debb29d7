package world

// commit makes the running Update's changes last, or fails without a trace.
func (w *World) commit(tx *Tx) error {
	if meta := w.s.meta.rows[1]; tx.now.After(meta.LastTime) {
		w.s.meta.update(1, func(m *metaRow) { m.LastTime = tx.now })
	}
	if w.disk != nil {
		if err := w.disk.save(w.s, nil); err != nil {
			return err
		}
	}
	for _, t := range w.s.tables() {
		t.accept()
	}
	return nil
}

// recover brings git repositories and state together after a kill.
func (w *World) recover() error { return nil }

func (w *World) settleLooks() error { return nil }
