package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// TestMain is also the process that the tests below kill in the midst of a job.
func TestMain(m *testing.M) {
	if dir := os.Getenv("SHOP_DIR"); dir != "" {
		worker(dir)
		return
	}
	os.Exit(m.Run())
}

// worker merges and pushes, and says how far it came.
func worker(dir string) {
	repo := inventory.RepoRef{Owner: os.Getenv("SHOP_OWNER"), Name: os.Getenv("SHOP_NAME")}
	s := &Shop{Dir: dir, Site: os.Getenv("SHOP_SITE"), Token: func(context.Context) (string, error) { return os.Getenv("SHOP_TOKEN"), nil },
		Command: []string{"/bin/sh", "-c", os.Getenv("SHOP_COMMAND")}, Name: "core dev", Email: "core@example.org", Now: time.Now}
	w, err := s.Merge(context.Background(), repo, 7, "work", "base", os.Getenv("SHOP_HEAD"))
	if err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println("merged", w.SHA(), w.How())
	bufio.NewReader(os.Stdin).ReadString('\n') //nolint:errcheck // its end is a word, too
	fmt.Println("pushed", w.Push(context.Background()))
	fmt.Println("discarded", w.Discard())
}

type helper struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func (s *stage) helper(head, command string) *helper {
	s.Helper()
	h := &helper{Cmd: exec.Command(os.Args[0])}
	h.Env = append(os.Environ(), "SHOP_DIR="+s.shop.Dir, "SHOP_OWNER="+s.repo.Owner, "SHOP_NAME="+s.repo.Name, "SHOP_SITE="+s.front.URL,
		"SHOP_TOKEN="+s.token, "SHOP_COMMAND="+command, "SHOP_HEAD="+head)
	h.in, _ = h.StdinPipe()
	out, _ := h.StdoutPipe()
	h.out = bufio.NewReader(out)
	h.Stderr = os.Stderr
	if err := h.Start(); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { h.Process.Kill(); h.Wait() })
	return h
}

func (h *helper) line() string {
	text, _ := h.out.ReadString('\n')
	return strings.TrimSpace(text)
}

func (h *helper) kill() {
	h.Process.Kill() //nolint:errcheck // it runs
	h.Wait()         //nolint:errcheck // it was killed
}

// TestAKilledProcess leaves nothing that the next sweep does not take away, and
// the next merge succeeds; until it is killed nothing of it is touched.
func TestAKilledProcess(t *testing.T) {
	s := newStage(t)
	head, _ := s.conflict()
	fifo := filepath.Join(t.TempDir(), "reached")
	if out, err := exec.Command("mkfifo", fifo).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	resolve := "echo both >a.txt"
	s.program(resolve)
	stall := func(part string) (reached chan struct{}, release func()) {
		reached, end := make(chan struct{}, 9), make(chan struct{})
		hook := func(_ http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.Method+" "+r.URL.Path+"?"+r.URL.RawQuery, part) {
				return false
			}
			reached <- struct{}{}
			<-end
			panic(http.ErrAbortHandler)
		}
		s.hook.Store(&hook)
		return reached, func() { // a push that outlived its process is cut off, too
			if !strings.Contains(part, "receive-pack") {
				s.hook.Store(nil)
			}
			close(end)
		}
	}
	for _, at := range []string{"GET /", "POST /" + s.repo.String() + ".git/git-upload-pack", "command", "background", "merged", "GET push", "POST push"} {
		t.Run(at, func(t *testing.T) {
			s.hook.Store(nil)
			if err := os.RemoveAll(filepath.Join(s.shop.Dir, strings.ToLower(s.repo.Owner), strings.ToLower(s.repo.Name), "rr-cache")); err != nil {
				t.Fatal(err)
			}
			release := func() {}
			command := resolve
			var reached chan struct{}
			switch at {
			case "GET /", "POST /" + s.repo.String() + ".git/git-upload-pack":
				reached, release = stall(at)
			case "GET push":
				reached, release = stall("service=git-receive-pack")
			case "POST push":
				reached, release = stall(".git/git-receive-pack?")
			case "command":
				command = "echo >" + fifo + "; sleep 1000"
			case "background":
				command = "setsid sleep 1000 & echo >" + fifo + "; sleep 1000"
			}
			h := s.helper(head, command)
			switch at {
			case "command", "background":
				if _, err := os.ReadFile(fifo); err != nil {
					t.Fatal(err)
				}
			case "merged", "GET push", "POST push":
				if l := h.line(); !strings.HasPrefix(l, "merged ") || strings.HasPrefix(l, "merged  ") {
					t.Fatal(l)
				}
			}
			if strings.HasSuffix(at, "push") {
				io.WriteString(h.in, "\n") //nolint:errcheck // it reads
			}
			if reached != nil {
				<-reached
			}
			before := s.jobs()
			if err := s.shop.Sweep(t.Context()); err != nil {
				t.Error(err)
			}
			if after := s.jobs(); len(after) != len(before) {
				t.Errorf("the sweep took %v of a process that lives, %v is left", before, after)
			}
			h.kill()
			release() // what it was waiting for ends, as a connection of the dead does
			w := s.merge(head)
			if w.SHA() == "" {
				t.Fatal(w.How())
			}
			if err := w.Discard(); err != nil {
				t.Error(err)
			}
			if err := s.until(func() bool { return s.shop.Sweep(t.Context()) == nil && len(s.jobs()) == 0 }); err != nil {
				t.Errorf("%v: %v", err, s.jobs())
			}
			if still := marked("CORE_REPO=" + s.repo.String()); len(still) > 0 {
				t.Errorf("%v still runs", still)
			}
			s.clean(s.shop.Dir)
			if s.head("work") != head {
				t.Error("the branch moved")
			}
		})
	}
}

func (s *stage) jobs() []string {
	s.Helper()
	found, err := filepath.Glob(filepath.Join(s.shop.Dir, "*", "*", "jobs", "*"))
	if err != nil {
		s.Fatal(err)
	}
	return found
}

// until asks again while the operating system still clears up after a process.
func (s *stage) until(ok func() bool) error {
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			return errors.New("not within 20 s")
		}
		exec.Command("true").Run() //nolint:errcheck // gives others the processor
	}
	return nil
}

// TestWhatGitLeft in the clone does not stop the next merge.
func TestWhatGitLeft(t *testing.T) {
	s := newStage(t)
	head, _ := s.conflict()
	s.program("echo both >a.txt")
	if err := s.merge(head).Discard(); err != nil {
		t.Fatal(err)
	}
	bare := filepath.Join(s.shop.Dir, strings.ToLower(s.repo.Owner), strings.ToLower(s.repo.Name), "bare.git")
	for _, name := range []string{"config.lock", "packed-refs.lock", "shallow.lock", "refs/core/x.lock", "objects/pack/tmp_pack_x", "config"} {
		if err := os.WriteFile(filepath.Join(bare, name), []byte("[x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.merge(head).Discard(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(bare, "HEAD")); err != nil { // killed while it was made
		t.Fatal(err)
	}
	if err := s.merge(head).Discard(); err != nil {
		t.Fatal(err)
	}
	s.clean(s.shop.Dir)
}

// TestTwoProcesses work on one repository at once, and one of them wins.
func TestTwoProcesses(t *testing.T) {
	s := newStage(t)
	head, _ := s.conflict()
	one, two := s.helper(head, "echo both >a.txt"), s.helper(head, "echo both >a.txt")
	for _, h := range []*helper{one, two} {
		if l := h.line(); !strings.HasPrefix(l, "merged ") || strings.HasPrefix(l, "merged  ") {
			t.Fatal(l)
		}
	}
	io.WriteString(one.in, "\n") //nolint:errcheck // it reads
	if l := one.line(); l != "pushed <nil>" {
		t.Error(l)
	}
	at := s.head("work")
	io.WriteString(two.in, "\n") //nolint:errcheck // it reads
	// Made of the same parents at another second: it is not what stands there.
	if l := two.line(); !strings.Contains(l, "refused") && at == head {
		t.Error(l)
	}
	for _, h := range []*helper{one, two} {
		if l := h.line(); l != "discarded <nil>" {
			t.Error(l)
		}
		h.Wait() //nolint:errcheck // it ends
	}
	if s.head("work") != at {
		t.Error("the second one overwrote the first")
	}
	s.clean(s.shop.Dir)
}
