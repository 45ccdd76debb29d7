package proof

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

// What GitHub and a folder hold, as text that two courses of the same thing
// have in common: an issue of ours is called by its mark and not by the number
// it happened to get, and nothing has a time or an id.

var (
	numberSign = regexp.MustCompile(`#(\d+)`)
	epicBranch = regexp.MustCompile(`epic/(\d+)-`)
	logLine    = regexp.MustCompile(`^\S+ (\S+) #(\d+) (.*)$`)
	logEpic    = regexp.MustCompile(`\b(\d+)\b`)
)

// names calls the issues of one repository.
type names map[int]string

func (n names) of(number int) string {
	if name, ok := n[number]; ok {
		return name
	}
	return fmt.Sprintf("#%d", number)
}

func (n names) in(text string) string {
	swap := func(re *regexp.Regexp, before, after string) {
		text = re.ReplaceAllStringFunc(text, func(m string) string {
			number, _ := strconv.Atoi(re.FindStringSubmatch(m)[1])
			return before + n.of(number) + after
		})
	}
	swap(numberSign, "", "")
	swap(epicBranch, "epic/", "-")
	return text
}

// state is all of it, a line a fact.
func (b *bench) state() []string {
	b.t.Helper()
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	called := map[string]names{}
	err := b.host.sim.World().View(func(tx *world.Tx) error {
		at := map[int64]string{} // every issue by id
		for _, r := range tx.Repos() {
			full, list := tx.FullName(r), names{}
			called[strings.ToLower(full)] = list
			for _, i := range tx.Issues(r.ID) {
				if m := inventory.ReadMark(i.Body); !m.IsZero() {
					name := string(m.Kind) + "/" + m.Key
					if slices.Contains(slices.Collect(maps.Values(list)), name) {
						name += fmt.Sprintf(" again as #%d", i.Number)
					}
					list[i.Number] = name
				}
			}
			for _, i := range tx.Issues(r.ID) {
				at[i.ID] = full + " " + list.of(i.Number)
			}
		}
		refs := func(ids []int64) string {
			var s []string
			for _, id := range ids {
				s = append(s, at[id])
			}
			return strings.Join(s, ", ")
		}
		for _, r := range tx.Repos() {
			full := tx.FullName(r)
			list := called[strings.ToLower(full)]
			for _, l := range tx.Labels(r) {
				say("%s label %s %s %q", full, l.Name, l.Color, l.Description)
			}
			head := r.Refs["refs/heads/"+r.DefaultBranch]
			for ref, sha := range r.Refs {
				say("%s ref %s at the head %v", full, list.in(ref), sha == head)
			}
			for _, i := range tx.Issues(r.ID) {
				me := at[i.ID]
				say("%s title %q closed %v %s locked %v by %d", me, i.Title, i.Closed, i.Reason, i.Locked, i.AuthorID)
				say("%s body %q, %d versions", me, list.in(i.Body), len(tx.Edits(i.ID)))
				var labels []string
				for _, l := range tx.LabelsOf(i) {
					labels = append(labels, l.Name)
				}
				slices.Sort(labels)
				say("%s labels %v", me, labels)
				say("%s sub-issue of %q, has %s", me, at[i.ParentID], refs(i.SubIssues))
				say("%s blocked by %s", me, refs(slices.Sorted(slices.Values(i.BlockedBy))))
				for _, c := range tx.Comments(i.ID) {
					say("%s comment by %d %q", me, c.AuthorID, list.in(c.Body))
				}
				events := map[string]int{}
				for _, e := range tx.Events(i.ID) {
					events[fmt.Sprintf("%s %s %q", e.Kind, e.Label, at[e.SourceID])]++
				}
				for e, n := range events {
					say("%s %d times %s", me, n, e)
				}
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	out = append(out, b.folderState(called)...)
	slices.Sort(out)
	return out
}

// folderState is what the folder's own books say.
func (b *bench) folderState(called map[string]names) []string {
	b.t.Helper()
	var out []string
	owner := b.host.sim.Fleet().Org
	raw, _ := os.ReadFile(b.core("dispatch.log")) // none: nothing was dispatched
	for _, l := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		m := logLine.FindStringSubmatch(l)
		if m == nil {
			out = append(out, "log "+l)
			continue
		}
		repo := m[1]
		if !strings.Contains(repo, "/") {
			repo = owner + "/" + repo
		}
		list := called[strings.ToLower(repo)]
		number, _ := strconv.Atoi(m[2])
		rest := logEpic.ReplaceAllStringFunc(m[3], func(n string) string {
			k, _ := strconv.Atoi(n)
			return list.of(k)
		})
		out = append(out, fmt.Sprintf("log %s %s %s", repo, list.of(number), rest))
	}
	if open, _ := filepath.Glob(b.core("journal/*.open.jsonl")); len(open) > 0 {
		out = append(out, fmt.Sprintf("%d open journals", len(open)))
	}
	e := b.run("budget", "--json")
	var st struct {
		Used, Held int
		Unreadable int `json:"unreadable_today"`
		Outside    []any
	}
	if err := json.Unmarshal([]byte(e.out), &st); err != nil {
		b.t.Errorf("core dev budget: %v\n%s", err, e)
	}
	return append(out, fmt.Sprintf("budget used %d held %d outside %d unreadable %d", st.Used, st.Held, len(st.Outside), st.Unreadable))
}

// differences are the lines that only one of two states has; empty: none.
func differences(want, got []string) []string {
	var out []string
	count := map[string]int{}
	for _, l := range want {
		count[l]++
	}
	for _, l := range got {
		count[l]--
	}
	for _, l := range slices.Sorted(maps.Keys(count)) {
		switch n := count[l]; {
		case n > 0:
			out = append(out, fmt.Sprintf("lacks   %s", l))
		case n < 0:
			out = append(out, fmt.Sprintf("has too %s", l))
		}
	}
	return out
}
