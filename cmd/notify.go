package cmd

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/notify"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
)

// notifier tells people what they are needed for, once each.
type notifier struct {
	app  *app
	by   notify.Notifier
	told *notify.Told
	// called are those of which this machine's desktop and bell told already.
	called map[string]bool
}

func (a *app) notifier() (*notifier, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	file := ""
	if d, err := a.dir(); err == nil && d.Exists() && d.Writable() == nil {
		file = d.File(filepath.Join("cache", "told.json"))
	}
	n := &notifier{app: a, told: notify.Remember(file), called: map[string]bool{}, by: notify.Notifier{Desktop: c.NotifyDesktop, Hook: c.NotifyHook}}
	if c.NotifyBell && isTerminal(a.errw) {
		n.by.Bell = a.errw
	}
	return n, nil
}

// people tells what is new since the last look, of all that is followed in its
// repositories (whole), or of one epic. That somebody could not be told is said, and
// stops nothing.
func (n *notifier) people(ctx context.Context, watched []execute.Watched, whole bool) {
	notices := map[string]notify.Notice{}
	var keys []string
	repos := map[string]bool{}
	now := n.app.now().UTC().Truncate(time.Second)
	for _, e := range watched {
		repos[e.Repo.Key()] = true
		for _, d := range e.Decisions {
			if d.Person == "" {
				continue
			}
			key := d.About.Key() + " " + string(d.Row) + " " + d.Alert
			keys = append(keys, key)
			notices[key] = notify.Notice{At: now, About: d.About.String(), URL: n.url(d.About), Why: terminal.Clean(d.Person), Next: terminal.Clean(d.Next)}
		}
	}
	if !n.by.Desktop && n.by.Bell == nil && n.by.Hook == "" {
		return // nobody hears, and nobody was told
	}
	news := n.told.News(keys)
	var list, call []notify.Notice
	for _, key := range news {
		list = append(list, notices[key])
		if !n.called[key] {
			n.called[key] = true
			call = append(call, notices[key])
		}
	}
	if err := n.by.Call(call); err != nil {
		n.app.notice("%v", err)
	}
	took, err := n.by.Post(ctx, list)
	if err != nil {
		n.app.notice("%v; it is told again at the next look", err)
	}
	err = n.told.Keep(now, keys, news[:took], func(key string) bool {
		repo, _, _ := strings.Cut(key, "#")
		return whole && repos[repo]
	})
	if err != nil {
		n.app.notice("what people were told cannot be remembered, and is told again: %v", err)
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
