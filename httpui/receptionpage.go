package httpui

import (
	"time"

	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/logbase"
)

// certificateWarning is how long before its end a sender's certificate is
// pointed out.
const certificateWarning = 30 * 24 * time.Hour

// receptionData is what the page about the data says of reception.
type receptionData struct {
	Senders  []senderRow
	Rejected []classRow
	Notes    []classRow
	Samples  []sampleRow
	Connect  *connectGuide
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

func (r *request) receptionData(s Snapshot) *receptionData {
	data := &receptionData{Connect: r.connectGuide()}
	for _, sender := range s.Senders {
		row := senderRow{
			Name: sender.Name, Connections: int64(sender.Connections), Messages: sender.Messages, Rejected: sender.Rejected,
		}
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
	data.Rejected, data.Notes = classRows(s.Rejected), classRows(s.Notes)
	for _, m := range s.Samples {
		data.Samples = append(data.Samples, sampleRow{m.Class, m.Sender, r.text.DateTime(m.Time.In(r.h.loc)), m.Text})
	}
	return data
}

// classRows leaves out what never happened.
func classRows(counts []ClassCount) []classRow {
	var rows []classRow
	for _, c := range counts {
		if c.Count > 0 {
			rows = append(rows, classRow(c))
		}
	}
	return rows
}

// receptionTiles say on the front page whether events come in. What was
// received before the program started is known by its day.
func (r *request) receptionTiles(s Snapshot, held logbase.Bounds) []tile {
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
	switch {
	case !last.IsZero():
		ago = r.text.Relative(r.now.Sub(last))
	case held.Records > 0: // from before the program started
		ago = r.text.Day(held.Last)
	}
	return []tile{
		{Label: r.text.T("data.lastEvent"), Value: ago, URL: dataPath + "#senders"},
		{
			Label: r.text.T("data.connectedSenders"), URL: dataPath + "#senders",
			Value: r.text.T("data.countOf", int64(connected), int64(len(s.Senders))),
		},
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
