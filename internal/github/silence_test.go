package github

import (
	"context"
	"errors"
	"net/http/httptrace"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestSilenceIsTold(t *testing.T) {
	var told []string
	s := silence{tell: func(why string, in time.Duration) { told = append(told, why+" "+in.String()) }}
	now := time.Unix(0, 0)
	refused := errors.New("connection refused")
	for _, d := range []time.Duration{0, 500 * time.Millisecond, 2 * time.Second, 3 * time.Second} {
		s.lasts(now.Add(d), 4*time.Second, nil, refused)
	}
	s.lasts(now.Add(8*time.Second), time.Second, &answer{status: 502}, nil)
	s.broken()
	s.lasts(now.Add(20*time.Second), time.Second, nil, refused)
	if want := []string{"GitHub does not answer: connection refused 4s", "GitHub answers 502 Bad Gateway 1s"}; !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
}

// TestAConnectionThatDoesNotComeIsTold: one that came is not, however long its
// answer takes.
func TestAConnectionThatDoesNotComeIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		s := silence{tell: func(string, time.Duration) { told++ }}
		ctx, done := s.connecting(context.Background())
		httptrace.ContextClientTrace(ctx).GotConn(httptrace.GotConnInfo{})
		time.Sleep(time.Minute)
		synctest.Wait()
		done()
		if told != 0 {
			t.Errorf("told %d times", told)
		}
		_, done = s.connecting(context.Background())
		time.Sleep(connectTime + time.Second)
		synctest.Wait()
		done()
		if told != 1 {
			t.Errorf("no connection for %v, told %d times", connectTime+time.Second, told)
		}
	})
}
