package seed

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
)

var (
	materials  = strings.Fields("granite basalt copper cobalt linen amber cedar flint marble quartz slate walnut zinc ivory maple onyx")
	groups     = strings.Fields("labs works collective systems guild foundry union studio")
	firstNames = strings.Fields("amara bjorn chidi daria emre fatima goran hina ines jorge katya liam mei noor olga pavel quinn rosa sven tariq uma vikram wanda xenia yusuf zoe")
	nouns      = strings.Fields("gateway ledger parser scheduler mailer index vault relay console importer renderer router session storage tracker watcher queue cache billing catalog editor notifier profile search sync theme upload wizard")
	verbs      = strings.Fields("drops repeats ignores loses truncates leaks blocks forgets reorders duplicates exposes caches")
	objects    = []string{"the last entry", "errors of the remote", "the time zone", "names with umlauts", "a second request", "file handles", "unknown fields", "the owner", "the order of events", "credentials", "an empty list", "the retry header"}
	whens      = []string{"on restart", "under load", "after a timeout", "when run twice", "behind a proxy", "with an old client", "for large inputs", "without network", "in the nightly job", "on the first start"}
)

// strangeTitles are titles that real repositories have, and that break terminals.
var strangeTitles = []string{
	"fix: \u202egnp.exe\u202c is accepted as a picture",
	"\u200b\u200bfeat(ui): zero\u200bwidth\u200bspaces",
	"🚀🔥 make it fast 👩‍👩‍👧‍👦",
	"fix \u0007 bell and \u001b[31mred\u001b[0m in titles",
	"שגיאה בכניסה למערכת",
	"Fixes #1, closes #2, resolves everything @everyone",
	"<img src=x onerror=alert(1)> <!-- hidden -->",
	"ｆｅａｔ(wide): full-width letters",
	"``` unclosed fence | pipe | in | title",
	"Ｎｏｔ an audit: just the word",
}

func sentence(random *rand.Rand) string {
	return fmt.Sprintf("%s %s %s %s", pick(random, nouns), pick(random, verbs), pick(random, objects), pick(random, whens))
}

func paragraph(random *rand.Rand) string {
	var b strings.Builder
	for i := range 1 + random.IntN(3) {
		if i > 0 {
			b.WriteString(" ")
		}
		text := sentence(random)
		b.WriteString(capital(text) + ".")
	}
	return b.String()
}

// capital makes the first letter, an ASCII one, a capital.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// printable is a title without what does not print, as a person would copy it
// into a checklist.
func printable(title string) string {
	title = strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) && c != '#' && c != '@' && c != '<' && c != '`' {
			return c
		}
		return -1
	}, title)
	return strings.TrimSpace(title)
}

// finding is a problem an auditor of a drawn fleet has found.
type finding struct{ title, severity, location, fix string }

// drawAudit makes it an audit issue, now and then a stranger's.
func (s *script) drawAudit(c *cast, r *repository, it *item) {
	random := s.random
	it.title = pick(random, []string{"[Audit] ", "audit: ", "[Audit] Review of ", "chore(audit): [Audit] "}) + pick(random, nouns) + " " + pick(random, []string{"security", "quality", "tests", "performance", "documentation"})
	if random.IntN(2) == 0 {
		it.labels = []string{"audit"}
	}
	if random.IntN(6) == 0 {
		it.closed = s.later(it.at)
	}
	it.author = c.owner
	if random.IntN(7) == 0 && !r.private {
		it.author = pick(random, c.strangers)
	}
	findings := make([]finding, random.IntN(9))
	for i := range findings {
		findings[i] = finding{sentence(random), pick(random, []string{"Critical", "High", "Medium", "Low"}), drawPath(random, r.layer), "Make it so that " + pick(random, nouns) + " cannot."}
	}
	it.body = pick(random, auditStyles)(random, findings)
}

func drawPath(random *rand.Rand, layer string) string {
	a, b := pick(random, nouns), pick(random, nouns)
	switch layer {
	case "go":
		return fmt.Sprintf("pkg/%s/%s.go:%d", a, b, 1+random.IntN(60))
	case "laravel":
		return fmt.Sprintf("src/%s/%s.php:%d", capital(a), capital(b), 1+random.IntN(60))
	}
	return fmt.Sprintf("%s/%s.yml:%d", a, b, 1+random.IntN(30))
}

// auditStyles are ways to write the same findings down.
var auditStyles = []func(*rand.Rand, []finding) string{
	func(random *rand.Rand, list []finding) string { // a heading a finding, with fields
		var b strings.Builder
		b.WriteString("# Report\n\n" + paragraph(random) + "\n")
		for i, f := range list {
			fmt.Fprintf(&b, "\n## %d. %s\n\n**Severity:** %s\n**Location:** `%s`\n\n%s\n", i+1, f.title, f.severity, f.location, f.fix)
		}
		return b.String()
	},
	func(random *rand.Rand, list []finding) string { // severity headings with bullets
		var b strings.Builder
		for _, severity := range []string{"Critical", "High", "Medium", "Low"} {
			head := false
			for _, f := range list {
				if f.severity != severity {
					continue
				}
				if !head {
					fmt.Fprintf(&b, "### %s\n\n", severity)
					head = true
				}
				fmt.Fprintf(&b, "- %s (`%s`)\n", f.title, f.location)
			}
			if head {
				b.WriteString("\n")
			}
		}
		return b.String() + paragraph(random) + "\n"
	},
	func(_ *rand.Rand, list []finding) string { // a numbered list
		var b strings.Builder
		for i, f := range list {
			fmt.Fprintf(&b, "%d. **%s** (%s), see `%s`. %s\n", i+1, f.title, strings.ToLower(f.severity), f.location, f.fix)
		}
		return b.String()
	},
	func(random *rand.Rand, list []finding) string { // a table
		var b strings.Builder
		b.WriteString("| ID | Severity | Finding | Location |\n|---|---|---|---|\n")
		for i, f := range list {
			fmt.Fprintf(&b, "| F%d | %s | %s | `%s` |\n", i+1, f.severity, f.title, f.location)
		}
		return b.String() + "\n" + paragraph(random) + "\n"
	},
	func(_ *rand.Rand, list []finding) string { // emoji
		sign := map[string]string{"Critical": "🔴", "High": "🟠", "Medium": "🟡", "Low": "🟢"}
		var b strings.Builder
		for _, f := range list {
			fmt.Fprintf(&b, "%s %s — `%s`\n\n", sign[f.severity], f.title, f.location)
		}
		return b.String()
	},
	func(_ *rand.Rand, list []finding) string { // paragraphs with CRLF
		var b strings.Builder
		for i, f := range list {
			fmt.Fprintf(&b, "Finding 2.%d: %s. %s. %s\r\n\r\n", i+1, f.title, f.location, f.fix)
		}
		return b.String()
	},
	func(random *rand.Rand, list []finding) string { // verified clean, whatever was found
		return "Everything was verified clean and is robust.\n\n" + paragraph(random) + "\n"
	},
}
