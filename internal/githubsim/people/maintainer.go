package people

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// Round is something that somebody does now and then: after every Every one of the acts, drawn by weight.
type Round struct {
	Every Delay          `json:"every"`
	Acts  map[string]int `json:"acts,omitempty"`
}

// draw finds the act of a turn.
func (r Round) draw(dice *rand.Rand) string {
	var names []string
	sum := 0
	for name, weight := range r.Acts {
		names = append(names, name)
		sum += weight
	}
	if sum <= 0 {
		return ""
	}
	slices.Sort(names)
	at := dice.IntN(sum)
	for _, name := range names {
		if at -= r.Acts[name]; at < 0 {
			return name
		}
	}
	return ""
}

// goRound has the next round of maintainers or strangers begin.
func (t *turn) goRound(kind string, r Round, n int) {
	if len(r.Acts) > 0 {
		t.later(r.Every.from(t.p.dice(kind+" round", int64(n))), errand{Kind: kind, N: n})
	}
}

// startRounds begins the rounds anew, as manners have it that came into force with this turn.
func (t *turn) startRounds() {
	for _, e := range t.p.due {
		if e.Kind == "maintain" || e.Kind == "stray" || e.Kind == "care" {
			t.tx.SetMemo(e.key(), "")
		}
	}
	for _, kind := range []string{"maintain", "stray"} {
		t.book.Next[kind]++
		t.goRound(kind, t.rounds()[kind], t.book.Next[kind])
	}
	t.book.Next["care"]++
	t.careFrom(t.book.Next["care"])
}

// rounds are those that are gone, by the kind of their errands.
func (t *turn) rounds() map[string]Round {
	return map[string]Round{"maintain": t.book.Manners.Maintainers, "stray": t.book.Manners.Strangers}
}

// inTurn does one act of a round somewhere it can be done, and plans the next.
func (t *turn) inTurn(e errand, r Round, acts map[string]func(*turn, *world.Repo, *rand.Rand) (bool, error)) error {
	if e.N != t.book.Next[e.Kind] {
		return nil // of a round that other manners ended
	}
	t.book.Next[e.Kind]++
	t.goRound(e.Kind, r, t.book.Next[e.Kind])
	dice := t.p.dice(e.Kind, int64(e.N))
	name := r.draw(dice)
	act := acts[name]
	if act == nil {
		return nil
	}
	for _, repo := range t.fleet(dice) {
		if done, err := act(t, repo, dice); done || err != nil {
			return err
		}
	}
	t.did(e.Kind+".no-"+name, "", nil)
	return nil
}

func (t *turn) maintain(e errand) error {
	return t.inTurn(e, t.book.Manners.Maintainers, map[string]func(*turn, *world.Repo, *rand.Rand) (bool, error){
		"close-pull": (*turn).closePull, "merge-pull": (*turn).mergePull, "rename": (*turn).rename, "edit-epic": (*turn).editEpic,
		"close-child": (*turn).closeChild, "accept": (*turn).accept, "reopen": (*turn).reopen, "label-off": (*turn).labelOff,
		"label-on": (*turn).labelOn, "rerun": (*turn).rerun, "draft": (*turn).backToDraft,
	})
}

// mine takes one of these issues into a maintainer's hands; false when there is none, or nobody.
func (t *turn) mine(repo *world.Repo, dice *rand.Rand, what string, list []*world.Issue) (*world.Issue, bool) {
	u := t.hand(repo, dice, 0)
	if len(list) == 0 || u == nil {
		return nil, false
	}
	i := pick(dice, list)
	t.as(u)
	t.did("maintain."+what, u.Login, i)
	return i, true
}

func state(s, reason string) world.IssueEdit {
	e := world.IssueEdit{State: &s}
	if reason != "" {
		e.Reason = &reason
	}
	return e
}

func (t *turn) closePull(repo *world.Repo, dice *rand.Rand) (bool, error) {
	pull, ok := t.mine(repo, dice, "close-pull", t.open(repo, true, t.byAgent))
	if !ok {
		return false, nil
	}
	_, err := t.tx.EditIssue(pull, state("closed", ""))
	return true, err
}

// mergePull merges by hand what git can merge and no rule forbids, green or not.
func (t *turn) mergePull(repo *world.Repo, dice *rand.Rand) (bool, error) {
	for _, pull := range t.open(repo, true, func(i *world.Issue) bool { return !i.Pull.Draft && t.byAgent(i) }) {
		clean, err := t.tx.Merges(pull)
		if err != nil {
			return false, err
		}
		method := "squash"
		if repo.Settings.NoSquash {
			method = "merge"
		}
		u := t.hand(repo, dice, 0)
		if !clean || u == nil || t.tx.Unmet(pull) != "" {
			continue
		}
		t.as(u)
		t.did("maintain.merge-pull", u.Login, pull)
		_, err = t.tx.MergePull(pull, world.Merge{Method: method})
		return true, err
	}
	return false, nil
}

func (t *turn) backToDraft(repo *world.Repo, dice *rand.Rand) (bool, error) {
	pull, ok := t.mine(repo, dice, "draft", t.open(repo, true, func(i *world.Issue) bool { return !i.Pull.Draft && !i.Pull.Queued && t.byAgent(i) }))
	if !ok {
		return false, nil
	}
	pull, err := t.tx.SetDraft(pull, true)
	if err == nil {
		t.later(hour+Delay{minute, 5 * hour}.from(dice), errand{Kind: "agent.ready", Who: t.tx.Viewer().Login, Issue: pull.ID})
	}
	return true, err
}

func (t *turn) rename(repo *world.Repo, dice *rand.Rand) (bool, error) {
	i, ok := t.mine(repo, dice, "rename", t.open(repo, false, func(i *world.Issue) bool { return len(i.Title) < 200 }))
	if !ok {
		return false, nil
	}
	title := plain(i.Title) + pick(dice, []string{" (again)", " once and for all", ", part two", " for everybody"})
	_, err := t.tx.EditIssue(i, world.IssueEdit{Title: &title})
	return true, err
}

// editEpic changes an epic's body as a person does in a browser, whose lines end in CRLF.
func (t *turn) editEpic(repo *world.Repo, dice *rand.Rand) (bool, error) {
	var epics []*world.Issue
	for _, i := range t.open(repo, false, t.isEpic) {
		if t.tx.Permission(t.tx.User(i.AuthorID), repo) >= world.Write {
			epics = append(epics, i)
		}
	}
	how := pick(dice, []string{"line", "tick", "reword", "crlf"})
	epic, ok := t.mine(repo, dice, "edit-epic."+how, epics)
	if !ok {
		return false, nil
	}
	body := strings.ReplaceAll(epic.Body, "\r\n", "\n")
	boxes := boxForm().FindAllStringSubmatchIndex(body, -1)
	box := pick(dice, boxes)
	switch how {
	case "line":
		extra := "- [ ] decide what comes next\n"
		if loose := t.open(repo, false, func(i *world.Issue) bool {
			return !t.isEpic(i) && !strings.Contains(body, fmt.Sprintf("#%d", i.Number))
		}); len(loose) > 0 {
			i := pick(dice, loose)
			extra = fmt.Sprintf("- [ ] #%d - %s\n", i.Number, plain(i.Title))
		}
		end := boxes[len(boxes)-1][1]
		body = body[:end] + "\n" + strings.TrimSuffix(extra, "\n") + body[end:]
	case "tick":
		body = body[:box[2]] + "x" + body[box[3]:]
	case "reword":
		body = body[:box[5]] + " (see the notes)" + body[box[5]:]
	}
	if dice.IntN(2) == 0 || how == "crlf" {
		body = strings.ReplaceAll(body, "\n", "\r\n")
	}
	_, err := t.tx.EditIssue(epic, world.IssueEdit{Body: &body})
	return true, err
}

func (t *turn) closeChild(repo *world.Repo, dice *rand.Rand) (bool, error) {
	var list []*world.Issue
	for _, epic := range t.open(repo, false, t.isEpic) {
		for _, child := range t.children(epic) {
			if !slices.Contains(list, child) && child.ID != epic.ID {
				list = append(list, child)
			}
		}
	}
	reason := pick(dice, []string{"completed", "completed", "not_planned"})
	i, ok := t.mine(repo, dice, "close-child."+reason, list)
	if !ok {
		return false, nil
	}
	_, err := t.tx.EditIssue(i, state("closed", reason))
	return true, err
}

// accept puts the label on a stranger's issue that lets it take part.
func (t *turn) accept(repo *world.Repo, dice *rand.Rand) (bool, error) {
	i, ok := t.mine(repo, dice, "accept", t.open(repo, false, func(i *world.Issue) bool {
		labelled := slices.ContainsFunc(t.tx.LabelsOf(i), func(l *world.Label) bool { return l.Name == "accepted" })
		return !labelled && t.tx.AuthorAssociation(i) == "NONE"
	}))
	if !ok {
		return false, nil
	}
	_, err := t.tx.AddLabels(i, []string{"accepted"})
	return true, err
}

// reopen opens an issue again that was closed in the last week.
func (t *turn) reopen(repo *world.Repo, dice *rand.Rand) (bool, error) {
	list := slices.DeleteFunc(t.tx.Issues(repo.ID), func(i *world.Issue) bool {
		return !i.Closed || i.Pull != nil || i.Locked || i.ClosedAt.Before(t.at.Add(-7*24*hour))
	})
	i, ok := t.mine(repo, dice, "reopen", list)
	if !ok {
		return false, nil
	}
	_, err := t.tx.EditIssue(i, state("open", ""))
	return true, err
}

func (t *turn) labelOff(repo *world.Repo, dice *rand.Rand) (bool, error) {
	list := t.open(repo, false, func(i *world.Issue) bool { return t.agentOf(i) != nil })
	if early := slices.DeleteFunc(slices.Clone(list), func(i *world.Issue) bool { return !t.atWork(i) }); len(early) > 0 {
		list = early // before there is anything to show for it
	}
	i, ok := t.mine(repo, dice, "label-off", list)
	if !ok {
		return false, nil
	}
	for _, l := range t.tx.LabelsOf(i) {
		if t.labelled(l.Name) != nil {
			_, err := t.tx.RemoveLabelIDs(i, []int64{l.ID})
			return true, err
		}
	}
	return true, nil
}

// regret has a maintainer take an agent's call back: its label, or the whole issue.
func (t *turn) regret(e errand) error {
	issue := t.tx.IssueByID(e.Issue)
	if issue == nil || issue.Closed || !t.atWork(issue) {
		return nil
	}
	dice := t.p.dice("regret", e.Subject)
	u := t.hand(t.tx.RepoByID(issue.RepoID), dice, 0)
	if u == nil {
		return nil
	}
	t.as(u)
	t.did("maintain.regret", u.Login, issue)
	for _, l := range t.tx.LabelsOf(issue) {
		if t.labelled(l.Name) != nil && dice.IntN(4) > 0 {
			_, err := t.tx.RemoveLabelIDs(issue, []int64{l.ID})
			return err
		}
	}
	_, err := t.tx.EditIssue(issue, state("closed", "not_planned"))
	return err
}

func (t *turn) labelOn(repo *world.Repo, dice *rand.Rand) (bool, error) {
	agents := slices.DeleteFunc(slices.Clone(t.book.Manners.Agents), func(a Profile) bool { return t.labelOf(&a) == "" })
	if len(agents) == 0 {
		return false, nil
	}
	i, ok := t.mine(repo, dice, "label-on", t.open(repo, false, func(i *world.Issue) bool { return t.agentOf(i) == nil && !t.isEpic(i) }))
	if !ok {
		return false, nil
	}
	a := pick(dice, agents)
	_, err := t.tx.AddLabels(i, []string{t.labelOf(&a)})
	return true, err
}

// rerun has a failed check run again.
func (t *turn) rerun(repo *world.Repo, dice *rand.Rand) (bool, error) {
	failed := func(pull *world.Issue) *world.Check {
		for _, c := range t.tx.Checks(repo.ID, pull.Pull.HeadSHA) {
			if c.Status == "" && c.State == "COMPLETED" && c.Conclusion == "FAILURE" {
				return c
			}
		}
		return nil
	}
	pull, ok := t.mine(repo, dice, "rerun", t.open(repo, true, func(i *world.Issue) bool { return failed(i) != nil }))
	if !ok {
		return false, nil
	}
	_, err := t.tx.RerequestCheck(failed(pull))
	return true, err
}
