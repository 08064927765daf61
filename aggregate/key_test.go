package aggregate_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

func TestKeyOf(t *testing.T) {
	e := event.Event{
		TimeText: "2018-04-28", ClientID: "a", Method: event.MethodEIDAS, Bank: "SEB", Country: "LV",
		Operation: event.Failed, Error: "NOT_FOUND: no such person",
	}
	want := aggregate.Key{
		ClientID: "a", Method: "eIDAS", Operation: event.Failed, Bank: "SEB", Country: "LV", ErrorCode: "NOT_FOUND",
	}
	if diff := cmp.Diff(want, aggregate.KeyOf(e)); diff != "" {
		t.Error(diff)
	}
}

func TestKeyCompare(t *testing.T) {
	sorted := []aggregate.Key{
		{},
		{ErrorCode: "X"},
		{Country: "EE"},
		{Bank: "SEB"},
		{Operation: event.Failed},
		{Operation: event.StartAuth},
		{Method: "mID"},
		{ClientID: "B", Method: "mID"},
		{ClientID: "a"}, // by bytes: capitals first
		{ClientID: "a", ErrorCode: "X"},
		{ClientID: "a", Country: "EE"},
		{ClientID: "a", Bank: "SEB"},
		{ClientID: "a", Operation: event.Failed},
		{ClientID: "a", Method: "mID"},
		{ClientID: "ä"},
	}
	is := is.New(t)
	for i, a := range sorted {
		for j, b := range sorted {
			got := a.Compare(b)
			is.Equal(got < 0, i < j)
			is.Equal(got == 0, i == j)
		}
	}
	is.True(slices.IsSortedFunc(sorted, aggregate.Key.Compare))
}

var full = aggregate.Key{ClientID: "a", Method: "m", Operation: event.Failed, Bank: "b", Country: "c", ErrorCode: "e"}

func TestKeyKeep(t *testing.T) {
	tests := []struct {
		by   aggregate.Dim
		want aggregate.Key
	}{
		{0, aggregate.Key{}},
		{aggregate.ByClient, aggregate.Key{ClientID: "a"}},
		{aggregate.ByMethod, aggregate.Key{Method: "m"}},
		{aggregate.ByOperation, aggregate.Key{Operation: event.Failed}},
		{aggregate.ByBank, aggregate.Key{Bank: "b"}},
		{aggregate.ByCountry, aggregate.Key{Country: "c"}},
		{aggregate.ByErrorCode, aggregate.Key{ErrorCode: "e"}},
		{aggregate.ByStat, aggregate.Key{ClientID: "a", Method: "m", Operation: event.Failed, Bank: "b"}},
		{aggregate.ByAll, full},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, full.Keep(tt.by)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestFilterMatch(t *testing.T) {
	tests := []struct {
		name  string
		f     aggregate.Key
		wrong aggregate.Key
	}{
		{"nothing", aggregate.Key{}, aggregate.Key{ClientID: "other"}},
		{"client", aggregate.Key{ClientID: "a"}, aggregate.Key{ClientID: "A"}},
		{"method", aggregate.Key{Method: "m"}, aggregate.Key{Method: "mm"}},
		{"operation", aggregate.Key{Operation: event.Failed}, aggregate.Key{Operation: event.StartAuth}},
		{"bank", aggregate.Key{Bank: "b"}, aggregate.Key{Bank: "bb"}},
		{"country", aggregate.Key{Country: "c"}, aggregate.Key{Country: "d"}},
		{"error", aggregate.Key{ErrorCode: "e"}, aggregate.Key{ErrorCode: "f"}},
		{"all", aggregate.Key(full), aggregate.Key{ClientID: "a", Method: "m", ErrorCode: "f"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			is.True(tt.f.Match(full))
			is.True(!tt.wrong.Match(full))
		})
	}
}
