package cmd

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/notify"
	"github.com/dappcore/core-dev/inventory"
)

// notifier tells people what they are needed for, once each.
type notifier struct {
	app  *app
	by   notify.Notifier
	told *notify.Told
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
	n := &notifier{app: a, told: notify.Remember(file), by: notify.Notifier{Desktop: c.NotifyDesktop, Hook: c.NotifyHook}}
	if c.NotifyBell && isTerminal(a.errw) {
		n.by.Bell = a.errw
	}
	return n, nil
}

// people tells what is new since the last look. That somebody could not be told is
// said, and stops nothing.
func (n *notifier) people(ctx context.Context, watched []execute.Watched) {
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
			notices[key] = notify.Notice{At: now, About: d.About.String(), URL: n.url(d.About), Why: d.Person, Next: d.Next}
		}
	}
	news, err := n.told.News(now, keys, func(key string) bool {
		repo, _, _ := strings.Cut(key, "#")
		return repos[repo]
	})
	if err != nil {
		n.app.notice("what people were told cannot be remembered, and is told again: %v", err)
	}
	var list []notify.Notice
	for _, key := range news {
		list = append(list, notices[key])
	}
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
