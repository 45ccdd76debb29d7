package flows

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/dappcore/core-dev/inventory"
)

// Said tells whether this folder's journal knows that a comment of that digest
// was posted on an issue with Once, and stands. Nil knows of none.
type Said func(issue inventory.Ref, digest string) bool

// Has tells whether that text was posted there.
func (s Said) Has(issue inventory.Ref, text string) bool { return s != nil && s(issue, Digest(text)) }

// and is s with what else was posted, as saying names it.
func (s Said) and(posted map[string]bool) Said {
	if len(posted) == 0 {
		return s
	}
	return func(i inventory.Ref, d string) bool {
		return posted[saying(i, d)] || s != nil && s(i, d)
	}
}

// saying names a comment by its issue and the digest of its text.
func saying(issue inventory.Ref, digest string) string { return issue.Key() + " " + digest }

// Digest stands for a text of ours in the journal: 16 hexadecimal digits.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
