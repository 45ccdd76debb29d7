// Package execute is stage 3: handing an epic's children to agents and
// following them to the merge (spec/2-flows "Stage 3: execute").
package execute

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Dispatch asks for the READY children of one epic to be handed out.
type Dispatch struct {
	Epic  inventory.Ref
	Max   int    // children at the most; 0: all that are READY
	Agent string // who implements where the inventory names nobody
	// Labels is each agent's label, by agent.
	Labels map[string]string
	// Instead names another agent for a child, by Ref.Key.
	Instead map[string]string
	// Calls are the agents that are called instead: commands of this machine.
	Calls map[string]bool
	// Only are the children that are meant, by Ref.Key; nil: all. Others are left
	// out without a word.
	Only map[string]bool
	// Payer names the member to be charged for a child, by Ref.Key, where that was
	// decided for several epics together.
	Payer map[string]string
	// Claims: a child is claimed on GitHub before the first write on it.
	Claims bool
}

// Plan plans the dispatch: the branch where it is missing, then child after
// child in checklist order reserve, comment, label, log. What is not
// dispatched is named with its reason. Beyond the budget it is refused whole,
// with what would fit.
func (d Dispatch) Plan(w flows.World) (flows.Plan, error) {
	plan := flows.Plan{Flow: "dispatch", Target: d.Epic.String(), Steps: []flows.Step{}, Skipped: []flows.Skip{}}
	epic, ok := w.Fleet.Epic(d.Epic)
	if !ok {
		return plan, WhyNoEpic(w, d.Epic)
	}
	chosen := d.choose(&plan, w, epic)
	members, refusal := d.admit(w, epic.Ref, chosen)
	if refusal != nil {
		return plan, refusal
	}
	branches, list := map[string]bool{}, listed(w, d.Epic)
	for k, c := range chosen {
		d.branch(&plan, epic, c, branches)
		c.into = epic.Branch.Name
		phase := epic.Phases[c.Phase]
		why := "READY: " + c.Verdict.Reason
		if phase.Name != "" {
			why = "READY in " + phase.Name + ": " + c.Verdict.Reason
		}
		if n := inventory.NextAttempt(c.Issue, w.Rules); n > 1 {
			why += fmt.Sprintf("; its %s dispatch, another task", nth(n))
		}
		d.child(&plan, w, epic.Ref, list, c, members[k], why, targetBranch(epic.Branch.Name, epic.Ref.From(c.Ref.Repo)))
	}
	return plan, nil
}

// candidate is a READY child with where it goes.
type candidate struct {
	inventory.Child
	repo  *inventory.Repo
	agent string
	label string
	into  string // branch that its pull request goes into
}

// choose takes the READY children in checklist order and notes why the others
// are left out.
func (d Dispatch) choose(plan *flows.Plan, w flows.World, epic *inventory.Epic) []candidate {
	var chosen []candidate
	for _, c := range epic.Children {
		if d.Only == nil || d.Only[c.Ref.Key()] {
			chosen = d.take(plan, w, c, chosen)
		}
	}
	return chosen
}

// take adds a child to those chosen, or notes why not.
func (d Dispatch) take(plan *flows.Plan, w flows.World, c inventory.Child, chosen []candidate) []candidate {
	if !c.Verdict.Ready() {
		if c.Verdict.Code != inventory.CodeDone {
			plan.Skip(c.Ref.String(), c.Verdict.Reason)
		}
		return chosen
	}
	if pull, ok := claimant(w, c); ok {
		plan.Skip(c.Ref.String(), "its pull request "+pull.From(c.Ref.Repo)+" is open: merge it by hand, or close it first")
		return chosen
	}
	repo, ok := w.Snapshot.Repo(c.Ref.Repo)
	if !ok {
		plan.Skip(c.Ref.String(), "its repository is not part of the fleet: add it to .core/inventory.yaml")
		return chosen
	}
	if why := repo.Undispatchable(); why != "" {
		plan.Skip(c.Ref.String(), why)
		return chosen
	}
	agent := cmp.Or(d.Instead[c.Ref.Key()], d.agentFor(w, c.Ref.Repo))
	label, ok := d.Labels[agent]
	switch {
	case !ok && !d.Calls[agent]:
		plan.Skip(c.Ref.String(), fmt.Sprintf("agent %q has neither label nor command: name one under agents in config.yaml", agent))
		return chosen
	case !ok && d.Claims: // attempts are numbered by label events
		plan.Skip(c.Ref.String(), fmt.Sprintf("agent %q is a command of one machine, which claims: refs cannot tell the others of", agent))
		return chosen
	}
	if d.Max > 0 && len(chosen) == d.Max {
		plan.Skip(c.Ref.String(), fmt.Sprintf("READY, left for later by --max %d", d.Max))
		return chosen
	}
	return append(chosen, candidate{c, repo, agent, label, repo.DefaultBranch})
}

// admit asks the budget for one task a candidate and returns who is charged
// for each; or the refusal, when not all of them fit.
func (d Dispatch) admit(w flows.World, epic inventory.Ref, chosen []candidate) ([]string, error) {
	var asks []budget.Ask
	of := make([]int, len(chosen)) // candidate -> ask
	for k, c := range chosen {
		payer := d.Payer[c.Ref.Key()]
		at := slices.IndexFunc(asks, func(a budget.Ask) bool {
			return a.Repo.Same(c.repo.Ref) && a.Agent == c.agent && a.Member == payer
		})
		if at < 0 {
			at = len(asks)
			asks = append(asks, budget.Ask{Repo: c.repo.Ref, Agent: c.agent, Member: payer})
		}
		asks[at].Tasks++
		of[k] = at
	}
	verdict := w.Budget.Admit(asks, d.waiting(w, epic))
	if !verdict.OK() {
		r := &flows.Refusal{Wanted: len(chosen)}
		var why []string
		for at := range asks {
			r.Fits += verdict.Fits(at)
		}
		for _, f := range verdict.Refusals {
			why = append(why, f.Text)
			if f.Why == budget.NoMember || f.Why == budget.NoToken && r.Cause == "" {
				r.Cause = f.Why
			}
		}
		r.Why = strings.Join(why, "; ")
		return nil, r
	}
	left := map[int][]string{} // ask -> members still to be charged
	for _, g := range verdict.Grants {
		for range g.Tasks {
			left[g.Ask] = append(left[g.Ask], g.Member)
		}
	}
	members := make([]string, len(chosen))
	for k, at := range of {
		members[k], left[at] = left[at][0], left[at][1:]
	}
	return members, nil
}

// waiting is what else is READY in the fleet: members are charged so that most
// of it stays possible.
func (d Dispatch) waiting(w flows.World, but inventory.Ref) []budget.Ask {
	var out []budget.Ask
	for k := range w.Fleet.Epics {
		e := &w.Fleet.Epics[k]
		if e.Ref.Key() == but.Key() {
			continue
		}
		for _, c := range e.Ready() {
			out = append(out, budget.Ask{Repo: c.Ref.Repo, Agent: d.agentFor(w, c.Ref.Repo), Tasks: 1})
		}
	}
	return out
}

// branch adds the epic's branch where it is missing in a child's repository.
func (d Dispatch) branch(p *flows.Plan, e *inventory.Epic, c candidate, made map[string]bool) {
	name, repo := e.Branch.Name, c.repo
	if _, there := repo.Branch(name); there || made[repo.Ref.Key()] {
		return
	}
	made[repo.Ref.Key()] = true
	p.Add(flows.Step{
		Reason: "the epic's branch is missing in " + repo.Ref.String() + ": agents need it before they start",
		Effect: flows.MakeBranch{Repo: repo.Ref, Name: name, From: repo.DefaultBranch},
	})
}

// child adds the steps of one child; epic and list are zero for a direct dispatch.
func (d Dispatch) child(p *flows.Plan, w flows.World, epic inventory.Ref, list listing, c candidate, member, why, target string) {
	repo, agent, label := c.repo, c.agent, c.label
	p.Add(flows.Step{Reason: "one task of @" + member + "'s quota, before anything is written", Effect: flows.Reserve{
		Child: c.Ref, Agent: agent, Member: member, Epic: epic, Label: label, Newest: newest(c.Issue, label), Lines: w.Records[c.Ref.Key()].Lines,
		Acceptor: w.Rules.Trust.Acceptor(*c.Issue), Apart: !w.Snapshot.Dependencies, Word: w.Rules.Feature[c.Ref.Key()],
		EpicEdited: list.edited, Listing: list.digest,
	}})
	attempt := 0
	if d.Claims {
		attempt = inventory.NextAttempt(c.Issue, w.Rules)
		p.Add(flows.Step{Reason: "its claim points to an object of ours", Effect: flows.MakeMark{Child: c.Ref, Attempt: attempt, From: repo.DefaultBranch}})
		p.Add(flows.Step{Reason: "no other machine may dispatch it", Effect: flows.Claim{Child: c.Ref, Attempt: attempt}})
	}
	p.Add(flows.Step{Reason: "the agent must know the branch before it starts", Effect: flows.Comment{Issue: c.Ref, Body: target, Reuse: true}})
	if label == "" {
		p.Add(flows.Step{Reason: why, Effect: flows.Call{Child: c.Ref, Agent: agent, Epic: epic, Branch: c.into}})
		p.Add(flows.Step{Reason: "dispatch.log, dated by the agent's own start; settles the reservation", Effect: flows.LogDispatch{Child: c.Ref, Agent: agent, Member: member}})
		return
	}
	p.Add(flows.Step{Reason: why, Effect: flows.AddLabel{Issue: c.Ref, Label: label, Spends: true, Attempt: attempt}})
	p.Add(flows.Step{Reason: "dispatch.log, dated by the label event; settles the reservation", Effect: flows.LogDispatch{Child: c.Ref, Agent: agent, Member: member}})
}

// listing is what a plan knows of its epic's checklist.
type listing struct {
	edited time.Time
	digest string
}

// listed leaves the digest out where a stranger wrote the checklist: their text
// is not read again, and any edit of it contradicts the plan.
func listed(w flows.World, epic inventory.Ref) listing {
	i, ok := w.Snapshot.Find(epic)
	if !ok {
		return listing{}
	}
	l := listing{edited: i.EditedAt}
	if w.Rules.Trust.Author(i.Author, i.AuthorKind, i.Association) {
		l.digest, _, _ = inventory.Listing(*i, inventory.Ref{})
	}
	return l
}

func (d Dispatch) agentFor(w flows.World, repo inventory.RepoRef) string {
	if row, ok := w.Fleet.Row(repo); ok && row.Agent != "" {
		return row.Agent
	}
	return d.Agent
}

// WhyNoEpic says why an issue that was taken for an epic is none.
func WhyNoEpic(w flows.World, ref inventory.Ref) *NoEpic {
	i, ok := w.Snapshot.Find(ref)
	switch {
	case !ok:
		return &NoEpic{ref, "no open issue of that number was found"}
	case i.Closed:
		return &NoEpic{ref, "it is closed"}
	}
	if ok, why := w.Rules.Trust.Issue(*i); !ok {
		return &NoEpic{ref, why}
	}
	return &NoEpic{ref, "its body names no child on a task list"}
}

// NoEpic says why an issue is not an epic.
type NoEpic struct {
	Ref inventory.Ref
	Why string
}

func (e *NoEpic) Error() string {
	return e.Ref.String() + " is not an epic: " + e.Why + "; \"core dev epic list\" shows those there are"
}

//go:embed target-branch.txt
var targetBranchText string

// targetBranch is the comment that tells an agent where its pull request goes.
func targetBranch(branch, epic string) string {
	return strings.NewReplacer("{branch}", branch, "{epic}", epic).Replace(strings.TrimSpace(targetBranchText))
}

func newest(i *inventory.Issue, label string) string {
	id := ""
	for _, e := range i.LabelEvents {
		if e.Added && strings.EqualFold(e.Label, label) {
			id = e.ID
		}
	}
	return id
}
