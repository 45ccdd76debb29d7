package notify

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestTell(t *testing.T) {
	var got []Notice
	status := http.StatusNoContent
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n Notice
		if err := json.NewDecoder(r.Body).Decode(&n); err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %v", r.Method, err)
		}
		got = append(got, n)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	}))
	defer s.Close()
	at := time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
	var bell bytes.Buffer
	n := Notifier{Bell: &bell, Hook: s.URL + "/secret-path"}
	two := []Notice{{At: at, About: "org/a#1", Why: "a fork"}, {At: at, About: "org/a#2", Why: "draft"}}
	if took, err := n.Post(t.Context(), two); took != 2 || err != nil {
		t.Fatal(took, err)
	}
	if err := n.Call(two); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Version != 1 || got[1].About != "org/a#2" || bell.String() != "\a" {
		t.Errorf("%+v %q", got, bell.String())
	}
	for _, status = range []int{http.StatusFound, http.StatusInternalServerError} {
		took, err := n.Post(t.Context(), got[:1])
		if took != 0 || err == nil || strings.Contains(err.Error(), "secret-path") {
			t.Errorf("%d: %v", status, err)
		}
	}
	s.Close()
	if took, err := n.Post(t.Context(), got[:1]); took != 0 || err == nil || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("nobody answers: %v", err)
	}
	if _, err := n.Post(t.Context(), nil); err != nil || n.Call(nil) != nil || bell.String() != "\a" {
		t.Error(err)
	}
}
