package ownstore_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/examples/ownstore"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/logbase/logbasetest"
)

func open(t *testing.T, path string) *ownstore.Store {
	t.Helper()
	s, err := ownstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	logbasetest.Run(t, func(t *testing.T, dir string) logbase.Store {
		t.Helper()
		return open(t, filepath.Join(dir, "events.jsonl"))
	}, logbasetest.Options{Events: 400})
}

// TestKilled: a process that is killed leaves the beginning of a line.
func TestKilled(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "events.jsonl")
	e, err := event.New(event.Event{TimeText: "2018-04-28", ClientID: "a", Method: event.MethodIDCard, Operation: event.OpStart})
	is.NoErr(err)
	for id := range int64(3) {
		s := open(t, path)
		is.NoErr(s.Append(t.Context(), []logbase.Record{{ID: id + 1, Event: e}}))
		is.NoErr(s.Close())
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		is.NoErr(err)
		_, err = file.WriteString(`{"append":[{"id":7,"time":"2018-`)
		is.NoErr(err)
		is.NoErr(file.Close())
	}
	s := open(t, path)
	bounds, err := s.Bounds(t.Context())
	is.NoErr(err)
	is.Equal(bounds.Records, int64(3))
	is.NoErr(s.Close())
}
