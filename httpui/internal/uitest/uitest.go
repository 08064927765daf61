// Package uitest is what the tests of the pages and those of the API share: a
// moment, a year of events that ends at it, and the description of the API.
package uitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// Now is when every test takes place: a Saturday in Tallinn, in the middle of a
// month.
var Now = time.Date(2018, 4, 28, 12, 30, 0, 0, event.DefaultLocation())

// At makes one event at a local time written as 2018-04-28T10:51.
func At(t testing.TB, text, client, method, bank string, op event.Operation) event.Event {
	t.Helper()
	when, err := event.ParseTime(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return event.Event{Time: when, TimeText: text, ClientID: client, Method: method, Bank: bank, Operation: op}
}

// Spring adds a year of events that end at Now to s: two clients every day, one
// that stopped, one that began, banks, countries and errors.
func Spring(t testing.TB, s *logbase.Memory) {
	t.Helper()
	day := time.Date(2017, 4, 1, 9, 30, 0, 0, event.DefaultLocation())
	for i := 0; day.Before(Now); i, day = i+1, day.AddDate(0, 0, 1) {
		text := func(hour int) string { return fmt.Sprintf("%sT%02d:%02d", day.Format(time.DateOnly), hour, i%60) }
		for n := range 2 + i%3 {
			s.Add(At(t, text(8+n), "openIdDemo", event.MethodIDCard, "", event.OpStart),
				At(t, text(8+n), "openIdDemo", event.MethodIDCard, "", event.OpSuccess))
		}
		s.Add(At(t, text(11), "emta", event.MethodMobileID, "", event.OpStart))
		failed := At(t, text(11), "emta", event.MethodMobileID, "", event.OpFailure)
		failed.Error = "USER_CANCEL: the user cancelled"
		s.Add(failed)
		if day.Before(Now.AddDate(0, -3, 0)) {
			s.Add(At(t, text(10), "vana-rakendus", event.MethodBankLink, "SEB", event.OpSuccess))
		}
		if day.After(Now.AddDate(0, 0, -10)) {
			abroad := At(t, text(10), "uus-rakendus", event.MethodEIDAS, "", event.OpSuccess)
			abroad.Country = "FI"
			s.Add(abroad)
		}
	}
}

// Description is the OpenAPI description that h serves.
func Description(t testing.TB, h http.Handler) map[string]any {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/openapi.json", nil)
	r.Host = "localhost"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var s map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || w.Code != http.StatusOK {
		t.Fatal(w.Code, err)
	}
	return s
}

// Dig follows names into an object; it is nil where there is none.
func Dig(v any, names ...string) any {
	for _, n := range names {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[n]
	}
	return v
}
