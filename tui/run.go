package tui

import (
	"context"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// defaultEvery is the pause between two looks in the background: with the
// cheap query of one point, 240 points an hour.
const defaultEvery = 15 * time.Second

// frames is how often a second the renderer looks whether there is something
// new to write. Each look wakes the process though nothing changed: at 60 that
// alone is more than the percent of a core that an idle screen may take
// (docs/figures.md), at 40 a key is seen 25 ms later at the most.
const frames = 40

// Options are what the screen is started with.
type Options struct {
	In  io.Reader // the terminal; nil: standard input
	Out io.Writer // the terminal; nil: standard output
	// Env are the variables of the terminal's environment (TERM, COLORTERM),
	// as os.Environ gives them; nil: the program's own.
	Env []string
	// Clean makes text from outside fit to be shown on one line: without
	// control, escape, bidirectional, zero-width and tag characters. It must
	// be given; the screen shows nothing that did not pass it.
	Clean func(string) string
	// Explain says an error as a person reads it, and what to do about it;
	// nil: the error's own words.
	Explain func(error) (text, hint string)

	// Called writes a command line as it must be typed here; nil: as it is.
	Called func(command string) string

	// Browse opens an address in the browser; nil: that is not offered.
	Browse func(url string) error
	// Keys bind what is named otherwise than by default: "audit" to the keys that
	// then mean it. The names are those that Keys lists.
	Keys map[string][]string

	// Date is the time of the world that is shown, and Speed how many seconds of it
	// pass in one of Clock's: ages are told as whoever sits here waits for them.
	Date  func() time.Time // nil: Clock's
	Speed float64          // less than 1: 1
	Mouse bool             // clicks and the wheel are taken from the start

	ReadOnly bool // nothing is ever proposed or sent
	ASCII    bool // nothing but ASCII is written
	NoColor  bool // weight, but no colour
	Theme    Theme
	Every    time.Duration // between two looks in the background, at least 2 s; 0: 15 s
	Clock    Clock         // nil: the machine's
}

// ErrStopped is returned by Run when a person stopped a send and left: the plan
// stays open, to be gone on with or settled.
var ErrStopped = errors.New("stopped by you: what was sent stays sent, nothing was sent after it")

// ErrLeft is returned by Run when the screen was left while a send was still
// being stopped: what it had sent is in the journal, the rest was not sent.
var ErrLeft = errors.New("left while a send was being stopped: \"core dev budget\" shows what is still reserved. The plan stays open: \"core dev apply --resume\" goes on with it")

// Run shows the screen until it is quit, and leaves the terminal as it was. It
// returns nil when a person quit, ErrStopped or ErrLeft when that ended a send,
// an error when the context ended or the screen failed; what is known of a
// panic is written to Out. A send that runs when the context ends is stopped before its
// next write, and waited for.
func Run(ctx context.Context, engine Engine, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m, err := newModel(ctx, engine, o)
	if err != nil {
		return err
	}
	opts := []tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithFPS(frames)}
	if o.In != nil {
		opts = append(opts, tea.WithInput(o.In))
	}
	if o.Out != nil {
		opts = append(opts, tea.WithOutput(o.Out))
	}
	if o.Env != nil {
		opts = append(opts, tea.WithEnvironment(o.Env))
	}
	if o.NoColor {
		opts = append(opts, tea.WithColorProfile(colorprofile.ASCII))
	}
	_, err = tea.NewProgram(m, opts...).Run()
	if m.how == forced {
		return ErrLeft
	}
	cancel()
	<-m.edge.sending()
	if c := m.edge.crashed(); c != nil {
		return c.told(o.Out, m.edge.clean)
	}
	if err == nil && m.how == stopped {
		return ErrStopped
	}
	return err
}
