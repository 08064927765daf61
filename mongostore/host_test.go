package mongostore_test

import (
	"context"
	"testing"

	"github.com/matryer/is"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/testenv/mongotest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/mongostore"
)

// TestNew: two bases lie in one database of a host's own, know nothing of each
// other, and leave the host its client.
func TestNew(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	client, err := mongo.Connect(ctx, options.Client().ApplyURI(mongotest.URI(t)))
	is.NoErr(err)
	t.Cleanup(func() { _ = client.Disconnect(context.WithoutCancel(ctx)) })
	db := client.Database("tarastat_test_of_new")
	t.Cleanup(func() { _ = db.Drop(context.WithoutCancel(ctx)) })

	for _, name := range []string{"a", "b"} {
		o := patient()
		o.Collection, o.Prefix = "events_"+name, name+"_"
		for round := range int64(2) { // it is opened again
			store, err := mongostore.New(ctx, db, o)
			is.NoErr(err)
			e, err := event.New(event.Event{TimeText: "2018-04-28", ClientID: name, Method: event.MethodIDCard, Operation: event.OpStart})
			is.NoErr(err)
			is.NoErr(store.Append(ctx, []logbase.Record{{ID: round + 1, Event: e}}))
			rows, err := store.Sums(ctx, aggregate.Query{By: aggregate.ByClient})
			is.NoErr(err)
			is.Equal(rows, []aggregate.Row{{Key: aggregate.Key{ClientID: name}, Count: round + 1}})
			is.NoErr(store.Ping(ctx))
			is.NoErr(store.Close())
		}
	}
	n, err := db.Collection("events_a").CountDocuments(ctx, map[string]any{}) // the client works on
	is.NoErr(err)
	is.Equal(n, int64(2))
	names, err := db.ListCollectionNames(ctx, map[string]any{})
	is.NoErr(err)
	for _, name := range names {
		is.True(name != mongostore.DefaultCollection && name[:2] != "ta") // nothing under the default names
	}

	defer func() { is.True(recover() != nil) }()
	_, _ = mongostore.New(ctx, nil, mongostore.Options{})
}
