package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func noEnv(string) (string, bool) { return "", false }

// readAs reads data as the file whose kind the name begins with.
func readAs(name string, data []byte) error {
	file, _, _ := strings.Cut(name, "-")
	doc, err := parseDocument(".core/"+file+".yaml", data)
	if err != nil {
		return err
	}
	switch file {
	case "inventory":
		_, err = inventoryOf(doc, "dappcore")
	case "team":
		_, err = teamOf(doc, "dappcore")
	default:
		_, err = load(doc, Sources{Env: noEnv})
	}
	return err
}

// TestErrors compares what a person is told about each broken file.
func TestErrors(t *testing.T) {
	files, err := filepath.Glob("testdata/errors/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no broken files", err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			err = readAs(name, data)
			if err == nil {
				t.Fatal("accepted")
			}
			got := err.Error() + "\n"
			if strings.Contains(got, "0123456789abc") {
				t.Errorf("the secret is shown:\n%s", got)
			}
			golden := strings.TrimSuffix(path, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestHugeFilesAreRefused: a file no person wrote is refused before the parser
// spends minutes on it.
func TestHugeFilesAreRefused(t *testing.T) {
	for _, unit := range []string{"[", "{a: ", "- ", "-\n", "- - - -\n"} {
		data := []byte(strings.Repeat(unit, maxFile/len(unit)))
		if err := readAs("inventory", data); err == nil {
			t.Errorf("a megabyte of %q is accepted", unit)
		}
	}
	if err := readAs("team", make([]byte, maxFile+1)); err == nil || !strings.Contains(err.Error(), "is larger than 1024 KiB") {
		t.Errorf("size: %v", err)
	}
}
