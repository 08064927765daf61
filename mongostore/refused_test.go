package mongostore_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/description"
	"go.mongodb.org/mongo-driver/x/mongo/driver/topology"
	"go.mongodb.org/mongo-driver/x/mongo/driver/wiremessage"

	"github.com/e-gov/tarastat/internal/testenv/mongotest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/mongostore"
)

// TestCodeOf maps the driver's own error values.
func TestCodeOf(t *testing.T) {
	server := func(code int32) error {
		return fmt.Errorf("doing: %w", mongo.CommandError{Code: code, Message: "no", Name: "Name"})
	}
	write := func(code int) error {
		return mongo.BulkWriteException{WriteErrors: []mongo.BulkWriteError{{WriteError: mongo.WriteError{Code: code}}}}
	}
	selection := func(last error) error {
		return topology.ServerSelectionError{Wrapped: topology.ErrServerSelectionTimeout, Desc: description.Topology{
			Servers: []description.Server{{LastError: last}},
		}}
	}
	tests := map[string]struct {
		err  error
		want logbase.Code
	}{
		"not authorised":             {server(13), logbase.CodeRefused},
		"authentication failed":      {server(18), logbase.CodeRefused},
		"no such mechanism":          {server(334), logbase.CodeRefused},
		"authentication required":    {server(391), logbase.CodeRefused},
		"write not authorised":       {write(13), logbase.CodeRefused},
		"refused at the handshake":   {selection(server(18)), logbase.CodeRefused},
		"no server":                  {selection(io.EOF), logbase.CodeUnreachable},
		"connection refused":         {selection(&net.OpError{Op: "dial", Err: errors.New("refused")}), logbase.CodeUnreachable},
		"connection broken":          {topology.ConnectionError{Wrapped: io.EOF}, logbase.CodeUnreachable},
		"network label":              {mongo.CommandError{Labels: []string{"NetworkError"}}, logbase.CodeUnreachable},
		"closed":                     {mongo.ErrClientDisconnected, logbase.CodeUnreachable},
		"store closed":               {logbase.ErrClosed, logbase.CodeUnreachable},
		"disk full":                  {server(14031), logbase.CodeWriteFailed},
		"not primary":                {server(10107), logbase.CodeWriteFailed},
		"document fails validation":  {write(121), logbase.CodeWriteFailed},
		"write concern not complied": {mongo.WriteException{WriteConcernError: &mongo.WriteConcernError{Code: 64}}, logbase.CodeWriteFailed},
		"period":                     {logbase.ErrPeriod, logbase.CodeBadPeriod},
		"anything else":              {errors.New("else"), logbase.CodeWriteFailed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			is.New(t).Equal(mongostore.CodeOf(tt.err, logbase.CodeWriteFailed), tt.want)
		})
	}
}

// TestRefused speaks to a server that refuses: first our password, then the
// account's rights.
func TestRefused(t *testing.T) {
	tests := map[string]struct{ user, command, name string }{
		"wrong password": {"rakendus:pa55word@", "saslStart", "AuthenticationFailed"},
		"no rights":      {"", "find", "Unauthorized"},
	}
	codes := map[string]int32{"AuthenticationFailed": 18, "Unauthorized": 13}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			addr := refuse(t, tt.command, tt.name, codes[tt.name])
			begun := time.Now()
			_, err := mongostore.Open(t.Context(), "mongodb://"+tt.user+addr+"/logibaas?authSource=users", mongostore.Options{Required: true})
			is.Equal(code(t, err), logbase.CodeRefused)
			is.True(strings.Contains(err.Error(), tt.name))          // the cause is told
			is.True(!strings.Contains(err.Error(), "pa55word"))      // the password is not
			is.True(!strings.Contains(err.Error(), "\n"))            // in one line
			is.True(time.Since(begun) < 2*mongostore.DefaultTimeout) // and soon
		})
	}
}

// TestNobodyThere: a wrong address gives ERR-01 and names the address.
func TestNobodyThere(t *testing.T) {
	is := is.New(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	is.NoErr(err)
	addr := ln.Addr().String()
	is.NoErr(ln.Close())
	_, err = mongostore.Open(t.Context(), "mongodb://rakendus:pa55word@"+addr, mongostore.Options{Timeout: 200 * time.Millisecond, Required: true})
	is.Equal(code(t, err), logbase.CodeUnreachable)
	is.True(strings.Contains(err.Error(), addr))
	is.True(!strings.Contains(err.Error(), "pa55word"))
	_, err = mongostore.Open(t.Context(), "logibaas", mongostore.Options{})
	is.True(errors.Is(err, mongostore.ErrURI))
}

// TestAway: a store whose server is away is open, says so, and is there when the
// server is.
func TestAway(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	server := mongotest.Start(t)
	server.Stop()
	var log syncBuffer
	o := quick()
	o.Required, o.Timeout, o.Logger = false, mongostore.DefaultTimeout, slog.New(slog.NewTextHandler(&log, nil))
	s, err := mongostore.Open(t.Context(), server.URI, o)
	is.NoErr(err)
	ctx := t.Context()
	for what, err := range map[string]error{
		"append":    s.Append(ctx, batch(1, 1)),
		"ping":      s.Ping(ctx),
		"sums":      second(s.Sums(ctx, everything())),
		"ids":       second(s.IDs(ctx)),
		"bounds":    second(s.Bounds(ctx)),
		"clients":   second(s.Clients(ctx)),
		"backlog":   second(s.Backlog(ctx)),
		"extent":    second(s.Extent(ctx, parse(t, "2018"))),
		"delete":    second(s.Delete(ctx, logbase.Deletion{Period: parse(t, "2018")})),
		"deletions": second(s.Deletions(ctx)),
		"recount":   second(s.Recount(ctx, parse(t, "2018"))),
	} {
		if code(t, err) != logbase.CodeUnreachable {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, err := range s.Records(ctx, parse(t, "2018")) {
		is.Equal(code(t, err), logbase.CodeUnreachable)
	}
	is.Equal(strings.Count(log.String(), "level=ERROR"), 1)
	is.True(strings.Contains(log.String(), `msg="log base cannot be opened" code=ERR-01 means="Connecting to the log base failed" advice=`))

	server.Restart()
	retry(t, func() error { return s.Append(ctx, batch(1, 10)) })
	retry(t, func() error { return second(s.Bounds(ctx)) })
	wantSums(t, s, batch(1, 10))
	is.True(strings.Contains(log.String(), `level=INFO msg="log base is there"`))
	is.NoErr(s.Close())
	is.NoErr(s.Close())
	is.True(errors.Is(s.Ping(ctx), logbase.ErrClosed))
	is.True(errors.Is(s.Append(ctx, nil), logbase.ErrClosed))
}

// TestZone: the days of a base are those of one zone.
func TestZone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	uri := mongotest.URI(t)
	open(t, uri, patient())
	var log syncBuffer
	o := quick()
	o.Location, o.Logger = time.UTC, slog.New(slog.NewTextHandler(&log, nil))
	_, err := mongostore.Open(t.Context(), uri, o)
	is.True(errors.Is(err, logbase.ErrZone))
	o.Required = false
	s, err := mongostore.Open(t.Context(), uri, o)
	is.NoErr(err)
	for range 5 {
		is.True(errors.Is(s.Ping(t.Context()), logbase.ErrZone))
		is.True(errors.Is(second(s.Bounds(t.Context())), logbase.ErrZone))
		is.True(errors.Is(s.Append(t.Context(), batch(1, 1)), logbase.ErrZone))
		time.Sleep(o.Poll)
	}
	is.NoErr(s.Close())
	is.Equal(strings.Count(log.String(), "level=ERROR"), 1)
}

// second is the error of a call that returns something else as well.
func second[T any](_ T, err error) error { return err }

// syncBuffer is a buffer that several may use.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// refuse runs a server that answers everything with ok, except for one command,
// which it refuses. It speaks just enough of the wire protocol.
func refuse(t *testing.T, command, name string, code int32) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	answer := func(request bson.Raw) bson.D {
		elements, err := request.Elements()
		if err != nil || len(elements) == 0 {
			return bson.D{{Key: "ok", Value: 0}}
		}
		switch asked := elements[0].Key(); asked {
		case command:
			return bson.D{{Key: "ok", Value: 0}, {Key: "errmsg", Value: name}, {Key: "code", Value: code}, {Key: "codeName", Value: name}}
		case "hello", "isMaster", "ismaster":
			return bson.D{
				{Key: "ok", Value: 1},
				{Key: "isWritablePrimary", Value: true},
				{Key: "ismaster", Value: true},
				{Key: "minWireVersion", Value: 0},
				{Key: "maxWireVersion", Value: 7}, // MongoDB 4.0
				{Key: "maxBsonObjectSize", Value: 16 << 20},
				{Key: "maxMessageSizeBytes", Value: 48_000_000},
				{Key: "maxWriteBatchSize", Value: 100_000},
				{Key: "saslSupportedMechs", Value: bson.A{"SCRAM-SHA-256"}},
			}
		default:
			return bson.D{{Key: "ok", Value: 1}}
		}
	}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go serve(c, answer)
		}
	}()
	return ln.Addr().String()
}

// serve answers the messages of one connection: OP_MSG, and the OP_QUERY of a
// first handshake.
func serve(c net.Conn, answer func(bson.Raw) bson.D) {
	defer func() { _ = c.Close() }()
	for {
		head := make([]byte, 16)
		if _, err := io.ReadFull(c, head); err != nil {
			return
		}
		length, id, _, opcode, _, ok := wiremessage.ReadHeader(head)
		if !ok || length < 16 || length > 48_000_000 {
			return
		}
		body := make([]byte, length-16)
		if _, err := io.ReadFull(c, body); err != nil {
			return
		}
		var at int
		switch opcode {
		case wiremessage.OpMsg:
			at = 4 + 1 // flags and the kind of the first section
		case wiremessage.OpQuery: //nolint:staticcheck // the driver still begins with it
			at = 4 + strings.IndexByte(string(body[4:]), 0) + 1 + 8 // flags, collection, skip and limit
		default:
			return
		}
		reply, err := bson.Marshal(answer(bson.Raw(body[at:])))
		if err != nil {
			return
		}
		var out []byte
		if opcode == wiremessage.OpMsg {
			_, out = wiremessage.AppendHeaderStart(nil, 1, id, wiremessage.OpMsg)
			out = append(wiremessage.AppendMsgFlags(out, 0), 0)
		} else {
			_, out = wiremessage.AppendHeaderStart(nil, 1, id, wiremessage.OpReply)
			out = append(out, make([]byte, 4+8+4)...) // flags, cursor, first
			out = append(out, 1, 0, 0, 0)             // one document
		}
		out = append(out, reply...)
		n := len(out)
		out[0], out[1], out[2], out[3] = byte(n), byte(n>>8), byte(n>>16), byte(n>>24)
		if _, err := c.Write(out); err != nil {
			return
		}
	}
}
