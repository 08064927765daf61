package httpui_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
)

// counts is a Store over sums in memory: enough for pages that cannot delete.
type counts struct{ aggregate.Cube }

func (c *counts) Sums(_ context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	rows, ok := c.Rows(q)
	if !ok {
		return nil, event.WithCode(event.ReadFailed, fmt.Errorf("only whole days are kept"))
	}
	return rows, nil
}

func (c *counts) Bounds(context.Context) (aggregate.Bounds, error) { return c.Cube.Bounds(), nil }
func (c *counts) Ping(context.Context) error                       { return nil }

func ExampleNew() {
	var store counts
	store.Add(aggregate.Date(2018, time.April, 28), aggregate.Key{
		ClientID: "openIdDemo", Method: event.MethodIDCard, Operation: event.SuccessfulAuth,
	}, 17)

	pages := httpui.New(&store, httpui.Options{Hosts: []string{"stat.example"}})

	w := httptest.NewRecorder()
	pages.ServeHTTP(w, httptest.NewRequest("GET", "https://stat.example/standard?p=2018-04", nil))
	fmt.Print(w.Body.String())
	// Output: {"err":null,"kirjeid":17}
}
