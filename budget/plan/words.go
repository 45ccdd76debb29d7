package plan

import (
	"fmt"
	"strings"
)

// reason says why a repository gets so many.
func (d *attempt) reason(r *place, tasks int, code Code) string {
	if tasks == 0 {
		return d.sentence(r, code)
	}
	said := fmt.Sprintf("%d of %d READY", tasks, len(r.Ready))
	if tasks == len(r.Ready) {
		said = "all that is READY"
	}
	critical, high := 0, 0
	for _, at := range r.order[:tasks] {
		switch r.Ready[at].Severity {
		case Critical:
			critical++
		case High:
			high++
		}
	}
	var grave []string
	if critical > 0 {
		grave = append(grave, fmt.Sprintf("%d critical", critical))
	}
	if high > 0 {
		grave = append(grave, fmt.Sprintf("%d high", high))
	}
	if len(grave) > 0 {
		said += ", " + strings.Join(grave, " and ")
	}
	if tasks < len(r.Ready) {
		said += ": " + d.sentence(r, code)
	}
	return said
}

// sentence says for a person why no more of a repository is dispatched.
func (d *attempt) sentence(r *place, code Code) string {
	s := d.in.Settings
	switch code {
	case Limit:
		return fmt.Sprintf("the day's limit of %d tasks is reached", d.limit)
	case RepoLimit:
		return fmt.Sprintf("never all to one repository: at most %d %% of the day's %d, and its part of what is READY", s.RepoShare, d.members)
	case ReadyLimit:
		return fmt.Sprintf("never all to one repository: at most %d %% of the %d READY where there is most", s.ReadyShare, len(r.Ready))
	case Kept:
		if d.reserve > 0 {
			return fmt.Sprintf("what is left of the members' quotas is the reserve: up to %d tasks are kept for retries", d.reserve)
		}
		return "all that is left of the members' quotas is placed"
	case Later:
		return "the strategy takes other repositories today"
	case Unfit:
		return r.Unfit
	case NoMember:
		return "it is in nobody's list: add it to .core/team.yaml, for example " + d.in.Budget.Team.LineToAdd(r.Ref)
	case NoToken:
		return "only members without a token at hand connected it: name one in .core/config.yaml"
	case Concurrency:
		return "the agents work on as many tasks at once as they take"
	}
	return "the members who connected it have no quota left"
}
