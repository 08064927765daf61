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

// storeKind says which package keeps the records.
type storeKind int

const (
	storeSQLite storeKind = iota
	storeMongoDB
)

// storeName is what the setting -store means. For SQLite, where is a file; for
// MongoDB it is the connection string, which may hold a password and must not
// be shown.
type storeName struct {
	kind  storeKind
	where string
}

func parseStore(c *Config) (storeName, error) {
	scheme, rest, ok := strings.Cut(c.Store, ":")
	switch {
	case c.Store == "", ok && scheme == "sqlite" && rest == "":
		return storeName{storeSQLite, filepath.Join(c.DataDir, "tarastat.db")}, nil
	case ok && scheme == "sqlite":
		return storeName{storeSQLite, rest}, nil
	case ok && (scheme == "mongodb" || scheme == "mongodb+srv"):
		return storeName{storeMongoDB, c.Store}, nil
	}
	return storeName{}, errors.New("-store is none of sqlite:FILE, mongodb:// and mongodb+srv:// with what follows")
}

// OpenStore opens the log base that the settings name, making the embedded one
// if it is not there.
func OpenStore(ctx context.Context, c *Config, logger *slog.Logger) (logbase.Store, error) {
	name, loc, err := c.store()
	if err != nil {
		return nil, err
	}
	if name.kind == storeMongoDB {
		return mongostore.Open(ctx, name.where, mongostore.Options{
			Location: loc, Logger: logger, ScanTimeout: c.ScanTimeout,
		})
	}
	if err := os.MkdirAll(filepath.Dir(name.where), 0o700); err != nil {
		return nil, logbase.WithCode(logbase.Unreachable, fmt.Errorf("daemon: data directory: %w", err))
	}
	return sqlitestore.Open(ctx, name.where, sqlitestore.Options{Location: loc, Logger: logger})
}

// OpenExisting is [OpenStore] for whoever wants what is there: an embedded log
// base that is not there gives [ErrNoStore].
func OpenExisting(ctx context.Context, c *Config, logger *slog.Logger) (logbase.Store, error) {
	name, _, err := c.store()
	if err != nil {
		return nil, err
	}
	if name.kind == storeSQLite {
		if _, err := os.Stat(name.where); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("daemon: %s: %w", name.where, ErrNoStore)
		}
	}
	return OpenStore(ctx, c, logger)
}

func (c *Config) store() (storeName, *time.Location, error) {
	name, err := parseStore(c)
	if err != nil {
		return name, nil, err
	}
	loc, err := c.Location()
	return name, loc, err
}

// Recount counts the sums of a period anew from the records, in the log base
// that the settings name, and returns how many were wrong. An empty text means
// everything; an expression gives [ErrPeriod].
func Recount(ctx context.Context, c *Config, period string, logger *slog.Logger) (changed int64, err error) {
	loc, err := c.Location()
	if err != nil {
		return 0, err
	}
	p, err := aggregate.ParsePeriod(period, loc)
	if err != nil || p.Expr() != nil {
		return 0, ErrPeriod
	}
	s, err := OpenExisting(ctx, c, logger)
	if err != nil {
		return 0, err
	}
	changed, err = s.Recount(ctx, p)
	return changed, errors.Join(err, s.Close())
}

// finalError reports an error of OpenStore that trying again does not mend: the
// embedded log base is there at once or not at all, and a connection string
// stays what it is.
func (c *Config) finalError(err error) bool {
	name, parseErr := parseStore(c)
	return parseErr != nil || name.kind == storeSQLite || errors.Is(err, mongostore.ErrURI) || errors.Is(err, mongostore.ErrZone)
}
