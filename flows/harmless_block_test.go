package flows

import (
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/inventory/checklist"
)

// TestNothingOfABlockActs: whatever the text, what is drawn of it has no
// heading, link, image, HTML or task of theirs, and no mention or reference
// outside code.
func TestNothingOfABlockActs(t *testing.T) {
	// A mail address begins as it does for GitHub: not with a backtick.
	mail := regexp.MustCompile(`^[a-zA-Z0-9.+_-]+@[a-zA-Z0-9_-]+(?:\.[a-zA-Z0-9_-]+)+`)
	md := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.NewLinkify(extension.WithLinkifyEmailRegexp(mail))))
	acts := regexp.MustCompile(`@[A-Za-z0-9]|#[0-9]|(?i:gh-[0-9])|://`)
	pieces := rapid.SampledFrom([]string{"\n", "\n\n", "```", "````", "~~~", "`", "``", "# ", "- ", "- [ ] #7 ", "> ", "1. ", "    ", "\t", "\\", "---", "===", "<b>", "\"", "<!--", "-->", "</details>",
		"@user", "#12", "GH-3", "https://x.y/z", "![a](b)", "[a](b)", "[a]: b", "|a|b|\n|-|-|", "*", "**", "**text**", "**`a`**", "```go\n", "```mermaid\n", "_", "text", " ", "\u202e", "\x1b[31m", "www.x.y", "me@x.y", "&#64;a", "&lt;"})
	rapid.Check(t, func(rt *rapid.T) {
		in := strings.Join(rapid.SliceOfN(pieces, 0, 40).Draw(rt, "pieces"), "")
		out := HarmlessBlock(in, 500)
		if n := len(checklist.Parse([]byte(out)).Children); n > 0 {
			rt.Fatalf("%q became %q: %d children", in, out, n)
		}
		raw := []byte(out)
		_ = ast.Walk(md.Parser().Parse(text.NewReader(raw)), func(n ast.Node, in2 bool) (ast.WalkStatus, error) {
			switch v := n.(type) {
			case *ast.Heading, *ast.RawHTML, *ast.HTMLBlock, *ast.Image, *ast.Link, *ast.AutoLink:
				rt.Fatalf("%q became %q: a %s", in, out, n.Kind())
			case *ast.CodeSpan, *ast.FencedCodeBlock, *ast.CodeBlock:
				return ast.WalkSkipChildren, nil
			case *ast.Text:
				drawn := strings.ReplaceAll(string(v.Segment.Value(raw)), gap, "\x00")
				if m := acts.FindString(drawn); m != "" {
					rt.Fatalf("%q became %q: %q is acted on", in, out, m)
				}
			}
			return ast.WalkContinue, nil
		})
	})
}

func TestABlockKeepsItsListsAndCode(t *testing.T) {
	in := "### Heading\n\nSome `a<b` words:\n\n- one @you\n  - **two `x`**: 2 * 3\n- **three (3)**: **b**\n- a ** b\n- \\**c**\n1. three\n\n```go\nx := \"<@you>\"\n```\n"
	want := "**Heading**\n\nSome `a<b` words:\n\n- one @&#8203;you\n  - \\*\\*two `x`\\*\\*: 2 \\* 3\n- **three (3)**: **b**\n- a \\*\\* b\n- \\\\\\*\\*c\\*\\*\n1. three\n\n```go\nx := \"<@you>\"\n```"
	if got := HarmlessBlock(in, 1000); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := HarmlessBlock(strings.Repeat("word\n", 100), 50); len(got) > 60 || !strings.HasSuffix(got, "…") {
		t.Errorf("%q", got)
	}
}

// TestWhatGrowsStaysWithinItsBound: mentions and references take eight
// characters each when they are made harmless.
func TestWhatGrowsStaysWithinItsBound(t *testing.T) {
	if n := len([]rune(HarmlessWithin(strings.Repeat("@#<", 100), 200))); n > 200 {
		t.Errorf("%d runes", n)
	}
	if n := len([]rune(HarmlessBlock(strings.Repeat(strings.Repeat("@", 60)+"\n", 150), 8_000))); n > 8_100 {
		t.Errorf("%d runes", n)
	}
}
