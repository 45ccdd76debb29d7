package ledger

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime"
	"sync"

	"github.com/dappcore/core-dev/budget"
)

const (
	readSize = 256 << 10 // a block stays in the processor's cache while it is taken apart
	partSize = 2 << 20   // below this a second worker costs more than it brings
)

// scan sums up the first size bytes of a log, on as many processors as have at
// least part bytes to read. What is appended meanwhile is not seen; a file that becomes shorter is an error.
func scan(f *os.File, size int64, exact budget.Day, part int64) (*fold, error) {
	cuts, err := parts(f, size, part)
	if err != nil {
		return nil, err
	}
	folds := make([]*fold, len(cuts)-1)
	errs := make([]error, len(folds))
	var wg sync.WaitGroup
	for i := range folds {
		folds[i] = newFold(exact)
		wg.Go(func() { errs[i] = eachLine(f, cuts[i], cuts[i+1], folds[i].block, folds[i].add) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, next := range folds[1:] {
		folds[0].join(next)
	}
	return folds[0], nil
}

// parts cuts a log into one stretch of whole lines a processor, and returns
// where they begin and where the last one ends.
func parts(f *os.File, size, part int64) ([]int64, error) {
	workers := max(1, min(int64(runtime.GOMAXPROCS(0)), size/part))
	cuts := []int64{0}
	buf := make([]byte, 4096)
	for i := int64(1); i < workers; i++ {
		// A line begins after a newline, so the search starts a byte before.
		for at := max(size*i/workers-1, cuts[len(cuts)-1]); at < size; {
			n, err := readAt(f, buf[:min(int64(len(buf)), size-at)], at)
			if err != nil {
				return nil, err
			}
			if end := bytes.IndexByte(buf[:n], '\n'); end >= 0 {
				cuts = append(cuts, at+int64(end)+1)
				break
			}
			at += int64(n)
		}
	}
	return append(cuts, size), nil
}

// eachLine reads [at, end) and hands out whole lines in blocks, each line with
// its newline, and last a line that has none.
func eachLine(f *os.File, at, end int64, block func([]byte), open func(line []byte, ended bool)) error {
	buf := make([]byte, min(readSize, end-at))
	have := 0
	for at < end {
		if have == len(buf) {
			buf = append(buf, make([]byte, len(buf))...) // a line longer than the buffer
		}
		n, err := readAt(f, buf[have:min(int64(len(buf)), int64(have)+end-at)], at)
		if err != nil {
			return err
		}
		at += int64(n)
		whole := have + bytes.LastIndexByte(buf[have:have+n], '\n') + 1
		have += n
		if whole > have-n {
			block(buf[:whole])
			have = copy(buf, buf[whole:have])
		}
	}
	if have > 0 {
		open(buf[:have], false)
	}
	return nil
}

// readAt fills b; a file that ends before is one that was cut meanwhile.
func readAt(f *os.File, b []byte, at int64) (int, error) {
	n, err := f.ReadAt(b, at)
	if err == io.EOF && n < len(b) {
		return n, io.ErrUnexpectedEOF
	}
	if err == io.EOF {
		err = nil
	}
	return n, err
}
