package git

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
)

// marked are the processes, of those that may be looked at, whose environment
// holds a variable; ended ones that nobody waited for have none.
func marked(variable string) []int {
	var pids []int
	paths, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range paths {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err == nil && pid != os.Getpid() && bears(pid, variable) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func bears(pid int, variable string) bool {
	env, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	return err == nil && bytes.Contains(append([]byte{0}, env...), []byte("\x00"+variable+"\x00"))
}
