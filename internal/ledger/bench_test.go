package ledger

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/budget"
)

// millionLines is a log of a million lines up to noon: both forms, with and
// without member, unsorted in places, some unreadable.
func millionLines(b *testing.B) string {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var log strings.Builder
	const lines, step = 1_000_000, 87 * time.Second
	for i := range lines {
		at := noon.Add(-time.Duration(lines-i) * step)
		if r.IntN(50) == 0 {
			at = at.Add(-time.Duration(r.IntN(5000)) * time.Minute)
		}
		stamp, repo, issue := at.Format("2006-01-02T15:04Z"), fmt.Sprintf("core-%.*s", r.IntN(12), "service-commerce"), r.IntN(2000)+1
		switch n := r.IntN(1000); {
		case n == 0:
			fmt.Fprintf(&log, "%s what is this\n", stamp)
		case n < 300:
			fmt.Fprintf(&log, "%s dispatched #%d to jules in %s\n", stamp, issue, repo)
		case n < 600:
			fmt.Fprintf(&log, "%s %s #%d jules #%d\n", stamp, repo, issue, r.IntN(400)+1)
		default:
			fmt.Fprintf(&log, "%s %s #%d jules #%d @%s\n", stamp, repo, issue, r.IntN(400)+1, []string{"Snider", "bodane"}[r.IntN(2)])
		}
	}
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, LogName), []byte(log.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return dir
}

func BenchmarkFirstLook(b *testing.B) {
	dir := millionLines(b)
	for b.Loop() {
		if err := os.RemoveAll(filepath.Join(dir, cacheFolder)); err != nil {
			b.Fatal(err)
		}
		lookOnce(b, dir)
	}
}

func BenchmarkSecondLook(b *testing.B) {
	dir := millionLines(b)
	lookOnce(b, dir)
	for b.Loop() {
		lookOnce(b, dir)
	}
}

func lookOnce(b *testing.B, dir string) {
	book := openBook(b, dir, clockAt(noon))
	if _, err := book.Spending(budget.DayOf(noon) - 31); err != nil {
		b.Fatal(err)
	}
	if _, err := book.Unreadable(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkDispatched(b *testing.B) {
	dir := millionLines(b)
	book := openBook(b, dir, clockAt(noon))
	for b.Loop() {
		if _, err := book.Dispatched(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLines(b *testing.B) {
	dir := millionLines(b)
	book := openBook(b, dir, clockAt(noon))
	for b.Loop() {
		if _, err := book.Lines(child(1999)); err != nil {
			b.Fatal(err)
		}
	}
}
