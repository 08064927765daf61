package logbase_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/logbase/logbasetest"
)

func TestMemory(t *testing.T) {
	var bases sync.Map // by name: a base is opened again under its name
	logbasetest.Run(t, func(t *testing.T, name string) logbase.Store {
		t.Helper()
		m, _ := bases.LoadOrStore(name, new(logbase.Memory))
		return m.(*logbase.Memory).Reopen()
	}, logbasetest.Options{Events: 400})
}

func ExampleMemory() {
	var base logbase.Memory
	base.Add(
		event.Event{TimeText: "2018-04-28", ClientID: "openIdDemo", Method: "idcard", Operation: event.OpStart},
		event.Event{TimeText: "2018-04-28", ClientID: "openIdDemo", Method: "mID", Operation: event.OpStart},
	)
	rows, err := base.Sums(context.Background(), aggregate.Query{By: aggregate.ByClient})
	fmt.Println(rows[0].Key.ClientID, rows[0].Count, err)
	// Output: openIdDemo 2 <nil>
}

// TestRecordJSON: the id is not lost to the event's own JSON.
func TestRecordJSON(t *testing.T) {
	is := is.New(t)
	const text = `[{"id":4611686018427387904,"time":"2018-04-28","clientId":"a","method":"idcard","operation":"START_AUTH"}]`
	var records []logbase.Record
	is.NoErr(json.Unmarshal([]byte(text), &records))
	is.Equal(records[0].ID, int64(1<<62))
	is.Equal(records[0].ClientID, "a")
	got, err := json.Marshal(records)
	is.NoErr(err)
	is.Equal(string(got), text)
	is.True(errors.Is(json.Unmarshal([]byte(`{"id":1}`), &records[0]), event.ErrInvalid))
}
