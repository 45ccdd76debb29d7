package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/onboard"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// mostRounds bounds the rounds of one command. A course is far shorter; more
// means that the world moves as fast as we do.
const mostRounds = 20

// onboard goes on round by round until no repository has anything left to do.
// The targets are chosen once: what a round changes takes none of them away.
func (a *app) onboard(ctx context.Context, args []string, o onboardOptions) error {
	if err := o.check(args); err != nil {
		return err
	}
	if err := a.ready(ctx, o.sendOptions); err != nil {
		return err
	}
	defer a.printStats(ctx)
	d := o.into
	if d == nil {
		d = newDelivery()
	}
	d.came = &came{}
	read := a.auditReader(ctx)
	var (
		repos  []inventory.RepoRef
		left   []leftOut
		given  []inventory.Ref // the owner's word
		leave  orchestrator.Approval
		plans  []flows.Plan
		stales int
		broken []error // of repositories that were given up
		gone   = map[string]string{}
	)
	for round := 1; ; round++ {
		l, err := a.look(ctx)
		if err != nil {
			return d.end(a, err)
		}
		if round == 1 {
			if repos, left, err = l.chosen(o); err != nil {
				return err
			}
			if given, err = o.given(l, repos); err != nil {
				return err
			}
		}
		l.giveWord(given)
		work := a.onboardings(l, read.findings, repos, o)
		if err := a.readDetails(ctx, l, work); err != nil {
			return d.end(a, err)
		}
		plans = onboard.Round(l.world(), work)
		if read.err != nil {
			return d.end(a, read.err)
		}
		p := a.proposal(o.command(), withSteps(plans)...)
		if round > mostRounds && !p.Empty() {
			return d.end(a, fmt.Errorf("after %d rounds there is still something to do, as if somebody undid what is done: look at \"core dev log\", then run it again", mostRounds))
		}
		if p.Empty() {
			d.shape.Report = a.reached(l, d.came, repos, plans, left, gone)
			if d.shape.Sent {
				a.next(l, d.shape.Report)
			}
			d.said = a.reportText(l, d.shape.Report, d.shape.Sent)
			d.shape.Plans = append(append(d.shape.Plans, plans...), alone(left)...)
			if !d.shape.Sent && !a.opt.json {
				fmt.Fprintf(a.out, "nothing to do\n%s\n", d.said)
			}
			return errors.Join(append([]error{d.end(a, nil)}, broken...)...)
		}
		asked := o.sendOptions
		if !o.yes && !o.dryRun && leave.Covers(p.Plans) {
			asked.yes = true
		} else if !asked.yes {
			leave, asked.further, asked.later = a.announce(l, work, plans, p)
			if read.err != nil {
				return d.end(a, read.err)
			}
		}
		err = a.send(ctx, l, p, asked, d, func(e *orchestrator.Applier) error { return e.Apply(ctx, p) })
		if err == nil && (o.dryRun || !d.shape.Sent) {
			return d.end(a, nil)
		}
		again, failed, err := sorted(err)
		if err != nil || again != nil && stales == staleRounds {
			if again != nil {
				err = errors.Join(err, again)
			}
			return d.end(a, err)
		}
		if stales++; again == nil {
			stales = 0
		} else {
			a.notice("%s: %s; planning again", again.Target, again.Why)
		}
		for _, f := range failed { // the others go on without it
			a.notice("%v", f)
			broken = append(broken, f)
			gone[strings.ToLower(f.Target)] = terminal.Clean(f.Err.Error())
			d.came.named(f.Target)
			repos = slices.DeleteFunc(repos, func(r inventory.RepoRef) bool { return strings.EqualFold(r.String(), f.Target) })
		}
		leave = leave.Used(p.Plans)
	}
}

// alone are the repositories that were left alone, as plans for a machine to read.
func alone(left []leftOut) []flows.Plan {
	var out []flows.Plan
	for _, x := range left {
		p := flows.Plan{Flow: "onboard", Target: x.repo.String(), Steps: []flows.Step{}}
		p.Skip(x.repo.String(), x.why)
		out = append(out, p)
	}
	return out
}

// readDetails reads what making issues needs to know of the repositories.
func (a *app) readDetails(ctx context.Context, l *look, work []onboard.Onboard) error {
	w := l.world()
	paths, unlisted := map[string][]string{}, map[string][]int{}
	var repos []inventory.RepoRef
	for _, o := range work {
		repos = append(repos, o.Repo)
		paths[o.Repo.Key()] = o.Paths(w)
		if n := o.Unlisted(w); len(n) > 0 {
			unlisted[o.Repo.Key()] = n
		}
	}
	return a.detail(ctx, l, repos, paths, unlisted)
}

func withSteps(plans []flows.Plan) []flows.Plan {
	return slices.DeleteFunc(slices.Clone(plans), func(p flows.Plan) bool { return len(p.Steps) == 0 })
}

// announce says what the rounds after this one come to, as far as can be told
// now, and what an answer allows: this round and those. plans are this round's,
// one a repository.
func (a *app) announce(l *look, work []onboard.Onboard, plans []flows.Plan, p orchestrator.Proposal) (leave orchestrator.Approval, further, question string) {
	w := l.world()
	all := slices.Clone(p.Plans)
	later, broken := onboard.Later(w, work, plans)
	for _, err := range broken {
		a.notice("%v", err)
	}
	if len(later) == 0 {
		return orchestrator.Approve(all), "", ""
	}
	all = append(all, later...)
	sum := orchestrator.Approve(later)
	further = fmt.Sprintf("later rounds, as far as can be told now: %s; %s", kinds(sum), count(sum.Tasks, "task"))
	if about := orchestrator.About(a.proposal("", all...).Takes); about != "" {
		further += "\nall rounds take " + about + " at what GitHub allows"
	}
	return orchestrator.Approve(all), further, fmt.Sprintf(", and in later rounds up to %s, %s", count(steps(later), "step"), count(sum.Tasks, "task"))
}

// standing is a repository's stage in words.
func standing(row *inventory.Row) string {
	switch {
	case row.Direct:
		return fmt.Sprintf("direct: %s dispatched by themselves", count(row.Repo.OpenIssues, "issue"))
	case row.Stage == inventory.StageExecute:
		return fmt.Sprintf("executing: %s, %d READY", count(len(row.Epics), "epic"), row.Ready)
	}
	return row.Stage.String()
}

// reasons folds what was left out for one and the same reason into a line.
func reasons(skipped []flows.Skip, home inventory.RepoRef) []string {
	var order []string
	refs := map[string][]string{}
	for _, s := range skipped {
		short := strings.Replace(s.Target, home.String()+"#", "#", 1)
		why := strings.ReplaceAll(s.Reason, short, "REF")
		if refs[why] == nil {
			order = append(order, why)
		}
		refs[why] = append(refs[why], short)
	}
	var out []string
	for _, why := range order {
		list := refs[why]
		text := strings.Join(list[:min(len(list), 12)], " ")
		if more := len(list) - 12; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		if len(list) == 1 {
			why = strings.ReplaceAll(why, "REF", list[0])
		}
		out = append(out, text+"  "+terminal.Clean(why))
	}
	return out
}

// sorted takes the errors of a round's plans apart: one that the world
// contradicted, those that concern their own repository alone, and the rest.
func sorted(err error) (stale *orchestrator.Stale, failed []*orchestrator.Failed, rest error) {
	list := []error{err}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		list = many.Unwrap()
	}
	for _, e := range list {
		var f *orchestrator.Failed
		var s *orchestrator.Stale
		var unsettled *orchestrator.Unsettled
		switch {
		case errors.As(e, &unsettled):
			rest = errors.Join(rest, e)
		case errors.As(e, &f):
			failed = append(failed, f)
		case errors.As(e, &s):
			stale = s
		default:
			rest = errors.Join(rest, e)
		}
	}
	return stale, failed, rest
}
