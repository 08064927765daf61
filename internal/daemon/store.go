package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/mongostore"
	"github.com/e-gov/tarastat/sqlitestore"
)

// Errors that callers branch on.
var (
	// ErrPeriod is returned for a text that is no plain period.
	ErrPeriod = errors.New("want a period such as 2018, 2018-04 or 2018-04-01/2018-06-30")
	// ErrNoStore is returned for an embedded log base that is not there.
	ErrNoStore = errors.New("there is no log base")
	// ErrInUse is returned for an embedded log base that another process has open.
	ErrInUse = sqlitestore.ErrLocked
)

// storeName is what the setting -store means: a file of SQLite, or the connection
// string of MongoDB, which may hold a password and must not be shown.
type storeName struct {
	mongoDB bool
	where   string
}

func parseStore(text, dataDir string) (storeName, error) {
	scheme, rest, ok := strings.Cut(text, ":")
	switch {
	case text == "", ok && scheme == "sqlite" && rest == "":
		return storeName{where: filepath.Join(dataDir, "tarastat.db")}, nil
	case ok && scheme == "sqlite":
		return storeName{where: rest}, nil
	case ok && (scheme == "mongodb" || scheme == "mongodb+srv"):
		return storeName{mongoDB: true, where: text}, nil
	}
	return storeName{}, errors.New("-store is none of sqlite:FILE, mongodb:// and mongodb+srv:// with what follows")
}

// OpenStore opens the log base that the settings name, making the embedded one
// if it is not there. One on a server must be there. patience is how long it may
// take for one answer to a call that reads much (0: its default).
func OpenStore(ctx context.Context, s *Settings, patience time.Duration, logger *slog.Logger) (logbase.Store, error) {
	return openStore(ctx, s, mongostore.Options{Location: s.zone, Logger: logger, ScanTimeout: patience, Required: true})
}

// openStore opens the log base. Of the options, an embedded one takes those that
// every log base has.
func openStore(ctx context.Context, s *Settings, o mongostore.Options) (logbase.Store, error) {
	if s.store.mongoDB {
		return mongostore.Open(ctx, s.store.where, o)
	}
	if err := os.MkdirAll(filepath.Dir(s.store.where), 0o700); err != nil {
		return nil, logbase.WithCode(logbase.CodeUnreachable, fmt.Errorf("daemon: data directory: %w", err))
	}
	return sqlitestore.Open(ctx, s.store.where, sqlitestore.Options{Location: o.Location, Logger: o.Logger})
}

// OpenExisting is [OpenStore] for whoever wants what is there: an embedded log
// base that is not there gives [ErrNoStore].
func OpenExisting(ctx context.Context, s *Settings, patience time.Duration, logger *slog.Logger) (logbase.Store, error) {
	if !s.store.mongoDB {
		if _, err := os.Stat(s.store.where); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("daemon: %s: %w", s.store.where, ErrNoStore)
		}
	}
	return OpenStore(ctx, s, patience, logger)
}

// Recount counts the sums of a period anew from the records, in the log base
// that the settings name, and returns how many were wrong. An empty text means
// everything; an expression gives [ErrPeriod].
func Recount(ctx context.Context, s *Settings, period string, logger *slog.Logger) (changed int64, err error) {
	p, err := aggregate.ParseCivil(period, s.zone)
	if err != nil {
		return 0, ErrPeriod
	}
	store, err := OpenExisting(ctx, s, 0, logger)
	if err != nil {
		return 0, err
	}
	changed, err = store.Recount(ctx, p)
	return changed, errors.Join(err, store.Close())
}
