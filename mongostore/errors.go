package mongostore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/x/mongo/driver"
	"go.mongodb.org/mongo-driver/x/mongo/driver/auth"
	"go.mongodb.org/mongo-driver/x/mongo/driver/topology"

	"github.com/e-gov/tarastat/logbase"
)

// ErrURI says that the address of the log base is no connection string.
var ErrURI = errors.New("the address of the log base is not a MongoDB connection string")

// Codes with which a MongoDB server refuses somebody (its error_codes.yml).
const (
	codeUserNotFound           = 11
	codeUnauthorized           = 13
	codeAuthenticationFailed   = 18
	codeMechanismUnavailable   = 334
	codeAuthenticationRequired = 391
	codeAtlasError             = 8000
)

// codeOf finds the code that people are to see for err, or otherwise when err
// says nothing of it.
func codeOf(err error, otherwise logbase.Code) logbase.Code {
	switch {
	case errors.Is(err, logbase.ErrClosed), errors.Is(err, ErrURI):
		return logbase.CodeUnreachable
	case errors.Is(err, logbase.ErrPeriod):
		return logbase.CodeBadPeriod
	case refused(err):
		return logbase.CodeRefused
	case unreachable(err):
		return logbase.CodeUnreachable
	}
	return otherwise
}

// refused reports whether the server did not accept our credentials, or the
// account lacks a right.
func refused(err error) bool {
	if errors.As(err, new(*auth.Error)) {
		return true
	}
	var se mongo.ServerError
	if errors.As(err, &se) && slices.ContainsFunc([]int{
		codeUserNotFound, codeUnauthorized, codeAuthenticationFailed,
		codeMechanismUnavailable, codeAuthenticationRequired, codeAtlasError,
	}, se.HasErrorCode) {
		return true
	}
	// Once a handshake was refused, the driver only says that it has no
	// server, and keeps the reason with the server.
	var sse topology.ServerSelectionError
	if errors.As(err, &sse) {
		for _, server := range sse.Desc.Servers {
			if server.LastError != nil && refused(server.LastError) {
				return true
			}
		}
	}
	// One that waited for a connection while another's handshake was refused
	// is told so in words only.
	var pe poolError
	ok := errors.As(err, &pe)
	return ok && strings.Contains(pe.Error(), "auth error:")
}

// poolError says that no connection could be had. The driver names it so, but
// not as an error.
type poolError interface {
	error
	driver.RetryablePoolError
}

// unreachable reports whether the server was not there, or did not answer in
// time.
func unreachable(err error) bool {
	selection := errors.As(err, new(topology.ServerSelectionError))
	connection := errors.As(err, new(topology.ConnectionError))
	pool := errors.As(err, new(poolError))
	name := errors.As(err, new(*net.DNSError))
	return mongo.IsNetworkError(err) || mongo.IsTimeout(err) || selection || connection || pool || name ||
		errors.Is(err, mongo.ErrClientDisconnected) || errors.Is(err, topology.ErrTopologyClosed)
}

// fail gives err the code people see and says what was being done. What the
// caller gave up carries the code of the operation.
func (s *Store) fail(ctx context.Context, code logbase.Code, doing string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := logbase.CodeOf(err); ok {
		return err
	}
	if !errors.Is(ctx.Err(), context.Canceled) {
		code = codeOf(err, code)
	}
	return logbase.WithCode(code, fmt.Errorf("mongostore: %s: %w", doing, scrub(err, s.secrets)))
}
