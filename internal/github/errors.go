package github

import (
	"strings"
	"time"
)

// Kind sorts failures by what can be done about them.
type Kind string

const (
	KindNotSignedIn Kind = "not-signed-in" // no token for the host
	KindBadToken    Kind = "bad-token"     // refused: wrong, revoked or expired
	KindScope       Kind = "scope"         // the token lacks a scope
	KindForbidden   Kind = "forbidden"     // the account may not do this
	KindNotFound    Kind = "not-found"     // gone, or hidden from this token
	KindMoved       Kind = "moved"         // renamed or transferred; the new name is in the message
	KindExists      Kind = "exists"        // what should be made is already there
	KindInvalid     Kind = "invalid"       // refused by GitHub's validation
	KindRateLimited Kind = "rate-limited"  // a primary or secondary limit
	KindNetwork     Kind = "network"       // no answer
	KindServer      Kind = "server"        // GitHub failed, or its answer cannot be understood
	KindStale       Kind = "stale"         // what the write was based on is no longer so
	KindUnmergeable Kind = "unmergeable"   // refused because it cannot be merged, or not now
	KindClean       Kind = "clean"         // auto-merge refused because it can be merged at once
	KindConfig      Kind = "config"        // the API URL cannot be used
)

// Error is every failure this package returns. Its text names what was wanted
// and what came of it; it never holds a token nor more of an answer than
// GitHub's own message.
type Error struct {
	Kind    Kind
	Doing   string // what was wanted, with its repository: "comment on o/r#12"
	Message string // what happened
	Hint    string // what to do about it
	Status  int    // HTTP status; 0: no answer
	// InDoubt says of a write that it may have landed: its answer was lost or
	// is no answer. Only a look at GitHub can tell (spec/2-flows "exactly once").
	InDoubt bool
	// RetryAfter is how long a limit still holds, when known.
	RetryAfter time.Duration
	Err        error
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Doing != "" {
		b.WriteString(e.Doing)
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.InDoubt {
		b.WriteString(" (it may have happened all the same)")
	}
	if e.Hint != "" {
		b.WriteString("; ")
		b.WriteString(e.Hint)
	}
	return b.String()
}

// Doubtful tells whether a write may have landed although it failed.
func (e *Error) Doubtful() bool { return e.InDoubt }

// RetryIn is how long a limit forbids it that refused this for sure; 0: it was
// no limit, or GitHub did not say.
func (e *Error) RetryIn() time.Duration {
	if e.Kind != KindRateLimited || e.InDoubt {
		return 0
	}
	return e.RetryAfter
}

// Gone tells that what was asked about is not there, or hidden from the token.
func (e *Error) Gone() bool { return e.Kind == KindNotFound && !e.InDoubt }

// Overtaken tells that a write was refused because what it was based on is no
// longer so.
func (e *Error) Overtaken() bool { return e.Kind == KindStale && !e.InDoubt }

// Moot tells that a write was refused because what it was to make is there already.
func (e *Error) Moot() bool { return e.Kind == KindExists && !e.InDoubt }

// Ripe tells that auto-merge was refused because nothing stands in the way of
// merging at once.
func (e *Error) Ripe() bool { return e.Kind == KindClean && !e.InDoubt }

func (e *Error) Unwrap() error { return e.Err }

// Is matches another *Error by its Kind alone, so that callers can write
// errors.Is(err, &Error{Kind: KindNotFound}).
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Message == ""
}

// Local tells whether the failure concerns what was written to and nothing else
// (orchestrator.Local).
func (e *Error) Local() bool {
	switch e.Kind {
	case KindForbidden, KindNotFound, KindMoved, KindExists, KindInvalid, KindStale, KindUnmergeable, KindClean:
		return !e.InDoubt
	}
	return false
}
