package httpui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

// minGzip is the size from which compressing pays.
const minGzip = 1400

// send writes a whole answer. Unless the caller set another Cache-Control, the
// client may keep it but must ask each time whether it still holds, by ETag.
func send(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) {
	head := w.Header()
	head.Set("Content-Type", contentType)
	if head.Get("Cache-Control") == "" {
		head.Set("Cache-Control", "private, no-cache")
	}
	if status == http.StatusOK && head.Get("Cache-Control") != "no-store" {
		sum := sha256.Sum256(body)
		// Weak, since the compressed form shares it (RFC 9110, 8.8.1).
		tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
		head.Set("ETag", tag)
		if etagMatches(r.Header.Get("If-None-Match"), tag) {
			head.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	// What holds a secret is not compressed together with what the address
	// says: its length would tell about the secret.
	if len(body) >= minGzip && head.Get("Cache-Control") != "no-store" {
		head.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			head.Set("Content-Encoding", "gzip")
			body = compressed(body)
		}
	}
	head.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client is gone; there is nobody to tell
	}
}

func etagMatches(header, tag string) bool {
	for t := range strings.SplitSeq(header, ",") {
		t = strings.TrimSpace(t)
		if t == "*" || strings.TrimPrefix(t, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, _ := strings.Cut(part, ";")
		if strings.TrimSpace(coding) == "gzip" && qvalue(params) > 0 {
			return true
		}
	}
	return false
}

func compressed(body []byte) []byte {
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	_, _ = zw.Write(body) // a bytes.Buffer takes everything
	_ = zw.Close()
	return buf.Bytes()
}
