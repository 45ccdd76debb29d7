package classifier

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dappcore/core-dev/inventory/finding"
)

const (
	maxFix  = 4000 // runes
	maxPath = 255  // bytes
	maxLine = 9_999_999
)

// Parse reads an answer and holds it against docs/schema/classifier.json: one
// JSON document, every key known and there, every word one of the list, every
// text bounded and without characters that show nothing.
func Parse(raw []byte) ([]finding.Finding, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("it is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	var doc any
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("it is no JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON document")
	}
	c := &checker{}
	top := c.object("the answer", doc, []string{"version", "findings"}, nil)
	if c.err == nil && top["version"] != float64(1) {
		return nil, errors.New("its version is not 1")
	}
	out := []finding.Finding{}
	for k, e := range c.array("findings", top["findings"], finding.MaxFindings) {
		out = append(out, c.finding(fmt.Sprintf("findings[%d]", k), e))
		if c.err != nil {
			break
		}
	}
	if c.err != nil {
		return nil, c.err
	}
	return out, nil
}

// checker keeps the first fault.
type checker struct{ err error }

func (c *checker) fault(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

func (c *checker) object(at string, v any, need, may []string) map[string]any {
	m, ok := v.(map[string]any)
	if !ok {
		c.fault("%s is no object", at)
		return nil
	}
	for _, k := range need {
		if _, ok := m[k]; !ok {
			c.fault("%s has no %q", at, k)
		}
	}
	for k := range m {
		if !slices.Contains(need, k) && !slices.Contains(may, k) {
			c.fault("%s has a key the schema does not know", at)
		}
	}
	return m
}

func (c *checker) array(at string, v any, most int) []any {
	list, ok := v.([]any)
	if !ok {
		c.fault("%s is no array", at)
	}
	if len(list) > most {
		c.fault("%s has more than %d elements", at, most)
		return nil
	}
	return list
}

// text is a string of least to most runes; lines tells whether it may have
// several.
func (c *checker) text(at string, v any, least, most int, lines bool) string {
	s, ok := v.(string)
	n := utf8.RuneCountInString(s)
	switch {
	case !ok:
		c.fault("%s is no text", at)
	case n > most || n < least || least > 0 && strings.TrimSpace(s) == "":
		c.fault("%s has %d characters, %d to %d are allowed", at, n, least, most)
	}
	for _, r := range s {
		if lines && r == '\n' {
			continue
		}
		if !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) {
			c.fault("%s holds the character %U", at, r)
		}
	}
	return s
}

func word[T ~string](c *checker, at string, v any, allowed []T) T {
	s, _ := v.(string)
	if !slices.Contains(allowed, T(s)) {
		c.fault("%s is none of %v", at, allowed)
	}
	return T(s)
}

func (c *checker) finding(at string, v any) finding.Finding {
	m := c.object(at, v, []string{"title", "severity", "type", "scope", "complexity", "locations", "category", "evidence"}, []string{"fix"})
	if m == nil {
		return finding.Finding{}
	}
	f := finding.Finding{
		Title:      c.text(at+".title", m["title"], 1, finding.MaxTitle, false),
		Severity:   word(c, at+".severity", m["severity"], finding.Severities),
		Type:       word(c, at+".type", m["type"], finding.Types),
		Scope:      word(c, at+".scope", m["scope"], finding.Scopes),
		Complexity: word(c, at+".complexity", m["complexity"], finding.Complexities),
		Category:   word(c, at+".category", m["category"], finding.Categories),
		Evidence:   c.text(at+".evidence", m["evidence"], 0, finding.MaxEvidence, false),
		Locations:  []finding.Location{},
	}
	if fix, ok := m["fix"]; ok {
		f.Fix = c.text(at+".fix", fix, 0, maxFix, true)
	}
	f.Text = f.Evidence
	for k, e := range c.array(at+".locations", m["locations"], finding.MaxLocations) {
		f.Locations = append(f.Locations, c.location(fmt.Sprintf("%s.locations[%d]", at, k), e))
	}
	return f
}

func (c *checker) location(at string, v any) finding.Location {
	m := c.object(at, v, []string{"path", "line"}, nil)
	if m == nil {
		return finding.Location{}
	}
	p := c.text(at+".path", m["path"], 1, maxPath, false)
	if len(p) > maxPath || path.Clean(p) != p || path.IsAbs(p) || p == "." || p == ".." || strings.HasPrefix(p, "../") || strings.Contains(p, `\`) {
		c.fault("%s.path is no path inside a repository", at)
	}
	n, ok := m["line"].(float64)
	if !ok || n != math.Trunc(n) || n < 0 || n > maxLine {
		c.fault("%s.line is no line number", at)
		n = 0
	}
	return finding.Location{Path: p, Line: int(n)}
}
