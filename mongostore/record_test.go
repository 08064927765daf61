package mongostore_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/mongostore"
)

func marshal(t testing.TB, d any) bson.Raw {
	t.Helper()
	raw, err := bson.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestEncode pins the form of a record in the base: the specification's fields
// under its names, ours beside them.
func TestEncode(t *testing.T) {
	is := is.New(t)
	e, err := event.Parse([]byte(`{"time":"2018-04-28T00:30:12.123456789+03:00","clientId":"demo","method":"banklink",` +
		`"bank":"SEB","country":"EE","operation":"ERROR","error":"INTERNAL_ERROR"}`))
	is.NoErr(err)
	got, err := bson.MarshalExtJSON(mongostore.Encode(logbase.Record{ID: 42, Event: e}), false, false)
	is.NoErr(err)
	is.Equal(string(got), `{"_id":42,"time":"2018-04-28T00:30:12.123456789+03:00","clientID":"demo","method":"banklink",`+
		`"bank":"SEB","operation":"ERROR","error":"INTERNAL_ERROR","country":"EE","day":20180428,"hour":0,`+
		`"instant":{"$date":"2018-04-27T21:30:12.123Z"},"nanos":456789,"writer":{"$oid":"070000000000000000000000"}}`)
}

func TestDecode(t *testing.T) {
	tallinn := event.DefaultLocation()
	at := func(text string) time.Time {
		at, err := event.ParseTime(text, tallinn)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	tests := map[string]struct {
		doc  bson.D
		want event.Event
	}{
		"old service": {
			bson.D{{Key: "time", Value: "2018-04-28T21:30:00.123Z"}, {Key: "clientId", Value: "demo"}, {Key: "method", Value: "mID"}, {Key: "operation", Value: "START_AUTH"}},
			event.Event{Time: at("2018-04-28T21:30:00.123Z"), TimeText: "2018-04-28T21:30:00.123Z", ClientID: "demo", Method: "mID", Operation: event.OpStart},
		},
		"both spellings": {
			bson.D{{Key: "time", Value: "2018-04-28"}, {Key: "clientID", Value: "new"}, {Key: "clientId", Value: "old"}},
			event.Event{Time: at("2018-04-28"), TimeText: "2018-04-28", ClientID: "new"},
		},
		"other types": {
			bson.D{{Key: "time", Value: primitive.NewDateTimeFromTime(at("2018-04-28T10:51:12.5Z"))}, {Key: "clientId", Value: 17}, {Key: "method", Value: bson.A{"mID"}}},
			event.Event{Time: at("2018-04-28T10:51:12.5Z"), TimeText: "2018-04-28T10:51:12.5Z", ClientID: "17"},
		},
		"error where none belongs": {
			bson.D{{Key: "time", Value: "2018-04-28"}, {Key: "operation", Value: "START_AUTH"}, {Key: "error", Value: "x"}},
			event.Event{Time: at("2018-04-28"), TimeText: "2018-04-28", Operation: event.OpStart},
		},
		"personal data": {
			bson.D{{Key: "time", Value: "2018-04-28"}, {Key: "operation", Value: "ERROR"}, {Key: "error", Value: "X: 38001085718"}},
			event.Event{Time: at("2018-04-28"), TimeText: "2018-04-28", Operation: event.OpFailure, Error: "X: ***"},
		},
		"no time":  {bson.D{{Key: "clientId", Value: "demo"}}, event.Event{ClientID: "demo"}},
		"bad time": {bson.D{{Key: "time", Value: "eile"}}, event.Event{TimeText: "eile"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := mongostore.Decode(marshal(t, tt.doc))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Event); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadTime(t *testing.T) {
	tests := map[string]string{ // text to the time in UTC, "" when it cannot be read
		"2018-04-28":                "2018-04-27T21:00:00Z",
		"2018-04-28T10:51":          "2018-04-28T07:51:00Z",
		"2018-04-28T07:51:12.345Z":  "2018-04-28T07:51:12.345Z",
		" 2018-04-28 10:51:12,345 ": "2018-04-28T07:51:12.345Z",
		"2018-04-28t07:51:12z":      "2018-04-28T07:51:12Z",
		"2018-04-28T25:00":          "2018-04-27T21:00:00Z",
		"2018-04-28 umbes lõuna":    "2018-04-27T21:00:00Z",
		"2018-02-30":                "",
		"28.04.2018":                "",
		"":                          "",
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			got := ""
			if at, ok := mongostore.ReadTime(text); ok {
				got = at.UTC().Format(time.RFC3339Nano)
			}
			is.New(t).Equal(got, want)
		})
	}
}

func TestDayNumber(t *testing.T) {
	is := is.New(t)
	last := mongostore.NumberOf(aggregate.Date(-2, 12, 31))
	for d := aggregate.Date(-1, 1, 1); d < aggregate.Date(10001, 1, 1); d++ {
		n := mongostore.NumberOf(d)
		if n <= last || mongostore.DayOf(n) != d {
			t.Fatalf("%s: number %d after %d, which is %s", d, n, last, mongostore.DayOf(n))
		}
		last = n
	}
	is.Equal(mongostore.NumberOf(aggregate.Date(2018, 4, 28)), int32(20180428))
}

func TestRecordID(t *testing.T) {
	is := is.New(t)
	id := func(v any) int64 {
		return mongostore.RecordID(marshal(t, bson.D{{Key: "_id", Value: v}}).Lookup("_id"))
	}
	is.Equal(id(int64(1)<<62), int64(1)<<62)
	is.Equal(id(int32(5)), int64(5))
	is.Equal(id(5.0), int64(5))
	for _, odd := range []any{int64(0), int64(-5), "text", bson.D{{Key: "a", Value: 1}}, nil} {
		got := id(odd)
		is.True(got > 0 && got <= 1<<40) // positive, and below what ingest gives
		is.Equal(got, id(odd))
	}
	// Records of one second differ, and stand before those of the next.
	now := time.Date(2018, 4, 28, 10, 51, 12, 0, time.UTC)
	seen := make(map[int64]bool)
	for range 100_000 {
		seen[id(primitive.NewObjectIDFromTimestamp(now))] = true
	}
	is.Equal(len(seen), 100_000)
	for got := range seen {
		is.Equal(got/mongostore.IDsPerSecond(), now.Unix())
	}
}

func FuzzDecode(f *testing.F) {
	for _, d := range []bson.D{
		{},
		{{Key: "_id", Value: primitive.NilObjectID}, {Key: "time", Value: "2018-04-28T10:51"}, {Key: "clientId", Value: "demo"}},
		{{Key: "_id", Value: int64(1)}, {Key: "time", Value: 5}, {Key: "error", Value: bson.A{1}}, {Key: "operation", Value: "ERROR"}},
		{{Key: "day", Value: int32(20180428)}, {Key: "writer", Value: primitive.NilObjectID}, {Key: "sums", Value: bson.A{bson.D{{Key: "n", Value: int64(1)}}}}},
		mongostore.Encode(logbase.Record{ID: 1}),
	} {
		raw, err := bson.Marshal(d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		_ = mongostore.DecodeSums(raw)
		r, err := mongostore.Decode(raw)
		if err != nil {
			return
		}
		if r.ID < 0 {
			t.Errorf("record ID %d", r.ID)
		}
		again, err := mongostore.Decode(marshal(t, mongostore.Encode(r)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, again); r.ID > 0 && diff != "" {
			t.Errorf("(-first +again):\n%s", diff)
		}
	})
}
