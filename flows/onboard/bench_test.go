package onboard

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// many is a fleet of so many repositories of so many issues each: a third with
// audits, a third with issues that nobody organised, a third with epics of ours,
// whose last child is in the next repository.
func many(repos, issues int) flows.World {
	w := world(300, nil, 0)
	s := &inventory.Snapshot{Host: "github.com", Viewer: "owner", Dependencies: true}
	for n := range repos {
		ref := inventory.RepoRef{Owner: "acme", Name: fmt.Sprintf("service-%d", n)}
		r := inventory.Repo{Ref: ref, DefaultBranch: "dev", DefaultHead: "abc", Permission: "ADMIN", Details: &inventory.Details{SubIssues: true, Newest: issues}, OpenIssues: issues}
		for k := range issues {
			i := inventory.Issue{Ref: inventory.Ref{Repo: ref, Number: k + 1}, Title: fmt.Sprintf("fix(part): the thing number %d is not right", k), Author: "owner", Association: "OWNER", Body: strings.Repeat("It is not right. ", 40)}
			switch {
			case n%3 == 0 && k < 2:
				i.Title, i.Body = "[Audit] everything", "# Audit\n\n"
				for f := range 5 {
					i.Body += fmt.Sprintf("## %d. The number %d is never checked in part %d\n\n**Severity:** High\n\n`pkg%d/file.go:%d` does not check it.\n\n", f, f, k, f, f)
				}
			case n%3 == 1 && k%11 == 0:
				i.Title, i.Body = fmt.Sprintf("epic(part%d): things", k), "## Children\n\n"
				for c := range min(9, issues-k-1) {
					i.Body += fmt.Sprintf("- [ ] #%d\n", k+2+c)
				}
				i.Body += fmt.Sprintf("- [ ] acme/service-%d#%d\n\n%s\n", (n+1)%repos, k+1, inventory.NewMark(inventory.MarkEpic, ref.Key(), fmt.Sprint(k)))
			}
			r.Issues = append(r.Issues, i)
		}
		s.Repos = append(s.Repos, r)
	}
	f := inventory.Assess(s, w.Rules, nil)
	w.Snapshot, w.Fleet = s, &f
	return w
}

// processor is the processor time that this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRound: the first round of onboarding a whole fleet, planned; that and
// the rounds after it, which are announced with it; and the assessment of the
// snapshot that comes before. cpu-ms/op is what the process took of the
// processor, its collector's work included: others may be using it.
func BenchmarkRound(b *testing.B) {
	for _, size := range [][2]int{{16, 100}, {1000, 100}} {
		w := many(size[0], size[1])
		o := onboarding()
		list := make([]Onboard, size[0])
		for k := range list {
			list[k] = o
			list[k].Repo = w.Snapshot.Repos[k].Ref
		}
		measure := func(name string, do func()) {
			b.Run(fmt.Sprintf("%s/%dx%d", name, size[0], size[1]), func(b *testing.B) {
				b.ReportAllocs()
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				used := processor()
				for b.Loop() {
					do()
				}
				b.ReportMetric(float64((processor()-used).Milliseconds())/float64(b.N), "cpu-ms/op")
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/1e6, "MB/op")
				b.ReportMetric(float64(after.HeapSys)/1e6, "MB-heap")
			})
		}
		measure("plan", func() {
			steps := 0
			for _, p := range Round(w, list) {
				steps += len(p.Steps)
			}
			if steps < size[0] {
				b.Fatalf("%d steps", steps)
			}
		})
		measure("announce", func() {
			plans := Round(w, list)
			later, broken := Later(w, list, plans)
			if len(broken) > 0 || len(later) < size[0]/3 {
				b.Fatalf("%d later rounds, %v", len(later), broken)
			}
		})
		measure("assess", func() { inventory.Assess(w.Snapshot, w.Rules, nil) })
	}
}
