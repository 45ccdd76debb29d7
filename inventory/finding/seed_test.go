package finding

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The audits of the embedded GitHub's fleet, read from its own data files, and
// how many findings each has by its author's count: in the order of the files.
var seeded = map[string][]int{
	"ansible-coolify/audits.txt":          {5},
	"build/audits.txt":                    {5},
	"core-admin/audits.txt":               {4, 3},
	"core-api/audits.txt":                 {6, 5, 4},
	"core-developer/audits.txt":           {5, 3},
	"core-devops/audits.txt":              {4},
	"core-mcp/audits.txt":                 {5, 5, 5, 4, 4},
	"core-php/audits-1.txt":               {5, 7, 6, 7, 6, 4, 5, 6},
	"core-php/audits-2.txt":               {5, 4, 4, 4, 4, 4, 0},
	"core-service-commerce/audits.txt":    {7, 5},
	"core-template/audits.txt":            {4},
	"core-tenant/audits.txt":              {5, 4},
	"docker-server-blockchain/audits.txt": {3},
	"docker-server-php/audits.txt":        {4},
}

func TestTheFleetsAudits(t *testing.T) {
	folder := "../../internal/githubsim/seed/data/mission"
	title := regexp.MustCompile(`(?m)^title: (.*)$`)
	files, err := filepath.Glob(filepath.Join(folder, "*", "audits*.txt"))
	if err != nil || len(files) != len(seeded) {
		t.Fatalf("%d files of audits, %d are counted: %v", len(files), len(seeded), err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rel, _ := filepath.Rel(folder, name)
		records := regexp.MustCompile(`(?m)^=== issue\n`).Split(string(raw), -1)[1:]
		want := seeded[filepath.ToSlash(rel)]
		if len(records) != len(want) {
			t.Errorf("%s has %d audits, %d are counted", rel, len(records), len(want))
			continue
		}
		for k, rec := range records {
			head, body, _ := strings.Cut(rec, "\n\n")
			name := title.FindStringSubmatch(head)[1]
			got := Read(name, body)
			if len(got) != want[k] {
				t.Errorf("%s, %s: %d findings, want %d", rel, name, len(got), want[k])
				for _, f := range got {
					t.Logf("  %s: %s %v", f.Severity, f.Title, f.Locations)
				}
			}
		}
	}
}
