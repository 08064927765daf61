package sqlitestore_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/e-gov/tarastat/sqlitestore"
	"github.com/e-gov/tarastat/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, dir string) storetest.Store {
		t.Helper()
		// Small batches and a pause give interruptions something to interrupt.
		s, err := sqlitestore.Open(context.Background(), filepath.Join(dir, "events.db"), sqlitestore.Options{
			DeleteBatch: 30, DeletePause: 100 * time.Microsecond,
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}, storetest.Options{})
}
