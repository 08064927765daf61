package mongostore_test

import (
	"context"
	"fmt"
	"os"

	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/testenv/mongotest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/mongostore"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "mongostore")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	server := mongotest.StartIn(dir) // yours is at mongodb://rakendus:PASSWORD@localhost/logibaas?authSource=users
	defer server.Stop()

	ctx := context.Background()
	store, err := mongostore.Open(ctx, server.URI, mongostore.Options{})
	if err != nil {
		panic(err)
	}
	defer func() { _ = store.Close() }()

	e, err := event.Parse([]byte(`{"time":"2018-04-28T10:51:12","clientId":"openIdDemo","method":"mID","operation":"START_AUTH"}`))
	if err != nil {
		panic(err)
	}
	if err := store.Append(ctx, []logbase.Record{{ID: 1, Event: e}}); err != nil {
		panic(err)
	}
	rows, err := store.Sums(ctx, aggregate.Query{By: aggregate.ByClient})
	if err != nil {
		panic(err)
	}
	for _, r := range rows {
		fmt.Println(r.Key.ClientID, r.Count)
	}
	// Output: openIdDemo 1
}

func ExampleRedact() {
	fmt.Println(mongostore.Redact("mongodb://rakendus:changeit@localhost/logibaas?authSource=users"))
	// Output: mongodb://rakendus:***@localhost/logibaas?authSource=users
}

// A program that has a client of its own keeps the log base in a database of
// its own, under names of its own.
func ExampleNew() {
	dir, err := os.MkdirTemp("", "mongostore")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	server := mongotest.StartIn(dir)
	defer server.Stop()

	ctx := context.Background()
	client, err := mongo.Connect(ctx, options.Client().ApplyURI(server.URI)) // with the host's pool, monitor and keys
	if err != nil {
		panic(err)
	}
	defer func() { _ = client.Disconnect(ctx) }()

	store, err := mongostore.New(ctx, client.Database("portal"), mongostore.Options{Collection: "authentications", Prefix: "auth_"})
	if err != nil {
		panic(err)
	}
	defer func() { _ = store.Close() }() // the client works on

	fmt.Println(store.Bounds(ctx))
	// Output: {0 1970-01-01 1970-01-01} <nil>
}
