package httpui

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/httpui/internal/monitor"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/logbase"
)

// Defaults of [Options].
const (
	DefaultMaxQueries   = 8
	DefaultQueryTimeout = 10 * time.Second
)

// Options are the settings of a [Handler]. The zero value works.
type Options struct {
	Now    func() time.Time // nil: time.Now
	Logger *slog.Logger     // nil: slog.Default()

	Catalogue  Catalogue // nil: clients are shown by their id
	NoDeletion bool      // no page and no address deletes anything

	// NoOldAddresses leaves out what only programs written for the old service
	// ask: /standard, /kirjeid, /alates, /kustuta, and the JSON of /stat, which
	// is a page for everybody then.
	NoOldAddresses bool

	Version  string    // of the program; may be empty
	Packaged time.Time // when the program was built; zero when unknown

	MaxQueries   int           // requests that read the log base at once; 0: DefaultMaxQueries
	QueryTimeout time.Duration // for all reading of one request, waiting included; 0: DefaultQueryTimeout

	// Prefix is the path under which another program mounts the pages, such as
	// "/stats", registered as "/stats/" for all methods; "" for the whole host. All
	// addresses move below it, /status and /metrics too, and none in any answer
	// leaves it, nor does the cookie. Requests come with their whole path: it must
	// not be stripped.
	Prefix string
	// Hosts are the host names and addresses served; none: localhost and
	// loopback addresses. "*" serves every host: it is for a program that
	// checks the host itself before it hands a request on.
	Hosts []string
	// User names who asks for a deletion, for the audit and the log: the user
	// of the program that mounts the pages. Nil, and an answer of "", stand for
	// the address that the request came from.
	User func(*http.Request) string

	// What is said of reception, on the pages, in /metrics and in /status; it
	// is left out where these are nil.
	Ingester    Ingester
	Syslog      Syslog
	SyslogAddr  string // where senders connect to, host:port; "" when unknown
	Fingerprint string // SHA-256 of the certificate that senders see, in hex; "" when unknown
}

// Handler serves the pages. It is safe for concurrent use.
type Handler struct {
	opts    Options // with defaults; those of reception may be nil
	store   logbase.Store
	zone    *time.Location // of civil days: the store's
	started time.Time

	root      web.Root
	site      *web.Site
	slots     web.Slots
	tokens    *web.Tokens // of the previews of deletions
	assets    *web.Assets
	locales   map[logbase.Lang]*locale.Locale
	templates templates
}

// New returns a handler that answers from s. It panics when s is nil, and when
// opts.Prefix is not a path.
func New(s logbase.Store, opts Options) *Handler {
	if s == nil {
		panic("httpui: New with a nil store")
	}
	root, err := web.ParseRoot(opts.Prefix)
	if err != nil {
		panic(fmt.Sprintf("httpui: Options.Prefix: %v", err))
	}
	opts.Logger = cmp.Or(opts.Logger, slog.Default())
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Catalogue == nil {
		opts.Catalogue = noNames{}
	}
	user := opts.User
	opts.User = func(r *http.Request) string {
		if user == nil {
			return web.RemoteHost(r)
		}
		return cmp.Or(user(r), web.RemoteHost(r))
	}
	h := &Handler{
		opts: opts, store: s, zone: s.Location(), started: opts.Now(),
		root:   root,
		slots:  web.NewSlots(cmp.Or(max(opts.MaxQueries, 0), DefaultMaxQueries)),
		tokens: web.NewTokens(),
		locales: map[logbase.Lang]*locale.Locale{
			logbase.Estonian: locale.For(logbase.Estonian),
			logbase.English:  locale.For(logbase.English),
		},
	}
	h.assets = loadAssets(root)
	h.templates = parseTemplates(h.assets, root, h.locales)
	h.site = web.NewSite(web.Options{
		Root:    root,
		Hosts:   opts.Hosts,
		Timeout: cmp.Or(max(opts.QueryTimeout, 0), DefaultQueryTimeout),
		Logger:  opts.Logger,
	}, h.tellPage)
	h.routes()
	return h
}

// watched is what monitoring watches.
func (h *Handler) watched() monitor.Options {
	opts := monitor.Options{
		Ping: h.store.Ping, Queries: h.slots.Running,
		Now: h.opts.Now, Started: h.started, Version: h.opts.Version, Packaged: h.opts.Packaged,
	}
	if h.opts.Ingester != nil {
		opts.Ingest = h.opts.Ingester.Stats
	}
	if h.opts.Syslog != nil {
		opts.Syslog = h.opts.Syslog.Stats
	}
	return opts
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.site.ServeHTTP(w, r) }

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
