//go:build conformance

package judges

import (
	"path/filepath"
	"testing"
)

// TestConformanceCurl has curl, with the URL and a token, look for what would tell the server from GitHub.
func TestConformanceCurl(t *testing.T) {
	files, err := filepath.Glob("testdata/curl/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			w := serve(t)
			gh := clients(t)[0]
			w = w.with(gh)
			// gh's proxy is none of curl's: it goes to the URL.
			w.env = append(w.env, "HTTP_PROXY=", "T=Authorization: Bearer "+w.server.Token(w.login), "STRANGER="+w.server.Token("quickfix-lab"))
			t.Logf("%d requests by curl", w.play(gh, transcript(t, file)))
		})
	}
}
