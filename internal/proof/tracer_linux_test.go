package proof

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"
)

// moved is a system call by which a program changes what is on the disk.
type moved struct {
	nth  int // from 1: such a call on that file in one run
	name string
	file string // what it changed, where that can be told, by the name it has in every run
	done bool   // it has been carried out; false: it is about to be
}

// Names that are new in each run: plans (orchestrator.NewID), and files that are
// written beside the one they replace.
var (
	planID   = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}\.[0-9]{3}Z-[a-z0-9]{6}`)
	besideIt = regexp.MustCompile(`^(\..*[a-z])[0-9]{5,}$`)
)

// lasting is the name of a file without what is new in each run.
func lasting(path string) string {
	return besideIt.ReplaceAllString(planID.ReplaceAllLiteralString(filepath.Base(path), "PLAN"), "${1}NEW")
}

// errNoPtrace tells that this machine does not let a process watch its child.
var errNoPtrace = errors.New("ptrace is not permitted here, so no process can be killed at its system calls: allow it (kernel.yama.ptrace_scope below 3; in a container --cap-add=SYS_PTRACE)")

// Of ptrace(2) and wait(2), where package syscall has no name for them.
const (
	ptraceExitKill       = 0x100000
	ptraceGetSyscallInfo = 0x420e
	syscallStop          = syscall.SIGTRAP | 0x80 // with PTRACE_O_TRACESYSGOOD
	ofThisThread         = 0x20000000             // __WNOTHREAD: other tests' tracees are theirs
)

// trace runs a command with its output in two files and shows watch every system
// call that wanted names, before and after it. When watch returns true the
// process is killed on the spot, and killed is true.
func trace(c *exec.Cmd, wanted map[uint64]string, watch func(moved) (kill bool)) (e ended, killed bool, err error) {
	runtime.LockOSThread() // ptrace answers only the thread that began it
	defer runtime.UnlockOSThread()
	dir, err := os.MkdirTemp("", "core-proof-out-")
	if err != nil {
		return e, false, err
	}
	defer os.RemoveAll(dir)
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		return e, false, err
	}
	defer out.Close()
	errs, err := os.Create(filepath.Join(dir, "err"))
	if err != nil {
		return e, false, err
	}
	defer errs.Close()
	none, err := os.Open(os.DevNull)
	if err != nil {
		return e, false, err
	}
	defer none.Close()
	pid, err := syscall.ForkExec(c.Path, c.Args, &syscall.ProcAttr{Dir: c.Dir, Env: c.Env,
		Files: []uintptr{none.Fd(), out.Fd(), errs.Fd()}, Sys: &syscall.SysProcAttr{Ptrace: true, Setpgid: true}})
	if errors.Is(err, syscall.EPERM) {
		return e, false, errNoPtrace
	}
	if err != nil {
		return e, false, err
	}
	t := &tracer{pid: pid, wanted: wanted, watch: watch, known: map[int]bool{pid: true}, inside: map[int]moved{}, counts: map[moved]int{}}
	status, err := t.follow()
	if err != nil {
		_ = syscall.Kill(pid, syscall.SIGKILL) // EXITKILL would, too, when this thread ends
		return e, false, err
	}
	text := func(f *os.File) string { raw, _ := os.ReadFile(f.Name()); return string(raw) }
	e = ended{status: status.ExitStatus(), out: text(out), err: text(errs)}
	return e, t.killed, nil
}

type tracer struct {
	pid    int
	wanted map[uint64]string
	watch  func(moved) bool
	known  map[int]bool  // threads
	inside map[int]moved // by thread: the wanted call it is in
	counts map[moved]int // by name and file
	killed bool
}

func (t *tracer) follow() (syscall.WaitStatus, error) {
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(t.pid, &ws, syscall.WALL, nil); err != nil {
		return ws, err
	}
	if !ws.Stopped() {
		return ws, errNoPtrace
	}
	options := syscall.PTRACE_O_TRACESYSGOOD | syscall.PTRACE_O_TRACECLONE | syscall.PTRACE_O_TRACEFORK | syscall.PTRACE_O_TRACEVFORK |
		syscall.PTRACE_O_TRACEEXEC | ptraceExitKill
	if err := syscall.PtraceSetOptions(t.pid, options); err != nil {
		return ws, fmt.Errorf("%w (%w)", errNoPtrace, err)
	}
	at, signal := t.pid, 0
	for {
		if err := syscall.PtraceSyscall(at, signal); err != nil && !errors.Is(err, syscall.ESRCH) { // ESRCH: killed meanwhile
			return ws, fmt.Errorf("ptrace: %w", err)
		}
		var err error
		for {
			at, err = syscall.Wait4(-t.pid, &ws, syscall.WALL|ofThisThread, nil) // its group: a thread may have other children, too
			if errors.Is(err, syscall.EINTR) {
				continue
			}
			if err != nil {
				return ws, fmt.Errorf("wait for the traced process: %w", err)
			}
			if !ws.Exited() && !ws.Signaled() {
				break
			}
			if at == t.pid {
				return ws, nil
			}
		}
		signal = t.stopped(at, ws)
	}
}

// stopped looks at what stopped a thread, and returns the signal it goes on with.
func (t *tracer) stopped(at int, ws syscall.WaitStatus) int {
	first := !t.known[at]
	t.known[at] = true
	switch sig := ws.StopSignal(); {
	case sig == syscallStop:
		t.syscall(at)
		return 0
	case sig == syscall.SIGTRAP && ws.TrapCause() > 0: // a clone, fork or exec told
		return 0
	case sig == syscall.SIGSTOP && first: // how a new thread begins
		return 0
	default:
		return int(sig)
	}
}

// syscall looks at the system call a thread enters or leaves.
func (t *tracer) syscall(at int) {
	if t.killed {
		return
	}
	// struct ptrace_syscall_info: op, arch, instruction and stack pointer, then
	// for an entry the call's number and its six arguments.
	var info [88]byte
	if _, _, e := syscall.Syscall6(syscall.SYS_PTRACE, ptraceGetSyscallInfo, uintptr(at), uintptr(len(info)), uintptr(unsafe.Pointer(&info)), 0, 0); e != 0 {
		return // gone
	}
	const entry, exit = 1, 2
	switch info[0] {
	case entry:
		name, ok := t.wanted[binary.NativeEndian.Uint64(info[24:])]
		if !ok {
			return
		}
		file := ""
		if name != "rename" && name != "unlink" {
			file = t.file(int(binary.NativeEndian.Uint64(info[32:])))
			if !regular(file) {
				return
			}
		}
		m := moved{name: name, file: lasting(file)}
		t.counts[m]++
		m.nth = t.counts[m]
		t.inside[at] = m
		t.tell(m)
	case exit:
		if m, ok := t.inside[at]; ok {
			delete(t.inside, at)
			m.done = true
			t.tell(m)
		}
	}
}

func (t *tracer) tell(m moved) {
	if t.watch(m) {
		t.killed = true
		_ = syscall.Kill(t.pid, syscall.SIGKILL)
	}
}

// file is what a descriptor of the process is open on.
func (t *tracer) file(fd int) string {
	name, err := os.Readlink("/proc/" + strconv.Itoa(t.pid) + "/fd/" + strconv.Itoa(fd))
	if err != nil {
		return ""
	}
	return name
}

// regular tells files and folders from pipes, sockets and devices.
func regular(name string) bool {
	return filepath.IsAbs(name) && filepath.Dir(name) != "/dev"
}
