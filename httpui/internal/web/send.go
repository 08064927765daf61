package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// minGzip is the size from which compressing pays.
const minGzip = 1400

// Send writes a whole answer. Unless the caller set another Cache-Control, the
// client may keep it but must ask each time whether it still holds, by ETag.
func Send(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) {
	head := w.Header()
	head.Set("Content-Type", contentType)
	if head.Get("Cache-Control") == "" {
		head.Set("Cache-Control", "private, no-cache")
	}
	kept := head.Get("Cache-Control") != "no-store"
	if status == http.StatusOK && kept {
		sum := sha256.Sum256(body)
		// Weak, since the compressed form shares it (RFC 9110, 8.8.1).
		head.Set("ETag", `W/"`+base64.RawURLEncoding.EncodeToString(sum[:12])+`"`)
	}
	// What holds a secret is not compressed together with what the address
	// says: its length would tell about the secret.
	if len(body) >= minGzip && kept {
		head.Add("Vary", "Accept-Encoding")
		if accepts(r, "Accept-Encoding", "gzip") > 0 {
			head.Set("Content-Encoding", "gzip")
			body = compressed(body)
		}
	}
	head.Set("Content-Length", strconv.Itoa(len(body)))
	if status == http.StatusOK {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
		return
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client is gone; there is nobody to tell
	}
}

func compressed(body []byte) []byte {
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	_, _ = zw.Write(body) // a bytes.Buffer takes everything
	_ = zw.Close()
	return buf.Bytes()
}

// SendText answers with a short text that nobody may keep.
func SendText(w http.ResponseWriter, contentType string, text []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(text) // the client is gone; there is nobody to tell
}

// SendJSON answers with v as JSON. Legible characters stay as they are: the
// type and nosniff keep a browser from reading it as a page.
func SendJSON(w http.ResponseWriter, status int, contentType string, v any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // the client is gone; there is nobody to tell
}

// accepts returns the greatest weight that the named header of the request
// gives to one of the values, 0 when it names none of them.
func accepts(r *http.Request, header string, values ...string) float64 {
	best := 0.0
	for part := range strings.SplitSeq(r.Header.Get(header), ",") {
		name, params, _ := strings.Cut(part, ";")
		for _, v := range values {
			if strings.EqualFold(strings.TrimSpace(name), v) {
				best = max(best, weight(params))
			}
		}
	}
	return best
}

// weight reads the parameter q of one element of an Accept header; 1 when it
// has none, 0 when it is nonsense (RFC 9110, section 12.4.2).
func weight(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(name, "q") {
			q, err := strconv.ParseFloat(value, 64)
			if err != nil || q < 0 || q > 1 {
				return 0
			}
			return q
		}
	}
	return 1
}

// WantsHTML reports whether the client asks for a page rather than for JSON:
// whether it names text/html, and gives JSON no greater weight. What asks for
// nothing, or for anything, is a program.
func WantsHTML(r *http.Request) bool {
	html := accepts(r, "Accept", "text/html", "application/xhtml+xml")
	return html > 0 && html >= accepts(r, "Accept", "application/json")
}

// Assets are the files that pages load. Each has the hash of its content in
// its address, so that what a browser keeps for a year is never another
// version. Make them with [NewAssets].
type Assets struct {
	root  Root
	files map[string][]byte // by name with hash
	names map[string]string // with hash, by name
}

// AssetsPath is the folder of all assets.
const AssetsPath = "/static/"

// NewAssets returns assets of the content, by name.
func NewAssets(root Root, content map[string][]byte) *Assets {
	a := &Assets{root, make(map[string][]byte), make(map[string]string)}
	for name, body := range content {
		sum := sha256.Sum256(body)
		ext := path.Ext(name)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		a.files[hashed], a.names[name] = body, hashed
	}
	return a
}

// Href is the address of an asset.
func (a *Assets) Href(name string) string { return a.root.Href(AssetsPath + a.names[name]) }

// Serve answers for the names with a hash only.
func (a *Assets) Serve(w http.ResponseWriter, r *http.Request) error {
	name := strings.TrimPrefix(r.URL.Path, a.root.Href(AssetsPath))
	body, ok := a.files[name]
	if !ok {
		return Fail(http.StatusNotFound, 0, nil)
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	Send(w, r, http.StatusOK, contentTypes()[path.Ext(name)], body)
	return nil
}

// contentTypes are those of the assets. The system's table is not asked: it
// differs from machine to machine.
func contentTypes() map[string]string {
	return map[string]string{
		".css": "text/css; charset=utf-8",
		".js":  "text/javascript; charset=utf-8",
		".svg": "image/svg+xml",
	}
}
