package faults

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Parse reads a spec; the empty spec has no rules. An error names the rule and what was expected in its place.
func Parse(spec string) ([]Rule, error) {
	if strings.TrimSpace(spec) == "" {
		return nil, nil
	}
	var out []Rule
	for i, text := range strings.Split(spec, ",") {
		r, err := parseRule(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("fault %d %q: %w", i+1, text, err)
		}
		out = append(out, r)
	}
	return out, nil
}

func parseRule(text string) (Rule, error) {
	var r Rule
	head, match, ok := strings.Cut(text, "@")
	if !ok {
		return r, fmt.Errorf("want KIND@MATCH, such as 502@POST /repos/*/*/issues#1")
	}
	kind, arg, hasArg := strings.Cut(head, "=")
	r.Kind = Kind(kind)
	takesTime, known := timed[r.Kind]
	if !known {
		return r, fmt.Errorf("unknown kind %q; the kinds are %s", kind, kinds())
	}
	if takesTime != hasArg {
		if takesTime {
			return r, fmt.Errorf("%s needs a duration, such as %s=30s", kind, kind)
		}
		return r, fmt.Errorf("%s takes no argument", kind)
	}
	if takesTime {
		d, err := time.ParseDuration(arg)
		if err != nil || d <= 0 {
			return r, fmt.Errorf("%q is not a duration above zero, such as 30s", arg)
		}
		r.Wait = d
	}
	var err error
	if match, err = r.parseWhen(match); err != nil {
		return r, err
	}
	return r, r.parseMatch(match)
}

// parseWhen takes #N, #N+ or %P off the end of match.
func (r *Rule) parseWhen(match string) (string, error) {
	at := strings.LastIndexAny(match, "#%")
	if at < 0 {
		return match, nil
	}
	sign, num := match[at], match[at+1:]
	if sign == '%' {
		p, err := strconv.ParseFloat(num, 64)
		if err != nil || !(p > 0 && p <= 100) {
			return "", fmt.Errorf("%q is not a percentage above 0 up to 100", num)
		}
		r.Percent = p
		return match[:at], nil
	}
	num, r.Onwards = strings.CutSuffix(num, "+")
	n, err := strconv.Atoi(num)
	if err != nil || n < 1 {
		return "", fmt.Errorf("%q is not the number of a request, from 1", num)
	}
	r.Nth = n
	return match[:at], nil
}

func (r *Rule) parseMatch(match string) error {
	method, path, ok := strings.Cut(match, " ")
	if !ok {
		if match == "" || strings.ContainsAny(match, "/#%@=") {
			return fmt.Errorf("%q is neither \"METHOD /path\" nor the name of a GraphQL operation or field nor *", match)
		}
		r.Name = match
		return nil
	}
	switch method {
	case "*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE":
	default:
		return fmt.Errorf("%q is not a method", method)
	}
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "#%@ ") {
		return fmt.Errorf("path %q must begin with / and hold no blank, #, %% or @", path)
	}
	if at := strings.Index(path, "**"); at >= 0 && !(at == len(path)-2 && path[at-1] == '/') {
		return fmt.Errorf("in path %q ** may only be the last segment", path)
	}
	r.Method, r.Path = method, path
	return nil
}

func kinds() string {
	var all []string
	for k := range timed {
		all = append(all, string(k))
	}
	sort.Strings(all)
	return strings.Join(all, ", ")
}
