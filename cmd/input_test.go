package cmd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
)

// silent is an input that nothing comes from.
type silent struct{ asked, end chan struct{} }

func (s silent) Read([]byte) (int, error) {
	close(s.asked)
	<-s.end
	return 0, io.EOF
}

func TestAnInterruptEndsTheWaitForInput(t *testing.T) {
	for name, wait := range map[string]func(context.Context, *app) error{
		"a body": func(ctx context.Context, a *app) error {
			root := newRoot(a)
			root.SetArgs([]string{"dev", "checklist"})
			return root.ExecuteContext(ctx)
		},
		"an answer": func(ctx context.Context, a *app) error {
			_, err := a.answer(ctx)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := silent{make(chan struct{}), make(chan struct{})}
			defer close(in.end)
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-in.asked; cancel() }()
			if err := wait(ctx, newApp(in, io.Discard, io.Discard)); !errors.Is(err, context.Canceled) {
				t.Errorf("it ends with %v", err)
			}
		})
	}
}

func TestAnAnswerWithoutItsNewline(t *testing.T) {
	a := newApp(bytes.NewBufferString("yes"), io.Discard, io.Discard)
	if line, err := a.answer(t.Context()); line != "yes" || err != nil {
		t.Errorf("%q %v", line, err)
	}
}
