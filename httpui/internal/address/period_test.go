package address_test

import (
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/httpui/internal/address"
)

// TestMistypedPeriodIsAnError: what was not understood is not taken for an
// expression that nothing matches.
func TestMistypedPeriodIsAnError(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	for text, wrong := range map[string]bool{
		"2026-13": true, "September 2026": true, "2026-05/2026-04": true, "2026-0[": true, "2026-0[4]/2027": true,
		"28.04.2026": true, "T10:": true, "2026-04": false, "2026-04/2026-05": false, "2026-0[4-6]": false, "": false,
	} {
		t.Run(text, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/?"+url.Values{address.Period: {text}}.Encode(), nil)
			v := address.Parse(r, "", now)
			is.New(t).Equal(v.PeriodErr != nil, wrong)
		})
	}
}
