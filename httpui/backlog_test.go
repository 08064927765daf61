package httpui_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui"
)

// shared is a store that others write to as well.
type shared struct {
	*fakeStore
	backlog aggregate.Backlog
}

func (s shared) Backlog(context.Context) (aggregate.Backlog, error) { return s.backlog, nil }

func TestRecordsInNoSumAreTold(t *testing.T) {
	for _, tt := range []struct {
		backlog aggregate.Backlog
		want    map[string]string
	}{
		{aggregate.Backlog{}, map[string]string{}},
		{aggregate.Backlog{Uncounted: 1200}, map[string]string{"Loendamata kirjeid": "1\u00a0200"}},
		{aggregate.Backlog{Unreadable: 3}, map[string]string{"Loetamatu ajaga kirjeid": "3"}},
	} {
		is := is.New(t)
		doc, code := browse(t, httpui.New(shared{spring(t), tt.backlog}, options())).page("/andmed")
		is.Equal(code, 200)
		got := map[string]string{}
		for _, div := range doc.all(".figures div") {
			name := div.one(t, "dt").text()
			if name == "Loendamata kirjeid" || name == "Loetamatu ajaga kirjeid" {
				got[name] = div.one(t, "dd").text()
			}
		}
		is.Equal(got, tt.want)
	}
}
