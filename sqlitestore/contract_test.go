package sqlitestore_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/logbase/logbasetest"
	"github.com/e-gov/tarastat/sqlitestore"
)

func TestContract(t *testing.T) {
	logbasetest.Run(t, func(t *testing.T, dir string) logbase.Store {
		t.Helper()
		// Small batches and a pause give interruptions something to interrupt.
		s, err := sqlitestore.Open(context.Background(), filepath.Join(dir, "events.db"), sqlitestore.Options{
			DeleteBatch: 30, DeletePause: 100 * time.Microsecond,
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}, logbasetest.Options{})
}
