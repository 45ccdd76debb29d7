package cmd

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// asNobody does something as an account that owns no file here. Root may write
// whatever the permissions say, so one thread gives that up, and ends with it.
func asNobody(do func()) {
	if os.Geteuid() != 0 {
		do()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		const nobody = 65534
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, nobody, nobody, nobody); errno == 0 {
			do()
		}
	}()
	<-done
}

// TestAFolderThatMayOnlyBeRead: what reads goes without what it cannot keep and
// says so once; what writes is refused.
func TestAFolderThatMayOnlyBeRead(t *testing.T) {
	sampled(t)
	dir := t.TempDir()
	h, err := newHost("mission", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	token, err := h.token(h.sim.Fleet().Owner, []string{"repo", "read:org"}, morning.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GITHUB_TOKEN", token)
	run := func(args ...string) (status int, out, errs string) {
		var o, e bytes.Buffer
		a := newApp(strings.NewReader(""), &o, &e)
		status = a.run(append([]string{"dev", "--dir", dir, "--api-url", h.url}, args...))
		return status, o.String(), e.String()
	}
	if status, _, errs := run("init", h.sim.Fleet().Org); status != exitOK {
		t.Fatal(errs)
	}
	if status, _, errs := run(); status != exitOK {
		t.Fatal(errs)
	}
	for at := filepath.Dir(dir); at != os.TempDir() && at != "/"; at = filepath.Dir(at) {
		_ = os.Chmod(at, 0o755)
	}
	readable := func(file, folder fs.FileMode) {
		_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if e != nil && e.IsDir() {
				return os.Chmod(path, folder)
			}
			return os.Chmod(path, file)
		})
	}
	readable(0o444, 0o555)
	defer readable(0o644, 0o755)
	asNobody(func() {
		status, out, errs := run()
		if status != exitOK || !strings.Contains(out, "READY, read ") || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "is read-only for this account") {
			t.Errorf("the report: %d\n%.200s\n%s", status, out, errs)
		}
		if status, out, errs := run("budget"); status != exitOK || errs != "" || !strings.Contains(out, "used 0 ") {
			t.Errorf("the budget: %d\n%s\n%s", status, out, errs)
		}
		if _, out, _ := run("doctor"); !strings.Contains(out, "is read-only for this account") {
			t.Errorf("the doctor:\n%s", out)
		}
		if status, _, errs := run("pause"); status != exitFile || !strings.Contains(errs, "may only read it") {
			t.Errorf("pause: %d\n%s", status, errs)
		}
		if status, out, errs := run("recall", "core#112", "--yes"); status != exitFile || out != "" || !strings.Contains(errs, "may only read it") {
			t.Errorf("recall: %d\n%s%s", status, out, errs)
		}
	})
}

// TestADemoThatMayOnlyBeRead is refused as any folder is that may not be written.
func TestADemoThatMayOnlyBeRead(t *testing.T) {
	dir := t.TempDir()
	for at := dir; at != os.TempDir() && at != "/"; at = filepath.Dir(at) {
		_ = os.Chmod(at, 0o755)
	}
	if err := os.WriteFile(filepath.Join(dir, "world.db"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	asNobody(func() {
		for _, folder := range []fs.FileMode{0o755, 0o555} { // of ours, or of another account
			_ = os.Chmod(dir, folder)
			_ = os.Chmod(filepath.Join(dir, "world.db"), 0o444)
			err := mayServe(dir)
			if _, status, text, _ := kindOf(err); status != exitFile || !strings.Contains(text, "may only read it") {
				t.Errorf("%o: %d %v", folder, status, err)
			}
		}
	})
	_ = os.Chmod(dir, 0o755)
	if err := mayServe(filepath.Join(dir, "none")); err != nil {
		t.Errorf("one that is not there yet: %v", err)
	}
}
