package httpui

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"

	"github.com/e-gov/tarastat/httpui/internal/chart"
)

//go:embed static
var staticFiles embed.FS

// asset is one file of static, as it is served.
type asset struct {
	body        []byte
	contentType string
	url         string // with the hash of the body in its name
}

// assets are the files of static by their own name and by their URL.
type assets struct{ byName, byURL map[string]*asset }

// loadAssets reads what is embedded, which cannot fail.
func loadAssets() assets {
	a := assets{make(map[string]*asset), make(map[string]*asset)}
	entries, err := staticFiles.ReadDir("static")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		body, err := staticFiles.ReadFile("static/" + e.Name())
		if err != nil {
			panic(err)
		}
		a.add(e.Name(), body)
	}
	a.add("chart.css", []byte(chart.CSS()))
	return a
}

func (a assets) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	f := &asset{
		body:        body,
		contentType: contentTypes()[ext],
		url:         "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext,
	}
	a.byName[name], a.byURL[f.url] = f, f
}

// serveAsset answers for the hashed names only, so that what a browser keeps
// for a year is never another version.
func (h *Handler) serveAsset(w http.ResponseWriter, r *request) error {
	f, ok := h.assets.byURL[r.URL.Path]
	if !ok {
		return fail(http.StatusNotFound, 0, nil)
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	send(w, r.Request, http.StatusOK, f.contentType, f.body)
	return nil
}

// contentTypes are those of the files in static. The system's table is not
// asked: it differs from machine to machine.
func contentTypes() map[string]string {
	return map[string]string{
		".css": "text/css; charset=utf-8",
		".js":  "text/javascript; charset=utf-8",
		".svg": "image/svg+xml",
	}
}
