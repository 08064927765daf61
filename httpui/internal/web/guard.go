package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/e-gov/tarastat/logbase"
)

// Limits of one request.
const (
	// MaxBodyBytes bounds the body; the only forms are those of deletion.
	MaxBodyBytes = 16 << 10
	// MaxURLBytes bounds path and query: a period of 200 characters, escaped,
	// and every filter at its full length fit in.
	MaxURLBytes = 8 << 10
	// MaxHeaderBytes bounds all header fields together.
	MaxHeaderBytes = 16 << 10
)

// securityHeaders go with every answer, whatever it is.
var securityHeaders = [...][2]string{
	{"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
}

// refuse answers in plain text: who is refused here may be anybody.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Cache-Control", "no-store")
	text := http.StatusText(status)
	if status == http.StatusMisdirectedRequest {
		text += ": this name is none of the hosts that the operator has set"
	}
	http.Error(w, text, status)
}

// hosts is the allow-list; empty for loopback only.
type hosts []string

func (s hosts) String() string {
	if len(s) == 0 {
		return "localhost and loopback addresses"
	}
	return strings.Join(s, " ")
}

// anyHost among the hosts leaves the check to whoever stands before.
const anyHost = "*"

// hostName strips the port, brackets and a final dot, and folds the case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().String()
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// allow answers DNS rebinding: a page elsewhere whose name was made to point
// here still sends its own name.
func (s hosts) allow(host string) bool {
	name := hostName(host)
	if len(s) > 0 {
		return slices.ContainsFunc(s, func(served string) bool { return served == anyHost || hostName(served) == name })
	}
	a, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && a.IsLoopback()
}

func headerBytes(header http.Header) int {
	n := 0
	for name, values := range header {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return n
}

// RemoteHost is the address that a request came from.
func RemoteHost(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// Slots bound how many queries of the log base run at once.
type Slots chan struct{}

// NewSlots returns n slots.
func NewSlots(n int) Slots { return make(Slots, n) }

// Do runs a query in a slot, when one is free. An error that has no code gets
// ERR-02.
func (s Slots) Do(ctx context.Context, query func(context.Context) error) error {
	select {
	case s <- struct{}{}:
		defer func() { <-s }()
	case <-ctx.Done():
		return logbase.WithCode(logbase.CodeReadFailed, ctx.Err())
	}
	return logbase.WithCode(logbase.CodeReadFailed, query(ctx))
}

// Running is the number of queries that run now.
func (s Slots) Running() int { return len(s) }

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
		buf = binary.BigEndian.AppendUint64(buf, uint64(v))
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
	field := func(i int) int64 { return int64(binary.BigEndian.Uint64(buf[8*i:])) }
	return field(1), field(2), now.Unix() <= field(0)
}

func (t *Tokens) mac(fields []byte, subject string) []byte {
	mac := hmac.New(sha256.New, t.key[:])
	mac.Write(fields)
	mac.Write([]byte(subject))
	return mac.Sum(nil)
}
