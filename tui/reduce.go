package tui

import (
	"errors"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/orchestrator"
)

const (
	leastEvery  = 2 * time.Second // between two looks, whatever is configured
	blurFactor  = 4               // looks are rarer while the terminal has no focus
	mostBackoff = 5 * time.Minute // after many failures
	readingTime = 300 * time.Millisecond
	planPause   = 50 * time.Millisecond // between two plans asked for: of those in a hurry the last alone is made
	answerTime  = time.Second           // before it a second ctrl-c answers nothing, nor y what opened by itself
	pauseBeat   = time.Second           // between two looks for .core/PAUSE
	toastTime   = 6 * time.Second
	mostLog     = 500 // lines of Activity kept
)

// started is the state the program begins in.
func started(o Options, now time.Time) (state, []order) {
	s := state{readOnly: o.ReadOnly, every: max(o.Every, leastEvery), clean: o.Clean, now: now, date: now, speed: max(o.Speed, 1), follow: true, called: o.Called, mouse: o.Mouse}
	if s.glyphs = unicodeGlyphs; o.ASCII {
		s.glyphs = asciiGlyphs
	}
	if s.called == nil {
		s.called = func(command string) string { return command }
	}
	if o.Every == 0 {
		s.every = defaultEvery
	}
	s.fetch = fetch{running: true, since: now}
	s.reads.running = true
	s.wakes = 1
	return s, []order{readCache{}, readPast{}, watchPause{s.brake}, watchLog{}, wakeUp{seq: 1, after: s.beat()}}
}

// want applies what a person wants.
func (s state) want(in intent) (state, []order) {
	switch in := in.(type) {
	case interrupt:
		return s.interrupted()
	case stopAndQuit:
		return s.stoppedToLeave()
	case cancel:
		if s.asking {
			s.asking = false
			return s, nil
		}
		if s.preview.whole && s.preview.phase == planned { // back to the list: nothing is sent
			s.preview.whole = false
			return s, nil
		}
		return s.closed()
	case approve:
		return s.approved()
	case planFor:
		ask, name, why := s.asks(in.verb)
		switch {
		case s.readOnly || s.board == nil:
			return s, nil
		case why != "":
			return s.told(why, true), nil
		}
		s.detail = false
		return s.planned(ask, name, "")
	case planFit:
		ask := s.preview.ask
		ask.Max = s.preview.refusal.Fits
		return s.planned(ask, s.preview.name, "")
	case copyCommand:
		s = s.told("copied: "+s.preview.proposal.Command, false)
		return s, []order{copyText{s.preview.proposal.Command}}
	case strayKey:
		return s.told(s.answers(), true), nil
	case listPeople:
		s.listing = !s.listing
	case goToPerson:
		s = s.shownWhere()
	case refreshNow:
		s.fetch.failures, s.fetch.wanted = 0, true
		s, orders := s.looking()
		more, further := s.reading()
		return more, append(orders, further...)
	case stopFollow:
		return s.unfollowed("you stopped watching")
	case openPage:
		return s.turnedTo(in.page)
	case runIt:
		return s.ran()
	case markOne:
		s = s.marking(list.toggled)
	case markRange:
		s = s.marking(list.ranged)
	case markAll:
		s = s.marking(list.all)
	case sortNext, sortTurn:
		s = s.resorted(in)
	case foldIt:
		s = s.foldedHere()
	case toggleMouse:
		s.mouse = !s.mouse
		word := "the mouse is off: the terminal's own selection works"
		if s.mouse {
			word = "the mouse is on: click and wheel; " + s.keyOf(toggleMouse{}) + " switches it off"
		}
		s = s.told(word, false)
	case clickAt:
		s = s.clicked(in.x, in.y)
	case wheel:
		s = s.wheeled(in)
	case copyName, copyPage, browse:
		return s.pointing(in)
	case leave:
		if s.inside() {
			return s.back(), nil
		}
		return s.interrupted()
	case toggleHelp:
		s.helping, s.helpTop = !s.helping, 0
	case leaveOut:
		return s.without()
	case openIt:
		if s.planShown() {
			s.preview.whole, s.preview.wholeTop = !s.preview.whole, 0
			break
		}
		s = s.opened()
	case goBack:
		s = s.back()
	case move:
		s = s.moved(func(l list, _ int) list { return l.moved(in.by) }, in.by)
	case movePage:
		s = s.moved(func(l list, height int) list { return l.moved(in.by * max(1, height/2)) }, in.by*8)
	case moveEnd:
		s = s.moved(func(l list, _ int) list { return l.to(in.last) }, 0)
	case nextMatch:
		s = s.moved(func(l list, _ int) list { return l.cycled(in.by) }, in.by)
	case focusPane:
		s.focus, s.trail, s.page, s.under = in.pane, nil, noPage, noPage
	case focusNext:
		s.focus, s.trail = pane((int(s.focus)+in.by+int(paneCount))%int(paneCount)), nil
	case toggleZoom:
		s.zoom = !s.zoom
	default:
		s = s.edited(in)
	}
	return s.settled(), nil
}

// edited changes the filter of what has the keys: the focused pane, or the
// palette.
func (s state) edited(in intent) state {
	if s.page == verbBox {
		return s.named(in)
	}
	l := s.lists[s.focus]
	text := l.filter
	switch in := in.(type) {
	case startFilter:
		s.filtering, s.before = true, text
		return s
	case typeText:
		text += s.clean(in.text)
	case eraseRune:
		if text == "" {
			s.filtering = false
			return s
		}
		r := []rune(text)
		text = string(r[:len(r)-1])
	case eraseAll:
		text = ""
	case keepFilter:
		s.filtering = false
		return s
	case dropFilter:
		s.filtering, text = false, s.before
		if s.before == l.filter {
			text = ""
		}
	default:
		return s
	}
	s.lists[s.focus] = l.filtered(text)
	return s.follows()
}

// hear applies news.
func (s state) hear(n news) (state, []order) {
	switch n := n.(type) {
	case resized:
		s.w, s.h = n.w, n.h
		if !s.gridded() {
			s.zoom = false
		}
	case focused:
		s.dim = !n.on
		s.wakes++
		orders := []order{wakeUp{seq: s.wakes, after: s.beat()}}
		if n.on && !s.fetch.running && s.since(s.seenAt()) > s.every {
			next, more := s.looking()
			return next, append(orders, more...)
		}
		return s, orders
	case woke:
		return s.woken(n)
	case noCache:
		s.fetch.running = false
		return s.looking()
	case viewCame:
		return s.viewed(n)
	case lookFailed:
		// What made it wanted once more is in the next look too, whenever that is due.
		s.fetch.running, s.fetch.wanted, s.fetch.again = false, false, false
		if !s.fetch.failed() {
			s = s.noted(entry{mark: bad, word: "refresh", text: n.problem.text})
		}
		s.fetch.problem = n.problem
		s.fetch.failures++
		s.fetch.next = s.now.Add(s.backoff())
		if s.board != nil && s.board.view.Partial && !s.fetch.kept {
			s.fetch.kept = true
			return s.settled(), []order{readKept{}}
		}
	case pastCame:
		s.reads = pastReads{problem: n.problem}
		if n.problem.text != "" {
			if !n.again {
				s = s.noted(entry{mark: bad, word: "log", text: n.problem.String()})
			}
			return s.settled(), nil
		}
		s.past = n.plans
		if !n.again {
			s = s.recalled(n.entries)
		}
		s = s.logListed()
	case pauseCame:
		return s.halted(n.pause), []order{watchPause{n.pause}}
	case broke:
		return s, []order{quit{}}
	case logChanged:
		return s.written()
	case pullsCame:
		return s.pulled(n)
	case spentCame:
		if s.spent.running, s.spent.problem = false, n.problem; n.problem.text == "" {
			s.spent.days = n.days
		}
		return s.spentListed().settled(), nil
	case aheadCame:
		if s.ahead.running, s.ahead.problem = false, n.problem; n.problem.text == "" {
			s.ahead.Ahead = n.ahead
		}
		return s.spentListed().settled(), nil
	case dayCame:
		return s.satDown(n), nil
	case roundCame:
		return s.rounded(n)
	case said:
		return s.told(n.text, n.bad), nil
	case proposalCame:
		return s.proposed(n)
	case applyNews:
		return s.applied(n)
	}
	return s.settled(), nil
}

// woken is the clock's beat.
func (s state) woken(n woke) (state, []order) {
	if n.seq != s.wakes {
		return s, nil
	}
	s.wakes++
	orders := []order{wakeUp{seq: s.wakes, after: s.beat()}}
	if !s.fetch.running && !s.now.Before(s.fetch.next) && !s.watch.running {
		next, more := s.looking()
		return next, append(orders, more...)
	}
	if s.watch.on && !s.watch.running && !s.send.running && !s.paused() && !s.now.Before(s.watch.next) {
		s.watch.running, s.watch.sending = true, false
		return s, append(orders, followOn{}, awaitRound{})
	}
	return s, orders
}

// beat is how often ages are drawn anew and the next look is thought of.
func (s *state) beat() time.Duration {
	if s.dim {
		return 10 * time.Second
	}
	return time.Second
}

// backoff is the pause after failures: twice as long after each.
func (s *state) backoff() time.Duration {
	d := s.pause()
	for range min(s.fetch.failures, 10) {
		d = min(2*d, mostBackoff)
	}
	return d
}

func (s *state) pause() time.Duration {
	if s.dim {
		return blurFactor * s.every
	}
	return s.every
}

// looking asks for a look; one is in flight at a time.
func (s state) looking() (state, []order) {
	if s.fetch.running {
		return s.settled(), nil
	}
	s.fetch.running, s.fetch.again, s.fetch.since = true, false, s.now
	return s.settled(), []order{lookAgain{}}
}

// viewed takes the board of a look that was asked for, which is over with it.
func (s state) viewed(n viewCame) (state, []order) {
	was := s.board
	if n.kept {
		if was != nil && was.view.Partial {
			s = s.shows(n)
		}
		return s.settled(), nil
	}
	s.fetch.running = false
	if n.cached {
		return s.shows(n).looking()
	}
	if s.fetch.wanted {
		s.fetch.wanted = s.fetch.again
		s = s.told(lookWords(was, n), false)
	}
	s = s.boarded(n)
	var orders []order
	if len(n.changes) > 0 && s.page == pullPage && !s.watch.on {
		s, orders = s.reading()
	}
	if s.fetch.again {
		next, more := s.looking()
		return next, append(orders, more...)
	}
	return s.settled(), orders
}

// boarded takes a board that GitHub was just read for, by whatever look: one that
// is under way still is.
func (s state) boarded(n viewCame) state {
	first := s.board == nil
	s = s.shows(n)
	if first || s.fetch.failed() {
		s = s.noted(entry{mark: note, word: "refresh", text: "GitHub was read: " + count(len(s.board.fleet.Rows), "repository", "repositories") + ", " + count(len(s.board.fleet.Epics), "epic", "epics") + ", " + count(s.board.ready, "child", "children") + " READY"})
	}
	s.fetch.problem, s.fetch.failures = problem{}, 0
	s.fetch.next = s.now.Add(s.pause())
	return s
}

// shows takes a new board and tells what changed; where one stands does not move.
func (s state) shows(n viewCame) state {
	s.board = n.board
	s = s.listed()
	own := map[string]bool{}
	for _, e := range s.log {
		if e.child != "" && e.word == labelled {
			own[e.child] = true
		}
	}
	for _, e := range n.changes {
		if e.word != "running" || !own[e.child] {
			s = s.noted(e)
		}
	}
	return s
}

// listed fills the lists from the board.
func (s state) listed() state {
	s.lists[repos] = s.lists[repos].with(s.board.repos)
	s.people = s.people.with(s.board.peopleRows)
	rows := s.board.epics
	s.among = nil
	if !s.only.IsZero() {
		rows, s.among = nil, []int{}
		for k := range s.board.fleet.Epics {
			if s.board.fleet.Epics[k].Ref.Repo.Same(s.only) {
				rows = append(rows, s.board.epics[k])
				s.among = append(s.among, k)
			}
		}
	}
	s.lists[epics] = s.lists[epics].with(rows)
	s.of = ""
	return s.issuesListed().follows()
}

// follows lists the phases of the epic that is selected now.
func (s state) follows() state {
	e, _, ok := s.epic()
	id := s.lists[epics].selected()
	switch {
	case !ok:
		s.of, s.lines, s.lists[phases] = "", nil, list{}
	case id != s.of:
		kept := s.lists[phases]
		var rows []row
		s.of = id
		s.lines, rows = s.checklist(e)
		s.of = id
		fresh := list{filter: kept.filter}.with(rows)
		if again := kept.with(rows); kept.selected() != "" && again.selected() == kept.selected() {
			fresh = again
		} else {
			fresh.at = firstOpen(e, s.lines, fresh)
		}
		s.lists[phases] = fresh
	}
	return s
}

// moved moves in whatever has the keys.
func (s state) moved(in func(l list, height int) list, lines int) state {
	switch {
	case s.preview.phase == planned && s.preview.whole:
		s.preview.wholeTop = max(0, min(s.preview.wholeTop+lines, s.wholeMost()))
	case s.preview.phase == planned:
		_, h := previewSize(s.w, s.h)
		s.preview.list = in(s.preview.list, h-previewFixed)
	case s.listing && !s.helping && s.page != verbBox:
		s.people = in(s.people, s.peopleRoom())
	case s.helping:
		s.helpTop = max(0, min(s.helpTop+lines, s.helpMost()))
	case s.page != noPage:
		s.pages[s.page] = in(s.pages[s.page], s.pageRoom())
	default:
		l := arrange(s.w, s.h, s.focus, s.zoom)
		s.lists[s.focus] = in(s.lists[s.focus], s.rowsIn(l, s.focus))
		if s.focus == activity {
			s.follow = s.lists[activity].at >= len(s.lists[activity].shown)-1
		}
		s = s.follows()
	}
	return s
}

// opened drills in.
func (s state) opened() state {
	if s.page != noPage {
		return s.leading()
	}
	switch s.focus {
	case repos:
		k := s.lists[repos].index()
		if k < 0 || s.board == nil {
			return s
		}
		s.only = s.board.fleet.Rows[k].Repo.Ref
		s.trail = append(s.trail[:len(s.trail):len(s.trail)], repos)
		s.focus = epics
		s.lists[epics].filter = ""
		if e, _, ok := s.epic(); !ok || !e.Ref.Repo.Same(s.only) {
			s.lists[epics].at, s.lists[epics].top = 0, 0
			s = s.listed()
			s.lists[epics].at = 0
			return s.follows()
		}
		return s.listed()
	case epics:
		if _, _, ok := s.epic(); ok {
			s.trail = append(s.trail[:len(s.trail):len(s.trail)], epics)
			s.focus = phases
		}
	case phases:
		_, _, s.detail = s.child()
	default: // a line that is longer than its pane, whole
		if s.detail = s.lists[s.focus].index() >= 0; s.detail {
			s.follow = s.follow && s.focus != activity
		}
	}
	return s
}

// back goes one level out: detail, filter, zoom, then where one came from.
func (s state) back() state {
	switch {
	case s.page == issuePage && s.pages[issuePage].anyMarked():
		s.pages[issuePage] = s.pages[issuePage].unmarked()
	case s.page != noPage:
		s.page, s.under = s.under, noPage
	case s.detail:
		s.detail = false
	case s.lists[s.focus].anyMarked():
		s.lists[s.focus] = s.lists[s.focus].unmarked()
	case s.lists[s.focus].filter != "":
		s.lists[s.focus] = s.lists[s.focus].filtered("")
		s = s.follows()
	case s.focus == activity && s.send.problem.text != "":
		s.send.problem = problem{}
	case s.zoom:
		s.zoom = false
	case len(s.trail) > 0:
		s.focus = s.trail[len(s.trail)-1]
		s.trail = s.trail[:len(s.trail)-1]
		if s.focus == repos {
			s = s.whole()
		}
	case !s.only.IsZero():
		s = s.whole()
	}
	return s.settled()
}

// whole shows the epics of every repository again.
func (s state) whole() state {
	id := s.lists[epics].selected()
	s.only.Owner, s.only.Name = "", ""
	s = s.listed()
	if at := s.lists[epics].find(id); id != "" && at >= 0 {
		s.lists[epics].at = at
	}
	return s.follows()
}

func (s state) interrupted() (state, []order) {
	switch {
	case !s.send.running && !s.watch.on && !s.watch.running:
		return s, []order{quit{}}
	case (s.asking || s.send.stopping || s.watch.leaving) && s.now.Sub(s.asked) < answerTime: // a key held down, or hit twice, answers nothing
		return s, nil
	case s.send.stopping && s.send.leaving || s.watch.leaving: // it was asked already, and does not end
		return s, []order{quit{forced}}
	case s.asking:
		return s.want(stopAndQuit{})
	}
	s.asking, s.asked = true, s.now
	return s, nil
}

// settled brings every selection into its window.
func (s state) settled() state {
	l := arrange(s.w, s.h, s.focus, s.zoom)
	s.lists[budgets] = s.lists[budgets].with(s.budgetRows())
	for p := range paneCount {
		if p == activity && s.follow {
			s.lists[p] = s.lists[p].to(true)
		}
		if s.lists[p].shown != nil {
			s.lists[p] = s.lists[p].settled(s.rowsIn(l, p))
		}
	}
	if s.preview.phase == planned {
		_, h := previewSize(s.w, s.h)
		s.preview.list = s.preview.list.settled(h - previewFixed)
	}
	if s.listing {
		s.people = s.people.settled(s.peopleRoom())
	}
	if s.page != noPage {
		s.pages[s.page] = s.pages[s.page].settled(s.pageRoom())
	}
	return s
}

// noted writes a line of Activity.
func (s state) noted(e entry) state {
	s.logged++
	e.seq = s.logged
	if e.at.IsZero() {
		e.at = s.date
	}
	return s.logging(append(s.log[max(0, len(s.log)-mostLog+1):len(s.log):len(s.log)], e))
}

// logging takes the lines of Activity.
func (s state) logging(log []entry) state {
	s.log = log
	rows := make([]row, len(log))
	for k, e := range log {
		rows[k] = row{id: entryID(e.seq), match: entryMatch(e)}
	}
	s.lists[activity] = s.lists[activity].with(rows)
	return s
}

func (s state) told(text string, bad bool) state {
	s.toast = toast{text: text, bad: bad, until: s.now.Add(toastTime)}
	return s
}

// seenAt is when GitHub was last asked whether what is shown still holds.
func (s *state) seenAt() time.Time {
	if s.board == nil {
		return time.Time{}
	}
	return s.board.checkedAt()
}

// lookWords says what a look that a person wanted came to.
func lookWords(was *board, n viewCame) string {
	switch {
	case was != nil && n.board.takenAt().Equal(was.takenAt()):
		return "GitHub was asked: nothing new since " + was.takenAt().UTC().Format("15:04Z")
	case len(n.changes) == 0:
		return "GitHub was read again: nothing new for what is shown"
	}
	return "GitHub was read again: " + count(len(n.changes), "change", "changes") + ", told in Activity"
}

// written hears that another process wrote the dispatch log: it is looked at
// again, and who wrote it is told by what the look finds.
func (s state) written() (state, []order) {
	if s.fetch.running {
		s.fetch.again = true
		return s.settled(), []order{watchLog{}}
	}
	next, more := s.looking()
	return next, append(more, watchLog{})
}

// refusalOf and staleOf name the two errors the screen answers by itself.
func refusalOf(err error) (*flows.Refusal, bool) {
	var r *flows.Refusal
	return r, errors.As(err, &r)
}

func staleOf(err error) (*orchestrator.Stale, bool) {
	var st *orchestrator.Stale
	return st, errors.As(err, &st)
}
