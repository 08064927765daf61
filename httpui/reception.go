package httpui

import "time"

// Reception tells what the pages and /metrics show of the reception of
// events. Its methods are called for each request that shows it, from several
// goroutines at once, and must not wait for the log base.
type Reception interface {
	// Failure says why the log base does not take events; nil when it does.
	// /status is red while it does not, even if the one row that a ping writes
	// still finds room.
	Failure() error

	Snapshot() Snapshot
	Metrics() []Metric
}

// Snapshot is the state of reception at one moment. Everything in it counts
// since the program started.
type Snapshot struct {
	Addr        string // where senders connect to, host:port; "" when unknown
	Fingerprint string // SHA-256 of the server's certificate, in hex; "" when unknown

	Senders  []Sender
	Rejected []ClassCount // refused records, by class
	Notes    []ClassCount // remarks on records that were accepted, by name
	Samples  []Sample     // refused records, masked, newest first
}

// Sender is one sender, known by the name in its certificate.
type Sender struct {
	Name        string
	Connections int       // open now
	Messages    int64     // received
	Rejected    int64     // of these, refused
	Last        time.Time // of the last message; zero when there was none
	NotAfter    time.Time // when its certificate expires; zero when unknown
}

// ClassCount is how many records there were of one class.
type ClassCount struct {
	Class string
	Count int64
}

// Sample is the masked beginning of a refused record.
type Sample struct {
	Class  string
	Sender string
	Time   time.Time
	Text   string // without personal data, see event.Mask
}

// Metric is one value for /metrics. Values of the same name must follow one
// another; help and type are taken from the first of them. Labels must come
// from a small closed set: client applications never are one.
type Metric struct {
	Name   string // as Prometheus allows: [a-zA-Z_:][a-zA-Z0-9_:]*
	Help   string
	Type   string // "counter" or "gauge"
	Labels []Label
	Value  float64
}

// Label is one label of a [Metric].
type Label struct{ Name, Value string }

// Catalogue knows the names that people use for client applications. It is
// asked several times for each page and must answer from memory.
type Catalogue interface {
	Client(id string) (ClientName, bool)
}

// ClientName is what a client application is called.
type ClientName struct {
	Name        string // shown instead of the id; may be empty
	Institution string // whose it is; may be empty
}

// noNames is the catalogue that knows nobody.
type noNames struct{}

func (noNames) Client(string) (ClientName, bool) { return ClientName{}, false }
