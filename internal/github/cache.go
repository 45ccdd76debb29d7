package github

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"sync"
)

// Store keeps answers of REST reads so that GitHub can say "not changed" (304,
// which costs no points). Values are opaque; losing them loses nothing. Its
// methods may be called from any goroutine.
type Store interface {
	Get(key string) ([]byte, bool)
	Put(key string, value []byte)
}

// MemoryStore is a Store that lasts as long as the process. The zero value is ready.
type MemoryStore struct {
	mu sync.Mutex
	m  map[string][]byte
}

// Get returns what Put kept.
func (s *MemoryStore) Get(key string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.m[key]
	return v, ok
}

// Put keeps a value.
func (s *MemoryStore) Put(key string, value []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m == nil {
		s.m = map[string][]byte{}
	}
	s.m[key] = value
}

type cached struct {
	ETag   string      `json:"etag"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// cacheKey tells answers apart by address, media type and token: what one
// account may see is never served to another. The token enters as a digest.
func cacheKey(req *http.Request, t Token) string {
	sum := sha256.Sum256([]byte(t.text))
	return req.URL.String() + " " + req.Header.Get("Accept") + " " + hex.EncodeToString(sum[:8])
}

// revalidate puts the validator on a request and returns what is stored.
func revalidate(store Store, key string, req *http.Request) (c cached, ok bool) {
	raw, ok := store.Get(key)
	if !ok || json.Unmarshal(raw, &c) != nil || c.ETag == "" {
		return cached{}, false
	}
	req.Header.Set("If-None-Match", c.ETag)
	return c, true
}

// settle turns an answer into the one the caller sees: the stored body for a
// 304, with the new headers over the old; a new 200 is stored.
func settle(store Store, key string, c cached, had bool, a *answer) {
	switch {
	case a.status == http.StatusNotModified && had:
		h := c.Header.Clone()
		for k, v := range a.header {
			h[k] = v
		}
		a.status, a.header, a.body, a.unchanged = http.StatusOK, h, c.Body, true
	case a.status == http.StatusOK && a.header.Get("ETag") != "":
		h := a.header.Clone()
		h.Del("Set-Cookie")
		if raw, err := json.Marshal(cached{ETag: a.header.Get("ETag"), Header: h, Body: a.body}); err == nil {
			store.Put(key, raw)
		}
	}
}
