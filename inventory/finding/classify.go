package finding

import (
	"path"
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

// subject is one row of the category map (spec/2-flows Stage 1).
type subject struct {
	category string
	kind     string // type
	severity Severity
	size     string // empty: by scope
	words    *pattern.Pattern
}

var subjects = []subject{
	{"race-condition", "security", Medium, "large", phrases(`races?`, `race conditions?`, `racy`, `data race`, `toctou`, `deadlocks?`, `double[- ]spends?`, `concurren(?:t|cy|tly)`, `not thread[- ]safe`, `unsynchroni[sz]ed`, `mutex`, `atomic(?:ally|ity)?`, `read-modify-write`, `goroutine leaks?`, `lost updates?`, `two workers`, `interleav\w+`, `after the check`, `check-then-act`)},
	{"test-coverage", "testing", Medium, "medium", phrases(`no (?:\w+ ){0,3}tests?`, `untested`, `test coverage`, `tests?`, `coverage`, `flaky`, `assertions?`, `fixtures?`, `mocks?`, `test suite`, `skipped tests?`, `mutation testing`)},
	{"documentation", "docs", Low, "small", phrases(`documentation`, `docs`, `readme`, `docblocks?`, `docstrings?`, `undocumented`, `documented`, `changelog`, `contributing`, `typos?`, `guide`, `tutorial`, `phpdoc`, `jsdoc`, `godoc`, `code comments?`, `code examples?`, `examples? (?:in|of|for)`, `help text`, `does(?:n't| not) (?:mention|say)`)},
	{"performance", "performance", Medium, "", phrases(`performance`, `slow`, `n\+1`, `latency`, `quadratic`, `o\(n`, `memory leak`, `allocat\w+`, `caching`, `uncached`, `not cached`, `cache (?:miss|hit|stampede)\w*`, `stampede`, `throughput`, `index(?:es)? missing`, `missing index(?:es)?`, `full table scan`, `whole table`, `loads (?:all|every|whole|the whole|the entire)`, `every query`, `in a loop`, `queries`, `depth of`, `holds the lock`, `blocks (?:writers|readers|the)`, `never invalidated`, `invalidation`, `out of memory`, `memory (?:use|usage|growth|consumption)`, `compiles?`, `eager[- ]load\w*`, `hot path`, `cpu`, `bundle size`, `re-?renders?`, `unbounded`, `pagination`, `blocks the event loop`, `debounce`, `image size`, `ms`)},
	{"input-validation", "security", Medium, "", phrases(`input validation`, `validat(?:e|ed|es|ion|ing)`, `unvalidated`, `parseint`, `parsed? with`, `saniti[sz]\w+`, `unsaniti[sz]ed`, `malformed`, `mime type`, `bounds? check\w*`, `max(?:imum)? length`, `mass[- ]assign\w+`, `user input`, `unchecked input`, `accepts any`, `fillable`, `not (?:normali[sz]ed|bounded|checked for)`, `(?:without|before) (?:normali[sz]ing|validating|checking)`, `not bound`)},
	{"error-handling", "quality", Medium, "medium", phrases(`error handling`, `errors? (?:of \w+ )?(?:is |are )?(?:swallowed|ignored|discarded|dropped|lost)`, `swallow(?:s|ed|ing)?`, `ignor(?:es|ed|ing) (?:the |an |its |all )?(?:\w+ )?errors?`, `exceptions?`, `panics?`, `unhandled`, `catch(?:es)?`, `stack traces?`, `try/catch`, `retry`, `retries`, `rejections?`, `exit (?:code|status)`, `set -e\w*`, `errors? context`, `without (?:a |the |its )?(?:file name|context|cause)`, `wrap(?:s|ped|ping)? errors?`, `bare error`, `recover`, `acknowledges? before`, `poison`, `exit status`)},
	{"complexity", "quality", Medium, "large", phrases(`complexity`, `cyclomatic`, `copies of`, `two \w+ engines`, `abstraction`, `god (?:class|object|function)`, `too (?:long|large|big|many)`, `duplicat(?:e|ed|es|ion)`, `dead code`, `nesting`, `coupling`, `refactor\w*`, `spaghetti`, `copy-?past\w+`, `\d+ lines`, `lines long`, `circular`, `monolith\w*`, `unused`)},
	{"owasp", "security", Medium, "", phrases(`owasp`, `security`, `injection`, `xss`, `csrf`, `ssrf`, `sqli?`, `rce`, `idor`, `traversal`, `auth\w*`, `bypass\w*`, `secrets?`, `passwords?`, `credentials?`, `tokens?`, `encrypt\w*`, `crypto\w*`, `tls`, `certificates?`, `signatures?`, `hash(?:ed|es|ing)?`, `untrusted`, `plain http`, `http://`, `cluster[- ]admin`, `admin`, `rbac`, `introspection`, `docker\.sock`, `constant[- ]time`, `timing`, `javascript: urls?`, `unserialize`, `random numbers?`, `mt_rand`, `guess\w*`, `spoof\w*`, `become`, `in the image`, `logged`, `in (?:the )?logs?`, `search path`, `working directory`, `md5`, `sha-?1`, `sessions?`, `cookies?`, `cors`, `csp`, `privileges?`, `permissions?`, `escalation`, `root`, `sandbox`, `vulnerab\w+`, `cve(?:-\d+-\d+)?`, `exploit\w*`, `attack\w*`, `leak(?:s|ed|ing)?`, `expos(?:e|ed|es|ure)`, `plain ?text`, `hard-?coded`, `api keys?`, `private keys?`, `deseriali[sz]\w+`, `redirects?`, `throttl\w+`, `rate limit\w*`, `brute[- ]force`, `access control`, `escap(?:e|ed|es|ing)`, `unescaped`, `eval`, `world[- ](?:readable|writable)`, `0777`, `chmod`, `curl \| (?:ba)?sh`, `checksum`, `supply chain`, `pinned`, `unpinned`, `personal data`, `gdpr`, `enumeration`, `replay`, `spoof\w*`, `jwt`, `\w*tenant\w*`, `isolation`, `docker\.sock`, `privileged`, `capabilit\w+`, `insecure\w*`, `\w+\.insecure\w*`, `to the world`, `x-forwarded-for`, `allow ?lists?`, `revoked?`, `entitlements?`, `\.env`, `any file`, `to (?:a|the) shell`, `interpolated`, `powered-by`, `aws keys?`, `access`, `\{!!`, `evaluates`, `unknown feature`, `scopes? (?:is|are) checked`, `no expiry`)},
}

var kindWords = map[string]*pattern.Pattern{
	"security":    phrases(`security`, `owasp`, `vulnerability`, `injection`, `auth\w*`, `crypto\w*`, `cwe-?\d+`, `secrets?`, `access control`, `xss`, `ssrf`, `csrf`),
	"performance": phrases(`performance`, `perf`, `efficiency`, `speed`, `scalability`),
	"testing":     phrases(`test(?:s|ing)?`, `coverage`, `test coverage`),
	"docs":        phrases(`docs?`, `documentation`),
	"quality":     phrases(`quality`, `maintainability`, `reliability`, `error handling`, `complexity`, `design`, `architecture`, `correctness`, `robustness`, `code smell`, `bug`, `style`, `code`, `logic`),
}

// cost is what running text says of time and space that are wasted; the other
// words of performance count only where the title or a heading has them.
var cost = phrases(`performance`, `slow(?:er|ly|s)?`, `n\+1`, `latency`, `quadratic`, `o\(n`, `memory leak`, `throughput`, `stampede`, `full table scan`, `hot path`, `whole table`, `cpu`, `takes \d[\d.,]* ?(?:ms|s|seconds|minutes)`, `\d[\d.,]* ?(?:ms|seconds|minutes)`)

// kindOf is the type that a text names, empty where it names none.
func kindOf(t string) string {
	if t == "" {
		return ""
	}
	for _, k := range []string{"security", "performance", "testing", "docs", "quality"} {
		if kindWords[k].MatchString(t) {
			return k
		}
	}
	return ""
}

// titleKinds are the words of an audit's title that name what it is about as a
// whole, and the category that is all of that type. Subjects such as "races" or
// "secrets" are those of one finding among others.
var titleKinds = []struct {
	category string
	words    *pattern.Pattern
}{
	{"owasp", phrases(`security`, `owasp`, `vulnerabilit(?:y|ies)`, `penetration`, `pentest`, `auth\w*`, `access control`, `injection`, `isolation`, `abuse`, `threats?`)},
	{"performance", phrases(`performance`, `efficiency`, `speed`, `scalability`)},
	{"test-coverage", phrases(`tests?`, `testing`, `coverage`)},
	{"documentation", phrases(`docs`, `documentation`)},
	{"other", kindWords["quality"]},
}

var otherwise = subject{category: "other", kind: "quality", severity: Medium}

// byTitle is the subject of a finding whose own words tell none: that of the one
// type the audit's title names, no subject where it names none or several.
func (r *reader) byTitle() subject {
	named := ""
	for _, k := range titleKinds {
		if k.words.MatchString(r.subject) {
			if named != "" {
				return otherwise
			}
			named = k.category
		}
	}
	for _, s := range subjects {
		if s.category == named {
			return s
		}
	}
	return otherwise
}

// classify tells type, category, scope and complexity, and a severity where
// nobody told one.
func (r *reader) classify(f *record) {
	best, most := -1, 0
	weigh := func(t string, weight int, points []int) {
		for k, n := range r.weigh(t) {
			points[k] += n * weight
		}
	}
	points := make([]int, len(subjects))
	weigh(f.kindOf, 20, points)
	weigh(f.Title, 10, points)
	weigh(cut(f.Evidence, 400), 2, points)
	weigh(f.trail, 4, points)
	for k, s := range subjects {
		if s.kind == "docs" && papers(f.Locations) {
			points[k] += 16
		}
		if s.kind == "performance" && s.words.Count(f.kindOf+" "+f.trail+" "+f.Title, 1) == 0 && !cost.MatchString(f.Evidence) {
			points[k] = 0 // "cache" or "queries" in passing
		}
		if s.kind == "docs" && !papers(f.Locations) && s.words.Count(f.kindOf+" "+f.trail+" "+f.Title, 1) == 0 {
			points[k] = 0
		}
	}
	for k, n := range points {
		if n > most {
			best, most = k, n
		}
	}
	var s subject
	if best >= 0 {
		s = subjects[best]
	} else {
		s = r.byTitle()
	}
	f.Category, f.Type = s.category, s.kind
	if kind := kindOf(f.kindOf); kind != "" {
		f.Type = kind
	}
	if f.Severity == "" {
		f.Severity = r.common
	}
	if f.Severity == "" {
		f.Severity = r.title
	}
	if f.Severity == "" {
		f.Severity = s.severity
	}
	f.Scope = scopeOf(f)
	f.Complexity = sizeOf(f, s)
	if f.Locations == nil {
		f.Locations = []Location{}
	}
}

var folders = pattern.New(`(?:[\w.@+-]+/){2,}`)

// weigh is how often a text names each subject, twice at most; the folders of
// a path tell where, not what.
func (r *reader) weigh(t string) []int {
	out, ok := r.weighed[t]
	if !ok && t != "" {
		out = make([]int, len(subjects))
		said := folders.ReplaceAllString(t, " ")
		for k, s := range subjects {
			out[k] = s.words.Count(said, 2)
		}
		r.weighed[t] = out
	}
	return out
}

var everywhere = phrases(`throughout`, `everywhere`, `across (?:the )?(?:code ?base|repo(?:sitory)?|project|packages|modules|services|board)`, `all (?:packages|modules|services|controllers|models|endpoints|handlers|commands|components|routes|jobs|scripts|images|workflows)`, `every (?:package|module|service|controller|model|endpoint|handler|command|component|job|script|image|workflow|repositor(?:y|ies)|file)`, `code ?base[- ]wide`, `whole (?:code ?base|repo(?:sitory)?|project)`, `entire (?:code ?base|repo(?:sitory)?|project)`, `system(?:ic|-wide)`, `project-wide`)

// scopeOf goes by the number of files and folders, and by words.
func scopeOf(f *record) string {
	t := strings.ToLower(f.extent)
	for _, s := range Scopes {
		if strings.Contains(strings.ReplaceAll(t, " ", "-"), s) {
			return s
		}
	}
	folders, files := map[string]bool{}, map[string]bool{}
	for _, l := range f.Locations {
		if isFolder(l.Path) {
			folders[l.Path] = true
			files[l.Path] = true
			files[l.Path+"/*"] = true
			continue
		}
		folders[path.Dir(l.Path)] = true
		files[l.Path] = true
	}
	switch {
	case everywhere.MatchString(f.Title + " " + f.Evidence):
		return "framework"
	case len(folders) > 2, len(folders) == 2 && !related(folders):
		return "framework"
	case len(files) > 1:
		return "package"
	case len(files) == 1:
		return "single-file"
	}
	return "package"
}

var aFile = pattern.New(`^` + filePath + `$`)

func isFolder(p string) bool { return !aFile.MatchString(p) }

// papers tells whether all places are documents.
func papers(list []Location) bool {
	for _, l := range list {
		switch path.Ext(l.Path) {
		case ".md", ".mdx", ".rst", ".txt":
		default:
			return false
		}
	}
	return len(list) > 0
}

// related tells whether one folder holds the other.
func related(folders map[string]bool) bool {
	for a := range folders {
		for b := range folders {
			if a != b && strings.HasPrefix(b, a+"/") {
				return true
			}
		}
	}
	return false
}

var sizes = []struct {
	size  string
	words *pattern.Pattern
}{
	{"large", phrases(`large`, `high`, `xl`, `l`, `big`, `weeks?`, `months?`, `major`, `hard`, `significant`, `complex`, `13`, `8`)},
	{"medium", phrases(`medium`, `moderate`, `m`, `days?`, `normal`, `5`, `3`)},
	{"small", phrases(`small`, `low`, `s`, `xs`, `tiny`, `trivial`, `minutes?`, `min`, `hours?`, `h`, `\d+h`, `\d+m`, `minor`, `easy`, `quick`, `one-?liner`, `1`, `2`)},
}

// sizeOf goes by what the auditor says of effort, then by the category map
// (spec/2-flows "Stage 1"), whatever the scope; what the map leaves open goes by
// scope.
func sizeOf(f *record, s subject) string {
	if f.size != "" {
		for _, z := range sizes {
			if z.words.MatchString(f.size) {
				return z.size
			}
		}
	}
	if s.size != "" {
		return s.size
	}
	switch f.Scope {
	case "framework":
		return "large"
	case "package":
		return "medium"
	}
	return "small"
}
