package finding

import (
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// inline is the text of a block in spans of one style; as is the style it stands in.
func (s *source) inline(parent ast.Node, as style) []span {
	var out []span
	var more []byte // the text of the last span, once it has several pieces
	end := func() {
		if len(more) > 0 {
			out[len(out)-1].text = string(more)
			more = more[:0]
		}
	}
	add := func(t string, st style, link string) {
		if t == "" {
			return
		}
		if k := len(out) - 1; k >= 0 && out[k].style == st && out[k].link == link && st&verbatim == 0 {
			if len(more) == 0 {
				more = append(more, out[k].text...)
			}
			more = append(more, t...)
			return
		}
		end()
		out = append(out, span{t, st, link})
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			t := string(n.Segment.Value(s.body))
			if as&verbatim == 0 {
				t = html.UnescapeString(unescape(t))
			}
			add(t, as, "")
			if n.SoftLineBreak() || n.HardLineBreak() {
				add("\n", as, "")
			}
		case *ast.String:
			add(string(n.Value), as, "")
		case *ast.CodeSpan:
			var b strings.Builder
			for _, sp := range s.inline(n, verbatim) {
				b.WriteString(sp.text)
			}
			add(strings.ReplaceAll(b.String(), "\n", " "), as|verbatim, "")
		case *ast.Emphasis:
			st := as | slanted
			if n.Level >= 2 {
				st = as | strong
			}
			for _, sp := range s.inline(n, st) {
				add(sp.text, sp.style, sp.link)
			}
		case *east.Strikethrough:
			for _, sp := range s.inline(n, as|struck) {
				add(sp.text, sp.style, sp.link)
			}
		case *ast.Link:
			for _, sp := range s.inline(n, as) {
				add(sp.text, sp.style, string(n.Destination))
			}
		case *ast.AutoLink:
			add(string(n.Label(s.body)), as, string(n.URL(s.body)))
		case *ast.RawHTML:
			var raw strings.Builder
			for k := range n.Segments.Len() {
				seg := n.Segments.At(k)
				raw.Write(seg.Value(s.body))
			}
			switch t := strings.ToLower(raw.String()); {
			case lineBreak.MatchString(t):
				add("\n", as, "")
			case t == "<b>" || t == "<strong>":
				as |= strong
			case t == "</b>" || t == "</strong>":
				as &^= strong
			}
		}
	}
	end()
	return out
}

// unescape removes the backslashes that make punctuation literal.
func unescape(t string) string {
	if !strings.Contains(t, `\`) {
		return t
	}
	var b strings.Builder
	for k := 0; k < len(t); k++ {
		if t[k] == '\\' && k+1 < len(t) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", t[k+1]) >= 0 {
			k++
		}
		b.WriteByte(t[k])
	}
	return b.String()
}
