//go:build unix

package classifier

import (
	"os/exec"
	"syscall"
)

// alone puts a program into a process group of its own, so that its children
// end with it.
func alone(p *exec.Cmd) {
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.Cancel = func() error { return syscall.Kill(-p.Process.Pid, syscall.SIGKILL) }
}
