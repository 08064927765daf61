package logbase_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

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
		return m.(*logbase.Memory)
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
