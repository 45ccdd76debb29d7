package cmd

import (
	"bufio"
	"context"
	"io"
)

// await waits for what is typed or piped in, and gives it up when the command
// is interrupted: a read cannot be, so it is left behind.
func await[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type got struct {
		what T
		err  error
	}
	done := make(chan got, 1)
	go func() {
		what, err := read()
		done <- got{what, err}
	}()
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case g := <-done:
		return g.what, g.err
	}
}

// answer reads one line; what ends without one is one, too.
func (a *app) answer(ctx context.Context) (string, error) {
	return await(ctx, func() (string, error) {
		line, err := bufio.NewReader(a.in).ReadString('\n')
		if err == io.EOF {
			err = nil
		}
		return line, err
	})
}
