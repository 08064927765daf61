package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// tokenLife is how long a token may be used.
const tokenLife = 5 * time.Minute

// tokenFields is the length of what a token says: its expiry and two numbers,
// in 8 bytes each. An HMAC over these and the subject follows.
const tokenFields = 3 * 8

// Tokens gives out tokens, which prove that somebody was shown something by
// this process, not longer than five minutes ago.
type Tokens struct{ key [32]byte }

// NewTokens returns one with a key of its own.
func NewTokens() *Tokens {
	t := new(Tokens)
	_, _ = rand.Read(t.key[:]) // never fails, see crypto/rand
	return t
}

// Issue makes a token about a subject, which holds two numbers.
func (t *Tokens) Issue(subject string, now time.Time, a, b int64) string {
	buf := make([]byte, 0, tokenFields+sha256.Size)
	for _, v := range []int64{now.Add(tokenLife).Unix(), a, b} {
		buf = binary.BigEndian.AppendUint64(buf, uint64(v)) //nolint:gosec // read back the same way
	}
	return base64.RawURLEncoding.EncodeToString(append(buf, t.mac(buf, subject)...))
}

// Read returns the numbers in a token. It reports false when the token is not
// ours, is about another subject or has expired.
func (t *Tokens) Read(token, subject string, now time.Time) (a, b int64, ok bool) {
	buf, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(buf) != tokenFields+sha256.Size || !hmac.Equal(buf[tokenFields:], t.mac(buf[:tokenFields], subject)) {
		return 0, 0, false
	}
	field := func(i int) int64 { return int64(binary.BigEndian.Uint64(buf[8*i:])) } //nolint:gosec // see Issue
	return field(1), field(2), now.Unix() <= field(0)
}

func (t *Tokens) mac(fields []byte, subject string) []byte {
	mac := hmac.New(sha256.New, t.key[:])
	mac.Write(fields)
	mac.Write([]byte(subject))
	return mac.Sum(nil)
}
