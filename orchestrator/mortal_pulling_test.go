package orchestrator_test

import (
	"context"
	"time"

	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

func (m mortalHub) PullNow(ctx context.Context, ref inventory.Ref) (inventory.PullNow, error) {
	if err := m.look(); err != nil {
		return inventory.PullNow{}, err
	}
	return m.hub.PullNow(ctx, ref)
}

func (m mortalHub) OpenPulls(ctx context.Context, repo inventory.RepoRef, head, base string) ([]inventory.PullNow, error) {
	if err := m.look(); err != nil {
		return nil, err
	}
	return m.hub.OpenPulls(ctx, repo, head, base)
}

func (m mortalHub) Retarget(ctx context.Context, ref inventory.Ref, base string) error {
	return m.change(true, func() error { return m.hub.Retarget(sent, ref, base) })
}

func (m mortalHub) ResolveThread(ctx context.Context, ref inventory.Ref, thread string) error {
	return m.change(true, func() error { return m.hub.ResolveThread(sent, ref, thread) })
}

func (m mortalHub) AutoMerge(ctx context.Context, ref inventory.Ref, id, method, head string) error {
	return m.change(true, func() error { return m.hub.AutoMerge(sent, ref, id, method, head) })
}

func (m mortalHub) AutoMergeOff(ctx context.Context, ref inventory.Ref, id string) error {
	return m.change(true, func() error { return m.hub.AutoMergeOff(sent, ref, id) })
}

func (m mortalHub) Enqueue(ctx context.Context, ref inventory.Ref, id, head string) error {
	return m.change(true, func() error { return m.hub.Enqueue(sent, ref, id, head) })
}

func (m mortalHub) MergePull(ctx context.Context, ref inventory.Ref, method, head string) (sha string, err error) {
	err = m.change(true, func() error { sha, err = m.hub.MergePull(sent, ref, method, head); return err })
	return sha, err
}

func (m mortalHub) UpdateBranch(ctx context.Context, ref inventory.Ref, head string) error {
	return m.change(true, func() error { return m.hub.UpdateBranch(sent, ref, head) })
}

func (m mortalHub) MergeUp(ctx context.Context, repo inventory.RepoRef, into, from string) (sha string, err error) {
	err = m.change(true, func() error { sha, err = m.hub.MergeUp(sent, repo, into, from); return err })
	return sha, err
}

func (m mortalHub) ClosePull(ctx context.Context, ref inventory.Ref) error {
	return m.change(true, func() error { return m.hub.ClosePull(sent, ref) })
}

func (m mortalHub) OpenPull(ctx context.Context, repo inventory.RepoRef, head, base, title, body string) (n int, err error) {
	err = m.change(true, func() error { n, err = m.hub.OpenPull(sent, repo, head, base, title, body); return err })
	return n, err
}

func (m mortalJournal) NotePull(at time.Time, pull inventory.Ref, n inventory.PullNote) error {
	return m.change(false, func() error { return m.Store.NotePull(at, pull, n) })
}

type mortalShop struct {
	*mortal
	*shop
}

func (m mortalShop) Merge(ctx context.Context, repo inventory.RepoRef, pull int, branch, base, head string) (orchestrator.Work, error) {
	if err := m.look(); err != nil {
		return nil, err
	}
	w, err := m.shop.Merge(ctx, repo, pull, branch, base, head)
	return mortalWork{m.mortal, w}, err
}

type mortalWork struct {
	*mortal
	orchestrator.Work
}

func (m mortalWork) Push(ctx context.Context) error {
	return m.change(true, func() error { return m.Work.Push(sent) })
}

type mortalRecorder struct {
	*mortal
	*recorder
}

func (m mortalRecorder) Capture(ctx context.Context, epic, child, pull inventory.Ref) error {
	return m.change(false, func() error { return m.recorder.Capture(sent, epic, child, pull) })
}

// process is a new process on the folder that dies as it is told.
func (p *pulling) process(dies int, when death) (*mortal, *orchestrator.Applier) {
	m, a := p.stage.process(dies, when)
	a.Workshop, a.Recorder = mortalShop{m, p.shop}, mortalRecorder{m, p.kept}
	return m, a
}
