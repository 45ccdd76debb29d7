//go:build conformance

package checklist

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

func minimize(t testing.TB, b []byte) []byte {
	bad := func(b []byte) bool { return truth(t, b) != ours(b) }
	for size := len(b) / 2; size > 0; {
		done := true
		for i := 0; i+size <= len(b); {
			c := append(append([]byte{}, b[:i]...), b[i+size:]...)
			if bad(c) {
				b = c
				done = false
			} else {
				i += size
			}
		}
		if done || size > 1 {
			if size == 1 {
				break
			}
			size /= 2
		}
	}
	return b
}

func TestZZ(t *testing.T) {
	secs, _ := strconv.Atoi(os.Getenv("ZZ"))
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	n := 0
	for start := time.Now(); time.Since(start) < time.Duration(secs)*time.Second; n++ {
		var b []byte
		for range 30 {
			b = append(append(b, randomBody(r)...), "\n\n# ---\n\n"...)
		}
		if truth(t, b) != ours(b) {
			m := minimize(t, b)
			fmt.Printf("%q\ncmark:\n%sours:\n%s\n", m, truth(t, m), ours(m))
		}
	}
	fmt.Println(n)
}
