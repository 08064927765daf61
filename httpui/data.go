package httpui

import (
	"net/http"
	"time"

	"github.com/e-gov/tarastat/httpui/internal/locale"
)

// dataPath is the page about the data itself.
const dataPath = "/andmed"

// certificateWarning is how long before its end a sender's certificate is
// pointed out.
const certificateWarning = 30 * 24 * time.Hour

// dataData is the page about the data itself: what is held, how it comes in
// and what was refused.
type dataData struct {
	Records    string
	First      string
	Last       string
	Fault      *fault
	Known      bool // reception is known
	Senders    []senderRow
	Rejected   []classRow
	Notes      []classRow
	Samples    []sampleRow
	Started    string
	Zone       string
	DeleteURL  string // "" when nothing can be deleted
	HasRecords bool
}

type senderRow struct {
	Name        string
	Connections int64
	Messages    int64
	Rejected    int64
	Last        string // "" for never
	Ago         string
	NotAfter    string
	Expiring    bool
}

type classRow struct {
	Class string
	Count int64
}

type sampleRow struct{ Class, Sender, Time, Text string }

func (h *Handler) data(w http.ResponseWriter, r *request) error {
	v := r.parseView()
	data := dataData{Started: r.text.DateTime(h.started.In(h.loc)), Zone: h.loc.String()}
	bounds, err := r.bounds()
	data.Fault = r.fault(err)
	data.Records = r.text.Int(bounds.Records)
	if data.HasRecords = bounds.Records > 0; data.HasRecords {
		data.First, data.Last = r.text.Day(bounds.First), r.text.Day(bounds.Last)
	}
	if h.reception != nil {
		data.Known = true
		r.fillReception(&data, h.reception.Snapshot())
	}
	if h.deleter != nil {
		data.DeleteURL = deletionPath
	}
	return r.render(w, &page{name: "data", title: r.text.T("data.title"), view: v, data: data})
}

func (r *request) fillReception(data *dataData, s Snapshot) {
	for _, sender := range s.Senders {
		row := senderRow{Name: sender.Name, Connections: int64(sender.Connections), Messages: sender.Messages, Rejected: sender.Rejected}
		if !sender.Last.IsZero() {
			row.Last = r.text.DateTime(sender.Last.In(r.h.loc))
			row.Ago = r.text.Relative(r.now.Sub(sender.Last))
		}
		if !sender.NotAfter.IsZero() {
			row.NotAfter = r.text.Date(sender.NotAfter.In(r.h.loc))
			row.Expiring = sender.NotAfter.Sub(r.now) < certificateWarning
		}
		data.Senders = append(data.Senders, row)
	}
	for _, c := range s.Rejected {
		if c.Count > 0 {
			data.Rejected = append(data.Rejected, classRow{c.Class, c.Count})
		}
	}
	for _, c := range s.Notes {
		if c.Count > 0 {
			data.Notes = append(data.Notes, classRow{c.Class, c.Count})
		}
	}
	for _, m := range s.Samples {
		data.Samples = append(data.Samples, sampleRow{m.Class, m.Sender, r.text.DateTime(m.Time.In(r.h.loc)), m.Text})
	}
}

// receptionTiles say on the front page whether events come in.
func (r *request) receptionTiles(s Snapshot) []tile {
	var last time.Time
	connected := 0
	for _, sender := range s.Senders {
		if sender.Last.After(last) {
			last = sender.Last
		}
		if sender.Connections > 0 {
			connected++
		}
	}
	var rejected int64
	for _, c := range s.Rejected {
		rejected += c.Count
	}
	ago := r.text.T("common.notCounted")
	if !last.IsZero() {
		ago = r.text.Relative(r.now.Sub(last))
	}
	return []tile{
		{Label: r.text.T("data.lastEvent"), Value: ago, URL: dataPath},
		{Label: r.text.T("data.connectedSenders"), Value: r.text.T("data.countOf", int64(connected), int64(len(s.Senders))), URL: dataPath},
		{Label: r.text.T("rejects.title"), Value: r.text.Int(rejected), URL: dataPath + "#rejects"},
	}
}

// noteText says a remark on an accepted record in words. One that is not known
// is shown as it came.
func noteText(l *locale.Locale, name string) string {
	if key, ok := map[string]string{
		"duplicate_key":  "note.duplicateKey",
		"error_cut":      "note.errorCut",
		"error_masked":   "note.errorMasked",
		"unknown_method": "note.unknownMethod",
		"time_future":    "note.timeFuture",
		"time_old":       "note.timeOld",
	}[name]; ok {
		return l.T(key)
	}
	return name
}
