package execute

import (
	_ "embed"
	"fmt"
	"time"
)

// The two fixed comments, and what is said where nothing helped.
var (
	//go:embed fix-reviews.txt
	fixReviewsText string
	//go:embed fix-conflict.txt
	fixConflictText string
	//go:embed stuck.txt
	stuckText string
)

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

func nth(n int) string {
	switch n {
	case 1:
		return "first"
	case 2:
		return "second"
	case 3:
		return "third"
	}
	return fmt.Sprintf("%dth", n)
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04Z") }

// span is a length of time as a person says it.
func span(d time.Duration) string {
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
