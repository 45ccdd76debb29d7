package people

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

var targetForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("^Target branch: `([^`\\s]+)`")
})

// target is the branch that the last comment of that form names, if there is such a branch; else the default one.
func (t *turn) target(issue *world.Issue, repo *world.Repo) string {
	branch := ""
	for _, c := range t.tx.Comments(issue.ID) {
		if m := targetForm().FindStringSubmatch(c.Body); m != nil {
			branch = m[1]
		}
	}
	if repo.Refs[branches+branch] == "" {
		return repo.DefaultBranch
	}
	return branch
}

// openPull has an agent push one to three commits to a branch of its own and open a pull request with them.
func (t *turn) openPull(k task, a *Profile, issue *world.Issue, dice *rand.Rand) error {
	repo, bot := t.tx.RepoByID(issue.RepoID), t.tx.UserByLogin(a.Login)
	base := t.target(issue, repo)
	wrong := a.WrongBase.hits(dice) && base != repo.DefaultBranch
	if wrong {
		base = repo.DefaultBranch
	}
	number := dice.Uint64N(1 << 60)
	branch := fmt.Sprintf("%s-%d", slug(issue.Title), number%10_000_000)
	k.Path = ownFile(repo, issue)
	if k.Rev == 0 {
		k.Rev = 1
	}
	broken := a.Broken.hits(dice) || k.Hopeless
	t.as(bot)
	commits := []gitstore.Commit{{Branch: branch, Parents: []string{base}, Message: issue.Title, Files: map[string]string{k.Path: source(k, issue)}}}
	if a.Overlap.hits(dice) {
		file, err := t.overlap(repo, base, issue)
		if err != nil {
			return err
		}
		commits = append(commits, gitstore.Commit{Branch: branch, Message: "Note the change", Files: file})
		t.did("agent.overlap", a.Login, issue)
	}
	if dice.IntN(3) == 0 {
		k.Rev++
		commits = append(commits, gitstore.Commit{Branch: branch, Message: "Cover the edge cases", Files: map[string]string{k.Path: source(k, issue)}})
	}
	ids, err := t.tx.AddCommits(repo, commits...)
	if err != nil {
		return err
	}
	if broken {
		if err := t.spoil(repo.ID, ids[len(ids)-1], k.Path, dice); err != nil {
			return err
		}
	}
	caller := t.tx.User(k.Caller)
	if asCaller := a.AsCaller.hits(dice); asCaller && caller != nil {
		t.as(caller)
		t.did("agent.pull.as-caller", a.Login, issue)
	}
	name := a.Login
	if caller != nil {
		name = caller.Login
	}
	draft := a.Draft.hits(dice)
	pull, err := t.tx.CreatePull(repo, world.NewPull{Title: issue.Title, Head: branch, Base: base, Draft: draft, Body: fmt.Sprintf(
		"Fixes #%d\n\n---\n*PR created automatically by %s for task %d started by @%s*", issue.Number, bot.Name, number, name)})
	if err != nil {
		return err
	}
	k.State, k.Pull = opened, pull.ID
	t.keepTask(k)
	t.remember(fmt.Sprintf("pull/%d", pull.ID), issue.ID)
	t.did("agent.pull", a.Login, pull)
	if wrong {
		t.did("agent.pull.wrong-base", a.Login, pull)
	}
	if draft {
		t.did("agent.pull.draft", a.Login, pull)
		t.later(a.Ready.from(dice), errand{Kind: "agent.ready", Who: a.Login, Issue: pull.ID})
	}
	return nil
}

// markReady has an agent take the draft from a pull request of its own.
func (t *turn) markReady(e errand) error {
	pull := t.tx.IssueByID(e.Issue)
	if pull == nil || pull.Closed || !pull.Pull.Draft {
		return nil
	}
	t.as(t.tx.UserByLogin(e.Who))
	_, err := t.tx.SetDraft(pull, false)
	t.did("agent.ready", e.Who, pull)
	return err
}

// source is the file that an issue's solution adds, in a revision.
func source(k task, issue *world.Issue) string {
	words := identifier(slug(issue.Title))
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	switch {
	case strings.HasSuffix(k.Path, ".go"):
		dir := strings.Split(k.Path, "/")
		line("package %s\n", dir[len(dir)-2])
		line("// %s settles #%d.", words, issue.Number)
		line("func %s() []string {", words)
		line("\treturn []string{")
		for n := range k.Rev {
			line("\t\t%q,", fmt.Sprintf("step %d", n+1))
		}
		line("\t}\n}")
	case strings.HasSuffix(k.Path, ".php"):
		line("<?php\n\nnamespace Core\\Solved;\n")
		line("// Settles #%d.", issue.Number)
		line("final class %s\n{", words)
		line("    public function steps(): array\n    {\n        return [")
		for n := range k.Rev {
			line("            'step %d',", n+1)
		}
		line("        ];\n    }\n}")
	default:
		line("# %s\n", words)
		for n := range k.Rev {
			line("- step %d", n+1)
		}
	}
	return b.String()
}

// ownFile is where the solution of an issue goes: nobody else writes there.
func ownFile(repo *world.Repo, issue *world.Issue) string {
	name := fmt.Sprintf("%s_%d", slug(issue.Title), issue.Number)
	switch repo.Language {
	case "Go":
		return "internal/solved/" + strings.ReplaceAll(name, "-", "_") + ".go"
	case "PHP":
		return "src/Core/Solved/" + identifier(slug(issue.Title)) + ".php"
	}
	return "docs/solved/" + name + ".md"
}

// changelog is the file that everybody writes into.
const changelog = "CHANGELOG.md"

const changelogHead = "# Changes\n\n## Unreleased\n\n"

// overlap is a line on top of the change log: two of them, made from one base, conflict.
func (t *turn) overlap(repo *world.Repo, base string, issue *world.Issue) (map[string]string, error) {
	text := changelogHead
	file, err := t.tx.File(repo, base, changelog)
	if err == nil {
		text = string(file.Content)
	} else if !isNotFound(err) {
		return nil, err
	}
	head, rest := text, ""
	if at := strings.Index(text, changelogHead); at >= 0 {
		head, rest = text[:at+len(changelogHead)], text[at+len(changelogHead):]
	}
	return map[string]string{changelog: fmt.Sprintf("%s- %s (#%d)\n%s", head, plain(issue.Title), issue.Number, rest)}, nil
}

// push has somebody put a commit on top of a pull request's head.
func (t *turn) push(pull *world.Issue, message string, files map[string]string) (string, error) {
	head := t.tx.RepoByID(pull.Pull.HeadRepoID)
	if head == nil || head.Refs[branches+pull.Pull.HeadRef] == "" {
		return "", &world.Error{Status: 422, Message: "the head branch is gone"}
	}
	ids, err := t.tx.AddCommits(head, gitstore.Commit{Branch: pull.Pull.HeadRef, Message: message, Files: files})
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// slug is a title as a part of a name.
func slug(title string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(title) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "change"
}

// identifier is a slug as a name in a program.
func identifier(slug string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(slug, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	if name := b.String(); name != "" && (name[0] < '0' || name[0] > '9') {
		return name
	}
	return "Change" + b.String()
}

// plain is a title on one line.
func plain(title string) string { return strings.Join(strings.Fields(title), " ") }

// within is a delay that is long by chance.
func within(dice *rand.Rand, usual Delay, late Chance, long Delay) (d time.Duration, isLate bool) {
	if late.hits(dice) {
		return long.from(dice), true
	}
	return usual.from(dice), false
}
