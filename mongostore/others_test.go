package mongostore_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/testenv/mongotest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/mongostore"
)

// shell is the collection of records, as somebody at the shell has it.
func shell(t *testing.T, uri string) *mongo.Collection {
	t.Helper()
	client, err := mongo.Connect(t.Context(), options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	database := strings.Trim(u.Path, "/")
	if database == "" {
		database = mongostore.DefaultDatabase
	}
	t.Cleanup(func() { _ = client.Disconnect(context.WithoutCancel(t.Context())) })
	return client.Database(database).Collection(mongostore.DefaultCollection)
}

// oldForm is an event as the old service wrote it, and as it must be counted.
// Records in plenty lack what they should have.
func oldForm(rng *rand.Rand) (bson.D, event.Event) {
	at := time.Date(2017, 12, 30, 0, 0, 0, 0, time.UTC).Add(time.Duration(rng.Int64N(int64(96 * time.Hour))))
	local := at.In(event.DefaultLocation())
	text := []string{
		at.Format("2006-01-02T15:04:05.000Z"), // toISOString()
		local.Format("2006-01-02T15:04"),
		local.Format(time.DateOnly),
	}[rng.IntN(3)]
	e := event.Event{
		TimeText: text, ClientID: fmt.Sprintf("vana%d", rng.IntN(5)),
		Method:    []string{event.MethodBankLink, event.MethodMobileID, event.MethodIDCard}[rng.IntN(3)],
		Operation: []event.Operation{event.OpStart, event.OpSuccess, event.OpFailure}[rng.IntN(3)],
	}
	var err error
	if e.Time, err = event.ParseTime(text, nil); err != nil {
		panic(err)
	}
	d := bson.D{{Key: "time", Value: text}, {Key: "clientId", Value: e.ClientID}, {Key: "method", Value: e.Method}, {Key: "operation", Value: string(e.Operation)}}
	if e.Method == event.MethodBankLink && rng.IntN(2) == 0 {
		e.Bank = "SEB"
		d = append(d, bson.E{Key: "bank", Value: e.Bank})
	}
	if e.Operation == event.OpFailure && rng.IntN(2) == 0 {
		e.Error = "INTERNAL_ERROR: midagi"
		d = append(d, bson.E{Key: "error", Value: e.Error})
	}
	return d, e
}

// objectIDAfter is an ObjectId made in the second after a record ID was given.
func objectIDAfter(id int64) primitive.ObjectID {
	return primitive.NewObjectIDFromTimestamp(time.Unix(id/mongostore.IDsPerSecond()+1, 0))
}

func parse(t *testing.T, text string) aggregate.Period {
	t.Helper()
	p, err := aggregate.ParsePeriod(text, event.DefaultLocation())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestOldRecords: a base with years of the old service's records is counted,
// searched and deleted beside new ones.
func TestOldRecords(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	uri := mongotest.URI(t)
	hand := shell(t, uri)
	rng := rand.New(rand.NewPCG(1, 2))
	var events []event.Event
	var docs []any
	for range 600 {
		d, e := oldForm(rng)
		docs, events = append(docs, d), append(events, e)
	}
	docs = append(docs, bson.D{{Key: "clientId", Value: "ajatu"}}, bson.D{{Key: "time", Value: "eile"}}, bson.D{{Key: "time", Value: 5}})
	_, err := hand.InsertMany(t.Context(), docs)
	is.NoErr(err)

	s := open(t, uri, patient())
	fresh := batch(1, 100)
	is.NoErr(s.Append(t.Context(), fresh))
	for _, r := range fresh {
		events = append(events, r.Event)
	}
	same := func() {
		t.Helper()
		for _, q := range []aggregate.Query{
			everything(),
			{By: aggregate.ByStat},
			{Period: parse(t, "2018-01-01"), By: aggregate.ByClient},
			{Period: parse(t, "2018-01-01T01"), By: aggregate.ByMethod, Step: aggregate.Hour},
			{Period: parse(t, "2018-01-01T0[0-3]:"), By: aggregate.ByStat},
		} {
			got, err := s.Sums(t.Context(), q)
			is.NoErr(err)
			if diff := cmp.Diff(aggregate.Count(slices.Values(events), q), got); diff != "" {
				t.Fatalf("%q (-want +got):\n%s", q.Period, diff)
			}
		}
		var kept []event.Event
		ids := make(map[int64]bool)
		for r, err := range s.Records(t.Context(), aggregate.Period{}) {
			is.NoErr(err)
			kept = append(kept, r.Event)
			ids[r.ID] = true
		}
		is.Equal(len(ids), len(events)) // each has an ID of its own
		order := func(a, b event.Event) int {
			if c := a.Time.Compare(b.Time); c != 0 {
				return c
			}
			if a.TimeText != b.TimeText {
				return len(a.TimeText) - len(b.TimeText)
			}
			return aggregate.KeyOf(a).Compare(aggregate.KeyOf(b))
		}
		want := slices.SortedFunc(slices.Values(events), order)
		slices.SortFunc(kept, order)
		if diff := cmp.Diff(want, kept); diff != "" {
			t.Fatalf("records (-want +got):\n%s", diff)
		}
	}
	same()
	b, err := s.Backlog(t.Context())
	is.NoErr(err)
	is.Equal(b, logbase.Backlog{Unreadable: 3})

	for i, text := range []string{"2018-01-01T01", "2017-12-31", "2018-01-01/2018-04-02"} {
		p := parse(t, text)
		x, err := s.Extent(t.Context(), p)
		is.NoErr(err)
		// What is inserted after the confirmation stays: made by hand, and ours.
		later := event.Event{Time: p.From(), TimeText: p.From().Format("2006-01-02T15:04:05"), ClientID: fmt.Sprintf("hilisem%d", i), Method: "mID", Operation: event.OpStart}
		_, err = hand.InsertOne(t.Context(), bson.D{{Key: "_id", Value: objectIDAfter(x.UpTo)}, {Key: "time", Value: later.TimeText}, {Key: "clientID", Value: later.ClientID}, {Key: "method", Value: later.Method}, {Key: "operation", Value: later.Operation}})
		is.NoErr(err)
		is.NoErr(s.Append(t.Context(), []logbase.Record{{ID: x.UpTo + 1, Event: later}}))
		n, err := s.Delete(t.Context(), logbase.Deletion{Period: p, UpTo: x.UpTo, By: "test"})
		is.NoErr(err)
		is.Equal(n, x.Records)
		before := len(events)
		events = slices.DeleteFunc(events, func(e event.Event) bool { return p.Contains(e.Time) && e.ClientID != later.ClientID })
		is.Equal(n, int64(before-len(events)))
		events = append(events, later, later)
		same()
	}
}

// TestByHand: what somebody inserts and removes at the shell is noticed and
// counted.
func TestByHand(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	uri := mongotest.URI(t)
	o := patient()
	o.Check = o.Poll
	s := open(t, uri, o)
	hand := shell(t, uri)
	is.NoErr(s.Append(t.Context(), batch(1, 200)))
	_, err := hand.InsertOne(t.Context(), bson.D{{Key: "time", Value: "2018-06-01T10:51"}, {Key: "clientID", Value: "käsitsi"}, {Key: "method", Value: "mID"}, {Key: "operation", Value: "START_AUTH"}})
	is.NoErr(err)
	wantCounted(t, s, 201)
	r, err := hand.DeleteMany(t.Context(), bson.D{{Key: "day", Value: 20180402}, {Key: "hour", Value: bson.D{{Key: "$lt", Value: 12}}}})
	is.NoErr(err)
	is.True(r.DeletedCount > 0)
	wantCounted(t, s, 201-r.DeletedCount)
	_, err = hand.Database().Collection("tarastat_sums").DeleteMany(t.Context(), bson.D{})
	is.NoErr(err) // in memory all is well
	wantCounted(t, s, 201-r.DeletedCount)
	is.NoErr(s.Close())
	s = open(t, uri, o) // and now it is not
	wantCounted(t, s, 201-r.DeletedCount)
	_, err = hand.DeleteMany(t.Context(), bson.D{})
	is.NoErr(err)
	wantCounted(t, s, 0)
}

// TestRecount: with the check switched off, what was done by hand stays unnoticed
// until a recount mends it.
func TestRecount(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	uri := mongotest.URI(t)
	s := open(t, uri, patient())
	hand := shell(t, uri)
	is.NoErr(s.Append(t.Context(), batch(1, 200)))
	_, err := hand.DeleteMany(t.Context(), bson.D{{Key: "_id", Value: bson.D{{Key: "$lte", Value: 8}}}})
	is.NoErr(err)
	for _, tt := range []struct {
		period string
		wrong  bool
		left   int64
	}{{"2018-04-01/2018-04-03", true, 194}, {"2018-04-01/2018-04-03", false, 194}, {"", true, 192}, {"", false, 192}} {
		changed, err := s.Recount(t.Context(), parse(t, tt.period))
		is.NoErr(err)
		is.Equal(changed > 0, tt.wrong)
		b, err := s.Bounds(t.Context())
		is.NoErr(err)
		is.Equal(b.Records, tt.left)
	}
	_, err = s.Recount(t.Context(), parse(t, "2018-04-0[1-3]"))
	is.True(errors.Is(err, logbase.ErrPeriod))
}

// TestPing: pings leave one fixed document, and no record.
func TestPing(t *testing.T) {
	is := is.New(t)
	uri := mongotest.URI(t)
	s := open(t, uri, patient())
	for range 50 {
		is.NoErr(s.Ping(t.Context()))
	}
	hand := shell(t, uri)
	for name, want := range map[string]int64{"autentimised": 0, "tarastat_settings": 2} {
		n, err := hand.Database().Collection(name).CountDocuments(t.Context(), bson.D{})
		is.NoErr(err)
		is.Equal(n, want)
	}
}
