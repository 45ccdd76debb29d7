package proof

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// meddling is what somebody does beside a dispatch at one of its boundaries.
type meddling struct {
	boundary
	how string
}

func (m meddling) String() string { return m.how + " at " + m.boundary.String() }

// meddle does it, to the first child.
func (b *bench) meddle(how string) {
	if how == "paused" {
		if err := os.WriteFile(b.core("PAUSE"), []byte("meddling\n"), 0o644); err != nil {
			b.t.Error(err)
		}
		return
	}
	err := b.host.sim.World().Update(world.System(), func(tx *world.Tx) error {
		tx.As(world.Actor{User: tx.UserByLogin(b.host.sim.Fleet().Owner)})
		repo, _ := tx.Repo(b.scene.epic.Repo.Owner, b.scene.epic.Repo.Name)
		var err error
		switch how {
		case "closed":
			closed := "closed"
			_, err = tx.EditIssue(tx.Issue(repo.ID, 1), world.IssueEdit{State: &closed})
		case "labelled":
			_, err = tx.AddLabels(tx.Issue(repo.ID, 1), []string{b.scene.label})
		case "off the list":
			body := "- [ ] #2\n"
			_, err = tx.EditIssue(tx.Issue(repo.ID, b.scene.epic.Number), world.IssueEdit{Body: &body})
		}
		return err
	})
	if err != nil {
		b.t.Error(err)
	}
}

// TestMeddlingAtEveryRequestBoundary: while a dispatch runs, its first child is
// closed, labelled by hand or taken off the epic's list, or writing is paused.
// What is already looked at is dispatched, what is not is refused; afterwards
// nothing is doubled, over or lost.
func TestMeddlingAtEveryRequestBoundary(t *testing.T) {
	t.Parallel()
	s := pairScene()
	sent := record(t, s)
	looked := 0 // the request that looks at the first child before anything is written to it
	for n, what := range sent {
		if strings.HasSuffix(what, "/issues/1/comments") {
			looked = n
			break
		}
	}
	if looked == 0 {
		t.Fatalf("no comment was posted: %v", sent)
	}
	for _, how := range []string{"closed", "labelled", "off the list", "paused"} {
		var points []meddling
		for _, p := range boundaries(t, sent) {
			points = append(points, meddling{p, how})
		}
		sum := each(t, busy, points, func(t *testing.T, p meddling) *verdict { return meddledAt(t, s, p, looked) })
		t.Logf("%s: %d requests, %d boundaries: %s", how, len(sent), len(points), sum)
	}
}

func meddledAt(t *testing.T, s scene, p meddling, looked int) *verdict {
	b := newBench(t, s)
	run, wrote := b.disturbed(p)
	b.runs = append(b.runs, run)
	v := &verdict{}
	if p.how == "paused" {
		under := 0
		if changes(p.what) && p.at == beforeRequest || p.at == afterAnswer {
			under = 1 // was on its way, or may have been
		}
		if more := b.host.writes() - wrote; more > under {
			v.over = append(v.over, fmt.Sprintf("%d writes left after PAUSE was there", more-under))
		}
		if err := os.Remove(b.core("PAUSE")); err != nil {
			t.Error(err)
		}
	}
	if err := b.finish(); err != nil {
		v.other = append(v.other, err.Error())
	}
	if p.how == "paused" {
		rest := b.judge()
		v.doubled, v.lost = append(v.doubled, rest.doubled...), append(v.lost, rest.lost...)
		v.over, v.other = append(v.over, rest.over...), append(v.other, rest.other...)
	} else {
		b.judgeMeddled(v, p, looked)
	}
	if !v.clean() {
		t.Errorf("\n%s%s", v, b.story())
	}
	return v
}

// judgeMeddled: the second child is dispatched once; the first is at the most, and
// not at all where it was meddled with before it was looked at.
func (b *bench) judgeMeddled(v *verdict, p meddling, looked int) {
	children := b.children()
	one, two := children[1], children[2]
	if two == nil || two.events != 1 || two.lines != 1 || two.comments != 1 {
		v.lost = append(v.lost, fmt.Sprintf("#2 is %+v", two))
	}
	if one == nil {
		one = &spent{}
	}
	hand := 0
	if p.how == "labelled" {
		hand = 1
	}
	outside := one.events - one.lines
	switch {
	case one.events > 1 || one.comments > 1:
		v.doubled = append(v.doubled, fmt.Sprintf("#1 has %d payments and %d comments", one.events, one.comments))
	case outside < 0 || outside > hand:
		v.over = append(v.over, fmt.Sprintf("#1 has %d lines for %d payments", one.lines, one.events))
	}
	if early := p.request < looked || p.request == looked && p.at == beforeRequest; early && (one.lines != 0 || one.comments != 0 || one.events != hand) {
		v.over = append(v.over, fmt.Sprintf("#1 was meddled with before it was looked at, and has %d lines, %d comments, %d payments", one.lines, one.comments, one.events))
	}
	b.judgeFolder(v, max(0, outside))
}

// disturbed runs the scene's command with somebody meddling at a boundary, and
// tells how many writes there had been then.
func (b *bench) disturbed(p meddling) (e ended, wrote int) {
	var once sync.Once
	done := make(chan struct{})
	b.host.at(func(n int, at moment, _ *http.Request) bool {
		switch {
		case n == p.request && at == p.at:
			once.Do(func() {
				wrote = b.host.writes()
				b.meddle(p.how)
				close(done)
			})
		case n == p.request+1 && at == beforeRequest && p.at == afterAnswer:
			<-done // who has the answer sends its next request at once
		}
		return false
	})
	e = b.run(b.scene.args(0)...)
	b.host.at(nil)
	return e, wrote
}
