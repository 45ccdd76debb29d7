package githubsim

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// serveDir is set in the environment of this test's own child: the folder to serve.
const serveDir = "GITHUBSIM_TEST_SERVE"

func TestServeForKill(t *testing.T) {
	dir := os.Getenv(serveDir)
	if dir == "" {
		t.Skip("only in the child of TestAKilledServerKeepsWhatItAnswered")
	}
	s, err := Open(t.Context(), Options{Dir: dir, Fleet: "empty", Seed: 5, Limits: unlimited()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.world.Update(world.System(), furnish); err != nil {
		t.Fatal(err)
	}
	url, err := s.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("SERVING %s %s\n", url, s.Token("ann"))
	select {}
}

func TestAKilledServerKeepsWhatItAnswered(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestServeForKill$", "-test.v")
	child.Env = append(os.Environ(), serveDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var url, token string
	for lines := bufio.NewScanner(out); url == "" && lines.Scan(); {
		if rest, found := strings.CutPrefix(lines.Text(), "SERVING "); found {
			url, token, _ = strings.Cut(rest, " ")
		}
	}
	if url == "" {
		t.Fatal("the child does not serve")
	}
	acknowledged := make(chan int, 1000)
	done := make(chan struct{})
	for range 3 {
		go func() {
			defer func() { done <- struct{}{} }()
			for {
				q, _ := http.NewRequestWithContext(t.Context(), "POST", url+widgets+"/issues", strings.NewReader(`{"title":"x","labels":["bug"]}`))
				q.Header.Set("Authorization", "token "+token)
				a, err := client.Do(q)
				if err != nil {
					return
				}
				var o struct{ Number int }
				err = json.NewDecoder(a.Body).Decode(&o)
				a.Body.Close()
				if err != nil || a.StatusCode != 201 {
					return
				}
				acknowledged <- o.Number
			}
		}()
	}
	var numbers []int
	for len(numbers) < 40 {
		numbers = append(numbers, <-acknowledged)
	}
	if err := child.Process.Kill(); err != nil { // in the midst of the next writes
		t.Fatal(err)
	}
	_ = child.Wait()
	for range 3 {
		<-done
	}
	close(acknowledged)
	for n := range acknowledged {
		numbers = append(numbers, n)
	}
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	answered := 0
	for _, r := range s.Requests().Since(0) {
		if r.Status == 201 {
			answered++
		}
	}
	if answered < len(numbers) {
		t.Errorf("the journal has %d answered writes, %d were seen", answered, len(numbers))
	}
	err = s.world.View(func(tx *world.Tx) error {
		repo, _ := tx.Repo("acme", "widgets")
		for _, n := range numbers {
			if i := tx.Issue(repo.ID, n); i == nil || len(i.LabelIDs) != 1 {
				t.Errorf("issue %d was answered and is not whole: %+v", n, i)
			}
		}
		if n := len(tx.Issues(repo.ID)) - 5; n > len(numbers)+3 {
			t.Errorf("%d issues for %d answers and 3 requests under way", n, len(numbers))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
