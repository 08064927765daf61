package httpui

import (
	"maps"
	"slices"
	"time"

	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/syslogjson"
)

// Ingester tells what became of the events that came in, as an
// [ingest.Ingester] does. /status is red while its Stats name a Failure, even
// if the log base answers. It is asked for each request that shows it, from
// several goroutines at once, and must not wait for the log base.
type Ingester interface {
	Stats() ingest.Stats
	Samples() []ingest.Sample
}

// Syslog tells of connections and senders, as a [syslogjson.Server] does. It is
// asked as an [Ingester] is.
type Syslog interface {
	Stats() syslogjson.Stats
	Peers() []syslogjson.PeerStats
}

// certificateWarning is how long before its end a sender's certificate is
// pointed out.
const certificateWarning = 30 * 24 * time.Hour

// receptionData is what the page about the data says of reception.
type receptionData struct {
	Senders  []senderRow
	Rejected []partCount // refused records, by class
	Notes    []partCount // remarks on records that were accepted, by name
	Samples  []sampleRow
	Connect  *connectGuide
}

// senderRow is one sender, known by the name in its certificate.
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

type sampleRow struct{ Class, Sender, Time, Text string }

// receives reports whether anything is known of reception.
func (h *Handler) receives() bool { return h.opts.Ingester != nil || h.opts.Syslog != nil }

func (h *Handler) peers() []syslogjson.PeerStats {
	if h.opts.Syslog == nil {
		return nil
	}
	return h.opts.Syslog.Peers()
}

func (v *visit) receptionData() *receptionData {
	data := &receptionData{Connect: v.h.connectGuide()}
	for _, p := range v.h.peers() {
		row := senderRow{
			Name:        syslogjson.Peer{Name: p.Name, Addr: p.Addr}.String(),
			Connections: int64(p.Active),
			Messages:    int64(p.Messages),
			Rejected:    int64(p.HandlerErrors + p.Rejected),
		}
		if !p.LastMessage.IsZero() {
			row.Last = v.text.DateTime(p.LastMessage.In(v.h.zone))
			row.Ago = v.text.Relative(v.now.Sub(p.LastMessage))
		}
		if !p.NotAfter.IsZero() {
			row.NotAfter = v.text.Date(p.NotAfter.In(v.h.zone))
			row.Expiring = p.NotAfter.Sub(v.now) < certificateWarning
		}
		data.Senders = append(data.Senders, row)
	}
	if v.h.opts.Ingester == nil {
		return data
	}
	stats := v.h.opts.Ingester.Stats()
	data.Rejected, data.Notes = counts(stats.ByClass), counts(stats.Notes)
	for _, s := range v.h.opts.Ingester.Samples() {
		for _, text := range s.Texts {
			data.Samples = append(data.Samples, sampleRow{s.Class, s.Sender, v.text.DateTime(text.Time.In(v.h.zone)), text.Masked})
		}
	}
	return data
}

// counts leaves out what never happened.
func counts(of map[string]int64) []partCount {
	var rows []partCount
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if n := of[name]; n > 0 {
			rows = append(rows, partCount{name, n})
		}
	}
	return rows
}

// receptionTiles say on the front page whether events come in. What was
// received before the program started is known by its day.
func (v *visit) receptionTiles() []tile {
	peers := v.h.peers()
	var last time.Time
	connected := 0
	for _, p := range peers {
		if p.LastMessage.After(last) {
			last = p.LastMessage
		}
		if p.Active > 0 {
			connected++
		}
	}
	var rejected int64
	if v.h.opts.Ingester != nil {
		rejected = v.h.opts.Ingester.Stats().Rejected
	}
	ago := v.text.T("common.notCounted")
	switch {
	case !last.IsZero():
		ago = v.text.Relative(v.now.Sub(last))
	case v.report.Bounds.Records > 0: // from before the program started
		ago = v.text.Day(v.report.Bounds.Last)
	}
	url := v.h.root.Href(dataPath)
	return []tile{
		{Label: v.text.T("data.lastEvent"), Value: ago, URL: url + "#senders"},
		{
			Label: v.text.T("data.connectedSenders"), URL: url + "#senders",
			Value: v.text.T("data.countOf", int64(connected), int64(len(peers))),
		},
		{Label: v.text.T("rejects.title"), Value: v.text.Int(rejected), URL: url + "#rejects"},
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
