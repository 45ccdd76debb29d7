package cmd

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

// worldCommand changes GitHub, or prints what it holds:
//
//	world label|unlabel REF NAME [LOGIN]   LOGIN defaults to the fleet's owner
//	world close|reopen|lock REF
//	world title REF TEXT, world body REF FILE
//	world issue REPO TITLE FILE [LOGIN]    prints the new number
//	world account LOGIN                    of a stranger
//	world give|take REPO LOGIN             write access
//	world rename REPO NAME, world archive REPO
//	world private REPO                     hidden from tokens without the scope repo
//	world comments REF                     prints the bodies of its comments
//	world labels REF                       prints its label events, "+NAME" or "-NAME"
//	world actors REF                       prints who put labels on, "+NAME LOGIN"
//	world branches REPO                    prints its branches
//	world titles REPO                      prints the titles of its open issues
//	world advance DURATION
func worldCommand(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(on(ts).github(ts).world(ts, args))
}

func (h *host) world(ts *testscript.TestScript, args []string) error {
	if args[0] == "advance" {
		d, err := time.ParseDuration(args[1])
		if err == nil {
			h.sim.Advance(d)
		}
		return err
	}
	fleet := h.sim.Fleet()
	return h.sim.World().Update(world.System(), func(tx *world.Tx) error {
		as := func(n int) {
			login := fleet.Owner
			if len(args) > n {
				login = args[n]
			}
			tx.As(world.Actor{User: tx.UserByLogin(login)})
		}
		if args[0] == "account" {
			_, err := tx.CreateUser(world.NewUser{Login: args[1], Kind: world.Person})
			return err
		}
		if ref, err := inventory.ParseRef(args[1], inventory.RepoRef{Owner: fleet.Org}, ""); err == nil {
			return onIssue(ts, tx, ref, args, as)
		}
		ref, err := inventory.ParseRepo(args[1], fleet.Org)
		if err != nil {
			return err
		}
		return onRepo(ts, tx, ref, args, as)
	})
}

func onIssue(ts *testscript.TestScript, tx *world.Tx, ref inventory.Ref, args []string, as func(int)) error {
	repo, _ := tx.Repo(ref.Repo.Owner, ref.Repo.Name)
	if repo == nil {
		return fmt.Errorf("no repository %s", ref.Repo)
	}
	issue := tx.Issue(repo.ID, ref.Number)
	if issue == nil {
		return fmt.Errorf("no issue %s", ref)
	}
	var err error
	state := map[string]string{"close": "closed", "reopen": "open"}[args[0]]
	switch args[0] {
	case "label":
		as(3)
		_, err = tx.AddLabels(issue, args[2:3])
	case "unlabel":
		as(3)
		_, err = tx.RemoveLabel(issue, args[2])
	case "close", "reopen":
		as(2)
		_, err = tx.EditIssue(issue, world.IssueEdit{State: &state})
	case "lock":
		as(2)
		_, err = tx.LockIssue(issue, "")
	case "title":
		as(3)
		title, quoted := strconv.Unquote(`"` + args[2] + `"`)
		if quoted != nil {
			return quoted
		}
		_, err = tx.EditIssue(issue, world.IssueEdit{Title: &title})
	case "body":
		as(3)
		text := ts.ReadFile(args[2])
		_, err = tx.EditIssue(issue, world.IssueEdit{Body: &text})
	case "comments":
		for _, c := range tx.Comments(issue.ID) {
			fmt.Fprintln(ts.Stdout(), c.Body)
		}
	case "actors":
		for _, e := range tx.Events(issue.ID) {
			if e.Kind == world.Labeled {
				fmt.Fprintln(ts.Stdout(), "+"+e.Label, tx.User(e.ActorID).Login)
			}
		}
	case "labels":
		for _, e := range tx.Events(issue.ID) {
			switch e.Kind {
			case world.Labeled:
				fmt.Fprintln(ts.Stdout(), "+"+e.Label)
			case world.Unlabeled:
				fmt.Fprintln(ts.Stdout(), "-"+e.Label)
			}
		}
	default:
		err = fmt.Errorf("no such change of an issue: %s", args[0])
	}
	return err
}

func onRepo(ts *testscript.TestScript, tx *world.Tx, ref inventory.RepoRef, args []string, as func(int)) error {
	repo, _ := tx.Repo(ref.Owner, ref.Name)
	if repo == nil {
		return fmt.Errorf("no repository %s", ref)
	}
	var err error
	switch args[0] {
	case "rename":
		as(3)
		_, err = tx.RenameRepo(repo, args[2])
	case "give":
		as(3)
		_, err = tx.AddCollaborator(repo, tx.UserByLogin(args[2]), world.Write)
	case "take":
		as(3)
		_, err = tx.RemoveCollaborator(repo, tx.UserByLogin(args[2]))
	case "archive":
		as(2)
		_, err = tx.ArchiveRepo(repo, true)
	case "private":
		as(2)
		yes := true
		_, err = tx.EditRepo(repo, world.RepoEdit{Private: &yes})
	case "issue":
		as(4)
		var made *world.Issue
		made, err = tx.CreateIssue(repo, world.NewIssue{Title: args[2], Body: ts.ReadFile(args[3])})
		if err == nil {
			fmt.Fprintln(ts.Stdout(), made.Number)
		}
	case "titles":
		for _, i := range tx.Issues(repo.ID) {
			if !i.Closed && i.Pull == nil {
				fmt.Fprintln(ts.Stdout(), i.Title)
			}
		}
	case "branches":
		for _, name := range slices.Sorted(maps.Keys(repo.Refs)) {
			fmt.Fprintln(ts.Stdout(), name)
		}
	default:
		err = fmt.Errorf("no such change of a repository: %s", args[0])
	}
	return err
}
