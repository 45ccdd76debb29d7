package tui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// model is the only tea.Model: it turns messages into intents and news, asks
// the reducer, and draws the state.
type model struct {
	state  state
	first  []order
	edge   *edge
	look   look
	ascii  bool
	tables [paneCount]table
	how    leaving
	date   func() time.Time
}

func newModel(ctx context.Context, engine Engine, o Options) (*model, error) {
	if o.Clean == nil {
		return nil, errors.New("tui: Options.Clean is missing: text from outside may not reach the terminal as it is")
	}
	if o.Clock == nil {
		o.Clock = wallClock{}
	}
	if o.ASCII {
		clean := o.Clean
		o.Clean = func(s string) string { return onlyASCII(clean(s)) }
	}
	keys, err := bound(o.Keys)
	if err != nil {
		return nil, err
	}
	if o.Date == nil {
		o.Date = o.Clock.Now
	}
	m := &model{ascii: o.ASCII, date: o.Date, look: look{want: o.Theme, none: o.NoColor}}
	m.edge = &edge{ctx: ctx, engine: engine, clock: o.Clock, clean: o.Clean, explain: o.Explain, browse: o.Browse}
	m.state, m.first = started(o, o.Clock.Now())
	m.state.keys, m.state.date = keys, o.Date()
	m.edge.called = m.state.called
	return m, nil
}

// Init reads what was kept from an earlier run, and asks the terminal for its
// background; nobody waits for the answer.
func (m *model) Init() tea.Cmd {
	return tea.Batch(m.commands(m.first), tea.RequestBackgroundColor)
}

// Update does no I/O.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.state.now, m.state.date = m.edge.clock.Now(), m.date()
	var orders []order
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if in, ok := m.state.resolve(msg.String(), msg.Text); ok {
			m.state, orders = m.state.want(in)
		}
	case tea.MouseMsg:
		if in, ok := mouseIntent(msg); ok && m.state.mouse {
			m.state, orders = m.state.want(in)
		}
	case tea.PasteMsg:
		if in := m.state.scopeNow(); in == inFilter || in == inPalette { // elsewhere pasted text is no key
			m.state, orders = m.state.want(typeText{msg.Content})
		}
	case tea.WindowSizeMsg:
		m.state, orders = m.state.hear(resized{msg.Width, msg.Height})
	case tea.FocusMsg:
		m.state, orders = m.state.hear(focused{true})
	case tea.BlurMsg:
		m.state, orders = m.state.hear(focused{false})
	case tea.ColorProfileMsg:
		m.look.profile = msg.Profile
	case tea.BackgroundColorMsg:
		m.look.known, m.look.dark = true, msg.IsDark()
	case tea.ModeReportMsg:
		// The renderer measures by clusters from here on, and so must we.
		if msg.Mode == ansi.ModeUnicodeCore && (msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet) {
			m.state.method = ansi.GraphemeWidth
		}
	case news:
		m.state, orders = m.state.hear(msg)
	}
	return m, m.commands(orders)
}

func (m *model) commands(orders []order) tea.Cmd {
	var cmds []tea.Cmd
	for _, o := range orders {
		if q, ok := o.(quit); ok {
			m.how = q.how
		}
		cmds = append(cmds, m.edge.command(o))
	}
	return tea.Batch(cmds...)
}

// View draws the state.
func (m *model) View() tea.View {
	v := tea.NewView("")
	v.AltScreen, v.ReportFocus = true, true
	if m.state.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if m.state.w <= 0 || m.state.h <= 0 {
		return v
	}
	v.SetContent(strings.Join(m.frame(), "\n"))
	return v
}

func (m *model) frame() []string {
	d := m.state.drawn(m.look, m.look.theme())
	d.tables = &m.tables
	lines := d.frame()
	if m.ascii {
		for k := range lines {
			lines[k] = onlyASCII(lines[k])
		}
	}
	return lines
}

// onlyASCII writes what is no ASCII as something that is.
func onlyASCII(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x80:
			return r
		case r == '…':
			return '~'
		case r == '·' || r == '–' || r == '—':
			return '-'
		}
		return '?'
	}, s)
}
