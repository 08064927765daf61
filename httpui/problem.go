package httpui

import (
	"encoding/json"
	"net/http"

	"github.com/e-gov/tarastat/logbase"
)

// Problem is an error of the API, as RFC 9457 has it.
type Problem struct {
	Type   string `json:"type"`           // always about:blank; Code tells kinds apart
	Title  string `json:"title"`          // of the status
	Status int    `json:"status"`         // as in the answer
	Detail string `json:"detail"`         // what to check, in English
	Code   string `json:"code,omitempty"` // ERR-01 to ERR-07, where one fits
}

func (h *Handler) writeProblem(w http.ResponseWriter, f *failure) {
	p := Problem{Type: "about:blank", Title: http.StatusText(f.status), Status: f.status}
	if f.code != 0 {
		p.Code = f.code.String()
		p.Detail = f.code.Text(logbase.English) + ". " + f.code.Advice(logbase.English)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(f.status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone; there is nobody to tell
}
