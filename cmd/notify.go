package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/notify"
	"github.com/dappcore/core-dev/inventory"
)

// notifier tells people what they are needed for, once each.
type notifier struct {
	app   *app
	by    notify.Notifier
	known map[string]string // why, by what it is about
}

func (a *app) notifier() (*notifier, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	n := &notifier{app: a, known: map[string]string{}, by: notify.Notifier{Desktop: c.NotifyDesktop, Hook: c.NotifyHook}}
	if c.NotifyBell && isTerminal(a.errw) {
		n.by.Bell = a.errw
	}
	return n, nil
}

// people tells what is new since the last look. That somebody could not be told is
// said, and stops nothing.
func (n *notifier) people(ctx context.Context, watched []execute.Watched) {
	now := map[string]string{}
	var list []notify.Notice
	for _, e := range watched {
		for _, d := range e.Decisions {
			if d.Person == "" {
				continue
			}
			key := d.About.Key() + " " + string(d.Row) + " " + d.Alert
			now[key] = d.Person
			if _, told := n.known[key]; !told {
				list = append(list, notify.Notice{At: n.app.now().UTC().Truncate(time.Second), About: d.About.String(), URL: n.url(d.About), Why: d.Person, Next: d.Next})
			}
		}
	}
	n.known = now
	if err := n.by.Tell(ctx, list); err != nil {
		n.app.notice("%v", err)
	}
}

func (n *notifier) url(ref inventory.Ref) string {
	return fmt.Sprintf("%s/%s/issues/%d", n.app.web(n.app.host()), ref.Repo, ref.Number)
}

// web is where GitHub's pages are, without a slash at the end.
func (a *app) web(host string) string {
	if a.sim != nil {
		return a.simURL
	}
	return "https://" + host
}
