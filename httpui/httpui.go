package httpui

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/logbase"
)

// Defaults of [Options].
const (
	DefaultMaxQueries   = 8
	DefaultQueryTimeout = 10 * time.Second
)

// Options are the settings of a [Handler]. The zero value works.
type Options struct {
	Location     *time.Location   // zone of civil days; nil: event.DefaultLocation()
	Now          func() time.Time // nil: time.Now
	Logger       *slog.Logger     // nil: slog.Default()
	Hosts        []string         // host names and addresses served; none: localhost and loopback addresses
	Reception    Reception        // nil: nothing is said about reception
	Catalogue    Catalogue        // nil: clients are shown by their id
	NoDeletion   bool             // no page and no address deletes anything
	Version      string           // of the program; may be empty
	Packaged     time.Time        // when the program was built; zero when unknown
	MaxQueries   int              // requests that read the log base at once; 0: DefaultMaxQueries
	QueryTimeout time.Duration    // for all reading of one request, waiting included; 0: DefaultQueryTimeout
}

// Handler serves the pages. It is safe for concurrent use.
type Handler struct {
	store      logbase.Store
	noDeletion bool
	reception  Reception // nil when unknown
	catalogue  Catalogue // never nil

	loc       *time.Location
	now       func() time.Time
	log       *slog.Logger
	hosts     map[string]bool
	version   string
	packaged  time.Time
	started   time.Time
	slots     chan struct{}
	timeout   time.Duration
	deleteKey []byte // of the tokens that a preview gives out

	locales map[logbase.Lang]*locale.Locale

	probe  prober
	stats  requestStats
	assets assets
	pages  pages
	spec   []byte // the OpenAPI description
	mux    *http.ServeMux
	guards http.Handler
}

// New returns a handler that answers from s. It panics when s is nil.
func New(s logbase.Store, opts Options) *Handler {
	if s == nil {
		panic("httpui: New with a nil store")
	}
	h := &Handler{
		store:      s,
		noDeletion: opts.NoDeletion,
		reception:  opts.Reception,
		catalogue:  opts.Catalogue,
		loc:        opts.Location,
		now:        opts.Now,
		log:        opts.Logger,
		hosts:      hostSet(opts.Hosts),
		version:    opts.Version,
		packaged:   opts.Packaged,
		timeout:    opts.QueryTimeout,
		deleteKey:  make([]byte, 32),
	}
	if h.catalogue == nil {
		h.catalogue = noNames{}
	}
	if h.loc == nil {
		h.loc = event.DefaultLocation()
	}
	if h.now == nil {
		h.now = time.Now
	}
	if h.log == nil {
		h.log = slog.Default()
	}
	if h.timeout <= 0 {
		h.timeout = DefaultQueryTimeout
	}
	queries := opts.MaxQueries
	if queries <= 0 {
		queries = DefaultMaxQueries
	}
	h.slots = make(chan struct{}, queries)
	_, _ = rand.Read(h.deleteKey) // never fails, see crypto/rand
	h.started = h.now()
	h.probe.ping = h.ping
	h.locales = map[logbase.Lang]*locale.Locale{
		logbase.Estonian: locale.For(logbase.Estonian),
		logbase.English:  locale.For(logbase.English),
	}
	h.assets = loadAssets()
	h.pages = parsePages(h.assets, h.locales)
	h.spec = specification(opts.Version)
	h.mux = h.routes()
	h.guards = h.guard(http.HandlerFunc(h.dispatch))
	return h
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.guards.ServeHTTP(w, r) }
