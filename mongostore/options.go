package mongostore

import (
	"cmp"
	"errors"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/e-gov/tarastat/event"
)

// Defaults of [Options].
const (
	DefaultTimeout     = 2500 * time.Millisecond
	DefaultScanTimeout = 30 * time.Second
	DefaultPoll        = 2 * time.Second
	DefaultCheck       = 20 * time.Second
)

// Options are the settings of a [Store] that are not in its URI. The zero
// value works.
type Options struct {
	// Collection holds the records. "" is [DefaultCollection].
	Collection string

	// Prefix begins the names of the other collections. Two bases in one database
	// differ in it as in Collection. "" is [DefaultPrefix].
	Prefix string

	// Location is the zone whose civil days are counted. Nil is
	// [event.DefaultLocation]. All instances on one base must use the same,
	// see [logbase.ErrZone].
	Location *time.Location

	// Logger is told when the base was lost and found, and which days were
	// counted anew. Nil is [slog.Default]. Records are never logged.
	Logger *slog.Logger

	// Timeout bounds every short call to the server, choosing a server
	// included: a batch of records, a look for changes, a ping. 0 is
	// [DefaultTimeout].
	Timeout time.Duration

	// ScanTimeout bounds how long the server may take for one answer to a
	// call that reads, counts or deletes many records. 0 is
	// [DefaultScanTimeout].
	ScanTimeout time.Duration

	// Poll is how often an instance publishes its sums and looks for what the
	// others have published, and how often it tries to reach a server that is
	// away. What is left undone for 30 of these is ended by another instance.
	// Use the same for all instances. 0 is [DefaultPoll].
	Poll time.Duration

	// Check is how often records are compared with sums, which finds what was
	// inserted or removed by hand. 0 is [DefaultCheck]; a negative one is
	// never.
	Check time.Duration

	// Required makes [Open] and [New] fail when the base cannot be used at once, for
	// programs that have nothing to do without it.
	Required bool
}

func (o Options) withDefaults() Options {
	o.Collection = cmp.Or(o.Collection, DefaultCollection)
	o.Prefix = cmp.Or(o.Prefix, DefaultPrefix)
	o.Location = cmp.Or(o.Location, event.DefaultLocation())
	o.Logger = cmp.Or(o.Logger, slog.Default())
	o.Timeout = cmp.Or(max(o.Timeout, 0), DefaultTimeout)
	o.ScanTimeout = cmp.Or(max(o.ScanTimeout, 0), DefaultScanTimeout)
	o.Poll = cmp.Or(max(o.Poll, 0), DefaultPoll)
	o.Check = cmp.Or(o.Check, DefaultCheck)
	return o
}

// hidden stands where a secret stood.
const hidden = "***"

// Redact returns uri fit for a log: the password and other secrets are
// replaced by "***". It takes any text, also one that is no proper URI, and
// rather hides too much.
func Redact(uri string) string {
	scheme, rest, ok := strings.Cut(uri, "://")
	if !ok {
		scheme, rest = "", uri
	} else {
		scheme += "://"
	}
	// A password may hold any character, by mistake also an unescaped one, so
	// it reaches to the last @ there is.
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user, _, _ := strings.Cut(rest[:at], ":")
		if strings.ContainsAny(user, "/?@") {
			user = ""
		}
		rest = user + ":" + hidden + rest[at:]
	} else if password := misplaced(rest); password != "" {
		rest = strings.Replace(rest, ":"+password, ":"+hidden, 1)
	}
	secret := regexp.MustCompile(`(?i)([?&][^=&]*(?:password|token|secret|properties|credential)[^=&]*=)[^&]*`)
	return scheme + secret.ReplaceAllString(rest, "${1}"+hidden)
}

// misplaced returns what stands where ports should and are none: the password,
// when the @ after it was forgotten.
func misplaced(rest string) string {
	if end := strings.IndexAny(rest, "/?"); end >= 0 {
		rest = rest[:end]
	}
	_, password, _ := strings.Cut(rest, ":")
	for host := range strings.SplitSeq(rest, ",") {
		_, port, _ := strings.Cut(host, ":")
		if strings.Trim(port, "0123456789") != "" && !strings.HasPrefix(host, "[") { // no IPv6 address
			return password
		}
	}
	return ""
}

// secrets returns what of uri must appear in no text, as it was written and as
// it was meant.
func secrets(uri string) []string {
	var found []string
	add := func(s string) {
		meant, _ := url.PathUnescape(s) // "" when it cannot be
		for _, v := range []string{s, meant} {
			if v != "" {
				found = append(found, v, url.QueryEscape(v), url.PathEscape(v))
			}
		}
	}
	_, rest, _ := strings.Cut(uri, "://")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		_, password, _ := strings.Cut(rest[:at], ":")
		add(password)
	} else {
		add(misplaced(rest))
	}
	_, query, _ := strings.Cut(rest, "?")
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if Redact("?"+pair) != "?"+pair && name != "" {
			add(value)
		}
	}
	return found
}

// scrubbed is an error without the secrets of the URI in its text. Its cause
// answers errors.Is but is handed to nobody, since somebody would print it.
type scrubbed struct {
	err     error
	secrets []string
}

// scrub wraps err if its text holds a secret.
func scrub(err error, secrets []string) error {
	if err == nil {
		return nil
	}
	for _, s := range secrets {
		if strings.Contains(err.Error(), s) {
			return &scrubbed{err, secrets}
		}
	}
	return err
}

func (e *scrubbed) Error() string {
	text := e.err.Error()
	for _, s := range e.secrets {
		text = strings.ReplaceAll(text, s, hidden)
	}
	return text
}

// Is makes errors.Is see the causes without handing them out.
func (e *scrubbed) Is(target error) bool { return errors.Is(e.err, target) }
