package people

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// Reviews are how pull requests are reviewed.
type Reviews struct {
	Bot      string `json:"bot,omitempty"` // login of the reviewing bot, without "[bot]"
	ByBot    Chance `json:"by_bot"`
	BotAfter Delay  `json:"bot_after"`
	Threads  int    `json:"threads"` // at most, in one review

	ByPerson    Chance `json:"by_person"`
	PersonAfter Delay  `json:"person_after"`
	Approve     Chance `json:"approve"` // what a person thinks of it; else
	Object      Chance `json:"object"`  // changes are requested; else it is commented
	Again       Chance `json:"again"`   // a further head is reviewed, too
	Settle      Chance `json:"settle"`  // a person closes the threads that a new head has overtaken

	Late      Chance `json:"late"` // a required approval takes LateAfter
	LateAfter Delay  `json:"late_after"`
	Forget    Chance `json:"forget"` // it comes after a reminder only
}

// nobody tells that no person reviews anything.
func (r Reviews) nobody() bool { return r.ByPerson == 0 && r.Approve == 0 }

// hearOfHead has reviewers take notice of a new head.
func (t *turn) hearOfHead(pull *world.Issue, head int) {
	if pull.Pull.Draft {
		return
	}
	r, dice := t.book.Manners.Reviews, t.p.dice("reviewers", pull.ID, int64(head))
	often := Chance(1)
	if head > 1 {
		often = r.Again
	}
	repo := t.tx.RepoByID(pull.RepoID)
	if bot := t.tx.UserByLogin(r.Bot); r.Bot != "" && bot != nil && t.tx.Permission(bot, repo) >= world.Read && bot.ID != pull.AuthorID && (r.ByBot * often).hits(dice) {
		t.later(r.BotAfter.from(dice), errand{Kind: "review.bot", Who: bot.Login, Issue: pull.ID, N: head})
	}
	person := t.hand(repo, dice, pull.AuthorID)
	if person == nil || r.nobody() {
		return
	}
	if objector := t.objector(pull); objector != nil {
		t.later(r.PersonAfter.from(dice), errand{Kind: "review.again", Who: objector.Login, Issue: pull.ID, N: head})
	} else if (r.ByPerson * often).hits(dice) {
		t.later(r.PersonAfter.from(dice), errand{Kind: "review.person", Who: person.Login, Issue: pull.ID, N: head})
	}
	if head > 1 && r.Settle.hits(dice) {
		t.later(r.PersonAfter.from(dice), errand{Kind: "review.settle", Who: person.Login, Issue: pull.ID})
	}
	if rules := t.tx.RulesFor(repo, pull.Pull.BaseRef); head == 1 && rules != nil && rules.Approvals > 0 {
		if r.Forget.hits(dice) {
			t.did("review.forgotten", person.Login, pull)
			return
		}
		d, late := within(dice, r.PersonAfter, r.Late, r.LateAfter)
		if late {
			t.did("review.late", person.Login, pull)
		}
		t.later(d, errand{Kind: "review.approve", Who: person.Login, Issue: pull.ID})
	}
}

// reminded has a person who was asked for a review, or named in a comment, give it soon.
func (t *turn) reminded(pull *world.Issue, u *world.User) {
	r := t.book.Manners.Reviews
	if r.nobody() || u.Kind != world.Person || u.ID == pull.AuthorID || pull.Closed {
		return
	}
	t.did("review.reminded", u.Login, pull)
	t.later(r.PersonAfter.from(t.p.dice("reminded "+u.Login, pull.ID)), errand{Kind: "review.approve", Who: u.Login, Issue: pull.ID})
}

// remindedBy has those heard who are named in a comment on a pull request that waits for them.
func (t *turn) remindedBy(pull *world.Issue, c *world.Comment) {
	if t.tx.ReviewDecision(pull) != "REVIEW_REQUIRED" {
		return
	}
	for _, u := range t.hands(t.tx.RepoByID(pull.RepoID)) {
		if u.ID != c.AuthorID && strings.Contains(strings.ToLower(c.Body), "@"+strings.ToLower(u.Login)) {
			t.reminded(pull, u)
		}
	}
}

// objector is the person whose last word on a pull request is a request for changes.
func (t *turn) objector(pull *world.Issue) *world.User {
	last := map[int64]string{}
	var order []int64
	for _, r := range t.tx.Reviews(pull.ID) {
		if r.State == "APPROVED" || r.State == "CHANGES_REQUESTED" || r.State == "DISMISSED" {
			last[r.AuthorID] = r.State
			order = append(order, r.AuthorID)
		}
	}
	for _, id := range order {
		if u := t.tx.User(id); last[id] == "CHANGES_REQUESTED" && u != nil && u.Kind == world.Person {
			return u
		}
	}
	return nil
}

// reviewed is the pull request of an errand, while there is anything to review.
func (t *turn) reviewed(e errand) (pull *world.Issue, dice *rand.Rand) {
	pull = t.tx.IssueByID(e.Issue)
	if pull == nil || pull.Closed || pull.Pull.Draft {
		return nil, nil
	}
	t.as(t.tx.UserByLogin(e.Who))
	return pull, t.p.dice(e.Kind+" "+e.Who, pull.ID, int64(e.N))
}

func (t *turn) reviewByBot(e errand) error {
	pull, dice := t.reviewed(e)
	if pull == nil {
		return nil
	}
	threads, err := t.threads(pull, dice, dice.IntN(t.book.Manners.Reviews.Threads+1))
	if err != nil {
		return err
	}
	_, err = t.tx.CreateReview(pull, world.NewReview{State: "COMMENTED", Threads: threads,
		Body: fmt.Sprintf("**Actionable comments posted: %d**", len(threads))})
	t.did(fmt.Sprintf("review.bot.threads-%d", min(len(threads), 1)), e.Who, pull)
	return err
}

func (t *turn) reviewByPerson(e errand) error {
	pull, dice := t.reviewed(e)
	if pull == nil {
		return nil
	}
	r := t.book.Manners.Reviews
	if r.Approve.hits(dice) {
		return t.approve(e)
	}
	n, most := world.NewReview{State: "COMMENTED", Body: "A few thoughts."}, 2
	if r.Object.hits(dice) {
		n, most = world.NewReview{State: "CHANGES_REQUESTED", Body: "This needs another round."}, 3
	}
	var err error
	if n.Threads, err = t.threads(pull, dice, 1+dice.IntN(most)); err != nil {
		return err
	}
	_, err = t.tx.CreateReview(pull, n)
	t.did("review."+strings.ToLower(strings.ReplaceAll(n.State, "_", "-")), e.Who, pull)
	return err
}

// reviewAgain has somebody who requested changes look at what was made of it.
func (t *turn) reviewAgain(e errand) error {
	pull, dice := t.reviewed(e)
	if pull == nil || t.objector(pull) == nil {
		return nil
	}
	if k, mine := t.taskOf(pull); dice.IntN(5) > 0 && !(mine && k.Hopeless) {
		return t.approve(e)
	}
	threads, err := t.threads(pull, dice, 1)
	if err != nil {
		return err
	}
	_, err = t.tx.CreateReview(pull, world.NewReview{State: "CHANGES_REQUESTED", Body: "Not there yet.", Threads: threads})
	t.did("review.changes-requested", e.Who, pull)
	return err
}

// approve has a person approve a pull request that is not its own.
func (t *turn) approve(e errand) error {
	pull, _ := t.reviewed(e)
	if pull == nil || t.tx.Viewer() == nil || t.tx.Viewer().ID == pull.AuthorID {
		return nil
	}
	reviews := t.tx.Reviews(pull.ID)
	slices.Reverse(reviews)
	for _, r := range reviews {
		if r.AuthorID == t.tx.Viewer().ID && r.State != "COMMENTED" {
			if r.State == "APPROVED" && r.SHA == pull.Pull.HeadSHA {
				return nil
			}
			break
		}
	}
	_, err := t.tx.CreateReview(pull, world.NewReview{State: "APPROVED", Body: "Looks good."})
	t.did("review.approved", e.Who, pull)
	return err
}

// settle has a person resolve the threads that newer commits have overtaken.
func (t *turn) settle(e errand) error {
	pull, _ := t.reviewed(e)
	if pull == nil {
		return nil
	}
	for _, th := range t.tx.Threads(pull.ID) {
		if th.Resolved || !th.Outdated {
			continue
		}
		if _, err := t.tx.ResolveThread(th, true); err != nil {
			return err
		}
		t.did("review.settled", e.Who, pull)
		if pull = t.tx.IssueByID(pull.ID); pull.Closed { // that was what its merge waited for
			return nil
		}
	}
	return nil
}

var remarks = []string{
	"This returns before the lock is given back.", "What happens when the list is empty?", "The error is dropped here.",
	"Please name the unit.", "This is tested nowhere.", "The same loop stands above.", "Could this be a constant?",
}

// threads are remarks on files that a pull request changes.
func (t *turn) threads(pull *world.Issue, dice *rand.Rand, n int) ([]world.NewThread, error) {
	if n == 0 {
		return nil, nil
	}
	path, lines := "", 1
	if k, mine := t.taskOf(pull); mine && k.Path != "" {
		file, err := t.tx.File(t.tx.RepoByID(pull.RepoID), pull.Pull.HeadSHA, k.Path)
		if err == nil {
			path, lines = k.Path, strings.Count(string(file.Content), "\n")
		} else if !isNotFound(err) {
			return nil, err
		}
	}
	if path == "" {
		files, err := t.tx.PullFiles(pull)
		if err != nil || len(files) == 0 {
			return nil, err
		}
		path = files[0].Path
	}
	var list []world.NewThread
	for range n {
		list = append(list, world.NewThread{Path: path, Line: 1 + dice.IntN(max(lines, 1)), Body: pick(dice, remarks)})
	}
	return list, nil
}
