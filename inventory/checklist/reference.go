package checklist

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Reference names an issue as a body does: without owner and repository it is
// one of the body's own repository.
type Reference struct {
	Owner, Repo string
	Number      int
	Host        string // of a URL, lower case, with its port; else empty
}

// String is "#12" or "owner/repo#12".
func (r Reference) String() string {
	short := "#" + strconv.Itoa(r.Number)
	if r.Repo == "" {
		return short
	}
	return r.Owner + "/" + r.Repo + short
}

const (
	ownerPart = `[A-Za-z0-9][A-Za-z0-9_-]{0,38}`
	repoPart  = `[A-Za-z0-9._-]{1,100}`
)

var (
	shortForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:(` + ownerPart + `)/(` + repoPart + `))?#([1-9][0-9]{0,9})$`)
	})
	urlForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?i:https?)://([^\s/?#@]+)/(` + ownerPart + `)/(` + repoPart +
			`)/(?:issues|pull)/([1-9][0-9]{0,9})/?(?:[?#]\S*)?$`)
	})
	urlStart = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i:https?)://`)
	})
	urlEnd = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`[\s<>\x00]`)
	})
)

// ParseReference reads "12", "#12", "owner/repo#12" or the URL of an issue or
// pull request.
func ParseReference(text string) (Reference, error) {
	trimmed := strings.TrimSpace(text)
	if trimmed != "" && strings.Trim(trimmed, "0123456789") == "" {
		trimmed = "#" + trimmed
	}
	for _, form := range []*regexp.Regexp{shortForm(), urlForm()} {
		if ref, ok := match(form, trimmed); ok {
			return ref, nil
		}
	}
	return Reference{}, fmt.Errorf("%q names no issue: write #12, owner/repo#12 or the issue's URL", text)
}

func match(form *regexp.Regexp, text string) (Reference, bool) {
	m := form.FindStringSubmatch(text)
	if m == nil {
		return Reference{}, false
	}
	host := ""
	if len(m) == 5 {
		host, m = strings.ToLower(m[1]), m[1:]
	}
	n, err := strconv.Atoi(m[3])
	if err != nil || n > math.MaxInt32 || m[2] == "." || m[2] == ".." {
		return Reference{}, false
	}
	return Reference{Owner: m[1], Repo: m[2], Number: n, Host: host}, true
}

// Same compares as GitHub does, owner and repository without regard to case.
// Where only one names a host, it is taken for the other's.
func (r Reference) Same(o Reference) bool {
	return (r.Host == o.Host || r.Host == "" || o.Host == "") && r.Number == o.Number && strings.EqualFold(r.Owner, o.Owner) && strings.EqualFold(r.Repo, o.Repo)
}

// at is a reference and its place in a line.
type at struct {
	Reference
	start, end int
}

// references finds those of a line in order. A reference borders on no letter,
// digit or underscore, is not escaped, and lies whole inside one run of text; as
// the text of a link to another number it is a contradiction and is left out.
func (l *line) references() []at {
	var found []at
	for start := 0; start < len(l.text); {
		if l.marks[start] != written {
			start++
			continue
		}
		end := start
		for end < len(l.text) && l.marks[end] == written {
			end++
		}
		found = append(found, l.referencesIn(start, end)...)
		start = end
	}
	kept := found[:0]
	for _, ref := range found {
		if !l.contradicted(ref) {
			kept = append(kept, ref)
		}
	}
	return kept
}

// referencesIn finds the references of the run of text from start to end.
func (l *line) referencesIn(start, end int) []at {
	var found []at
	run := string(l.text[start:end])
	plain := 0 // up to here the run is read
	for plain < len(run) {
		stop, next := len(run), len(run)
		if m := urlStart().FindStringIndex(run[plain:]); m != nil {
			stop = plain + m[0]
			next = stop + m[1] - m[0]
			if n := urlEnd().FindStringIndex(run[next:]); n != nil {
				next += n[0]
			} else {
				next = len(run)
			}
		}
		for _, ref := range shortReferences(run, plain, stop) {
			ref.start, ref.end = ref.start+start, ref.end+start
			found = append(found, ref)
		}
		if stop < next {
			url := trimURL(run[stop:next])
			if ref, ok := match(urlForm(), url); ok && !wordBefore(run, stop) {
				found = append(found, at{ref, start + stop, start + stop + len(url)})
			}
		}
		plain = next
	}
	return found
}

// trimURL takes off what GitHub's renderer takes for punctuation behind a bare
// URL, closing brackets included unless the URL opens them.
func trimURL(url string) string {
	for url != "" {
		switch c := url[len(url)-1]; {
		case strings.IndexByte(`?!.,:;*_~'"]`, c) >= 0:
		case c == ')' && strings.Count(url, "(") < strings.Count(url, ")"):
		default:
			return url
		}
		url = url[:len(url)-1]
	}
	return url
}

// shortReferences finds #12 and owner/repo#12 between from and to.
func shortReferences(run string, from, to int) []at {
	var found []at
	for from < to {
		sign := strings.IndexByte(run[from:to], '#')
		if sign < 0 {
			break
		}
		sign += from
		end := sign + 1
		for end < to && isDigit(run[end]) {
			end++
		}
		start := sign
		for start > from && isNameByte(run[start-1]) {
			start--
		}
		if strings.Trim(run[start:sign], "-.") == "" {
			start = sign // a dash or an ellipsis before "#12"
		}
		if ref, ok := match(shortForm(), run[start:end]); ok && !wordAfter(run, end) && !wordBefore(run, start) {
			found = append(found, at{ref, start, end})
		}
		from = end
	}
	return found
}

func isNameByte(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '_' || c == '-' || c == '.' || c == '/'
}

// wordBefore tells whether what stands before i makes another word of it.
func wordBefore(run string, i int) bool {
	r, size := utf8.DecodeLastRuneInString(run[:i])
	return size > 0 && (isWord(r) || strings.ContainsRune(`/@&#\`, r))
}

// wordAfter tells whether the digits before i go on, as a word or a decimal.
func wordAfter(run string, i int) bool {
	r, size := utf8.DecodeRuneInString(run[i:])
	if r == '.' && i+1 < len(run) {
		return isDigit(run[i+1])
	}
	return size > 0 && isWord(r)
}

// contradicted tells whether the reference is the text of a link that leads to
// an issue of another number.
func (l *line) contradicted(ref at) bool {
	for _, k := range l.links {
		if k.start <= ref.start && ref.end <= k.end {
			if to, ok := match(urlForm(), k.destination); ok && to.Number != ref.Number {
				return true
			}
		}
	}
	return false
}
