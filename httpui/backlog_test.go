package httpui_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/logbase"
)

// shared is a store that others write to as well.
type shared struct {
	*fakeStore
	backlog logbase.Backlog
}

func (s shared) Backlog(context.Context) (logbase.Backlog, error) { return s.backlog, nil }

func TestRecordsInNoSumAreTold(t *testing.T) {
	for _, tt := range []struct {
		backlog logbase.Backlog
		want    map[string]string
	}{
		{logbase.Backlog{}, map[string]string{}},
		{logbase.Backlog{Uncounted: 1200}, map[string]string{"Loendamata kirjeid": "1\u00a0200"}},
		{logbase.Backlog{Unreadable: 3}, map[string]string{"Loetamatu ajaga kirjeid": "3"}},
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
