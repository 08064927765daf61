package httpui

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/locale"
)

// Store is the log base, as far as pages need it. Its errors carry a code of
// the specification, see [event.CodeOf]; people are shown the code and its
// sentence, never the cause.
type Store interface {
	Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error)
	Bounds(ctx context.Context) (aggregate.Bounds, error)
	Ping(ctx context.Context) error
}

// Deleter is a store from which whole periods can be deleted.
type Deleter interface {
	Extent(ctx context.Context, p aggregate.Period) (aggregate.Extent, error)
	Delete(ctx context.Context, d aggregate.Deletion) (int64, error)
	Deletions(ctx context.Context) ([]aggregate.Deletion, error)
}

// ClientLister is a store that knows every client application it has seen.
type ClientLister interface {
	Clients(ctx context.Context) ([]aggregate.Seen, error)
}

// Backlogger is a store that others write to as well, so that some of its records
// may be in no sum.
type Backlogger interface {
	Backlog(ctx context.Context) (aggregate.Backlog, error)
}

// Defaults of [Options].
const (
	DefaultMaxQueries   = 8
	DefaultQueryTimeout = 10 * time.Second
)

// Options are the settings of a [Handler]. The zero value works.
type Options struct {
	Location     *time.Location   // zone of civil days; nil: event.DefaultLocation()
	Now          func() time.Time // nil: time.Now
	Logger       *slog.Logger     // nil: nothing is logged
	Hosts        []string         // host names and addresses served; none: localhost and loopback addresses
	Reception    Reception        // nil: nothing is said about reception
	Catalogue    Catalogue        // nil: clients are shown by their id
	Version      string           // of the program; may be empty
	Packaged     time.Time        // when the program was built; zero when unknown
	MaxQueries   int              // requests that read the log base at once; 0: DefaultMaxQueries
	QueryTimeout time.Duration    // for all reading of one request, waiting included; 0: DefaultQueryTimeout
}

// Handler serves the pages. It is safe for concurrent use.
type Handler struct {
	store     Store
	deleter   Deleter      // nil when the store is none
	clients   ClientLister // nil when the store is none
	backlog   Backlogger   // nil when the store is none
	reception Reception    // nil when unknown
	catalogue Catalogue    // never nil

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

	locales map[event.Lang]*locale.Locale

	probe  prober
	stats  requestStats
	assets assets
	pages  pages
	spec   []byte // the OpenAPI description
	mux    *http.ServeMux
	guards http.Handler
}

// New returns a handler that answers from s. It panics when s is nil.
func New(s Store, opts Options) *Handler {
	if s == nil {
		panic("httpui: New with a nil Store")
	}
	h := &Handler{
		store:     s,
		reception: opts.Reception,
		catalogue: opts.Catalogue,
		loc:       opts.Location,
		now:       opts.Now,
		log:       opts.Logger,
		hosts:     hostSet(opts.Hosts),
		version:   opts.Version,
		packaged:  opts.Packaged,
		timeout:   opts.QueryTimeout,
		deleteKey: make([]byte, 32),
	}
	h.deleter, _ = s.(Deleter)
	h.clients, _ = s.(ClientLister)
	h.backlog, _ = s.(Backlogger)
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
		h.log = slog.New(slog.DiscardHandler)
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
	h.probe.ping = s.Ping
	h.locales = map[event.Lang]*locale.Locale{
		event.Estonian: locale.For(event.Estonian),
		event.English:  locale.For(event.English),
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
