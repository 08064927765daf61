package httpui_test

import (
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/logbase"
)

func ExampleNew() {
	var store logbase.Memory
	store.Add(event.Event{
		Time: time.Date(2018, time.April, 28, 10, 51, 0, 0, event.DefaultLocation()), TimeText: "2018-04-28T10:51",
		ClientID: "openIdDemo", Method: event.MethodIDCard, Operation: event.OpSuccess,
	})

	pages := httpui.New(&store, httpui.Options{Hosts: []string{"stat.example"}})

	w := httptest.NewRecorder()
	pages.ServeHTTP(w, httptest.NewRequest("GET", "https://stat.example/standard?p=2018-04", nil))
	fmt.Print(w.Body.String())
	// Output: {"err":null,"kirjeid":1}
}
