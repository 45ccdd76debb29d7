package githubsim

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
)

func TestWhatCurlSees(t *testing.T) {
	p := opened(t, Options{})
	c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /repos/acme/widgets/issues/1 HTTP/1.1\r\nHost: api.github.localhost\r\nUser-Agent: curl/8\r\nConnection: close\r\n\r\n")
	var text strings.Builder
	for s := bufio.NewScanner(c); s.Scan(); {
		text.WriteString(s.Text() + "\n")
	}
	for _, want := range []string{"\nETag: W/\"", "\nX-RateLimit-Limit: 60\n", "\nX-GitHub-Request-Id: ", "\n{\n  \"", "\n  \"assignees\": [\n\n  ],\n", "\n}\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in %s", want, text.String())
		}
	}
	if a := p.do("GET", "/repos/acme/widgets/issues/1", nil); strings.Contains(string(a.Body), "\n") {
		t.Errorf("a program gets lines: %.80s", a.Body)
	}
}

func TestLayOut(t *testing.T) {
	got := string(layOut([]byte(`{"a":[],"b":{},"c":"x []","d":[1]}`)))
	want := "{\n  \"a\": [\n\n  ],\n  \"b\": {\n\n  },\n  \"c\": \"x []\",\n  \"d\": [\n    1\n  ]\n}\n"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := string(layOut([]byte("[]"))); got != "[\n\n]\n" {
		t.Errorf("%q", got)
	}
}
