// Package execute is stage 3: handing an epic's children to agents and
// following them to the merge (spec/2-flows "Stage 3: execute").
package execute

import (
	_ "embed"
	"fmt"
	"strings"

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
}

// Plan plans the dispatch: the branch where it is missing, then child after
// child in checklist order reserve, comment, label, log. What is not
// dispatched is named with its reason. Beyond the budget it is refused whole,
// with what would fit.
func (d Dispatch) Plan(w flows.World) (flows.Plan, error) {
	plan := flows.Plan{Flow: "dispatch", Target: d.Epic.String(), Steps: []flows.Step{}, Skipped: []flows.Skip{}}
	epic, ok := w.Fleet.Epic(d.Epic)
	if !ok {
		return plan, d.noEpic(w)
	}
	branches := map[string]bool{}
	wanted, fits := 0, 0
	var refusal error
	for _, c := range epic.Children {
		if !c.Verdict.Ready() {
			if c.Verdict.Code != inventory.CodeDone {
				plan.Skip(c.Ref.String(), c.Verdict.Reason)
			}
			continue
		}
		if d.Max > 0 && wanted == d.Max {
			plan.Skip(c.Ref.String(), fmt.Sprintf("READY, left for later by --max %d", d.Max))
			continue
		}
		repo, ok := w.Snapshot.Repo(c.Ref.Repo)
		if why := unfit(repo, ok); why != "" {
			plan.Skip(c.Ref.String(), why)
			continue
		}
		agent := d.agentFor(w, c.Ref.Repo)
		label, ok := d.Labels[agent]
		if !ok {
			plan.Skip(c.Ref.String(), fmt.Sprintf("agent %q has no label: name one under agents in config.yaml", agent))
			continue
		}
		wanted++
		member, err := w.Purse.Take(c.Ref.Repo, agent)
		if err != nil {
			refusal = err
			continue
		}
		fits++
		if refusal == nil {
			d.child(&plan, w, epic, c, repo, agent, label, member, branches)
		}
	}
	if refusal != nil {
		plan.Steps, plan.Cost = []flows.Step{}, flows.Cost{}
		return plan, &flows.Refusal{Wanted: wanted, Fits: fits, Why: refusal.Error()}
	}
	return plan, nil
}

// child adds the steps of one child, the branch first where it is missing.
func (d Dispatch) child(p *flows.Plan, w flows.World, e *inventory.Epic, c inventory.Child, repo *inventory.Repo, agent, label, member string, branches map[string]bool) {
	name := e.Branch.Name
	if _, there := repo.Branch(name); !there && !branches[repo.Ref.Key()] {
		branches[repo.Ref.Key()] = true
		p.Add(flows.Step{
			Reason: "the epic's branch is missing in " + repo.Ref.String() + ": agents need it before they start",
			Effect: flows.MakeBranch{Repo: repo.Ref, Name: name, From: repo.DefaultBranch},
		})
	}
	phase := e.Phases[c.Phase]
	why := "READY: " + c.Verdict.Reason
	if phase.Name != "" {
		why = "READY in " + phase.Name + ": " + c.Verdict.Reason
	}
	p.Add(flows.Step{Reason: "one task of @" + member + "'s quota, before anything is written", Effect: flows.Reserve{Child: c.Ref, Agent: agent, Member: member, Epic: e.Ref}})
	p.Add(flows.Step{Reason: "the agent must know the branch before it starts", Effect: flows.Comment{Issue: c.Ref, Body: targetBranch(name, e.Ref.From(c.Ref.Repo))}})
	p.Add(flows.Step{Reason: why, Effect: flows.AddLabel{Issue: c.Ref, Label: label, Spends: true, Newest: newest(c.Issue, label)}})
	p.Add(flows.Step{Reason: "dispatch.log, dated by the label event; settles the reservation", Effect: flows.LogDispatch{Child: c.Ref, Agent: agent, Member: member, Epic: e.Ref, Lines: w.Records[c.Ref.Key()].Lines}})
}

// unfit says why nothing can be dispatched in a repository.
func unfit(repo *inventory.Repo, known bool) string {
	switch {
	case !known:
		return "its repository is not part of the fleet: add it to .core/inventory.yaml"
	case repo.Archived:
		return "the repository is archived"
	case repo.DefaultHead == "":
		return "the default branch " + repo.DefaultBranch + " has no commit: an epic branch cannot start anywhere"
	case repo.Permission == "READ" || repo.Permission == "TRIAGE":
		return "this token may only " + strings.ToLower(repo.Permission) + " there: a branch needs write access"
	}
	return ""
}

func (d Dispatch) agentFor(w flows.World, repo inventory.RepoRef) string {
	if row, ok := w.Fleet.Row(repo); ok && row.Agent != "" {
		return row.Agent
	}
	return d.Agent
}

func (d Dispatch) noEpic(w flows.World) error {
	i, ok := w.Snapshot.Find(d.Epic)
	switch {
	case !ok:
		return &NoEpic{d.Epic, "no open issue of that number was found"}
	case i.Closed:
		return &NoEpic{d.Epic, "it is closed"}
	}
	if ok, why := w.Rules.Trust.Issue(*i); !ok {
		return &NoEpic{d.Epic, why}
	}
	return &NoEpic{d.Epic, "its body names no child on a task list"}
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
