// Package f reads events alone, and counts what is refused by class, with every
// class there from the start.
package f

import (
	"errors"
	"testing"
	"time"

	"github.com/e-gov/tarastat/event"
)

type metrics map[event.Class]int

func newMetrics() metrics {
	m := metrics{}
	for _, c := range event.Classes() {
		m[c] = 0
	}
	return m
}

func (m metrics) read(payload string) (event.Event, bool) {
	e, err := event.Parse([]byte(payload))
	var field *event.FieldError
	if errors.As(err, &field) {
		m[field.Class]++
	}
	return e, err == nil
}

func TestRead(t *testing.T) {
	m := newMetrics()
	classes := len(m)
	made, err := event.New(event.Event{Time: time.Now(), ClientID: "a", Method: event.MethodIDCard, Operation: event.OpStart})
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := m.read(string(event.AppendJSON(nil, made))); !ok || got.ClientID != "a" {
		t.Errorf("%+v %v", got, ok)
	}
	for _, bad := range []string{"", "{", `[]`, `{"clientId":"a"}`, `{"clientId":7}`} {
		if _, ok := m.read(bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
	refused := 0
	for _, n := range m {
		refused += n
	}
	if refused != 5 || len(m) != classes || classes == 0 {
		t.Errorf("%v, of %d classes", m, classes)
	}
	made.Operation = "NOTHING"
	if err := made.Validate(); !errors.Is(err, event.ErrInvalid) {
		t.Errorf("an unknown operation: %v", err)
	}
}
