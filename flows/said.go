package flows

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/dappcore/core-dev/inventory"
)

// Said are the comments that this folder's journal knows were posted with Once:
// by issue (Ref.Key), the digests of their texts.
type Said map[string][]string

// Has tells whether that text was posted there.
func (s Said) Has(issue inventory.Ref, text string) bool {
	want := Digest(text)
	for _, d := range s[issue.Key()] {
		if d == want {
			return true
		}
	}
	return false
}

// Digest stands for a text of ours in the journal: 16 hexadecimal digits.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
