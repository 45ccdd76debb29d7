//go:build conformance

package judges

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// line is one command of a transcript with what must come of it.
type line struct {
	at      string // file:line
	only    string // "", old or new: the gh it is for
	command string
	want    []*regexp.Regexp // in what it prints, standard output first
	never   []*regexp.Regexp
	capture map[string]*regexp.Regexp
	fails   bool
}

// transcript reads a file of commands:
//
//	$ COMMAND       run by bash; $old and $new instead of $: by that gh only
//	> REGEXP        a match is printed
//	x REGEXP        none is
//	! REGEXP        the command fails and prints a match; without such a line it must succeed
//	= NAME REGEXP   from here on $NAME is what the group matched
//
// Lines that begin with # and empty ones are for the reader.
func transcript(t *testing.T, file string) []line {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []line
	for n, s := range strings.Split(string(text), "\n") {
		at := fmt.Sprintf("%s:%d", file, n+1)
		word, rest, _ := strings.Cut(s, " ")
		if word == "" || word[0] == '#' {
			continue
		}
		if word[0] == '$' {
			all = append(all, line{at: at, only: word[1:], command: rest, capture: map[string]*regexp.Regexp{}})
			continue
		}
		if len(all) == 0 {
			t.Fatalf("%s: no command before %q", at, s)
		}
		l := &all[len(all)-1]
		name := ""
		if word == "=" {
			name, rest, _ = strings.Cut(rest, " ")
		}
		re, err := regexp.Compile("(?m)" + rest)
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		switch word {
		case ">":
			l.want = append(l.want, re)
		case "!":
			l.fails = true
			l.want = append(l.want, re)
		case "x":
			l.never = append(l.never, re)
		case "=":
			l.capture[name] = re
		default:
			t.Fatalf("%s: %q begins with none of $ > ! x =", at, s)
		}
	}
	return all
}

// play runs a transcript and returns how many commands it ran.
func (w *world) play(gh client, lines []line) int {
	var env []string
	ran := 0
	for _, l := range lines {
		if l.only != "" && l.only != gh.name {
			continue
		}
		ran++
		got := w.shell(l.command, env...)
		text := got.out + got.err
		wrong := func(format string, a ...any) {
			w.Errorf("%s: %s\n%s; exit status %d:\n%s", l.at, l.command, fmt.Sprintf(format, a...), got.status, text[:min(len(text), 2000)])
		}
		if l.fails != (got.status != 0) {
			wrong("fails: %v, want %v", got.status != 0, l.fails)
			continue
		}
		for _, re := range l.want {
			if !re.MatchString(text) {
				wrong("printed nothing like %s", re)
			}
		}
		for _, re := range l.never {
			if re.MatchString(text) {
				wrong("printed what matches %s", re)
			}
		}
		for name, re := range l.capture {
			m := re.FindStringSubmatch(text)
			if m == nil {
				w.Fatalf("%s: nothing to take %s from: %s", l.at, name, text)
			}
			env = append(env, name+"="+m[1])
		}
	}
	return ran
}
