package mongostore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/mongo/readpref"
	"go.mongodb.org/mongo-driver/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/x/mongo/driver/connstring"

	"github.com/e-gov/tarastat/logbase"
)

// Names in the base, where nobody says otherwise. The database and the collection
// of records are the specification's.
const (
	DefaultDatabase   = "logibaas"
	DefaultCollection = "autentimised"
	DefaultPrefix     = "tarastat_"
)

// start reaches the base and does what must be done before the first answer.
// After an error it may be called again.
func (s *Store) start(ctx context.Context) error {
	code, err := logbase.CodeUnreachable, s.connect(ctx)
	if err == nil {
		code, err = logbase.CodeReadFailed, s.prepare(ctx)
	}
	if err != nil {
		return s.fail(ctx, code, "open "+s.where, err)
	}
	s.ready.Store(true)
	s.loops.Go(s.makeIndexes)
	return nil
}

func (s *Store) prepare(ctx context.Context) error {
	if err := s.settleZone(ctx); err != nil {
		return err
	}
	if err := s.look(ctx, s.opts.ScanTimeout); err != nil {
		return err
	}
	if err := s.recountOpen(ctx, 0); err != nil {
		return err
	}
	_, err := s.adopt(ctx)
	return err
}

// connect makes the client, the first time and unless it is the host's, and sees
// that the server answers.
func (s *Store) connect(ctx context.Context) error {
	if s.client == nil {
		if err := s.makeClient(ctx); err != nil {
			return err
		}
	}
	ctx, cancel := s.short(ctx)
	defer cancel()
	return s.client.Ping(ctx, readpref.Primary())
}

func (s *Store) makeClient(ctx context.Context) error {
	cs, err := connstring.ParseAndValidate(s.uri)
	if err != nil {
		// The text of the cause may quote any part of the URI.
		if errors.As(err, new(*net.DNSError)) {
			return fmt.Errorf("look up the servers: %w", scrub(err, s.secrets))
		}
		return ErrURI
	}
	o := options.Client().ApplyURI(s.uri).SetAppName("tarastat")
	if !cs.ServerSelectionTimeoutSet {
		o.SetServerSelectionTimeout(s.opts.Timeout)
	}
	if !cs.ConnectTimeoutSet {
		o.SetConnectTimeout(s.opts.Timeout)
	}
	client, err := mongo.Connect(ctx, o)
	if err != nil {
		return err
	}
	s.use(client.Database(cmp.Or(cs.Database, DefaultDatabase)))
	s.owns = true
	return nil
}

// use takes the collections of db, and of its settings what may be the host's.
func (s *Store) use(db *mongo.Database) {
	write := db.WriteConcern()
	if write == nil {
		journal := true
		write = &writeconcern.WriteConcern{W: "majority", Journal: &journal}
	}
	named := func(name string, from *readpref.ReadPref) *mongo.Collection {
		return db.Collection(name, options.Collection().SetWriteConcern(write).SetReadPreference(from).SetRegistry(bson.NewRegistry()))
	}
	// What sums are made of is read where it is written: a secondary may be
	// behind.
	primary := readpref.Primary()
	s.client = db.Client()
	s.records = named(s.opts.Collection, primary)
	s.reading = named(s.opts.Collection, db.ReadPreference())
	s.sums = named(s.opts.Prefix+"sums", primary)
	s.lanes = named(s.opts.Prefix+"lanes", primary)
	s.deletions = named(s.opts.Prefix+"deletions", primary)
	s.settings = named(s.opts.Prefix+"settings", primary)
}

func (s *Store) disconnect() error {
	if !s.owns {
		return nil
	}
	ctx, cancel := s.short(context.Background())
	defer cancel()
	return s.client.Disconnect(ctx)
}

// makeIndexes asks for the indexes, in the background since a large base takes
// its time. Without them everything works, only slower.
func (s *Store) makeIndexes() {
	for _, index := range []struct {
		of   *mongo.Collection
		keys bson.D
	}{
		// The records of a day in the order of their _id, counted without
		// reading them, and those that have no day yet.
		{s.records, bson.D{{Key: fieldDay, Value: 1}, {Key: fieldID, Value: 1}}},
		{s.sums, bson.D{{Key: fieldDay, Value: 1}}},
		{s.sums, bson.D{{Key: fieldAt, Value: 1}}},
	} {
		model := mongo.IndexModel{
			Keys:    index.keys,
			Options: options.Index().SetBackground(true), //nolint:staticcheck // 4.0 of the specification blocks without it
		}
		if _, err := index.of.Indexes().CreateOne(s.closing, model); err != nil && s.closing.Err() == nil {
			s.opts.Logger.Warn("log base: cannot make an index", "collection", index.of.Name(), "err", scrub(err, s.secrets))
		}
	}
}

// settleZone makes sure that all instances count the days of one zone.
func (s *Store) settleZone(ctx context.Context) error {
	ctx, cancel := s.short(ctx)
	defer cancel()
	zone := bson.D{{Key: fieldID, Value: "zone"}, {Key: "zone", Value: s.opts.Location.String()}}
	if _, err := s.settings.InsertOne(ctx, zone); err != nil && !mongo.IsDuplicateKeyError(err) {
		return err
	}
	var doc struct {
		Zone string `bson:"zone"`
	}
	err := s.settings.FindOne(ctx, zone[:1]).Decode(&doc)
	if err == nil && doc.Zone != s.opts.Location.String() {
		err = fmt.Errorf("%w: %s, not %s", logbase.ErrZone, doc.Zone, s.opts.Location)
	}
	return err
}

// Ping makes sure that the log base can be written and read: it writes one
// fixed document durably and reads it back. No record is added. It takes at
// most [Options.Timeout].
//
// Errors carry ERR-01 when the server does not answer, ERR-05 for the write,
// ERR-02 for the read, and ERR-04 when the account may not.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.writable(ctx); err != nil {
		return s.fail(ctx, logbase.CodeUnreachable, "ping", err)
	}
	bounded, cancel := s.short(ctx)
	defer cancel()
	filter := bson.D{{Key: fieldID, Value: "ping"}}
	written := bson.D{{Key: fieldID, Value: "ping"}, {Key: fieldAt, Value: time.Now()}}
	if _, err := s.settings.ReplaceOne(bounded, filter, written, options.Replace().SetUpsert(true)); err != nil && !mongo.IsDuplicateKeyError(err) {
		// A duplicate key: two pings made the document at once.
		return s.fail(ctx, logbase.CodeWriteFailed, "ping", err)
	}
	return s.fail(ctx, logbase.CodeReadFailed, "ping", s.settings.FindOne(bounded, filter).Err())
}
