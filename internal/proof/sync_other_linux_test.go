//go:build !amd64

package proof

// moreWrites: renameat2 by the number that newer architectures share.
var moreWrites = map[uint64]string{276: "rename"}
