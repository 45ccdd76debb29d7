package ledger

import (
	"fmt"
	"os"
	"syscall"
)

// stamp is a file's identity and age, as far as the system knows it. A file
// whose stamp is unchanged holds the same bytes, if its change time is older
// than the moment from which it was watched: within one tick of the file
// system's clock a second change leaves no trace.
type stamp struct {
	Dev, Ino     uint64
	Size         int64
	Mtime, Ctime int64 // nanoseconds
}

func stampOf(info os.FileInfo) (stamp, error) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return stamp{}, fmt.Errorf("%s: the system does not tell its inode", info.Name())
	}
	return stamp{
		Dev: uint64(st.Dev), Ino: st.Ino, Size: info.Size(),
		Mtime: info.ModTime().UnixNano(), Ctime: changed(st),
	}, nil
}
