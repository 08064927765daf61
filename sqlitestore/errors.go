package sqlitestore

import (
	"context"
	"errors"
	"fmt"

	"zombiezen.com/go/sqlite"

	"github.com/e-gov/tarastat/logbase"
)

// Errors that callers may want to tell apart, with errors.Is.
var (
	// ErrLocked: another process, or another Store, has the file open.
	ErrLocked = errors.New("the log base is in use by another process")

	// ErrCorrupt: the file is damaged, or is no SQLite database at all.
	ErrCorrupt = errors.New("the log base file is damaged or is no SQLite database")

	// ErrForeign: the file is a database of some other program.
	ErrForeign = errors.New("the file is a database of another program")

	// ErrNewerSchema: the file was last written by a newer release.
	ErrNewerSchema = errors.New("the log base was written by a newer release")
)

// fail gives err the code people see and says what was being done.
func fail(ctx context.Context, code logbase.Code, doing string, err error) error {
	if err == nil {
		return nil
	}
	switch {
	case errors.Is(err, logbase.ErrClosed):
		code = logbase.CodeUnreachable
	case errors.Is(err, logbase.ErrPeriod):
		code = logbase.CodeBadPeriod
	case ctx.Err() != nil && isInterrupt(err):
		err = ctx.Err() // SQLite only knows that it was interrupted
	case isInterrupt(err):
		code, err = logbase.CodeUnreachable, logbase.ErrClosed // nobody else interrupts
	}
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultCorrupt, sqlite.ResultNotADB:
		err = fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return logbase.WithCode(code, fmt.Errorf("sqlitestore: %s: %w", doing, err))
}

func isInterrupt(err error) bool { return sqlite.ErrCode(err) == sqlite.ResultInterrupt }

// suspect reports whether err leaves doubt about the open file, so that it
// must be opened anew. A full disk does not: SQLite rolls back soundly.
func suspect(err error) bool {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultIOErr, sqlite.ResultCorrupt, sqlite.ResultNotADB, sqlite.ResultCantOpen,
		sqlite.ResultProtocol, sqlite.ResultReadOnly, sqlite.ResultNoMem, sqlite.ResultMisuse, sqlite.ResultInternal:
		return true
	}
	return false
}
