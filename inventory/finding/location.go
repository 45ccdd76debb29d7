package finding

import (
	"path"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

var (
	extensions = `dockerfile|production|properties|example|graphql|service|staging|testing|csproj|gradle|svelte|tfvars|local|phtml|plist|proto|scala|swift|timer|bash|conf|cron|dart|dist|html|java|json|less|lock|neon|scss|stub|tmpl|toml|twig|yaml|bat|cfg|cjs|cpp|crt|css|csv|env|erl|exs|hcl|hpp|htm|ini|jsx|key|kts|lua|mdx|mjs|mod|nix|pem|php|ps1|rst|sol|sql|sum|tpl|tsx|txt|vue|xml|yml|zsh|cc|cs|ex|go|j2|js|kt|md|pl|py|rb|rs|sh|tf|ts|c|h`
	fileNames  = `(?:[\w.-]*Dockerfile(?:\.[\w-]+)?|Containerfile|Makefile|Taskfile|Procfile|Vagrantfile|Jenkinsfile|Gemfile|Rakefile|CODEOWNERS|LICENSE|CHANGELOG|\.dockerignore|\.gitignore|\.gitattributes|\.editorconfig|\.npmrc|\.nvmrc|\.htaccess|\.env(?:\.[\w-]+)*|go\.mod|go\.sum|crontab)`
	filePath   = `(?:(?:[\w.@+-]|\[\w+\])+/)*(?:` + fileNames + `|(?:[\w.@+-]|\[\w+\])*[\w\])+@-]\.(?:blade\.php|` + extensions + `))`
	lineTail   = `(?:#L(\d{1,7})(?:-L?\d+)?|:L?(\d{1,7})(?:[:–,-]\s?L?\d+)*|\s*\(?(?:,\s*)?(?:at |on |near |around |~)?(?:lines?|ll?\.|L)\s*[#~:]?\s*(\d{1,7})(?:\s*(?:[-–—,]|to|and|&)\s*\d+)*\)?|\s*\((\d{1,7})(?:\s*[-–]\s*\d+)?\))?`
	placed     = pattern.New(`(?:^|[^\w./@:+\\$~*-]|\./|[\s(]/)(` + filePath + `)` + lineTail)
	afterSpan  = pattern.New(`^` + lineTail + `(?:$|\W)`)
	folder     = pattern.New(`^\.?/?((?:[\w.@+-]+/)+)(?:\*+)?$|^((?:src|app|lib|pkg|cmd|internal|config|docs|tests?|database|resources|packages|roles|scripts|services)(?:/[\w.@+-]+)+)$`)
	lineOnly   = pattern.New(`(?i)^\s*(?:lines?|ll?\.|L)\s*(\d{1,7})`)
	web        = pattern.New(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s)>\]]+`)
	blob       = pattern.New(`^https?://[^/]+/[^/]+/[^/]+/(?:-/)?(?:blob|tree|blame|raw)/[^/]+/([^#?]+)(?:\?[^#]*)?(?:#L(\d+))?`)
	relative   = pattern.New(`^(?:\.{0,2}/)*(?:(?:blob|tree|blame)/[^/]+/)?(.+)$`)
	commented  = pattern.New(`(?m)^\s*(?://|#|/\*|--|;|<!--|\*|=+>|File:|\+\+\+ b/|@@ )[^\n]*`)
	hostName   = pattern.New(`^(?:www\.|[\w-]+\.(?:com|org|net|io|dev|example|local)/)`)
)

// place collects locations in order, none twice.
type place struct {
	list []Location
	seen map[Location]bool

	mentions map[string][]Location // by text, where somebody keeps them
}

func (p *place) add(file string, line int) {
	file = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(file), "./"), "/")
	if file == "" || len(file) > 255 || len(p.list) >= MaxLocations || hostName.MatchString(file) {
		return
	}
	if !strings.Contains(file, "/") && strings.Contains(file, "@") {
		return // a mail address
	}
	file = path.Clean(file)
	if file == "." || strings.HasPrefix(file, "..") {
		return
	}
	at := Location{file, line}
	if p.seen[at] {
		return
	}
	// A file named once with a line and then without is one place.
	for k, l := range p.list {
		if l.Path == file && (line == 0 || l.Line == 0) {
			if l.Line == 0 {
				p.list[k].Line = line
				p.seen[p.list[k]] = true
			}
			return
		}
	}
	if p.seen == nil {
		p.seen = map[Location]bool{}
	}
	p.seen[at] = true
	p.list = append(p.list, at)
}

// text adds the places of running text.
func (p *place) text(t string) {
	list, ok := p.mentions[t]
	if !ok {
		list = mentioned(t)
		if p.mentions != nil {
			p.mentions[t] = list
		}
	}
	for _, l := range list {
		p.add(l.Path, l.Line)
	}
}

// mentioned is what looks like a place in running text, as it stands there.
func mentioned(t string) (list []Location) {
	if strings.Contains(t, "://") {
		t = web.ReplaceAllString(t, " ")
	}
	for _, m := range placed.FindAllStringSubmatchIndex(t, 200) {
		if m[3] < len(t) && m[3] == m[1] && (t[m[3]] == '_' || isAlnum(t[m[3]])) {
			continue // "app.config" is no "app.conf"
		}
		groups := make([]string, 0, 4)
		for k := 4; k+1 < len(m); k += 2 {
			if m[k] >= 0 {
				groups = append(groups, t[m[k]:m[k+1]])
			}
		}
		list = append(list, Location{t[m[2]:m[3]], line(groups)})
	}
	return list
}

func isAlnum(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func line(groups []string) int {
	for _, g := range groups {
		if g != "" {
			n, _ := strconv.Atoi(g)
			return n
		}
	}
	return 0
}

// spans adds the places of formatted text: links to a file at a commit, code,
// and a line number that follows either.
func (p *place) spans(list []span) {
	for k, s := range list {
		if m := blob.FindStringSubmatch(s.link); m != nil {
			n, _ := strconv.Atoi(m[2])
			if n == 0 {
				own := place{mentions: p.mentions}
				own.text(s.text)
				if len(own.list) == 1 {
					n = own.list[0].Line
				}
			}
			p.add(m[1], n)
			continue
		}
		if s.link != "" && !strings.Contains(s.link, "://") && !strings.HasPrefix(s.link, "#") && !strings.HasPrefix(s.link, "mailto:") {
			if m := relative.FindStringSubmatch(s.link); m != nil {
				own, far := place{mentions: p.mentions}, place{mentions: p.mentions}
				own.text(s.text)
				far.text(m[1])
				if len(far.list) == 1 && (len(own.list) == 0 || len(own.list) == 1 && strings.HasSuffix(far.list[0].Path, own.list[0].Path)) {
					at := far.list[0]
					if at.Line == 0 && len(own.list) == 1 {
						at.Line = own.list[0].Line
					}
					p.add(at.Path, at.Line)
					continue
				}
			}
			p.text(s.text)
			continue
		}
		if s.style&verbatim == 0 {
			if k == 0 || list[k-1].style&verbatim == 0 || !lineOnly.MatchString(s.text) {
				p.text(s.text)
				continue
			}
			// the line was taken with the code before it
			p.text(s.text)
			continue
		}
		t := strings.TrimSpace(s.text)
		if strings.ContainsAny(t, " ") && !afterPath.MatchString(t) { // a command, a statement
			continue
		}
		if m := folder.FindStringSubmatch(t); m != nil {
			if m[1] != "" {
				p.add(m[1], 0)
			} else if !placed.MatchString(t) {
				p.add(m[2], 0)
			} else {
				p.text(t)
			}
			if !placed.MatchString(t) {
				continue
			}
		}
		before := len(p.list)
		p.text(t)
		if len(p.list) == before+1 && p.list[before].Line == 0 && k+1 < len(list) && list[k+1].style&verbatim == 0 {
			if m := afterSpan.FindStringSubmatch(list[k+1].text); m != nil {
				p.list[before].Line = line(m[1:])
			}
		}
	}
}

var afterPath = pattern.New(`^[\w./@+-]+\s*(?:\(?(?:lines?|L)\s*\d|:\s*\d|\(\d+|,)`)

// code adds the places that the comments of an excerpt name with a line.
func (p *place) code(t string) {
	for _, c := range commented.FindAllString(t, 50) {
		own := place{mentions: p.mentions}
		own.text(c)
		for _, l := range own.list {
			if l.Line > 0 || strings.Contains(l.Path, "/") {
				p.add(l.Path, l.Line)
			}
		}
	}
}
