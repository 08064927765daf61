package mongostore_test

import (
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/e-gov/tarastat/internal/testenv/mongotest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/logbase/logbasetest"
	"github.com/e-gov/tarastat/mongostore"
)

// patient are the options of tests that do not look at time: FerretDB on a
// busy machine is slow, and restarts should not be.
func patient() mongostore.Options {
	return mongostore.Options{
		Timeout:     30 * time.Second,
		ScanTimeout: time.Minute,
		Poll:        200 * time.Millisecond,
		Check:       -1,
		Logger:      slog.New(slog.DiscardHandler),
		Required:    true,
	}
}

// open opens a store that is closed when the test ends.
func open(t *testing.T, uri string, o mongostore.Options) *mongostore.Store {
	t.Helper()
	s, err := mongostore.Open(t.Context(), uri, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // a second Close fails, and so may one after the server
	return s
}

func TestStore(t *testing.T) {
	t.Parallel()
	server := os.Getenv(mongotest.EnvURI)
	if server == "" {
		server = mongotest.Start(t).URI
	}
	open := func(t *testing.T, name string) logbase.Store {
		t.Helper()
		o := patient()
		o.Poll = 500 * time.Millisecond // FerretDB reads a whole collection for each look
		return open(t, mongotest.Named(t, server, name), o)
	}
	logbasetest.Run(t, open, logbasetest.Options{Events: 200, Histories: 1})
}
