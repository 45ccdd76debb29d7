package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// jobVariable marks every process of a job's command, so that those that left its
// process group are found too.
const jobVariable = "CORE_JOB"

// handed are the variables of this process that a command gets: what a program
// needs to run at all. No token is among them.
var handed = map[string]bool{
	"PATH": true, "HOME": true, "USER": true, "LOGNAME": true, "SHELL": true, "LANG": true, "LANGUAGE": true, "TZ": true,
	"XDG_CONFIG_HOME": true, "XDG_DATA_HOME": true, "XDG_CACHE_HOME": true, "XDG_STATE_HOME": true,
}

// command runs a program in the job's worktree for a bounded time, in a process
// group of its own, and ends all of it. Its git reads nobody's configuration, so
// that no credential helper hands it a token. why says in a few words why it did
// not succeed.
func (j *job) command(ctx context.Context, out io.Writer, args []string, patience time.Duration, env ...string) (why string, err error) {
	path, err := exec.LookPath(args[0])
	if err != nil {
		return "the command was not found", nil
	}
	late := errors.New("late")
	bounded, stop := context.WithTimeoutCause(ctx, patience, late)
	defer stop()
	c := exec.CommandContext(bounded, path, args[1:]...)
	c.Dir = j.tree()
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); handed[name] || strings.HasPrefix(name, "LC_") {
			c.Env = append(c.Env, kv)
		}
	}
	c.Env = append(c.Env, closed("user.name", j.Name, "user.email", j.Email)...)
	c.Env = append(c.Env, "TMPDIR="+j.temp(), jobVariable+"="+j.id, "CORE_REPO="+j.repo.String())
	c.Env = append(c.Env, env...)
	c.Stdout, c.Stderr = out, out
	c.WaitDelay = 2 * time.Second
	alone(c)
	if err := c.Start(); err != nil {
		return "the command could not be started", nil
	}
	group := filepath.Join(j.dir, "group")
	err = os.WriteFile(group, []byte(strconv.Itoa(c.Process.Pid)), 0o600)
	if err != nil {
		stop()
	}
	waitErr := c.Wait()
	endGroup(c.Process.Pid) //nolint:errcheck // it is gone, or not ours
	endAll(j.id, "")
	if err = errors.Join(err, os.RemoveAll(group)); err != nil {
		return "", err
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if context.Cause(bounded) == late {
		return fmt.Sprintf("the command did not end within %s", patience), nil
	}
	var exit *exec.ExitError
	switch {
	case errors.As(waitErr, &exit) && exit.ExitCode() >= 0:
		return fmt.Sprintf("the command ended with %d", exit.ExitCode()), nil
	case errors.As(waitErr, &exit):
		return "the command was killed", nil
	case waitErr != nil && !errors.Is(waitErr, exec.ErrWaitDelay):
		return "the command failed", nil
	}
	return "", nil
}

// endAll kills what still runs of a job's command: every process that bears its
// mark, and, where it is still its leader's, its process group, as kept in a file.
func endAll(id, group string) {
	for range 100 { // one that forks meanwhile is found the next time
		found := marked(jobVariable + "=" + id)
		for _, pid := range found {
			syscall.Kill(pid, syscall.SIGKILL) //nolint:errcheck // it ended meanwhile
		}
		if len(found) == 0 {
			break
		}
	}
	if group == "" {
		return
	}
	text, err := os.ReadFile(group)
	pid, convErr := strconv.Atoi(strings.TrimSpace(string(text)))
	if err == nil && convErr == nil && pid > 1 && bears(pid, jobVariable+"="+id) {
		endGroup(pid) //nolint:errcheck // it ended meanwhile
	}
}
