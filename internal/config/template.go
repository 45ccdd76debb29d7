package config

import (
	"fmt"
	"strings"
)

// Template is the config.yaml that init writes: the host, the address of its
// API where that is not the host's own, the organisation, and every other
// setting with its default behind a "#". Taking those away
// changes nothing; editing the line then does.
func Template(host, apiURL, org string) string {
	var b strings.Builder
	b.WriteString("# Settings of `core dev`. Every key is optional; `core dev config` prints what\n" +
		"# holds and where it came from. Tokens never go here: they stay in the environment.\n")
	group := ""
	for i := range keyTable {
		k := &keyTable[i]
		parts := strings.Split(k.Path, ".")
		written := templateValue(k)
		if len(parts) == 1 {
			group = ""
			fmt.Fprintf(&b, "\n%s", comment(k.Meaning, k.Allowed, ""))
			switch k.Path {
			case "host":
				fmt.Fprintf(&b, "host: %s\n", plainOrQuoted(host))
				continue
			case "api_url":
				if apiURL != "" {
					fmt.Fprintf(&b, "api_url: %s\n", plainOrQuoted(apiURL))
					continue
				}
			case "org":
				if org != "" {
					fmt.Fprintf(&b, "org: %s\n", plainOrQuoted(org))
					continue
				}
			}
			fmt.Fprintf(&b, "#%s: %s\n", k.Path, written)
			continue
		}
		if parts[0] != group {
			group = parts[0]
			fmt.Fprintf(&b, "\n#%s:\n", group)
			if parts[1] == "*" && len(parts) == 3 {
				fmt.Fprintf(&b, "#  %s:\n", templateName[group])
			}
		}
		indent, name := "  ", parts[len(parts)-1]
		if len(parts) == 3 {
			indent = "    "
		}
		b.WriteString(comment(k.Meaning, k.Allowed, indent))
		if name == "*" {
			b.WriteString("#" + strings.ReplaceAll(templateEntries[group], "\n", "\n#") + "\n")
			continue
		}
		fmt.Fprintf(&b, "#%s%s: %s\n", indent, name, written)
	}
	return b.String()
}

// The names and entries that stand for the user's own in the template.
var (
	templateName    = map[string]string{"agents": firstAgent}
	templateEntries = map[string]string{
		"tokens": "  octocat: OCTOCAT_TOKEN",
		"themes": "  security: [security]\n  quality: [quality]\n  testing: [testing]\n  docs: [docs]\n  performance: [performance]",
		"keys":   "  refresh: [r, ctrl+r]",
	}
)

func templateValue(k *Key) string {
	switch k.Default {
	case defaultLabel:
		return firstAgent
	case defaultLogins:
		return kind(list).display(raw{list: knownLogins[firstAgent]})
	}
	return k.Default
}

// comment wraps a meaning into comment lines.
func comment(meaning string, allowed []string, indent string) string {
	if len(allowed) > 0 {
		meaning += " (" + strings.Join(allowed, ", ") + ")"
	}
	lead := "# "
	if indent != "" { // a comment still when the setting's own "#" is taken away
		lead = "#" + indent + "# "
	}
	var b strings.Builder
	length := 0
	for word := range strings.FieldsSeq(meaning) {
		switch {
		case length == 0:
			b.WriteString(lead)
		case length+1+len(word) > 84-len(indent):
			b.WriteString("\n" + lead)
			length = 0
		default:
			b.WriteByte(' ')
			length++
		}
		b.WriteString(word)
		length += len(word)
	}
	b.WriteByte('\n')
	return b.String()
}
