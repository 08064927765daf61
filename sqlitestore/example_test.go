package sqlitestore_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/sqlitestore"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "tarastat")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	ctx := context.Background()
	store, err := sqlitestore.Open(ctx, filepath.Join(dir, "events.db"), sqlitestore.Options{})
	if err != nil {
		panic(err)
	}

	e := event.Event{
		Time:      time.Date(2018, 4, 28, 10, 51, 12, 0, event.DefaultLocation()),
		TimeText:  "2018-04-28T10:51:12",
		ClientID:  "openIdDemo",
		Method:    event.MethodMobileID,
		Operation: event.OpSuccess,
	}
	if err := store.Append(ctx, []logbase.Record{{ID: 1, Event: e}, {ID: 2, Event: e}}); err != nil {
		panic(err)
	}

	april, err := aggregate.ParsePeriod("2018-04", nil)
	if err != nil {
		panic(err)
	}
	rows, err := store.Sums(ctx, aggregate.Query{Period: april, By: aggregate.ByClient | aggregate.ByMethod})
	if err != nil {
		panic(err)
	}
	for _, r := range rows {
		fmt.Println(r.Key.ClientID, r.Key.Method, r.Count)
	}
	if err := store.Close(); err != nil {
		panic(err)
	}
	// Output: openIdDemo mID 2
}
