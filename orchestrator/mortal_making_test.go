package orchestrator_test

import (
	"context"

	"github.com/dappcore/core-dev/inventory"
)

func (m mortalHub) Label(ctx context.Context, repo inventory.RepoRef, name string) (there, archived bool, err error) {
	if err := m.look(); err != nil {
		return false, false, err
	}
	return m.hub.Label(ctx, repo, name)
}

func (m mortalHub) Ground(ctx context.Context, repo inventory.RepoRef, above int, sources []inventory.Ref) (inventory.Ground, error) {
	if err := m.look(); err != nil {
		return inventory.Ground{}, err
	}
	return m.hub.Ground(ctx, repo, above, sources)
}

func (m mortalHub) Standing(ctx context.Context, ref inventory.Ref) (inventory.Standing, error) {
	if err := m.look(); err != nil {
		return inventory.Standing{}, err
	}
	return m.hub.Standing(ctx, ref)
}

func (m mortalHub) Tie(ctx context.Context, ref, to inventory.Ref, dependencies bool) (one, other inventory.Standing, err error) {
	if err := m.look(); err != nil {
		return one, other, err
	}
	return m.hub.Tie(ctx, ref, to, dependencies)
}

func (m mortalHub) Page(ctx context.Context, ref inventory.Ref, texts bool) (inventory.Page, error) {
	if err := m.look(); err != nil {
		return inventory.Page{}, err
	}
	return m.hub.Page(ctx, ref, texts)
}

func (m mortalHub) MakeLabel(ctx context.Context, repo inventory.RepoRef, name, color, about string) error {
	return m.change(true, func() error { return m.hub.MakeLabel(sent, repo, name, color, about) })
}

func (m mortalHub) MakeIssue(ctx context.Context, repo inventory.RepoRef, title, body string, labels []string) (n int, err error) {
	err = m.change(true, func() error {
		n, err = m.hub.MakeIssue(sent, repo, title, body, labels)
		return err
	})
	return n, err
}

func (m mortalHub) CloseIssue(ctx context.Context, ref inventory.Ref, reason string) error {
	return m.change(true, func() error { return m.hub.CloseIssue(sent, ref, reason) })
}

func (m mortalHub) ReopenIssue(ctx context.Context, ref inventory.Ref) error {
	return m.change(true, func() error { return m.hub.ReopenIssue(sent, ref) })
}

func (m mortalHub) WritePage(ctx context.Context, ref inventory.Ref, body string) error {
	return m.change(true, func() error { return m.hub.WritePage(sent, ref, body) })
}

func (m mortalHub) LinkChild(ctx context.Context, parent inventory.Ref, child int64) error {
	return m.change(true, func() error { return m.hub.LinkChild(sent, parent, child) })
}

func (m mortalHub) UnlinkChild(ctx context.Context, parent inventory.Ref, child int64) error {
	return m.change(true, func() error { return m.hub.UnlinkChild(sent, parent, child) })
}

func (m mortalHub) Block(ctx context.Context, ref inventory.Ref, by int64) error {
	return m.change(true, func() error { return m.hub.Block(sent, ref, by) })
}

func (m mortalHub) Unblock(ctx context.Context, ref inventory.Ref, by int64) error {
	return m.change(true, func() error { return m.hub.Unblock(sent, ref, by) })
}
