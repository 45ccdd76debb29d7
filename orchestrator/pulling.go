package orchestrator

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// onPull is what the deeds share by which a pull request is followed: all of them
// rest on one look at it (inventory.PullNow).
type onPull struct {
	*run
	kind string
	pull inventory.Ref
	head string // the plan was made on; empty: on none
}

func (r *run) onPull(e flows.Effect, pull inventory.Ref, head string) onPull {
	return onPull{r, e.Kind(), pull, head}
}

// look reads the pull request afresh.
func (d onPull) look(ctx context.Context) (inventory.PullNow, error) {
	p, err := d.Hub.PullNow(ctx, d.pull)
	return p, goneStale(d.pull.String(), err)
}

// baseline is what every one of these deeds compares with later. A refusal that
// is noted from that second on is this step's own.
func (d onPull) baseline(p inventory.PullNow) Baseline {
	return Baseline{SHA: p.HeadSHA, Comment: p.Comment, At: d.now().Truncate(time.Second)}
}

func (d onPull) stale(why string) error { return &Stale{d.pull.String(), why} }

// stands holds a pull request that is to be written to against the plan: open, at
// the plan's head.
func (d onPull) stands(p inventory.PullNow) error {
	switch {
	case p.State == inventory.PullMerged:
		return d.stale("it was merged meanwhile")
	case p.State != inventory.PullOpen:
		return d.stale("it was closed meanwhile")
	case p.Archived:
		return d.stale("its repository was archived meanwhile")
	case d.head != "" && p.HeadSHA != d.head:
		return d.stale("its head is " + short(p.HeadSHA) + " meanwhile")
	}
	return nil
}

// ripe holds a pull request that is to be merged, or left to GitHub's merging,
// against the decision: into that base (empty: any), and nothing of what keeps one
// from being merged (spec/2-flows "Stage 3: execute", the table) came up since.
func (d onPull) ripe(p inventory.PullNow, base string) error {
	labelled := func(l string) bool { return strings.EqualFold(l, flows.InterventionLabel) }
	switch {
	case base != "" && p.Base != base:
		return d.stale("its base is " + p.Base + " meanwhile")
	case p.Draft:
		return d.stale("it became a draft meanwhile")
	case slices.ContainsFunc(p.Labels, labelled):
		return d.stale("it was labelled " + flows.InterventionLabel + " meanwhile")
	case p.Objected > 0, p.ReviewDecision == "CHANGES_REQUESTED":
		return d.stale("changes are requested meanwhile")
	case p.ReviewDecision == "REVIEW_REQUIRED":
		return d.stale("a review is required meanwhile")
	case len(p.Unresolved()) > 0:
		return d.stale("a review thread is unresolved meanwhile")
	case p.Mergeable == "CONFLICTING":
		return d.stale("it is in conflict meanwhile")
	case p.Checks.Failed > 0, p.Checks.State == "FAILURE", p.Checks.State == "ERROR":
		return d.stale("a check failed meanwhile")
	}
	return nil
}

// refusal tells that GitHub refused a write for sure, as it would again: no limit,
// and nothing that concerns more than what was written to.
func refusal(err error) bool {
	var stale *Stale
	return local(err) && !gone(err) && retryIn(err) == 0 && !errors.As(err, &stale)
}

// refused has the journal remember that GitHub refused the step at this head, so
// that the next decision there does not repeat it; the plan goes on.
func (d onPull) refused(head string, err error) (result, error) {
	note := inventory.PullNote{Kind: inventory.NoteRefused, What: d.kind, SHA: head, Why: err.Error()}
	return refusedFor(err.Error()), d.Journal.NotePull(d.now(), d.pull, note)
}

func refusedFor(why string) result {
	return result{outcome: Refused, detail: why, evidence: Evidence{Final: true}}
}

// refusedSince is the refusal that was noted since a baseline, by a process that
// died before it noted the outcome; nil: none was.
func (d onPull) refusedSince(base Baseline) (*result, error) {
	c, err := d.Journal.Course(d.pull)
	for _, r := range c.Refused {
		if r.Deed == d.kind && r.Head == base.SHA && !r.At.Before(base.At) {
			found := refusedFor(r.Why)
			return &found, err
		}
	}
	return nil, err
}

// change is a deed on a pull request that one look before shows the need of, and
// one look after the effect of.
type change struct {
	onPull
	// met tells of a look that nothing is to be done, or that it contradicts the plan.
	met func(inventory.PullNow) (*result, error)
	// write sends it; p is the look before.
	write func(ctx context.Context, p inventory.PullNow, base Baseline) (result, error)
	// landed tells what a look shows of it; nil: nothing, so far.
	landed func(ctx context.Context, p inventory.PullNow, base Baseline) (*result, error)

	before inventory.PullNow // what look saw
}

// alone: no two runs of this folder write to one pull request at once.
func (d *change) alone() string { return "pull " + d.pull.Key() }

func (d *change) look(ctx context.Context) (Baseline, *result, error) {
	p, err := d.onPull.look(ctx)
	if err != nil {
		return Baseline{}, nil, err
	}
	d.before = p
	found, err := d.met(p)
	return d.baseline(p), found, err
}

// send looks again after a refusal: another was faster, or the plan is outdated;
// else the refusal is remembered.
func (d *change) send(ctx context.Context, base Baseline) (result, error) {
	done, err := d.write(ctx, d.before, base)
	switch {
	case gone(err) && !doubtful(err):
		return result{}, goneStale(d.pull.String(), err)
	case err == nil || !refusal(err):
		return done, err
	}
	p, lookErr := d.onPull.look(ctx)
	if lookErr != nil {
		return result{}, lookErr
	}
	found, metErr := d.met(p)
	switch {
	case metErr != nil:
		return result{}, metErr
	case found != nil:
		return *found, nil
	case overtaken(err):
		return result{}, d.stale(err.Error())
	}
	return d.refused(base.SHA, err)
}

func overtaken(err error) bool {
	var o Overtaken
	return errors.As(err, &o) && o.Overtaken()
}

func moot(err error) bool {
	var m Moot
	return errors.As(err, &m) && m.Moot()
}

func (d *change) judge(ctx context.Context, base Baseline) (*result, error) {
	p, err := d.Hub.PullNow(ctx, d.pull)
	if err != nil {
		return nil, err
	}
	if found, err := d.landed(ctx, p, base); found != nil || err != nil {
		return found, err
	}
	return d.refusedSince(base)
}

func skipped(detail string) *result { return &result{outcome: Skipped, detail: detail} }

// threads are the ids of a pull request's review threads.
func threads(p inventory.PullNow) []string {
	var out []string
	for _, t := range p.Threads {
		out = append(out, t.ID)
	}
	return out
}

// mergeOf tells whether a look's head is a merge commit that holds a head.
func mergeOf(p inventory.PullNow, head string) bool {
	return len(p.Parents) > 1 && slices.Contains(p.Parents, head)
}
