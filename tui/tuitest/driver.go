// Package tuitest drives a screen in tests: it presses keys, carries out the
// commands that follow, waits until the screen is idle (no sleeps), and reads
// the frame. It works on any Bubble Tea model and knows nothing of this one.
package tuitest

import (
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// patience bounds how long a test waits for a command that hangs.
const patience = 30 * time.Second

// Driver is a screen under test. Its methods are for one goroutine.
type Driver struct {
	t      testing.TB
	model  tea.Model
	clock  *Clock
	queue  []tea.Msg // guarded by clock.mu
	busy   int       // commands under way; guarded by clock.mu
	quit   bool
	copied []string
}

// New starts a model of that size on a clock and waits until it is idle.
func New(t testing.TB, m tea.Model, clock *Clock, w, h int) *Driver {
	t.Helper()
	d := Start(t, m, clock, w, h)
	d.Idle()
	return d
}

// Start starts a model without waiting.
func Start(t testing.TB, m tea.Model, clock *Clock, w, h int) *Driver {
	t.Helper()
	d := &Driver{t: t, model: m, clock: clock}
	d.run(m.Init())
	d.update(tea.WindowSizeMsg{Width: w, Height: h})
	return d
}

// run carries a command out in a goroutine, as Bubble Tea does.
func (d *Driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	d.clock.mu.Lock()
	d.busy++
	d.clock.mu.Unlock()
	go func() {
		msg := cmd()
		d.clock.mu.Lock()
		defer d.clock.mu.Unlock()
		d.busy--
		if msg != nil {
			d.queue = append(d.queue, msg)
		}
		d.clock.changed.Broadcast()
	}()
}

// update hands a message to the model, or to what the runtime would do with it.
func (d *Driver) update(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.QuitMsg:
		d.quit = true
		return
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
		return
	}
	// Bubble Tea keeps the clipboard's message to itself; its kind is a string.
	if v := reflect.ValueOf(msg); v.Kind() == reflect.String && strings.Contains(v.Type().String(), "setClipboard") {
		d.copied = append(d.copied, v.String())
		return
	}
	var cmd tea.Cmd
	d.model, cmd = d.model.Update(msg)
	_ = d.model.View() // drawn after every message, as the runtime does
	d.run(cmd)
}

// step delivers one message; false when the screen is idle: nothing is under
// way but commands that wait on the clock.
func (d *Driver) step(deadline time.Time) bool {
	d.t.Helper()
	c := d.clock
	c.mu.Lock()
	for len(d.queue) == 0 {
		if d.busy <= c.waiting() {
			c.mu.Unlock()
			return false
		}
		if time.Now().After(deadline) {
			n := d.busy - c.waiting()
			c.mu.Unlock()
			d.t.Fatalf("%d commands hang; the screen shows\n%s", n, d.Frame())
		}
		c.changed.Wait()
	}
	msg := d.queue[0]
	d.queue = d.queue[1:]
	c.mu.Unlock()
	d.update(msg)
	return true
}

// patient wakes a waiting step when patience is over.
func (d *Driver) patient() (deadline time.Time, done func()) {
	t := time.AfterFunc(patience, d.clock.changed.Broadcast)
	return time.Now().Add(patience), func() { t.Stop() }
}

// Idle waits until nothing is under way any more.
func (d *Driver) Idle() {
	d.t.Helper()
	deadline, done := d.patient()
	defer done()
	for d.step(deadline) {
	}
}

// Until delivers messages until the frame holds a text, and fails when the
// screen is idle before. It is for looking at a screen while a command runs.
func (d *Driver) Until(text string) {
	d.t.Helper()
	deadline, done := d.patient()
	defer done()
	for !strings.Contains(d.Frame(), text) {
		if !d.step(deadline) {
			d.t.Fatalf("the screen is idle and never showed %q:\n%s", text, d.Frame())
		}
	}
}

// Press presses keys, named as Bubble Tea names them ("j", "ctrl+d", "enter"),
// and waits until the screen is idle after each.
func (d *Driver) Press(keys ...string) {
	d.t.Helper()
	for _, k := range keys {
		d.Tap(k)
		d.Idle()
	}
}

// Tap presses a key and does not wait.
func (d *Driver) Tap(key string) { d.update(Key(key)) }

// Type types a text, a key a letter.
func (d *Driver) Type(text string) {
	d.t.Helper()
	for _, r := range text {
		d.Press(string(r))
	}
}

// Send hands a message to the model and waits until it is idle.
func (d *Driver) Send(msg tea.Msg) {
	d.t.Helper()
	d.update(msg)
	d.Idle()
}

// Resize changes the terminal's size.
func (d *Driver) Resize(w, h int) {
	d.t.Helper()
	d.Send(tea.WindowSizeMsg{Width: w, Height: h})
}

// Advance lets time go by: every timer that is due fires in its turn, and what
// follows is carried out.
func (d *Driver) Advance(by time.Duration) {
	d.t.Helper()
	d.Idle()
	for end := d.clock.Now().Add(by); ; {
		more := d.clock.next(end)
		d.Idle()
		if !more {
			return
		}
	}
}

// Quit tells whether the model asked to quit.
func (d *Driver) Quit() bool { return d.quit }

// Copied is what was put on the clipboard.
func (d *Driver) Copied() []string { return d.copied }

// Model is the model as it is now.
func (d *Driver) Model() tea.Model { return d.model }

// Raw is the frame with its colours.
func (d *Driver) Raw() string { return d.model.View().Content }

// Frame is what is on the screen, without colours.
func (d *Driver) Frame() string { return ansi.Strip(d.Raw()) }

// Line is the first line that holds a text; it fails when there is none.
func (d *Driver) Line(text string) string {
	d.t.Helper()
	for _, l := range strings.Split(d.Frame(), "\n") {
		if strings.Contains(l, text) {
			return l
		}
	}
	d.t.Fatalf("no line holds %q:\n%s", text, d.Frame())
	return ""
}

// Shows fails unless the frame holds all the texts.
func (d *Driver) Shows(texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if !strings.Contains(d.Frame(), text) {
			d.t.Errorf("%q is not shown:\n%s", text, d.Frame())
		}
	}
}

// Hides fails if the frame holds one of the texts.
func (d *Driver) Hides(texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if strings.Contains(d.Frame(), text) {
			d.t.Errorf("%q is shown:\n%s", text, d.Frame())
		}
	}
}
