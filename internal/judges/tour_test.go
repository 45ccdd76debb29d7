//go:build conformance

package judges

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestConformanceTour has every gh go through what its users do, a transcript a subject, each on a fleet of its own. What
// it must say is what it says of GitHub.
func TestConformanceTour(t *testing.T) {
	files, err := filepath.Glob("testdata/tour/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, gh := range clients(t) {
		t.Run(gh.name, func(t *testing.T) {
			total := 0
			for _, file := range files {
				t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
					total += serve(t).with(gh).play(gh, transcript(t, file))
				})
			}
			t.Logf("%d commands", total)
		})
	}
}
