package tui

// intent is what a person wants, whatever key said it. The list is sealed: the
// reducer has the only switch over it.
type intent interface{ intent() }

type (
	move        struct{ by int }    // rows down, up when negative
	movePage    struct{ by int }    // half pages
	moveEnd     struct{ last bool } // first or last row
	focusPane   struct{ pane pane }
	focusNext   struct{ by int }
	toggleZoom  struct{}
	openIt      struct{} // drill in
	goBack      struct{} // one level out
	leave       struct{} // one level out; at the root, quit
	interrupt   struct{} // quit, from anywhere
	startFilter struct{}
	typeText    struct{ text string }
	eraseRune   struct{}
	eraseAll    struct{}
	keepFilter  struct{}
	dropFilter  struct{}
	nextMatch   struct{ by int }
	refreshNow  struct{}
	toggleHelp  struct{}
	planFor     struct{ verb Verb } // of what is selected, or marked: the preview opens
	planFit     struct{}            // plan anew what the budget would allow
	approve     struct{}            // send the proposal that is shown
	cancel      struct{}            // close the preview or the question; send nothing
	copyCommand struct{}
	leaveOut    struct{}            // the selected step, with those that rest on it
	stopAndQuit struct{}            // stop the running send, then quit
	listPeople  struct{}            // what needs a person, and why
	goToPerson  struct{}            // to the selected one of them, in its pane
	strayKey    struct{}            // a key that means nothing in a box that waits for an answer
	markOne     struct{}            // the selected row
	markRange   struct{}            // from the one where it was said first
	markAll     struct{}            // every row that is shown, or none
	sortNext    struct{}            // the pane's next order
	sortTurn    struct{}            // the smallest first
	openPage    struct{ page page } // over the panes; again closes it
	stopFollow  struct{}
	foldIt      struct{} // the selected phase
	runIt       struct{} // what the palette has selected
	copyName    struct{} // of what is selected: a reference
	copyPage    struct{} // its address
	browse      struct{} // its page, in the browser
	toggleMouse struct{}
	clickAt     struct{ x, y int } // with the mouse
	wheel       struct{ x, y, by int }
)

func (move) intent()        {}
func (movePage) intent()    {}
func (moveEnd) intent()     {}
func (focusPane) intent()   {}
func (focusNext) intent()   {}
func (toggleZoom) intent()  {}
func (openIt) intent()      {}
func (goBack) intent()      {}
func (leave) intent()       {}
func (interrupt) intent()   {}
func (startFilter) intent() {}
func (typeText) intent()    {}
func (eraseRune) intent()   {}
func (eraseAll) intent()    {}
func (keepFilter) intent()  {}
func (dropFilter) intent()  {}
func (nextMatch) intent()   {}
func (refreshNow) intent()  {}
func (toggleHelp) intent()  {}
func (planFor) intent()     {}
func (planFit) intent()     {}
func (approve) intent()     {}
func (cancel) intent()      {}
func (copyCommand) intent() {}
func (leaveOut) intent()    {}
func (stopAndQuit) intent() {}
func (listPeople) intent()  {}
func (goToPerson) intent()  {}
func (strayKey) intent()    {}

func (markOne) intent()     {}
func (markRange) intent()   {}
func (markAll) intent()     {}
func (sortNext) intent()    {}
func (sortTurn) intent()    {}
func (openPage) intent()    {}
func (stopFollow) intent()  {}
func (copyName) intent()    {}
func (copyPage) intent()    {}
func (browse) intent()      {}
func (toggleMouse) intent() {}
func (clickAt) intent()     {}
func (wheel) intent()       {}
func (foldIt) intent()      {}
func (runIt) intent()       {}
