package ledger

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/dappcore/core-dev/budget"
)

const cacheFolder = "cache"

// attempts is how often a log that changes while it is read is read again. One
// that only grows is answered all the same, as it was when it was opened.
const attempts = 4

// tally sums up one log, from its cache where that can be trusted. It returns
// nil for a log that is not there. The image is good until close is called.
func (b *Book) tally(name string, now time.Time) (im *image, close func(), err error) {
	exact := budget.DayOf(now) - 1
	for range attempts {
		var f *os.File
		f, err = os.Open(filepath.Join(b.dir, name))
		if errors.Is(err, os.ErrNotExist) {
			return nil, func() {}, nil
		}
		if err != nil {
			return nil, nil, err
		}
		var again bool
		im, close, again, err = b.tallyOf(f, name, exact)
		f.Close()
		if !again {
			break
		}
	}
	return im, close, err
}

// tallyOf asks to be called again where the log was cut while it was read.
func (b *Book) tallyOf(f *os.File, name string, exact budget.Day) (im *image, close func(), again bool, err error) {
	before, err := stampFile(f)
	if err != nil {
		return nil, nil, false, err
	}
	if im, close := b.cached(name, before, exact); im != nil {
		return im, close, false, nil
	}
	spare := b.watch(name)
	defer spare.discard()
	sums, err := scan(f, before.Size, exact, partSize)
	if err != nil {
		return nil, nil, errors.Is(err, io.ErrUnexpectedEOF), err
	}
	after, err := stampFile(f)
	if err != nil {
		return nil, nil, false, err
	}
	data := encode(sums, before, spare.watched)
	if after == before && spare.trusts(before) {
		if spare.keep(data) {
			b.torn.Delete(name)
		}
	}
	im, err = openImage(bytes.NewReader(data), int64(len(data)))
	// A log that was written to in place may have been read half before, half
	// after; one that grew was read as it was.
	changed := after != before && after.Size <= before.Size
	return im, func() {}, changed, err
}

func stampFile(f *os.File) (stamp, error) {
	info, err := f.Stat()
	if err != nil {
		return stamp{}, err
	}
	return stampOf(info)
}

// cached is the log's cache, if it is of this very file and covers the days.
func (b *Book) cached(name string, of stamp, exact budget.Day) (*image, func()) {
	if _, torn := b.torn.Load(name); torn {
		return nil, nil
	}
	f, err := os.Open(b.cachePath(name))
	if err != nil {
		return nil, nil
	}
	info, err := f.Stat()
	if err == nil {
		var im *image
		im, err = openImage(f, info.Size())
		if err == nil && im.stamp == of && of.Ctime < im.watched && im.exact <= exact {
			return im, func() { f.Close() }
		}
	}
	f.Close()
	return nil, nil
}

func (b *Book) cachePath(name string) string {
	return filepath.Join(b.dir, cacheFolder, name+".tally")
}

// spare is a cache file in the making. It is created before the log is read:
// whatever is done to the log from then on has a change time no older than the
// spare's own, by the same clock.
type spare struct {
	file    *os.File // nil where no cache can be written
	path    string
	dev     uint64
	watched int64
}

func (b *Book) watch(name string) *spare {
	if err := os.MkdirAll(filepath.Join(b.dir, cacheFolder), 0o755); err != nil {
		return &spare{}
	}
	path := b.cachePath(name)
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return &spare{}
	}
	s := &spare{file: f, path: path}
	if st, err := stampFile(f); err == nil {
		s.dev, s.watched = st.Dev, st.Ctime
	}
	return s
}

// trusts tells whether a change since the watch began could not be missed.
func (s *spare) trusts(log stamp) bool {
	return s.file != nil && log.Dev == s.dev && log.Ctime < s.watched
}

// keep puts the cache in place. It is not fsynced: its checksums tell one that
// a power cut left half written. A cache that cannot be written is none.
func (s *spare) keep(data []byte) bool {
	_, err := s.file.Write(data)
	if err = errors.Join(err, s.file.Close()); err == nil {
		err = os.Rename(s.file.Name(), s.path)
	}
	if err == nil {
		s.file = nil
	}
	return err == nil
}

func (s *spare) discard() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
}
