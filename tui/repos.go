package tui

import "strconv"

var repoColumns = []column{
	{title: "NAME", width: 14, flex: true},
	{title: "T", width: 1, right: true},
	{title: "STAGE", width: 9},
	{title: "OPEN", width: 4, right: true},
	{title: "AUD", width: 3, right: true},
	{title: "RDY", width: 3, right: true},
	{title: "TODAY", width: 5, right: true, drop: 1},
	{title: "PULLS", width: 5, right: true, drop: 2},
	{title: "LANGUAGE", width: 12, drop: 3},
	{title: "BRANCH", width: 10, drop: 4},
}

// drawRepos draws the fleet, in the mission's order.
func (d *drawing) drawRepos(w, h int) []string {
	s := d.s
	if s.board == nil {
		return d.absent(repos, w, h)
	}
	if len(s.board.repos) == 0 {
		return d.say(w, h, "No repository is in the fleet. List them in .core/inventory.yaml, or name an organisation with --org.")
	}
	return d.window(repos, w, h, "", func(k int) []cell {
		r := &s.board.fleet.Rows[k]
		name, tier, stage := cell{d.text(r.Repo.Ref.Name), plainRole}, d.glyphs.none, r.Stage.String()
		if r.Repo.Problem != nil {
			name = cell{d.glyphs.marks[bad] + " " + name.text, badRole}
		}
		if r.Tier > 0 {
			tier = strconv.Itoa(r.Tier)
		}
		if r.Direct {
			stage = "direct"
		}
		return []cell{
			name, {tier, faintRole}, {stage, plainRole},
			{d.number(r.Repo.OpenIssues), plainRole}, {d.number(len(r.Audits)), warnRole}, {d.number(r.Ready), goodRole},
			{d.number(r.Dispatched), plainRole}, {d.number(r.Repo.OpenPulls), plainRole}, {d.text(r.Language), faintRole}, {d.text(r.Repo.DefaultBranch), faintRole},
		}
	})
}

// number is a count; nothing is a dash, which the eye passes over.
func (d *drawing) number(n int) string {
	if n == 0 {
		return d.glyphs.none
	}
	return strconv.Itoa(n)
}
