package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf16"
)

// printJSON prints one JSON document, indented. Text from outside keeps every
// character, but none that would act on a terminal stands there as itself.
func (a *app) printJSON(what any) error { return a.writeJSON(what, "  ") }

// printJSONLine prints one JSON document on a line of its own, of a stream.
func (a *app) printJSONLine(what any) error { return a.writeJSON(what, "") }

func (a *app) writeJSON(what any, indent string) error {
	var raw bytes.Buffer
	e := json.NewEncoder(&raw)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(what); err != nil {
		return err
	}
	_, err := a.out.Write(escaped(raw.Bytes()))
	return err
}

// escaped writes control and format characters as \u escapes. In JSON they
// stand in strings only, where that means the same.
func escaped(doc []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(doc))
	for _, r := range string(doc) {
		switch {
		case r == '\n' || !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r):
			out.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}

func (a *app) printVersion() error {
	_, err := fmt.Fprintln(a.out, "core "+version)
	return err
}
