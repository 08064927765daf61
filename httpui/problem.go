package httpui

import (
	"net/http"

	"github.com/e-gov/tarastat/httpui/internal/web"
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

// tellProblem tells a failure of the API.
func tellProblem(w http.ResponseWriter, _ *http.Request, f *web.Failure) {
	p := Problem{Type: "about:blank", Title: http.StatusText(f.Status), Status: f.Status}
	if f.Code != 0 {
		p.Code = f.Code.String()
		p.Detail = f.Code.Text(logbase.English) + ". " + f.Code.Advice(logbase.English)
	}
	web.SendJSON(w, f.Status, "application/problem+json", p)
}
