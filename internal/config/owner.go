package config

import (
	"fmt"
	"os"
	"syscall"
)

// ownedByUs refuses a `.core/` that the search upward came upon and that is
// another user's: its config.yaml may name commands to run and hosts to send
// a token to. Root, who may act for anybody, is not refused.
func ownedByUs(path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok || !foreign(int(sys.Uid), os.Geteuid()) {
		return nil
	}
	return fmt.Errorf("%s belongs to another user (uid %d): if you trust what it says, name it with --dir", visible(path), sys.Uid)
}

// foreign tells whether an owner is neither root nor oneself; to root nobody is.
func foreign(owner, me int) bool { return me != 0 && owner != 0 && owner != me }
