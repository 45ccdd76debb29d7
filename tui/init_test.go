package tui

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// screenPackages are what the screen brings into the program.
var screenPackages = []string{"charm.land/", "github.com/charmbracelet/", "github.com/mattn/go-runewidth", "github.com/rivo/uniseg", "github.com/xo/terminfo", "github.com/muesli/", "github.com/lucasb-eyer/", "core-dev/tui"}

var initLine = regexp.MustCompile(`(?m)^init (\S+) @\S+ ms, ([0-9.]+) ms clock`)

// TestPackageInit: a command that opens no screen does not wait for it either.
// What the screen's packages do before main, the best of five, stays under
// 5 ms; go-runewidth v0.0.27 alone takes over 20.
func TestPackageInit(t *testing.T) {
	best := 1e9
	var slowest string
	for range 5 {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "TUI_SMOKE=init", "GODEBUG=inittrace=1")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		sum, worst, name := 0.0, 0.0, ""
		for _, m := range initLine.FindAllStringSubmatch(string(out), -1) {
			for _, p := range screenPackages {
				if ms, err := strconv.ParseFloat(m[2], 64); err == nil && strings.Contains(m[1], p) {
					if sum += ms; ms > worst {
						worst, name = ms, m[1]
					}
					break
				}
			}
		}
		if name == "" {
			t.Fatalf("no package of the screen is in the trace: %s", out)
		}
		if sum < best {
			best, slowest = sum, name
		}
	}
	if best > 5 {
		t.Errorf("package init takes %.1f ms, most of it %s", best, slowest)
	}
	t.Logf("package init takes %.2f ms, most of it %s", best, slowest)
}
