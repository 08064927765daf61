package mongostore_test

import (
	"context"
	"fmt"
	"os"

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
