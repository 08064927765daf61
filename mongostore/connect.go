package mongostore

import (
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

// Names in the base. The first two are the specification's.
const (
	DefaultDatabase   = "logibaas"
	RecordsCollection = "autentimised"

	ledgersCollection   = "tarastat_sums"
	instancesCollection = "tarastat_instances"
	auditCollection     = "tarastat_deletions"
	settingsCollection  = "tarastat_settings"
)

// connect makes the client and sees that the server answers.
func (s *Store) connect(ctx context.Context, uri string) error {
	cs, err := connstring.ParseAndValidate(uri)
	if err != nil {
		// The text of the cause may quote any part of the URI.
		if _, ok := errors.AsType[*net.DNSError](err); ok {
			return fmt.Errorf("look up the servers: %w", scrub(err, s.secrets))
		}
		return ErrURI
	}
	o := options.Client().ApplyURI(uri).SetAppName("tarastat")
	if !cs.ServerSelectionTimeoutSet {
		o.SetServerSelectionTimeout(s.opts.Timeout)
	}
	if !cs.ConnectTimeoutSet {
		o.SetConnectTimeout(s.opts.Timeout)
	}
	if !cs.WNumberSet && cs.WString == "" && !cs.JSet {
		journal := true
		o.SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal})
	}
	if s.client, err = mongo.Connect(ctx, o); err != nil {
		return err
	}
	name := cs.Database
	if name == "" {
		name = DefaultDatabase
	}
	// What sums are made of is read where it is written: a secondary may be
	// behind.
	db := s.client.Database(name, options.Database().SetReadPreference(readpref.Primary()))
	s.records = db.Collection(RecordsCollection)
	s.ledgers = db.Collection(ledgersCollection)
	s.instances = db.Collection(instancesCollection)
	s.audit = db.Collection(auditCollection)
	s.settings = db.Collection(settingsCollection)
	s.reading = s.client.Database(name).Collection(RecordsCollection)

	ctx, cancel := s.short(ctx)
	defer cancel()
	if err := s.client.Ping(ctx, readpref.Primary()); err != nil {
		_ = s.client.Disconnect(context.WithoutCancel(ctx))
		return err
	}
	return nil
}

// makeIndexes asks for the indexes, in the background since a large base takes
// its time. Without them everything works, only slower.
func (s *Store) makeIndexes() {
	for _, index := range []struct {
		of   *mongo.Collection
		keys bson.D
	}{
		{s.records, dayIndex()},
		{s.ledgers, bson.D{{Key: fieldDay, Value: 1}}},
		{s.ledgers, bson.D{{Key: fieldBy, Value: 1}, {Key: fieldRevision, Value: 1}}},
		{s.ledgers, bson.D{{Key: fieldWriter, Value: 1}}},
	} {
		model := mongo.IndexModel{
			Keys:    index.keys,
			Options: options.Index().SetBackground(true), //nolint:staticcheck // 4.0 of the specification blocks without it
		}
		if _, err := index.of.Indexes().CreateOne(s.closing, model); err != nil && s.closing.Err() == nil {
			s.log().Warn("log base: cannot make an index", "collection", index.of.Name(), "err", scrub(err, s.secrets))
		}
	}
}

// dayIndex finds the records of a day in the order of their _id, counts them
// without reading them, and finds the records that have no day yet.
func dayIndex() bson.D { return bson.D{{Key: fieldDay, Value: 1}, {Key: fieldID, Value: 1}} }

// settleZone makes sure that all instances count the days of one zone.
func (s *Store) settleZone(ctx context.Context) error {
	ctx, cancel := s.short(ctx)
	defer cancel()
	var doc struct {
		Zone string `bson:"zone"`
	}
	filter := bson.D{{Key: fieldID, Value: "zone"}}
	err := s.settings.FindOne(ctx, filter).Decode(&doc)
	if errors.Is(err, mongo.ErrNoDocuments) {
		doc.Zone = s.opts.Location.String()
		_, err = s.settings.InsertOne(ctx, append(filter, bson.E{Key: "zone", Value: doc.Zone}))
		if mongo.IsDuplicateKeyError(err) { // another instance came first
			err = s.settings.FindOne(ctx, filter).Decode(&doc)
		}
	}
	if err == nil && doc.Zone != s.opts.Location.String() {
		err = fmt.Errorf("%w: %s, not %s", ErrZone, doc.Zone, s.opts.Location)
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
	if s.closed.Load() {
		return s.fail(ctx, logbase.Unreachable, "ping", logbase.ErrClosed)
	}
	bounded, cancel := s.short(ctx)
	defer cancel()
	filter := bson.D{{Key: fieldID, Value: "ping"}}
	written := bson.D{{Key: fieldID, Value: "ping"}, {Key: "at", Value: time.Now()}}
	if _, err := s.settings.ReplaceOne(bounded, filter, written, options.Replace().SetUpsert(true)); err != nil && !mongo.IsDuplicateKeyError(err) {
		// A duplicate key: two pings made the document at once.
		return s.fail(ctx, logbase.WriteFailed, "ping", err)
	}
	return s.fail(ctx, logbase.ReadFailed, "ping", s.settings.FindOne(bounded, filter).Err())
}
