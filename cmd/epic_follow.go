package cmd

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/flows/execute"
)

// followOptions are what "core dev epic N" does besides showing and dispatching.
type followOptions struct {
	sync, unstick, watch bool
	resolve              string // pull request
}

func (o *followOptions) flags(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&o.sync, "sync", false, "tick the checklist by what is closed")
	f.BoolVar(&o.unstick, "unstick", false, "get its pull requests moving, without a merge or a task")
	f.StringVar(&o.resolve, "resolve", "", "resolve the answered review threads of this pull request")
	f.BoolVar(&o.watch, "watch", false, "follow it to its end")
}

// followEpic does what one of the options asks for; false: none is set.
func (a *app) followEpic(c *cobra.Command, arg string, does followOptions, dispatch bool, send sendOptions, max int) (done bool, err error) {
	n := 0
	for _, on := range []bool{does.sync, does.unstick, does.watch, does.resolve != "", dispatch} {
		if on {
			n++
		}
	}
	switch {
	case n > 1:
		return true, usageError{errors.New("--dispatch, --sync, --unstick, --resolve and --watch: one of them")}
	case n == 0 || dispatch:
		return false, nil
	case max != 0 && !does.watch:
		return true, usageError{fmt.Errorf("--max goes with --dispatch and --watch")}
	}
	ctx := c.Context()
	_, e, err := a.lookAtEpic(ctx, arg)
	if err != nil {
		return true, err
	}
	if does.resolve != "" {
		a.opt.repos = []string{e.Ref.Repo.String()}
		return true, a.fix(ctx, does.resolve, fixOptions{sendOptions: send, Fix: execute.Fix{What: execute.FixThreads}, epic: e.Ref})
	}
	o := watchOptions{sendOptions: send, epic: e.Ref, scope: execute.All, max: max, verb: fmt.Sprintf("epic %d --repo %s --watch", e.Ref.Number, e.Ref.Repo)}
	switch {
	case does.sync:
		o.scope, o.once, o.verb = execute.Sync, true, fmt.Sprintf("epic %d --repo %s --sync", e.Ref.Number, e.Ref.Repo)
	case does.unstick:
		o.scope, o.once, o.verb = execute.Unstick, true, fmt.Sprintf("epic %d --repo %s --unstick", e.Ref.Number, e.Ref.Repo)
	}
	return true, a.watch(ctx, o)
}
