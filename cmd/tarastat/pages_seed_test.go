package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/traffic"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/sqlitestore"
)

const seedBatch = 8000 // records that are stored at once

// seedYear fills the embedded log base of a data directory with the days from one
// instant up to another, and returns what the oracle counts by day, client,
// method and operation.
func seedYear(t *testing.T, dir string, from, to time.Time, clients, logins int) []aggregate.Row {
	t.Helper()
	is := is.New(t)
	store, err := sqlitestore.Open(t.Context(), filepath.Join(dir, "tarastat.db"), sqlitestore.Options{})
	is.NoErr(err)
	oracle := aggregate.NewCounter(aggregate.Query{
		By: aggregate.ByClient | aggregate.ByMethod | aggregate.ByOperation, Step: aggregate.EachDay,
	})
	model := traffic.New(2018, to, event.DefaultLocation())
	model.AddClients(clients)
	var batch []logbase.Record
	var id int64
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		for _, e := range model.Day(day, logins) {
			if e.Time.After(to) {
				break
			}
			oracle.Add(e)
			id++
			batch = append(batch, logbase.Record{ID: id, Event: e})
			if len(batch) == seedBatch {
				is.NoErr(store.Append(t.Context(), batch))
				batch = batch[:0]
			}
		}
	}
	is.NoErr(store.Append(t.Context(), batch))
	is.NoErr(store.Close())
	return oracle.Rows()
}
