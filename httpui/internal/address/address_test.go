package address_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/address"
)

var now = time.Date(2018, 4, 28, 12, 30, 0, 0, event.DefaultLocation())

func parse(url string) address.View {
	return address.Parse(httptest.NewRequest("GET", url, nil), "/stats", now)
}

func ExampleParse() {
	v := address.Parse(httptest.NewRequest("GET", "/stats/meetodid?method=mID&p=2018-04-01/2018-04-20&compare=lastyear", nil), "/stats", now)
	fmt.Println(v.Period, v.Comparison, v.Filter.Method)
	fmt.Println(v.Here(address.Set(address.Period, ""), address.Without(address.Method)))
	fmt.Println(v.Link("/kliendid"))
	// Output:
	// 2018-04-01/2018-04-20 lastyear mID
	// /stats/meetodid?p=&compare=lastyear
	// /stats/kliendid?p=2018-04-01/2018-04-20&compare=lastyear&method=mID
}

func TestWhatIsNonsenseCountsAsLeftOut(t *testing.T) {
	is := is.New(t)
	v := parse("/stats/?p=%5B&step=fortnight&client=" + strings.Repeat("x", address.MaxValueBytes+1))
	var wrong *aggregate.PeriodError
	is.True(errors.As(v.PeriodErr, &wrong))
	is.Equal(v.Period.String(), "2018-04") // this month
	is.Equal(v.Text, "[")
	is.Equal(v.Here(), "/stats/")
	is.Equal(parse("/stats/?compare=never").Comparison, aggregate.NoComparison)
	is.Equal(parse("/stats/").Comparison, aggregate.PreviousPeriod)
}

func TestEachFilter(t *testing.T) {
	is := is.New(t)
	v := parse("/stats/?error=E&country=FI&bank=SEB&method=m&client=a+b")
	is.Equal(v.Filter, aggregate.Key{ClientID: "a b", Method: "m", Bank: "SEB", Country: "FI", ErrorCode: "E"})
	is.Equal(v.Here(), "/stats/?client=a+b&method=m&bank=SEB&country=FI&error=E")
	for _, f := range address.Filters() {
		is.Equal(address.FilterBy(f.By), f.Param)
		*f.Value(&v.Filter) = ""
	}
	is.Equal(v.Filter, aggregate.Key{})
}

func TestParametersOfAPage(t *testing.T) {
	is := is.New(t)
	v := parse("/stats/kliendid?show=new&sort=name&p=2018")
	is.Equal(v.Keep("show", "new", "silent"), "new")
	is.Equal(v.Keep("sort", "rate"), "") // means nothing here
	is.Equal(v.Here(), "/stats/kliendid?p=2018&show=new")
	is.Equal(v.Link("/"), "/stats/?p=2018") // other pages do not keep it
}

func TestDatesBecomeAPeriod(t *testing.T) {
	for url, want := range map[string]string{
		"/stats/?from=2018-04-01&to=2018-04-03&method=idcard": "/stats/?p=2018-04-01/2018-04-03&method=idcard",
		"/stats/?from=2018-04-01&to=2018-04-01&p=2017":        "/stats/?p=2018-04-01",
		"/stats/?from=2018-04-01":                             "/stats/?p=2018-04-01",
		"/stats/?to=2018-04-01":                               "/stats/?p=2018-04-01",
		"/stats/?p=2018":                                      "",
	} {
		v := parse(url)
		if got, ok := v.Dates(); got != want || ok != (want != "") {
			t.Errorf("%s: %q %t, want %q", url, got, ok, want)
		}
	}
}
