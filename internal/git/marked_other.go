//go:build !linux

package git

import (
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// marked finds nothing here: the environment of all processes is not to be had.
func marked(string) []int { return nil }

// bears asks ps for a process's environment.
func bears(pid int, variable string) bool {
	out, err := exec.Command("ps", "-E", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && slices.Contains(strings.Fields(string(out)), variable)
}
