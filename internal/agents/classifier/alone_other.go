//go:build !unix

package classifier

import "os/exec"

// alone does nothing: there are no process groups here, and the program alone
// is ended.
func alone(*exec.Cmd) {}
