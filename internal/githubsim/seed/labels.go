package seed

// label is a label with GitHub's six digits of colour.
type label struct{ name, color, description string }

// workLabels are what a maintainer who works with agents has made, beside
// GitHub's own nine.
func workLabels(agent string, languages ...string) []label {
	list := []label{
		{agent, "6f42c1", "dispatches the issue to " + agent},
		{"agentic", "5319e7", "worked on by agents"},
		{"audit", "0e8a16", "comes from an audit"},
		{"critical", "b60205", "severity"},
		{"high", "d93f0b", "severity"},
		{"medium", "fbca04", "severity"},
		{"low", "c2e0c6", "severity"},
		{"security", "ee0701", ""},
		{"quality", "1d76db", ""},
		{"testing", "006b75", ""},
		{"performance", "f9d0c4", ""},
		{"docs", "0075ca", ""},
		{"dependencies", "0366d6", ""},
		{"complexity:small", "bfdadc", ""},
		{"complexity:medium", "91ca55", ""},
		{"complexity:large", "0b4f6c", ""},
	}
	for _, l := range languages {
		list = append(list, label{"lang:" + l, "ededed", ""})
	}
	return list
}
