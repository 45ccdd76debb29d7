package proof

import "syscall"

// moreWrites are calls that only older architectures have.
var moreWrites = map[uint64]string{syscall.SYS_RENAME: "rename", syscall.SYS_UNLINK: "unlink", 316: "rename" /* renameat2 */}
