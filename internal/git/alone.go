package git

import (
	"errors"
	"os/exec"
	"syscall"
)

// alone puts a program into a process group of its own, which ends with it.
func alone(p *exec.Cmd) {
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.Cancel = func() error { return endGroup(p.Process.Pid) }
}

// endGroup kills a process group; one that is gone is fine.
func endGroup(pid int) error {
	if err := syscall.Kill(-pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}
