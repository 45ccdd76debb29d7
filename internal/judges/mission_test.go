//go:build conformance

package judges

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mission runs a script of the mission's document, in which each word of words stands for what is in the fleet.
// The scripts are the document's own, word for word, loops and all; nothing but gh and the shell runs them.
func (w *world) mission(script string, words ...string) string {
	w.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "mission", script))
	if err != nil {
		w.Fatal(err)
	}
	return w.gets("set -eu\n" + strings.NewReplacer(words...).Replace(string(text)))
}

// TestConformanceMission runs every line with gh in it of the mission's document, with every gh.
func TestConformanceMission(t *testing.T) {
	for _, gh := range clients(t) {
		t.Run(gh.name, func(t *testing.T) {
			w := serve(t)
			w = w.with(gh)
			t.Run("read", func(t *testing.T) { w.at(t).read() })
			t.Run("dispatch", func(t *testing.T) { w.at(t).dispatch() })
			t.Run("onboarding", func(t *testing.T) { w.at(t).onboarding() })
			t.Run("completed", func(t *testing.T) { w.at(t).completed() })
		})
	}
}

func (w *world) at(t *testing.T) *world {
	c := *w
	c.T = t
	return &c
}

// read are the scripts that look.
func (w *world) read() {
	for _, r := range table {
		out := strings.Split(w.mission("1-audits.sh", "REPO", r.name), "\n")
		audits := 0
		for _, l := range out[:len(out)-1] {
			var found struct{ Title string }
			if err := json.Unmarshal([]byte(l), &found); err != nil || !strings.Contains(found.Title, "udit") {
				w.Errorf("%s: %q is no audit issue (%v)", r.name, l, err)
			}
			audits++
		}
		if audits != r.audit {
			w.Errorf("%s: %d audit issues are listed, want %d", r.name, audits, r.audit)
		}
		if _, err := strconv.Atoi(out[len(out)-1]); err != nil {
			w.Errorf("%s: the count of label audit: %v", r.name, err)
		}
	}
	out := strings.Split(w.mission("2-epics.sh", "EPIC_NUMBER", "299", "REPO", "core"), "\n")
	listed, epics := 0, []int{}
	for _, l := range out {
		var found struct {
			Number int
			Labels *[]any
		}
		if json.Unmarshal([]byte(l), &found) != nil {
			continue
		}
		if found.Labels != nil {
			listed++
		} else if found.Number > 0 {
			epics = append(epics, found.Number)
		}
	}
	if listed != pageOfGh {
		w.Errorf("core: %d issues are listed, want gh's %d", listed, pageOfGh)
	}
	for _, e := range epics {
		if !slices.Contains(table[0].epics, e) {
			w.Errorf("core: #%d is found as an epic and is none", e)
		}
	}
	if len(epics) == 0 || !strings.Contains(strings.Join(out, "\n"), "number:\t299\n") {
		w.Errorf("core: epics %v found, and of #299 this shown: %s", epics, strings.Join(out[max(0, len(out)-40):], "\n"))
	}
	if out := w.mission("4-cost.sh", "NUM1 NUM2 NUM3", "299 300 301", "REPO", "core"); out !=
		"Epic #299: 4 children\nEpic #300: 5 children\nEpic #301: 2 children\nTotal dispatch cost: 11 tasks" {
		w.Errorf("the cost is counted so: %s", out)
	}
	if out := w.mission("6-daily.sh"); out !=
		"core: 30 open issues, 11 open PRs\ncore-php: 28 open issues, 0 open PRs\ncore-mcp: 24 open issues, 0 open PRs\ncore-api: 22 open issues, 0 open PRs" {
		w.Errorf("the daily check says: %s", out)
	}
	if out := w.mission("7-progress.sh"); out != `{"done":1,"remaining":4,"total":5}` {
		w.Errorf("the progress of #299 is %s", out)
	}
	if out := w.mission("8-completed.sh"); out != "" {
		w.Errorf("of #299 nothing is closed and unticked, yet: %s", out)
	}
}

// dispatch hands one child to an agent as the document does.
func (w *world) dispatch() {
	out := w.mission("3-dispatch.sh", "CHILD_NUM", "262", "REPO", "core", "EPIC_NUMBER", "299", "SLUG", "quality")
	if !strings.Contains(out, "/dappcore/core/issues/262\n") || !strings.Contains(out, "/dappcore/core/issues/262#issuecomment-") {
		w.Errorf("gh says %s", out)
	}
	got := w.gets(`gh api repos/dappcore/core/issues/262/timeline --paginate --jq '.[] | select(.event == "labeled" and .label.name == "jules" or .event == "commented") | .event + " " + .actor.login + " " + (.body // "")'`)
	if !strings.HasSuffix(got, "labeled Snider \ncommented Snider Target branch: `epic/299-quality` (epic #299)") {
		w.Errorf("the timeline of #262 ends with %s", got)
	}
}

// onboarding takes a repository through the whole sequence; then core knows the new epic.
func (w *world) onboarding() {
	const repo = "core-mcp"
	before := w.inventory()[repo]
	if len(before.Epics) > 0 || len(before.Audits) < 3 {
		w.Fatalf("%s is no repository to onboard: %+v", repo, before)
	}
	children := before.Audits
	body, list := "Findings of the audits.\n\n### Phase 1: Blockers\n", ""
	for i, n := range children {
		if i == 2 {
			body += "\n### Phase 2: The rest\n"
		}
		body += fmt.Sprintf("- [ ] #%d\n", n)
		list += fmt.Sprintf("%d ", n)
	}
	first := fmt.Sprintf("%d %d", children[0], children[1])
	out := w.mission("5-onboarding.sh", "REPO_NAME", repo, "BODY_WITH_CHILDREN", body, "CHILD_NUMBERS", list, "PHASE1_NUMBERS", first)

	var epic int
	if _, err := fmt.Sscanf(out[strings.LastIndex(out, "Epic #"):], "Epic #%d dispatched.", &epic); err != nil {
		w.Fatalf("the sequence ends with %s", out)
	}
	for _, n := range children {
		if !strings.Contains(out, fmt.Sprintf("Processing audit #%d...\n", n)) {
			w.Errorf("audit #%d is not processed", n)
		}
		got := w.gets(fmt.Sprintf(`gh api repos/dappcore/%s/issues/%d/comments --jq '.[-2:][].body'`, repo, n))
		want := fmt.Sprintf("Parent: #%d", epic)
		if n == children[0] || n == children[1] {
			want += fmt.Sprintf("\nTarget branch: `epic/%d-audit` (epic #%d)", epic, epic)
		}
		if !strings.HasSuffix(got, want) {
			w.Errorf("the comments on #%d end with %q, want %q", n, got, want)
		}
	}
	refs := fmt.Sprintf(`for B in dev epic/%d-audit; do gh api repos/dappcore/%s/git/ref/heads/$B --jq .object.sha; done | uniq | wc -l`, epic, repo)
	if n := w.count(refs); n != 1 {
		w.Errorf("the epic's branch is not at the default branch's head")
	}
	if got := w.gets(fmt.Sprintf("gh issue view %d --repo dappcore/%s --json labels,title --jq '.title, .labels[].name'", epic, repo)); got !=
		"epic(audit): Audit findings implementation\nagentic\ncomplexity:large" {
		w.Errorf("the epic is %s", got)
	}

	after := w.inventory()[repo]
	if !slices.Equal(after.Epics, []int{epic}) || after.Open != before.Open+1 {
		w.Errorf("core sees the epics %v and %d open issues, want #%d and one more than %d", after.Epics, after.Open, epic, before.Open)
	}
	var shown struct {
		Branch   string
		Exists   bool `json:"branch_exists"`
		Total    int
		Children []struct{ Ref, Agent, Verdict string }
		Phases   []struct{ Open bool }
	}
	if err := json.Unmarshal([]byte(w.core(fmt.Sprintf("epic show %d --repo dappcore/%s --json", epic, repo))), &shown); err != nil {
		w.Fatal(err)
	}
	if shown.Branch != fmt.Sprintf("epic/%d-audit", epic) || !shown.Exists || shown.Total != len(children) || len(shown.Phases) != 2 || !shown.Phases[0].Open || shown.Phases[1].Open {
		w.Errorf("core sees the epic as %+v", shown)
	}
	for i, c := range shown.Children {
		if dispatched := c.Agent == "jules"; dispatched != (i < 2) {
			w.Errorf("core sees %s with agent %q, verdict %s", c.Ref, c.Agent, c.Verdict)
		}
	}
}

// completed closes a child of an epic: the document's loop then finds it unticked.
func (w *world) completed() {
	child := w.gets(`gh issue view 299 --repo dappcore/core --json body --jq '[.body | split("\n")[] | select(test("^- \\[ \\] #")) | capture("^- \\[ \\] #(?<num>[0-9]+)") | .num][0]'`)
	if s := w.shell("gh issue close " + child + " --repo dappcore/core"); s.status != 0 {
		w.Fatalf("gh issue close: %s", s.err)
	}
	if out := w.mission("8-completed.sh"); out != "Child #"+child+" is closed but unchecked — tick parent and dispatch next" {
		w.Errorf("the loop says %q", out)
	}
}
