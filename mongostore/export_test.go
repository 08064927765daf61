package mongostore

import (
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// Names for the tests, which stand outside the package.

func NumberOf(d aggregate.Day) int32                { return int32(numberOf(d)) }
func DayOf(n int32) aggregate.Day                   { return dayNumber(n).day() }
func RecordID(v bson.RawValue) int64                { return recordID(v) }
func Secrets(uri string) []string                   { return secrets(uri) }
func Scrub(err error, secrets []string) error       { return scrub(err, secrets) }
func CodeOf(err error, c logbase.Code) logbase.Code { return codeOf(err, c) }
func IDsPerSecond() int64                           { return idsPerSecond }
func ReadTime(s string) (time.Time, bool)           { return readTime(s, event.DefaultLocation()) }
func Encode(r logbase.Record) bson.D {
	return codec{event.DefaultLocation()}.encode(r, primitive.ObjectID{7})
}

func Decode(raw bson.Raw) (logbase.Record, error) {
	k, err := codec{event.DefaultLocation()}.decode(raw)
	return k.Record, err
}
func DecodeSums(raw bson.Raw) error { _, err := decode[daySums](raw); return err }

// Abandon ends a Store as SIGKILL would: it gives no sign any more and
// publishes nothing, and what it told in the base stays.
func (s *Store) Abandon() {
	s.closed.Store(true)
	s.stop()
	s.loops.Wait()
	_ = s.client.Disconnect(s.closing)
}
