package traffic_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/traffic"
)

var end = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func ExampleNew() {
	end := time.Date(2026, 11, 21, 0, 0, 0, 0, event.DefaultLocation())
	model := traffic.New(1, end, event.DefaultLocation())
	for _, e := range model.Day(end, 3) {
		fmt.Println(e.TimeText, e.ClientID, e.Method, e.Operation)
	}
	// Output:
	// 2026-11-21T07:28:07.267 ariregister mID START_AUTH
	// 2026-11-21T07:28:21.657 ariregister mID SUCCESSFUL_AUTH
	// 2026-11-21T08:10:52.895 maksuportaal idcard START_AUTH
	// 2026-11-21T08:11:26.465 maksuportaal idcard SUCCESSFUL_AUTH
}

func year(m *traffic.Model) []event.Event {
	var out []event.Event
	for d := end.AddDate(-1, 0, 0); !d.After(end); d = d.AddDate(0, 0, 1) {
		out = append(out, m.Day(d, 100)...)
	}
	return out
}

func TestEveryEventIsValidAndReadBackEqual(t *testing.T) {
	is := is.New(t)
	events := year(traffic.New(1, end, event.DefaultLocation()))
	is.True(len(events) > 40_000)
	for _, e := range events {
		is.NoErr(e.Validate())
		got, err := event.Parse(event.AppendJSON(nil, e))
		is.NoErr(err)
		if d := cmp.Diff(e, got); d != "" {
			t.Fatal(d)
		}
	}
}

func TestEqualSeedsGiveEqualEvents(t *testing.T) {
	loc := event.DefaultLocation()
	a, b := traffic.New(7, end, loc), traffic.New(7, end, loc)
	if d := cmp.Diff(a.Day(end, 500), b.Day(end, 500)); d != "" {
		t.Error(d)
	}
}

func TestDay(t *testing.T) {
	is := is.New(t)
	loc := event.DefaultLocation()
	events := traffic.New(1, end, loc).Day(end, 50_000)
	is.True(slices.IsSortedFunc(events, func(a, b event.Event) int { return a.Time.Compare(b.Time) }))
	nextDay := 0
	for _, e := range events {
		switch day := e.Time.Format(time.DateOnly); {
		case day == "2026-11-22" && e.Operation != event.OpStart:
			nextDay++ // the end of what began before midnight
		default:
			is.Equal(day, "2026-11-21")
		}
	}
	is.True(nextDay > 0)
	is.Equal(len(traffic.New(1, end, loc).Day(end.AddDate(0, -5, 0), 1000)), 0) // the outage
}

func TestTheStory(t *testing.T) {
	is := is.New(t)
	perMonth := make(map[string]map[string]int)
	for _, e := range year(traffic.New(1, end, event.DefaultLocation())) {
		month := e.TimeText[:7]
		if perMonth[month] == nil {
			perMonth[month] = make(map[string]int)
		}
		perMonth[month][e.Method]++
		perMonth[month][e.ClientID]++
	}
	first, last := perMonth["2025-12"], perMonth["2026-11"]
	is.True(first["banklink"] > 3*last["banklink"])
	is.Equal(first["wallet"], 0)
	is.True(last["wallet"] > 0)
	is.True(first["vana-toetuste-portaal"] > 0)
	is.Equal(last["vana-toetuste-portaal"], 0)
	is.Equal(first["uus-toetuste-portaal"], 0)
	is.True(last["uus-toetuste-portaal"] > 0)
}

func TestAddClients(t *testing.T) {
	is := is.New(t)
	m := traffic.New(1, end, event.DefaultLocation())
	m.AddClients(600)
	clients := make(map[string]bool)
	for _, e := range year(m) {
		clients[e.ClientID] = true
	}
	is.True(len(clients) > 300)
}
